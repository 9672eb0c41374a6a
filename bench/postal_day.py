"""Postal days on real roads: several offices, households, windows, two rounds, due dates; ours beside the peers.

`--quick`: 300 stops, 6 s. Whole: `python -m bench.postal_day --seconds 10 60` measures 300, 1,000 and 3,000 stops.
"""

import resource
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from uuid import UUID

from bench.planning_peers import Run, ours, peers
from bench.report import Bar, Report, parser_of, show
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_programs import find_programs
from geodata.roads import import_roads
from geodata.travel import RoadTravel
from geodata.travel_values import TravelMatrix, TravelTimes
from routing.batch import fair_work
from routing.checker import check
from routing.model import Problem, ServicePolicy, Shift, Vehicle, Visit
from routing.objective import WEIGHTS, prize

_ROOT = Path(__file__).parents[1]
_PBF = _ROOT / "geodata" / "data" / "roads" / "hcm_2018.osm.pbf"
_SHIFTS = (Shift(start_s=26_400, end_s=41_400), Shift(start_s=48_600, end_s=64_800))
_WEST, _EAST, _SOUTH, _NORTH = 106.62, 106.74, 10.74, 10.84
_PER_COURIER, _PER_OFFICE = 36, 150
_MOST_MB = 2_000


@contextmanager
def roads() -> Iterator[TravelTimes]:
    """The bundled road file behind a road server of its own."""
    programs = find_programs(_ROOT / ".buuta")
    with tempfile.TemporaryDirectory() as scratch:
        dataset = import_roads(_PBF, Path(scratch), programs=programs)
        with OsrmServer(dataset.folder, programs=programs) as server:
            travel = RoadTravel(server.url)
            yield travel
            travel.close()


def postal_day(stops: int, travel: TravelTimes, *, seed: int) -> Problem:
    """A day of neighbouring offices: each delivers what lies nearest, its couriers know their commune's streets."""
    rng = Random(seed)
    offices = max(2, stops // _PER_OFFICE)
    points = [LonLat(lon=rng.uniform(_WEST, _EAST), lat=rng.uniform(_SOUTH, _NORTH)) for _ in range(offices + stops)]
    matrix = travel.matrix(points)
    visits = tuple(_visit(rng, matrix, offices, place) for place in range(offices, offices + stops))
    couriers = -(-stops // _PER_COURIER)
    fleet = tuple(
        Vehicle(
            courier_id=UUID(int=n + 1),
            depot=n % offices,
            shifts=_SHIFTS,
            capacity_items=60,
            capacity_g=25_000,
            capacity_vnd=20_000_000,
            home_communes=frozenset({str(n % offices)}),
        )
        for n in range(couriers)
    )
    return Problem(
        day=date(2026, 11, 20),
        office_ids=tuple(UUID(int=10_000 + n) for n in range(offices)),
        visits=visits,
        vehicles=fleet,
        travel=matrix,
        points=tuple(points),
        weights=WEIGHTS,
        fair_work_s=fair_work(visits, fleet, matrix),
    )


def _visit(rng: Random, matrix: TravelMatrix, offices: int, place: int) -> Visit:
    opens = rng.choice((28_800, 32_400, 50_400, 54_000))
    appointed, slack, items = rng.random() < 0.1, rng.randrange(3), rng.choice((1, 1, 1, 2, 3))
    office = int(matrix.seconds[:offices, place].argmin())
    return Visit(
        id=f"v{place}",
        item_ids=tuple(UUID(int=100_000 + 10 * place + n) for n in range(items)),
        location=place,
        service_s=90 + 60 * items,
        setup_s=60,
        prize=items * prize(slack, ServicePolicy.ALL, appointed=appointed),
        required=appointed or slack == 0,
        windows=((opens, opens + 5_400),) if appointed else (),
        load_items=items,
        weight_g=items * rng.randrange(20, 500),
        collect_vnd=rng.choice((0, 0, 0, 300_000)),
        commune_code=str(office),
        depot=office,
    )


def report(days: dict[int, Problem], limits: list[float]) -> Report:
    """Each day, each limit, each planner in turn; ours first, so that its memory is its own."""
    cases = [(stops, seconds) for stops in days for seconds in limits]
    own = {case: ours(days[case[0]], case[1]) for case in cases}
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    own_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    figures: dict[str, float | int | str] = {"largest_engine_mb": round(peak_mb), "own_mb": round(own_mb)}
    bars, violations = list[Bar](), 0
    for case, mine in own.items():
        stops, seconds = case
        runs = {name: planner(days[stops], seconds) for name, planner in peers(days[stops]).items()}
        for name, run in {"ours": mine, **runs}.items():
            figures |= _figures(f"{stops} stops, {seconds:g} s, {name}", run)
            violations += 0 if run.plan is None else len(check(days[stops], run.plan))
        best = min(_cost(run) for run in runs.values())
        bars.append(Bar(f"{stops} stops, {seconds:g} s: cost, times the best peer", _cost(mine) / best, 1.0))
    over = max(run.took_s - seconds for (_, seconds), run in own.items())
    bars += [
        Bar("violations, any planner", violations, 0),
        Bar("over the limit, s", round(over, 2), 0.5),
        Bar("peak memory of planner and two engines, MB", round(own_mb + 2 * peak_mb), _MOST_MB),
    ]
    return Report(name="postal day", figures=figures, bars=tuple(bars))


def _cost(run: Run) -> float:
    return float("inf") if run.plan is None else float(run.plan.cost.total)


def _figures(label: str, run: Run) -> dict[str, float | int | str]:
    if run.plan is None:
        return {f"{label}: cost": "no plan"}
    first = next(iter(run.course), (0.0, 0))
    return {
        f"{label}: cost": run.plan.cost.total,
        f"{label}: left_out": len(run.plan.unplanned),
        f"{label}: first_plan_s": first[0],
        f"{label}: took_s": round(run.took_s, 2),
    }


def _arguments() -> Namespace:
    parser = parser_of(__doc__ or "")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0], help="wall limits of the whole run")
    parser.add_argument("--stops", type=int, nargs="+", default=[300, 1_000, 3_000], help="sizes of the whole run")
    return parser.parse_args()


def main() -> int:
    """Measure and show."""
    asked = _arguments()
    with roads() as travel:
        days = {stops: postal_day(stops, travel, seed=stops) for stops in ([300] if asked.quick else asked.stops)}
    return show(report(days, [6.0] if asked.quick else asked.seconds), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
