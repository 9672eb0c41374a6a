"""What identifies people goes in time, from every table and file; the chain holds, and what somebody took is found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api import jobs
from core.blobs import BlobStore
from core.ids import new_id
from tests.tracking.audit_scene import LATER, SHA256, Place
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, delivery
from tracking import service
from tracking.events import record_event
from tracking.handover_values import IncidentState, Tally
from tracking.model import EventKind, Person
from tracking.proof_checks import proof_digest, says_the_same
from tracking.rounds import Counted

OVER = NOW + timedelta(days=300)


def erase(place: Place, now: datetime = OVER, blobs: BlobStore | None = None) -> int:
    """The worker's job: the rows, and after their commit the files."""
    with place.scene.database.transaction() as session:
        count = service.erase_old_evidence(session, now=now)
    with place.scene.database.transaction() as session:
        service.erase_files(session, blobs=blobs or place.blobs, now=now)
    return count


def cells(place: Place) -> Iterator[tuple[str, str]]:
    """Every row of every table as text, with its table."""
    with place.scene.database.reading() as session:
        tables = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        ).all()
        for table in tables:
            for row in session.scalars(text(f'SELECT to_jsonb(t)::text FROM "{table}" t')):  # noqa: S608  our own
                yield table, row


def holding(place: Place, *words: str) -> set[str]:
    """Tables that hold one of these words."""
    return {table for table, row in cells(place) for word in words if word.casefold() in row.casefold()}


def last_kind(place: Place, key: UUID) -> EventKind:
    with place.scene.database.reading() as session:
        return service.item_history(session, scope=SYSTEM, item_id=key)[-1].kind


def test_after_its_time_no_table_and_no_file_holds_the_person_and_the_chain_still_holds(place: Place) -> None:
    scene, name, phone, mail = place.scene, "Đặng Thị Khuê", "0987650001", "khue@example.org"
    who: dict[str, Any] = {"addressee": Person(name=name, phone=phone), "email": mail}
    (key,) = scene.out(**who, address=f"77 Ngõ Rất Riêng, {scene.row().address}")
    waiting = scene.ready(**who)
    proof = delivery(key, recipient_name="Đặng Văn Nhận", identity_kind="cccd", identity_last4="8642", note="cổng tím")
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=LATER, identity_key=b"k" * 32)
    written = (name, "dang thi khue", phone, "Ngõ Rất Riêng", "Đặng Văn Nhận", "cổng tím", mail)
    assert {"items", "proofs", "notification_emails"} <= holding(place, *written)
    assert erase(place, NOW + timedelta(days=270)) == 0, "its time is not over"
    assert erase(place) == 2, "what is still under way stays"
    assert scene.item(waiting[0]).addressee == who["addressee"]
    place.tamper(
        "UPDATE items SET addressee_name = 'x', addressee_phone = '', search_text = '' WHERE id = :i", i=waiting[0]
    )
    place.tamper("DELETE FROM notification_emails WHERE item_id = :i", i=waiting[0])
    assert holding(place, *written) == set()
    assert [path for path in place.folder.rglob("*") if SHA256 in path.name] == []
    faults, counts = place.audited()
    assert (faults, counts.erased) == ([], 2)
    assert last_kind(place, key) is EventKind.PERSONAL_ERASED
    assert erase(place) == 0, "once"
    # The root of the day covers the erasure as it does any event.
    place.root(OVER + timedelta(days=1))
    assert place.faults() == []


def signed_for(place: Place, keys: list[UUID], name: str) -> None:
    """The agency's clerk hands papers over and signs."""
    act: dict[str, Any] = {"office_id": place.scene.office.id, "agency_id": place.scene.agency.id, "now": NOW}
    with place.scene.database.transaction() as session:
        both = Tally(item_ids=tuple(keys), counterpart=name)
        service.receive_from_agency(session, scope=place.scene.dispatcher, tally=both, **act)


def test_who_signed_for_papers_goes_with_the_last_of_them(place: Place) -> None:
    scene, name = place.scene, "Hoàng Thị Ký Tên"
    ended, under_way = scene.ready(), scene.ready()
    signed_for(place, [*ended, *under_way], name)
    scene.plan([*ended, *under_way])
    scene.take_out([*ended, *under_way])
    for keys, now in ((ended, OVER), (under_way, OVER + timedelta(days=300))):
        with scene.database.transaction() as session:
            proof = delivery(keys[0], occurred_at=LATER)
            service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=now - timedelta(days=290))
        assert holding(place, name) == {"handovers"}
        erase(place, now)
    assert holding(place, name) == set()
    assert place.faults() == []


def test_a_photo_that_went_without_its_time_is_found_and_named(place: Place) -> None:
    """The same files are gone; the chain says nothing of it."""
    [photo] = [path for path in place.folder.rglob("*") if SHA256 in path.name]
    photo.unlink()
    assert [fault.fault for fault in place.faults()] == ["missing_bytes"]


def test_a_name_that_went_without_its_time_is_found(place: Place) -> None:
    place.tamper(
        "UPDATE proofs SET personal_salt = NULL, recipient_name = NULL, relation = NULL, identity_kind = NULL, "
        "identity_last4 = NULL, identity_hash = NULL, note = NULL WHERE item_id = :item",
        item=place.items[0],
    )
    assert [(one.fault, one.item_id) for one in place.faults()] == [("personal_removed", place.items[0])]


