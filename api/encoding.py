"""JSON as bytes, UTF-8, fast."""

import orjson
from fastapi.responses import JSONResponse


class ReadyJson(JSONResponse):
    """A body that is JSON already; the description tells its schema, as of any other JSON."""

    def render(self, content: bytes) -> bytes:
        """The bytes as they are."""
        return content


class GeoJson(ReadyJson):
    """RFC 7946."""

    media_type = "application/geo+json"


class JwkSet(ReadyJson):
    """RFC 7517."""

    media_type = "application/jwk-set+json"


def json_bytes(value: object) -> bytes:
    """The value as JSON; times as ISO 8601, ids as text."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
