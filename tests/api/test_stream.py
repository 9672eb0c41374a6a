"""The live stream over a real server: scope, replay, gaps, and a stop that waits for nobody."""

import json
import queue
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.live import MAX_PENDING, Subscriber, may_see
from core.db import CHANNEL, notify
from core.scope import Scope
from tests.api.house import PASSWORD, House
from tests.api.serving import listening
from tests.tracking.office_scene import NOW, PROVINCE

_WAIT_S = 15.0


class Listener:
    """An open stream read by a thread; messages wait in a queue."""

    def __init__(self, base_url: str, login: str, last: str | None = None) -> None:
        self.client = httpx.Client(base_url=base_url, timeout=_WAIT_S, trust_env=False)
        answer = self.client.post("/v1/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.headers = {"Last-Event-ID": last} if last else {}
        self.ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.next()["event"] == "hello"

    def next(self) -> dict[str, Any]:
        return self.messages.get(timeout=_WAIT_S)

    def changes(self, count: int) -> list[dict[str, Any]]:
        """The data of the next changes."""
        found = [self.next() for _ in range(count)]
        assert {one["event"] for one in found} == {"change"}, found
        return [json.loads(one["data"]) | {"id": one["id"]} for one in found]

    def _read(self) -> None:
        try:
            with self.client.stream("GET", "/v1/stream", headers=self.headers) as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                message: dict[str, Any] = {}
                for line in answer.iter_lines():
                    if line:
                        name, _, value = line.partition(": ")
                        message[name] = value
                    elif "event" in message:
                        self.messages.put(message)
                        message = {}
        except httpx.TransportError:
            pass
        finally:
            self.ended.set()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with listening(house.app) as url:
        yield url


def test_a_change_reaches_those_who_may_see_it(house: House, address: str) -> None:
    first, second = Listener(address, "dispatcher"), Listener(address, "dispatcher2")
    manager = Listener(address, "manager")
    [item_id] = house.scene.ready(1)
    [change] = first.changes(1)
    assert UUID(change["item"]) == item_id
    assert change["status"] == "ready"
    assert set(change) == {"province", "office", "item", "kind", "status", "event", "id"}
    assert manager.changes(1)[0]["item"] == str(item_id)
    # The other office hears of its own next, and of nothing before it.
    other = house.scene.accept(house.scene.row(address="Số 9, phường Bình Thạnh"))[0].item_id
    assert second.changes(1)[0]["item"] == str(other)


def test_many_changes_of_an_item_come_as_its_newest(house: House, address: str) -> None:
    listener = Listener(address, "dispatcher")
    [item_id] = house.scene.out(1)
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["status"] != "out":
        seen += listener.changes(1)
    assert {one["item"] for one in seen} == {str(item_id)}
    assert len(seen) < 5


def test_what_was_missed_is_replayed(house: House, address: str) -> None:
    listener = Listener(address, "dispatcher")
    [before] = house.scene.ready(1)
    last = listener.changes(1)[0]["id"]
    [missed] = house.scene.ready(1)
    again = Listener(address, "dispatcher", last=last)
    replayed = [again.changes(1)[0]]
    while replayed[-1]["item"] != str(missed):
        replayed += again.changes(1)
    assert {one["item"] for one in replayed} <= {str(before), str(missed)}
    stranger = Listener(address, "dispatcher2", last=last)
    other = house.scene.accept(house.scene.row(address="Số 9, phường Bình Thạnh"))[0].item_id
    assert stranger.changes(1)[0]["item"] == str(other)


def test_too_much_missed_is_a_gap(house: House, address: str) -> None:
    listener = Listener(address, "dispatcher")
    house.scene.ready(1)
    last = listener.changes(1)[0]["id"]
    house.scene.ready(300)
    assert Listener(address, "dispatcher", last=last).next()["event"] == "gap"


def test_a_lost_connection_to_the_database_is_a_gap_and_comes_back(house: House, address: str) -> None:
    listener = Listener(address, "dispatcher")
    with house.runtime.database.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
        )
    assert listener.next()["event"] == "gap"
    [item_id] = house.scene.ready(1)
    assert listener.changes(1)[0]["item"] == str(item_id)


