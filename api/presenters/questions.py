"""Answers about a plan: effects and turns as figures and sentences."""

from collections.abc import Iterable
from uuid import UUID

from api.presenters.edits import broken_out, cost_out
from api.schemas.questions import OrderOut, TurnOut, WhatIfOut
from routing.questions import CrewChange, TurnTold
from routing.stored import PlanHead
from routing.what_if import Effect


def what_if_out(
    head: PlanHead, change: CrewChange, courier_id: UUID | None, courier_name: str, effect: Effect
) -> WhatIfOut:
    """What another crew would change."""
    return WhatIfOut(
        version=head.version,
        change=change,
        courier_id=courier_id,
        courier_name=courier_name,
        difference=cost_out(effect.cost),
        visits=effect.visits,
        required_left=effect.required_left,
        travel_s=effect.travel_s,
        anew=cost_out(effect.anew),
    )


def order_out(head: PlanHead, courier_id: UUID, turns: Iterable[TurnTold]) -> OrderOut:
    """Why stops stand in their order."""
    told = [
        TurnOut(
            visit_id=one.turn.visit_id,
            next_id=one.turn.next_id,
            difference=None if one.turn.difference is None else cost_out(one.turn.difference),
            broken=broken_out(one.broken),
        )
        for one in turns
    ]
    return OrderOut(version=head.version, courier_id=courier_id, turns=told)
