"""Communes of today: which one holds a point, and loading the bundled lists into the database."""

import math
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geodata import bundled, store, store_load
from geodata.bundled import REFORM_ON
from geodata.commune_lists import insert_lists
from geodata.model import LonLat

# Metres in a degree of latitude (mean meridian, WGS 84); a degree of longitude is this times cos(latitude).
METRES_PER_DEGREE = 111_132.0


def metres_between(one: LonLat, other: LonLat) -> float:
    """Distance on the plane that touches the earth at the first point; within 1 % up to 50 km."""
    shrink = math.cos(math.radians(one.lat))
    return METRES_PER_DEGREE * math.hypot((other.lon - one.lon) * shrink, other.lat - one.lat)


class CommuneIndex:
    """All commune polygons in memory, EPSG:4326: an STRtree over prepared polygons."""

    def __init__(self, codes: Sequence[str], polygons: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> None:
        self._codes = list(codes)
        self._polygons = polygons
        self._row = {code: i for i, code in enumerate(self._codes)}
        shapely.prepare(polygons)
        self._tree = shapely.STRtree(polygons)

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "CommuneIndex":
        """The index of the communes shipped with the package, made once and shared."""
        shapes = {r["code"]: shapely.from_wkb(r["geometry"]) for r in bundled.commune_records("code", "geometry")}
        return cls(list(shapes), np.array(list(shapes.values()), dtype=object))

    def redrawn(self, *, gone: Collection[str], drawn: Mapping[str, BaseGeometry]) -> "CommuneIndex":
        """Another index without some communes and with others, polygons in EPSG:4326; the rest is shared."""
        shapes = {code: self._polygons[i] for code, i in self._row.items() if code not in gone} | dict(drawn)
        return CommuneIndex(list(shapes), np.array(list(shapes.values()), dtype=object))

    def __len__(self) -> int:
        return len(self._codes)

    def at(self, point: LonLat) -> str | None:
        """Code of the commune that holds the point, None outside the country; on a border, the first by code."""
        hits = self._tree.query(shapely.points(point.lon, point.lat), predicate="intersects")
        return min((self._codes[i] for i in hits), default=None) if len(hits) else None

    def at_many(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[str | None]:
        """`at` of many points at once, in order."""
        points, hits = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        found: list[str | None] = [None] * len(lon)
        for point, hit in zip(points.tolist(), hits.tolist(), strict=True):
            known, code = found[point], self._codes[hit]
            found[point] = code if known is None or code < known else known
        return found

    def metres_to(self, point: LonLat, codes: Sequence[str]) -> float:
        """Distance to the nearest of some communes, about 1 % exact up to a few kilometres; infinite for none."""
        shrink = float(np.cos(np.radians(point.lat)))
        scale = METRES_PER_DEGREE * np.array([shrink, 1.0])
        here = shapely.points(0.0, 0.0)
        origin = np.array([point.lon, point.lat])
        near = [
            shapely.distance(here, shapely.transform(self._polygons[self._row[code]], lambda xy: (xy - origin) * scale))
            for code in codes
        ]
        return float(min(near, default=np.inf))


def load_communes(session: Session) -> int:
    """Put the bundled provinces, communes, old units, changes, aliases and places into the database.

    Idempotent: when the list of the reform is there, nothing happens. Returns the number of communes held.
    """
    store_load.lock_lists(session)
    held = store.count_communes(session, REFORM_ON)
    return held or insert_lists(session)
