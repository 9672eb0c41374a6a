"""Cut an area out of an OpenStreetMap file, and count what is in a file.

Ways that touch the area stay whole, and so do turn restrictions and multipolygons of those ways; route and boundary
relations are left out, for they would drag a national road in from end to end. Memory is bounded: nodes pass in blocks
of `BLOCK` from a temporary file, and the set of kept ids has at most one bit for each id OpenStreetMap has given out.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from core.errors import fail
from geodata.road_dataset import Bounds
from geodata.road_errors import AREA_OUTSIDE, FILE_EMPTY, FILE_MISSING, FILE_UNREADABLE, NO_ROADS

BLOCK = 500_000
KEPT_RELATIONS = frozenset({"multipolygon", "restriction"})
_INDEX_ROW = np.dtype([("id", "<u8"), ("x", "<i4"), ("y", "<i4")])
# the file grows in steps; what is not yet used carries libosmium's undefined coordinate
_UNDEFINED = 2_147_483_647
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """What a road file holds; `bounds` spans its nodes."""

    bounds: Bounds
    counts: dict[str, int]


def check_file(pbf: Path) -> None:
    """Raises G2001 or G2002 before any work is done."""
    if not pbf.is_file():
        raise fail(FILE_MISSING, path=pbf)
    if pbf.stat().st_size == 0:
        raise fail(FILE_EMPTY, path=pbf)


def clip(
    pbf: Path, area: BaseGeometry | None, target: Path, *, margin_m: float, percent: Callable[[float], None]
) -> FileContent:
    """Write the part of `pbf` in `area` (EPSG:4326, widened by `margin_m`) to `target`; None keeps the whole file.

    Raises G2003 for a file that is no PBF or is cut short, G2004 when no road is left, G2005 when the area holds no
    node of the file.
    """
    target.unlink(missing_ok=True)
    try:
        if area is None:
            shutil.copyfile(pbf, target)
        else:
            _clip_to(pbf, _widen(area, margin_m), target, percent)
        percent(80)
        content = _content(target)
    except (RuntimeError, OSError) as error:
        raise fail(FILE_UNREADABLE, path=pbf.name, reason=str(error).rstrip(".")) from error
    if content.counts["roads"] == 0:
        raise fail(NO_ROADS, path=pbf.name)
    return content


def _widen(area: BaseGeometry, margin_m: float) -> BaseGeometry:
    # a degree of longitude is at most as long as one of latitude: the margin is never too small
    return area.buffer(margin_m / _METRES_PER_DEGREE) if margin_m else area


def _clip_to(pbf: Path, area: BaseGeometry, target: Path, percent: Callable[[float], None]) -> None:
    kept = osmium.IdTracker()
    bounds = _track_nodes(pbf, area, kept, beside=target)
    if len(kept.node_ids()) == 0:
        west, south, east, north = bounds.tolist()
        raise fail(AREA_OUTSIDE, path=pbf.name, west=west, south=south, east=east, north=north)
    percent(30)
    _track_ways(pbf, kept)
    _track_relations(pbf, kept)
    percent(50)
    kept.complete_backward_references(str(pbf), relation_depth=1)
    percent(65)
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for item in osmium.FileProcessor(str(pbf)).with_filter(kept.id_filter()):
            writer.add(item)


def _track_nodes(pbf: Path, area: BaseGeometry, kept: osmium.IdTracker, *, beside: Path) -> NDArray[np.float64]:
    """Adds the nodes inside; returns west, south, east, north of all nodes."""
    shapely.prepare(area)
    span = np.array([np.inf, np.inf, -np.inf, -np.inf])
    for ids, lon, lat in _node_blocks(pbf, beside):
        _stretch(span, lon, lat)
        for node_id in ids[_inside(area, lon, lat)].tolist():
            kept.add_node(node_id)
    return span


def _inside(area: BaseGeometry, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = area.bounds
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    inside[inside] = shapely.contains_xy(area, lon[inside], lat[inside])
    return inside


def _node_blocks(
    pbf: Path, beside: Path
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]]:
    """Ids, longitudes and latitudes of all nodes, in blocks. They pass through a file, 16 bytes each, not memory.

    The file lies next to `beside`: the system's folder for temporary files may be memory itself.
    """
    with TemporaryDirectory(prefix="nodes-", dir=beside.parent) as folder:
        index_file = Path(folder) / "nodes"
        # reading nodes one by one in Python takes 2.5 µs each; libosmium writes its own index twenty times as fast
        index = osmium.index.create_map(f"sparse_file_array,{index_file}")
        with osmium.io.Reader(str(pbf), osmium.osm.NODE) as reader:
            osmium.apply(reader, osmium.NodeLocationsForWays(index))
        rows = np.memmap(index_file, dtype=_INDEX_ROW, mode="r")
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            block = block[block["x"] != _UNDEFINED]
            if len(block):
                yield block["id"].astype(np.int64), block["x"] / 1e7, block["y"] / 1e7


def _track_ways(pbf: Path, kept: osmium.IdTracker) -> None:
    for way in osmium.FileProcessor(str(pbf), osmium.osm.WAY).with_filter(kept.contains_filter()):
        kept.add_way(way.id)


def _track_relations(pbf: Path, kept: osmium.IdTracker) -> None:
    for relation in osmium.FileProcessor(str(pbf), osmium.osm.RELATION).with_filter(kept.contains_filter()):
        if relation.tags.get("type") in KEPT_RELATIONS:
            kept.add_relation(relation.id)


def _content(pbf: Path) -> FileContent:
    counts = {"nodes": 0, "ways": 0, "relations": 0, "roads": 0, "ferries": 0}
    span = np.array([np.inf, np.inf, -np.inf, -np.inf])
    for ids, lon, lat in _node_blocks(pbf, pbf):
        counts["nodes"] += len(ids)
        _stretch(span, lon, lat)
    for item in osmium.FileProcessor(str(pbf), osmium.osm.WAY | osmium.osm.RELATION):
        if isinstance(item, osmium.osm.Way):
            counts["ways"] += 1
            counts["roads"] += "highway" in item.tags
            counts["ferries"] += item.tags.get("route") == "ferry"
        else:
            counts["relations"] += 1
    return FileContent(bounds=_bounds(span), counts=counts)


def _stretch(span: NDArray[np.float64], lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
    span[:2] = np.minimum(span[:2], [lon.min(), lat.min()])
    span[2:] = np.maximum(span[2:], [lon.max(), lat.max()])


def _bounds(span: NDArray[np.float64]) -> Bounds:
    west, south, east, north = span.tolist()
    return Bounds(west=west, south=south, east=east, north=north)
