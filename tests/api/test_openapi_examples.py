"""The description is complete: an example of every body, each valid by its schema and read by its route."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import APIRoute

from api.app import V1, describe
from api.openapi_compose import Composer
from api.openapi_examples import ANSWERS, REQUESTS
from core.errors import REGISTRY

DOCUMENT = describe()


def _operations() -> Iterator[dict[str, Any]]:
    for methods in DOCUMENT["paths"].values():
        yield from methods.values()


def _bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of every operation and of the webhook, by a name; files alone have none to show."""
    for operation in [*_operations(), DOCUMENT["webhooks"]["status"]["post"]]:
        name = operation["operationId"]
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if content["schema"].get("format") != "binary":
                yield f"{name} asks {kind}", content
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                if status.startswith("2") and "json" in kind and content["schema"].get("format") != "binary":
                    yield f"{name} answers {status}", content


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


def test_the_whole_document_is_looked_at() -> None:
    assert len([name for name in BODIES if " asks " in name]) > 75
    assert len([name for name in BODIES if " answers " in name]) > 140


READERS = {
    f"{route.name} asks application/json": route.body_field
    for module in V1
    for route in module.router.routes
    if isinstance(route, APIRoute) and route.body_field is not None
}


@pytest.mark.parametrize("name", [name for name in BODIES if READERS.get(name)])
def test_each_example_of_a_call_is_read_by_its_route(name: str) -> None:
    """Also what no schema says: fields that go together, texts that must mean something."""
    _, wrong = READERS[name].validate(json.loads(json.dumps(BODIES[name]["example"])), loc=())
    assert not wrong
    assert READERS[name].validate({"nothing": "of ours"}, loc=())[1], "the reader reads anything"


def test_a_text_without_a_word_is_no_example() -> None:
    schema = {"type": "object", "properties": {"brand_new": {"type": "string"}}}
    with pytest.raises(LookupError, match="brand_new"):
        Composer({}).compose(schema)


def test_the_check_can_fail() -> None:
    schema = BODIES["receive_status asks application/cloudevents+json"]["schema"]
    assert problems_of(schema, {"id": "1"}) != []
    assert problems_of({"$ref": "#/components/schemas/ResultBatchIn"}, {"rows": [{"dossier_code": 1}]}) != []


def test_no_example_is_of_an_operation_that_is_not_there() -> None:
    names = {operation["operationId"] for operation in _operations()}
    assert set(REQUESTS) | set(ANSWERS) <= names


def _said(example: Any) -> Iterator[dict[str, Any]]:
    """Every problem and every reason anywhere in an example: what has a code with words in both languages."""
    inner = example.values() if isinstance(example, dict) else example if isinstance(example, list) else ()
    if isinstance(example, dict) and "code" in example and {"en", "detail_en"} & example.keys():
        yield example
    for one in inner:
        yield from _said(one)


def test_the_problems_and_reasons_in_the_examples_are_ours() -> None:
    said = {one["code"] for body in BODIES.values() for one in _said(body["example"])}
    codes = {code for code in said if re.fullmatch(r"[A-Z]\d{4}", code)}
    assert len(codes) > 2
    assert codes <= {code if isinstance(code, str) else code.code for code in REGISTRY}


def test_costs_in_the_examples_are_the_sum_of_their_terms() -> None:
    plan = BODIES["get_plan answers 200"]["example"]
    for cost in (plan["cost"], *(route["cost"] for route in plan["routes"])):
        assert cost["total"] == sum(cost["terms"].values())
    assert plan["progress"]["best_cost"] == sum(plan["progress"]["terms"].values())
