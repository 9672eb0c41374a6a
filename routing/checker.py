"""The independent judge of a plan: recomputes times, loads, rules and cost from the matrix, sharing no code with the
solver, the schedule or the objective. What it does not find broken may be published.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from geodata.travel_values import TravelMatrix
from routing.model import Cost, Frozen, Plan, Problem, Round, Route, Shift, Stop, Vehicle, Violation, Visit, Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trip:
    """One round under examination, with the names that sentences need."""

    problem: Problem
    vehicle: Vehicle
    claimed: Round
    stops: tuple[Stop, ...]
    visits: tuple[Visit, ...]
    frozen: Frozen | None

    @property
    def where(self) -> str:
        return f"{self.vehicle.courier_id}/{self.claimed.round}"

    def at(self, stop: Stop) -> str:
        return f"{self.where}/{stop.visit_id}"

    @property
    def shift(self) -> Shift:
        return self.vehicle.shifts[self.claimed.round]

    @property
    def weights(self) -> Weights:
        return self.problem.weights if self.vehicle.weights is None else self.vehicle.weights

    @property
    def fixed(self) -> int:
        """Stops at the beginning that are facts."""
        return len(self.frozen.visit_ids) if self.frozen else 0

    @property
    def free(self) -> bool:
        """Whether anything of the round was ours to decide."""
        return len(self.stops) > self.fixed or not self.frozen

    @property
    def left_s(self) -> int | None:
        return self.frozen.left_s if self.frozen else None

    def legs(self) -> list[tuple[int, int] | None]:
        """From and to of each leg, the leg home last; None where an end is open."""
        places: list[int | None] = [self.vehicle.begins_at(self.claimed.round)]
        places += [visit.location for visit in self.visits]
        starts = list(places)
        if self.frozen and self.frozen.place is not None:
            starts[len(self.frozen.done)] = self.frozen.place
        ends = [*places[1:], self.vehicle.ends_at(self.claimed.round)]
        return [None if a is None or b is None else (a, b) for a, b in zip(starts, ends, strict=True)]

    def seconds(self, leg: tuple[int, int] | None) -> int:
        """Riding time at the courier's own speed, rounded up."""
        if leg is None:
            return 0
        base = int(_matrix(self.problem, self.vehicle).seconds[leg[0]][leg[1]])
        whole, rest = divmod(base * 100, self.vehicle.speed_percent)
        return whole + (1 if rest else 0)

    def metres(self, leg: tuple[int, int] | None) -> int:
        return 0 if leg is None else int(_matrix(self.problem, self.vehicle).metres[leg[0]][leg[1]])

    def service(self, n: int) -> int:
        """Seconds at stop `n`: no second set-up at the same place."""
        visit = self.visits[n]
        again = n > 0 and self.visits[n - 1].location == visit.location
        return visit.service_s if again else visit.setup_s + visit.service_s


