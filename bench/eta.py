"""Expected leg times before and after learning from tracks, on a day that was not learned from; citizens' windows."""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.eta_windows import foretold, held
from bench.eta_world import Leg, true_world
from bench.report import Bar, Report, arguments, show
from geodata.communes import CommuneIndex
from geodata.learned_speeds import HourFactors, communes_in, learn, speeds_of
from geodata.osrm import OsrmServer
from geodata.osrm_programs import Programs, find_programs
from geodata.road_dataset import RoadDataset
from geodata.road_variants import index_of, make_variant
from geodata.roads import import_roads
from geodata.segment_table import SegmentTable
from geodata.track_times import joined, read_track
from geodata.travel import RoadTravel
from routing.spread import COVERED

_ROOT = Path(__file__).parents[1]
_PBF = _ROOT / "geodata" / "data" / "roads" / "hcm_2018.osm.pbf"
_FIRST = date(2026, 11, 2)
_PROVINCE = "79"
# Of the days ridden, how many of the last the windows are asked on; they are learned on the ones before.
_ASKED = 3


def measure(*, couriers: int, days: int, stops: int) -> Report:
    """Learn from `days` of tracks, then compare expected with true seconds of every leg of the day after."""
    programs = find_programs(_ROOT / ".buuta")
    with tempfile.TemporaryDirectory() as scratch:
        base = import_roads(_PBF, Path(scratch), basemap=False, programs=programs)
        table = SegmentTable.of(index_of(base), CommuneIndex.bundled())
        with true_world(base, table, programs, seed=7) as world:
            ridden = [
                [world.day(_FIRST + timedelta(days=day), beat, stops=stops) for beat in range(couriers)]
                for day in range(days + 1)
            ]
        with _travel(base, programs) as before:
            began = time.perf_counter()
            parts = [read_track(one.track, table, before) for day in ridden[:-1] for one in day]
            read_s = time.perf_counter() - began
            began = time.perf_counter()
            learned = learn(joined(parts), table)
            learn_s = time.perf_counter() - began
            legs = [leg for one in ridden[-1] for leg in one.legs]
            errors = {"profile": _errors(before, legs)}
        began = time.perf_counter()
        speeds = speeds_of(learned, table, communes_in(_PROVINCE))
        variant = make_variant(base, "f" * len(base.id), speeds, programs=programs)
        apply_s = time.perf_counter() - began
        with _travel(variant, programs) as after:
            errors["learned"] = _errors(after, legs)
            hours = HourFactors.of(learned.speeds)
            errors["learned, by hour"] = _errors(after, legs, hours)
            rounds = [foretold(day, after, hours) for day in ridden]
    figures = {
        "days_learned": days,
        "rides_learned": sum(len(one.legs) for day in ridden[:-1] for one in day),
        "fixes_learned": sum(len(one.track) for day in ridden[:-1] for one in day),
        "legs_foretold": len(legs),
        "true_leg_mean_s": round(float(np.mean([leg.seconds for leg in legs])), 1),
        "segments_with_own_factor": len(learned.start),
        "read_fixes_per_s": round(sum(len(one.track) for day in ridden[:-1] for one in day) / read_s),
        "learn_s": round(learn_s, 2),
        "apply_s": round(apply_s, 2),
    }
    for name, wrong in errors.items():
        key = name.replace(", ", "_").replace(" ", "_")
        figures[f"{key}_mean_absolute_error_s"] = round(float(np.abs(wrong).mean()), 1)
        figures[f"{key}_bias_s"] = round(float(wrong.mean()), 1)
    windows = held([one for day in rounds[:-_ASKED] for one in day], [one for day in rounds[-_ASKED:] for one in day])
    figures |= {
        "windows_asked": windows.seen,
        "window_before_leaving_min": round(windows.before_leaving_min, 1),
        "window_of_the_next_stop_min": round(windows.next_stop_min, 1),
    }
    ratio = float(np.abs(errors["learned, by hour"]).mean() / np.abs(errors["profile"]).mean())
    return Report(
        name="eta",
        figures=figures,
        bars=(
            Bar("error of leg times with learned speeds and hours, times that of the profile", ratio, 0.5),
            Bar("arrivals inside the window told before leaving", round(windows.before_leaving, 3), COVERED, ">="),
            Bar("arrivals inside the window told on the way", round(windows.on_the_way, 3), COVERED, ">="),
        ),
    )


@contextmanager
def _travel(dataset: RoadDataset, programs: Programs) -> Iterator[RoadTravel]:
    with OsrmServer(dataset.folder, programs=programs) as server:
        travel = RoadTravel(server.url)
        yield travel
        travel.close()


def _errors(travel: RoadTravel, legs: Sequence[Leg], hours: HourFactors | None = None) -> NDArray[np.float64]:
    """Expected less true seconds of each leg."""
    communes = CommuneIndex.bundled()
    wrong = []
    for leg in legs:
        expected = float(travel.route([leg.start, leg.end]).leg_seconds[0])
        if hours is not None:
            expected *= hours.ratio(communes.at(leg.end), leg.band)
        wrong.append(expected - leg.seconds)
    return np.array(wrong)


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    report = measure(couriers=3, days=4, stops=24) if asked.quick else measure(couriers=10, days=10, stops=36)
    return show(report, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
