"""An agency takes results back or moves its date: before the post has the paper, at an office, on the road."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.errors import CodedError
from core.scope import Scope
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, TODAY, Scene, delivery, failure, item_id
from tracking import service
from tracking.handover_values import HandoverKind, Tally
from tracking.holding import Correction
from tracking.model import EventKind, FailureReason, NextAction, ProofInput, RowAnswer, Status
from tracking.withdrawal import WithdrawalAnswer

LATER = date(2026, 12, 2)


def withdraw(scene: Scene, *keys: UUID, scope: Scope = SYSTEM) -> list[WithdrawalAnswer]:
    """The agency takes the items' dossiers back."""
    codes = [code for key in keys for code in scene.item(key).dossier_codes]
    named = [service.Named(dossier_code=code) for code in codes]
    with scene.database.transaction() as session:
        return service.withdraw_results(session, scope=scope, agency_id=scene.agency.id, named=named, now=NOW)


def postpone(scene: Scene, *keys: UUID, due_on: date = LATER) -> list[RowAnswer]:
    """An apology slip for each."""
    named = [service.Named(dossier_code=scene.item(key).dossier_codes[0]) for key in keys]
    dates = [service.NewDate(named=one, due_on=due_on, slip="PXL-12") for one in named]
    with scene.database.transaction() as session:
        return service.set_due_dates(session, scope=SYSTEM, agency_id=scene.agency.id, dates=dates, now=NOW)


def kinds(scene: Scene, key: UUID) -> list[EventKind]:
    with scene.database.reading() as session:
        return [event.kind for event in service.item_history(session, scope=SYSTEM, item_id=key)]


def prove(scene: Scene, proof: ProofInput) -> None:
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=NOW + timedelta(hours=2))


def receive(scene: Scene, key: UUID) -> None:
    """The office signs for the paper at the agency's desk."""
    with scene.database.transaction() as session:
        service.hand_over(
            session,
            scope=scene.dispatcher,
            kind=HandoverKind.FROM_AGENCY,
            office_id=scene.office.id,
            party_id=scene.agency.id,
            tally=Tally(item_ids=(key,)),
            now=NOW,
        )


def told(scene: Scene, key: UUID) -> Iterator[str]:
    """Types of the messages to the agency."""
    code = scene.item(key).dossier_codes[0]
    with scene.database.reading() as session:
        rows = session.execute(text("SELECT body FROM feedback_messages ORDER BY position")).scalars()
        yield from (body["type"] for body in rows if body["data"]["dossier_code"] == code)


def test_before_the_post_has_it_nothing_is_delivered(scene: Scene) -> None:
    waiting, planned = scene.ready(1)[0], scene.planned(1)[0]
    (asked,) = (item_id(one) for one in scene.accept(scene.row(address="không rõ")))
    assert {one.outcome for one in withdraw(scene, waiting, planned, asked)} == {"withdrawn"}
    for key in (waiting, planned, asked):
        item = scene.item(key)
        assert (item.status, item.plan_id, item.courier_id) == (Status.WITHDRAWN, None, None)
    with scene.database.reading() as session:
        assert service.address_queue(session, scope=SYSTEM) == []
        assert service.ready_items(session, scope=SYSTEM, office_id=scene.office.id, on=TODAY) == []
    assert list(told(scene, planned))[-1] == "vn.buuta.item.withdrawn"
    assert [one.outcome for one in withdraw(scene, waiting, waiting)] == ["unchanged", "unchanged"]
    assert kinds(scene, waiting).count(EventKind.RESULT_WITHDRAWN) == 1


def test_what_lies_at_the_office_goes_back_for_a_receipt(scene: Scene) -> None:
    received, brought_back = scene.ready(1)[0], scene.out(1)[0]
    receive(scene, received)
    scene.hand_back([brought_back])
    scene.plan([brought_back])
    answers = withdraw(scene, received, brought_back)
    assert [one.outcome for one in answers] == ["recalled", "recalled"]
    for key in (received, brought_back):
        assert scene.item(key).status is Status.RETURNING
        assert kinds(scene, key)[-2:] == [EventKind.RESULT_RECALLED, EventKind.RETURN_STARTED]


