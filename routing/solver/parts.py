"""Parts of a large day: neighbouring couriers with their visits as problems of their own.

Cut along a turning line, as in POPMUSIC (Taillard & Voss 2002) and the barycentre clustering of Santini, Schneider,
Vidal & Vigo, INFORMS J. Computing 35, 2023: couriers are ordered by the direction (in turn also by the distance) in
which their stops lie from the middle of all, and the order is cut into groups of about equal size from a different
place each time.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.travel_values import TravelMatrix
from routing.model import End, Frozen, Problem, Shift, Vehicle, Visit
from routing.schedule import Orders
from routing.solver.assignment import Key

# Stops of a part; up to four times this a day is cut in as many parts as there are workers.
_SIZE = 300
_GOLDEN = 0.618


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A problem of some couriers, and how its indices stand for those of the whole."""

    problem: Problem
    start: dict[Key, list[int]]
    vehicles: tuple[int, ...]
    visits: tuple[int, ...]

    def put_back(self, whole: Orders, own: Orders) -> dict[Key, list[int]]:
        """The whole day's orders with this part's couriers riding `own`."""
        mine = set(self.vehicles)
        orders = {key: [*order] for key, order in whole.items() if key[0] not in mine}
        for (v, s), order in own.items():
            orders[self.vehicles[v], s] = [self.visits[i] for i in order]
        return orders


def cut(problem: Problem, orders: Orders, *, turn: int, workers: int) -> list[Part]:
    """Parts that together hold every courier once, each visit left out with the couriers nearest to it."""
    middles = _middles(problem, orders)
    if not middles:
        return []
    ranked = _ranked(middles, turn)
    groups = _groups(ranked, orders, _wanted(len(problem.visits), workers))
    idle = [v for v in range(len(problem.vehicles)) if v not in middles]
    for n, v in enumerate(idle):
        groups[n % len(groups)].append(v)
    left = _left_out(problem, orders, groups, middles)
    return [_part(problem, orders, sorted(group), left[n]) for n, group in enumerate(groups)]


def _wanted(visits: int, workers: int) -> int:
    """How many parts: a multiple of the workers."""
    if visits <= 4 * _SIZE:
        return workers
    return workers * max(1, round(visits / _SIZE / workers))


def _middles(problem: Problem, orders: Orders) -> dict[int, tuple[float, float]]:
    """Mean position of each courier's stops."""
    places: dict[int, list[int]] = {}
    for (v, _), order in orders.items():
        places.setdefault(v, []).extend(problem.visits[i].location for i in order)
    xy = {v: [(problem.points[p].lon, problem.points[p].lat) for p in own] for v, own in places.items() if own}
    return {v: (sum(x for x, _ in own) / len(own), sum(y for _, y in own) / len(own)) for v, own in xy.items()}


def _ranked(middles: Mapping[int, tuple[float, float]], turn: int) -> list[int]:
    """Couriers in the order of the cut: by direction, every third time by distance from a turning line."""
    x0 = sum(x for x, _ in middles.values()) / len(middles)
    y0 = sum(y for _, y in middles.values()) / len(middles)
    angle = 2 * math.pi * ((turn * _GOLDEN) % 1.0)
    if turn % 3 == 2:
        return sorted(
            middles, key=lambda v: (middles[v][0] - x0) * math.cos(angle) + (middles[v][1] - y0) * math.sin(angle)
        )
    directions = {v: (math.atan2(y - y0, x - x0) - angle) % (2 * math.pi) for v, (x, y) in middles.items()}
    return sorted(middles, key=directions.__getitem__)


def _groups(ranked: Sequence[int], orders: Orders, wanted: int) -> list[list[int]]:
    """The order cut into groups of about as many stops each."""
    loads = {v: sum(len(order) for (w, _), order in orders.items() if w == v) for v in ranked}
    size = sum(loads.values()) / wanted
    groups: list[list[int]] = [[]]
    filled = 0
    for v in ranked:
        if filled >= size * len(groups) and len(groups) < wanted:
            groups.append([])
        groups[-1].append(v)
        filled += loads[v]
    return groups


def _left_out(
    problem: Problem, orders: Orders, groups: Sequence[Sequence[int]], middles: Mapping[int, tuple[float, float]]
) -> list[list[int]]:
    """For each group the visits nobody makes that lie nearest to its couriers."""
    served = {i for order in orders.values() for i in order}
    left: list[list[int]] = [[] for _ in groups]
    where = [(n, middles[v]) for n, group in enumerate(groups) for v in group if v in middles]
    for i in range(len(problem.visits)):
        if i not in served:
            point = problem.points[problem.visits[i].location]
            nearest = min(where, key=lambda at: (at[1][0] - point.lon) ** 2 + (at[1][1] - point.lat) ** 2)
            left[nearest[0]].append(i)
    return _pairs_together(problem, left)


