"""Regret insertion: a feasible plan in milliseconds, whatever the engines do afterwards.

Each step inserts the visit that would lose most by waiting: what its second and third best rounds cost more than its
best, or its prize if that is less (regret insertion: Potvin & Rousseau, EJOR 66, 1993, pp. 331-340). Every unplanned
visit is tried at every place of a round at once in numpy; after an insertion only that round is tried again. Required
visits go first, so that optional ones never take their room.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from routing.model import Problem
from routing.objective import arc_costs, away, round_opened
from routing.schedule import Orders, earliest_start, latest_start, may_serve

_NEVER = np.int64(1) << 40
_COMPARED = 3
Ints = NDArray[np.int64]


class _Doors:
    """The visits as arrays, windows padded to a rectangle."""

    def __init__(self, problem: Problem) -> None:
        visits = problem.visits
        self.location = np.array([v.location for v in visits], dtype=np.int64)
        self.service = np.array([v.service_s for v in visits], dtype=np.int64)
        self.items = np.array([v.load_items for v in visits], dtype=np.int64)
        self.grams = np.array([v.weight_g for v in visits], dtype=np.int64)
        self.prize = np.array([v.prize for v in visits], dtype=np.int64)
        width = max((len(v.windows) for v in visits), default=0) or 1
        self.opens = np.full((len(visits), width), _NEVER, dtype=np.int64)
        self.closes = np.full((len(visits), width), -1, dtype=np.int64)
        for n, visit in enumerate(visits):
            windows = visit.windows or ((0, int(_NEVER)),)
            self.opens[n, : len(windows)] = [a for a, _ in windows]
            self.closes[n, : len(windows)] = [b for _, b in windows]


class _Round:
    """One round being built: its order and, for each visit, the cheapest place to insert it."""

    def __init__(self, problem: Problem, doors: _Doors, costs: Ints, key: tuple[int, int]) -> None:
        self.problem, self.doors, self.costs = problem, doors, costs
        self.vehicle = problem.vehicles[key[0]]
        self.shift = self.vehicle.shifts[key[1]]
        self.opening = round_opened(problem, key[1])
        self.order: list[int] = []
        self.allowed = np.array([may_serve(problem, self.vehicle, key[1], v) for v in problem.visits], dtype=bool)
        self.away = np.array([away(problem, self.vehicle, v) for v in problem.visits], dtype=np.int64)
        self.best = np.full(len(problem.visits), _NEVER)
        self.place = np.zeros(len(problem.visits), dtype=np.int64)

    def evaluate(self) -> None:
        """Find the cheapest feasible place of every visit in the order as it stands."""
        leaves, must_reach = self._slack()
        places = [self.vehicle.depot, *(self.problem.visits[i].location for i in self.order), self.vehicle.depot]
        before, after = np.array(places[:-1]), np.array(places[1:])
        doors, seconds, costs = self.doors, self.problem.travel.seconds, self.costs
        door = doors.location[:, None]
        arrival = leaves + seconds[before, door]
        start = self._starts(arrival)
        on_time = start + doors.service[:, None] + seconds[door, after] <= must_reach
        added = costs[before, door] + costs[door, after] - costs[before, after]
        riding = seconds[before, door].astype(np.int64) + seconds[door, after] - seconds[before, after]
        added += self._balance(riding) + self.problem.weights.wait_per_s * (start - arrival) * bool(self.order)
        added[~on_time] = _NEVER
        self.place = added.argmin(axis=1)
        self.best = added[np.arange(len(added)), self.place] + self.away + (0 if self.order else self.opening)
        self.best[~(self.allowed & self._load_fits())] = _NEVER

    def insert(self, visit: int) -> None:
        """Put the visit at its cheapest place."""
        self.order.insert(int(self.place[visit]), visit)
        self.evaluate()

    def _slack(self) -> tuple[Ints, Ints]:
        """Per place of the order: when the courier leaves the stop before, and must be at the stop after."""
        visits = [self.problem.visits[i] for i in self.order]
        seconds, depot = self.problem.travel.seconds, self.vehicle.depot
        leaves, clock, place = [self.shift.start_s], self.shift.start_s, depot
        for visit in visits:
            start = earliest_start(visit, clock + int(seconds[place, visit.location]))
            clock = (int(_NEVER) if start is None else start) + visit.service_s
            leaves.append(clock)
            place = visit.location
        reach, limit, place = [self.shift.end_s], self.shift.end_s, depot
        for visit in reversed(visits):
            latest = latest_start(visit, limit - int(seconds[visit.location, place]) - visit.service_s)
            limit = -int(_NEVER) if latest is None else latest
            reach.append(limit)
            place = visit.location
        return np.array(leaves), np.array(reach[::-1])

    def _starts(self, arrival: Ints) -> Ints:
        start = np.full(arrival.shape, _NEVER)
        for opens, closes in zip(self.doors.opens.T, self.doors.closes.T, strict=True):
            fits = np.maximum(arrival, opens[:, None])
            start = np.minimum(start, np.where(arrival <= closes[:, None], fits, _NEVER))
        return start

    def _balance(self, riding: Ints) -> Ints:
        work = self._work()
        fair, weight = self.problem.fair_work_s, self.problem.weights.balance_per_s
        longer = np.maximum(work + riding + self.doors.service[:, None] - fair, 0)
        added: Ints = weight * (longer - max(work - fair, 0))
        return added

    def _work(self) -> int:
        places = [self.vehicle.depot, *self.doors.location[self.order].tolist(), self.vehicle.depot]
        riding = self.problem.travel.seconds[places[:-1], places[1:]]
        return int(riding.sum()) + int(self.doors.service[self.order].sum())

    def _load_fits(self) -> NDArray[np.bool_]:
        items = int(self.doors.items[self.order].sum()) + self.doors.items
        grams = int(self.doors.grams[self.order].sum()) + self.doors.grams
        return (items <= self.vehicle.capacity_items) & (grams <= self.vehicle.capacity_g)


def insert_all(problem: Problem, start: Orders | None = None) -> dict[tuple[int, int], list[int]]:
    """Insert whatever the given feasible orders leave out, as long as it costs less than its prize."""
    doors, costs = _Doors(problem), arc_costs(problem)
    keys = [(v, s) for v, vehicle in enumerate(problem.vehicles) for s in range(len(vehicle.shifts))]
    rounds = {key: _Round(problem, doors, costs, key) for key in keys}
    _fill(rounds, start or {})
    left = set(range(len(problem.visits))) - {i for built in rounds.values() for i in built.order}
    required = {i for i in left if problem.visits[i].required}
    for tier in (required, left - required):
        if rounds:
            _insert_tier(list(rounds.values()), sorted(tier), doors.prize)
    return {key: built.order for key, built in rounds.items() if built.order}


def _fill(rounds: Mapping[tuple[int, int], _Round], start: Orders) -> None:
    for key, built in rounds.items():
        built.order = list(start.get(key, ()))
        if len(built.doors.location):
            built.evaluate()


def _insert_tier(rounds: Sequence[_Round], tier: list[int], prize: Ints) -> None:
    waiting = np.array(tier, dtype=np.int64)
    while len(waiting):
        offers = np.stack([built.best[waiting] for built in rounds])
        regret = _regret(offers, prize[waiting])
        chosen = int(regret.argmax())
        if regret[chosen] == -_NEVER:
            return
        rounds[int(offers[:, chosen].argmin())].insert(int(waiting[chosen]))
        waiting = np.delete(waiting, chosen)


def _regret(offers: Ints, prize: Ints) -> Ints:
    """What each visit loses if its best round is gone: (visits,), -_NEVER where no round is worth its cost."""
    ranked = np.sort(offers, axis=0)
    cheapest, others = ranked[0], ranked[1:_COMPARED]
    regret: Ints = (np.minimum(others, prize) - cheapest).sum(axis=0) if len(others) else prize - cheapest
    return np.where(cheapest < prize, regret, -_NEVER)
