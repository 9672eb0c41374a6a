"""Putting one travel matrix together from the blocks in which osrm-routed answers."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geodata.model import LonLat
from geodata.osrm_client import Table
from geodata.straight_line import StraightLine, radians
from geodata.travel_values import TravelMatrix, TravelSource

# what lies between the door and the road the map knows: ridden slowly; the first metres are the width of a yard
ACCESS_FREE_M = 30.0
ACCESS_KMH = 8.0


class DatasetChanged(Exception):
    """Blocks of one matrix came from different road data."""


class MatrixAssembly:
    """A matrix being put together from blocks, in arrays allocated once."""

    def __init__(self, *, points: Sequence[LonLat], fallback: StraightLine, snap_limit_m: float) -> None:
        count = len(points)
        self._points = points
        self._fallback = fallback
        self._snap_limit_m = snap_limit_m
        self._seconds = np.zeros((count, count), dtype=np.int32)
        self._metres = np.zeros((count, count), dtype=np.int32)
        self._snap_m = np.zeros(count)
        self._unreachable: list[NDArray[np.int64]] = []
        self._dataset: str | None = None
        self._lock = threading.Lock()

    def put(self, table: Table, sources: range, destinations: range) -> None:
        with self._lock:
            if self._dataset not in {None, table.dataset}:
                raise DatasetChanged(f"{self._dataset} became {table.dataset}")
            self._dataset = table.dataset
            missing = np.argwhere(np.isnan(table.seconds))
            self._unreachable.append(missing + np.array([sources.start, destinations.start]))
        self._snap_m[sources.start : sources.stop] = table.source_snap_m
        self._snap_m[destinations.start : destinations.stop] = table.destination_snap_m
        access = access_m(table.source_snap_m)[:, None] + access_m(table.destination_snap_m)[None, :]
        block = np.s_[sources.start : sources.stop, destinations.start : destinations.stop]
        self._seconds[block] = whole_numbers(table.seconds + access * 3.6 / ACCESS_KMH)
        self._metres[block] = whole_numbers(table.metres + access)

    def finish(self) -> tuple[TravelMatrix, str]:
        off_road = np.flatnonzero(self._snap_m > self._snap_limit_m)
        at = radians(self._points)
        pairs = np.concatenate(self._unreachable)
        pairs = pairs[~np.isin(pairs, off_road).any(axis=1)]
        self._fill(pairs[:, 0], pairs[:, 1], at)
        everyone = np.arange(len(at))
        for index in off_road.tolist():
            self._fill(np.array([index]), everyone, at)
            self._fill(everyone, np.array([index]), at)
        np.fill_diagonal(self._seconds, 0)
        np.fill_diagonal(self._metres, 0)
        matrix = TravelMatrix(
            seconds=self._seconds,
            metres=self._metres,
            source=self._source(len(off_road), len(pairs)),
            off_road=tuple(off_road.tolist()),
            unreachable_pairs=len(pairs),
        )
        return matrix, self._dataset or ""

    def _fill(self, rows: NDArray[np.int64], columns: NDArray[np.int64], at: NDArray[np.float64]) -> None:
        metres = self._fallback.metres(at[rows], at[columns])
        self._metres[rows, columns] = whole_numbers(metres)
        self._seconds[rows, columns] = whole_numbers(self._fallback.seconds(metres))

    def _source(self, off_road: int, unreachable: int) -> TravelSource:
        if off_road == len(self._points):
            return TravelSource.STRAIGHT_LINE
        return TravelSource.MIXED if off_road or unreachable else TravelSource.ROAD


def access_m(snap_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres between door and road that cost time."""
    return np.maximum(snap_m - ACCESS_FREE_M, 0)


def whole_numbers(values: NDArray[np.float64]) -> NDArray[np.int32]:
    """Nearest int32; NaN, still to be filled, becomes 0."""
    return np.rint(np.nan_to_num(values)).astype(np.int32)
