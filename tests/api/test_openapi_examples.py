"""The description of what dossier systems use is complete: an example of every body, each valid by its schema."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from api.app import describe
from api.openapi_examples import ANSWERS, REQUESTS
from core.errors import REGISTRY

DOCUMENT = describe()
TAGS = {"results", "feedback", "opencps", "sources", "reconciliation"}
JSON = "application/json"


def _operations() -> Iterator[dict[str, Any]]:
    for methods in DOCUMENT["paths"].values():
        yield from (operation for operation in methods.values() if set(operation.get("tags", ())) & TAGS)


def _bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every JSON body of the integrators' operations and of the webhook, by a name."""
    for operation in [*_operations(), DOCUMENT["webhooks"]["status"]["post"]]:
        name = operation["operationId"]
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind != "multipart/form-data":
                yield f"{name} asks {kind}", content
        for status, answer in operation["responses"].items():
            if status != "default" and JSON in answer.get("content", {}):
                yield f"{name} answers {status}", answer["content"][JSON]


BODIES = dict(_bodies())


def problems_of(schema: dict[str, Any], example: Any) -> list[str]:
    """What is wrong with an example by JSON Schema 2020-12."""
    whole = {"$ref": "#/schema", "schema": schema, "components": DOCUMENT["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [error.message for error in validator.iter_errors(example)]


@pytest.mark.parametrize("name", BODIES)
def test_each_body_has_an_example_that_is_valid(name: str) -> None:
    assert "example" in BODIES[name], "no example"
    assert problems_of(BODIES[name]["schema"], BODIES[name]["example"]) == []


def test_the_check_can_fail() -> None:
    schema = BODIES["receive_status asks application/cloudevents+json"]["schema"]
    assert problems_of(schema, {"id": "1"}) != []
    assert problems_of({"$ref": "#/components/schemas/ResultBatchIn"}, {"rows": [{"dossier_code": 1}]}) != []


def test_no_example_is_of_an_operation_that_is_not_there() -> None:
    names = {operation["operationId"] for operation in _operations()}
    assert set(REQUESTS) | set(ANSWERS) <= names


def test_the_problems_in_the_examples_are_ours() -> None:
    codes = {problem["code"] for row in ANSWERS["post_results"]["rows"] for problem in row["problems"]}
    assert codes
    assert codes <= {code if isinstance(code, str) else code.code for code in REGISTRY}
