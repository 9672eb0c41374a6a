"""Travel times without roads: distance as the crow flies, times a detour, at one speed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.model import LonLat
from geodata.travel_values import RoadRoute, TravelMatrix, TravelSource

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the GRS 80 ellipsoid, (2a + b) / 3 (Moritz 2000, Geodetic Reference System 1980)."""


def radians(points: Sequence[LonLat]) -> NDArray[np.float64]:
    """Longitude and latitude in radians, shape (n, 2)."""
    return np.radians(np.array([(point.lon, point.lat) for point in points], dtype=np.float64).reshape(-1, 2))


def haversine_m(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distance in metres between points in radians, shapes (…, 2) that broadcast.

    Haversine formula (Sinnott 1984, Virtues of the Haversine, Sky and Telescope 68:159), on a sphere: off by at most
    0.6 % from the ellipsoid.
    """
    half = np.sin((b - a) / 2) ** 2
    chord = half[..., 1] + np.cos(a[..., 1]) * np.cos(b[..., 1]) * half[..., 0]
    distance: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return distance


def distance_m(a: LonLat, b: LonLat) -> float:
    """The same between two points in degrees, without the cost of arrays."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lon = math.radians(b.lon - a.lon) / 2
    chord = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightLine:
    """Crow-fly distance times `detour` at `kmh`; says `straight_line` wherever it answers.

    The detour of 1.35 lies between measured road networks (1.2-1.5 in Boscoe, Henry & Zdeb 2012 and the references
    there) and is learned for each commune later.
    """

    detour: float = 1.35
    kmh: float = 28.0

    def metres(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        """Road metres expected between points in radians (shapes broadcast)."""
        return haversine_m(a, b) * self.detour

    def seconds(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        return metres * 3.6 / self.kmh

    def matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        """All pairs, int32, shape (n, n)."""
        at = radians(points)
        metres = self.metres(at[:, None], at[None, :])
        return TravelMatrix(
            seconds=np.rint(self.seconds(metres)).astype(np.int32),
            metres=np.rint(metres).astype(np.int32),
            source=TravelSource.STRAIGHT_LINE,
            off_road=tuple(range(len(points))),
        )

    def route(self, points: Sequence[LonLat]) -> RoadRoute:
        """Straight legs from point to point."""
        at = radians(points)
        metres = self.metres(at[:-1], at[1:])
        return RoadRoute(
            line=tuple(points),
            leg_seconds=tuple(np.rint(self.seconds(metres)).astype(int).tolist()),
            leg_metres=tuple(np.rint(metres).astype(int).tolist()),
            source=TravelSource.STRAIGHT_LINE,
        )
