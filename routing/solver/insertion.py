"""Regret insertion: a feasible plan in milliseconds, whatever the engines do afterwards.

Each step inserts the visit that would lose most by waiting: what its second and third best rounds cost more than its
best, or its prize if that is less (regret insertion: Potvin & Rousseau, EJOR 66, 1993, pp. 331-340). Every unplanned
visit is tried at every place of a round at once in numpy; after an insertion only that round is tried again. Required
visits go first, so that optional ones never take their room. What numpy does not see (breaks, what is collected on the
way, limits of a round, rounds that wait for each other) is asked of the schedule before a visit is taken.
"""

import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from routing.model import Problem, Vehicle
from routing.objective import arc_costs, round_opened, stranger
from routing.rules import may_serve, most_on_board
from routing.schedule import Orders, build_route
from routing.timing import earliest_in, latest_in
from routing.way import lookup, way_of, weights_of

_NEVER = np.int64(1) << 40
_COMPARED = 3
# Orders with a pair in them that are timed before the rest is left to the engines.
_MOST_TRIES = 3_000
Ints = NDArray[np.int64]
Key = tuple[int, int]


class _Doors:
    """The visits as arrays, windows padded to a rectangle."""

    def __init__(self, problem: Problem) -> None:
        visits = problem.visits
        self.location = np.array([v.location for v in visits], dtype=np.int64)
        self.service = np.array([v.setup_s + v.service_s for v in visits], dtype=np.int64)
        self.ready = np.array([v.ready_s for v in visits], dtype=np.int64)
        self.prize = np.array([v.prize for v in visits], dtype=np.int64)
        dims = max((len(v.capacity) for v in problem.vehicles), default=3)
        self.brought = np.array([_padded(v.brought, dims) for v in visits], dtype=np.int64).reshape(-1, dims)
        self.collected = np.array([_padded(v.collected, dims) for v in visits], dtype=np.int64).reshape(-1, dims)
        width = max((len(v.windows) for v in visits), default=0) or 1
        self.opens = np.full((len(visits), width), _NEVER, dtype=np.int64)
        self.closes = np.full((len(visits), width), -1, dtype=np.int64)
        for n, visit in enumerate(visits):
            windows = visit.windows or ((0, int(_NEVER)),)
            self.opens[n, : len(windows)] = [a for a, _ in windows]
            self.closes[n, : len(windows)] = [b for _, b in windows]


def _padded(amounts: tuple[int, ...], dims: int) -> list[int]:
    return [*amounts, *[0] * (dims - len(amounts))][:dims]


