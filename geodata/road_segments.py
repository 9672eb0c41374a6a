"""The index of road segments of a dataset: which pieces of road lie in an area, and how fast the profile takes them.

A segment is the piece between two neighbouring nodes of a way, which is also the unit in which OSRM takes speeds from
outside. Made once at import, on disk, mapped into memory, in blocks of neighbours (Morton order) with a box for each:
a question reads only the blocks its box touches.
"""

import csv
from collections.abc import Iterator
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.road_dataset import RoadDataset

SEGMENTS = "segments.npy"
BOXES = "segment_boxes.npy"
EDITION = 1
BLOCK = 1_024
OPEN = -1.0
"""Speed of a direction that is open, where the profile gives a duration instead of a speed (a tagged ferry)."""

# coordinates in 1e-7 degrees; speeds in km/h, 0 where the direction is closed
SEGMENT = np.dtype(
    [
        ("start", "<i8"),
        ("end", "<i8"),
        ("start_x", "<i4"),
        ("start_y", "<i4"),
        ("end_x", "<i4"),
        ("end_y", "<i4"),
        ("forward_kmh", "<f4"),
        ("backward_kmh", "<f4"),
        ("road_class", "u1"),
    ]
)
_E7 = 1e7
_COORDINATES = ["start_x", "start_y", "end_x", "end_y"]

Segments = NDArray[np.void]
"""Rows of `SEGMENT`."""


class RoadClass(IntEnum):
    """Kinds of road that are learned apart: what makes couriers slow on one is alike along it."""

    TRUNK = 1
    PRIMARY = 2
    SECONDARY = 3
    TERTIARY = 4
    UNCLASSIFIED = 5
    RESIDENTIAL = 6
    SERVICE = 7
    ALLEY = 8
    TRACK = 9
    PUSHED = 10
    FERRY = 11


_BY_HIGHWAY = {
    "trunk": RoadClass.TRUNK,
    "primary": RoadClass.PRIMARY,
    "secondary": RoadClass.SECONDARY,
    "tertiary": RoadClass.TERTIARY,
    "unclassified": RoadClass.UNCLASSIFIED,
    "road": RoadClass.UNCLASSIFIED,
    "service": RoadClass.SERVICE,
    "track": RoadClass.TRACK,
    "path": RoadClass.TRACK,
    "bridleway": RoadClass.TRACK,
}


class RoadSegments:
    """The segments of one dataset. `rows` is mapped, not read; make copies of what you keep."""

    def __init__(self, rows: Segments, boxes: NDArray[np.int32]) -> None:
        self.rows = rows
        self._boxes = boxes

    @classmethod
    def of(cls, dataset: RoadDataset) -> Self | None:
        """The index of a dataset; None when it was imported before there were indexes."""
        try:
            rows = np.load(dataset.folder / SEGMENTS, mmap_mode="r")
            return cls(rows, np.load(dataset.folder / BOXES))
        except FileNotFoundError:
            return None

    def __len__(self) -> int:
        return len(self.rows)

    def touching(self, area: BaseGeometry) -> Segments:
        """Copies of the segments that lie in the area (EPSG:4326), cross it or touch its edge."""
        blocks = np.flatnonzero(_meets(self._boxes, area)).tolist()
        found = [self._touching_in(block, area) for block in blocks]
        return np.concatenate(found) if found else np.empty(0, dtype=SEGMENT)

    def _touching_in(self, block: int, area: BaseGeometry) -> Segments:
        rows = self.rows[block * BLOCK : (block + 1) * BLOCK]
        rows = rows[_meets(_boxes(rows), area)]
        lines = np.stack([rows[name] for name in _COORDINATES], axis=1) / _E7
        return rows[shapely.intersects(area, shapely.linestrings(lines.reshape(-1, 2, 2)))]


def middles(rows: Segments) -> NDArray[np.float64]:
    """Longitude and latitude of each segment's middle in degrees, shape (n, 2)."""
    x = (rows["start_x"].astype(np.int64) + rows["end_x"]) / 2
    y = (rows["start_y"].astype(np.int64) + rows["end_y"]) / 2
    return np.stack([x, y], axis=1) / _E7


