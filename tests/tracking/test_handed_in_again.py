"""A result that its agency has back is handed in again: a new item of the same dossier, the old chain stays closed."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from tests.tracking.office_scene import NOW, SYSTEM, Scene, delivery, item_id
from tracking import service
from tracking.model import EventKind, NextAction, ResultRow, Status

LATER = NOW + timedelta(days=3)


def give_back(scene: Scene, key: UUID) -> None:
    """The office returns the paper and the agency signs."""
    with scene.database.transaction() as session:
        service.decide_next(session, scope=SYSTEM, item_id=key, action=NextAction.RETURN, now=NOW)
        service.record_returned(session, scope=SYSTEM, item_id=key, receiver="Bộ phận một cửa", now=NOW)


def returned(scene: Scene) -> tuple[ResultRow, UUID]:
    row = scene.row()
    key = item_id(scene.accept(row)[0])
    give_back(scene, key)
    return row, key


def told(scene: Scene, code: str) -> list[tuple[str, str, int]]:
    """Type, sequence and portal status of what the agency was told of a dossier."""
    with scene.database.reading() as session:
        rows = session.execute(text("SELECT body FROM feedback_messages ORDER BY position")).scalars()
        mine = [body for body in rows if body["data"]["dossier_code"] == code]
    return [(body["type"].rsplit(".", 1)[1], body["sequence"], body["data"]["portal_status"]) for body in mine]


def test_it_is_a_new_item_of_the_same_dossier_and_the_old_one_stays_as_it_ended(scene: Scene) -> None:
    row, old = returned(scene)
    before = scene.item(old)
    anew = replace(row, ready_at=NOW + timedelta(hours=1), address="Số 9 Lê Lợi, phường Sài Gòn")
    (answer,) = scene.accept(anew, now=LATER)
    assert (answer.outcome, [one.code for one in answer.warnings]) == ("created", ["T1025"])
    new = scene.item(item_id(answer))
    assert (new.status, new.address, new.dossier_codes) == (Status.READY, anew.address, before.dossier_codes)
    assert len({new.id, before.id}) == len({new.item_code, before.item_code}) == 2
    assert new.tracking_code != before.tracking_code
    assert scene.item(old) == before
    with scene.database.reading() as session:
        chain = service.item_history(session, scope=SYSTEM, item_id=new.id)
        assert session.scalar(text("SELECT count(*) FROM dossiers")) == 1
    assert [event.kind for event in chain] == [EventKind.RESULT_ACCEPTED, EventKind.ITEM_READY]
    assert chain[0].seq == 1


def test_the_same_row_again_comes_in_once_and_is_then_unchanged(scene: Scene) -> None:
    row, old = returned(scene)
    (first,), (again,) = scene.accept(row, now=LATER), scene.accept(row, now=LATER)
    assert (first.outcome, again.outcome) == ("created", "unchanged")
    assert first.item_id == again.item_id != old
    assert (again.tracking_code, again.warnings) == (first.tracking_code, ())


def test_while_it_is_on_its_way_back_it_is_not_handed_in_again(scene: Scene) -> None:
    row = scene.row()
    key = item_id(scene.accept(row)[0])
    with scene.database.transaction() as session:
        service.decide_next(session, scope=SYSTEM, item_id=key, action=NextAction.RETURN, now=NOW)
    assert [one.outcome for one in scene.accept(row)] == ["unchanged"]
    (refused,) = scene.accept(replace(row, weight_g=300))
    assert [one.code for one in refused.problems] == ["T1016"]


def test_the_old_label_does_not_serve_a_second_time(scene: Scene) -> None:
    row = scene.row(item_code="RA123456785VN")
    give_back(scene, item_id(scene.accept(row)[0]))
    (refused,) = scene.accept(row, now=LATER)
    assert [one.code for one in refused.problems] == ["T1018"]
    assert [one.outcome for one in scene.accept(replace(row, item_code=None), now=LATER)] == ["created"]


def test_the_agency_is_told_on_in_one_line_and_names_the_new_one(scene: Scene) -> None:
    row, old = returned(scene)
    new = item_id(scene.accept(row, now=LATER)[0])
    named = [service.Named(dossier_code=row.dossier_code)]
    with scene.database.transaction() as session:
        answers = service.withdraw_results(session, scope=SYSTEM, agency_id=scene.agency.id, named=named, now=LATER)
    assert [(one.outcome, one.item_id) for one in answers] == [("withdrawn", new)]
    assert scene.item(old).status is Status.RETURNED
    scene.accept(row, now=LATER)
    scene.plan([new], now=LATER)
    scene.take_out([new], now=LATER)
    at = LATER + timedelta(hours=1)
    with scene.database.transaction() as session:
        proof = delivery(new, occurred_at=at)
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=at)
    line = told(scene, row.dossier_code)
    assert [sequence for _, sequence, _ in line] == [f"{n:010d}" for n in range(1, len(line) + 1)]
    assert [name for name, _, _ in line][:6] == ["accepted", "ready", "returning", "returned", "accepted", "ready"]
    assert [portal for _, _, portal in line] == [9] * (len(line) - 1) + [10]
