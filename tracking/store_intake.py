"""SQL of the intake: dossiers, what carries them, and the queue of undecided addresses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Text, bindparam, column, exists, func, literal, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core.db import insert_rows, lock_keys, texts, uuids
from core.scope import Scope
from tracking.model import Item, QueuedAddress
from tracking.store import ITEMS, in_scope, item_of, select_items
from tracking.tables import AddressQueueRow, DossierRow, ItemDossierRow
from tracking.tables_offices import AgencyRow

_DOSSIERS = cast("Table", DossierRow.__table__)
_CARRIED = cast("Table", ItemDossierRow.__table__)
_QUEUE = cast("Table", AddressQueueRow.__table__)
_AGENCIES = cast("Table", AgencyRow.__table__)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDossier:
    """A dossier's leg that was handed in before, and the newest item that carries it. `due_on` and `ready_at` are those
    of the row that was handed in, `status` is the item's.
    """

    dossier_id: UUID
    digest: str
    item_id: UUID
    tracking_code: str
    status: str
    due_on: date
    ready_at: datetime
    receipt_code: str | None


def lock_agency(session: Session, province_code: str, agency_id: UUID) -> bool:
    """Let one intake of an agency run at a time, until the transaction ends; False when there is no such agency."""
    lock_keys(session, [f"intake:{province_code}:{agency_id}"])
    query = select(_AGENCIES.c.id).where(_AGENCIES.c.province_code == province_code, _AGENCIES.c.id == agency_id)
    return session.scalar(query) is not None


def known_dossiers(
    session: Session, province_code: str, agency_id: UUID, keys: Iterable[Key]
) -> dict[Key, KnownDossier]:
    """Those of the dossiers (code, leg) that were handed in before."""
    pairs = list(keys)
    codes, legs = (literal([pair[i] for pair in pairs], ARRAY(Text)) for i in (0, 1))
    wanted = (
        func.unnest(codes, legs).table_valued(column("code", Text), column("leg", Text), name="wanted").render_derived()
    )
    # One look into the index per key, whatever the planner believes: a plan that was kept from the time when the tables
    # were small would otherwise read all dossiers of the agency again for every batch.
    newest = (
        select(
            _DOSSIERS.c.dossier_code, _DOSSIERS.c.leg, _DOSSIERS.c.id, _DOSSIERS.c.digest, ITEMS.c.id.label("item_id"),
            ITEMS.c.tracking_code, ITEMS.c.status, _DOSSIERS.c.due_on, _DOSSIERS.c.ready_at,
            _DOSSIERS.c.receipt_code,
        )
        .join(
            _CARRIED,
            (_CARRIED.c.province_code == _DOSSIERS.c.province_code) & (_CARRIED.c.dossier_id == _DOSSIERS.c.id),
        )
        .join(ITEMS, (ITEMS.c.province_code == _CARRIED.c.province_code) & (ITEMS.c.id == _CARRIED.c.item_id))
        .where(
            _DOSSIERS.c.province_code == province_code,
            _DOSSIERS.c.agency_id == agency_id,
            _DOSSIERS.c.dossier_code == wanted.c.code,
            _DOSSIERS.c.leg == wanted.c.leg,
        )
        .order_by(ITEMS.c.id.desc())
        .limit(1)
        .lateral("newest")
    )  # fmt: skip
    query = select(newest).select_from(wanted.join(newest, true()))
    return {
        (row.dossier_code, row.leg): KnownDossier(
            dossier_id=row.id,
            digest=row.digest,
            item_id=row.item_id,
            tracking_code=row.tracking_code,
            status=row.status,
            due_on=row.due_on,
            ready_at=row.ready_at,
            receipt_code=row.receipt_code,
        )
        for row in session.execute(query)
    }


def taken_item_codes(session: Session, province_code: str, codes: list[str]) -> dict[str, UUID]:
    """Which of the item codes belong to an item already."""
    if not codes:
        return {}
    query = select(ITEMS.c.item_code, ITEMS.c.id)
    query = query.where(ITEMS.c.province_code == province_code, ITEMS.c.item_code == texts(codes))
    return {row.item_code: row.id for row in session.execute(query)}


def insert_dossiers(session: Session, rows: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]]) -> None:
    """New dossiers and which item carries each; the items stand already."""
    insert_rows(session, _DOSSIERS, rows)
    insert_rows(session, _CARRIED, links)


def update_dossiers(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Changed content of known dossiers; rows have `key_province`, `key_id` and the new columns."""
    if not rows:
        return
    statement = (
        update(_DOSSIERS)
        .where(_DOSSIERS.c.province_code == bindparam("key_province"), _DOSSIERS.c.id == bindparam("key_id"))
        .values({name: bindparam(f"new_{name}") for name in rows[0] if not name.startswith("key_")})
    )
    session.connection().execute(
        statement, [{k if k.startswith("key_") else f"new_{k}": v for k, v in row.items()} for row in rows]
    )


