"""Coordinate reference systems: everything is kept in EPSG:4326, metres are measured in the UTM zone of the place."""

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from core.errors import fail
from geodata import files_errors

WGS84 = CRS.from_epsg(4326)
# EPSG:32648 and 32649: UTM on WGS 84, 102-108° and 108-114° east. Scale is true within 0.1 % up to 4° off the middle.
_UTM_WEST, _UTM_EAST, _UTM_BORDER_LON = 32648, 32649, 108.0


def crs_named(text: str) -> CRS:
    """A system by its name: `EPSG:3405`, WKT, PROJ text.

    Raises:
        CodedError: G4004.
    """
    try:
        return CRS.from_user_input(text)
    except CRSError as unknown:
        raise fail(files_errors.CRS_UNKNOWN, value=text) from unknown


def is_wgs84(crs: CRS) -> bool:
    """Whether coordinates of the system are degrees of WGS 84; OGC:CRS84 is, whatever its axes are called."""
    return bool(crs == WGS84 or crs.to_authority() in {("EPSG", "4326"), ("OGC", "CRS84")})


def same_crs(one: CRS, other: CRS) -> bool:
    """Whether two systems give a place the same coordinates (the order of axes does not matter here)."""
    return bool(one.equals(other, ignore_axis_order=True)) or (is_wgs84(one) and is_wgs84(other))


def to_wgs84(geometry: BaseGeometry, crs: CRS) -> BaseGeometry:
    """A geometry of another system in EPSG:4326, longitude first.

    Raises:
        CodedError: G4004 for a system without a place on the earth (a drawing's own).
    """
    if is_wgs84(crs):
        return geometry
    try:
        return _transformed(geometry, crs, WGS84)
    except ProjError as lost:
        raise fail(files_errors.CRS_UNKNOWN, value=crs.name) from lost


def in_metres(geometry: BaseGeometry, *, lon: float) -> BaseGeometry:
    """A geometry of EPSG:4326 on the plane, in metres, in the UTM zone of a longitude."""
    return _transformed(geometry, WGS84, _utm(lon))


def from_metres(geometry: BaseGeometry, *, lon: float) -> BaseGeometry:
    """Back from the plane of `in_metres` to EPSG:4326."""
    return _transformed(geometry, _utm(lon), WGS84)


def area_km2(geometry: BaseGeometry) -> float:
    """Area of a polygon of EPSG:4326 in km²."""
    if geometry.is_empty:
        return 0.0
    return float(in_metres(geometry, lon=geometry.representative_point().x).area) / 1e6


def _utm(lon: float) -> CRS:
    return _epsg(_UTM_WEST if lon < _UTM_BORDER_LON else _UTM_EAST)


@lru_cache(maxsize=8)
def _epsg(code: int) -> CRS:
    return CRS.from_epsg(code)


@lru_cache(maxsize=32)
def _transformer(source: CRS, target: CRS) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _transformed(geometry: BaseGeometry, source: CRS, target: CRS) -> BaseGeometry:
    transform = _transformer(source, target).transform

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transform(xy[:, 0], xy[:, 1])
        return np.column_stack([x, y])

    found: Any = shapely.transform(shapely.force_2d(geometry), moved)
    return found  # type: ignore[no-any-return]
