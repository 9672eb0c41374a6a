"""What lies at the office: invitations two working days apart, the right to send back, loss, damage, corrections."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from core.calendar import WorkingCalendar
from core.clock import at_local
from tests.tracking.office_scene import SYSTEM, TODAY, Scene, delivery, failure
from tests.tracking.test_handovers import LATER, done, last_event, refusal
from tracking import service
from tracking.holding import Correction
from tracking.invitations import next_invitation_on
from tracking.model import EventKind, FailureReason, NextAction, Status
from tracking.standard import save_overrides


def on(day: date) -> datetime:
    return at_local(day, time(9))


def held(scene: Scene) -> UUID:
    """A paper nobody came for: absent, held, handed back."""
    (key,) = scene.out()
    absent = failure(key, action=NextAction.HOLD, redelivery_on=None)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=absent, now=LATER)
    scene.hand_back([key], now=LATER)
    return key


def test_two_invitations_two_working_days_apart_then_it_may_go_back(scene: Scene) -> None:
    key = held(scene)  # TODAY is a Friday
    assert TODAY.weekday() == 4
    back = {"item_id": key, "action": NextAction.RETURN}
    assert refusal(scene, service.decide_next, now=LATER, **back).code == "T2411"
    done(scene, service.invite, item_id=key, now=LATER)
    done(scene, service.invite, item_id=key, now=LATER)
    assert scene.item(key).invitations == 1, "the same day again is the same invitation"
    # 24 November is a holiday since 2026 (Ngày Văn hóa Việt Nam).
    tuesday, wednesday = TODAY + timedelta(days=4), TODAY + timedelta(days=5)
    too_soon = refusal(scene, service.invite, item_id=key, now=on(tuesday))
    assert (too_soon.code, too_soon.problems[0].values["on"]) == ("T2410", f"{wednesday:%d/%m/%Y}")
    done(scene, service.invite, item_id=key, now=on(wednesday))
    assert refusal(scene, service.decide_next, now=on(wednesday), **back).code == "T2411"
    item = done(scene, service.decide_next, now=on(wednesday + timedelta(days=1)), **back)
    assert (item.status, item.invitations) == (Status.RETURNING, 2)


def test_a_day_the_province_closes_does_not_count(scene: Scene) -> None:
    key = held(scene)
    monday, wednesday = TODAY + timedelta(days=3), TODAY + timedelta(days=5)
    with scene.database.transaction() as session:
        save_overrides(session, SYSTEM.province_code, {monday: False}, reason="bão")
    done(scene, service.invite, item_id=key, now=LATER)
    assert refusal(scene, service.invite, item_id=key, now=on(wednesday)).code == "T2410"
    done(scene, service.invite, item_id=key, now=on(wednesday + timedelta(days=1)))


@pytest.mark.parametrize(("invited", "first"), [("2026-11-20", "2026-11-25"), ("2026-11-30", "2026-12-02")])
def test_the_next_invitation_by_the_plain_calendar(invited: str, first: str) -> None:
    sent = date.fromisoformat(invited)
    assert next_invitation_on(sent, sent, WorkingCalendar()) == date.fromisoformat(first)


def test_a_reason_that_allows_a_return_needs_no_invitation(scene: Scene) -> None:
    (key,) = scene.out()
    refused = failure(key, reason=FailureReason.REFUSED, action=NextAction.HOLD, redelivery_on=None)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=refused, now=LATER)
    scene.hand_back([key], now=LATER)
    assert done(scene, service.decide_next, item_id=key, action=NextAction.RETURN).status is Status.RETURNING


def test_what_nobody_tried_yet_goes_back_when_the_agency_asks(scene: Scene) -> None:
    (key,) = scene.ready()
    assert done(scene, service.decide_next, item_id=key, action=NextAction.RETURN).status is Status.RETURNING


def test_only_what_is_held_is_invited_for(scene: Scene) -> None:
    (key,) = scene.ready()
    assert refusal(scene, service.invite, item_id=key).code == "T2001"


def test_a_lost_paper_names_who_had_it_and_may_be_found(scene: Scene) -> None:
    (key,) = scene.out()
    assert done(scene, service.report_lost, item_id=key).status is Status.LOST
    assert last_event(scene, key).data["last_holder"] == f"courier:{scene.couriers[0].id}"
    late = done(scene, service.record_proof, scope=scene.courier_scope(), proof=failure(key), now=LATER)
    assert "superseded" in late.flags
    assert done(scene, service.report_found, item_id=key).status is Status.HELD
    assert refusal(scene, service.report_found, item_id=key).code == "T2001"


def test_a_lost_paper_that_was_delivered_is_delivered(scene: Scene) -> None:
    (key,) = scene.out()
    done(scene, service.report_lost, item_id=key)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=delivery(key), now=LATER)
    assert scene.item(key).status is Status.DELIVERED


def test_a_damaged_paper_leaves_its_plan_and_waits(scene: Scene) -> None:
    (key,) = scene.planned()
    item = done(scene, service.report_damaged, item_id=key)
    assert (item.status, item.courier_id, item.plan_id) == (Status.HELD, None, None)
    (out,) = scene.out()
    assert refusal(scene, service.report_damaged, item_id=out).code == "T2008"


def test_a_wrong_event_stays_and_is_named(scene: Scene) -> None:
    (key,) = scene.ready()
    before = scene.item(key)
    item = done(scene, service.correct_event, item_id=key, seq=1, what=Correction.WRONG_TIME)
    event = last_event(scene, key)
    assert (item.status, item.event_seq) == (before.status, before.event_seq + 1)
    assert (event.kind, event.data["corrects_seq"], event.data["what"]) == (EventKind.EVENT_CORRECTED, 1, "wrong_time")
    assert refusal(scene, service.correct_event, item_id=key, seq=99, what=Correction.WRONG_TIME).code == "T2412"


def test_a_delivery_that_did_not_happen_is_withdrawn_and_held(scene: Scene) -> None:
    (key,) = scene.out()
    proof = delivery(key)
    receipt = done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=LATER)
    seq = scene.item(key).event_seq
    item = done(scene, service.correct_event, item_id=key, seq=seq, what=Correction.NOT_HAPPENED)
    assert (item.status, item.holder_courier_id) == (Status.HELD, None)
    assert last_event(scene, key).kind is EventKind.DELIVERY_WITHDRAWN
    # The phone that asks again gets its receipt and moves nothing.
    assert done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=LATER) == receipt
    assert scene.item(key).status is Status.HELD


def test_an_earlier_delivery_that_is_called_wrong_leaves_the_one_that_stands(scene: Scene) -> None:
    (key,) = scene.out()
    delivered = {"scope": scene.courier_scope(), "now": LATER}
    done(scene, service.record_proof, proof=delivery(key), **delivered)
    first = scene.item(key).event_seq
    wrong = {"item_id": key, "what": Correction.NOT_HAPPENED}
    done(scene, service.correct_event, seq=first, **wrong)
    done(scene, service.record_proof, proof=delivery(key), **delivered)
    second = scene.item(key).event_seq
    done(scene, service.record_proof, proof=delivery(key), **delivered)
    superseded = scene.item(key).event_seq
    for seq in (first, superseded):
        assert done(scene, service.correct_event, seq=seq, **wrong).status is Status.DELIVERED
        assert last_event(scene, key).kind is EventKind.EVENT_CORRECTED
    assert done(scene, service.correct_event, seq=second, **wrong).status is Status.HELD
