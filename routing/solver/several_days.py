"""Several working days solved at once by PyVRP: which stop on which day, in whose round, in which order.

The days lie one after another on a joint axis of seconds (day d begins at d × 86,400), each round of each day is a
vehicle type of that day, and a stop may be served from its first to its last day. PyVRP is iterated local search with
late acceptance (Wouda, Lan & Kool, INFORMS Journal on Computing 36, 2024, pp. 943-955).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pyvrp import (
    Client,
    ClientGroup,
    Depot,
    IteratedLocalSearch,
    IteratedLocalSearchParams,
    Location,
    PenaltyManager,
    ProblemData,
    Route,
    Solution,
    VehicleType,
)
from pyvrp.search import NeighbourhoodParams
from pyvrp.stop import StoppingCriterion

from routing.solver.ils import Ils

_DAY_S = 86_400
# A short history makes late acceptance nearly a descent, which is best for a few hundred iterations (decision 0011).
_HISTORY = 5
# Neighbours of a stop must reach into every day it may go: more of them where there are more stops.
_NEIGHBOURS_FEW, _NEIGHBOURS_MANY, _MANY = 20, 40, 120
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysStop:
    """A stop that may be served on day `first` to day `last`, both included, counted from 0.

    `location` is an index into the matrices. Each day after `ready` costs `day_cost`; `prize` is the cost of never
    serving it. `windows` bound the start of service in seconds of whichever day it is; none means any time.
    """

    location: int
    service_s: int
    first: int
    last: int
    prize: int
    windows: tuple[tuple[int, int], ...] = ()
    items: int = 1
    grams: int = 0
    ready: int = 0
    day_cost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysRound:
    """`count` equal rounds of a day: from the depot and back within `start_s` to `end_s` of the day, at `opening` each.

    `beat` is an index into `DaysTask.beats`: what each stop costs more in these rounds.
    """

    day: int
    depot: int
    start_s: int
    end_s: int
    capacity_items: int
    capacity_g: int
    opening: int = 0
    count: int = 1
    beat: int = 0


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class DaysTask:
    """`seconds` (n, n) rides, paid one for one as is waiting; `extra` (n, n) further cost of each leg.

    `beats` has one row of cost per stop for each beat, shape (beats, stops).
    """

    seconds: Ints
    extra: Ints
    stops: tuple[DaysStop, ...]
    rounds: tuple[DaysRound, ...]
    beats: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysAnswer:
    """`routes` are (index into the task's rounds, stops in order); `cost` in cost seconds with prizes left lying.

    Service at the doors is part of the cost.
    """

    routes: tuple[tuple[int, tuple[int, ...]], ...]
    cost: int

    def day_of(self, task: DaysTask) -> dict[int, int]:
        """Stop → day, for the stops that are served."""
        return {stop: task.rounds[one].day for one, stops in self.routes for stop in stops}


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysLimit:
    """`iterations` decide; `until` (of `time.monotonic`) is the net under them. Equal seeds give equal answers."""

    iterations: int
    seed: int = 1
    until: float = float("inf")


def solve_days(
    task: DaysTask, limit: DaysLimit, start: Sequence[tuple[int, tuple[int, ...]]] | None = None
) -> DaysAnswer:
    """The best found. `start` may hold stops in rounds they may not go in any more: these are placed anew.

    A stop that fits nowhere is left out at its prize.
    """
    model = _Model(task)
    ils = Ils(model.data, limit.seed, model.near)
    first = ils.first(None if start is None else Solution(model.data, model.routes(start)))
    algorithm = IteratedLocalSearch(
        model.data, ils.penalties, ils.moves, first, IteratedLocalSearchParams(history_length=_HISTORY)
    )
    best = algorithm.run(_stop(limit), collect_stats=False, display=False).best
    return model.answer(best, ils.penalties)


def _stop(limit: DaysLimit) -> StoppingCriterion:
    left = limit.iterations

    def over(best_cost: int) -> bool:  # noqa: ARG001  PyVRP gives it
        nonlocal left
        left -= 1
        return left < 0 or time.monotonic() >= limit.until

    return over


class _Model:
    """A task in PyVRP's terms. A stop with windows and several days is a group of clients of which one is served."""

    def __init__(self, task: DaysTask) -> None:
        self._task = task
        self._owner: list[int] = []
        self._on: dict[tuple[int, int], int] = {}
        clients, groups = self._clients()
        depots = sorted({one.depot for one in task.rounds})
        places = [*depots, *(stop.location for stop in task.stops)]
        self._first_stop = len(depots)
        riding = task.seconds[np.ix_(places, places)]
        extra = task.extra[np.ix_(places, places)]
        keys = sorted({(one.day, one.beat) for one in task.rounds}) if self._by_day() else [(0, 0)]
        profile = {key: n for n, key in enumerate(keys)}
        self.data = ProblemData(
            [Location(0, 0)] * len(places),
            clients,
            [Depot(n) for n in range(len(depots))],
            [self._vehicle(one, depots.index(one.depot), profile.get((one.day, one.beat), 0)) for one in task.rounds],
            # The stubs of PyVRP name the element type where numpy expects the shape.
            cast("Any", [self._costs(extra, *key) for key in keys]),
            cast("Any", [riding] * len(keys)),
            groups,
        )

    def _by_day(self) -> bool:
        return bool(self._task.beats.any()) or any(stop.day_cost for stop in self._task.stops)

    def _clients(self) -> tuple[list[Client], list[ClientGroup]]:
        clients: list[Client] = []
        groups: list[ClientGroup] = []
        depots = len({one.depot for one in self._task.rounds})
        for n, stop in enumerate(self._task.stops):
            spans = _spans(stop)
            group = len(groups) if len(spans) > 1 else None
            if group is not None:
                groups.append(ClientGroup(list(range(len(clients), len(clients) + len(spans))), required=False))
            for first, last, early, late in spans:
                for day in range(first, last + 1):
                    self._on.setdefault((n, day), len(clients))
                self._owner.append(n)
                clients.append(
                    Client(
                        location=depots + n,
                        delivery=[stop.items, stop.grams],
                        service_duration=stop.service_s,
                        tw_early=early,
                        tw_late=late,
                        prize=stop.prize,
                        required=False,
                        group=group,
                    )
                )
        return clients, groups

    def _vehicle(self, one: DaysRound, depot: int, profile: int) -> VehicleType:
        return VehicleType(
            num_available=one.count,
            capacity=[one.capacity_items, one.capacity_g],
            start_depot=depot,
            end_depot=depot,
            fixed_cost=one.opening,
            tw_early=one.day * _DAY_S + one.start_s,
            tw_late=one.day * _DAY_S + one.end_s,
            unit_distance_cost=1,
            unit_duration_cost=1,
            profile=profile,
        )

    def _costs(self, extra: Ints, day: int, beat: int) -> Ints:
        """What each leg costs beside its time on a day: riding, waiting since the stop was ready, an unknown street."""
        stops = self._task.stops
        entering = np.zeros(len(extra), dtype=np.int64)
        entering[self._first_stop :] = [stop.day_cost * max(0, day - stop.ready) for stop in stops]
        if self._task.beats.size:
            entering[self._first_stop :] += self._task.beats[beat]
        costs: Ints = extra + entering[None, :]
        np.fill_diagonal(costs, 0)
        return costs

    @property
    def near(self) -> NeighbourhoodParams:
        """How many neighbours of a stop are looked at."""
        many = len(self._task.stops) > _MANY
        return NeighbourhoodParams(num_neighbours=_NEIGHBOURS_MANY if many else _NEIGHBOURS_FEW)

    def routes(self, start: Sequence[tuple[int, tuple[int, ...]]]) -> list[Route]:
        """Routes of these orders without the stops that may not go there."""
        found = []
        for one, stops in start:
            day = self._task.rounds[one].day
            clients = [self._on[stop, day] for stop in stops if (stop, day) in self._on]
            if clients:
                found.append(Route(self.data, clients, one))
        return found

    def answer(self, best: Solution, penalties: PenaltyManager) -> DaysAnswer:
        """What was found, in the task's own terms; an infeasible answer leaves its broken routes out."""
        routes = tuple(
            (route.vehicle_type(), tuple(self._owner[step.idx] for step in route if step.is_client()))
            for route in best.routes()
            if route.is_feasible()
        )
        return DaysAnswer(routes=routes, cost=int(penalties.cost_evaluator().penalised_cost(best)))


def _spans(stop: DaysStop) -> list[tuple[int, int, int, int]]:
    """(first day, last day, earliest, latest start on the joint axis) of each client the stop becomes."""
    if not stop.windows:
        return [(stop.first, stop.last, stop.first * _DAY_S, (stop.last + 1) * _DAY_S)]
    return [
        (day, day, day * _DAY_S + opens, day * _DAY_S + closes)
        for day in range(stop.first, stop.last + 1)
        for opens, closes in stop.windows
    ]
