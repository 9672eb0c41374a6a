"""Small made-up road maps in metres, written as OpenStreetMap files: what the profile does can be reckoned by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from pathlib import Path

import osmium

from geodata.model import LonLat

ORIGIN = LonLat(lon=108.0, lat=13.98)
_METRES = 111_195.0
"""Metres of a degree of latitude on the sphere that OSRM measures on (radius 6,371 km)."""


def at(x_m: float, y_m: float) -> LonLat:
    """A point so many metres east and north of the origin."""
    lat = ORIGIN.lat + y_m / _METRES
    return LonLat(lon=ORIGIN.lon + x_m / (_METRES * cos(radians(ORIGIN.lat))), lat=lat)


@dataclass
class MadeMap:
    """Points in metres and the ways between them."""

    nodes: dict[tuple[float, float], int] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    restrictions: list[dict[str, int]] = field(default_factory=list)

    def node(self, x_m: float, y_m: float, tags: Mapping[str, str] | None = None) -> int:
        found = self.nodes.setdefault((x_m, y_m), len(self.nodes) + 1)
        self.node_tags.setdefault(found, {}).update(tags or {})
        return found

    def way(self, points: Sequence[tuple[float, float]], tags: Mapping[str, str]) -> int:
        self.ways.append(([self.node(*point) for point in points], dict(tags)))
        return len(self.ways)

    def forbid_turn(self, from_way: int, via: tuple[float, float], to_way: int) -> None:
        self.restrictions.append({"from": from_way, "via": self.node(*via), "to": to_way})

    def write(self, path: Path) -> Path:
        """Write the map as PBF."""
        with osmium.SimpleWriter(str(path)) as writer:
            for (x_m, y_m), number in sorted(self.nodes.items(), key=lambda entry: entry[1]):
                place = at(x_m, y_m)
                location = (place.lon, place.lat)
                tags = self.node_tags.get(number, {})
                writer.add_node(osmium.osm.mutable.Node(id=number, location=location, tags=tags))
            for number, (nodes, tags) in enumerate(self.ways, start=1):
                writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
            for number, rule in enumerate(self.restrictions, start=1):
                members = [("w", rule["from"], "from"), ("n", rule["via"], "via"), ("w", rule["to"], "to")]
                tags = {"type": "restriction", "restriction": "no_left_turn"}
                writer.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=tags))
        return path
