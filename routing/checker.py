"""The independent judge of a plan: recomputes times, loads, rules and cost from the matrix, sharing no code with the
solver, the schedule or the objective. What it does not find broken may be published.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from routing.model import Cost, Plan, Problem, Round, Route, Stop, Vehicle, Violation, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trip:
    """One round under examination, with the names that sentences need."""

    problem: Problem
    vehicle: Vehicle
    claimed: Round
    stops: tuple[Stop, ...]
    visits: tuple[Visit, ...]

    @property
    def where(self) -> str:
        return f"{self.vehicle.courier_id}/{self.claimed.round}"

    def at(self, stop: Stop) -> str:
        return f"{self.where}/{stop.visit_id}"


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every broken rule of a plan; empty when it is sound."""
    found = [*_once_only(problem, plan), *_couriers(problem, plan)]
    vehicles = {vehicle.courier_id: vehicle for vehicle in problem.vehicles}
    costs = []
    for route in plan.routes:
        if route.courier_id in vehicles:
            trips, broken = _trips(problem, vehicles[route.courier_id], route)
            found += broken
            for trip in trips:
                found += [*_ride(trip), *_doors(trip), *_load(trip), *_totals(trip)]
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


def _trips(problem: Problem, vehicle: Vehicle, route: Route) -> tuple[list[_Trip], list[Violation]]:
    visits = {visit.id: visit for visit in problem.visits}
    where, trips, found = str(vehicle.courier_id), [], []
    for claimed in route.rounds:
        stops = tuple(s for s in route.stops if s.round == claimed.round and s.visit_id in visits)
        if not 0 <= claimed.round < len(vehicle.shifts) or not stops:
            found.append(Violation(rule="round", where=where, detail=f"round {claimed.round} is empty or has no shift"))
            continue
        own = tuple(visits[s.visit_id] for s in stops)
        trips.append(_Trip(problem=problem, vehicle=vehicle, claimed=claimed, stops=stops, visits=own))
    numbers = [r.round for r in route.rounds]
    if len(set(numbers)) != len(numbers) or {s.round for s in route.stops} - set(numbers):
        found.append(Violation(rule="round", where=where, detail="rounds and stops do not match"))
    order = [s.round for s in route.stops]
    if order != sorted(order) or numbers != sorted(numbers):
        found.append(Violation(rule="round", where=where, detail="stops are not in order of time"))
    return trips, found


def _ride(trip: _Trip) -> Iterator[Violation]:
    """The clock: each arrival follows from the one before and the matrix, the round lies inside its shift."""
    seconds, shift = trip.problem.travel.seconds, trip.vehicle.shifts[trip.claimed.round]
    clock, place = trip.claimed.departure_s, trip.vehicle.depot
    if clock < shift.start_s:
        yield Violation(rule="shift", where=trip.where, detail=f"leaves at {clock}, shift from {shift.start_s}")
    for stop, visit in zip(trip.stops, trip.visits, strict=True):
        due = clock + int(seconds[place][visit.location])
        if stop.arrival_s != due:
            yield Violation(rule="time", where=trip.at(stop), detail=f"arrival {stop.arrival_s}, the ride gives {due}")
        if stop.wait_s < 0 or stop.start_s != stop.arrival_s + stop.wait_s:
            yield Violation(rule="time", where=trip.at(stop), detail=f"start {stop.start_s} is not arrival plus wait")
        if stop.departure_s != stop.start_s + visit.service_s:
            yield Violation(rule="time", where=trip.at(stop), detail=f"departure {stop.departure_s} ignores service")
        clock, place = stop.departure_s, visit.location
    due = clock + int(seconds[place][trip.vehicle.depot])
    if trip.claimed.return_s != due:
        yield Violation(rule="time", where=trip.where, detail=f"return {trip.claimed.return_s}, the ride gives {due}")
    if max(due, trip.claimed.return_s) > shift.end_s:
        yield Violation(rule="shift", where=trip.where, detail=f"back at {due}, shift until {shift.end_s}")


