"""The OpenAPI 3.1 document: stable operation names, roles beside each operation, problems as answers."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.schemas.types import ProblemDocument

_PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}


def operation_id(route: APIRoute) -> str:
    """The function's name: `get_items`."""
    return route.name


def put_schema(app: FastAPI) -> None:
    """Make `app.openapi()` give our document."""

    def schema() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build_schema(app)
        return app.openapi_schema

    app.openapi = schema  # type: ignore[method-assign]


def build_schema(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with every error answer as a problem document."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description="Courier route optimisation and delivery tracking for the public post. Errors are problem+json.",
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    schemas["ProblemDocument"] = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schemas["ProblemDocument"].pop("$defs", {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {
                "description": "A problem, with its code in both languages",
                "content": {"application/problem+json": {"schema": _PROBLEM}},
            }
    return document
