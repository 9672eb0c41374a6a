"""Times of a route whose order is given: the shortest round, and among those the one back first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.model import Cost, Plan, Problem, Round, Route, Shift, Stop, Unplanned, Vehicle, Visit
from routing.objective import round_cost

# Visits by (vehicle index, shift index), each in the order of riding, as indices into `problem.visits`.
Orders = Mapping[tuple[int, int], Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedRound:
    """A feasible round: departure from the depot, start of service of each visit, return; seconds of the day."""

    departure_s: int
    starts: tuple[int, ...]
    return_s: int
    wait_s: int
    travel_s: int
    distance_m: int


def earliest_start(visit: Visit, arrival: int) -> int | None:
    """First second service may start when the courier comes at `arrival`."""
    if not visit.windows:
        return arrival
    return min((max(arrival, a) for a, b in visit.windows if arrival <= b), default=None)


def latest_start(visit: Visit, limit: int) -> int | None:
    """Last second not after `limit` at which service may start."""
    if not visit.windows:
        return limit
    return max((min(b, limit) for a, b in visit.windows if a <= limit), default=None)


def fits_load(vehicle: Vehicle, order: Iterable[Visit]) -> bool:
    """Whether one round's load is within the courier's capacity."""
    visits = list(order)
    return (
        sum(v.load_items for v in visits) <= vehicle.capacity_items
        and sum(v.weight_g for v in visits) <= vehicle.capacity_g
    )


def may_serve(problem: Problem, vehicle: Vehicle, index: int, visit: Visit) -> bool:
    """Whether skills and locks let the courier serve the visit in his round `index`."""
    if not visit.skills <= vehicle.skills:
        return False
    return all(
        lock.courier_id == vehicle.courier_id and lock.round in (None, index)
        for lock in problem.locks
        if lock.visit_id == visit.id
    )


def time_round(problem: Problem, vehicle: Vehicle, shift: Shift, order: Sequence[Visit]) -> TimedRound | None:
    """The shortest feasible round in that order, or None.

    The duration as a function of the departure is least at the shift's start or where a visit's start meets the
    opening of one of its windows after the latest possible departure (the right ends of the flat pieces of the finish).
    """
    first = _ride(problem, vehicle, shift, order, shift.start_s)
    if first is None:
        return None
    best = first
    for position, visit in enumerate(order):
        for opening, _ in visit.windows:
            departure = _latest_departure(problem, vehicle, order, position, opening)
            if departure is None or departure <= shift.start_s:
                continue
            ride = _ride(problem, vehicle, shift, order, departure)
            if ride is not None and _rank(ride) < _rank(best):
                best = ride
    return best


def _rank(ride: TimedRound) -> tuple[int, int]:
    return ride.return_s - ride.departure_s, ride.return_s


def _ride(
    problem: Problem, vehicle: Vehicle, shift: Shift, order: Sequence[Visit], departure: int
) -> TimedRound | None:
    seconds, metres = problem.travel.seconds, problem.travel.metres
    clock, place, wait, travel, distance = departure, vehicle.depot, 0, 0, 0
    starts = []
    for visit in order:
        leg = int(seconds[place, visit.location])
        start = earliest_start(visit, clock + leg)
        if start is None:
            return None
        travel, distance = travel + leg, distance + int(metres[place, visit.location])
        wait += start - clock - leg
        starts.append(start)
        clock, place = start + visit.service_s, visit.location
    leg = int(seconds[place, vehicle.depot])
    if clock + leg > shift.end_s:
        return None
    return TimedRound(
        departure_s=departure,
        starts=tuple(starts),
        return_s=clock + leg,
        wait_s=wait,
        travel_s=travel + leg,
        distance_m=distance + int(metres[place, vehicle.depot]),
    )


def _latest_departure(
    problem: Problem, vehicle: Vehicle, order: Sequence[Visit], position: int, start: int
) -> int | None:
    seconds = problem.travel.seconds
    at = start
    for before, after in zip(reversed(order[:position]), reversed(order[1 : position + 1]), strict=True):
        latest = latest_start(before, at - int(seconds[before.location, after.location]) - before.service_s)
        if latest is None:
            return None
        at = latest
    return at - int(seconds[vehicle.depot, order[0].location])


def build_route(problem: Problem, vehicle: Vehicle, orders: Mapping[int, Sequence[Visit]]) -> Route | None:
    """A courier's day from the order of each of his rounds; None when a round cannot be ridden."""
    stops: list[Stop] = []
    rounds: list[Round] = []
    cost = Cost()
    for index, order in sorted(orders.items()):
        if not order:
            continue
        timed = _allowed(problem, vehicle, index, order)
        if timed is None:
            return None
        stops += _stops(problem, vehicle, index, order, timed)
        rounds.append(_round(index, order, timed))
        cost += round_cost(problem, vehicle, index, order, wait_s=timed.wait_s)
    return Route(courier_id=vehicle.courier_id, stops=tuple(stops), rounds=tuple(rounds), cost=cost)


