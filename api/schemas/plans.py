"""Plans: asked for, computed, drafted, published."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.types import Id, Input, LocalDate, Output, PersonOut, PointOut, ProblemOut, WindowOut
from routing.model import DAY_VALUE_S
from routing.validate import ITERATIONS, SECONDS, VALUE_S

PlanState = Literal["queued", "running", "draft", "published", "failed", "superseded", "cancelled", "applied"]


Policy = Literal["all", "thrifty", "horizon"]
ValueSeconds = Annotated[int, Field(ge=VALUE_S[0], le=VALUE_S[1])]


class OfficePlanning(Input):
    """How an office wants its days planned, see `PlanParamsIn`."""

    policy: Policy = "all"
    day_value_s: ValueSeconds = DAY_VALUE_S
    familiarity_s: ValueSeconds = 0


class FamiliarRow(Output):
    """Stops of one courier; `familiar_share`: he had been near three times before; `stability`: of the places anyone
    of the office knew, those whose last courier came again, null where it knew none; `home_share`: stops in the
    courier's home beat as it is now, null where he has none. Shares in 0..1.
    """

    courier_id: UUID | None
    name: str
    stops: int
    familiar_share: float
    stability: float | None
    home_share: float | None


class FamiliarDay(Output):
    """The same of all couriers on one day."""

    day: date
    stops: int
    familiar_share: float
    stability: float | None
    home_share: float | None


class FamiliarOut(Output):
    """The office as a whole first, then its couriers by name; the days that had stops."""

    rows: list[FamiliarRow]
    days: list[FamiliarDay]


class PlanParamsIn(Input):
    """What a dispatcher may set for one plan.

    `seconds`: time the search may take. `iterations` alone: the same plan every time. Of both, what comes first ends
    the search; without either its time goes by the size of the day.
    `policy` thrifty keeps for a later day what is dear today and not yet due; horizon chooses the day from what usually
    arrives, at `day_value_s` cost seconds for an item one working day earlier. `familiarity_s`: cost seconds of a visit
    in hands that have never been there. What is not given is as the office has set it. `absent`: couriers not at work.
    """

    policy: Policy | None = None
    day_value_s: ValueSeconds | None = None
    familiarity_s: ValueSeconds | None = None
    seconds: Annotated[float, Field(ge=SECONDS[0], le=SECONDS[1])] | None = None
    iterations: Annotated[int, Field(ge=ITERATIONS[0], le=ITERATIONS[1])] | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    absent: list[Id] = Field(default_factory=list)


class PlanIn(Input):
    office_id: Id
    day: LocalDate
    params: PlanParamsIn = PlanParamsIn()


class PublishIn(Input):
    version: Annotated[int, Field(ge=0)]


class PlanRequested(Output):
    """`created` false: a plan of this office and day was under way already, and this is it."""

    plan_id: UUID
    state: PlanState
    created: bool


class ProgressOut(Output):
    """`terms`: the best cost so far by term, in cost seconds; empty before there is one."""

    phase: str
    percent: int
    best_cost: int | None
    terms: dict[str, int]


class CostOut(Output):
    """Cost seconds by term; `total` is their sum."""

    total: int
    terms: dict[str, int]


class StopItemOut(Output):
    id: UUID
    item_code: str
    dossier_codes: list[str]
    due_on: date
    status: str


class StopOut(Output):
    """`round`: 0 morning, 1 afternoon. `wait_s` seconds before the window opens.

    `locked`: to the courier, or to the courier's round. `late_allowed`: the appointment was set aside.
    """

    seq: int
    visit_id: str
    round: int
    commune_code: str | None
    commune_name: str | None
    point: PointOut
    error_m: int
    address: str
    addressee: PersonOut
    items: list[StopItemOut]
    arrival_at: datetime
    start_at: datetime
    departure_at: datetime
    window: WindowOut | None
    wait_s: int
    required: bool
    dear_rank: int | None
    locked: Literal["courier", "round"] | None = None
    late_allowed: bool = False


class RoundOut(Output):
    """One trip from the office and back; `travel_source` says where its times come from."""

    round: int
    departure_at: datetime
    return_at: datetime
    travel_s: int
    distance_m: int
    service_s: int
    wait_s: int
    load_items: int
    load_g: int
    travel_source: str
    line: list[PointOut]


class RouteOut(Output):
    """`line`: the geometry of all rounds, one after another. `overdue_risk`: items due on the day or before.

    `stale`: a door on it moved; its times and way are being reckoned anew.
    """

    courier_id: UUID
    courier_name: str
    initials: str
    colour_index: int
    stops: list[StopOut]
    rounds: list[RoundOut]
    line: list[PointOut]
    distance_m: int
    travel_s: int
    service_s: int
    wait_s: int
    finish_at: datetime
    load_items: int
    overdue_risk: int
    stale: bool
    cost: CostOut


class ReasonOut(Output):
    code: str
    vi: str
    en: str


class UnplannedOut(Output):
    """`visit_id` is None for items that never became a visit (their address is not known)."""

    visit_id: str | None
    point: PointOut | None
    address: str
    addressee: PersonOut
    items: list[StopItemOut]
    reasons: list[ReasonOut]


class PlanOut(Output):
    id: UUID
    office_id: UUID
    day: date
    state: PlanState
    version: int
    requested_at: datetime
    finished_at: datetime | None
    published_at: datetime | None
    progress: ProgressOut
    cost: CostOut | None
    travel_source: str | None
    violations: list[str]
    problems: list[ProblemOut]
    visits: int
    planned_items: int
    unplanned_items: int
    routes: list[RouteOut]
    unplanned: list[UnplannedOut]


class PlanBrief(Output):
    id: UUID
    office_id: UUID
    day: date
    state: PlanState
    version: int
    requested_at: datetime
    finished_at: datetime | None
    published_at: datetime | None
    progress: ProgressOut
    total_cost: int | None
    planned_items: int
    unplanned_items: int


class PlanList(Output):
    plans: list[PlanBrief]
