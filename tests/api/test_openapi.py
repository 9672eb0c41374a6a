"""The description of the doors is committed, complete and what the web client was made from."""

from pathlib import Path

import orjson

from api.app import describe
from api.export_openapi import document

ROOT = Path(__file__).parents[2]
DOCUMENT = describe()


def test_the_committed_document_is_the_codes_own() -> None:
    kept = (ROOT / "web" / "openapi.json").read_bytes()
    assert kept == document(), "run `buuta openapi > web/openapi.json`"


def test_every_operation_answers_problems_and_says_for_whom_it_is() -> None:
    public = {"post_session", "delete_session", "get_clock", "post_opencps_token"}
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}, path
            assert (operation["operationId"] in public) != bool(operation.get("x-roles")), path


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
