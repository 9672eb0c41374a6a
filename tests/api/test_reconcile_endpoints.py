"""What each endpoint of an agency has taken: one that takes everything hides no other, of whatever kind."""

from collections.abc import Iterator
from contextlib import ExitStack
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
from tests.api.test_opencps_push import Link as OpenCpsLink
from tests.api.test_reconcile import SOON, code_of, deliver, kinds, repair
from tests.tracking.feedback_receiver import OK, Receiver, Say, receiving
from tests.tracking.office_scene import PROVINCE
from tests.tracking.opencps_receiver import OpenCpsSystem, opencps_system
from tracking.feedback.drain import Deliverer, drain
from tracking.store_endpoints import EndpointKey


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    return build_house(database, tmp_path, lambda: options)


class Link:
    """An agency and its endpoints at receivers, set in their order."""

    def __init__(self, house: House) -> None:
        self.house, self.agency = house, house.person("agency")
        self.ids: dict[str, UUID] = {}

    def add(self, receiver: Receiver) -> None:
        made = self.agency.post("/v1/endpoints", json={"url": receiver.url}).json()
        receiver.secrets[:] = [made["secret"]]
        self.ids[receiver.url] = UUID(made["endpoint"]["id"])

    def drain(self) -> None:
        """What waits is sent, also what had to wait for another try."""
        runtime = self.house.runtime
        with runtime.database.transaction() as session:
            session.execute(text("UPDATE feedback_deliveries SET next_at = now() WHERE state = 'pending'"))
            session.execute(text("UPDATE feedback_endpoints SET paused_until = NULL"))
        deliverer = Deliverer(database=runtime.database, box=runtime.secrets, clock=utc_now, allow_private=True)
        for receiver_id in self.ids.values():
            drain(deliverer, EndpointKey(PROVINCE, receiver_id))

    def compared(self) -> dict[str, Any]:
        self.house.clock.advance(SOON)
        answer = self.agency.post("/v1/reconciliation/runs", json={})
        assert answer.status_code == 200, answer.text
        detail: dict[str, Any] = answer.json()
        return detail


@pytest.fixture
def receivers() -> Iterator[list[Receiver]]:
    """Two of them."""
    with ExitStack() as stack:
        yield [stack.enter_context(receiving()) for _ in range(2)]


def refuses(_nth: int, _body: dict[str, Any]) -> Say:
    return Say(status=422, applies=False)


def test_an_endpoint_that_fails_is_named_though_another_takes_everything(
    house: House, receivers: list[Receiver]
) -> None:
    link = Link(house)
    well, ill = receivers
    for one in receivers:
        link.add(one)
    ill.plan = refuses
    done, waiting = [*house.scene.out(1), *house.scene.ready(1)]
    deliver(house, done)
    link.drain()
    assert well.applied.keys() == {code_of(house, done), code_of(house, waiting)}
    detail = link.compared()
    assert kinds(detail) == {
        code_of(house, done): "delivered_unacknowledged",
        code_of(house, waiting): "acknowledged_behind",
    }
    for one in detail["found"]:
        assert one["endpoints"] == [ill.url]
        assert one["acknowledged"] == 0
        assert ill.url in one["detail"]
        assert ill.url in one["detail_en"]
    ill.plan = lambda _nth, _body: OK
    for code, kind in kinds(detail).items():
        assert repair(house, detail, code, kind).status_code == 200
    link.drain()
    assert link.compared()["found"] == []


def test_an_endpoint_set_later_owes_nothing_for_what_another_took_before(
    house: House, receivers: list[Receiver]
) -> None:
    link = Link(house)
    first, later = receivers
    link.add(first)
    before = house.scene.ready(1)[0]
    link.drain()
    link.add(later)
    later.plan = refuses
    after = house.scene.ready(1)[0]
    link.drain()
    detail = link.compared()
    assert kinds(detail) == {code_of(house, after): "acknowledged_behind"}, code_of(house, before)
    assert detail["found"][0]["endpoints"] == [later.url]


@pytest.fixture
def theirs() -> Iterator[OpenCpsSystem]:
    with opencps_system() as system:
        yield system


def test_a_system_of_vietopencps_is_compared_by_its_deliveries_and_told_again_by_one_click(
    house: House, theirs: OpenCpsSystem
) -> None:
    link = OpenCpsLink(house, theirs)
    theirs.dossiers = set()
    done, _waiting = link.accept(1), link.accept(2)
    link.deliver(done)
    link.drain()
    house.clock.advance(SOON)
    agency = house.person("agency")
    detail = agency.post("/v1/reconciliation/runs", json={}).json()
    assert detail["run"]["pushed"] is True
    [found] = detail["found"]
    assert (found["kind"], found["repair"]) == ("delivered_unacknowledged", "send_again")
    assert found["endpoints"] == [theirs.url]
    theirs.dossiers = {"1", "2"}
    assert repair(house, detail, found["dossier_code"], found["kind"]).status_code == 200
    link.drain(timedelta(minutes=1))
    assert theirs.via_postal["1"][-1] == 4
    house.clock.advance(SOON)
    assert agency.post("/v1/reconciliation/runs", json={}).json()["found"] == []


def test_what_vietopencps_has_no_word_for_is_not_sent_again_there(house: House, theirs: OpenCpsSystem) -> None:
    link = OpenCpsLink(house, theirs)
    gone = code_of(house, link.accept(1))
    agency = house.person("agency")
    answer = link.system.post("/v1/results:withdraw", json={"rows": [{"dossier_code": gone}]})
    assert answer.status_code == 200, answer.text
    house.clock.advance(SOON)
    body = {"listed_at": house.clock().isoformat(), "entries": [{"dossier_code": gone, "portal_status": 9}]}
    [found] = agency.post("/v1/reconciliation/list", json=body).json()["found"]
    assert (found["kind"], found["repair"]) == ("gone_here", None)