def test_a_stop_does_not_wait_for_streams(house: House) -> None:
    with listening(house.app) as url:
        listener = Listener(url, "dispatcher")
    assert listener.ended.wait(_WAIT_S)


def test_couriers_and_agencies_have_no_office_stream(house: House) -> None:
    for login in ("courier", "agency"):
        assert house.person(login).get("/v1/stream").status_code == 403


def test_who_cannot_follow_gets_a_gap_and_never_a_longer_queue() -> None:
    slow = Subscriber(scope=Scope(province_code="79", actor="x"))
    for number in range(MAX_PENDING + 1):
        slow.offer({"item": str(number), "event": str(number)})
    assert len(slow.pending) <= MAX_PENDING
    gap, changes = slow.take()
    assert gap
    assert changes == []


@pytest.mark.parametrize(("province", "office", "seen"), [("79", "1", True), ("79", "2", False), ("01", "1", False)])
def test_scope_of_a_change(province: str, office: str, seen: bool) -> None:
    office_id = UUID(int=1)
    scope = Scope(province_code="79", actor="x", office_ids=frozenset({office_id}))
    assert may_see(scope, {"province": province, "office": str(UUID(int=int(office)))}) is seen
    assert may_see(scope, {"province": province, "closure": "c1"}) is (province == "79")


def test_a_phone_is_told_of_its_plan_and_of_nothing_else() -> None:
    office_id = UUID(int=1)
    scope = Scope(province_code="79", actor="x", office_ids=frozenset({office_id}), courier_id=UUID(int=2))
    here = {"province": "79", "office": str(office_id)}
    assert may_see(scope, {**here, "plan": "p", "kind": "plan_edited"})
    assert not may_see(scope, {**here, "plan": "p", "office": str(UUID(int=3))})
    assert not may_see(scope, {**here, "item": "i"})
    assert not may_see(scope, {**here, "courier": "c"})


def test_only_couriers_have_the_phones_stream(house: House) -> None:
    for login in ("dispatcher", "manager", "agency"):
        assert house.person(login).get("/v1/courier/stream").status_code == 403


def test_a_courier_who_moved_is_told_without_an_id(house: House, address: str) -> None:
    listener = Listener(address, "dispatcher")
    moved = {"province": PROVINCE, "kind": "courier_moved", "courier": "c1"}
    with house.runtime.database.transaction() as session:
        office = {"office": str(house.scene.office.id)}
        notify(session, CHANNEL, moved | office)
        notify(session, CHANNEL, moved | office)
    message = listener.next()
    assert "id" not in message
    assert json.loads(message["data"])["courier"] == "c1"


def test_everybody_of_the_province_hears_of_a_closure(house: House, address: str) -> None:
    listeners = [Listener(address, login) for login in ("dispatcher2", "manager")]
    ring = [[106.70, 10.77], [106.71, 10.77], [106.71, 10.78]]
    dispatcher = house.person("dispatcher")
    closure = dispatcher.post("/v1/closures", json={"area": ring, "starts_at": NOW.isoformat()}).json()["id"]
    for listener in listeners:
        assert told_of(listener) == ("closure_drawn", closure)
    change = {"kind": "flood", "ends_at": None, "note": ""}
    assert dispatcher.put(f"/v1/closures/{closure}", json=change).status_code == 200
    assert told_of(listeners[0]) == ("closure_changed", closure)
    assert dispatcher.delete(f"/v1/closures/{closure}").status_code == 204
    assert told_of(listeners[0]) == ("closure_removed", closure)


def told_of(listener: Listener) -> tuple[str, str]:
    """Kind and id of a closure's message, which nobody asks for again: it has no id of its own."""
    message = listener.next()
    assert "id" not in message
    data = json.loads(message["data"])
    assert set(data) == {"province", "closure", "kind"}
    return data["kind"], data["closure"]


def test_many_moves_of_one_courier_wait_as_one() -> None:
    subscriber = Subscriber(scope=Scope(province_code="79", actor="t"))
    for _ in range(3):
        subscriber.offer({"province": "79", "kind": "courier_moved", "courier": "c1"})
        subscriber.offer({"province": "79", "kind": "courier_moved", "courier": "c2"})
    assert len(subscriber.take()[1]) == 2
