"""JSON as bytes, UTF-8, fast."""

import orjson
from fastapi import Response


class GeoJson(Response):
    """A body in GeoJSON (RFC 7946)."""

    media_type = "application/geo+json"


def json_bytes(value: object) -> bytes:
    """The value as JSON; times as ISO 8601, ids as text."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
