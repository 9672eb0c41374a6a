"""What an agency's people do for themselves: their list, their keys, their endpoint; never another agency's."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api.runtime import WebOptions
from core.clock import utc_now
from core.db import Database
from tests.api.house import House, build_house
from tests.tracking.feedback_receiver import Receiver, Say, receiving
from tests.tracking.office_scene import NOW, PROVINCE, TODAY, delivery
from tracking import service
from tracking.feedback.drain import Deliverer, drain
from tracking.feedback.schedule import SCHEDULE_S
from tracking.store_endpoints import EndpointKey


@pytest.fixture
def linked(database: Database, tmp_path: Path) -> House:
    """A server that may send to this machine, at the present time."""
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    built = build_house(database, tmp_path, lambda: options)
    built.clock.shows = utc_now()
    return built


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def found(house: House, login: str = "agency", **body: Any) -> dict[str, Any]:
    answer = house.person(login).post("/v1/dossiers:search", json=body)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def ids_of(page: dict[str, Any]) -> list[str]:
    return [row["item"]["id"] for row in page["rows"]]


def delivered(house: House) -> str:
    [item_id] = house.scene.out(1)
    with house.scene.database.transaction() as session:
        service.record_proof(session, scope=house.scene.courier_scope(), proof=delivery(item_id), now=NOW)
    return str(item_id)


def test_the_list_marks_what_is_overdue_and_what_will_be(house: House) -> None:
    """NOW is a Friday: what only waits goes out on Monday the 23rd at the earliest."""
    scene, day = house.scene, timedelta(days=1)
    [late] = scene.ready(1, due_on=TODAY - day)
    [tight] = scene.ready(1, due_on=date(2026, 11, 22))
    [monday] = scene.ready(1, due_on=date(2026, 11, 23))
    [out_today] = scene.out(1, due_on=TODAY)
    done = delivered(house)
    marks = {row["item"]["id"]: row["mark"] for row in found(house, group="all")["rows"]}
    assert marks == {
        str(late): "overdue",
        str(tight): "foreseen",
        str(monday): None,
        str(out_today): None,
        done: None,
    }
    counts = found(house)["counts"]
    assert counts == {"all": 5, "open": 4, "overdue": 1, "foreseen": 1, "failed": 0, "delivered": 1, "back": 0}
    for group, one in (("overdue", late), ("foreseen", tight), ("delivered", done)):
        assert ids_of(found(house, group=group)) == [str(one)]


def test_the_list_is_searched_and_paged_to_its_end(house: House) -> None:
    ids = {str(one) for one in house.scene.ready(5)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = found(house, limit=2, cursor=cursor)
        seen += ids_of(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert (len(seen), set(seen)) == (5, ids)
    code = page["rows"][0]["item"]["dossier_codes"][0]
    assert [row["item"]["dossier_codes"] for row in found(house, q=code.lower())["rows"]] == [[code]]
    assert found(house, q="ngọc")["counts"]["all"] == 5
    assert found(house, "manager", q="ngọc")["counts"]["all"] == 0, "a manager does not find masked names by trying"
    bad = house.person("agency").post("/v1/dossiers:search", json={"cursor": "no"})
    assert (bad.status_code, bad.json()["code"]) == (422, "T3005")


@pytest.mark.parametrize(("login", "count"), [("agency2", 0), ("dispatcher2", 0), ("dispatcher", 2), ("admin", 2)])
def test_the_list_is_ones_own(house: House, login: str, count: int) -> None:
    house.scene.ready(2)
    assert found(house, login)["counts"]["all"] == count
    assert house.person("courier").post("/v1/dossiers:search", json={}).status_code == 403


def test_an_agency_keeps_its_own_keys(house: House) -> None:
    own, other = house.person("agency"), house.person("agency2")
    made = own.post("/v1/keys", json={"name": "Hệ thống một cửa"})
    assert made.status_code == 201, made.text
    caller = house.stranger(headers={"Authorization": f"Bearer {made.json()['key']}"})
    assert caller.get("/v1/events").status_code == 200
    assert [key["id"] for key in own.get("/v1/keys").json()["keys"]] == [made.json()["id"]]
    assert other.get("/v1/keys").json()["keys"] == []
    assert other.delete(f"/v1/keys/{made.json()['id']}").json()["code"] == "C1000"
    named = {"name": "của người khác", "agency_id": str(house.scene.agency.id)}
    assert other.post("/v1/keys", json=named).json()["code"] == "C1000"
    assert house.person("admin").post("/v1/keys", json={"name": "của ai"}).json()["code"] == "C1000"
    assert own.delete(f"/v1/keys/{made.json()['id']}").status_code == 204
    assert caller.get("/v1/events").status_code == 401


def test_a_key_makes_and_revokes_no_keys(house: House) -> None:
    """Else a stolen one would outlive its revocation."""
    system = house.system()
    assert system.post("/v1/keys", json={"name": "nữa"}).json()["code"] == "A1004"
    [key] = system.get("/v1/keys").json()["keys"]
    assert system.delete(f"/v1/keys/{key['id']}").json()["code"] == "A1004"
    for login in ("dispatcher", "manager", "courier"):
        assert house.person(login).get("/v1/keys").status_code == 403


def endpoint(house: House) -> dict[str, Any]:
    one: dict[str, Any] = house.person("agency").get("/v1/endpoints").json()["endpoints"][0]
    return one


def set_up(house: House, receiver: Receiver) -> str:
    made = house.person("agency").post("/v1/endpoints", json={"url": receiver.url}).json()
    receiver.secrets[:] = [made["secret"]]
    return str(made["endpoint"]["id"])


def send(house: House, endpoint_id: str) -> None:
    """One drain by a worker."""
    deliverer = Deliverer(database=house.runtime.database, box=house.runtime.secrets, clock=utc_now, allow_private=True)
    drain(deliverer, EndpointKey(PROVINCE, UUID(endpoint_id)))


def test_a_test_event_is_signed_and_its_answer_is_told(linked: House, receiver: Receiver) -> None:
    key = set_up(linked, receiver)
    client = linked.person("agency")
    told = client.post(f"/v1/endpoints/{key}/test").json()
    assert (told["accepted"], told["status"], told["error"]) == (True, 200, None)
    assert receiver.refused == 0
    [[headers, _]] = receiver.letters
    assert headers["webhook-id"] == told["id"] == told["body"]["id"]
    assert headers["webhook-signature"] == told["headers"]["webhook-signature"]
    assert told["body"]["type"] == "vn.buuta.test"
    receiver.plan = lambda _nth, _body: Say(status=503, applies=False)
    told = client.post(f"/v1/endpoints/{key}/test").json()
    assert (told["accepted"], told["status"], told["error"]) == (False, 503, "HTTP 503")
    after = endpoint(linked)
    assert (after["pending"], after["dead"], after["failures"], after["last_failure"]) == (0, 0, 0, None)
    assert linked.person("agency2").post(f"/v1/endpoints/{key}/test").json()["code"] == "C1000"
    assert linked.person("dispatcher").post(f"/v1/endpoints/{key}/test").status_code == 403


def test_an_agency_waits_for_one_test_at_a_time(linked: House, receiver: Receiver) -> None:
    """Each holds a connection while the receiver thinks: a slow one must not take them all."""
    key = set_up(linked, receiver)
    client, meanwhile = linked.person("agency"), linked.person("agency")
    answers: list[str] = []

    def ask_again() -> None:
        answers.append(meanwhile.post(f"/v1/endpoints/{key}/test").json()["code"])

    receiver.plan = lambda _nth, _body: Say(before=ask_again)
    assert client.post(f"/v1/endpoints/{key}/test").json()["accepted"]
    assert (answers, receiver.requests) == (["T5009"], 1)
    receiver.plan = lambda _nth, _body: Say()
    assert client.post(f"/v1/endpoints/{key}/test").json()["accepted"]


def test_the_health_of_an_endpoint_tells_its_last_answers(linked: House, receiver: Receiver) -> None:
    key = set_up(linked, receiver)
    before = endpoint(linked)
    assert (before["last_success_at"], before["last_failure_at"], before["last_failure"]) == (None, None, None)
    linked.scene.ready(1)
    send(linked, key)
    good = endpoint(linked)
    assert good["last_success_at"] is not None
    assert (good["last_failure_at"], good["pending"]) == (None, 0)
    receiver.plan = lambda _nth, _body: Say(status=500, applies=False)
    linked.scene.ready(1)
    send(linked, key)
    bad = endpoint(linked)
    assert (bad["last_success_at"], bad["last_failure"]) == (good["last_success_at"], "HTTP 500")
    assert bad["last_failure_at"] > good["last_success_at"]
    assert bad["pending"] > 0


def test_dead_letters_are_listed_and_sent_again(linked: House, receiver: Receiver) -> None:
    key, client = set_up(linked, receiver), linked.person("agency")
    [item_id] = linked.scene.ready(1)
    send(linked, key)
    told = len(receiver.ids)
    code = linked.scene.item(item_id).dossier_codes[0]
    receiver.plan = lambda _nth, _body: Say(status=500, applies=False)
    linked.scene.plan([item_id])
    linked.scene.take_out([item_id])
    with linked.runtime.database.transaction() as session:
        last = {"attempts": len(SCHEDULE_S) - 1}
        session.execute(text("UPDATE feedback_deliveries SET attempts = :attempts WHERE state = 'pending'"), last)
    send(linked, key)
    [letter] = client.get(f"/v1/endpoints/{key}/dead").json()["letters"]
    assert (letter["dossier_code"], letter["type"], letter["status"]) == (code, "vn.buuta.item.out", 500)
    assert letter["attempts"] == len(SCHEDULE_S)
    assert endpoint(linked)["dead"] == 1
    assert linked.person("agency2").get(f"/v1/endpoints/{key}/dead").json()["code"] == "C1000"
    receiver.plan = lambda _nth, _body: Say()
    assert client.post(f"/v1/endpoints/{key}/replay", json={"dead_only": True}).json() == {"messages": 1}
    with linked.runtime.database.transaction() as session:
        session.execute(text("UPDATE feedback_endpoints SET paused_until = NULL"))
    send(linked, key)
    assert receiver.ids[told:].count(letter["id"]) == 2
    assert (endpoint(linked)["dead"], client.get(f"/v1/endpoints/{key}/dead").json()["letters"]) == (0, [])
