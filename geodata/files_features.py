"""Features of a file: values and a geometry each, and what is wrong with a geometry, with a way to mend it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from core.errors import Problem, problem
from geodata import files_errors as errors
from geodata.files_crs import area_km2

# The country's bounding box with its islands, degrees: west, south, east, north.
_VIETNAM = (102.0, 6.0, 118.0, 23.5)


class Shape(StrEnum):
    """What the features of a layer are."""

    POINT = "Point"
    AREA = "MultiPolygon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature. `index` counts from 0 as the file does; `geometry` is EPSG:4326.

    `unreadable` is what stands where coordinates should be.
    """

    index: int
    values: Mapping[str, Any]
    geometry: BaseGeometry | None = None
    unreadable: str | None = None

    def text(self, column: str) -> str | None:
        """A value as text; None when there is none."""
        value = self.values.get(column)
        return None if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """How a geometry could be mended: in words, and the mended one where a machine can make it."""

    vi: str
    en: str
    geometry: BaseGeometry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a geometry, and how it could be mended."""

    problem: Problem
    repair: Repair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The features of one file, the columns they have, and the reference system they came in."""

    columns: tuple[str, ...]
    features: tuple[Feature, ...]
    crs: str = "EPSG:4326"
    about: Mapping[str, str] = field(default_factory=dict)


def shaped(feature: Feature, wanted: Shape) -> BaseGeometry | Fault:
    """The geometry in the form a layer has (one part is made several), or what is wrong with it."""
    geometry = feature.geometry
    if feature.unreadable is not None:
        return Fault(problem=problem(errors.COORDINATE_WRONG, value=feature.unreadable[:80]))
    if geometry is None or geometry.is_empty:
        return Fault(problem=problem(errors.GEOMETRY_EMPTY))
    if not all(math.isfinite(bound) for bound in geometry.bounds):
        return Fault(problem=problem(errors.COORDINATE_WRONG, value=str(geometry.bounds)))
    made = _as_wanted(geometry, wanted)
    if made is None:
        return Fault(problem=problem(errors.GEOMETRY_TYPE, found=geometry.geom_type, wanted=wanted.value))
    return _abroad(made) or _broken(made) or made


def _as_wanted(geometry: BaseGeometry, wanted: Shape) -> BaseGeometry | None:
    parts = shapely.get_parts(geometry).tolist()
    if wanted is Shape.POINT:
        return parts[0] if len(parts) == 1 and parts[0].geom_type == "Point" else None
    if all(part.geom_type == "Polygon" for part in parts):
        return shapely.MultiPolygon(parts)
    return None


def _abroad(geometry: BaseGeometry) -> Fault | None:
    if _is_inside(geometry.bounds):
        return None
    west, south, _, _ = geometry.bounds
    found = problem(errors.GEOMETRY_ABROAD, lon=west, lat=south)
    swapped = shapely.transform(geometry, lambda xy: xy[:, ::-1])
    if _is_inside(swapped.bounds):
        words = ("Kinh độ và vĩ độ bị đổi chỗ.", "Longitude and latitude are swapped.")
        return Fault(problem=found, repair=Repair(vi=words[0], en=words[1], geometry=swapped))
    if max(abs(bound) for bound in geometry.bounds) > 1_000:
        words = (
            "Tọa độ tính bằng mét mà hệ tọa độ của tệp tính bằng độ: hãy ghi lại tệp với đúng hệ tọa độ.",
            "The coordinates are metres, the file's reference system has degrees: write the file in the right one.",
        )
        return Fault(problem=found, repair=Repair(vi=words[0], en=words[1]))
    return Fault(problem=found)


def _is_inside(bounds: tuple[float, ...]) -> bool:
    west, south, east, north = _VIETNAM
    return west <= bounds[0] and south <= bounds[1] and bounds[2] <= east and bounds[3] <= north


def _broken(geometry: BaseGeometry) -> Fault | None:
    if geometry.is_valid:
        return None
    reason, _, place = shapely.is_valid_reason(geometry).partition("[")
    lon, lat = (float(part) for part in place.rstrip("]").split()[:2]) if place else geometry.bounds[:2]
    found = problem(errors.GEOMETRY_BROKEN, reason=reason.strip(), lon=lon, lat=lat)
    mended = _polygons(shapely.make_valid(geometry, method="structure"))
    if mended.is_empty:
        return Fault(problem=found)
    km2 = area_km2(mended)
    repair = Repair(
        vi=f"Dựng lại thành {len(mended.geoms)} vùng, {km2:.3f} km².",
        en=f"Rebuild it as {len(mended.geoms)} polygons of {km2:.3f} km².",
        geometry=mended,
    )
    return Fault(problem=found, repair=repair)


def _polygons(geometry: BaseGeometry) -> shapely.MultiPolygon:
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.MultiPolygon([part for part in parts.tolist() if part.geom_type == "Polygon"])
