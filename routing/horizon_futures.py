"""Futures of an office: what is ready now, and what may arrive on the coming working days."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from routing.horizon_values import Crews, DayRule, Usual
from routing.model import Problem, Vehicle, Visit
from routing.objective import REQUIRED_PRIZE, away, distance_costs, round_opened
from routing.solver.several_days import DaysRound, DaysStop, DaysTask

# More different beats than this would make each future's model too large; the choice of day then looks past them.
_BEATS_MAX = 6


class Futures:
    """`count` drawn futures of one problem, each a task over the coming working days.

    Arrivals of a day are as many as a Poisson variable of the usual rate says, each drawn from the visits seen before,
    so that places get as many as they usually do.
    """

    def __init__(
        self, problem: Problem, waiting: Mapping[str, int], usual: Usual, rule: DayRule, crews: Crews, seed: int
    ) -> None:
        self._problem, self._usual, self._rule, self._crews = problem, usual, rule, crews
        self.count = rule.futures
        longest = max((min(slack, rule.ahead) for slack in usual.slack), default=0)
        self._days = 1 + max(rule.ahead + longest, *(min(slack, rule.ahead + 2) for slack in waiting.values()))
        self._last = [min(slack, self._days - 1) for slack in waiting.values()]
        rng = np.random.default_rng(seed)
        self._arrivals = [self._draw(rng) for _ in range(self.count)]
        self._seconds = problem.travel.seconds.astype(np.int64)
        # Couriers of one office ride the same kind of vehicle as far as the choice of day goes.
        self._extra = distance_costs(problem, problem.vehicles[0])
        self._beats = _beats(crews.everybody())
        self._rounds = self._office_rounds()

    def last_days(self) -> list[int]:
        """The last day of each visit of the problem, counted from today."""
        return list(self._last)

    def task(self, future: int, first: Sequence[int], last: Sequence[int]) -> DaysTask:
        """The future with the problem's visits, in their order, held to the days given, before the arrivals."""
        value = self._rule.day_value_s
        stops = [
            _stop(visit, first=a, last=b, ready=0, value=value)
            for visit, a, b in zip(self._problem.visits, first, last, strict=True)
        ]
        visits = list(self._problem.visits)
        for day, n in self._arrivals[future]:
            visit = self._usual.visits[n]
            visits.append(visit)
            until = min(day + self._usual.slack[n], self._days - 1)
            stops.append(_stop(visit, first=day, last=until, ready=day, value=value))
        return DaysTask(
            seconds=self._seconds,
            extra=self._extra,
            stops=tuple(stops),
            rounds=self._rounds,
            beats=np.array([[away(self._problem, beat, v) for v in visits] for beat in self._beats], dtype=np.int64),
        )

    def _draw(self, rng: np.random.Generator) -> list[tuple[int, int]]:
        seen = len(self._usual.visits)
        if not seen:
            return []
        return [
            (day, int(n))
            for day in range(1, self._rule.ahead + 1)
            for n in rng.choice(seen, rng.poisson(self._usual.per_day))
        ]

    def _office_rounds(self) -> tuple[DaysRound, ...]:
        """Every round of every day; equal ones are counted."""
        equal: dict[DaysRound, int] = {}
        for day in range(self._days):
            for vehicle in self._crews.on(day):
                for n, shift in enumerate(vehicle.shifts):
                    one = DaysRound(
                        day=day,
                        depot=vehicle.depot,
                        start_s=shift.start_s,
                        end_s=shift.end_s,
                        capacity_items=vehicle.capacity_items,
                        capacity_g=vehicle.capacity_g,
                        opening=round_opened(self._problem, vehicle, n),
                        beat=self._beat_of(vehicle),
                    )
                    equal[one] = equal.get(one, 0) + 1
        return tuple(replace(one, count=count) for one, count in equal.items())

    def _beat_of(self, vehicle: Vehicle) -> int:
        homes = [beat.home_communes for beat in self._beats]
        return homes.index(vehicle.home_communes) if vehicle.home_communes in homes else 0


def _beats(vehicles: Sequence[Vehicle]) -> list[Vehicle]:
    """One courier of each beat; none where there is nothing to tell apart."""
    found = {vehicle.home_communes: vehicle for vehicle in vehicles}
    return list(found.values()) if 1 < len(found) <= _BEATS_MAX else []


def _stop(visit: Visit, *, first: int, last: int, ready: int, value: int) -> DaysStop:
    """A visit over the days; a visit that is never made costs as much as one that must be made today."""
    return DaysStop(
        location=visit.location,
        service_s=visit.setup_s + visit.service_s,
        first=first,
        last=last,
        prize=max(visit.prize, REQUIRED_PRIZE),
        windows=visit.windows,
        items=visit.load_items,
        grams=visit.weight_g,
        ready=ready,
        day_cost=value * len(visit.item_ids),
    )


def prior(problem: Problem) -> Usual:
    """What to expect of an office nobody has seen before: as many as today, where today's lie."""
    visits = tuple(replace(visit, windows=(), required=False) for visit in problem.visits)
    return Usual(visits=visits, slack=(2,) * len(visits), per_day=len(visits) / 2)
