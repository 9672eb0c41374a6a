"""The cheapest plan of a tiny problem by trying all: knows nothing of schedules, solvers or the checker.

Rounds that wait for each other and rounds under way are not tried here.
"""

from collections.abc import Iterator
from itertools import pairwise, permutations, product

from routing.model import Break, Problem, Vehicle, Visit, Weights


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
    if not all(_welcome(problem, vehicle, number, v) for v in visits):
        return None
    costs = [_cost(problem, vehicle, number, order) for order in permutations(visits)]
    return min((cost for cost in costs if cost is not None), default=None)


def _welcome(problem: Problem, vehicle: Vehicle, number: int, visit: Visit) -> bool:
    if not visit.skills.issubset(vehicle.skills) or (visit.in_person and not vehicle.in_person):
        return False
    if (visit.earliest_on and problem.day < visit.earliest_on) or (visit.latest_on and problem.day > visit.latest_on):
        return False
    if visit.depot is not None and visit.depot != vehicle.begins_at(number):
        return False
    here = (vehicle.courier_id, number)
    locks = [(k.courier_id, k.round) for k in problem.locks if k.visit_id == visit.id]
    bans = [(k.courier_id, k.round) for k in problem.forbidden if k.visit_id == visit.id]
    return all(k in (here, (here[0], None)) for k in locks) and not any(k in (here, (here[0], None)) for k in bans)


def _loads_fit(problem: Problem, vehicle: Vehicle, order: tuple[Visit, ...]) -> bool:
    pairs = {p.delivery_id: p.pickup_id for p in problem.pairs}
    ids = [v.id for v in order]
    for delivery, pickup in pairs.items():
        if (delivery in ids) != (pickup in ids) or (delivery in ids and ids.index(pickup) > ids.index(delivery)):
            return False
    for which, most in enumerate(vehicle.capacity):
        take = [(v.brought[which : which + 1] or (0,))[0] for v in order]
        give = [(v.collected[which : which + 1] or (0,))[0] for v in order]
        aboard = [sum(t for t, v in zip(take, order, strict=True) if v.id not in pairs)]
        for t, g in zip(take, give, strict=True):
            aboard.append(aboard[-1] - t + g)
        if max(aboard) > most:
            return False
    return True