def _matrix(problem: Problem, vehicle: Vehicle) -> TravelMatrix:
    return problem.profiles[vehicle.profile] if vehicle.profile else problem.travel


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every broken rule of a plan; empty when it is sound."""
    found = [*_once_only(problem, plan), *_couriers(problem, plan), *_kept(problem, plan)]
    vehicles = {vehicle.courier_id: vehicle for vehicle in problem.vehicles}
    costs = []
    for route in plan.routes:
        if route.courier_id in vehicles:
            trips, broken = _trips(problem, vehicles[route.courier_id], route)
            found += broken
            found += _in_turn(trips)
            for trip in trips:
                found += [*_ready(trip), *_ride(trip), *_breaks(trip), *_facts(trip), *_doors(trip), *_totals(trip)]
                if trip.free:
                    found += [*_load(trip), *_limits(trip)]
                found += _pairs(trip)
            cost = _cost(trips)
            found += _same_cost(cost, route.cost, str(route.courier_id))
            costs.append(cost)
    found += _same_cost(_plan_cost(problem, plan, costs), plan.cost, "plan")
    return found


def _once_only(problem: Problem, plan: Plan) -> Iterator[Violation]:
    known = {visit.id for visit in problem.visits}
    seen = Counter(stop.visit_id for route in plan.routes for stop in route.stops)
    seen.update(left.visit_id for left in plan.unplanned)
    for visit_id in known - set(seen):
        yield Violation(rule="missing", where=visit_id, detail="neither planned nor left out")
    for visit_id, count in seen.items():
        if visit_id not in known:
            yield Violation(rule="unknown_visit", where=visit_id, detail="not part of the problem")
        elif count > 1:
            yield Violation(rule="twice", where=visit_id, detail=f"stands {count} times")


def _couriers(problem: Problem, plan: Plan) -> Iterator[Violation]:
    known = {vehicle.courier_id for vehicle in problem.vehicles}
    for courier, count in Counter(route.courier_id for route in plan.routes).items():
        if courier not in known:
            yield Violation(rule="unknown_courier", where=str(courier), detail="not on duty")
        elif count > 1:
            yield Violation(rule="twice", where=str(courier), detail=f"has {count} routes")


def _kept(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every frozen beginning is still there."""
    orders: dict[tuple[object, int], list[str]] = {}
    for route in plan.routes:
        for stop in route.stops:
            orders.setdefault((route.courier_id, stop.round), []).append(stop.visit_id)
    for one in problem.frozen:
        order = orders.get((one.courier_id, one.round), [])
        if order[: len(one.visit_ids)] != [*one.visit_ids]:
            where = f"{one.courier_id}/{one.round}"
            yield Violation(rule="frozen", where=where, detail=f"begins with {order[: len(one.visit_ids)]}")


def _trips(problem: Problem, vehicle: Vehicle, route: Route) -> tuple[list[_Trip], list[Violation]]:
    visits = {visit.id: visit for visit in problem.visits}
    where, trips, found = str(vehicle.courier_id), [], []
    for claimed in route.rounds:
        stops = tuple(s for s in route.stops if s.round == claimed.round and s.visit_id in visits)
        if not 0 <= claimed.round < len(vehicle.shifts) or not stops:
            found.append(Violation(rule="round", where=where, detail=f"round {claimed.round} is empty or has no shift"))
            continue
        own = tuple(visits[s.visit_id] for s in stops)
        frozen = next(
            (f for f in problem.frozen if (f.courier_id, f.round) == (vehicle.courier_id, claimed.round)), None
        )
        trip = _Trip(problem=problem, vehicle=vehicle, claimed=claimed, stops=stops, visits=own, frozen=frozen)
        trips.append(trip)
    numbers = [r.round for r in route.rounds]
    if len(set(numbers)) != len(numbers) or {s.round for s in route.stops} - set(numbers):
        found.append(Violation(rule="round", where=where, detail="rounds and stops do not match"))
    order = [s.round for s in route.stops]
    if order != sorted(order) or numbers != sorted(numbers):
        found.append(Violation(rule="round", where=where, detail="stops are not in order of time"))
    return trips, found


def _in_turn(trips: list[_Trip]) -> Iterator[Violation]:
    """A round begins when the one before is back, its breaks are over and the courier has loaded."""
    for before, after in pairwise(trips):
        ready = max([before.claimed.return_s, *(start + d for start, d in _rests(before))]) + after.vehicle.reload_s
        if after.claimed.departure_s < ready and after.left_s is None:
            detail = f"leaves at {after.claimed.departure_s}, loaded at {ready}"
            yield Violation(rule="reload", where=after.where, detail=detail)


def _ready(trip: _Trip) -> Iterator[Violation]:
    """What was not ready when the courier left is not with him, unless a frozen stop says that it was."""
    facts = trip.frozen.visit_ids if trip.frozen else ()
    for stop, visit in zip(trip.stops, trip.visits, strict=True):
        if trip.left_s is not None and visit.ready_s > trip.left_s and visit.id not in facts:
            yield Violation(rule="ready", where=trip.at(stop), detail=f"not ready before {visit.ready_s}")