def test_an_erasure_before_its_time_is_a_fault_though_its_link_is_right(place: Place) -> None:
    """Somebody with every right writes an erasure of his own, with right hashes."""
    with place.scene.database.transaction() as session:
        [item] = [service.find_item(session, scope=SYSTEM, item_id=place.items[0])]
        record_event(
            session,
            item=item,
            kind=EventKind.PERSONAL_ERASED,
            occurred_at=LATER,
            now=LATER + timedelta(days=2),
            actor="system",
            data={"proofs": {}, "months": 9},
        )
    assert [fault.fault for fault in place.faults()] == ["erased_too_early"]


def test_files_that_a_killed_worker_left_go_with_the_next_run(place: Place) -> None:
    with place.scene.database.transaction() as session:
        assert service.erase_old_evidence(session, now=OVER) == 1
    assert place.faults() == []
    with place.scene.database.transaction() as session:
        assert service.erase_files(session, blobs=place.blobs, now=OVER) == 1
    with place.scene.database.transaction() as session:
        assert service.erase_files(session, blobs=place.blobs, now=OVER) == 0
    assert place.faults() == []


def open_search(place: Place, key: UUID) -> None:
    with place.scene.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO incidents (province_code, id, kind, state, office_id, listed, counted, missing, surplus, "
                "opened_by, opened_at) VALUES (:p, :id, 'count_differs', 'open', :o, 1, 0, ARRAY[CAST(:key AS uuid)], "
                "'{}', 'user:x', :at)"
            ),
            {"p": PROVINCE, "id": new_id(NOW), "o": place.scene.office.id, "key": key, "at": NOW},
        )


def open_cash(place: Place, key: UUID) -> None:
    """The round's cash differs."""
    courier = place.scene.couriers[0].id
    place.scene.hand_back([place.items[1]], now=LATER)
    counted = Counted(tally=Tally(item_ids=(), confirmed=True), papers=0, cash_vnd=5000, confirmed=True)
    with place.scene.database.transaction() as session:
        service.close_round(session, scope=place.scene.dispatcher, courier_id=courier, counted=counted, now=LATER)


def uncounted_money(place: Place, key: UUID) -> None:
    place.tamper("UPDATE proofs SET money_vnd = 20000 WHERE item_id = :item", item=key)


@pytest.mark.parametrize("hold", [open_search, open_cash, uncounted_money])
def test_what_a_search_or_money_holds_stays(place: Place, hold: Any) -> None:
    key = place.items[0]
    hold(place, key)
    assert erase(place) == 0
    assert place.scene.item(key).addressee.name
    with place.scene.database.reading() as session:
        found = service.list_incidents(session, scope=SYSTEM)
    for one in found:
        with place.scene.database.transaction() as session:
            service.decide_incident(
                session,
                scope=place.scene.dispatcher,
                incident_id=one.id,
                state=IncidentState.CLOSED,
                explanation="Đã rõ",
                now=LATER,
            )
    if hold is not uncounted_money:
        assert erase(place) == 1


def test_an_item_delivered_late_is_kept_from_its_delivery_on(place: Place) -> None:
    late = NOW + timedelta(days=100)
    proof = delivery(place.items[1], occurred_at=late)
    with place.scene.database.transaction() as session:
        service.record_proof(session, scope=place.scene.courier_scope(), proof=proof, now=late)
    assert erase(place) == 1
    assert erase(place, late + timedelta(days=285)) == 1


def test_the_workers_sweep_erases_rows_and_files(place: Place) -> None:
    jobs.configure(place.scene.database, lambda: OVER, place.keyring, blobs=place.blobs)
    assert jobs.sweep(0) >= 2
    assert [path for path in place.folder.rglob("*") if SHA256 in path.name] == []
    assert last_kind(place, place.items[0]) is EventKind.PERSONAL_ERASED
    assert place.faults() == []


def test_nobody_finds_a_recipient_by_trying_names_and_digits_against_the_chain(place: Place) -> None:
    scene = place.scene
    [key] = scene.out(1)
    proof = delivery(key, recipient_name="Đặng Văn Nhận", identity_kind="cccd", identity_last4="8642")
    with scene.database.transaction() as session:
        first = service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=LATER)
    with scene.database.reading() as session:
        chain = service.item_history(session, scope=SYSTEM, item_id=key)
        salt = session.scalar(text("SELECT personal_salt FROM proofs WHERE id = :id"), {"id": proof.proof_id})
    [told] = [event.data["proof_digest"] for event in chain if "proof_digest" in event.data]
    assert told != proof_digest(proof, None), "who knows everything else would need 10,000 tries"
    assert told == proof_digest(proof, salt)
    assert str(salt) not in str(chain)
    assert isinstance(salt, str)
    assert erase(place) > 0
    assert holding(place, salt) == set(), "what would be needed to try goes with the erasure"
    with scene.database.transaction() as session:
        again = service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=OVER)
    assert again.event_hash == first.event_hash, "the phone may forget"


def test_digests_from_before_they_were_salted_still_tell_a_repeat_from_other_content() -> None:
    proof = delivery(new_id(NOW), identity_kind="cccd", identity_last4="8642")
    other = replace(proof, identity_last4="8643")
    for salt in (None, "00" * 16):
        assert says_the_same(proof, proof_digest(proof, None), salt)
        assert not says_the_same(other, proof_digest(proof, None), salt)
    assert says_the_same(proof, proof_digest(proof, "00" * 16), "00" * 16)
    assert not says_the_same(other, proof_digest(proof, "00" * 16), "00" * 16)
