"""The OpenAPI 3.1 document: stable operation names, roles beside each operation, problems as answers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.deps import Permission
from api.openapi_compose import Composer
from api.openapi_examples import EVENT, put_examples
from api.openapi_security import SCHEMES, security_of
from api.schemas.feedback import StatusEvent
from api.schemas.types import ProblemDocument
from api.schemas.vroom import definitions as vroom_definitions
from tracking.feedback.cloudevents import CONTENT_TYPE

_PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}
# What we send to an agency's endpoint (OpenAPI 3.1, 4.8.1): the receiver's side of the interface.
_STATUS = {
    "operationId": "receive_status",
    "summary": "What happened to a paper, signed by Standard Webhooks 1.0.0",
    "description": "Any 2xx: done. 410: the endpoint is disabled. Anything else, or nothing: sent again.",
    "parameters": [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ],
    "requestBody": {
        "required": True,
        "content": {
            CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/StatusEvent"}, "example": EVENT},
        },
    },
    "responses": {"2XX": {"description": "Taken, or known already"}, "410": {"description": "Send nothing more"}},
}


def operation_id(route: APIRoute) -> str:
    """The function's name: `get_items`."""
    return route.name


def guards_of(dependant: Dependant) -> Iterator[Permission]:
    """The permissions a route asks for."""
    for inner in dependant.dependencies:
        if isinstance(inner.call, Permission):
            yield inner.call
        yield from guards_of(inner)


def guards_by_name(routers: Iterable[APIRouter]) -> dict[str, Permission]:
    """The one permission of each operation that has one."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return {route.name: guard for route in routes for guard in guards_of(route.dependant)}


def put_schema(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Make `app.openapi()` give our document."""

    def schema() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build_schema(app, guards_by_name(routers))
        return app.openapi_schema

    app.openapi = schema  # type: ignore[method-assign]


def build_schema(app: FastAPI, guards: Mapping[str, Permission]) -> dict[str, Any]:
    """FastAPI's document, with every error answer as a problem document and the roles of each operation."""
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
    schemas.update(vroom_definitions())
    schemas["StatusEvent"] = StatusEvent.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schemas["StatusEvent"].pop("$defs", {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    composer = Composer(schemas)
    for methods in document["paths"].values():
        for method, operation in methods.items():
            operation["responses"].pop("422", None)
            guard = guards.get(operation["operationId"])
            if guard is not None:
                operation["x-roles"] = sorted(role.value for role in guard.roles)
            operation.setdefault("security", security_of(guard, method))
            operation["responses"]["default"] = {
                "description": "A problem, with its code in both languages",
                "content": {"application/problem+json": {"schema": _PROBLEM}},
            }
            put_examples(operation, composer)
    document["components"]["securitySchemes"] = SCHEMES
    document["webhooks"] = {"status": {"post": _STATUS}}
    return document
