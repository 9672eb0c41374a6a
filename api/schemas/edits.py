"""Edits of a plan: what a dispatcher does, what it comes to, what was done before."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.plans import CostOut
from api.schemas.types import Id, Input, Output
from routing.validate import SECONDS

VisitId = Annotated[str, Field(min_length=1, max_length=200)]
VisitIds = Annotated[list[VisitId], Field(min_length=1, max_length=500)]
RoundNo = Annotated[int, Field(ge=0, le=9)]
Position = Annotated[int, Field(ge=0, le=10_000)]
Override = Literal["window", "overtime", "next"]


class MoveIn(Input):
    """Put planned stops into a courier's round, together from `position` on, else each where it costs least."""

    kind: Literal["move"]
    visit_ids: VisitIds
    courier_id: Id
    round: RoundNo | None = None
    position: Position | None = None


class ReorderIn(Input):
    """The stops of a round in another order: all of them, each once."""

    kind: Literal["reorder"]
    courier_id: Id
    round: RoundNo
    visit_ids: VisitIds


class LockIn(Input):
    """Keep stops with their couriers (and `in_round` in their rounds) through every new plan of the rest."""

    kind: Literal["lock"]
    visit_ids: VisitIds
    in_round: bool = False


class UnlockIn(Input):
    """Let go of locks."""

    kind: Literal["unlock"]
    visit_ids: VisitIds


class SwapIn(Input):
    """Two couriers change routes: all that neither has visited, carries or rides to."""

    kind: Literal["swap"]
    courier_id: Id
    other_id: Id


class SplitIn(Input):
    """The stops of a round from `position` on go over to another courier's round."""

    kind: Literal["split"]
    courier_id: Id
    round: RoundNo
    position: Position
    to_courier_id: Id
    to_round: RoundNo


class DropIn(Input):
    """Take stops off the day's plan."""

    kind: Literal["drop"]
    visit_ids: VisitIds


class InsertIn(Input):
    """Plan what is left out (`visit_ids`) or came in since (`item_ids`): where told, else where it costs least."""

    kind: Literal["insert"]
    visit_ids: Annotated[list[VisitId], Field(max_length=500)] = Field(default_factory=list)
    item_ids: Annotated[list[Id], Field(max_length=500)] = Field(default_factory=list)
    courier_id: Id | None = None
    round: RoundNo | None = None
    position: Position | None = None


CommandIn = Annotated[
    MoveIn | ReorderIn | LockIn | UnlockIn | SwapIn | SplitIn | DropIn | InsertIn, Field(discriminator="kind")
]


class EditIn(Input):
    """`version`: the plan's version that was looked at. `allow`: rules that may be broken here, having asked."""

    version: Annotated[int, Field(ge=1)]
    command: CommandIn
    allow: list[Override] = Field(default_factory=list)


class BrokenOut(Output):
    """A broken rule. `override` names the permission that sets it aside; without one nothing does."""

    code: str
    detail: str
    detail_en: str
    courier_id: UUID
    visit_id: str | None
    override: Override | None


class RouteFigures(Output):
    stops: int
    distance_m: int
    travel_s: int
    wait_s: int
    finish_at: datetime | None


class RouteChange(Output):
    """A courier's day before and after; `difference` is cost seconds by term, after less before."""

    courier_id: UUID
    courier_name: str
    before: RouteFigures
    after: RouteFigures
    difference: CostOut


class TimeOut(Output):
    """When a stop of a changed route is reached and served now."""

    visit_id: str
    courier_id: UUID
    round: int
    arrival_at: datetime
    start_at: datetime


class EditOut(Output):
    """An edit reckoned. `version`: the plan's after it (of a preview: the one it would start from).

    `overtaken`: versions others made meanwhile, over which it was carried. `broken`: rules it breaks (only in a
    preview); `remaining`: those broken before already.
    """

    version: int
    overtaken: list[int]
    difference: CostOut
    routes: list[RouteChange]
    times: list[TimeOut]
    broken: list[BrokenOut]
    remaining: list[BrokenOut]


class VersionOut(Output):
    """One edit of the history. `concerns`: the version of the edit done, undone or redone."""

    version: int
    kind: Literal["edit", "undo", "redo", "replan"]
    concerns: int
    command: str
    visit_ids: list[str]
    courier_ids: list[UUID]
    difference: CostOut
    made_at: datetime
    made_by: str
    mine: bool


class VersionList(Output):
    """Newest first; `undo` and `redo` are the versions the caller's next step would take back or make again."""

    versions: list[VersionOut]
    undo: int | None
    redo: int | None


class ReplanIn(Input):
    """`absent`: couriers who are not at work any more; `present`: who came after all, though the plan called them
    absent (who was not known when it was made joins by himself). `seconds`: time the search may take."""

    absent: list[Id] = Field(default_factory=list)
    present: list[Id] = Field(default_factory=list)
    seconds: Annotated[float, Field(ge=SECONDS[0], le=60)] | None = None
