"""What a day's plan is made of: the frozen problem that goes in and the plan that comes out.

Everything is an integer: seconds since the local midnight of the day (`_s` on clock times), seconds (durations),
metres, grams, items; cost is in "cost seconds" (see `routing.objective`). Places are indices into the travel matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import Enum, StrEnum
from typing import Literal
from uuid import UUID

from geodata.model import LonLat
from geodata.travel_values import TravelMatrix

DAY_S = 86_400
DAY_VALUE_S = 5
# A capacity nobody reaches.
NO_LIMIT = 1 << 50


class Open(Enum):
    """An end of a round that is nowhere: the first stop is where it begins, or the last where it ends."""

    OPEN = "open"


OPEN: Literal[Open.OPEN] = Open.OPEN
# Where a round begins or ends: a matrix index, nowhere, or (None) the courier's depot.
End = int | Literal[Open.OPEN] | None


class ServicePolicy(StrEnum):
    """Serve all that fits, keep what is dear today by a fixed rule, or choose the day from what usually arrives."""

    ALL = "all"
    THRIFTY = "thrifty"
    HORIZON = "horizon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Cost seconds per unit of each term; the values in use stand in `routing.objective`."""

    travel_per_s: int
    distance_per_km: int
    wait_per_s: int
    round_opened: int
    away_per_visit: int
    balance_per_s: int
    overtime_per_s: int = 0
    finish_per_h: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A rest that begins inside one of its windows (both ends included) and never while serving.

    It may interrupt a ride, and costs nothing before the courier leaves or after he is back.
    """

    windows: tuple[tuple[int, int], ...]
    duration_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One round of a courier: leaves at or after `start_s`, is back at or before `end_s`.

    With `legal_end_s` he may be back later, at the price of overtime, but never after it. Breaks are taken in the order
    given. Shifts may overlap: a round begins only when the one before is back and the courier has loaded.
    """

    start_s: int
    end_s: int
    legal_end_s: int | None = None
    breaks: tuple[Break, ...] = ()
    begins_at: End = None
    ends_at: End = None

    @property
    def last_s(self) -> int:
        """The moment by which the courier must be back."""
        return self.end_s if self.legal_end_s is None else self.legal_end_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A courier of the day. Each shift is one round from the depot and back; the load is taken anew for each round.

    `capacity_vnd` bounds the money carried, `capacity_extra` any further amounts. The `max_…` limits hold for each
    round, `fixed_cost` is paid for each. `speed_percent` 50 needs twice the seconds of the matrix; `profile` names
    another matrix of the problem; `weights` replaces the problem's. `in_person`: may identify addressees.
    """

    courier_id: UUID
    depot: int
    shifts: tuple[Shift, ...]
    capacity_items: int
    capacity_g: int
    capacity_vnd: int | None = None
    capacity_extra: tuple[int, ...] = ()
    skills: frozenset[str] = frozenset()
    in_person: bool = True
    home_communes: frozenset[str] = frozenset()
    profile: str = ""
    speed_percent: int = 100
    fixed_cost: int = 0
    weights: Weights | None = None
    reload_s: int = 0
    max_tasks: int | None = None
    max_travel_s: int | None = None
    max_distance_m: int | None = None
    max_duration_s: int | None = None

    @property
    def capacity(self) -> tuple[int, ...]:
        """Items, grams, VND, then the further amounts."""
        money = NO_LIMIT if self.capacity_vnd is None else self.capacity_vnd
        return self.capacity_items, self.capacity_g, money, *self.capacity_extra

    def begins_at(self, index: int) -> int | None:
        """Matrix index where the round begins, None when it is open."""
        return self._end(self.shifts[index].begins_at)

    def ends_at(self, index: int) -> int | None:
        """Matrix index where the round ends, None when it is open."""
        return self._end(self.shifts[index].ends_at)

    def _end(self, end: End) -> int | None:
        return None if isinstance(end, Open) else self.depot if end is None else end


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One door: a household with one or more items.

    `windows` bound the start at the door, both ends included; none means any time. From there it takes `setup_s`, but
    not when the stop before was at the same place, then `service_s`. `prize` is the cost of not serving today;
    `required` marks the visits whose prize is set above any detour. `skills` must all be held by the courier. The load
    is on board from the depot to the door, what is collected from the door to the round's end. `depot`: only rounds
    from this place have its items; `ready_s`: not before this does a round leave with them. `error_m` is the radius in
    which the door lies; the search it needs is part of the set-up or the service.
    """

    id: str
    item_ids: tuple[UUID, ...]
    location: int
    service_s: int
    prize: int
    setup_s: int = 0
    windows: tuple[tuple[int, int], ...] = ()
    load_items: int = 1
    weight_g: int = 0
    load_extra: tuple[int, ...] = ()
    collect_items: int = 0
    collect_g: int = 0
    collect_vnd: int = 0
    collect_extra: tuple[int, ...] = ()
    papers: int = 1
    required: bool = False
    due_on: date | None = None
    earliest_on: date | None = None
    latest_on: date | None = None
    skills: frozenset[str] = frozenset()
    in_person: bool = False
    commune_code: str = ""
    error_m: int = 0
    depot: int | None = None
    ready_s: int = 0

    @property
    def brought(self) -> tuple[int, ...]:
        """What the courier hands over: items, grams, VND, further amounts."""
        return self.load_items, self.weight_g, 0, *self.load_extra

    @property
    def collected(self) -> tuple[int, ...]:
        """What the courier takes along: items, grams, VND, further amounts."""
        return self.collect_items, self.collect_g, self.collect_vnd, *self.collect_extra


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A dispatcher's word: the visit, if served, goes with this courier (and in this round)."""

    visit_id: str
    courier_id: UUID
    round: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """The visit must not go with this courier (in this round)."""

    visit_id: str
    courier_id: UUID
    round: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Collected at one visit, handed in at the other later in the same round; both are served or none.

    What the delivery brings is what the pickup collected, not loaded at the depot.
    """

    pickup_id: str
    delivery_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParams:
    """What a dispatcher may set. `seconds` None: chosen by size; `iterations` alone: the same plan every time.

    Cost seconds: `day_value_s` to have an item one working day earlier (HORIZON alone), `familiarity_s` of a visit in
    hands that have never been there. `present`: couriers a new plan of the rest takes in, whom the plan called absent.
    """

    policy: ServicePolicy = ServicePolicy.ALL
    day_value_s: int = DAY_VALUE_S
    familiarity_s: int = 0
    seconds: float | None = None
    iterations: int | None = None
    seed: int = 1
    absent: frozenset[UUID] = frozenset()
    present: frozenset[UUID] = frozenset()


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
class Frozen:
    """The beginning of a round that no plan may change: facts, so they break no rule.

    The round begins with `done`, the stops already made at their real times, then `next_ids` in this order. Once under
    way (`left_s` is when he left the depot) the courier rides on from `place` at `free_s`, neither earlier nor later;
    legs before that are not ridden again. `breaks_taken` are the starts of the breaks he has had. `on_board`: with it,
    a visit that brings something joins the round only if it is named.
    """

    courier_id: UUID
    round: int
    done: tuple[Stop, ...] = ()
    next_ids: tuple[str, ...] = ()
    left_s: int | None = None
    place: int | None = None
    free_s: int = 0
    breaks_taken: tuple[int, ...] = ()
    on_board: frozenset[str] | None = None

    @property
    def visit_ids(self) -> tuple[str, ...]:
        """Every visit of the beginning, in order."""
        return *(stop.visit_id for stop in self.done), *self.next_ids


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Problem:
    """A whole day, frozen.

    `points[i]` is the place of matrix index `i`; a round whose riding and service take longer than `fair_work_s` pays
    for being unequal. `profiles` are further matrices over the same points, for couriers who name them. `unfamiliar`
    prices a courier at a visit he does not know, in cost seconds by (courier, visit id).
    """

    day: date
    office_ids: tuple[UUID, ...]
    visits: tuple[Visit, ...]
    vehicles: tuple[Vehicle, ...]
    travel: TravelMatrix
    points: tuple[LonLat, ...]
    weights: Weights
    fair_work_s: int = DAY_S
    profiles: Mapping[str, TravelMatrix] = field(default_factory=dict)
    unfamiliar: Mapping[tuple[UUID, str], int] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    locks: tuple[Lock, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    params: PlanParams = field(default_factory=PlanParams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Cost seconds by term; `unserved` is the sum of the prizes left lying."""

    travel: int = 0
    distance: int = 0
    wait: int = 0
    rounds: int = 0
    away: int = 0
    unfamiliar: int = 0
    balance: int = 0
    overtime: int = 0
    finish: int = 0
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
class Round:
    """One trip; `breaks` are the starts of the shift's breaks, those before leaving and after returning too."""

    round: int
    departure_s: int
    return_s: int
    travel_s: int
    distance_m: int
    service_s: int
    wait_s: int
    load_items: int
    load_g: int
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A courier's day: stops in order of time, and the rounds that have stops."""

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
