"""What is asked of a plan before it is changed: why this order, and what another crew would do."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.edits import BrokenOut
from api.schemas.plans import CostOut
from api.schemas.types import Id, Input, Output
from routing.questions import CrewChange


class WhatIfIn(Input):
    """`courier_id`: who would stay away; None takes the least busy. Without meaning for one more.

    `seconds`: how long the search may take in all.
    """

    change: CrewChange
    courier_id: Id | None = None
    seconds: Annotated[float, Field(ge=1, le=10)] = 6.0


class WhatIfOut(Output):
    """The rest of the day with another crew beside the best plan of the crew as it is; nothing is written.

    `difference`, `visits` (served), `required_left` (due today, left lying) and `travel_s` are the other less this, so
    a negative difference is a gain. `anew`: what planning again with the same crew alone would change of the plan that
    stands. `courier_id`: who would stay away.
    """

    version: int
    change: CrewChange
    courier_id: UUID | None
    courier_name: str
    difference: CostOut
    visits: int
    required_left: int
    travel_s: int
    anew: CostOut


class TurnOut(Output):
    """A stop and the next one of its round. `difference`: what visiting them the other way round would cost; None when
    that breaks rules, which `broken` names.
    """

    visit_id: str
    next_id: str
    difference: CostOut | None
    broken: list[BrokenOut]


class OrderOut(Output):
    """Why a courier's stops stand in their order, by the plan's version as it stands."""

    version: int
    courier_id: UUID
    turns: list[TurnOut]
