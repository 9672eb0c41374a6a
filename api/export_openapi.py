"""Prints the OpenAPI document: `python -m api.export_openapi > web/openapi.json`. No database is needed."""

import sys

import orjson

from api.app import describe


def document() -> bytes:
    """The document as indented JSON with sorted keys."""
    return orjson.dumps(describe(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(document())
