"""How long an office's plan takes and what it costs: 4 offices, 100 visits and 3 couriers each, made up by seed.

`python -m bench.planning [--seconds 10] [--offices 4] [--visits 100] [--couriers 3]` prints one Markdown table. Travel
is by straight line, so the bench needs no road server; every plan is checked independently.
"""

import argparse
import time
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from geodata.model import LonLat
from geodata.straight_line import StraightLine
from routing.batch import fair_work
from routing.checker import check
from routing.model import Problem, ServicePolicy, Shift, Vehicle, Visit
from routing.objective import WEIGHTS, prize
from routing.solver import Limit, Progress, solve

_SHIFTS = (Shift(start_s=26_400, end_s=41_400), Shift(start_s=48_600, end_s=64_800))
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--offices", type=int, default=4)
    parser.add_argument("--visits", type=int, default=100)
    parser.add_argument("--couriers", type=int, default=3)
    asked = parser.parse_args()
    print("| office | first plan, s | its cost | end, s | cost | travel, km | unplanned | violations |")
    print("|---|---|---|---|---|---|---|---|")
    for number in range(asked.offices):
        one = measure(office_day(number, asked.visits, asked.couriers), asked.seconds)
        print(
            f"| {number + 1} | {one.first_s:.2f} | {one.first_cost:,} | {one.total_s:.2f} | {one.cost:,} "
            f"| {one.travel_km:.1f} | {one.unplanned} | {one.violations} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
