"""The description of the doors is committed, complete and what the web client was made from."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from fastapi.testclient import TestClient

from api.app import describe
from api.export_openapi import document
from tests.api.house import House

ROOT = Path(__file__).parents[2]
DOCUMENT = describe()


def test_the_committed_document_is_the_codes_own() -> None:
    kept = (ROOT / "web" / "openapi.json").read_bytes()
    assert kept == document(), "run `buuta openapi > web/openapi.json`"


def test_every_operation_answers_problems_and_says_for_whom_it_is() -> None:
    public = {"post_session", "delete_session", "get_clock", "post_opencps_token", "get_webhook_keys"}
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}, path
            assert (operation["operationId"] in public) != bool(operation.get("x-roles")), path


def test_every_answer_with_content_says_of_what_kind() -> None:
    silent = [
        (operation["operationId"], status)
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if status != "204" and not answer.get("content")
    ]
    assert silent == []


def test_what_the_order_interface_reads_is_declared() -> None:
    paths = DOCUMENT["paths"]
    for path, fields in (
        ("orders/cancel", {"CustomerCode", "OrderNumber", "govAgencyCode"}),
        ("tracking", {"CustomerCode", "OrderNumber", "govAgencyCode", "lastId", "pageSize"}),
    ):
        asked, sent = (paths[f"/v1/opencps/{path}"][method] for method in ("get", "post"))
        assert {one["name"] for one in asked["parameters"] if one["in"] == "query"} == fields
        for content in sent["requestBody"]["content"].values():
            assert set(content["schema"]["properties"]) == fields
    order = paths["/v1/opencps/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {"govAgencyCode", "ma_bien_nhan", "ReceiptCode", "FlagConfig", "Receiver", "SenderTel"} <= set(order)


def test_every_operation_says_what_to_show_and_its_guard_takes_nothing_else(house: House) -> None:
    """Asked by nobody, by a person without the anti-forgery token, and by an agency's key."""
    schemes = DOCUMENT["components"]["securitySchemes"]
    nobody, system = house.stranger(), house.system()
    forger = TestClient(house.app, cookies=house.person("agency").cookies)
    for path, method, operation in _operations():
        shown = [set(one) for one in operation["security"]]
        assert set().union(*shown) <= set(schemes), path
        roles = operation.get("x-roles", [])
        stranger = _code(nobody, path, method)
        assert (stranger == "A1001") == bool(shown and {} not in operation["security"]), (path, stranger)
        if "agency" in roles:
            key = _code(system, path, method)
            assert (key == "A1004") == ({"key"} not in shown), (path, key)
        if {"session", "csrf"} in shown:
            assert _code(forger, path, method) == "A1005", path


def test_operation_names_are_given_once() -> None:
    names = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names)) > 40


def test_a_batch_describes_its_rows_strictly() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    row = schemas["ResultRowIn"]
    assert row["additionalProperties"] is False
    assert schemas["ResultBatchIn"]["properties"]["rows"]["items"] == {"$ref": "#/components/schemas/ResultRowIn"}
    assert row["properties"]["ready_at"]["format"] == "date-time"
    assert b"HTTPValidationError" not in orjson.dumps(DOCUMENT)


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        yield from ((path, method, operation) for method, operation in methods.items())


def _code(caller: TestClient, path: str, method: str) -> str | None:
    """Our code of the refusal; None for an answer."""
    asked = re.sub(r"\{\w+_id\}", str(UUID(int=7)), path)
    answer = caller.request(method, re.sub(r"\{\w+\}", "79", asked))
    code: str | None = answer.json().get("code") if "problem" in answer.headers.get("content-type", "") else None
    return code