def _ride(trip: _Trip) -> Iterator[Violation]:
    """The clock: each arrival follows from the one before and the matrix, the round lies inside its shift."""
    clock, done = trip.claimed.departure_s, len(trip.frozen.done) if trip.frozen else 0
    legs = trip.legs()
    if trip.left_s is None:
        first = max([trip.shift.start_s, *(visit.ready_s for visit in trip.visits)])
        if clock < first:
            yield Violation(rule="shift", where=trip.where, detail=f"leaves at {clock}, may from {first}")
    elif clock != trip.left_s:
        yield Violation(rule="frozen", where=trip.where, detail=f"leaves at {clock}, left at {trip.left_s}")
    for n, stop in enumerate(trip.stops):
        if trip.frozen and trip.left_s is not None and n == done:
            clock = trip.frozen.free_s
        due = clock + trip.seconds(legs[n]) + _rested(trip, clock, stop.start_s)
        if n >= done and stop.arrival_s != due:
            yield Violation(rule="time", where=trip.at(stop), detail=f"arrival {stop.arrival_s}, the ride gives {due}")
        if n >= done and (stop.wait_s < 0 or stop.start_s != stop.arrival_s + stop.wait_s):
            yield Violation(rule="time", where=trip.at(stop), detail=f"start {stop.start_s} is not arrival plus wait")
        if n >= done and stop.departure_s != stop.start_s + trip.service(n):
            yield Violation(rule="time", where=trip.at(stop), detail=f"departure {stop.departure_s} ignores service")
        clock = stop.departure_s
    if trip.frozen and trip.left_s is not None and not trip.stops[done:]:
        clock = trip.frozen.free_s
    yield from _back(trip, clock, trip.seconds(legs[-1]))


def _rested(trip: _Trip, left: int, by: int) -> int:
    """Seconds of the breaks that lie between two moments."""
    return sum(d for start, d in _rests(trip) if left <= start and start + d <= by)


def _rests(trip: _Trip) -> list[tuple[int, int]]:
    return [(start, rest.duration_s) for start, rest in zip(trip.claimed.breaks, trip.shift.breaks, strict=False)]


def _back(trip: _Trip, left: int, leg_s: int) -> Iterator[Violation]:
    said = trip.claimed.return_s
    last = max((start + d for start, d in _rests(trip) if left <= start and start + d <= said), default=left)
    due = max(left + leg_s + _rested(trip, left, said), last)
    if said != due:
        yield Violation(rule="time", where=trip.where, detail=f"return {said}, the ride gives {due}")
    if trip.free and max(due, said) > trip.shift.last_s:
        yield Violation(rule="shift", where=trip.where, detail=f"back at {due}, shift until {trip.shift.last_s}")


def _breaks(trip: _Trip) -> Iterator[Violation]:
    """Each break begins in its window, not while serving, and not before the one before is over."""
    taken = len(trip.frozen.breaks_taken) if trip.frozen else 0
    if len(trip.claimed.breaks) != len(trip.shift.breaks):
        yield Violation(rule="break", where=trip.where, detail=f"{len(trip.claimed.breaks)} breaks are told")
    busy = [(stop.start_s, stop.departure_s) for stop in trip.stops]
    free_from = trip.shift.start_s
    for n, (start, duration) in enumerate(_rests(trip)):
        windows = trip.shift.breaks[n].windows
        if n < taken:
            free_from = start + duration
            continue
        if start < free_from or (windows and not any(a <= start <= b for a, b in windows)):
            yield Violation(rule="break", where=trip.where, detail=f"break {n} begins at {start}")
        if any(a < start + duration and start < b for a, b in busy):
            yield Violation(rule="break", where=trip.where, detail=f"break {n} at {start} while serving")
        leaves = trip.claimed.departure_s
        if start < leaves < start + duration:
            yield Violation(rule="break", where=trip.where, detail=f"leaves during break {n}")
        free_from = start + duration


def _facts(trip: _Trip) -> Iterator[Violation]:
    """Stops made keep their real times."""
    if trip.frozen:
        for said, fact in zip(trip.stops, trip.frozen.done, strict=False):
            if said != fact:
                yield Violation(rule="frozen", where=trip.at(said), detail="not the time it was made")
        if trip.claimed.breaks[: len(trip.frozen.breaks_taken)] != trip.frozen.breaks_taken:
            yield Violation(rule="frozen", where=trip.where, detail="not the breaks that were taken")