def write_segments(pbf: Path, way_speeds: Path, folder: Path) -> int:
    """Make the index of a clipped file from the speeds its profile wrote down; returns the number of segments.

    `way_speeds` holds the files of `motorbike.lua`: way, km/h forward and backward, pushed.
    """
    rows = np.fromiter(_segments(pbf, _speeds(way_speeds), folder), dtype=SEGMENT)
    rows = rows[np.argsort(_morton(rows), kind="stable")]
    np.save(folder / SEGMENTS, rows)
    starts = range(0, len(rows), BLOCK)
    corners = [_boxes(rows[start : start + BLOCK]) for start in starts]
    boxes = [np.r_[box[:, :2].min(axis=0), box[:, 2:].max(axis=0)] for box in corners]
    np.save(folder / BOXES, np.array(boxes, dtype=np.int32).reshape(-1, 4))
    return len(rows)


def _speeds(folder: Path) -> dict[int, tuple[float, float, bool]]:
    """Of each way that is open at all: km/h forward and backward (0 closed), and whether one has to push."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="") as lines:
            for way, forward, backward, pushed in csv.reader(lines):
                found[int(way)] = float(forward), float(backward), pushed == "1"
    return found


def _segments(pbf: Path, speeds: dict[int, tuple[float, float, bool]], scratch: Path) -> Iterator[tuple[float, ...]]:
    with TemporaryDirectory(prefix="nodes-", dir=scratch) as folder:
        for way in _ways(pbf, Path(folder)):
            if way.id in speeds:
                forward, backward, pushed = speeds[way.id]
                road_class = _road_class(way.tags, pushed=pushed)
                places = [(node.ref, node.x, node.y) for node in way.nodes if node.location.valid()]
                for (start, *a), (end, *b) in pairwise(places):
                    if start != end:
                        yield start, end, *a, *b, forward, backward, road_class


def _ways(pbf: Path, folder: Path) -> Iterator[osmium.osm.Way]:
    """Ways with the places of their nodes, which pass through a file as in the clip: 16 bytes each, not memory."""
    both = osmium.FileProcessor(str(pbf), osmium.osm.NODE | osmium.osm.WAY)
    only = osmium.filter.EntityFilter(osmium.osm.WAY)
    for way in both.with_locations(f"sparse_file_array,{folder / 'nodes'}").with_filter(only):
        if isinstance(way, osmium.osm.Way):
            yield way


def _road_class(tags: osmium.osm.TagList, *, pushed: bool) -> RoadClass:
    if tags.get("route") == "ferry":
        return RoadClass.FERRY
    if pushed:
        return RoadClass.PUSHED
    if tags.get("service") == "alley":
        return RoadClass.ALLEY
    return _BY_HIGHWAY.get(str(tags.get("highway")).removesuffix("_link"), RoadClass.RESIDENTIAL)


def _boxes(rows: Segments) -> NDArray[np.int32]:
    """West, south, east, north of each segment in 1e-7 degrees, shape (n, 4)."""
    x = np.stack([rows["start_x"], rows["end_x"]])
    y = np.stack([rows["start_y"], rows["end_y"]])
    return np.stack([x.min(axis=0), y.min(axis=0), x.max(axis=0), y.max(axis=0)], axis=1)


def _meets(boxes: NDArray[np.int32], area: BaseGeometry) -> NDArray[np.bool_]:
    west, south, east, north = (edge * _E7 for edge in area.bounds)
    found: NDArray[np.bool_] = (
        (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    )
    return found


def _morton(rows: Segments) -> NDArray[np.uint64]:
    """Interleaved bits of the middle's coordinates (Morton 1966): neighbours on the map are neighbours in the file."""
    x = ((rows["start_x"].astype(np.int64) + rows["end_x"]) // 2 + 1_800_000_000).astype(np.uint64)
    y = ((rows["start_y"].astype(np.int64) + rows["end_y"]) // 2 + 900_000_000).astype(np.uint64)
    return _spread(x) | (_spread(y) << np.uint64(1))


def _spread(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The 32 bits of each value at the even places of 64."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        value = (value | (value << np.uint64(shift))) & np.uint64(mask)
    return value
