"""The cheapest plan of a tiny problem by trying all: knows nothing of schedules, solvers or the checker."""

from itertools import permutations, product

from routing.model import Problem, Shift, Vehicle, Visit


def cheapest(problem: Problem) -> int:
    """Least total cost over every assignment of visits to rounds (or to none) and every order."""
    rounds = [(v, s) for v, vehicle in enumerate(problem.vehicles) for s in range(len(vehicle.shifts))]
    own: dict[tuple[int, frozenset[int]], int | None] = {}
    best: int | None = None
    for places in product(range(-1, len(rounds)), repeat=len(problem.visits)):
        total: int | None = sum(v.prize for v, at in zip(problem.visits, places, strict=True) if at < 0)
        for number, (v, s) in enumerate(rounds):
            members = frozenset(i for i, at in enumerate(places) if at == number)
            if (number, members) not in own:
                own[number, members] = _cheapest_round(problem, problem.vehicles[v], s, members)
            cost = own[number, members]
            total = None if total is None or cost is None else total + cost
        if total is not None and (best is None or total < best):
            best = total
    if best is None:
        raise AssertionError("leaving everything out is always possible")
    return best


def _cheapest_round(problem: Problem, vehicle: Vehicle, number: int, members: frozenset[int]) -> int | None:
    visits = [problem.visits[i] for i in members]
    if not visits:
        return 0
    if (
        sum(v.load_items for v in visits) > vehicle.capacity_items
        or sum(v.weight_g for v in visits) > vehicle.capacity_g
    ):
        return None
    if any(not v.skills.issubset(vehicle.skills) for v in visits) or _locked_away(problem, vehicle, number, visits):
        return None
    costs = [_cost(problem, vehicle, number, order) for order in permutations(visits)]
    return min((cost for cost in costs if cost is not None), default=None)


def _locked_away(problem: Problem, vehicle: Vehicle, number: int, visits: list[Visit]) -> bool:
    ids = {v.id for v in visits}
    return any(
        lock.visit_id in ids and (lock.courier_id != vehicle.courier_id or lock.round not in (None, number))
        for lock in problem.locks
    )


def _cost(problem: Problem, vehicle: Vehicle, number: int, order: tuple[Visit, ...]) -> int | None:
    wait = least_wait(problem, vehicle, vehicle.shifts[number], order)
    if wait is None:
        return None
    places = [vehicle.depot, *(v.location for v in order), vehicle.depot]
    legs = [(places[i], places[i + 1]) for i in range(len(places) - 1)]
    riding = sum(int(problem.travel.seconds[leg]) for leg in legs)
    weights = problem.weights
    fuel = sum(int(problem.travel.metres[leg]) * weights.distance_per_km // 1000 for leg in legs)
    strange = sum(bool(vehicle.home_communes) and v.commune_code not in vehicle.home_communes for v in order)
    long = max(0, riding + sum(v.service_s for v in order) - problem.fair_work_s)
    return (
        weights.travel_per_s * riding
        + fuel
        + weights.wait_per_s * wait
        + weights.round_opened * (number + 1)
        + weights.away_per_visit * strange
        + weights.balance_per_s * long
    )


def least_wait(problem: Problem, vehicle: Vehicle, shift: Shift, order: tuple[Visit, ...]) -> int | None:
    """Least waiting of the order over departures at every second at which anything can change."""
    waits = [
        _wait(problem, vehicle, shift, order, departure) for departure in _departures(problem, vehicle, shift, order)
    ]
    return min((wait for wait in waits if wait is not None), default=None)


def _departures(problem: Problem, vehicle: Vehicle, shift: Shift, order: tuple[Visit, ...]) -> set[int]:
    """Any edge of any window reached with any mix of waits before: every edge minus every partial sum of the ride."""
    edges = {shift.start_s} | {edge for v in order for window in v.windows for edge in window}
    offsets, place, clock = {0}, vehicle.depot, 0
    for v in order:
        clock += int(problem.travel.seconds[place, v.location])
        offsets.add(clock)
        clock, place = clock + v.service_s, v.location
    return {edge - offset for edge in edges for offset in offsets if edge - offset >= shift.start_s}


def _wait(problem: Problem, vehicle: Vehicle, shift: Shift, order: tuple[Visit, ...], departure: int) -> int | None:
    clock, place, wait = departure, vehicle.depot, 0
    for v in order:
        arrival = clock + int(problem.travel.seconds[place, v.location])
        starts = [max(arrival, a) for a, b in v.windows if max(arrival, a) <= b] if v.windows else [arrival]
        if not starts:
            return None
        wait += min(starts) - arrival
        clock, place = min(starts) + v.service_s, v.location
    return wait if clock + int(problem.travel.seconds[place, vehicle.depot]) <= shift.end_s else None
