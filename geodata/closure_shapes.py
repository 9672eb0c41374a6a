"""What a dispatcher draws, as an area: a ring of corners, or a line along or across a road with a width."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from shapely import LineString, Polygon, buffer
from shapely.affinity import scale

from core.errors import Problem, problem
from geodata.communes import METRES_PER_DEGREE
from geodata.road_errors import AREA_BROKEN, AREA_TOO_LARGE, LINE_BROKEN

# a river's flood plain in one commune or two; a slip of the pointer across a province is caught
LIMIT_KM2 = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Longitude and latitude of corners in order. Without `width_m` they enclose an area (the last may repeat the
    first), with it they are the middle of a strip so wide, round at its ends."""

    corners: Sequence[tuple[float, float]]
    width_m: float | None = None


def area_of(drawing: Drawing) -> tuple[Polygon, list[Problem]]:
    """The drawn area in EPSG:4326 and what is wrong with it (G2013, G2014, G2017); empty when it is no area."""
    area = _enclosed(drawing.corners) if drawing.width_m is None else _strip(drawing.corners, drawing.width_m)
    if area.is_empty or not area.is_valid:
        return area, [problem(AREA_BROKEN if drawing.width_m is None else LINE_BROKEN, pointer="/area")]
    km2 = area.area * cos(radians(area.centroid.y)) * (METRES_PER_DEGREE / 1_000) ** 2
    if km2 > LIMIT_KM2:
        return area, [problem(AREA_TOO_LARGE, pointer="/area", km2=km2, limit_km2=LIMIT_KM2)]
    return area, []


def _enclosed(corners: Sequence[tuple[float, float]]) -> Polygon:
    return Polygon(corners) if len(set(corners)) >= 3 else Polygon()


def _strip(corners: Sequence[tuple[float, float]], width_m: float) -> Polygon:
    """Widened in metres around its own first corner, where a degree of longitude is shorter than one of latitude."""
    if len(set(corners)) < 2:
        return Polygon()
    lon, lat = corners[0]
    x, y = METRES_PER_DEGREE * cos(radians(lat)), METRES_PER_DEGREE
    metres = scale(LineString(corners), xfact=x, yfact=y, origin=(lon, lat))
    strip = scale(buffer(metres, width_m / 2, quad_segs=4), xfact=1 / x, yfact=1 / y, origin=(lon, lat))
    return strip if isinstance(strip, Polygon) else Polygon()
