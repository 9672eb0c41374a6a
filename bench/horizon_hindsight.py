"""(d) The hindsight yardstick: all days solved with the future known, as far as it could be found.

The start is the best policy's plan. Windows of a few days are solved anew, one after another and in other cuts each
sweep, everything outside held; so the answer is a plan that could really have been ridden, and its cost an upper bound
of the true optimum. Who was absent is known as well, but a second attempt still lies one to three days behind its
first one: that is kept by drawing, each sweep, between which days the two may move.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bench.horizon_days import Key, Played
from bench.horizon_world import SERVICE_S, SHIFT, SLACK, Arrival, World
from routing.solver.several_days import DaysLimit, DaysRound, DaysStop, DaysTask, solve_days

_SPAN = 6
_NEVER = 10**7
Day = list[list[Key]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """The best found plan: paid minutes per item, and how it fell from sweep to sweep."""

    minutes: float
    by_sweep: tuple[float, ...]
    routes: list[Day]
    mean_age: float


def hindsight(world: World, start: Played, *, sweeps: int, iterations: int, seed: int) -> Hindsight:
    """Improve the plan of the best policy with everything known."""
    search = _Search(world, start, seed)
    found = [search.minutes()]
    for sweep in range(sweeps):
        search.sweep(sweep, iterations)
        found.append(search.minutes())
    return Hindsight(minutes=found[-1], by_sweep=tuple(found), routes=search.days, mean_age=search.mean_age())


class _Search:
    def __init__(self, world: World, start: Played, seed: int) -> None:
        self._world, self._rng = world, np.random.default_rng(seed)
        self._arrivals = {one.place: one for one in world.arrivals}
        self.days: list[Day] = [list(day) for day in start.routes]
        self.days += [[] for _ in range(world.days + 2 * SLACK + 3 - len(self.days))]
        self._bounds: dict[Key, tuple[int, int]] = {}

    def minutes(self) -> float:
        """Paid minutes per item of the plan as it stands, reckoned leg by leg."""
        paid = sum(_paid(self._world, self._arrivals, route) for day in self.days for route in day)
        return paid / 60 / len(self._arrivals)

    def mean_age(self) -> float:
        on = self._on()
        return float(np.mean([on[place, 0] - one.day for place, one in self._arrivals.items()]))

    def sweep(self, number: int, iterations: int) -> None:
        """All windows of days once, cut elsewhere than in the sweep before."""
        self._draw_bounds()
        for first in range(-(number * 2 % _SPAN), len(self.days), _SPAN // 2):
            low, high = max(0, first), min(len(self.days), first + _SPAN)
            if any(self.days[day] for day in range(low, high)):
                self._again(low, high, iterations)

    def _on(self) -> dict[Key, int]:
        return {key: number for number, day in enumerate(self.days) for route in day for key in route}

    def _draw_bounds(self) -> None:
        on = self._on()
        for place, one in self._arrivals.items():
            if not one.absent:
                self._bounds[place, 0] = (one.day, one.day + SLACK)
                continue
            first, second = on[place, 0], on[place, 1]
            cut = int(self._rng.integers(first, second))
            least = int(self._rng.integers(max(one.day, second - 1 - SLACK), first + 1))
            self._bounds[place, 0] = (least, min(one.day + SLACK, cut))
            self._bounds[place, 1] = (cut + 1, least + 1 + SLACK)

    def _again(self, low: int, high: int, iterations: int) -> None:
        days = range(low, high)
        keys = [key for day in days for route in self.days[day] for key in route]
        number = {key: n for n, key in enumerate(keys)}
        task = self._task(keys, low, high)
        start = [(day - low, tuple(number[key] for key in route)) for day in days for route in self.days[day]]
        limit = DaysLimit(iterations=iterations, seed=int(self._rng.integers(1 << 30)))
        answer = solve_days(task, limit, start)
        new: list[Day] = [[] for _ in days]
        for day, stops in answer.routes:
            new[day].append([keys[stop] for stop in stops])
        before = sum(_paid(self._world, self._arrivals, route) for day in days for route in self.days[day])
        after = sum(_paid(self._world, self._arrivals, route) for day in new for route in day)
        if sum(len(stops) for _, stops in answer.routes) == len(keys) and after < before:
            self.days[low:high] = new

    def _task(self, keys: list[Key], low: int, high: int) -> DaysTask:
        places = [0, *(place for place, _ in keys)]
        seconds = self._world.seconds[np.ix_(places, places)].astype(np.int64)
        stops = []
        for n, key in enumerate(keys):
            first, last = self._bounds[key]
            stops.append(
                DaysStop(
                    location=n + 1,
                    service_s=SERVICE_S,
                    first=max(first, low) - low,
                    last=min(last, high - 1) - low,
                    prize=_NEVER,
                    windows=self._arrivals[key[0]].windows,
                )
            )
        rounds = tuple(
            DaysRound(
                day=day,
                depot=0,
                start_s=SHIFT.start_s,
                end_s=SHIFT.end_s,
                capacity_items=200,
                capacity_g=10**6,
                count=self._world.kind.couriers,
            )
            for day in range(high - low)
        )
        none = np.zeros((0, 0), dtype=np.int64)
        return DaysTask(seconds=seconds, extra=np.zeros_like(seconds), stops=tuple(stops), rounds=rounds, beats=none)


def _paid(world: World, arrivals: dict[int, Arrival], route: Iterable[Key]) -> int:
    """Seconds from leaving to being back when leaving as late as no wait needs, and never late for a window."""
    clock, total, place, slack = SHIFT.start_s, 0, 0, 10**9
    for stop, _ in route:
        ride = int(world.seconds[place, stop])
        clock, total = clock + ride, total + ride
        opens, closes = arrivals[stop].windows[0] if arrivals[stop].windows else (0, SHIFT.end_s)
        wait = max(0, opens - clock)
        # What is waited here is saved by leaving the office later, as far as no stop before closes.
        saved = min(wait, slack)
        clock, total, slack = clock + wait, total + wait - saved, slack - saved
        slack = min(slack, closes - clock)
        if slack < 0:
            return _NEVER
        clock, total, place = clock + SERVICE_S, total + SERVICE_S, stop
    return total + int(world.seconds[place, 0])
