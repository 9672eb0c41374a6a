"""Ratings and complaints: who may say what until when, the deadlines of the law, evidence that waits for the end."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.clock import at_local
from core.errors import CodedError
from core.scope import Scope
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, TODAY, Scene, delivery, failure
from tests.tracking.test_handovers import LATER, collected, done, tally
from tracking import complaints, ratings, service
from tracking.complaint_values import Complaint, ComplaintKind, ComplaintState, last_filing_day, months_later
from tracking.model import FailureReason
from tracking.reports import Group, on_time_report
from tracking.standard import due_by, facts_of, load_standard

CITIZEN = Scope(province_code=PROVINCE, actor="citizen")
DAY = timedelta(days=1)


def delivered(scene: Scene) -> UUID:
    [item] = scene.out()
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=delivery(item), now=NOW + timedelta(hours=2))
    return item


def file(scene: Scene, item: UUID, kind: str = "conduct", now: datetime = NOW + DAY, **changes: Any) -> Complaint:
    asked: dict[str, Any] = {"scope": CITIZEN, "words": "không ai gọi trước", "by_citizen": True} | changes
    with scene.database.transaction() as session:
        return complaints.file_complaint(session, item_id=item, kind=ComplaintKind(kind), now=now, **asked)


def decide(
    scene: Scene, complaint: Complaint, to: str, answer: str = "Đã xem lại.", now: datetime = NOW + 2 * DAY
) -> Complaint:
    with scene.database.transaction() as session:
        return complaints.decide_complaint(
            session, scope=scene.dispatcher, complaint_id=complaint.id, to=ComplaintState(to), answer=answer, now=now
        )


def rate(scene: Scene, item: UUID, stars: int, now: datetime = NOW + DAY, words: str = "") -> int:
    with scene.database.transaction() as session:
        return ratings.rate(session, scope=CITIZEN, item_id=item, stars=stars, words=words, now=now).stars


def codes(call: Any, *args: Any, **kwargs: Any) -> list[str]:
    with pytest.raises(CodedError) as refused:
        call(*args, **kwargs)
    return [one.code for one in refused.value.problems]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 20), 2, date(2027, 1, 20)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 20), -9, date(2026, 2, 20)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
    ],
)
def test_months_end_where_the_month_does(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("loss", date(2027, 5, 24)),
        ("lateness", date(2027, 5, 24)),
        ("damage", date(2026, 12, 20)),
        ("charge", date(2026, 12, 20)),
    ],
)
def test_the_law_gives_six_months_for_loss_and_lateness_and_one_for_the_rest(kind: str, until: date) -> None:
    days = {"promised_on": date(2026, 11, 24), "delivered_on": TODAY}
    assert last_filing_day(ComplaintKind(kind), **days) == until


def test_a_complaint_is_due_in_two_months_and_goes_its_way(scene: Scene) -> None:
    item = delivered(scene)
    filed = file(scene, item)
    assert (filed.state, filed.due_on, filed.by_citizen) == (ComplaintState.OPEN, date(2027, 1, 21), True)
    with scene.database.transaction() as session:
        taken = complaints.take_complaint(session, scope=scene.dispatcher, complaint_id=filed.id, now=NOW + DAY)
    assert taken.taken_by == "user:dispatcher"
    assert not taken.is_overdue(date(2027, 1, 21))
    assert taken.is_overdue(date(2027, 1, 22))
    answered = decide(scene, filed, "answered")
    assert (answered.state, answered.closed_at) == (ComplaintState.ANSWERED, None)
    settled = decide(scene, filed, "settled", "Đã hoàn cước.")
    assert (settled.answer, settled.closed_at) == ("Đã hoàn cước.", NOW + 2 * DAY)
    assert not settled.is_overdue(date(2030, 1, 1))
    for to in ("answered", "settled", "rejected"):
        assert codes(decide, scene, filed, to) == ["T8104"]
    with scene.database.reading() as session:
        assert complaints.list_complaints(session, scope=scene.dispatcher) == []
        assert complaints.list_complaints(session, scope=scene.dispatcher, running=False) == [settled]


def test_a_rejection_needs_its_reason(scene: Scene) -> None:
    filed = file(scene, delivered(scene))
    assert codes(decide, scene, filed, "rejected", "  ") == ["T8105"]
    assert codes(decide, scene, filed, "open", "") == ["T8104", "T8105"]
    assert decide(scene, filed, "rejected", "Không đúng bưu gửi.").state is ComplaintState.REJECTED


def test_the_most_pressing_comes_first_and_offices_see_their_own(scene: Scene) -> None:
    first, second = delivered(scene), delivered(scene)
    late = file(scene, second, now=NOW + 3 * DAY)
    early = file(scene, first)
    with scene.database.reading() as session:
        assert complaints.list_complaints(session, scope=scene.dispatcher) == [early, late]
        elsewhere = replace(scene.dispatcher, office_ids=frozenset({scene.other_office.id}))
        assert complaints.list_complaints(session, scope=elsewhere) == []
    with pytest.raises(CodedError, match="C1000"), scene.database.transaction() as session:
        complaints.take_complaint(session, scope=elsewhere, complaint_id=early.id, now=NOW)


def test_all_that_is_wrong_with_a_complaint_is_told_at_once(scene: Scene) -> None:
    item = delivered(scene)
    file(scene, item, "damage")
    late = NOW + timedelta(days=40)
    assert codes(file, scene, item, "damage", late, words=" ") == ["T8101", "T8102", "T8103"]
    assert codes(file, scene, item, "other", words="gọi 0912 345 678 nhé") == ["T8003"]
    assert codes(file, scene, item, "other", words="x" * 1_001) == ["T8002"]
    assert codes(file, scene, item, "other", words="thư ve ngoc.nguyen@example.vn") == ["T8003"]
    assert file(scene, item, "other", words="Bưu gửi RA790000093VN, hồ sơ H29.16-261101-0013, thu 30.000 đồng").words
    # Not delivered yet: its month has not begun.
    [waiting] = scene.ready()
    assert file(scene, waiting, "charge", late).state is ComplaintState.OPEN


def test_a_complaint_of_a_kind_can_be_made_again_once_it_is_closed(scene: Scene) -> None:
    item = delivered(scene)
    decide(scene, file(scene, item), "settled")
    assert file(scene, item, now=NOW + 3 * DAY).state is ComplaintState.OPEN


def test_a_delivery_is_rated_once_and_changed_for_a_week(scene: Scene) -> None:
    item = delivered(scene)
    assert rate(scene, item, 2) == 2
    assert rate(scene, item, 4, NOW + 8 * DAY) == 4
    assert codes(rate, scene, item, 5, NOW + 9 * DAY) == ["T8005"]
    with scene.database.reading() as session:
        assert session.execute(text("SELECT stars, count(*) FROM ratings GROUP BY stars")).all() == [(4, 1)]


def test_only_what_arrived_can_be_rated_and_not_for_ever(scene: Scene) -> None:
    [waiting] = scene.ready()
    assert codes(rate, scene, waiting, 6, words="gọi 0912345678") == ["T8003", "T8001", "T8004"]
    item = delivered(scene)
    assert codes(rate, scene, item, 5, NOW + timedelta(days=61)) == ["T8005"]
    assert rate(scene, item, 5, NOW + timedelta(days=60), words="Cảm ơn, rất nhanh") == 5


def test_ratings_and_complaints_count_in_the_report(scene: Scene) -> None:
    for stars in (5, 4, 1):
        rate(scene, delivered(scene), stars)
    file(scene, delivered(scene))
    asked: dict[str, Any] = {"from_on": TODAY, "to_on": TODAY + 2 * DAY, "now": NOW + timedelta(days=70)}
    with scene.database.reading() as session:
        total = on_time_report(session, scope=SYSTEM, group=Group.WEEK, **asked).total
        [office] = on_time_report(session, scope=scene.dispatcher, group=Group.OFFICE, **asked).rows
        early = asked | {"to_on": TODAY}
        before = on_time_report(session, scope=SYSTEM, group=Group.OFFICE, **early).total
    for row in (total, office):
        assert (row.stars, row.complaints, row.complaints_overdue) == ({5: 1, 4: 1, 1: 1}, 1, 1)
        assert [row.mean_stars, row.satisfied_share] == pytest.approx([10 / 3, 2 / 3])
    assert (before.stars, before.mean_stars, before.satisfied_share, before.complaints) == ({}, None, None, 0)


def recipients(scene: Scene) -> dict[UUID, str | None]:
    with scene.database.reading() as session:
        found = session.execute(text("SELECT item_id, recipient_name, identity_last4 FROM proofs"))
        return {row.item_id: row.recipient_name for row in found}


def test_evidence_of_a_dossier_that_was_handed_in_goes_too(scene: Scene) -> None:
    """All that has ended is erased, not only what was delivered or returned."""
    (key,) = scene.planned(leg="collect")
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=collected(key), now=LATER)
    scene.hand_back([key], now=LATER)
    counter = {"office_id": scene.office.id, "agency_id": scene.agency.id, "tally": tally(key, counterpart="Quầy 1")}
    with scene.database.transaction() as session:
        assert service.erase_old_evidence(session, now=NOW + timedelta(days=285)) == 0
    done(scene, service.give_to_agency, **counter)
    with scene.database.transaction() as session:
        assert service.erase_old_evidence(session, now=NOW + timedelta(days=285)) == 1
    assert recipients(scene) == {key: None}


def test_days_on_which_the_paper_waited_for_the_citizen_give_him_longer_to_complain(scene: Scene) -> None:
    (key,) = scene.out()
    asked = {"reason": FailureReason.ASKED_ANOTHER_TIME, "redelivery_on": TODAY + timedelta(days=12)}
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=failure(key, **asked), now=LATER)
    with scene.database.reading() as session:
        standard = load_standard(session, PROVINCE)
    last = due_by(facts_of(scene.item(key)), standard, today=TODAY)
    assert last > due_by(replace(facts_of(scene.item(key)), pauses=()), standard, today=TODAY)
    until = months_later(last, 6)
    assert codes(file, scene, key, "loss", now=at_local(until + DAY, time(8))) == ["T8102"]
    assert file(scene, key, "loss", now=at_local(until, time(8))).state is ComplaintState.OPEN


def test_evidence_goes_after_nine_months_but_waits_for_complaints(scene: Scene) -> None:
    plain, disputed = delivered(scene), delivered(scene)
    filed = file(scene, disputed, "loss")
    settled_at = NOW + timedelta(days=285)

    def erase(now: datetime) -> int:
        with scene.database.transaction() as session:
            return service.erase_old_evidence(session, now=now)

    assert erase(NOW + timedelta(days=270)) == 0
    assert erase(NOW + timedelta(days=285)) == 1
    assert {key: name is None for key, name in recipients(scene).items()} == {plain: True, disputed: False}
    decide(scene, filed, "settled", now=settled_at)
    assert erase(settled_at + timedelta(days=50)) == 0
    assert erase(settled_at + timedelta(days=70)) == 1
    assert set(recipients(scene).values()) == {None}
    assert erase(settled_at + timedelta(days=260)) == 0
    assert erase(settled_at + timedelta(days=280)) == 1
    with scene.database.reading() as session:
        assert session.execute(text("SELECT words, answer FROM complaints")).all() == [("", "")]
    with scene.database.reading() as session:
        logged = service.LoggedRoots()
        assert list(service.audit(session, PROVINCE, blobs=None, is_signed=lambda _: True, logged=logged)) == []