def _pairs_together(problem: Problem, left: list[list[int]]) -> list[list[int]]:
    index = {visit.id: i for i, visit in enumerate(problem.visits)}
    group_of = {i: n for n, own in enumerate(left) for i in own}
    for pair in problem.pairs:
        a, b = index[pair.pickup_id], index[pair.delivery_id]
        if a in group_of and b in group_of and group_of[a] != group_of[b]:
            left[group_of[b]].remove(b)
            left[group_of[a]].append(b)
    return left


def _part(problem: Problem, orders: Orders, vehicles: Sequence[int], left: Sequence[int]) -> Part:
    visits = [i for v in vehicles for (w, _), order in sorted(orders.items()) if w == v for i in order]
    visits += left
    chosen = [problem.visits[i] for i in visits]
    fleet = [problem.vehicles[v] for v in vehicles]
    couriers, ids = {v.courier_id for v in fleet}, {visit.id for visit in chosen}
    frozen = [one for one in problem.frozen if one.courier_id in couriers]
    places = sorted(_places(chosen, fleet, frozen))
    to = {place: n for n, place in enumerate(places)}
    own = replace(
        problem,
        visits=tuple(
            replace(v, location=to[v.location], depot=to.get(v.depot, -1) if v.depot is not None else None)
            for v in chosen
        ),
        vehicles=tuple(_moved(vehicle, to) for vehicle in fleet),
        travel=_sliced(problem.travel, places),
        points=tuple(problem.points[place] for place in places),
        profiles={name: _sliced(travel, places) for name, travel in problem.profiles.items()},
        unfamiliar={key: cost for key, cost in problem.unfamiliar.items() if key[0] in couriers and key[1] in ids},
        pairs=tuple(pair for pair in problem.pairs if pair.pickup_id in ids),
        locks=tuple(lock for lock in problem.locks if lock.visit_id in ids),
        forbidden=tuple(ban for ban in problem.forbidden if ban.visit_id in ids and ban.courier_id in couriers),
        frozen=tuple(replace(one, place=None if one.place is None else to[one.place]) for one in frozen),
    )
    inside = {i: n for n, i in enumerate(visits)}
    start = {
        (n, s): [inside[i] for i in order] for n, v in enumerate(vehicles) for (w, s), order in orders.items() if w == v
    }
    return Part(problem=own, start=start, vehicles=tuple(vehicles), visits=tuple(visits))


def _places(visits: Sequence[Visit], fleet: Sequence[Vehicle], frozen: Sequence[Frozen]) -> set[int]:
    places = {visit.location for visit in visits}
    for vehicle in fleet:
        ends = [end for shift in vehicle.shifts for end in (shift.begins_at, shift.ends_at)]
        places |= {vehicle.depot, *(end for end in ends if isinstance(end, int))}
    return places | {one.place for one in frozen if one.place is not None}


def _moved(vehicle: Vehicle, to: Mapping[int, int]) -> Vehicle:
    def end(of: End) -> End:
        return to[of] if isinstance(of, int) else of

    def shift(of: Shift) -> Shift:
        return replace(of, begins_at=end(of.begins_at), ends_at=end(of.ends_at))

    return replace(vehicle, depot=to[vehicle.depot], shifts=tuple(shift(one) for one in vehicle.shifts))


def _sliced(travel: TravelMatrix, places: Sequence[int]) -> TravelMatrix:
    grid = np.ix_(places, places)
    return replace(travel, seconds=travel.seconds[grid], metres=travel.metres[grid], off_road=())


def neighbourhoods(problem: Problem, size: int) -> list[Part]:
    """Parts of about `size` visits made before there is any plan: each depot's doors by direction, couriers in turn."""
    depots: dict[int, list[int]] = {}
    for v, vehicle in enumerate(problem.vehicles):
        depots.setdefault(vehicle.depot, []).append(v)
    couriers = {courier: vehicle.depot for vehicle in problem.vehicles for courier in (vehicle.courier_id,)}
    locked = {lock.visit_id: couriers.get(lock.courier_id) for lock in problem.locks}
    doors: dict[int, list[int]] = {depot: [] for depot in depots}
    places = np.array(list(depots))
    for i, visit in enumerate(problem.visits):
        nearest = int(places[int(problem.travel.seconds[places, visit.location].argmin())])
        wanted = locked.get(visit.id, visit.depot)
        doors[wanted if wanted in doors else nearest].append(i)
    parts = []
    for depot, own in doors.items():
        count = max(1, min(len(depots[depot]), round(len(own) / size)))
        ranked = sorted(own, key=lambda i, depot=depot: _direction(problem, depot, i))  # type: ignore[misc]
        for n in range(count):
            chunk = ranked[n * len(ranked) // count : (n + 1) * len(ranked) // count]
            parts.append(_part(problem, {}, depots[depot][n::count], chunk))
    return parts


def _direction(problem: Problem, depot: int, visit: int) -> float:
    here, there = problem.points[depot], problem.points[problem.visits[visit].location]
    return math.atan2(there.lat - here.lat, there.lon - here.lon)