def _doors(trip: _Trip) -> Iterator[Violation]:
    """What each door asks: its windows, its day, its skills, its locks. What is frozen was decided before."""
    for stop, visit in zip(trip.stops[trip.fixed :], trip.visits[trip.fixed :], strict=True):
        for rule, detail in _door(trip, stop, visit):
            yield Violation(rule=rule, where=trip.at(stop), detail=detail)


def _door(trip: _Trip, stop: Stop, visit: Visit) -> Iterator[tuple[str, str]]:
    problem, mine = trip.problem, trip.vehicle.courier_id
    if visit.windows and not any(start <= stop.start_s <= end for start, end in visit.windows):
        yield "window", f"start {stop.start_s} is in no window"
    first, last = visit.earliest_on or problem.day, visit.latest_on or problem.day
    if not first <= problem.day <= last:
        yield "day", f"only from {first} to {last}"
    if visit.skills - trip.vehicle.skills:
        yield "skill", ", ".join(sorted(visit.skills))
    if visit.in_person and not trip.vehicle.in_person:
        yield "in_person", "the courier may not identify addressees"
    if visit.depot is not None and visit.depot != trip.vehicle.begins_at(stop.round):
        yield "depot", f"its items lie at {visit.depot}"
    yield from _aboard(trip, visit)
    yield from _dispatcher(problem, mine, stop)


def _dispatcher(problem: Problem, mine: UUID, stop: Stop) -> Iterator[tuple[str, str]]:
    for lock in problem.locks:
        if lock.visit_id == stop.visit_id and (lock.courier_id != mine or lock.round not in (None, stop.round)):
            yield "lock", f"locked to {lock.courier_id}/{lock.round}"
    for ban in problem.forbidden:
        if ban.visit_id == stop.visit_id and ban.courier_id == mine and ban.round in (None, stop.round):
            yield "forbidden", "the dispatcher has ruled this courier out"


def _aboard(trip: _Trip, visit: Visit) -> Iterator[tuple[str, str]]:
    carried = trip.frozen.on_board if trip.frozen else None
    collected = any(pair.delivery_id == visit.id for pair in trip.problem.pairs)
    if carried is not None and visit.id not in carried and any(visit.brought) and not collected:
        yield "on_board", "the courier is under way without it"


def _pairs(trip: _Trip) -> Iterator[Violation]:
    """A pair lies in one round, collected first."""
    at = {visit.id: n for n, visit in enumerate(trip.visits)}
    for pair in trip.problem.pairs:
        pickup, delivery = at.get(pair.pickup_id), at.get(pair.delivery_id)
        if (pickup is None) != (delivery is None):
            yield Violation(rule="pair", where=trip.where, detail=f"only one of {pair.pickup_id}, {pair.delivery_id}")
        elif pickup is not None and delivery is not None and pickup > delivery:
            yield Violation(rule="pair", where=trip.where, detail=f"{pair.delivery_id} before {pair.pickup_id}")


def _load(trip: _Trip) -> Iterator[Violation]:
    """At every moment each amount on board is within its capacity."""
    handed_in = {pair.delivery_id for pair in trip.problem.pairs}
    names = ["items", "g", "vnd", *(f"amount {n}" for n in range(len(trip.vehicle.capacity_extra)))]
    for which, (name, room) in enumerate(zip(names, trip.vehicle.capacity, strict=True)):
        brought = [_amount(visit.brought, which) for visit in trip.visits]
        collected = [_amount(visit.collected, which) for visit in trip.visits]
        on_board = sum(b for b, v in zip(brought, trip.visits, strict=True) if v.id not in handed_in)
        peak = on_board
        for b, c in zip(brought, collected, strict=True):
            on_board += c - b
            peak = max(peak, on_board)
        if peak > room:
            yield Violation(rule="capacity", where=trip.where, detail=f"{peak} of {room} {name}")


def _amount(amounts: tuple[int, ...], which: int) -> int:
    return amounts[which] if which < len(amounts) else 0


