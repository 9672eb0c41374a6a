"""Whatever the description allows, and whatever it does not: no operation breaks, every answer is as described."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from api.app import describe
from api.roles import Role
from core.db import Database
from tests.api.house import LOGINS, House, build_house
from tests.cluster import create_database, drop_database

pytestmark = pytest.mark.db

Case = schemathesis.Case[Any]

# Endless answers, and the sign-in whose failures would lock everybody out.
LEFT_OUT = {"get_stream", "get_courier_stream", "post_session", "delete_session"}
OPERATIONS = sorted(
    operation["operationId"]
    for methods in describe()["paths"].values()
    for operation in methods.values()
    if operation["operationId"] not in LEFT_OUT
)
# More by night: `make nightly`.
EXAMPLES = int(os.environ.get("BUUTA_FUZZ_EXAMPLES", "12"))
# What a caller may not ask is refused whatever it is asked with.
REFUSALS, REFUSED = 2, {401, 403}
# Schemathesis' own 10 s are a search's on a machine with other work.
PATIENCE_S = 90.0
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def shared_house(cluster_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all: what an example breaks shows in the next."""
    name = f"t_{uuid4().hex[:16]}"
    database = Database(create_database(cluster_url, name, template), pool_size=4)
    yield build_house(database, Path(tmp_path_factory.mktemp("fuzz")))
    database.close()
    drop_database(cluster_url, name)


@pytest.fixture(scope="module")
def doors(shared_house: House) -> OpenApiSchema:
    """The description as the server gives it, before the server itself."""
    return schemathesis.openapi.from_asgi("/v1/openapi.json", shared_house.app)


@pytest.fixture(scope="module")
def hub(shared_house: House) -> TestClient:
    """A key that sends for several agencies."""
    return shared_house.hub()


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_nothing_breaks_and_every_answer_is_as_described(
    operation_id: str, doors: OpenApiSchema, shared_house: House
) -> None:
    operation = doors.find_operation_by_id(operation_id)
    roles = operation.definition.raw.get("x-roles") or ["admin"]
    people = [shared_house.person(role) for role in roles if role in LOGINS]

    @_asked(EXAMPLES)
    @given(case=operation.as_strategy(), person=st.sampled_from(people))
    def probe(case: Case, person: TestClient) -> None:
        _ask(case, headers={"X-CSRF-Token": person.headers["X-CSRF-Token"]}, cookies=dict(person.cookies))

    probe()


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_a_hubs_key_breaks_nothing_and_is_refused_what_is_not_its_own(
    operation_id: str, doors: OpenApiSchema, hub: TestClient
) -> None:
    operation = doors.find_operation_by_id(operation_id)
    roles = operation.definition.raw.get("x-roles")
    is_refused = roles is not None and Role.HUB not in roles

    @_asked(REFUSALS if is_refused else EXAMPLES)
    @given(case=operation.as_strategy())
    def probe(case: Case) -> None:
        answer = _ask(case, headers={"Authorization": hub.headers["Authorization"]})
        assert not is_refused or answer.status_code in REFUSED

    probe()


def _asked(examples: int) -> settings:
    return settings(max_examples=examples, derandomize=True, suppress_health_check=list(HealthCheck))


def _ask(case: Case, **shown: Any) -> Response:
    answer = case.call(**shown, timeout=PATIENCE_S)
    case.validate_response(answer, checks=CHECKS)
    return answer
