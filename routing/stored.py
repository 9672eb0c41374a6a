"""Plans as they are kept: state, progress, routes with their geometry, what is left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geodata.model import LonLat
from routing.model import PlanParams, Reason, Round, Stop


class PlanState(StrEnum):
    """Life of a plan: queued → running → draft → published; the others are ends (`applied`: a new plan of the rest,
    which became a version of the plan it was made for)."""

    QUEUED = "queued"
    RUNNING = "running"
    DRAFT = "draft"
    PUBLISHED = "published"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    APPLIED = "applied"


ACTIVE = (PlanState.QUEUED, PlanState.RUNNING)
# What has routes that may still be ridden: shown, edited, reckoned anew.
LIVING = (PlanState.DRAFT, PlanState.PUBLISHED)


class Phase(StrEnum):
    """What a running plan is doing."""

    WAITING = "waiting"
    BATCH = "batch"
    MATRIX = "matrix"
    DAYS = "days"
    SOLVE = "solve"
    CHECK = "check"
    GEOMETRY = "geometry"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProgress:
    """How far a plan is: percent 0-100 of the expected time, best cost so far in cost seconds, and by term."""

    phase: Phase
    percent: int
    best_cost: int | None
    terms: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanJob:
    """The answer to a request: which plan it is, and whether this request made it or it was under way already."""

    plan_id: UUID
    state: PlanState
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStop:
    """A stop as stored: times in seconds of the day (`routing.model.instant` gives the instant)."""

    stop: Stop
    seq: int
    item_ids: tuple[UUID, ...]
    point: LonLat
    error_m: int
    commune_code: str
    service_s: int
    windows: tuple[tuple[int, int], ...]
    required: bool
    due_on: date | None
    load_items: int
    papers: int
    dear_rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRound:
    """A round with its road geometry (WGS 84, lon then lat) and where its travel times come from."""

    round: Round
    line: tuple[LonLat, ...]
    travel_source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRoute:
    """One courier's route; `seq` numbers the routes of a plan from 0 and is the colour index. `stale`: as
    read, a door on it moved and its times wait to be reckoned anew."""

    courier_id: UUID
    seq: int
    stops: tuple[StoredStop, ...]
    rounds: tuple[StoredRound, ...]
    cost: Mapping[str, int]
    stale: bool = False

    @property
    def distance_m(self) -> int:
        return sum(one.round.distance_m for one in self.rounds)

    @property
    def travel_s(self) -> int:
        return sum(one.round.travel_s for one in self.rounds)

    @property
    def service_s(self) -> int:
        return sum(one.round.service_s for one in self.rounds)

    @property
    def wait_s(self) -> int:
        return sum(one.round.wait_s for one in self.rounds)

    @property
    def load_items(self) -> int:
        return sum(one.round.load_items for one in self.rounds)

    @property
    def finish_s(self) -> int:
        """When the courier is back for good."""
        return max(one.round.return_s for one in self.rounds)


def assignments(routes: Iterable[StoredRoute]) -> dict[UUID, UUID]:
    """Item → courier."""
    return {item: route.courier_id for route in routes for stop in route.stops for item in stop.item_ids}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUnplanned:
    """What is not planned: the items behind it and the reasons. `visit_id` is None for items that never became one."""

    visit_id: str | None
    item_ids: tuple[UUID, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHead:
    """A plan without its routes, as lists show it."""

    province_code: str
    id: UUID
    office_id: UUID
    day: date
    state: PlanState
    version: int
    origin: str
    params: PlanParams
    progress: PlanProgress
    cost: Mapping[str, int]
    travel_source: str | None
    violations: tuple[str, ...]
    problems: tuple[Mapping[str, object], ...]
    visits: int
    planned_items: int
    unplanned_items: int
    requested_at: datetime
    requested_by: str
    finished_at: datetime | None
    published_at: datetime | None
    wishes: Mapping[str, Any] = field(default_factory=dict)
    base_plan_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """A whole plan."""

    head: PlanHead
    routes: tuple[StoredRoute, ...]
    unplanned: tuple[StoredUnplanned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierRoute:
    """A courier's own route on a day, with the plan it belongs to."""

    plan_id: UUID
    plan_version: int
    office_id: UUID
    day: date
    route: StoredRoute
