"""SQL of the append-only chain of events."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Table, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.db import insert_rows
from tracking.model import Event, EventKind, Status
from tracking.tables import EventRow

EVENTS = cast("Table", EventRow.__table__)
_COLUMNS = tuple(EVENTS.c.keys())

_NOTIFY = text(
    "SELECT count(pg_notify(:channel, payload)) FROM jsonb_array_elements_text(CAST(:payloads AS jsonb)) AS payload"
)


def append_events(session: Session, events: Sequence[Event]) -> None:
    """Write links at the ends of their chains; `tracking.events` has guarded the ends."""
    # Field by field: `asdict` copies every value deeply, which takes longer than the insert.
    insert_rows(session, EVENTS, [{name: getattr(event, name) for name in _COLUMNS} for event in events])


def notify_all(session: Session, channel: str, payloads: list[str]) -> None:
    """Tell listeners of each payload once the transaction commits."""
    session.execute(_NOTIFY, {"channel": channel, "payloads": orjson.dumps(payloads).decode()})


def events_of(session: Session, province_code: str, item_id: UUID) -> list[Event]:
    """An item's chain in order."""
    query = select(EVENTS).where(EVENTS.c.province_code == province_code, EVENTS.c.item_id == item_id)
    return [event_of(row) for row in session.execute(query.order_by(EVENTS.c.seq, EVENTS.c.id))]


def was_planned_for(session: Session, province_code: str, item_id: UUID, courier_id: UUID) -> bool:
    """Whether a plan ever gave the item to the courier."""
    query = select(EVENTS.c.id).where(
        EVENTS.c.province_code == province_code,
        EVENTS.c.item_id == item_id,
        EVENTS.c.kind == EventKind.ITEM_PLANNED.value,
        EVENTS.c.data["courier_id"].astext == str(courier_id),
    )
    return session.scalar(query.limit(1)) is not None


def event_of(row: Row[Any]) -> Event:
    """The domain value of a row of events."""
    return Event(
        province_code=row.province_code,
        id=row.id,
        item_id=row.item_id,
        seq=row.seq,
        kind=EventKind(row.kind),
        status=Status(row.status),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        office_id=row.office_id,
        data=row.data,
        prev_hash=row.prev_hash,
        hash=row.hash,
    )
