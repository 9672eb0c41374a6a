"""A year of a province in the database: two items live through the product's services, the year is copies of them.

Each copy has ids, codes, pictures and instants of its own, and hashes made anew by the product's own functions, so the
audit finds nothing wrong. Rows go in by COPY: through the services a year would take most of a day.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.types.json import Jsonb, set_json_dumps
from sqlalchemy import Table, select, text
from sqlalchemy.dialects.postgresql import JSONB

from bench.tracking_ground import DOOR, PROVINCE, SYSTEM, Ground
from core.blobs import BlobStore
from core.clock import local_date, utc_now
from core.db import Base, ensure_partitions
from core.ids import id_time, new_id, new_tracking_code
from tracking import service
from tracking.chain import event_hash
from tracking.handover_values import HandoverKind, Tally
from tracking.intake_write import item_code_of
from tracking.model import GENESIS_HASH, Event, FailureReason, FileClaim, NextAction, ProofInput
from tracking.records import file_record, sealed

Row = dict[str, Any]
Life = dict[str, list[Row]]

# Of ten items that many are delivered on a second day.
_AGAIN, _OF = 2, 10
_LONGEST = timedelta(days=2)
# Which rows are an item's, in an order in which they may be written.
_MINE = {
    "items": "id = :item",
    "dossiers": "id IN (SELECT dossier_id FROM item_dossiers WHERE item_id = :item)",
    "item_dossiers": "item_id = :item",
    "events": "item_id = :item",
    "proofs": "item_id = :item",
    "proof_files": "proof_id IN (SELECT id FROM proofs WHERE item_id = :item)",
}
# So many items are made before they are handed on: the bench itself stays small.
_PART = 2_000
# Days and moments that stand as text in what an event says.
_A_TIME = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")
# Beyond the codes of the two that lived.
_FIRST_SERIAL = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The items in the order of time, and how many events the province has in all."""

    item_ids: list[UUID]
    events: int


