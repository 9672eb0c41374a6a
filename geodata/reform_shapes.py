"""Polygons of a reform: made where they follow from the units taken whole, checked against what they came from.

Borders drawn by different hands differ by slivers: what is thinner than twice `SLIVER_M` does not count.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from core.errors import Problem, problem
from geodata import reform_errors as errors
from geodata.files_crs import area_km2, from_metres, in_metres
from geodata.model import ChangeKind
from geodata.reform_values import NewUnit, Reform, with_areas

# The bundled polygons are simplified within 60 m.
SLIVER_M = 100.0
# What closes cracks between polygons that were simplified apart from each other.
_CRACK_M = 30.0
_LEAST_KM2 = 0.01

Areas = Mapping[str, BaseGeometry]


def with_made_areas(reform: Reform, areas: Areas) -> tuple[Reform, list[Problem]]:
    """The reform with a polygon for each unit that has none and takes others whole; `areas` are of the ended units."""
    made: dict[str, BaseGeometry] = {}
    found: list[Problem] = []
    for unit in reform.units:
        if unit.area is not None:
            continue
        sources = [change for change in reform.by_new.get(unit.code, ()) if change.old.code in areas]
        if sources and all(change.kind is ChangeKind.FULL for change in sources):
            made[unit.code] = merged([areas[change.old.code] for change in sources])
        elif sources:
            names = {"code": unit.code, "name": unit.full_name}
            found.append(problem(errors.GEOMETRY_MISSING, pointer=unit.pointer, **names))
    return with_areas(reform, made), found


def merged(parts: list[BaseGeometry]) -> BaseGeometry:
    """The union of neighbours, cracks between them closed. One alone stays as it is."""
    if len(parts) == 1:
        return parts[0]
    union = shapely.union_all(np.array(parts, dtype=object))
    lon = union.representative_point().x
    flat = in_metres(union, lon=lon)
    closed = flat.buffer(_CRACK_M, join_style="mitre").buffer(-_CRACK_M, join_style="mitre")
    # Closing may also fill a bay of a coast or eat a spike: only what is added inside the hull of the parts counts.
    return shapely.make_valid(from_metres(shapely.union(flat, closed), lon=lon))


def check_shapes(reform: Reform, areas: Areas) -> list[Problem]:
    """All that is wrong with the polygons of a reform; `areas` are those of the units it ends."""
    broken = list(_invalid(reform))
    bad = {found.values["code"] for found in broken}
    sound = [unit for unit in reform.units if unit.area is not None and unit.code not in bad]
    return [*broken, *_overlaps(sound), *_gaps(reform, sound, areas), *_beyond(reform, sound, areas)]


def _invalid(reform: Reform) -> Iterator[Problem]:
    for unit in reform.units:
        if unit.area is None:
            continue
        reason = None
        if unit.area.is_empty or unit.area.geom_type not in ("Polygon", "MultiPolygon"):
            reason = unit.area.geom_type if not unit.area.is_empty else "empty"
        elif not unit.area.is_valid:
            reason = shapely.is_valid_reason(unit.area)
        if reason is not None:
            names = {"code": unit.code, "name": unit.full_name, "reason": reason}
            yield problem(errors.GEOMETRY_INVALID, pointer=unit.pointer, **names)


def _overlaps(units: list[NewUnit]) -> Iterator[Problem]:
    shapes = np.array([unit.area for unit in units], dtype=object)
    if len(shapes) < 2:
        return
    for i, j in shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist():
        if i < j:
            km2 = thick_km2(shapely.intersection(shapes[i], shapes[j]))
            if km2:
                names = {"one": units[i].full_name, "other": units[j].full_name, "km2": km2}
                yield problem(errors.OVERLAP, pointer=units[j].pointer, **names)


def _gaps(reform: Reform, sound: list[NewUnit], areas: Areas) -> Iterator[Problem]:
    shape = {unit.code: unit.area for unit in sound}
    for code, changes in reform.by_old.items():
        targets = [shape.get(change.new_code) for change in changes]
        if code in areas and all(target is not None for target in targets):
            km2 = thick_km2(shapely.difference(areas[code], shapely.union_all(np.array(targets, dtype=object))))
            if km2:
                values = {"code": code, "valid_from": changes[0].old.valid_from, "km2": km2}
                yield problem(errors.GAP, pointer=changes[0].pointer, **values)


def _beyond(reform: Reform, sound: list[NewUnit], areas: Areas) -> Iterator[Problem]:
    for unit in sound:
        sources = [areas.get(change.old.code) for change in reform.by_new.get(unit.code, ())]
        if unit.area is not None and sources and all(source is not None for source in sources):
            km2 = thick_km2(shapely.difference(unit.area, shapely.union_all(np.array(sources, dtype=object))))
            if km2:
                names = {"code": unit.code, "name": unit.full_name, "km2": km2}
                yield problem(errors.OUTSIDE_SOURCES, pointer=unit.pointer, **names)


def thick_km2(area: BaseGeometry) -> float:
    """km² of what is left of an area when slivers are taken off; 0 for next to nothing."""
    if area.is_empty or area_km2(_polygons(area)) < _LEAST_KM2:
        return 0.0
    core = in_metres(_polygons(area), lon=area.representative_point().x).buffer(-SLIVER_M)
    km2 = float(core.buffer(SLIVER_M).area) / 1e6
    return km2 if km2 >= _LEAST_KM2 else 0.0


def _polygons(area: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(area)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