def _doors(trip: _Trip) -> Iterator[Violation]:
    """What each door asks: its windows, its skills, its locks."""
    for stop, visit in zip(trip.stops, trip.visits, strict=True):
        if visit.windows and not any(start <= stop.start_s <= end for start, end in visit.windows):
            yield Violation(rule="window", where=trip.at(stop), detail=f"start {stop.start_s} is in no window")
        if visit.skills - trip.vehicle.skills:
            yield Violation(rule="skill", where=trip.at(stop), detail=", ".join(sorted(visit.skills)))
        for lock in trip.problem.locks:
            if lock.visit_id == visit.id and (
                lock.courier_id != trip.vehicle.courier_id or lock.round not in (None, stop.round)
            ):
                yield Violation(rule="lock", where=trip.at(stop), detail=f"locked to {lock.courier_id}/{lock.round}")


def _load(trip: _Trip) -> Iterator[Violation]:
    items = sum(visit.load_items for visit in trip.visits)
    grams = sum(visit.weight_g for visit in trip.visits)
    if items > trip.vehicle.capacity_items:
        yield Violation(rule="capacity", where=trip.where, detail=f"{items} of {trip.vehicle.capacity_items} items")
    if grams > trip.vehicle.capacity_g:
        yield Violation(rule="capacity", where=trip.where, detail=f"{grams} of {trip.vehicle.capacity_g} g")


def _legs(trip: _Trip) -> list[tuple[int, int]]:
    places = [trip.vehicle.depot]
    places.extend(visit.location for visit in trip.visits)
    return [*zip(places, [*places[1:], trip.vehicle.depot], strict=True)]


def _totals(trip: _Trip) -> Iterator[Violation]:
    travel = trip.problem.travel
    true = {
        "travel_s": sum(int(travel.seconds[a][b]) for a, b in _legs(trip)),
        "distance_m": sum(int(travel.metres[a][b]) for a, b in _legs(trip)),
        "service_s": sum(visit.service_s for visit in trip.visits),
        "wait_s": sum(stop.wait_s for stop in trip.stops),
        "load_items": sum(visit.load_items for visit in trip.visits),
        "load_g": sum(visit.weight_g for visit in trip.visits),
    }
    for name, value in true.items():
        said = getattr(trip.claimed, name)
        if said != value:
            yield Violation(rule="totals", where=trip.where, detail=f"{name} {said}, recomputed {value}")


def _cost(trips: list[_Trip]) -> dict[str, int]:
    cost = dict.fromkeys(("travel", "distance", "wait", "rounds", "away", "balance"), 0)
    for trip in trips:
        weights, travel, home = trip.problem.weights, trip.problem.travel, trip.vehicle.home_communes
        work = sum(visit.service_s for visit in trip.visits)
        for a, b in _legs(trip):
            work += int(travel.seconds[a][b])
            cost["travel"] += int(travel.seconds[a][b]) * weights.travel_per_s
            cost["distance"] += int(travel.metres[a][b]) * weights.distance_per_km // 1000
        cost["wait"] += weights.wait_per_s * sum(stop.wait_s for stop in trip.stops)
        cost["rounds"] += weights.round_opened * (1 + trip.claimed.round)
        strangers = [visit for visit in trip.visits if home and visit.commune_code not in home]
        cost["away"] += weights.away_per_visit * len(strangers)
        cost["balance"] += weights.balance_per_s * max(work - trip.problem.fair_work_s, 0)
    return cost


def _plan_cost(problem: Problem, plan: Plan, costs: list[dict[str, int]]) -> dict[str, int]:
    served = {stop.visit_id for route in plan.routes for stop in route.stops}
    whole = {name: sum(cost[name] for cost in costs) for name in _cost([])}
    return {**whole, "unserved": sum(visit.prize for visit in problem.visits if visit.id not in served)}


def _same_cost(true: dict[str, int], said: Cost, where: str) -> Iterator[Violation]:
    for name, value in said.terms().items():
        if value != true.get(name, 0):
            yield Violation(rule="cost", where=where, detail=f"{name} {value}, recomputed {true.get(name, 0)}")
