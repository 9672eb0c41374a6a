"""The outbox: one message per dossier, numbered, in the caller's transaction; the stream skips nothing."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.db import Database
from core.errors import CodedError
from core.scope import Scope
from tests.tracking.feedback_scene import BOX, PROVINCE, START, Parcel, add_endpoint, agency_scope, happened
from tracking.feedback.cloudevents import CONTENT_TYPE, body_of
from tracking.feedback.endpoints import backlogs, disable_endpoint, enable_endpoint, list_endpoints, save_endpoint
from tracking.feedback.outbox import enqueue, enqueue_many
from tracking.feedback.stream import dossier_events, events_after, position_of
from tracking.model import EventKind

URL = "http://127.0.0.1:9/hook"


def _bodies(session: Session, agency_id: UUID) -> list[tuple[str, str, int]]:
    page = events_after(session, scope=agency_scope(agency_id), limit=1000)
    return [(b["data"]["dossier_code"], b["sequence"], b["data"]["portal_status"]) for b in page.events]


def _jobs(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")).scalar_one())


def test_an_item_with_two_dossiers_tells_of_each_with_its_own_sequence(database: Database) -> None:
    agency = uuid4()
    both, single = Parcel(agency_id=agency, dossier_codes=("A", "B")), Parcel(agency_id=agency, dossier_codes=("B",))
    with database.transaction() as session:
        enqueue(session, event=happened(EventKind.RESULT_ACCEPTED, item=both), item=both)
        enqueue(session, event=happened(EventKind.RESULT_ACCEPTED, item=single), item=single)
        enqueue(session, event=happened(EventKind.ITEM_DELIVERED, item=both), item=both)
    with database.reading() as session:
        assert _bodies(session, agency) == [
            ("A", "0000000001", 9),
            ("B", "0000000001", 9),
            ("B", "0000000002", 9),
            ("A", "0000000002", 10),
            ("B", "0000000003", 10),
        ]
        assert [b["sequence"] for b in dossier_events(session, scope=agency_scope(agency), dossier_code="B")] == [
            "0000000001",
            "0000000002",
            "0000000003",
        ]


def test_in_bulk_or_one_by_one_the_stream_is_the_same(database: Database) -> None:
    kinds = [EventKind.RESULT_ACCEPTED, EventKind.ITEM_READY, EventKind.ITEM_OUT, EventKind.ITEM_DELIVERED]
    one, bulk = uuid4(), uuid4()
    with database.transaction() as session:
        for kind in kinds:
            item = Parcel(agency_id=one, dossier_codes=("A", "B"))
            enqueue(session, event=happened(kind, item=item), item=item)
        item = Parcel(agency_id=bulk, dossier_codes=("A", "B"))
        enqueue_many(session, pairs=[(happened(kind, item=item), item) for kind in kinds])
    with database.reading() as session:
        assert _bodies(session, one) == _bodies(session, bulk)
        assert len(_bodies(session, one)) == 8


def test_a_late_event_never_takes_the_portal_status_back(database: Database) -> None:
    agency = uuid4()
    item = Parcel(agency_id=agency, dossier_codes=("A",))
    kinds = [EventKind.ITEM_OUT, EventKind.ITEM_DELIVERED, EventKind.ATTEMPT_FAILED]
    with database.transaction() as session:
        enqueue_many(session, pairs=[(happened(kind, item=item), item) for kind in kinds])
    with database.transaction() as session:
        enqueue(session, event=happened(EventKind.ATTEMPT_FAILED, item=item), item=item)
    with database.reading() as session:
        assert [portal for _, _, portal in _bodies(session, agency)] == [9, 10, 10, 10]


def test_what_is_the_posts_own_affair_is_not_told(database: Database) -> None:
    item = Parcel(agency_id=uuid4(), dossier_codes=("A",))
    with database.transaction() as session:
        enqueue(session, event=happened(EventKind.ITEM_PLANNED, item=item), item=item)
    with database.reading() as session:
        assert _bodies(session, item.agency_id) == []


def test_a_transaction_that_fails_tells_nothing_and_asks_for_nothing(database: Database) -> None:
    item = Parcel(agency_id=uuid4(), dossier_codes=("A",))
    with database.transaction() as session:
        add_endpoint(session, agency_id=item.agency_id, url=URL)

    def tell_and_fail() -> None:
        with database.transaction() as session:
            enqueue(session, event=happened(EventKind.ITEM_OUT, item=item), item=item)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        tell_and_fail()
    with database.reading() as session:
        assert _bodies(session, item.agency_id) == []
        assert _jobs(session) == 0


def test_one_drain_is_asked_for_per_endpoint_and_transaction(database: Database) -> None:
    agency = uuid4()
    with database.transaction() as session:
        add_endpoint(session, agency_id=agency, url=URL)
        add_endpoint(session, agency_id=agency, url=URL + "2")
    with database.transaction() as session:
        for n in range(5):
            item = Parcel(agency_id=agency, dossier_codes=(f"D{n}",))
            enqueue(session, event=happened(EventKind.ITEM_OUT, item=item), item=item)
    with database.reading() as session:
        assert _jobs(session) == 2
        assert [b.pending for b in backlogs(session, scope=agency_scope(agency))] == [5, 5]


def test_a_savepoint_taken_back_takes_its_drain_back_and_the_next_one_asks_again(database: Database) -> None:
    item = Parcel(agency_id=uuid4(), dossier_codes=("A",))
    with database.transaction() as session:
        add_endpoint(session, agency_id=item.agency_id, url=URL)
    with database.transaction() as session:
        savepoint = session.begin_nested()
        enqueue(session, event=happened(EventKind.ITEM_OUT, item=item), item=item)
        savepoint.rollback()
        enqueue(session, event=happened(EventKind.ITEM_OUT, item=item), item=item)
    with database.reading() as session:
        assert _jobs(session) == 1
        assert _bodies(session, item.agency_id) == [("A", "0000000001", 9)]


def test_a_disabled_endpoint_collects_and_asks_when_it_is_on_again(database: Database) -> None:
    item = Parcel(agency_id=uuid4(), dossier_codes=("A",))
    scope = agency_scope(item.agency_id)
    with database.transaction() as session:
        endpoint = add_endpoint(session, agency_id=item.agency_id, url=URL).endpoint
        disable_endpoint(session, scope=scope, endpoint_id=endpoint.id)
        enqueue(session, event=happened(EventKind.ITEM_OUT, item=item), item=item)
        assert _jobs(session) == 0
        enable_endpoint(session, scope=scope, endpoint_id=endpoint.id)
        assert _jobs(session) == 1
        assert [b.pending for b in backlogs(session, scope=scope)] == [1]


def test_the_stream_waits_for_a_transaction_that_commits_late(database: Database) -> None:
    agency = uuid4()
    slow, fast = Parcel(agency_id=agency, dossier_codes=("SLOW",)), Parcel(agency_id=agency, dossier_codes=("FAST",))
    scope = agency_scope(agency)
    with database.transaction() as late:
        enqueue(late, event=happened(EventKind.ITEM_OUT, item=slow), item=slow)
        with database.transaction() as session:
            enqueue(session, event=happened(EventKind.ITEM_OUT, item=fast), item=fast)
        with database.reading() as session:
            before = events_after(session, scope=scope)
        assert before.events == ()
    with database.reading() as session:
        page = events_after(session, scope=scope, after=before.next_after)
    assert [b["data"]["dossier_code"] for b in page.events] == ["SLOW", "FAST"]


def test_pages_put_together_are_the_whole_stream(database: Database) -> None:
    agency = uuid4()
    parcels = [Parcel(agency_id=agency, dossier_codes=(f"D{n}",)) for n in range(25)]
    with database.transaction() as session:
        enqueue_many(session, pairs=[(happened(EventKind.ITEM_OUT, item=p), p) for p in parcels])
    got: list[str] = []
    after: str | None = None
    with database.reading() as session:
        while page := events_after(session, scope=agency_scope(agency), after=after, limit=7):
            if not page.events:
                break
            got += [b["data"]["dossier_code"] for b in page.events]
            after = page.next_after
    assert got == [f"D{n}" for n in range(25)]


def test_an_agency_sees_its_own_events_an_office_none_a_province_all(database: Database) -> None:
    mine, other = Parcel(agency_id=uuid4(), dossier_codes=("M",)), Parcel(agency_id=uuid4(), dossier_codes=("O",))
    office = Scope(province_code=PROVINCE, actor="user:x", office_ids=frozenset({uuid4()}))
    whole = Scope(province_code=PROVINCE, actor="user:x")
    with database.transaction() as session:
        for item in (mine, other):
            enqueue(session, event=happened(EventKind.ITEM_OUT, item=item), item=item)
            add_endpoint(session, agency_id=item.agency_id, url=URL)
    with database.reading() as session:
        seen = {
            name: [b["data"]["dossier_code"] for b in events_after(session, scope=scope).events]
            for name, scope in (("mine", agency_scope(mine.agency_id)), ("office", office), ("whole", whole))
        }
        assert seen == {"mine": ["M"], "office": [], "whole": ["M", "O"]}
        assert len(list_endpoints(session, scope=agency_scope(mine.agency_id))) == 1
        assert list_endpoints(session, scope=office) == []
        assert dossier_events(session, scope=agency_scope(mine.agency_id), dossier_code="O") == ()


def test_another_agencys_endpoint_is_refused_and_the_same_url_shows_no_secret_again(database: Database) -> None:
    agency = uuid4()
    with database.transaction() as session:
        first = add_endpoint(session, agency_id=agency, url=URL)
        again = add_endpoint(session, agency_id=agency, url=URL)
        assert first.secret is not None
        assert first.secret.startswith("whsec_")
        assert (again.secret, again.endpoint.id) == (None, first.endpoint.id)
        stored = session.execute(text("SELECT secret FROM feedback_endpoints")).scalar_one()
        assert first.secret.encode() not in bytes(stored)
        with pytest.raises(CodedError) as refused:
            save_endpoint(
                session,
                scope=agency_scope(uuid4()),
                agency_id=agency,
                url=URL,
                box=BOX,
                allow_private=True,
                now=START,
            )
        assert refused.value.code == "T5005"


@pytest.mark.parametrize("cursor", ["x", "-1", "1.0", "９", "1" * 19])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(CodedError) as refused:
        position_of(cursor)
    assert refused.value.code == "T5004"


@given(sequence=st.integers(1, 10**10 - 1), minutes=st.integers(0, 10**6), delivered=st.booleans())
def test_the_cloudevents_sdk_reads_what_we_write(sequence: int, minutes: int, delivered: bool) -> None:
    item = Parcel(agency_id=uuid4(), dossier_codes=("H21.16-261120-0001",))
    at = START + timedelta(minutes=minutes)
    event = happened(EventKind.ATTEMPT_FAILED, item=item, at=at, reason="absent", action="redeliver")
    body = body_of(event, item, item.dossier_codes[0], sequence=sequence, delivered=delivered)
    message = HTTPMessage(
        headers={"content-type": CONTENT_TYPE}, body=JSONFormat().write_data(body, "application/json")
    )
    read = from_structured_event(message, JSONFormat())
    assert read.get_type() == "vn.buuta.item.attempt_failed"
    assert read.get_subject() == item.item_code
    assert read.get_time() == at
    assert read.get_extension("sequence") == f"{sequence:010d}"
    data = read.get_data()
    assert isinstance(data, dict)
    assert (data["reason"], data["action"], data["portal_status"]) == ("absent", "redeliver", 10 if delivered else 9)
