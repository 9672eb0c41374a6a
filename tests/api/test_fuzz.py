"""Whatever the description allows, and whatever it does not: no operation breaks, every answer is as described."""

import os
from collections.abc import Iterator
from datetime import timedelta
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
from tests.api.house import LOGINS, PASSWORD, House, build_house
from tests.cluster import create_database, drop_database

pytestmark = pytest.mark.db

Case = schemathesis.Case[Any]

# Endless answers: whoever asks waits for ever. `test_stream` reads them by their lines.
LEFT_OUT = {"get_stream", "get_courier_stream"}
# In a house of their own: failures lock everybody out, and who has signed out asks nothing more.
SIGN_IN = ("post_session", "delete_session")
DESCRIBED = {
    operation["operationId"]: operation for methods in describe()["paths"].values() for operation in methods.values()
}
OPERATIONS = sorted(set(DESCRIBED) - LEFT_OUT - set(SIGN_IN))
# More by night: `make nightly`.
EXAMPLES = int(os.environ.get("BUUTA_FUZZ_EXAMPLES", "12"))
# What a caller may not ask is refused whatever it is asked with.
REFUSALS, REFUSED = 2, {401, 403}
# Schemathesis' own 10 s are a search's on a machine with other work.
PATIENCE_S = 90.0
AGENCY = "H29.16"
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
    return _described(shared_house)


@pytest.fixture(scope="module")
def hub(shared_house: House) -> TestClient:
    """A key that sends for several agencies."""
    return shared_house.hub()


@pytest.fixture(scope="module")
def system(shared_house: House) -> TestClient:
    """The key of one agency's system."""
    return shared_house.system()


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_nothing_breaks_and_every_answer_is_as_described(
    operation_id: str, doors: OpenApiSchema, shared_house: House, system: TestClient
) -> None:
    operation = doors.find_operation_by_id(operation_id)
    roles = operation.definition.raw.get("x-roles") or ["admin"]
    callers = [shared_house.person(role) for role in roles if role in LOGINS]
    if operation.definition.raw["security"] == [{"key": []}]:
        callers = [system]

    @_asked(EXAMPLES)
    @given(case=operation.as_strategy(), caller=st.sampled_from(callers))
    def probe(case: Case, caller: TestClient) -> None:
        answer = _ask(case, **_shown(caller))
        assert caller is not system or answer.status_code not in REFUSED, "nothing behind the door was asked"

    probe()


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_a_hubs_key_breaks_nothing_and_is_refused_what_is_not_its_own(
    operation_id: str, doors: OpenApiSchema, hub: TestClient
) -> None:
    operation = doors.find_operation_by_id(operation_id)
    roles = operation.definition.raw.get("x-roles")
    is_refused = roles is not None and Role.HUB not in roles
    seen: set[int] = set()

    @_asked(REFUSALS if is_refused else EXAMPLES)
    @given(case=operation.as_strategy(), is_named=st.sampled_from([True, True, True, False]))
    def probe(case: Case, is_named: bool) -> None:
        if is_named and not is_refused:
            _name_agency(case)
        answer = _ask(case, **_shown(hub))
        seen.add(answer.status_code)
        assert not is_refused or answer.status_code in REFUSED

    probe()
    assert Role.HUB not in (roles or ()) or seen - REFUSED - {404}, "nothing behind the door was asked"


@pytest.mark.parametrize("operation_id", SIGN_IN)
def test_signing_in_and_out_breaks_nothing(operation_id: str, house: House) -> None:
    operation = _described(house).find_operation_by_id(operation_id)

    @_asked(EXAMPLES)
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def probe(case: Case, is_known: bool) -> None:
        # Failures of the last quarter of an hour count.
        house.clock.advance(timedelta(minutes=16))
        house.clients.clear()
        if is_known and operation_id == "post_session":
            case.body = {"login": "admin", "password": PASSWORD}
        answer = _ask(case, **_shown(house.person("courier") if is_known else house.stranger()))
        assert not is_known or answer.status_code in {201, 204}

    probe()


def _described(house: House) -> OpenApiSchema:
    # Who asks is chosen here; made-up credentials would only be refused.
    config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_asgi("/v1/openapi.json", house.app, config=config)


def _shown(caller: TestClient) -> dict[str, Any]:
    """What a caller shows of who it is."""
    names = ("Authorization", "X-CSRF-Token")
    headers = {name: caller.headers[name] for name in names if name in caller.headers}
    return {"headers": headers, "cookies": dict(caller.cookies)}


def _name_agency(case: Case) -> None:
    """One of the hub's agencies: a made-up one is only ever not found."""
    field = "govAgencyCode" if "/opencps/" in case.path else "agency_code"
    asked = case.body if isinstance(case.body, dict) else case.query
    if isinstance(asked, dict):
        asked[field] = AGENCY
        asked.pop("agency_id", None)


def _asked(examples: int) -> settings:
    return settings(max_examples=examples, derandomize=True, suppress_health_check=list(HealthCheck))


def _ask(case: Case, **shown: Any) -> Response:
    answer = case.call(**shown, timeout=PATIENCE_S)
    case.validate_response(answer, checks=CHECKS)
    return answer
