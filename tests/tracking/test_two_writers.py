"""Two writers at the same moment: one effect, whole chains, and a stale reader is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import text

from core.errors import CodedError
from tests.tracking.office_scene import NOW, SYSTEM, Scene, delivery, failure, item_id
from tracking import service
from tracking.chain import verify_chain
from tracking.events import record_event
from tracking.model import EventKind, NextAction, Receipt, RowAnswer, Status

T = TypeVar("T")

LATER = NOW + timedelta(hours=3)


def at_once(*works: Callable[[], T]) -> list[T]:
    """Run each in a thread of its own, started together."""
    gate = Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        gate.wait(timeout=10)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_a_stale_reader_does_not_write_over_a_newer_event(scene: Scene) -> None:
    (key,) = scene.ready()
    stale = scene.item(key)
    with scene.database.transaction() as session:
        service.decide_next(session, scope=SYSTEM, item_id=key, action=NextAction.HOLD, now=NOW)
    with pytest.raises(CodedError) as refused, scene.database.transaction() as session:
        record_event(session, item=stale, kind=EventKind.RETURN_STARTED, occurred_at=NOW, now=NOW, actor="user:2")
    assert (refused.value.code, refused.value.status) == ("T2002", 409)
    assert scene.item(key).status is Status.HELD
    with scene.database.reading() as session:
        events = service.item_history(session, scope=SYSTEM, item_id=key)
    assert verify_chain(events, head=scene.item(key).last_hash) == []


def test_one_proof_sent_by_many_threads_is_one_proof(scene: Scene) -> None:
    (key,) = scene.out()
    proof = delivery(key)

    def send() -> Receipt:
        with scene.database.transaction() as session:
            return service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=LATER)

    receipts = at_once(*[send] * 6)
    assert all(receipt == receipts[0] for receipt in receipts)
    with scene.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM proofs")) == 1
    assert scene.item(key).event_seq == 5


def test_many_proofs_of_one_item_make_one_whole_chain(scene: Scene) -> None:
    (key,) = scene.out()
    proofs = [delivery(key), *(failure(key, occurred_at=NOW + timedelta(minutes=m)) for m in range(10, 15))]

    def sender(number: int) -> Callable[[], Receipt]:
        def send() -> Receipt:
            with scene.database.transaction() as session:
                return service.record_proof(session, scope=scene.courier_scope(), proof=proofs[number], now=LATER)

        return send

    receipts = at_once(*(sender(number) for number in range(len(proofs))))
    item = scene.item(key)
    with scene.database.reading() as session:
        events = service.item_history(session, scope=SYSTEM, item_id=key)
    assert (item.status, item.attempts) == (Status.DELIVERED, 5)
    assert verify_chain(events, head=item.last_hash) == []
    assert {receipt.event_hash for receipt in receipts} <= {event.hash for event in events}


def test_one_batch_sent_by_two_threads_is_taken_in_once(scene: Scene) -> None:
    rows = [scene.row() for _ in range(20)]

    def send() -> list[RowAnswer]:
        return scene.accept(*rows)

    one, other = at_once(send, send)
    assert [answer.item_id for answer in one] == [answer.item_id for answer in other]
    assert sorted({answer.outcome for answer in (*one, *other)}) == ["created", "unchanged"]
    with scene.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM items")) == 20


def test_batches_of_different_dossiers_get_different_codes(scene: Scene) -> None:
    batches = [[scene.row() for _ in range(10)] for _ in range(4)]
    answers = at_once(*(partial(scene.accept, *rows) for rows in batches))
    items = [scene.item(item_id(answer)) for batch in answers for answer in batch]
    assert len({item.item_code for item in items}) == len({item.tracking_code for item in items}) == 40


def test_crossing_batches_of_items_do_not_deadlock(scene: Scene) -> None:
    keys = scene.planned(10)

    def plan(order: int) -> Callable[[], None]:
        return lambda: scene.plan(keys[::order], courier=1)

    at_once(plan(1), plan(-1), plan(1), plan(-1))
    assert {scene.item(key).courier_id for key in keys} == {scene.couriers[1].id}
