"""GeoJSON (RFC 7946): what maps draw."""

from typing import Any, Literal

from api.schemas.types import Output


class Geometry(Output):
    """A shape; places are [longitude, latitude] in degrees, WGS 84."""

    type: Literal["Point", "LineString", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


class Feature(Output):
    """One thing on the map: its shape and what is known of it. Communes have their code as `id`."""

    type: Literal["Feature"]
    id: int | None = None
    geometry: Geometry
    properties: dict[str, Any]


class FeatureCollection(Output):
    type: Literal["FeatureCollection"]
    features: list[Feature]
