"""What travel between points costs: the values, and the protocol every source of travel times fulfils."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geodata.model import LonLat


class TravelSource(StrEnum):
    """ROAD: every figure from the road network. MIXED: some pairs by straight line. STRAIGHT_LINE: all of them."""

    ROAD = "road"
    MIXED = "mixed"
    STRAIGHT_LINE = "straight_line"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TravelMatrix:
    """Travel between n points: whole seconds and metres, int32, shape (n, n), row = from, column = to.

    The diagonal is zero and the matrix is not symmetric. `off_road` holds the indices of points too far from any road,
    whose rows and columns are straight lines; `unreachable_pairs` counts further pairs without a way between them,
    filled by straight line as well.
    """

    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]
    source: TravelSource
    off_road: tuple[int, ...] = ()
    unreachable_pairs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadRoute:
    """A way through points in the given order: its line, and seconds and metres of each leg (one fewer than points)."""

    line: tuple[LonLat, ...]
    leg_seconds: tuple[int, ...]
    leg_metres: tuple[int, ...]
    source: TravelSource


class TravelTimes(Protocol):
    """A source of travel times. Neither method raises for want of roads: the answer's `source` says what it is."""

    def matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        """Travel between all pairs."""
        ...

    def route(self, points: Sequence[LonLat]) -> RoadRoute:
        """The way through the points in this order."""
        ...
