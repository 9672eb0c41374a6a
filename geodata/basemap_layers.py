"""What of OpenStreetMap goes into the basemap: features as lines of GeoJSON, one file for each layer.

Layers: `road`, `water`, `waterway`, `land` (green and built-up ground), `building`, `place`, `landmark`.
Each feature carries the lowest zoom it is drawn at, so that tiles stay small without thinning out at random.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import orjson
import osmium

ROAD_ZOOM = {
    "motorway": 6,
    "trunk": 6,
    "primary": 8,
    "secondary": 10,
    "tertiary": 11,
    "minor": 12,
    "service": 13,
    "alley": 13,
    "track": 12,
    "path": 13,
    "ferry": 9,
}
_ROAD_CLASS = {
    "motorway": "motorway",
    "motorway_link": "motorway",
    "trunk": "trunk",
    "trunk_link": "trunk",
    "primary": "primary",
    "primary_link": "primary",
    "secondary": "secondary",
    "secondary_link": "secondary",
    "tertiary": "tertiary",
    "tertiary_link": "tertiary",
    "unclassified": "minor",
    "residential": "minor",
    "living_street": "minor",
    "road": "minor",
    "service": "service",
    "track": "track",
    "path": "path",
    "footway": "path",
    "cycleway": "path",
    "pedestrian": "path",
    "steps": "path",
}
_LAND_CLASS = {
    "park": "park",
    "garden": "park",
    "pitch": "park",
    "golf_course": "park",
    "recreation_ground": "park",
    "grass": "park",
    "village_green": "park",
    "playground": "park",
    "meadow": "farm",
    "farmland": "farm",
    "orchard": "farm",
    "farmyard": "farm",
    "forest": "wood",
    "wood": "wood",
    "scrub": "wood",
    "mangrove": "wood",
    "wetland": "wetland",
    "cemetery": "cemetery",
    "residential": "built",
    "commercial": "built",
    "retail": "built",
    "industrial": "industry",
    "military": "industry",
    "sand": "sand",
    "beach": "sand",
}
_LAND_ZOOM = {"wood": 8, "wetland": 9, "farm": 10, "built": 10, "industry": 11, "park": 11, "cemetery": 12, "sand": 11}
_PLACE_ZOOM = {
    "city": 5,
    "town": 8,
    "suburb": 10,
    "quarter": 12,
    "village": 11,
    "island": 10,
    "hamlet": 13,
    "neighbourhood": 13,
    "locality": 13,
}
_WATERWAY_ZOOM = {"river": 8, "canal": 10, "stream": 12, "drain": 13, "ditch": 13}
# what a courier finds his way by
_LANDMARKS = {
    "post_office": 13,
    "townhall": 12,
    "hospital": 13,
    "marketplace": 13,
    "police": 14,
    "school": 14,
    "university": 13,
    "bus_station": 13,
    "place_of_worship": 14,
}
_KEYS = ("highway", "route", "waterway", "natural", "landuse", "leisure", "building", "place", "amenity", "water")
LAYERS = ("road", "water", "waterway", "land", "building", "place", "landmark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature: its layer, lowest zoom, properties, and geometry as GeoJSON text."""

    layer: str
    zoom: int
    properties: Mapping[str, object]
    geometry: str

    def line(self) -> str:
        properties = orjson.dumps({key: value for key, value in self.properties.items() if value}).decode()
        return (
            f'{{"type":"Feature","tippecanoe":{{"minzoom":{self.zoom}}},'
            f'"properties":{properties},"geometry":{self.geometry}}}\n'
        )


def write_layers(pbf: Path, folder: Path) -> dict[str, int]:
    """Write `<layer>.geojsonl` files into `folder`; returns the number of features of each layer."""
    counts = dict.fromkeys(LAYERS, 0)
    with ExitStack() as stack:
        files: dict[str, TextIO] = {
            layer: stack.enter_context((folder / f"{layer}.geojsonl").open("w", encoding="utf-8")) for layer in LAYERS
        }
        for feature in features(pbf):
            files[feature.layer].write(feature.line())
            counts[feature.layer] += 1
    return counts