def test_a_courier_brings_it_to_the_office_and_from_there_it_goes_back(scene: Scene) -> None:
    untried, tried = scene.out(2)
    assert [one.outcome for one in withdraw(scene, untried, tried)] == ["recalled", "recalled"]
    assert scene.item(untried).status is Status.OUT
    assert scene.item(untried).recalled_at == NOW
    prove(scene, failure(tried))
    assert scene.item(tried).status is Status.READY
    scene.hand_back([untried, tried])
    assert [scene.item(key).status for key in (untried, tried)] == [Status.RETURNING, Status.RETURNING]


def test_what_the_courier_has_delivered_meanwhile_is_delivered(scene: Scene) -> None:
    on_the_road, late_scan = scene.out(1)[0], scene.planned(1)[0]
    withdraw(scene, on_the_road, late_scan)
    assert scene.item(late_scan).status is Status.WITHDRAWN
    prove(scene, delivery(on_the_road))
    assert scene.item(on_the_road).status is Status.DELIVERED
    # Scanned out before the withdrawal by a phone without signal.
    prove(scene, delivery(late_scan))
    assert scene.item(late_scan).status is Status.DELIVERED


def test_what_was_lost_and_is_found_goes_back_to_who_wants_it(scene: Scene) -> None:
    (key,) = scene.out(1)
    with scene.database.transaction() as session:
        service.report_lost(session, scope=SYSTEM, item_id=key, now=NOW)
    assert [one.outcome for one in withdraw(scene, key)] == ["recalled"]
    with scene.database.transaction() as session:
        service.report_found(session, scope=SYSTEM, item_id=key, now=NOW)
    assert scene.item(key).status is Status.RETURNING
    assert kinds(scene, key)[-2:] == [EventKind.ITEM_FOUND, EventKind.RETURN_STARTED]


def test_a_late_report_does_not_send_out_again_what_goes_back(scene: Scene) -> None:
    (key,) = scene.out(1)
    scene.hand_back([key])
    assert [one.outcome for one in withdraw(scene, key)] == ["recalled"]
    prove(scene, failure(key, reason=FailureReason.MOVED, action=NextAction.CORRECT_ADDRESS, redelivery_on=None))
    assert scene.item(key).status is Status.RETURNING
    assert kinds(scene, key)[-2:] == [EventKind.ATTEMPT_FAILED, EventKind.RETURN_STARTED]
    with scene.database.reading() as session:
        assert service.address_queue(session, scope=SYSTEM) == []


def test_a_delivery_that_was_none_leaves_the_paper_on_its_way_back(scene: Scene) -> None:
    (key,) = scene.out(1)
    withdraw(scene, key)
    prove(scene, delivery(key))
    wrong = kinds(scene, key).index(EventKind.ITEM_DELIVERED) + 1
    with scene.database.transaction() as session:
        what = Correction.NOT_HAPPENED
        service.correct_event(session, scope=SYSTEM, item_id=key, seq=wrong, what=what, now=NOW + timedelta(hours=3))
    assert scene.item(key).status is Status.RETURNING


def test_what_an_office_found_damaged_had_been_with_the_post(scene: Scene) -> None:
    """Nobody signed for it at the agency's desk, yet it lies here: it is recalled, for somebody must bring it back."""
    (key,) = scene.ready(1)
    with scene.database.transaction() as session:
        service.report_damaged(session, scope=SYSTEM, item_id=key, now=NOW)
        service.decide_next(
            session, scope=SYSTEM, item_id=key, action=NextAction.REDELIVER, redelivery_on=TODAY, now=NOW
        )
    assert [one.outcome for one in withdraw(scene, key)] == ["recalled"]
    assert scene.item(key).status is Status.RETURNING