def _limits(trip: _Trip) -> Iterator[Violation]:
    vehicle, legs = trip.vehicle, trip.legs()
    for name, value, most in (
        ("tasks", len(trip.visits), vehicle.max_tasks),
        ("s of riding", sum(trip.seconds(leg) for leg in legs), vehicle.max_travel_s),
        ("m", sum(trip.metres(leg) for leg in legs), vehicle.max_distance_m),
        ("s away", trip.claimed.return_s - trip.claimed.departure_s, vehicle.max_duration_s),
    ):
        if most is not None and value > most:
            yield Violation(rule="limit", where=trip.where, detail=f"{value} of {most} {name}")


def _totals(trip: _Trip) -> Iterator[Violation]:
    legs, handed_in = trip.legs(), {pair.delivery_id for pair in trip.problem.pairs}
    loaded = [visit for visit in trip.visits if visit.id not in handed_in]
    true = {
        "travel_s": sum(trip.seconds(leg) for leg in legs),
        "distance_m": sum(trip.metres(leg) for leg in legs),
        "service_s": sum(trip.service(n) for n in range(len(trip.visits))),
        "wait_s": _waited(trip),
        "load_items": sum(visit.load_items for visit in loaded),
        "load_g": sum(visit.weight_g for visit in loaded),
    }
    for name, value in true.items():
        said = getattr(trip.claimed, name)
        if said != value:
            yield Violation(rule="totals", where=trip.where, detail=f"{name} {said}, recomputed {value}")


def _waited(trip: _Trip) -> int:
    """Waiting at the doors, and on the way home for a break."""
    left = trip.stops[-1].departure_s
    if trip.frozen and trip.left_s is not None and len(trip.stops) == len(trip.frozen.done):
        left = trip.frozen.free_s
    home = left + trip.seconds(trip.legs()[-1]) + _rested(trip, left, trip.claimed.return_s)
    return sum(stop.wait_s for stop in trip.stops) + trip.claimed.return_s - home


def _cost(trips: list[_Trip]) -> dict[str, int]:
    cost = dict.fromkeys((name for name in Cost().terms() if name != "unserved"), 0)
    for trip in trips:
        weights, vehicle, legs, back = trip.weights, trip.vehicle, trip.legs(), trip.claimed.return_s
        riding = sum(trip.seconds(leg) for leg in legs)
        work = riding + sum(trip.service(n) for n in range(len(trip.visits)))
        home, courier = vehicle.home_communes, vehicle.courier_id
        cost["travel"] += riding * weights.travel_per_s
        cost["distance"] += sum(trip.metres(leg) * weights.distance_per_km // 1000 for leg in legs)
        cost["wait"] += weights.wait_per_s * _waited(trip)
        cost["rounds"] += weights.round_opened * (1 + trip.claimed.round) + vehicle.fixed_cost
        strangers = [visit for visit in trip.visits if home and visit.commune_code not in home]
        cost["away"] += weights.away_per_visit * len(strangers)
        cost["unfamiliar"] += sum(trip.problem.unfamiliar.get((courier, visit.id), 0) for visit in trip.visits)
        cost["balance"] += weights.balance_per_s * max(work - trip.problem.fair_work_s, 0)
        cost["overtime"] += weights.overtime_per_s * max(back - trip.shift.end_s, 0)
        cost["finish"] += weights.finish_per_h * max(back - trip.shift.start_s, 0) // 3600
    return cost


def _plan_cost(problem: Problem, plan: Plan, costs: list[dict[str, int]]) -> dict[str, int]:
    served = {stop.visit_id for route in plan.routes for stop in route.stops}
    whole = {name: sum(cost[name] for cost in costs) for name in _cost([])}
    return {**whole, "unserved": sum(visit.prize for visit in problem.visits if visit.id not in served)}


def _same_cost(true: dict[str, int], said: Cost, where: str) -> Iterator[Violation]:
    for name, value in said.terms().items():
        if value != true.get(name, 0):
            yield Violation(rule="cost", where=where, detail=f"{name} {value}, recomputed {true.get(name, 0)}")