def ask_about(session: Session, items: Iterable[Item], *, reason: str, at: datetime) -> None:
    """Put the addresses of items before a person, who knows no candidates yet."""
    asked = {"reason": reason, "candidates": [], "created_at": at}
    rows = [
        {"province_code": item.province_code, "item_id": item.id, "address": item.address} | asked for item in items
    ]
    queue_addresses(session, rows)


def queue_addresses(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put addresses before a person; one that stands in the queue is replaced and open again."""
    if not rows:
        return
    statement = upsert(_QUEUE)
    fresh = {c: statement.excluded[c] for c in ("address", "reason", "candidates", "created_at")}
    statement = statement.on_conflict_do_update(
        index_elements=["province_code", "item_id"], set_=fresh | {"resolved_at": None, "resolved_by": None}
    )
    session.execute(statement, [dict(row) for row in rows])


def close_addresses(session: Session, province_code: str, item_ids: Iterable[UUID], *, at: datetime, by: str) -> None:
    """Take addresses out of the queue."""
    mine = (_QUEUE.c.province_code == province_code) & (_QUEUE.c.item_id == uuids(item_ids))
    session.execute(update(_QUEUE).where(mine, _QUEUE.c.resolved_at.is_(None)).values(resolved_at=at, resolved_by=by))


def is_asked_about(session: Session, item: Item) -> bool:
    """Whether the item's address still waits for a person."""
    mine = (_QUEUE.c.province_code == item.province_code) & (_QUEUE.c.item_id == item.id)
    return bool(session.scalar(select(exists().where(mine, _QUEUE.c.resolved_at.is_(None)))))


def open_addresses(session: Session, scope: Scope, *, limit: int) -> list[QueuedAddress]:
    """The open queue within reach, oldest first."""
    query = (
        select_items()
        .add_columns(
            _QUEUE.c.address.label("queue_text"),
            _QUEUE.c.reason.label("queue_reason"),
            _QUEUE.c.candidates.label("queue_candidates"),
            _QUEUE.c.created_at.label("queued_at"),
        )
        .join(_QUEUE, (_QUEUE.c.province_code == ITEMS.c.province_code) & (_QUEUE.c.item_id == ITEMS.c.id))
        .where(*in_scope(scope), _QUEUE.c.resolved_at.is_(None))
        .order_by(_QUEUE.c.created_at, _QUEUE.c.item_id)
        .limit(limit)
    )
    return [
        QueuedAddress(
            item=item_of(row),
            text=row.queue_text,
            reason=row.queue_reason,
            candidates=tuple(row.queue_candidates),
            created_at=row.queued_at,
        )
        for row in session.execute(query)
    ]


def count_open_addresses(session: Session, scope: Scope) -> int:
    """How many addresses wait."""
    query = (
        select(func.count())
        .select_from(_QUEUE)
        .join(ITEMS, (_QUEUE.c.province_code == ITEMS.c.province_code) & (_QUEUE.c.item_id == ITEMS.c.id))
        .where(*in_scope(scope), _QUEUE.c.resolved_at.is_(None))
    )
    return session.scalar(query) or 0
