"""One office day of four offices end to end: seconds of each stage, proofs and webhooks a second.

The day is the demo's, through the real server, worker, PostGIS and osrm-routed. The couriers do not wait for their
planned times here: riding is as fast as the server takes positions, proofs and files.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from api.demo.command import stage
from api.demo.day import EVENING, DemoDay
from api.demo.show import Terminal
from api.settings import Settings
from bench.report import Bar, Report, arguments, show
from core.clock import at_local
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_programs import find_programs
from geodata.road_dataset import CURRENT, roads_dir
from geodata.travel import RoadTravel

_DATA = Path(".buuta/bench-day")
_AT_ONCE = 1e6
# Two offices at a time, 10 s of search each: anything beyond this is not the search.
_PLAN_LIMIT_S = 60.0


@contextmanager
def _day(plan_seconds: float) -> Iterator[DemoDay]:
    quiet = Terminal(Console(file=sys.stderr, highlight=False))
    settings = Settings(data_dir=_DATA, database_url=None)
    with stage(settings, quiet, port=0, plan_seconds=plan_seconds, fault_share=0.0) as day:
        yield day


def measure(*, quick: bool) -> Report:
    """Play the day and read its timings."""
    with _day(3.0 if quick else 10.0) as day:
        counts = day.hand_in()
        answered = day.answer_addresses()
        day.sign_for()
        plans = day.plan()
        day.publish()
        pdf_bytes = day.print_sheets()
        day.clock.set(shows_at=at_local(day.day, EVENING), closes_at=at_local(day.day, EVENING), speed=_AT_ONCE)
        before = day.sandbox.dossiers.counts["applied"]
        started = time.monotonic()
        day.ride()
        open_ones = day.wait_for_feedback()
        told = day.sandbox.dossiers.counts["applied"] - before
        told_s = time.monotonic() - started
        matrix_s, points = _matrices(plans)
    return _report(day, counts, answered, pdf_bytes, (matrix_s, points), told / told_s, len(open_ones))


def _matrices(plans: dict[str, dict[str, Any]]) -> tuple[float, int]:
    """Seconds for the four offices' travel matrices, nothing cached, and how many points they have."""
    stops = [[stop for route in plan["routes"] for stop in route["stops"]] for plan in plans.values()]
    points = [[LonLat(lon=stop["point"][0], lat=stop["point"][1]) for stop in office] for office in stops]
    dataset = roads_dir(_DATA.resolve()) / CURRENT
    with OsrmServer(dataset, programs=find_programs(_DATA)) as server:
        travel = RoadTravel(server.url)
        travel.matrix(points[0][:2])
        started = time.monotonic()
        for office in points:
            travel.matrix(office)
        return time.monotonic() - started, sum(map(len, points))


def _report(
    day: DemoDay,
    counts: Counter[str],
    answered: int,
    pdf_bytes: int,
    matrix: tuple[float, int],
    webhooks_per_s: float,
    open_ones: int,
) -> Report:
    seconds = day.timings.seconds
    proofs = sum(day.outcomes.values())
    km = sum(route["distance_m"] for plan in day.plans.values() for route in plan["routes"]) / 1000
    figures = {
        "results": counts["created"],
        "results_in_s": seconds["results_in"],
        "addresses_answered_by_a_person": answered,
        "visits": matrix[1],
        "matrices_s": matrix[0],
        "plans_s": seconds["plans"],
        "planned_km": km,
        "publish_s": seconds["publish"],
        "sheets_s": seconds["sheets"],
        "sheets_kb": pdf_bytes / 1000,
        "proofs": proofs,
        "proofs_with_files_per_s": proofs / seconds["ride"],
        "webhooks_per_s_while_delivering": webhooks_per_s,
    }
    bars = (
        Bar("dossiers that did not end as they should", open_ones, 0),
        Bar("plans of four offices, s", seconds["plans"], _PLAN_LIMIT_S),
    )
    return Report(name="day", figures=figures, bars=bars)


if __name__ == "__main__":
    asked = arguments(__doc__ or "")
    sys.exit(show(measure(quick=asked.quick), as_json=asked.json))
