"""Named streets, house numbers and places of an OpenStreetMap file, sorted by commune on disk.

Memory is bounded: node positions of a large file pass through a file, records through one file for each commune.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import osmium

from geodata.communes import CommuneIndex

# Coordinates are whole micro-degrees (EPSG:4326), 0.1 m.
MICRO = 1_000_000
_FLUSH = 20_000
# Above, the positions of nodes are kept in a file: 16 bytes for each node.
_LARGE_BYTES = 150_000_000
_SEGMENT_MICRO = 2_500
_NO_STREET = frozenset({"proposed", "construction", "platform", "rest_area", "services", "bus_stop", "elevator"})
_PLACE_RADIUS_M = {
    "isolated_dwelling": 200,
    "neighbourhood": 400,
    "hamlet": 500,
    "quarter": 700,
    "village": 900,
    "suburb": 1_200,
}
_POI_KEYS = ("amenity", "shop", "office", "tourism", "leisure", "building", "landuse", "historic", "healthcare")
_POI_RADIUS_M = 60
_NAMES = ("name", "name:vi", "alt_name", "old_name", "official_name", "ref")

Record = list[Any]


@dataclass(slots=True)
class _Waiting:
    """Records whose commune is not known yet, with the points that decide it."""

    records: list[Record] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)

    def add(self, record: Record, x: float, y: float) -> None:
        self.records.append(record)
        self.lon.append(x / MICRO)
        self.lat.append(y / MICRO)


def extract(pbf: Path, folder: Path, index: CommuneIndex) -> list[str]:
    """Write `<code>.jsonl` into `folder` for each commune that has anything; returns the codes.

    Records: `["s", names, [x, y, …]]` a piece of a named street, `["n", number, street, x, y]` a house number,
    `["p", names, x, y, radius_m]` a place. Coordinates in micro-degrees.
    """
    waiting = _Waiting()
    codes: set[str] = set()
    for record in _records(pbf, folder):
        if record[0] == "s":
            for piece, x, y in _pieces(record):
                waiting.add(piece, x, y)
        else:
            waiting.add(record, record[-3] if record[0] == "p" else record[-2], record[-2 if record[0] == "p" else -1])
        if len(waiting.records) >= _FLUSH:
            codes |= _sort(waiting, index, folder)
            waiting = _Waiting()
    return sorted(codes | _sort(waiting, index, folder))


def _records(pbf: Path, folder: Path) -> Iterator[Record]:
    large = pbf.stat().st_size > _LARGE_BYTES
    storage = f"sparse_file_array,{folder / 'nodes'}" if large else "sparse_mem_array"
    file = osmium.FileProcessor(str(pbf), osmium.osm.NODE | osmium.osm.WAY).with_locations(storage)
    thing: Any
    for thing in file.with_filter(osmium.filter.EmptyTagFilter()):
        tags, places = thing.tags, _places(thing)
        if not places:
            continue
        x, y, radius_m = _middle(places)
        number = tags.get("addr:housenumber")
        names = [tags[key] for key in _NAMES if key in tags]
        if number:
            yield ["n", number, tags.get("addr:street"), x, y]
        if thing.is_way() and "highway" in tags and tags["highway"] not in _NO_STREET:
            if names and len(places) > 2:
                yield ["s", names, places]
        elif "name" in tags and tags.get("place") in _PLACE_RADIUS_M:
            yield ["p", names, x, y, max(_PLACE_RADIUS_M[tags["place"]], radius_m)]
        elif "name" in tags and any(key in tags for key in _POI_KEYS):
            yield ["p", names, x, y, _POI_RADIUS_M + radius_m]


def _places(thing: Any) -> list[int]:
    """Coordinates of a node, or of a way's nodes that are in the file: x, y, x, y …"""
    if thing.is_node():
        return [round(thing.location.lon * MICRO), round(thing.location.lat * MICRO)]
    return [
        value
        for node in thing.nodes
        if node.location.valid()
        for value in (round(node.location.lon * MICRO), round(node.location.lat * MICRO))
    ]


def _middle(places: list[int]) -> tuple[int, int, int]:
    """The middle of a thing's box and the radius in metres that holds the box."""
    xs, ys = places[0::2], places[1::2]
    x, y = (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2
    return x, y, round(max(max(xs) - x, max(ys) - y) * 0.1113)


def _pieces(record: Record) -> Iterator[tuple[Record, float, float]]:
    """A way cut into short segments, each with its middle."""
    names, places = record[1], record[2]
    for i in range(0, len(places) - 2, 2):
        x, y, to_x, to_y = places[i : i + 4]
        cuts = max(1, round(max(abs(to_x - x), abs(to_y - y)) / _SEGMENT_MICRO))
        steps = [(x + (to_x - x) * n // cuts, y + (to_y - y) * n // cuts) for n in range(cuts + 1)]
        for (ax, ay), (bx, by) in pairwise(steps):
            yield ["s", names, [ax, ay, bx, by]], (ax + bx) / 2, (ay + by) / 2


def _sort(waiting: _Waiting, index: CommuneIndex, folder: Path) -> set[str]:
    if not waiting.records:
        return set()
    found = index.at_many(np.array(waiting.lon), np.array(waiting.lat))
    own: dict[str, list[Record]] = defaultdict(list)
    for record, code in zip(waiting.records, found, strict=True):
        if code is None:
            continue
        if own[code] and _goes_on(own[code][-1], record):
            own[code][-1][2] += record[2][2:]
        else:
            own[code].append(record)
    for code, records in own.items():
        with (folder / f"{code}.jsonl").open("ab") as file:
            file.writelines(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
    return set(own)


def _goes_on(before: Record, record: Record) -> bool:
    """Whether a piece begins where the one before it, of the same way, ended."""
    return before[0] == record[0] == "s" and before[1] is record[1] and before[2][-2:] == record[2][:2]
