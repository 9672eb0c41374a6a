"""What a small printed map shows under a route: roads and water out of the basemap's own tiles."""

import gzip
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import mapbox_vector_tile
from pmtiles.reader import MmapSource, Reader

from geodata.model import LonLat

_TILES_ACROSS = 3
_TILES_KEPT = 64
_MIN_ZOOM, _MAX_ZOOM = 6, 13
_ROADS = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary", "ferry"})

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperShape:
    """A line or (`area`) a ring. `layer` and `kind` are the basemap's: road/primary, water/…, waterway/river."""

    layer: str
    kind: str
    points: tuple[LonLat, ...]
    area: bool = False


class PaperMap:
    """Shapes inside a box from one PMTiles archive. Nothing at all when the archive is not there."""

    def __init__(self, tiles: Path) -> None:
        self._tiles = tiles
        # The sheets of one office lie on the same few tiles.
        self._kept = lru_cache(maxsize=_TILES_KEPT)(self._read)

    def shapes(self, box: Box) -> list[PaperShape]:
        """Shapes of the tiles that touch the box (west, south, east, north in degrees), areas first."""
        if not self._tiles.exists():
            return []
        zoom, edition = _zoom(box), self._tiles.stat().st_mtime_ns
        found = [shape for x, y in _tiles_of(box, zoom) for shape in self._kept(zoom, x, y, edition)]
        return sorted(found, key=lambda shape: not shape.area)

    def _read(self, zoom: int, x: int, y: int, _edition: int) -> tuple[PaperShape, ...]:
        with self._tiles.open("rb") as file:
            data = Reader(MmapSource(file)).get(zoom, x, y)
        return tuple(_decoded(data, zoom, x, y))


def _zoom(box: Box) -> int:
    width = max(box[2] - box[0], 1e-4)
    return max(_MIN_ZOOM, min(_MAX_ZOOM, math.floor(math.log2(_TILES_ACROSS * 360 / width))))


def _tiles_of(box: Box, zoom: int) -> Iterator[tuple[int, int]]:
    left, top = _grid(box[0], box[3], zoom)
    right, bottom = _grid(box[2], box[1], zoom)
    for x in range(int(left), int(right) + 1):
        for y in range(int(top), int(bottom) + 1):
            yield x, y


def _grid(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Column and row in the Web Mercator tile grid (EPSG:3857, XYZ)."""
    count = 2**zoom
    return (lon + 180) / 360 * count, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * count


def _decoded(data: bytes | None, zoom: int, x: int, y: int) -> Iterator[PaperShape]:
    if not data:
        return
    # Tile coordinates count down from the top, as the rows of the grid do.
    layers = mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True})
    for layer in ("water", "waterway", "road"):
        held = layers.get(layer, {"features": (), "extent": 4096})
        for feature in held["features"]:
            yield from _shapes(layer, feature, held["extent"], (zoom, x, y))


def _shapes(layer: str, feature: dict[str, Any], extent: int, tile: tuple[int, int, int]) -> Iterator[PaperShape]:
    kind = str(feature["properties"].get("class", ""))
    if layer == "road" and kind not in _ROADS:
        return
    geometry = feature["geometry"]
    shape, coordinates = geometry["type"], geometry["coordinates"]
    area = shape.endswith("Polygon")
    for piece in _pieces(shape, coordinates):
        yield PaperShape(layer=layer, kind=kind, points=tuple(_lonlat(xy, extent, tile) for xy in piece), area=area)


def _pieces(shape: str, coordinates: Any) -> Iterator[Sequence[Sequence[float]]]:
    if shape == "LineString":
        yield coordinates
    elif shape == "MultiLineString":
        yield from coordinates
    elif shape == "Polygon":
        yield coordinates[0]
    elif shape == "MultiPolygon":
        yield from (polygon[0] for polygon in coordinates)


def _lonlat(xy: Sequence[float], extent: int, tile: tuple[int, int, int]) -> LonLat:
    zoom, x, y = tile
    count = 2**zoom
    lon = (x + xy[0] / extent) / count * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + xy[1] / extent) / count))))
    return LonLat(lon=lon, lat=lat)
