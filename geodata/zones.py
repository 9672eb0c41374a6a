"""Areas the post draws for itself: zones, which one office serves, and beats, which one courier rides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.model import LonLat


@dataclass(frozen=True, kw_only=True, eq=False)
class Zone:
    """What lies in it is delivered by the office, whichever office has the commune. MultiPolygon, EPSG:4326."""

    id: UUID
    name: str
    office_id: UUID
    area: BaseGeometry


@dataclass(frozen=True, kw_only=True, eq=False)
class Beat:
    """The doors one courier knows, where that is not whole communes. MultiPolygon, EPSG:4326."""

    courier_id: UUID
    area: BaseGeometry


class Ground:
    """Areas to be asked which of them hold a point; the border belongs to them."""

    def __init__(self, areas: Iterable[BaseGeometry] = ()) -> None:
        self._areas: Sequence[BaseGeometry] = tuple(areas)
        self._tree = shapely.STRtree(self._areas)

    def holding(self, point: LonLat) -> list[int]:
        """Indices of the areas that hold a point, ascending."""
        if not self._areas:
            return []
        found = self._tree.query(shapely.Point(point.lon, point.lat), predicate="intersects")
        return [int(index) for index in np.sort(found)]
