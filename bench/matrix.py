"""The road import by phase, and travel matrices through our client beside one plain request to osrm-routed."""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Self

import httpx
import numpy as np
import orjson
import psutil

from bench.report import Bar, Report, arguments, show
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_programs import find_programs
from geodata.roads import import_roads
from geodata.travel import RoadTravel

_ROOT = Path(__file__).parents[1]
_PBF = _ROOT / "geodata" / "data" / "roads" / "hcm_2018.osm.pbf"


class _MemoryWatch(threading.Thread):
    """Highest memory (RSS, megabytes) of this process while it runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        process = psutil.Process(os.getpid())
        while not self._ended.wait(0.01):
            self.peak_mb = max(self.peak_mb, process.memory_info().rss / 1e6)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()


def _doors(count: int, *, seed: int) -> list[LonLat]:
    """Places in the built-up middle of the file."""
    random = np.random.default_rng(seed)
    lon, lat = random.uniform(106.62, 106.74, count), random.uniform(10.74, 10.84, count)
    return [LonLat(lon=round(x, 6), lat=round(y, 6)) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]


def _raw_s(url: str, points: list[LonLat]) -> float:
    """One request for the whole table, its answer read and parsed, nothing more."""
    body = {
        "coordinates": [(point.lon, point.lat) for point in points],
        "annotations": ["duration", "distance"],
        "generate_hints": False,
    }
    headers = {"content-type": "application/json"}
    started = time.perf_counter()
    answer = httpx.post(f"{url}/table/v1/driving", content=orjson.dumps(body), headers=headers, timeout=600)
    np.array(orjson.loads(answer.content)["durations"])
    return time.perf_counter() - started


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def _served(folder: Path) -> Iterator[tuple[OsrmServer, dict[str, float]]]:
    programs = find_programs(_ROOT / ".buuta")
    dataset = import_roads(_PBF, folder, programs=programs)
    with OsrmServer(dataset.folder, programs=programs) as server:
        yield server, {f"import_{phase}_s": seconds for phase, seconds in dataset.seconds.items()}


def measure(*, large: int, turns: int) -> Report:
    """Ours and raw in turns on the same points, so that other work on the machine weighs on both.

    The first question to a fresh process is told apart: it pays for pages of the graph nobody has touched yet.
    """
    with tempfile.TemporaryDirectory() as scratch, _served(Path(scratch)) as (server, phases):
        doors = _doors(1_000, seed=1)
        plain = RoadTravel(server.url)
        cached = RoadTravel(server.url, Path(scratch) / "cache")
        first_s = _timed(lambda: cached.matrix(doors))
        cached_s = _timed(lambda: cached.matrix(doors))
        pairs = [(_timed(lambda: plain.matrix(doors)), _raw_s(server.url, doors)) for _ in range(turns)]
        ours_s, raw_s = (median(times) for times in zip(*pairs, strict=True))
        ratio = median(ours / raw for ours, raw in pairs)
        many = _doors(large, seed=2)
        before_mb = psutil.Process().memory_info().rss / 1e6
        with _MemoryWatch() as watch:
            large_s = _timed(lambda: plain.matrix(many))
        beside = _beside_raw(server.url, many, large_s) if turns > 1 else {}
        plain.close()
        cached.close()
    extra_mb = watch.peak_mb - before_mb
    return Report(
        name="matrix",
        figures={
            **phases,
            "import_s": round(sum(phases.values()), 2),
            "matrix_1000_first_s": round(first_s, 2),
            "matrix_1000_s": round(ours_s, 2),
            "matrix_1000_raw_s": round(raw_s, 2),
            "matrix_1000_cached_s": round(cached_s, 4),
            f"matrix_{large}_s": round(large_s, 2),
            **beside,
            "load_average": round(os.getloadavg()[0], 1),
            f"matrix_{large}_extra_mb": round(extra_mb),
            f"matrix_{large}_result_mb": round(2 * 4 * large**2 / 1e6),
        },
        bars=(
            Bar("1,000 × 1,000 through our client, times raw osrm-routed", ratio, 1.3),
            Bar(f"{large:,} × {large:,}: memory above the start, MB", extra_mb, 600),
            Bar("basemap of the bundled file, s", phases["import_basemap_s"], 60),
        ),
    )


def _beside_raw(url: str, points: list[LonLat], ours_s: float) -> dict[str, float]:
    raw_s = _raw_s(url, points)
    count = len(points)
    return {f"matrix_{count}_raw_s": round(raw_s, 2), f"matrix_{count}_times_raw": round(ours_s / raw_s, 2)}


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    report = measure(large=1_200, turns=1) if asked.quick else measure(large=3_000, turns=5)
    return show(report, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
