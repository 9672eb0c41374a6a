"""Travel times: whole matrices and routes from osrm-routed, straight lines where roads end.

A plan must come about on any day: nothing here raises for want of roads. When the server is down, or does not come
back within `patience_s`, the fallback answers and its `source` says so.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from geodata.matrix_assembly import ACCESS_KMH, DatasetChanged, MatrixAssembly, access_m, whole_numbers
from geodata.matrix_cache import DEFAULT_LIMIT_BYTES, MatrixCache, matrix_key
from geodata.model import LonLat
from geodata.osrm_client import MatchedLeg, OsrmClient, OsrmDown, OsrmRefused, Way
from geodata.straight_line import StraightLine
from geodata.travel_values import RoadRoute, TravelMatrix, TravelSource, TravelTimes

__all__ = ["RoadHealth", "RoadRoute", "RoadTravel", "StraightLine", "TravelMatrix", "TravelSource", "TravelTimes"]

SNAP_LIMIT_M = 1_000.0
# one block's answer is at most 33 MB of JSON; smaller blocks would search the same roads more often
BLOCK_POINTS = 1_500
CONCURRENT = 2
_EDITION = "1"

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadHealth:
    """Whether roads answer: `dataset` is the id of the road data, `problem` what was last wrong."""

    up: bool
    dataset: str | None
    problem: str | None


class RoadTravel:
    """`TravelTimes` from a running osrm-routed. Thread-safe; close it when done."""

    def __init__(
        self,
        osrm_url: str,
        cache_dir: Path | None = None,
        fallback: StraightLine | None = None,
        *,
        snap_limit_m: float = SNAP_LIMIT_M,
        patience_s: float = 3.0,
        retry_after_s: float = 5.0,
        cache_limit_bytes: int = DEFAULT_LIMIT_BYTES,
    ) -> None:
        self._osrm = OsrmClient(osrm_url)
        self._cache = MatrixCache(cache_dir, limit_bytes=cache_limit_bytes) if cache_dir else None
        self._fallback = fallback or StraightLine()
        self._snap_limit_m = snap_limit_m
        self._patience_s = patience_s
        self._retry_after_s = retry_after_s
        self._lock = threading.Lock()
        self._down_until = 0.0
        self._problem: str | None = None

    def close(self) -> None:
        self._osrm.close()

    def health(self) -> RoadHealth:
        """Asks the server now."""
        try:
            return RoadHealth(up=True, dataset=self._osrm.dataset(), problem=self._problem)
        except (OsrmDown, OsrmRefused) as error:
            return RoadHealth(up=False, dataset=None, problem=str(error))

    def matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        """Travel between all pairs, from the cache when the same points were asked on the same road data."""
        if len(points) < 2:
            return _empty(len(points))
        try:
            return self._patiently(lambda: self._cached_matrix(points))
        except (OsrmDown, OsrmRefused, DatasetChanged):
            return self._fallback.matrix(points)

    def route(self, points: Sequence[LonLat]) -> RoadRoute:
        """The way through the points; legs to points off the road, or without a way, are straight."""
        if len(points) < 2:
            return RoadRoute(line=tuple(points), leg_seconds=(), leg_metres=(), source=TravelSource.ROAD)
        try:
            return self._patiently(lambda: self._road_route(points))
        except (OsrmDown, OsrmRefused):
            return self._fallback.route(points)

    def match(self, points: Sequence[LonLat], at_s: Sequence[int], radius_m: Sequence[float]) -> list[MatchedLeg]:
        """The roads a track was ridden on: fixes with their Unix seconds and accuracies, by time.

        Raises OsrmDown when the server does not answer in time: nothing can stand in for roads here.
        """
        return self._patiently(lambda: self._osrm.match(points, at_s, radius_m))

    def _patiently(self, ask: Callable[[], _Answer]) -> _Answer:
        deadline = time.monotonic() + self._patience_s
        while True:
            if time.monotonic() < self._down_until:
                raise OsrmDown(self._problem or "down")
            try:
                return ask()
            except (OsrmDown, DatasetChanged) as error:
                if time.monotonic() >= deadline:
                    self._mark_down(str(error))
                    raise
                time.sleep(0.1)

    def _mark_down(self, problem: str) -> None:
        with self._lock:
            self._problem = problem
            self._down_until = time.monotonic() + self._retry_after_s

    def _cached_matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        if self._cache is None:
            return self._road_matrix(points)[0]
        settings = f"{_EDITION}|{self._snap_limit_m}|{self._fallback}"
        found = self._cache.get(matrix_key(self._osrm.dataset(), points, settings=settings))
        if found is None:
            found, dataset = self._road_matrix(points)
            self._cache.put(matrix_key(dataset, points, settings=settings), found)
        return found

    def _road_matrix(self, points: Sequence[LonLat]) -> tuple[TravelMatrix, str]:
        """The matrix and the id of the road data it came from."""
        whole = MatrixAssembly(points=points, fallback=self._fallback, snap_limit_m=self._snap_limit_m)
        blocks = list(product(*_cuts(len(points))))
        with ThreadPoolExecutor(CONCURRENT) as pool:
            for _ in pool.map(lambda block: whole.put(self._osrm.table(points, *block), *block), blocks):
                pass
        return whole.finish()

    def _road_route(self, points: Sequence[LonLat]) -> RoadRoute:
        try:
            way = self._osrm.route(points)
        except OsrmRefused:
            return self._pieced_route(points)
        if (way.snap_m > self._snap_limit_m).any():
            return self._pieced_route(points)
        access = access_m(way.snap_m)
        return _road_route(way, access[:-1] + access[1:])

    def _pieced_route(self, points: Sequence[LonLat]) -> RoadRoute:
        """Leg by leg: a point off the road or without a way costs only its own legs."""
        legs = [self._leg(start, end) for start, end in pairwise(points)]
        sources = {leg.source for leg in legs}
        return RoadRoute(
            line=tuple(point for leg in legs for point in leg.line),
            leg_seconds=tuple(leg.leg_seconds[0] for leg in legs),
            leg_metres=tuple(leg.leg_metres[0] for leg in legs),
            source=sources.pop() if len(sources) == 1 else TravelSource.MIXED,
        )

    def _leg(self, start: LonLat, end: LonLat) -> RoadRoute:
        try:
            way = self._osrm.route([start, end])
        except OsrmRefused:
            return self._fallback.route([start, end])
        if (way.snap_m > self._snap_limit_m).any():
            return self._fallback.route([start, end])
        return _road_route(way, access_m(way.snap_m).sum(keepdims=True))


def _cuts(count: int) -> tuple[list[range], list[range]]:
    """Ranges of sources and of destinations: small enough to parse, and two at least to keep two threads busy."""
    parts = -(-count // BLOCK_POINTS)
    return _split(count, max(parts, CONCURRENT if count > 100 else 1)), _split(count, parts)


def _split(count: int, parts: int) -> list[range]:
    edges = np.linspace(0, count, parts + 1).round().astype(int).tolist()
    return [range(start, end) for start, end in pairwise(edges)]


def _road_route(way: Way, access: NDArray[np.float64]) -> RoadRoute:
    return RoadRoute(
        line=tuple(LonLat(lon=lon, lat=lat) for lon, lat in way.line.tolist()),
        leg_seconds=tuple(whole_numbers(way.leg_seconds + access * 3.6 / ACCESS_KMH).tolist()),
        leg_metres=tuple(whole_numbers(way.leg_metres + access).tolist()),
        source=TravelSource.ROAD,
    )


def _empty(count: int) -> TravelMatrix:
    zeros = np.zeros((count, count), dtype=np.int32)
    return TravelMatrix(seconds=zeros, metres=zeros.copy(), source=TravelSource.ROAD)
