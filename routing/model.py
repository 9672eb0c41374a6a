"""What a day's plan is made of: the frozen problem that goes in and the plan that comes out.

Everything is an integer: seconds since the local midnight of the day (`_s` on clock times), seconds (durations),
metres, grams, items; cost is in "cost seconds" (see `routing.objective`). Places are indices into the travel matrix.
"""

from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from core.clock import VIETNAM
from geodata.model import LonLat
from geodata.travel_values import TravelMatrix

DAY_S = 86_400


class ServicePolicy(StrEnum):
    """How much an office pays to be early: serve all that fits, or keep what is dear today for a better day."""

    ALL = "all"
    THRIFTY = "thrifty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Cost seconds per unit of each term; the values in use stand in `routing.objective`."""

    travel_per_s: int
    distance_per_km: int
    wait_per_s: int
    round_opened: int
    away_per_visit: int
    balance_per_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One half-day of a courier: leaves the depot at or after `start_s`, is back at or before `end_s`."""

    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A courier of the day. Each shift is one round from the depot and back; the load is taken anew for each round."""

    courier_id: UUID
    depot: int
    shifts: tuple[Shift, ...]
    capacity_items: int
    capacity_g: int
    skills: frozenset[str] = frozenset()
    home_communes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One door: a household with one or more items.

    `windows` bound the start of service, both ends included; none means any time. `prize` is the cost of not serving
    today; `required` marks the visits whose prize is set above any detour. `skills` must all be held by the courier.
    """

    id: str
    item_ids: tuple[UUID, ...]
    location: int
    service_s: int
    prize: int
    windows: tuple[tuple[int, int], ...] = ()
    load_items: int = 1
    weight_g: int = 0
    papers: int = 1
    required: bool = False
    due_on: date | None = None
    skills: frozenset[str] = frozenset()
    in_person: bool = False
    commune_code: str = ""
    error_m: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A dispatcher's word: the visit, if served, goes with this courier (and in this round)."""

    visit_id: str
    courier_id: UUID
    round: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParams:
    """What a dispatcher may set. `seconds` None: chosen by size; `iterations` set: the same plan every time."""

    policy: ServicePolicy = ServicePolicy.ALL
    seconds: float | None = None
    iterations: int | None = None
    seed: int = 1
    absent: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A whole day, frozen.

    `points[i]` is the place of matrix index `i`; a round whose riding and service take longer than
    `fair_work_s` pays for being unequal.
    """

    day: date
    office_ids: tuple[UUID, ...]
    visits: tuple[Visit, ...]
    vehicles: tuple[Vehicle, ...]
    travel: TravelMatrix
    points: tuple[LonLat, ...]
    weights: Weights
    fair_work_s: int = DAY_S
    locks: tuple[Lock, ...] = ()
    params: PlanParams = field(default_factory=PlanParams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Cost seconds by term; `unserved` is the sum of the prizes left lying."""

    travel: int = 0
    distance: int = 0
    wait: int = 0
    rounds: int = 0
    away: int = 0
    balance: int = 0
    unserved: int = 0

    @property
    def total(self) -> int:
        """The one number the solver makes small."""
        return sum(self.terms().values())

    def terms(self) -> dict[str, int]:
        """Term name → cost seconds, in the order shown to people."""
        return {f.name: int(getattr(self, f.name)) for f in fields(self)}

    def __add__(self, other: "Cost") -> "Cost":
        mine, theirs = self.terms(), other.terms()
        return Cost(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A visit in a route. `round` is the index of the courier's shift: 0 morning, 1 afternoon."""

    visit_id: str
    round: int
    arrival_s: int
    wait_s: int
    start_s: int
    departure_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One trip from the depot and back."""

    round: int
    departure_s: int
    return_s: int
    travel_s: int
    distance_m: int
    service_s: int
    wait_s: int
    load_items: int
    load_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A courier's day: stops in order of time, and its rounds (only those that have stops)."""

    courier_id: UUID
    stops: tuple[Stop, ...]
    rounds: tuple[Round, ...]
    cost: Cost

    @property
    def distance_m(self) -> int:
        return sum(r.distance_m for r in self.rounds)

    @property
    def travel_s(self) -> int:
        return sum(r.travel_s for r in self.rounds)

    @property
    def service_s(self) -> int:
        return sum(r.service_s for r in self.rounds)

    @property
    def wait_s(self) -> int:
        return sum(r.wait_s for r in self.rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is not planned today: code and sentence in both languages."""

    code: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplanned:
    """A visit left out, with its reasons, the first true one first."""

    visit_id: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer: routes of all couriers that go out, what stays, and what it costs."""

    routes: tuple[Route, ...]
    unplanned: tuple[Unplanned, ...]
    cost: Cost
    engine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken rule found by the checker: `rule` is its name, `where` says courier, round and visit."""

    rule: str
    where: str
    detail: str


def instant(day: date, second: int) -> datetime:
    """The UTC instant of a second of the day as plans count it."""
    return (datetime.combine(day, time(), VIETNAM) + timedelta(seconds=second)).astimezone(UTC)


def second_of(day: date, moment: datetime) -> int:
    """Seconds from the local midnight of `day` to an aware instant; negative before, beyond 86,400 after."""
    return int((moment - datetime.combine(day, time(), VIETNAM)).total_seconds())
