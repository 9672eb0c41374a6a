"""What every answer keeps: commit before it, one effect for one key, headers, a log without people."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog
from fastapi import APIRouter
from sqlalchemy import text

from api.deps import DbSession
from api.middleware.headers import HEADERS
from tests.api.house import PASSWORD, House
from tests.api.test_bad_input import row

BATCH = {"rows": [row()]}


def test_a_commit_that_fails_is_no_success(house: House) -> None:
    """The constraint is checked at commit: the endpoint itself ends well."""
    broken = APIRouter()

    @broken.get("/broken")
    def get_broken(session: DbSession) -> dict[str, bool]:
        session.execute(text("CREATE TEMP TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        session.execute(text("INSERT INTO late VALUES (1), (1)"))
        return {"ok": True}

    # Before the route that takes every path.
    house.app.router.routes.insert(0, broken.routes[0])
    answer = house.stranger(raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    body = answer.json()
    assert body["code"] == "A1900"
    assert body["incident"] in body["detail"]
    assert "late" not in answer.text


def test_the_same_key_and_content_give_the_same_answer_once(house: House) -> None:
    system = house.system()
    headers = {"Idempotency-Key": "a1"}
    first = system.post("/v1/results:batch", json=BATCH, headers=headers)
    again = system.post("/v1/results:batch", json=BATCH, headers=headers)
    assert first.json()["rows"][0]["outcome"] == "created"
    assert first.json() == again.json()
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"


def test_an_answer_that_quotes_what_a_database_cannot_hold_is_kept_too(house: House) -> None:
    system, headers = house.system(), {"Idempotency-Key": "a1"}
    batch = {"rows": [row(dossier_code="H29\0\x1f"), row()]}
    first = system.post("/v1/results:batch", json=batch, headers=headers)
    assert first.status_code == 200, first.text
    assert [one["outcome"] for one in first.json()["rows"]] == ["rejected", "created"]
    assert "\0" in first.json()["rows"][0]["dossier_code"]
    again = system.post("/v1/results:batch", json=batch, headers=headers)
    assert (again.headers["idempotent-replay"], again.json()) == ("true", first.json())


def test_the_same_key_with_other_content_is_a_conflict(house: House) -> None:
    system = house.system()
    headers = {"Idempotency-Key": "a1"}
    system.post("/v1/results:batch", json=BATCH, headers=headers)
    other = system.post("/v1/results:batch", json={"rows": [row(papers=2)]}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "A1110")


def test_keys_of_two_callers_are_two_keys(house: House) -> None:
    headers = {"Idempotency-Key": "a1"}
    one, two = house.system(), house.system(house.other_agency.id)
    assert one.post("/v1/results:batch", json=BATCH, headers=headers).status_code == 200
    assert "idempotent-replay" not in two.post("/v1/results:batch", json=BATCH, headers=headers).headers


def test_twenty_calls_at_once_with_one_key_have_one_effect(house: House) -> None:
    gate = threading.Barrier(20)

    def call(_: int) -> str:
        gate.wait(10)
        answer = system.post("/v1/results:batch", json=BATCH, headers={"Idempotency-Key": "a1"})
        assert answer.status_code == 200, answer.text
        return json.dumps(answer.json(), sort_keys=True)

    with house.system() as system, ThreadPoolExecutor(20) as callers:
        assert len(set(callers.map(call, range(20)))) == 1
        assert system.get("/v1/items").json()["total"] == 1


def test_more_callers_than_connections_all_get_their_answer(house: House) -> None:
    """Requests hold a connection while they wait for a thread; without the gate this stands still."""
    cookies = dict(house.person("dispatcher").cookies)
    gate = threading.Barrier(80)

    def call(_: int) -> int:
        gate.wait(10)
        return int(client.get("/v1/items").status_code)

    with house.stranger(cookies=cookies) as client, ThreadPoolExecutor(80) as callers:
        assert set(callers.map(call, range(80))) == {200}


@pytest.mark.parametrize("path", ["/v1/me", "/t", "/healthz", "/v1/nothing", "/console"])
def test_security_headers_stand_on_every_answer(house: House, path: str) -> None:
    answer = house.stranger().get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert "http" not in policy


def test_answers_with_data_are_not_kept_by_caches(house: House) -> None:
    assert house.person("dispatcher").get("/v1/items").headers["cache-control"] == "no-store"


def test_the_log_holds_no_person(house: House) -> None:
    with structlog.testing.capture_logs() as lines:
        [item_id] = house.scene.ready(1)
        client = house.person("dispatcher")
        client.post("/v1/items:search", json={"q": "Nguyễn Thị Bích Ngọc 0912345678"})
        client.get(f"/v1/items/{item_id}")
        code = client.get(f"/v1/items/{item_id}").json()["item"]["tracking_code"]
        house.stranger().post("/t", data={"code": code, "digits": "5678"})
        house.stranger().get(f"/t/{code}")
    written = json.dumps(lines, default=str)
    assert len(lines) >= 6
    for secret in ("Ngọc", "0912345678", "5678", code, str(item_id), PASSWORD, "dispatcher"):
        assert secret not in written, secret
