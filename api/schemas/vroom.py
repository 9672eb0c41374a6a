"""VROOM's JSON as it comes in: read strictly, every mistake of form at once."""

from typing import Any

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.errors import BAD_JSON
from api.problems import problems_of
from api.schemas.types import ProblemOut
from api.value_words import broken_at
from core.errors import CodedError, fail
from routing.vroom.request import Request

READER: TypeAdapter[Request] = TypeAdapter(Request)


def read_request(body: bytes) -> Request:
    """The request. A key whose value is null counts as left out: clients send such keys.

    Raises:
        CodedError: with every mistake of form.
    """
    whole = _cleaned(body) if b"null" in body else body
    try:
        return READER.validate_json(whole)
    except ValidationError as error:
        raise CodedError(problems_of(error.errors(include_url=False, include_input=False))) from None


def _cleaned(body: bytes) -> bytes:
    try:
        return orjson.dumps(_without_nulls(orjson.loads(body)))
    except orjson.JSONDecodeError as error:
        raise fail(BAD_JSON, pointer="", reason=str(error), reason_vi=broken_at(str(error))) from None
    except (orjson.JSONEncodeError, RecursionError):
        raise fail(BAD_JSON, pointer="", reason="nested too deeply", reason_vi="lồng nhau quá sâu") from None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


class VroomError(BaseModel):
    """VROOM's form of an error (`code` 1 internal, 2 input, 3 routing) with all our problems."""

    code: int
    error: str
    errors: list[ProblemOut]


class VroomAnswer(BaseModel):
    """VROOM's answer; routes, steps and summary have its keys, `notes` and the reasons of `unassigned` are ours."""

    code: int
    summary: dict[str, Any]
    unassigned: list[dict[str, Any]]
    routes: list[dict[str, Any]]
    notes: list[ProblemOut]


def definitions() -> dict[str, Any]:
    """Schemas of the request and its parts, by their names in the OpenAPI document."""
    whole = READER.json_schema(ref_template="#/components/schemas/Vroom{model}")
    parts = whole.pop("$defs")
    return {"VroomRequest": whole, **{f"Vroom{name}": part for name, part in parts.items()}}


REQUEST_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/VroomRequest"}}},
    }
}
