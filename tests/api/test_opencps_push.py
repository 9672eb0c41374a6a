"""A VietOpenCPS system is told of delivery: `viaPostal` 3, then 4, never back; a 200 that says failed is none."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api.runtime import WebOptions
from core.clock import utc_now
from core.db import Database
from tests.api.house import House, build_house
from tests.api.test_opencps import order
from tests.tracking.office_scene import NOW, SYSTEM, delivery, failure, item_id
from tests.tracking.opencps_receiver import OpenCpsSystem, opencps_system
from tracking import service
from tracking.feedback.drain import Deliverer, Drained, drain
from tracking.holding import Correction
from tracking.model import Item, Status
from tracking.store_endpoints import EndpointKey

ACCOUNT = "buuta:mat-khau"


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    return build_house(database, tmp_path, lambda: options)


@pytest.fixture
def theirs() -> Iterator[OpenCpsSystem]:
    with opencps_system() as system:
        system.dossiers = {str(n) for n in range(100)}
        yield system


class Link:
    """An agency's VietOpenCPS, set by HTTP, and the worker's part done here at a time of its own."""

    def __init__(self, house: House, theirs: OpenCpsSystem, **changes: Any) -> None:
        self.house, self.theirs, self.system = house, theirs, house.system()
        self.now = utc_now()
        content = {"url": theirs.url, "credential": ACCOUNT, "group_id": "35417", **changes}
        answer = self.system.post("/v1/endpoints:opencps", json=content)
        assert answer.status_code == 200, answer.text
        self.id = UUID(answer.json()["id"])

    def accept(self, number: int, **changes: Any) -> UUID:
        row = self.house.scene.row(receipt_code=f"D-MATKHAU-{number}-{number}", **changes)
        return item_id(self.house.scene.accept(row)[0])

    def deliver(self, key: UUID, *, is_delivered: bool = True) -> None:
        scene = self.house.scene
        scene.plan([key])
        scene.take_out([key])
        proof = delivery(key) if is_delivered else failure(key)
        with self.house.runtime.database.transaction() as session:
            service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=NOW + timedelta(hours=2))

    def drain(self, after: timedelta = timedelta()) -> Drained:
        self.now += after
        deliverer = Deliverer(
            database=self.house.runtime.database,
            box=self.house.runtime.secrets,
            clock=lambda: self.now,
            allow_private=True,
        )
        return drain(deliverer, EndpointKey(SYSTEM.province_code, self.id))

    @property
    def shown(self) -> dict[str, Any]:
        [endpoint] = self.system.get("/v1/endpoints").json()["endpoints"]
        return dict(endpoint)

    def states(self) -> list[tuple[str, int, int | None, str | None]]:
        query = "SELECT state, attempts, last_status, last_error FROM feedback_deliveries ORDER BY position"
        with self.house.runtime.database.reading() as session:
            return [tuple(row) for row in session.execute(text(query))]


def test_handed_in_is_3_delivered_is_4_and_nothing_else_is_sent(house: House, theirs: OpenCpsSystem) -> None:
    link = Link(house, theirs)
    first, second = link.accept(1), link.accept(2)
    link.drain()
    assert theirs.via_postal == {"1": [3], "2": [3]}
    link.deliver(first)
    link.deliver(second, is_delivered=False)
    link.drain()
    assert theirs.via_postal == {"1": [3, 4], "2": [3]}
    assert theirs.requests == 3
    assert theirs.groups == {"35417"}
    assert (link.shown["pending"], link.shown["dead"], link.shown["kind"]) == (0, 0, "opencps")


def test_a_200_that_says_failed_is_tried_again_and_another_dossier_does_not_wait(
    house: House, theirs: OpenCpsSystem
) -> None:
    link = Link(house, theirs)
    theirs.dossiers = {"2"}
    link.accept(1)
    link.accept(2)
    drained = link.drain()
    assert (drained.accepted, drained.failed) == (1, 1)
    assert link.states() == [("pending", 1, 200, "status failed"), ("delivered", 1, 200, None)]
    assert link.shown["failures"] == 0, "their system is well"
    theirs.dossiers = {"1", "2"}
    assert link.drain(timedelta(seconds=7)).accepted == 1
    assert theirs.via_postal == {"2": [3], "1": [3]}


def test_it_is_a_dead_letter_after_ten_and_a_replay_sends_it(house: House, theirs: OpenCpsSystem) -> None:
    link = Link(house, theirs)
    theirs.dossiers = set()
    key = link.accept(1)
    link.deliver(key)
    for _ in range(20):
        link.drain(timedelta(days=2))
    assert [(state, attempts) for state, attempts, _, _ in link.states()] == [("dead", 10), ("dead", 10)]
    theirs.dossiers = {"1"}
    answer = link.system.post(f"/v1/endpoints/{link.id}/replay", json={})
    assert answer.json() == {"messages": 2}
    link.drain(timedelta(minutes=1))
    assert theirs.via_postal == {"1": [4, 4]}


@pytest.mark.parametrize("said", [(200, b"<html>Sign in</html>"), (200, b"{}"), (500, b""), (302, b""), (401, b"")])
def test_what_is_no_answer_of_theirs_opens_the_circuit(
    house: House, theirs: OpenCpsSystem, said: tuple[int, bytes]
) -> None:
    link = Link(house, theirs)
    for number in range(12):
        link.accept(number)
    theirs.plan = lambda _nth: said
    link.drain()
    assert theirs.requests < 12 + 12, "lanes stop when a row of answers failed"
    assert link.shown["failures"] == 1
    asked = theirs.requests
    link.drain()
    assert theirs.requests == asked, "it rests"
    theirs.plan = lambda _nth: None
    link.drain(timedelta(minutes=1))
    link.drain(timedelta(minutes=10))
    assert theirs.via_postal == {str(number): [3] for number in range(12)}


def test_a_wrong_account_is_seen_and_a_new_one_mends_it(house: House, theirs: OpenCpsSystem) -> None:
    link = Link(house, theirs, credential="buuta:sai")
    link.accept(1)
    link.drain()
    assert link.states()[0][3] == "HTTP 200 without status"
    again = link.system.post("/v1/endpoints:opencps", json={"url": theirs.url, "credential": ACCOUNT})
    assert UUID(again.json()["id"]) == link.id
    link.drain(timedelta(minutes=1))
    assert theirs.via_postal == {"1": [3]}


def test_without_a_receipt_code_it_waits_and_the_code_alone_can_be_sent_later(
    house: House, theirs: OpenCpsSystem
) -> None:
    link = Link(house, theirs)
    row = house.scene.row()
    key = item_id(house.scene.accept(row)[0])
    link.deliver(key)
    link.drain()
    assert link.states()[0] == ("pending", 1, None, "T5007")
    before = house.scene.item(key)
    content = {
        "dossier_code": row.dossier_code,
        "procedure": row.procedure,
        "addressee": {"name": row.addressee.name, "phone": row.addressee.phone},
        "address": row.address,
        "due_on": "2026-11-25",
        "ready_at": row.ready_at.isoformat() if row.ready_at else None,
        "receipt_code": "D-MATKHAU-7-1",
    }
    answers = [link.system.post("/v1/results:batch", json={"rows": [content]}).json()["rows"][0] for _ in range(2)]
    assert [one["outcome"] for one in answers] == ["updated", "unchanged"], answers
    assert house.scene.item(key) == before
    link.drain(timedelta(minutes=1))
    assert theirs.via_postal == {"7": [4, 4]}


def test_delivered_stays_4_also_when_old_messages_are_sent_again(house: House, theirs: OpenCpsSystem) -> None:
    link = Link(house, theirs)
    key = link.accept(1)
    link.drain()
    link.deliver(key)
    link.drain()
    with house.runtime.database.transaction() as session:
        history = service.item_history(session, scope=SYSTEM, item_id=key)
        wrong = next(event.seq for event in history if event.kind.value == "item_delivered")
        service.correct_event(
            session,
            scope=house.scene.dispatcher,
            item_id=key,
            seq=wrong,
            what=Correction.NOT_HAPPENED,
            now=house.clock(),
        )
    assert house.scene.item(key).status is Status.HELD
    link.drain()
    link.system.post(f"/v1/endpoints/{link.id}/replay", json={})
    link.drain(timedelta(minutes=1))
    assert theirs.via_postal["1"] == [3, 4, 4, 4]


def items(house: House) -> list[Item]:
    with house.runtime.database.reading() as session:
        return list(service.list_items(session, scope=SYSTEM, limit=200).items)


def test_orders_may_bring_the_code_and_a_collection_is_not_told(house: House, theirs: OpenCpsSystem) -> None:
    link = Link(house, theirs)
    home = {"SenderName": "Trần Văn Bảy", "SenderAddress": "Số 9, phường Sài Gòn", "SenderTel": "0987000111"}
    link.system.post("/v1/opencps/orders", json=order("H29.16-261120-0001", ma_bien_nhan="D-X-9-1"))
    link.system.post("/v1/opencps/orders", json=order("H29.16-261120-0009__0.5", ma_bien_nhan="D-X-10-1", **home))
    assert sorted(item.leg for item in items(house)) == ["collect", "return"]
    link.drain()
    assert theirs.via_postal == {"9": [3]}
    assert theirs.requests == 1
    link.system.post(f"/v1/endpoints/{link.id}/replay", json={})
    link.drain(timedelta(minutes=1))
    assert theirs.via_postal == {"9": [3, 3]}


def test_kinds_do_not_mix_and_only_the_agency_sets_its_own(house: House, theirs: OpenCpsSystem) -> None:
    link = Link(house, theirs)
    assert "credential" not in link.shown
    for deed in ("rotate", "test"):
        refused = link.system.post(f"/v1/endpoints/{link.id}/{deed}")
        assert refused.json()["code"] == "T5008", deed
    url = f"{theirs.url}2"
    link.system.post("/v1/endpoints", json={"url": url})
    other = link.system.post("/v1/endpoints:opencps", json={"url": url, "credential": ACCOUNT})
    assert other.json()["code"] == "T5008"
    assert house.person("agency2").get("/v1/endpoints").json() == {"endpoints": []}
    with house.runtime.database.reading() as session:
        kept = session.execute(text("SELECT secret FROM feedback_endpoints")).scalars().all()
    assert not any(b"mat-khau" in bytes(secret) for secret in kept)