def fill(place: Ground, folder: Path, *, events: int, days: int, until: datetime) -> Filled:
    """At least that many events, evenly over the days before `until`; the two that lived are among them."""
    with place.database.transaction() as session:
        ensure_partitions(session, until - timedelta(days=days), months=days // 28 + 2)
    short, long = _lived(place, folder, until - _LONGEST)
    lives = [long] * _AGAIN + [short] * (_OF - _AGAIN)
    count = -(-events * _OF // sum(len(life["events"]) for life in lives))
    step = (timedelta(days=days) - _LONGEST) / count
    found: list[UUID] = []
    with psycopg.connect(place.database.url) as connection:
        for first in range(0, count, _PART):
            numbers = range(first, min(count, first + _PART))
            # Whole days: what the events say of a local day stays true of its copy.
            back = {n: timedelta(days=(step * (count - n)).days) for n in numbers}
            copies = [_copy(lives[n % _OF], back=back[n], number=n) for n in numbers]
            for name in _MINE:
                _write(connection, Base.metadata.tables[name], [row for copy in copies for row in copy[name]])
            found += [copy["items"][0]["id"] for copy in copies]
    with psycopg.connect(place.database.url, autocommit=True) as connection:
        # What autovacuum does in the course of a year.
        connection.execute("VACUUM ANALYZE")
        [written] = connection.execute("SELECT count(*) FROM events").fetchone() or (0,)
    return Filled(item_ids=found, events=written)


def _lived(place: Ground, folder: Path, begun: datetime) -> tuple[Life, Life]:
    """Two items from the agency's hand-over to the door: the first delivered at once, the second a day later."""
    before = utc_now() - begun
    rows = [replace(row, ready_at=row.ready_at and row.ready_at - before) for row in place.rows(2)]
    both = place.accept(rows, begun)
    with place.database.transaction() as session:
        service.hand_over(
            session,
            scope=SYSTEM,
            kind=HandoverKind.FROM_AGENCY,
            office_id=place.courier.office_id,
            party_id=place.agency.id,
            tally=Tally(item_ids=tuple(both), seal="NP-1"),
            now=begun + timedelta(hours=1),
        )
    _ride(place, folder, both, failing=both[1:], now=begun + timedelta(hours=2))
    with place.database.transaction() as session:
        back = begun + timedelta(hours=10)
        service.hand_back(session, scope=place.phone, courier_id=place.courier.id, item_ids=both[1:], now=back)
    _ride(place, folder, both[1:], failing=[], now=begun + timedelta(hours=26))
    first, second = (_rows_of(place, item_id) for item_id in both)
    return first, second


def _ride(place: Ground, folder: Path, keys: Sequence[UUID], *, failing: Sequence[UUID], now: datetime) -> None:
    """Planned, taken out, and proved at each door."""
    with place.database.transaction() as session:
        assignments = dict.fromkeys(keys, place.courier.id)
        service.mark_planned(
            session, scope=SYSTEM, assignments=assignments, plan_id=new_id(now), on=local_date(now), now=now
        )
        service.take_out(session, scope=place.phone, courier_id=place.courier.id, item_ids=keys, now=now)
    for n, key in enumerate(keys, start=1):
        _prove(place, folder, key, is_delivered=key not in failing, now=now + timedelta(minutes=20 * n))


def _prove(place: Ground, folder: Path, item_id: UUID, *, is_delivered: bool, now: datetime) -> None:
    photo = b"\xff\xd8\xff" + secrets.token_bytes(1000)
    claim = FileClaim(sha256=hashlib.sha256(photo).hexdigest(), kind="photo", bytes_count=len(photo))
    end: Row = (
        {"outcome": "delivered", "recipient_name": "Nguyễn Thị Bích Ngọc", "relation": "self"}
        | {"identity_kind": "cccd", "identity_last4": "1234", "papers_taken_back": 1}
        if is_delivered
        else {"outcome": "attempt_failed", "reason": FailureReason.ABSENT, "action": NextAction.REDELIVER}
        | {"redelivery_on": local_date(now) + timedelta(days=1)}
    )
    proof = ProofInput(
        proof_id=new_id(now),
        item_id=item_id,
        occurred_at=now - timedelta(seconds=20),
        clock_offset_s=0.4,
        point=DOOR,
        accuracy_m=6.0,
        position_age_s=3.0,
        app_version="1.0.0",
        files=(claim,),
        **end,
    )
    with place.database.transaction() as session:
        service.record_proof(session, scope=place.phone, proof=proof, now=now, identity_key=b"bench" * 8)
        service.store_proof_file(
            session,
            scope=place.phone,
            blobs=BlobStore(str(folder / "blobs")),
            proof_id=proof.proof_id,
            sha256=claim.sha256,
            data=photo,
            now=now,
        )


def _rows_of(place: Ground, item_id: UUID) -> Life:
    """Everything of an item, by table, as the database has it."""
    life: Life = {}
    with place.database.reading() as session:
        for name, mine in _MINE.items():
            query = select(Base.metadata.tables[name]).where(text(mine))
            life[name] = [dict(row) for row in session.execute(query, {"item": item_id}).mappings()]
    life["events"].sort(key=lambda event: event["seq"])
    return life


def _copy(life: Life, *, back: timedelta, number: int) -> Life:
    """The same life so much earlier, as the product would have written it."""
    fresh = _fresh_names(life, back)
    made = {name: [_moved(row, fresh, back) for row in rows] for name, rows in life.items()}
    records = {}
    for proof in made["proofs"]:
        columns, records[str(proof["id"])] = sealed(proof)
        proof.update(columns)
    hashes = _relink(made["events"], records)
    for proof in made["proofs"]:
        proof["event_hash"] = hashes[str(proof["id"])]
    for file in made["proof_files"]:
        file["blob_key"] = f"proofs/{PROVINCE}/{file['proof_id']}/{file['sha256']}"
        file["record"] = file_record(file)
    [item], [dossier] = made["items"], made["dossiers"]
    item |= {"last_hash": made["events"][-1]["hash"], "tracking_code": new_tracking_code()}
    item["item_code"] = item_code_of(PROVINCE, _FIRST_SERIAL + number)
    dossier["dossier_code"] = f"H29.16-{local_date(item['created_at']):%y%m%d}-{number:06d}"
    return made


def _fresh_names(life: Life, back: timedelta) -> dict[Any, Any]:
    """New ids for an item's own, and new hashes for its pictures, each also as text."""
    ids = [row["id"] for name in ("items", "dossiers", "events", "proofs") for row in life[name]]
    fresh = {key: new_id(id_time(key) - back) for key in ids}
    pictures = {row["sha256"]: secrets.token_hex(32) for row in life["proof_files"]}
    return fresh | {str(old): str(new) for old, new in fresh.items()} | pictures


def _moved(value: Any, fresh: Mapping[Any, Any], back: timedelta) -> Any:
    """A row or a part of one with fresh names, so much earlier."""
    match value:
        case dict():
            return {name: _moved(one, fresh, back) for name, one in value.items()}
        case list():
            return [_moved(one, fresh, back) for one in value]
        case date():
            return value - back
        case str() if _A_TIME.fullmatch(value):
            kind = datetime if "T" in value else date
            return (kind.fromisoformat(value) - back).isoformat()
        case str() | UUID():
            return fresh.get(value, value)
    return value


def _relink(events: Sequence[Row], records: Mapping[str, str]) -> dict[str, str]:
    """The chain anew by the product's own hash; the hashes of the events that proofs made, by proof."""
    made, previous = {}, GENESIS_HASH
    for event in events:
        data = event["data"]
        if "proof_record" in data:
            data["proof_record"] = records[data["proof_id"]]
        event["prev_hash"] = previous
        event["hash"] = previous = event_hash(Event(**event))
        if "proof_record" in data:
            made[data["proof_id"]] = previous
    return made


def _write(connection: psycopg.Connection, table: Table, rows: Sequence[Row]) -> None:
    names = list(table.c.keys())
    packed = {column.name for column in table.c if isinstance(column.type, JSONB)}
    with connection.cursor().copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row([_packed(row[name]) if name in packed else row[name] for name in names])


def _packed(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value)


set_json_dumps(orjson.dumps)
