"""Every error as `application/problem+json` (RFC 9457), with its code, in both languages, all at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException

from api.encoding import json_bytes
from api.errors import (
    BAD_JSON,
    BAD_REQUEST,
    BAD_VALUE,
    INCIDENT,
    MISSING_FIELD,
    NO_METHOD,
    NO_ROUTE,
    NOT_ALLOWED_VALUE,
    TOO_LARGE,
    UNKNOWN_FIELD,
)
from api.value_words import broken_at, choices, in_vietnamese
from core.errors import REGISTRY, CodedError, Problem, problem
from core.failures import failure_name, failure_place
from core.ids import new_id

_LOG = structlog.get_logger("api")
_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported type",
    422: "Not valid",
    429: "Too many requests",
    500: "Server failure",
    503: "Not ready",
}
_CHOICES = {"literal_error", "enum"}
# Of a model, and of a dataclass.
_UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}


def language_of(headers: Mapping[str, str]) -> str:
    """`en` when the caller prefers English, else Vietnamese."""
    first = headers.get("accept-language", "vi").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "vi"


def problem_response(
    problems: Sequence[Problem], *, language: str = "vi", status: int | None = None, incident: str | None = None
) -> Response:
    """The answer for one or more problems; the first gives code and status."""
    first = problems[0]
    code = status or first.spec.status
    body: dict[str, object] = {
        "type": f"urn:buuta:problem:{first.code}",
        "title": _TITLES.get(code, "Error"),
        "status": code,
        "code": first.code,
        "detail": first.text(language),
        "detail_en": first.text("en"),
        "errors": [one.as_dict() for one in problems],
    }
    if incident is not None:
        body["incident"] = incident
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    if code == 429 and isinstance(minutes := first.values.get("minutes"), int):
        headers["Retry-After"] = str(minutes * 60)
    return Response(json_bytes(body), code, headers, media_type="application/problem+json")


def problems_of(errors: Iterable[ErrorDetails | Mapping[str, Any]]) -> list[Problem]:
    """Pydantic's findings as coded problems with JSON pointers. Values that came in are not repeated."""
    return [_problem_of(error) for error in errors]


def _problem_of(error: Mapping[str, Any]) -> Problem:
    kind, context = str(error["type"]), error.get("ctx") or {}
    pointer, field = _place(error["loc"])
    if kind in REGISTRY:
        return problem(REGISTRY[kind], pointer=pointer, **context.get("values", {}))
    if kind == "missing":
        return problem(MISSING_FIELD, pointer=pointer, field=field)
    if kind in _UNKNOWN:
        return problem(UNKNOWN_FIELD, pointer=pointer, field=field)
    if kind == "json_invalid":
        reason = str(context.get("error", ""))
        return problem(BAD_JSON, pointer="", reason=reason, reason_vi=broken_at(reason))
    if kind in _CHOICES:
        allowed = str(context.get("expected", ""))
        return problem(NOT_ALLOWED_VALUE, pointer=pointer, field=field, allowed=allowed, allowed_vi=choices(allowed))
    said = in_vietnamese(kind, context)
    return problem(BAD_VALUE, pointer=pointer, field=field, reason=error["msg"], reason_vi=said)


def _place(loc: Sequence[str | int]) -> tuple[str, str]:
    """JSON pointer into the body, or `query:name`; and the name of the field for the sentence."""
    if not loc:
        return "", ""
    head, rest = str(loc[0]), [str(part) for part in loc[1:]]
    if head in {"query", "path", "header", "cookie"}:
        return f"{head}:{'.'.join(rest)}", ".".join(rest)
    parts = rest if head == "body" else [str(part) for part in loc]
    escaped = [part.replace("~", "~0").replace("/", "~1") for part in parts]
    return "".join(f"/{part}" for part in escaped), ".".join(parts) or head


def _coded(request: Request, error: Exception) -> Response:
    assert isinstance(error, CodedError)  # noqa: S101  registered for this class
    return problem_response(error.problems, language=language_of(request.headers))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class
    return problem_response(problems_of(error.errors()), language=language_of(request.headers))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class
    found = _http_problem(error.status_code, request)
    return problem_response([found], language=language_of(request.headers), status=error.status_code)


def _http_problem(status: int, request: Request) -> Problem:
    if status == 404:
        return problem(NO_ROUTE)
    if status == 405:
        return problem(NO_METHOD, method=request.method)
    if status == 413:
        return problem(TOO_LARGE, limit_kb=getattr(request.state, "limit_kb", "?"))
    return problem(BAD_REQUEST)


def _unexpected(request: Request, error: Exception) -> Response:
    # The text of an unforeseen exception may hold personal data (SQL parameters): only type and place are logged.
    return incident_response(request, failure_name(error), failure_place(error))


def incident_response(request: Request, name: str, place: object) -> Response:
    """The answer when something failed that nobody foresaw; type and place of the failure go to the log."""
    found = incident(name, place, route_of(request))
    return problem_response([found], language=language_of(request.headers), incident=str(found.values["incident"]))


def incident(name: str, place: object, route: str) -> Problem:
    """Write a failure into the log under a new number, which is all the caller is told."""
    number = str(new_id())
    _LOG.error("incident", incident=number, error=name, at=place, route=route)
    return problem(INCIDENT, incident=number)


def route_of(request: Request) -> str:
    """The template of the route (`/items/{item_id}`), never the address itself, which may hold codes."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "-"))


def install_problems(app: FastAPI) -> None:
    """Give the app these answers."""
    app.add_exception_handler(CodedError, _coded)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
