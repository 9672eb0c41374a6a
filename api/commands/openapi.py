"""`buuta openapi`: the description of the HTTP interface."""

import sys

from api.export_openapi import document


def openapi() -> None:
    """In mô tả OpenAPI 3.1 · print the OpenAPI document."""
    sys.stdout.buffer.write(document())
    sys.stdout.flush()