def _allowed(problem: Problem, vehicle: Vehicle, index: int, order: Sequence[Visit]) -> TimedRound | None:
    if not fits_load(vehicle, order) or not all(may_serve(problem, vehicle, index, v) for v in order):
        return None
    return time_round(problem, vehicle, vehicle.shifts[index], order)


def _stops(problem: Problem, vehicle: Vehicle, index: int, order: Sequence[Visit], timed: TimedRound) -> list[Stop]:
    stops = []
    clock, place = timed.departure_s, vehicle.depot
    for visit, start in zip(order, timed.starts, strict=True):
        arrival = clock + int(problem.travel.seconds[place, visit.location])
        clock, place = start + visit.service_s, visit.location
        stops.append(
            Stop(
                visit_id=visit.id,
                round=index,
                arrival_s=arrival,
                wait_s=start - arrival,
                start_s=start,
                departure_s=clock,
            )
        )
    return stops


def _round(index: int, order: Sequence[Visit], timed: TimedRound) -> Round:
    return Round(
        round=index,
        departure_s=timed.departure_s,
        return_s=timed.return_s,
        travel_s=timed.travel_s,
        distance_m=timed.distance_m,
        service_s=sum(v.service_s for v in order),
        wait_s=timed.wait_s,
        load_items=sum(v.load_items for v in order),
        load_g=sum(v.weight_g for v in order),
    )


def build_plan(problem: Problem, orders: Orders, *, engine: str = "") -> Plan | None:
    """The plan of the given orders, what is in none of them unplanned; None when a round cannot be ridden."""
    routes = []
    for number, vehicle in enumerate(problem.vehicles):
        own = {r: [problem.visits[i] for i in order] for (v, r), order in orders.items() if v == number}
        route = build_route(problem, vehicle, own)
        if route is None:
            return None
        if route.stops:
            routes.append(route)
    served = {stop.visit_id for route in routes for stop in route.stops}
    left = [visit for visit in problem.visits if visit.id not in served]
    cost = sum((route.cost for route in routes), Cost(unserved=sum(v.prize for v in left)))
    return Plan(
        routes=tuple(routes),
        unplanned=tuple(Unplanned(visit_id=v.id) for v in left),
        cost=cost,
        engine=engine,
    )


def orders_of(problem: Problem, plan: Plan) -> dict[tuple[int, int], list[int]]:
    """The orders of a plan: the inverse of `build_plan`."""
    couriers = {vehicle.courier_id: n for n, vehicle in enumerate(problem.vehicles)}
    visits = {visit.id: n for n, visit in enumerate(problem.visits)}
    orders: dict[tuple[int, int], list[int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            orders.setdefault((couriers[route.courier_id], stop.round), []).append(visits[stop.visit_id])
    return orders