def test_too_late_unknown_and_anothers_are_told_apart(scene: Scene) -> None:
    (done,) = scene.out(1)
    prove(scene, delivery(done))
    (late,) = withdraw(scene, done)
    assert (late.outcome, [p.code for p in late.problems]) == ("rejected", ["T1024"])
    with scene.database.transaction() as session:
        named = [service.Named(dossier_code="H29.16-261101-9999")]
        (nobody,) = service.withdraw_results(session, scope=SYSTEM, agency_id=scene.agency.id, named=named, now=NOW)
    assert [p.code for p in nobody.problems] == ["T1023"]
    stranger = Scope(province_code=PROVINCE, actor="key:other", agency_id=scene.office.id)
    with pytest.raises(CodedError) as refused:
        withdraw(scene, done, scope=stranger)
    assert refused.value.code == "C1000"


def test_a_withdrawn_result_that_is_handed_in_again_goes_out_again(scene: Scene) -> None:
    row = scene.row()
    (first,) = scene.accept(row)
    withdraw(scene, item_id(first))
    (again,) = scene.accept(row)
    assert (again.outcome, again.item_id) == ("updated", first.item_id)
    item = scene.item(item_id(first))
    assert (item.status, item.recalled_at) == (Status.READY, None)
    assert [one.outcome for one in scene.accept(row)] == ["unchanged"]
    withdraw(scene, item.id)
    scene.accept(replace(row, address="không rõ"))
    assert scene.item(item.id).status is Status.ACCEPTED


def test_a_withdrawn_paper_that_lies_at_the_office_after_all_can_be_sent_back(scene: Scene) -> None:
    (key,) = scene.ready(1)
    withdraw(scene, key)
    with scene.database.transaction() as session:
        service.decide_next(session, scope=scene.dispatcher, item_id=key, action=NextAction.RETURN, now=NOW)
    assert scene.item(key).status is Status.RETURNING


def test_an_apology_slip_moves_the_date_wherever_the_paper_is(scene: Scene) -> None:
    (waiting,), (on_the_road,), (tried,) = scene.ready(1), scene.out(1), scene.out(1)
    prove(scene, failure(tried))
    assert [one.outcome for one in postpone(scene, waiting, on_the_road, tried)] == ["updated"] * 3
    for key in (waiting, on_the_road, tried):
        assert scene.item(key).due_on == LATER
    assert scene.item(on_the_road).status is Status.OUT
    with scene.database.reading() as session:
        last = service.item_history(session, scope=SYSTEM, item_id=on_the_road)[-1]
        body = session.execute(text("SELECT body FROM feedback_messages ORDER BY position DESC LIMIT 1")).scalar_one()
    assert dict(last.data) == {
        "changed": ["due_on"],
        "due_on": "2026-12-02",
        "due_on_before": "2026-11-25",
        "apology_slip": "PXL-12",
    }
    assert body["data"]["due_on"] == "2026-12-02"
    assert [one.outcome for one in postpone(scene, waiting)] == ["unchanged"]


def test_the_old_row_again_does_not_take_the_date_back_and_a_row_with_the_new_one_is_taken(scene: Scene) -> None:
    row = scene.row()
    key = item_id(scene.accept(row)[0])
    scene.plan([key])
    scene.take_out([key])
    postpone(scene, key)
    assert [one.outcome for one in scene.accept(row)] == ["unchanged"]
    assert scene.item(key).due_on == LATER
    later_still = date(2026, 12, 9)
    assert [one.outcome for one in scene.accept(replace(row, due_on=later_still))] == ["updated"]
    assert scene.item(key).due_on == later_still
    (refused,) = scene.accept(replace(row, due_on=LATER, weight_g=300))
    assert [p.code for p in refused.problems] == ["T1016"]


def test_no_date_for_what_has_ended_or_goes_back(scene: Scene) -> None:
    (done,), (recalled,) = scene.out(1), scene.out(1)
    prove(scene, delivery(done))
    withdraw(scene, recalled)
    answers = postpone(scene, done, recalled)
    assert [[p.code for p in one.problems] for one in answers] == [["T1016"], ["T1016"]]
    (far,) = postpone(scene, scene.ready(1)[0], due_on=date(2150, 1, 1))
    assert [p.code for p in far.problems] == ["T1005"]