def features(pbf: Path) -> Iterator[Feature]:
    """All features of a file. Broken polygons of the file are left out."""
    factory = osmium.geom.GeoJSONFactory()
    areas = osmium.filter.KeyFilter("natural", "landuse", "leisure", "waterway", "building", "water")
    source = osmium.FileProcessor(str(pbf)).with_locations().with_areas(areas)
    for item in source.with_filter(osmium.filter.KeyFilter(*_KEYS)):
        try:
            yield from _features_of(item, factory)
        except (RuntimeError, ValueError, osmium.InvalidLocationError):
            # a way with one node or nodes outside the file has no geometry
            continue


def _features_of(item: Any, factory: Any) -> Iterator[Feature]:
    if item.is_node():
        yield from _points(item.tags, factory.create_point(item))
    elif item.is_way():
        yield from _lines(item.tags, item, factory)
    elif item.is_area():
        yield from _areas(item.tags, item, factory)


def _points(tags: Any, geometry: str) -> Iterator[Feature]:
    name = tags.get("name")
    place = tags.get("place")
    if name and place in _PLACE_ZOOM:
        yield Feature(
            layer="place",
            zoom=_PLACE_ZOOM[place],
            properties={"class": place, "name": name, "name_en": tags.get("name:en")},
            geometry=geometry,
        )
    amenity = tags.get("amenity")
    if name and amenity in _LANDMARKS:
        yield Feature(
            layer="landmark",
            zoom=_LANDMARKS[amenity],
            properties={"class": amenity, "name": name, "name_en": tags.get("name:en")},
            geometry=geometry,
        )


def _lines(tags: Any, way: Any, factory: Any) -> Iterator[Feature]:
    road = _road_class(tags)
    if road:
        yield Feature(
            layer="road", zoom=ROAD_ZOOM[road], properties=_road(tags, road), geometry=factory.create_linestring(way)
        )
    waterway = tags.get("waterway")
    if waterway in _WATERWAY_ZOOM:
        yield Feature(
            layer="waterway",
            zoom=_WATERWAY_ZOOM[waterway],
            properties={"class": waterway, "name": tags.get("name")},
            geometry=factory.create_linestring(way),
        )


def _road_class(tags: Any) -> str | None:
    if tags.get("route") == "ferry":
        return "ferry"
    if tags.get("highway") == "service" and tags.get("service") == "alley":
        return "alley"
    return _ROAD_CLASS.get(tags.get("highway", ""))


def _road(tags: Any, road: str) -> dict[str, object]:
    return {
        "class": road,
        "name": tags.get("name"),
        "name_en": tags.get("name:en"),
        "ref": tags.get("ref"),
        "link": tags.get("highway", "").endswith("_link"),
        "bridge": tags.get("bridge", "no") != "no",
        "tunnel": tags.get("tunnel", "no") != "no",
        "oneway": tags.get("oneway") in {"yes", "1", "true"},
    }


def _areas(tags: Any, area: Any, factory: Any) -> Iterator[Feature]:
    if tags.get("natural") == "water" or tags.get("waterway") in {"riverbank", "dock"}:
        yield Feature(
            layer="water", zoom=6, properties={"name": tags.get("name")}, geometry=factory.create_multipolygon(area)
        )
    elif "building" in tags:
        yield Feature(layer="building", zoom=14, properties={}, geometry=factory.create_multipolygon(area))
    else:
        kind = _LAND_CLASS.get(tags.get("landuse") or tags.get("leisure") or tags.get("natural") or "")
        if kind:
            yield Feature(
                layer="land",
                zoom=_LAND_ZOOM[kind],
                properties={"class": kind, "name": tags.get("name")},
                geometry=factory.create_multipolygon(area),
            )