class _Round:
    """One round being built: its order and, for each visit, the cheapest place to insert it."""

    def __init__(self, problem: Problem, doors: _Doors, costs: Ints, key: Key) -> None:
        self.problem, self.doors, self.costs, self.key = problem, doors, costs, key
        self.vehicle = problem.vehicles[key[0]]
        self.shift = self.vehicle.shifts[key[1]]
        self.seconds = lookup(problem).seconds(self.vehicle)
        self.capacity = np.array(self.vehicle.capacity, dtype=np.int64)
        self.opening = round_opened(problem, self.vehicle, key[1])
        self.order: list[int] = []
        known = lookup(problem)
        self.allowed = np.array([may_serve(problem, self.vehicle, key[1], v) for v in problem.visits], dtype=bool)
        self.away = np.array([stranger(problem, self.vehicle, v) for v in problem.visits], dtype=np.int64)
        self.best = np.full(len(problem.visits), _NEVER)
        self.place = np.zeros(len(problem.visits), dtype=np.int64)
        frozen = known.frozen.get((self.vehicle.courier_id, key[1]))
        self.frozen = frozen
        self.fixed = 0 if frozen is None else len(frozen.visit_ids)

    def evaluate(self, waiting: Ints) -> None:
        """Find the cheapest feasible place of every visit that waits in the order as it stands."""
        leaves, must_reach, before, after = self._slack()
        doors, seconds, costs = self.doors, self.seconds, self.costs
        door, service = doors.location[waiting, None], doors.service[waiting, None]
        to, back = before >= 0, after >= 0
        arrival = np.maximum(leaves, 0 if self._under_way else doors.ready[waiting, None]) + seconds[before, door] * to
        start = self._starts(arrival, waiting)
        on_time = start + service + seconds[door, after] * back <= must_reach
        added = costs[before, door] * to + costs[door, after] * back - costs[before, after] * (to & back)
        riding = seconds[before, door] * to + seconds[door, after] * back - seconds[before, after] * (to & back)
        weights = weights_of(self.problem, self.vehicle)
        added = added + self._balance(riding, service) + weights.wait_per_s * (start - arrival) * bool(self.order)
        added[~on_time] = _NEVER
        added[:, : self.fixed] = _NEVER
        place = added.argmin(axis=1)
        best = added[np.arange(len(added)), place] + self.away[waiting] + (0 if self.order else self.opening)
        best[~(self.allowed[waiting] & self._load_fits(waiting))] = _NEVER
        self.place[waiting], self.best[waiting] = place, best

    def tried(self, visit: int) -> list[int]:
        """The order with the visit at its cheapest place."""
        at = int(self.place[visit])
        return [*self.order[:at], visit, *self.order[at:]]

    @property
    def _under_way(self) -> bool:
        return self.frozen is not None and self.frozen.left_s is not None

    def _slack(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Per place of the order: when the courier leaves the stop before, must be at the stop after, and both places.

        Places are -1 where an end is open.
        """
        visits = [self.problem.visits[i] for i in self.order]
        way = way_of(self.problem, self.vehicle, self.key[1], visits)
        begins, ends = self.vehicle.begins_at(self.key[1]), self.vehicle.ends_at(self.key[1])
        first = -1 if begins is None else begins
        before, after = (
            [first, *(v.location for v in visits)],
            [*(v.location for v in visits), -1 if ends is None else ends],
        )
        clock = max([self.shift.start_s, *(v.ready_s for v in visits)])
        if self.frozen is not None and self.frozen.left_s is not None:
            clock = self.frozen.free_s
            if self.frozen.place is not None:
                before[len(self.frozen.done)] = self.frozen.place
        leaves = [clock]
        for n, visit in enumerate(visits):
            if n >= way.done:
                start = earliest_in(() if n < self.fixed else visit.windows, clock + way.leg_s[n])
                clock = (int(_NEVER) if start is None else start) + way.service_s[n]
            leaves.append(clock)
        reach, limit = [self.shift.last_s], self.shift.last_s
        for n in range(len(visits) - 1, -1, -1):
            latest = latest_in(() if n < self.fixed else visits[n].windows, limit - way.leg_s[n + 1] - way.service_s[n])
            limit = -int(_NEVER) if latest is None else latest
            reach.append(limit)
        return np.array(leaves), np.array(reach[::-1]), np.array(before), np.array(after)

    def _starts(self, arrival: Ints, waiting: Ints) -> Ints:
        start = np.full(arrival.shape, _NEVER)
        for opens, closes in zip(self.doors.opens[waiting].T, self.doors.closes[waiting].T, strict=True):
            fits = np.maximum(arrival, opens[:, None])
            start = np.minimum(start, np.where(arrival <= closes[:, None], fits, _NEVER))
        return start

    def _balance(self, riding: Ints, service: Ints) -> Ints:
        visits = [self.problem.visits[i] for i in self.order]
        work = way_of(self.problem, self.vehicle, self.key[1], visits).work_s
        fair, weight = self.problem.fair_work_s, weights_of(self.problem, self.vehicle).balance_per_s
        longer = np.maximum(work + riding + service - fair, 0)
        added: Ints = weight * (longer - max(work - fair, 0))
        return added

    def _load_fits(self, waiting: Ints) -> NDArray[np.bool_]:
        """Necessary where something is collected on the way, and enough where nothing is."""
        doors = self.doors
        brought = doors.brought[self.order].sum(axis=0) + doors.brought[waiting]
        collected = doors.collected[self.order].sum(axis=0) + doors.collected[waiting]
        fits: NDArray[np.bool_] = (np.maximum(brought, collected) <= self.capacity).all(axis=1)
        return fits


class _Building:
    """All rounds being built, and the visits still to place."""

    def __init__(self, problem: Problem, start: Orders, until: float | None) -> None:
        self._problem, self._doors, self._until = problem, _Doors(problem), until
        costs: dict[int, Ints] = {}
        self.rounds: dict[Key, _Round] = {}
        for v, vehicle in enumerate(problem.vehicles):
            twin = next((w for w in costs if _rides_alike(problem.vehicles[w], vehicle)), None)
            costs[v] = arc_costs(problem, vehicle) if twin is None else costs[twin]
            for s in range(len(vehicle.shifts)):
                built = self.rounds[v, s] = _Round(problem, self._doors, costs[v], (v, s))
                built.order = list(start.get((v, s), ()))
        full = _collected_full(problem)
        self._asked = {v for v, vehicle in enumerate(problem.vehicles) if _intricate(problem, vehicle, full)}

    def insert(self, tier: list[int]) -> None:
        """Insert whatever of the tier is worth its cost, the one with the greatest regret first."""
        rounds = list(self.rounds.values())
        waiting = np.array(tier, dtype=np.int64)
        if not len(waiting) or not rounds:
            return
        for built in rounds:
            built.evaluate(waiting)
        offers = np.stack([built.best[waiting] for built in rounds])
        while len(waiting) and (self._until is None or time.monotonic() < self._until):
            regret = _regret(offers, self._doors.prize[waiting])
            chosen = int(regret.argmax())
            if regret[chosen] == -_NEVER:
                return
            best = int(offers[:, chosen].argmin())
            built, visit = rounds[best], int(waiting[chosen])
            order = built.tried(visit)
            if not self._confirmed(built, order):
                built.best[visit] = offers[best, chosen] = _NEVER
                continue
            built.order = order
            waiting, offers = np.delete(waiting, chosen), np.delete(offers, chosen, axis=1)
            built.evaluate(waiting)
            offers[best] = built.best[waiting]

    def insert_pairs(self, pairs: list[tuple[int, int]]) -> None:
        """Insert pairs at the cheapest two places of all rounds, as long as they are worth it and few are tried."""
        tries = _MOST_TRIES
        for pickup, delivery in pairs:
            prize = int(self._doors.prize[pickup] + self._doors.prize[delivery])
            best: tuple[int, _Round, list[int]] | None = None
            for built in self.rounds.values():
                if not (built.allowed[pickup] and built.allowed[delivery]):
                    continue
                before = self._cost(built, built.order)
                for order in _with_pair(built.order, built.fixed, pickup, delivery):
                    tries -= 1
                    cost = self._cost(built, order)
                    if before is not None and cost is not None and (best is None or cost - before < best[0]):
                        best = cost - before, built, order
            if best is not None and best[0] < prize:
                best[1].order = best[2]
            if tries <= 0:
                return

    def _cost(self, built: _Round, order: list[int]) -> int | None:
        """Cost of the courier's whole day with this order in the round, None when it cannot be ridden."""
        v, s = built.key
        own = {r: self.rounds[v, r].order for r in range(len(built.vehicle.shifts))} | {s: order}
        visits = {r: [self._problem.visits[i] for i in order] for r, order in own.items()}
        route = build_route(self._problem, built.vehicle, visits)
        return None if route is None else route.cost.total

    def _confirmed(self, built: _Round, order: list[int]) -> bool:
        """Whether the courier can ride the order, where numpy does not see everything."""
        return built.key[0] not in self._asked or self._cost(built, order) is not None


def _with_pair(order: list[int], fixed: int, pickup: int, delivery: int) -> Iterator[list[int]]:
    for a in range(fixed, len(order) + 1):
        for b in range(a, len(order) + 1):
            yield [*order[:a], pickup, *order[a:b], delivery, *order[b:]]


def _rides_alike(a: Vehicle, b: Vehicle) -> bool:
    return (a.profile, a.speed_percent, a.weights) == (b.profile, b.speed_percent, b.weights)


def _intricate(problem: Problem, vehicle: Vehicle, full: tuple[int, ...]) -> bool:
    """Whether a rule binds this courier that numpy does not see."""
    limits = (vehicle.max_tasks, vehicle.max_travel_s, vehicle.max_distance_m, vehicle.max_duration_s)
    shifts = vehicle.shifts
    return (
        any(limit is not None for limit in limits)
        or any(shift.breaks for shift in shifts)
        or any(b.start_s < a.last_s + vehicle.reload_s for a, b in pairwise(shifts))
        or any(visit.ready_s for visit in problem.visits)
        or any(most > room for most, room in zip(full, vehicle.capacity, strict=False))
        or any(one.courier_id == vehicle.courier_id for one in problem.frozen)
        or bool(problem.pairs)
    )


def _collected_full(problem: Problem) -> tuple[int, ...]:
    """What could ever be on board at once of each amount that is also collected; 0 where it is only brought."""
    taken = {which for visit in problem.visits for which, amount in enumerate(visit.collected) if amount}
    return tuple(most * (which in taken) for which, most in enumerate(most_on_board(problem.visits)))


def frozen_orders(problem: Problem) -> dict[Key, list[int]]:
    """The beginnings that no plan may change, and what was collected and must still be handed in."""
    known = lookup(problem)
    couriers = {vehicle.courier_id: n for n, vehicle in enumerate(problem.vehicles)}
    orders = {}
    for one in problem.frozen:
        owed = [known.delivery_of[v] for v in one.visit_ids if v in known.delivery_of]
        names = dict.fromkeys((*one.visit_ids, *owed))
        if names:
            orders[couriers[one.courier_id], one.round] = [known.index[v] for v in names]
    return orders


def insert_all(problem: Problem, start: Orders | None = None, *, until: float | None = None) -> dict[Key, list[int]]:
    """Insert whatever the given feasible orders leave out, as long as it costs less than its prize.

    `until`: a moment of the machine's monotonic clock from which on nothing more is inserted.
    """
    building = _Building(problem, frozen_orders(problem) if start is None else start, until)
    left = set(range(len(problem.visits))) - {i for built in building.rounds.values() for i in built.order}
    known = lookup(problem)
    pairs = [(known.index[p], known.index[d]) for p, d in known.delivery_of.items()]
    building.insert_pairs([pair for pair in pairs if left.issuperset(pair)])
    left -= {i for pair in pairs for i in pair}
    required = {i for i in left if problem.visits[i].required}
    for tier in (required, left - required):
        building.insert(sorted(tier))
    return {key: built.order for key, built in building.rounds.items() if built.order}


def _regret(offers: Ints, prize: Ints) -> Ints:
    """What each visit loses if its best round is gone: (visits,), -_NEVER where no round is worth its cost."""
    ranked = np.sort(offers, axis=0)
    cheapest, others = ranked[0], ranked[1:_COMPARED]
    regret: Ints = (np.minimum(others, prize) - cheapest).sum(axis=0) if len(others) else prize - cheapest
    return np.where(cheapest < prize, regret, -_NEVER)