def _cost(problem: Problem, vehicle: Vehicle, number: int, order: tuple[Visit, ...]) -> int | None:
    legs, metres, service = ridden(problem, vehicle, number, order)
    limits = ((len(order), vehicle.max_tasks), (sum(legs), vehicle.max_travel_s), (sum(metres), vehicle.max_distance_m))
    if any(most is not None and value > most for value, most in limits) or not _loads_fit(problem, vehicle, order):
        return None
    timed = least_timed(problem, vehicle, number, order)
    if timed is None:
        return None
    weights = vehicle.weights or problem.weights
    strange = sum(bool(vehicle.home_communes) and v.commune_code not in vehicle.home_communes for v in order)
    return (
        weights.travel_per_s * sum(legs)
        + sum(m * weights.distance_per_km // 1000 for m in metres)
        + timed
        + weights.round_opened * (number + 1)
        + vehicle.fixed_cost
        + weights.away_per_visit * strange
        + sum(problem.unfamiliar.get((vehicle.courier_id, v.id), 0) for v in order)
        + weights.balance_per_s * max(0, sum(legs) + sum(service) - problem.fair_work_s)
    )


def ridden(
    problem: Problem, vehicle: Vehicle, number: int, order: tuple[Visit, ...]
) -> tuple[list[int], list[int], list[int]]:
    """Seconds and metres of the legs, seconds at the doors."""
    travel = problem.profiles[vehicle.profile] if vehicle.profile else problem.travel
    places = [vehicle.begins_at(number), *(v.location for v in order), vehicle.ends_at(number)]
    legs = [(a, b) for a, b in pairwise(places)]
    seconds = [
        0 if a is None or b is None else -(-int(travel.seconds[a, b]) * 100 // vehicle.speed_percent) for a, b in legs
    ]
    metres = [0 if a is None or b is None else int(travel.metres[a, b]) for a, b in legs]
    again = [False, *(a.location == b.location for a, b in pairwise(order))]
    return seconds, metres, [v.service_s + (0 if same else v.setup_s) for v, same in zip(order, again, strict=False)]


def least_timed(problem: Problem, vehicle: Vehicle, number: int, order: tuple[Visit, ...]) -> int | None:
    """Least cost of waiting, overtime and finishing over every departure at which anything can change."""
    legs, _, service = ridden(problem, vehicle, number, order)
    shift, weights = vehicle.shifts[number], vehicle.weights or problem.weights
    costs = []
    for departure in _departures(problem, vehicle, number, order):
        for back, wait in _rides(legs, service, order, vehicle, number, departure):
            if back > shift.last_s or (
                vehicle.max_duration_s is not None and back - departure > vehicle.max_duration_s
            ):
                continue
            costs.append(_priced(weights, wait, back, shift.start_s, shift.end_s))
    return min(costs, default=None)


def _priced(weights: Weights, wait: int, back: int, start: int, end: int) -> int:
    late = max(0, back - end)
    return weights.wait_per_s * wait + weights.overtime_per_s * late + weights.finish_per_h * (back - start) // 3600


def _departures(problem: Problem, vehicle: Vehicle, number: int, order: tuple[Visit, ...]) -> set[int]:
    """Any edge of any window reached with any mix of waits before: every edge minus every partial sum of the ride."""
    legs, _, service = ridden(problem, vehicle, number, order)
    shift = vehicle.shifts[number]
    first = max([shift.start_s, *(v.ready_s for v in order)])
    edges = {first} | {edge for v in order for window in v.windows for edge in window}
    rests = {0}
    for rest in shift.breaks:
        edges |= {edge + d for window in rest.windows for edge in window for d in (0, rest.duration_s)}
        rests |= {r + rest.duration_s for r in rests}
        edges |= {shift.start_s + r for r in rests}
    offsets, clock = {0}, 0
    for n in range(len(order)):
        clock += legs[n]
        offsets.add(clock)
        clock += service[n]
        offsets.add(clock)
    return {e - o - r for e in edges for o in offsets for r in rests if e - o - r >= first}


def _rides(
    legs: list[int],
    service: list[int],
    order: tuple[Visit, ...],
    vehicle: Vehicle,
    number: int,
    departure: int,
) -> Iterator[tuple[int, int]]:
    """Return and waiting for every way to spread the breaks over before, the legs, and after."""
    shift = vehicle.shifts[number]
    for spread in _spreads(len(shift.breaks), len(legs) + 2):
        at: int | None = _rest(shift.start_s, shift.breaks, spread, 0)
        if at is None or (at > departure and 0 in spread):
            continue
        clock: int | None = departure
        wait = 0
        for n, leg in enumerate(legs):
            free = _rest(clock or 0, shift.breaks, spread, n + 1)
            if free is None:
                clock = None
                break
            ridden = (
                (clock or 0) + leg + sum(b.duration_s for b, s in zip(shift.breaks, spread, strict=True) if s == n + 1)
            )
            ready = max(ridden, free)
            begin: int | None = ready
            if n < len(order) and order[n].windows:
                begin = min((max(ready, a) for a, b in order[n].windows if max(ready, a) <= b), default=None)
            if begin is None:
                clock = None
                break
            wait += begin - ridden
            clock = begin + (service[n] if n < len(order) else 0)
        if clock is not None and _rest(clock, shift.breaks, spread, len(legs) + 1) is not None:
            yield clock, wait


def _spreads(breaks: int, slots: int) -> Iterator[tuple[int, ...]]:
    """Every slot for each break, the breaks in their order."""
    yield from (s for s in product(range(slots), repeat=breaks) if list(s) == sorted(s))


def _rest(at: int, breaks: tuple[Break, ...], spread: tuple[int, ...], slot: int) -> int | None:
    """When the courier is free again after the breaks of this slot."""
    for rest, where in zip(breaks, spread, strict=True):
        if where != slot:
            continue
        begin = at if not rest.windows else min((max(at, a) for a, b in rest.windows if max(at, a) <= b), default=None)
        if begin is None:
            return None
        at = begin + rest.duration_s
    return at
