"""The chain of events: its hash is what RFC 8785 and SHA-256 say, and every change to it is found."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.tracking.office_scene import NOW, SYSTEM, Scene, delivery
from tracking import service
from tracking.chain import event_hash, verify_chain
from tracking.model import GENESIS_HASH, Event, EventKind, Status

KEY = UUID("01a1fd39-9353-769e-8fb6-a5d440b30a7b")


def test_the_hash_is_sha256_of_sorted_compact_json() -> None:
    """Oracle: the standard library's JSON, which agrees with RFC 8785 on ASCII keys, text and whole numbers."""
    event = make_chain(1)[0]
    content = {
        "actor": "user:1",
        "data": {"reason": "vắng nhà", "attempt": 2, "files": [], "seal": None, "late": True},
        "id": str(KEY),
        "item_id": str(KEY),
        "kind": "item_ready",
        "occurred_at": "2026-11-20T01:00:00.250000Z",
        "office_id": str(KEY),
        "prev_hash": "0" * 64,
        "province_code": "79",
        "recorded_at": "2026-11-20T01:00:01.000000Z",
        "seq": 1,
        "status": "ready",
    }
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert event.hash == hashlib.sha256(plain.encode()).hexdigest()


def test_a_chain_as_written_holds() -> None:
    chain = make_chain(5)
    assert verify_chain(chain, head=chain[-1].hash) == []


CHANGES: dict[str, Any] = {
    "province_code": "80",
    "id": UUID(int=KEY.int + 1),
    "item_id": UUID(int=KEY.int + 1),
    "seq": 9,
    "kind": EventKind.ITEM_DELIVERED,
    "status": Status.DELIVERED,
    "occurred_at": NOW,
    "recorded_at": NOW,
    "actor": "user:2",
    "office_id": UUID(int=KEY.int + 1),
    "data": {"reason": "absent"},
    "prev_hash": "1" * 64,
    "hash": "2" * 64,
}


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_changed_field_is_found_and_named(field: str, place: int) -> None:
    chain = make_chain(5)
    head = chain[-1].hash
    chain[place] = replace(chain[place], **{field: CHANGES[field]})
    broken = verify_chain(chain, head=head)
    assert chain[place].seq in {link.seq for link in broken}


@given(st.data())
def test_a_removed_repeated_or_moved_event_is_found(data: st.DataObject) -> None:
    chain = make_chain(6)
    head = chain[-1].hash
    places = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=8).filter(lambda p: p != list(range(6))))
    assert verify_chain([chain[place] for place in places], head=head)


def test_a_cut_off_end_is_seen_only_against_the_head() -> None:
    chain = make_chain(4)
    assert verify_chain(chain[:3]) == []
    assert verify_chain(chain[:3], head=chain[3].hash)


def test_a_forged_event_needs_all_later_hashes() -> None:
    """Changing an event and its own hash still breaks the link of the next."""
    chain = make_chain(3)
    forged = replace(chain[0], data={"reason": "refused"})
    chain[0] = replace(forged, hash=event_hash(forged))
    assert [link.fault for link in verify_chain(chain)] == ["link"]


def test_the_stored_chain_holds_and_starts_at_zero(scene: Scene) -> None:
    (key,) = scene.out()
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=delivery(key), now=NOW + timedelta(hours=2))
    with scene.database.reading() as session:
        events = service.item_history(session, scope=SYSTEM, item_id=key)
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert events[0].prev_hash == GENESIS_HASH
    assert verify_chain(events, head=scene.item(key).last_hash) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'user:9'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE events_default SET seq = 7",
    ],
)
def test_the_database_refuses_to_change_the_past(scene: Scene, statement: str) -> None:
    scene.ready()
    with scene.database.transaction() as session:
        # Rows of the test lie in their month's partition or in the default one; put one into the default for sure.
        session.execute(
            text(
                "INSERT INTO events SELECT province_code, 'ffffffff-ffff-7fff-bfff-ffffffffffff', item_id, 99, kind, "
                "status, occurred_at, recorded_at, actor, office_id, data, prev_hash, hash FROM events LIMIT 1"
            )
        )
    with pytest.raises(DBAPIError, match="append-only"), scene.database.transaction() as session:
        session.execute(text(statement))


def make_chain(length: int) -> list[Event]:
    """Linked events of one item."""
    chain: list[Event] = []
    for seq in range(1, length + 1):
        unsigned = Event(
            province_code="79",
            id=KEY,
            item_id=KEY,
            seq=seq,
            kind=EventKind.ITEM_READY,
            status=Status.READY,
            occurred_at=datetime(2026, 11, 20, 1, 0, 0, 250_000, tzinfo=UTC),
            recorded_at=datetime(2026, 11, 20, 1, 0, 1, tzinfo=UTC),
            actor="user:1",
            office_id=KEY,
            data={"reason": "vắng nhà", "attempt": 2, "files": [], "seal": None, "late": True},
            prev_hash=chain[-1].hash if chain else GENESIS_HASH,
            hash="",
        )
        chain.append(replace(unsigned, hash=event_hash(unsigned)))
    return chain
