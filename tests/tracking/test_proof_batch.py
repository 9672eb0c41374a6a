"""Proofs in a batch: the same outcome for each as alone, and statements that do not grow with their number."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from core.errors import CodedError
from tests.tracking.office_scene import DOOR, NOW, SYSTEM, Scene, delivery, failure
from tracking import service
from tracking.model import Event, Status

LATER = NOW + timedelta(hours=3)


def history(scene: Scene, key: UUID) -> list[Event]:
    with scene.database.reading() as session:
        return service.item_history(session, scope=SYSTEM, item_id=key)


def test_a_batch_answers_each_as_if_it_were_alone(scene: Scene) -> None:
    """A doubled proof, two attempts of one item, somebody else's item and nonsense beside good ones."""
    first, second, third = scene.out(3)
    [foreign] = scene.ready(1)
    good, early = delivery(first), failure(second)
    late = failure(second, occurred_at=NOW + timedelta(hours=2))
    other = replace(good, recipient_name="Người khác")
    nonsense = delivery(third, recipient_name="")
    said = [good, early, good, other, late, delivery(foreign), nonsense, delivery(third)]
    with scene.database.transaction() as session:
        answers = service.record_proofs(
            session, [service.Said(scope=scene.courier_scope(), proof=proof) for proof in said], now=LATER
        )
    codes = [answer.code if isinstance(answer, CodedError) else "receipt" for answer in answers]
    assert codes == ["receipt", "receipt", "receipt", "T2101", "receipt", "T2102", "T2107", "receipt"]
    assert answers[2] == answers[0]
    assert scene.item(first).status is Status.DELIVERED
    assert scene.item(second).attempts == 2
    for key in (first, second, third):
        chain = history(scene, key)
        assert service.verify_chain(chain, head=scene.item(key).last_hash) == []


@pytest.mark.parametrize("money_vnd", [0, 30_000])
def test_the_statements_of_a_batch_do_not_grow_with_it(scene: Scene, money_vnd: int) -> None:
    """What makes many proofs cheap: a batch of 20 asks the database hardly more often than one proof."""
    asked: list[str] = []
    event.listen(scene.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    counts = []
    for size in (1, 20):
        seen = {"point": DOOR, "accuracy_m": 5.0, "position_age_s": 2.0, "money_vnd": money_vnd}
        proofs = [delivery(key, **seen) for key in scene.out(size, postage_vnd=money_vnd)]
        said = [service.Said(scope=scene.courier_scope(), proof=proof) for proof in proofs]
        asked.clear()
        with scene.database.transaction() as session:
            service.record_proofs(session, said, now=LATER)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 3, counts
    assert counts[0] <= 24 + 4 * bool(money_vnd), counts
