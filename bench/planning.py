"""How long offices' plans take and what they cost: made-up days of 100 visits and 3 couriers, and one of 400 and 12.
One more has lunches, which PyVRP does not know: its plan beside that of OR-Tools alone, which does.

Travel is by straight line, so the bench needs no road server; every plan is checked independently.
"""

import sys
import time
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from uuid import UUID

from bench.planning_peers import ortools_alone
from bench.report import Bar, Report, arguments, show
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from routing.batch import fair_work
from routing.checker import check
from routing.model import Break, Problem, ServicePolicy, Shift, Vehicle, Visit
from routing.objective import WEIGHTS, prize
from routing.solver import Limit, Progress, solve

_SHIFTS = (Shift(start_s=26_400, end_s=41_400), Shift(start_s=48_600, end_s=64_800))
# The whole day at a stretch, with an hour's lunch that begins between eleven and one.
_WHOLE_DAY = (Shift(start_s=26_400, end_s=64_800, breaks=(Break(windows=((39_600, 46_800),), duration_s=3_600),)),)
_DAY = date(2026, 11, 20)
# Villages of a former district: 14 km across, doors within 700 m of a village's middle (degrees of latitude).
_ACROSS, _VILLAGE = 0.126, 0.006
_VILLAGES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One office's run; seconds of wall time, cost in cost seconds."""

    first_s: float
    first_cost: int
    total_s: float
    cost: int
    unplanned: int
    violations: int
    travel_km: float


@dataclass(slots=True)
class _Watch:
    """The first progress told and when."""

    first: Progress | None = field(default=None)

    def __call__(self, progress: Progress) -> None:
        self.first = self.first or progress


def office_day(seed: int, visits: int, couriers: int) -> Problem:
    """A day of one office: doors in villages, a tenth with an appointment, a third due today."""
    rng = Random(seed)
    office = LonLat(lon=106.0, lat=11.0)
    villages = [(rng.uniform(-1, 1) * _ACROSS / 2, rng.uniform(-1, 1) * _ACROSS / 2) for _ in range(_VILLAGES)]
    points = [office]
    for _ in range(visits):
        x, y = rng.choice(villages)
        points.append(LonLat(lon=106.0 + x + rng.gauss(0, _VILLAGE), lat=11.0 + y + rng.gauss(0, _VILLAGE)))
    own = tuple(_visit(rng, place) for place in range(1, visits + 1))
    fleet = tuple(
        Vehicle(courier_id=UUID(int=n + 1), depot=0, shifts=_SHIFTS, capacity_items=120, capacity_g=30_000)
        for n in range(couriers)
    )
    travel = StraightLine().matrix(points)
    return Problem(
        day=_DAY,
        office_ids=(UUID(int=99),),
        visits=own,
        vehicles=fleet,
        travel=travel,
        points=tuple(points),
        weights=WEIGHTS,
        fair_work_s=fair_work(own, fleet, travel),
    )


def _visit(rng: Random, place: int) -> Visit:
    opens = rng.choice((28_800, 32_400, 50_400, 54_000))
    appointed, slack = rng.random() < 0.1, rng.randrange(3)
    return Visit(
        id=f"v{place}",
        item_ids=(UUID(int=1_000 + place),),
        location=place,
        service_s=rng.randrange(180, 360),
        prize=prize(slack, ServicePolicy.ALL, appointed=appointed),
        required=appointed or slack == 0,
        windows=((opens, opens + 5_400),) if appointed else (),
        weight_g=rng.randrange(20, 500),
    )


def with_lunches(problem: Problem) -> Problem:
    """The same day, each courier out from morning to evening."""
    return replace(problem, vehicles=tuple(replace(own, shifts=_WHOLE_DAY) for own in problem.vehicles))


def measure(problem: Problem, seconds: float) -> Measured:
    """Plan one office and check the plan."""
    watch = _Watch()
    started = time.monotonic()
    plan = solve(problem, stop=Limit(seconds=seconds), seed=1, on_progress=watch)
    total_s = time.monotonic() - started
    assert watch.first is not None
    return Measured(
        first_s=watch.first.elapsed_s,
        first_cost=watch.first.best_cost,
        total_s=total_s,
        cost=plan.cost.total,
        unplanned=len(plan.unplanned),
        violations=len(check(problem, plan)),
        travel_km=sum(route.distance_m for route in plan.routes) / 1000,
    )


def report(days: list[Problem], seconds: float) -> Report:
    """Each day in turn, all with the same limit."""
    runs = [measure(problem, seconds) for problem in days]
    lunches = with_lunches(days[0])
    rested, alone = measure(lunches, seconds), ortools_alone(lunches, seconds).plan
    beside = rested.cost / alone.cost.total if alone is not None else 0.0
    runs.append(rested)
    largest = max(len(problem.visits) for problem in days)
    return Report(
        name="planning",
        figures={
            "days": len(runs),
            "day_with_lunches_cost": rested.cost,
            "day_with_lunches_ortools_cost": "no plan" if alone is None else alone.cost.total,
            "visits_each_at_most": largest,
            "limit_s": seconds,
            "first_plan_s": round(max(run.first_s for run in runs), 3),
            "first_plans_cost": sum(run.first_cost for run in runs),
            "plans_cost": sum(run.cost for run in runs),
            "travel_km": round(sum(run.travel_km for run in runs), 1),
        },
        bars=(
            Bar("first feasible plan, s", max(run.first_s for run in runs), 2),
            Bar("over the limit, s", max(run.total_s for run in runs) - seconds, 0.5),
            Bar("violations", sum(run.violations for run in runs), 0),
            Bar("visits left out", sum(run.unplanned for run in runs), 0),
            Bar("a day with lunches: cost, times OR-Tools alone", beside, 0.95),
        ),
    )


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    days = [office_day(seed, visits=100, couriers=3) for seed in range(2 if asked.quick else 4)]
    if not asked.quick:
        days.append(office_day(0, visits=400, couriers=12))
    return show(report(days, seconds=10.0), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
