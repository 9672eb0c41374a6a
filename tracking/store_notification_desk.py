"""SQL of what an office sees of notifications: counts, what could not be sent, and what is forgotten in time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.db import uuids
from core.scope import Scope
from tracking.notifications.values import Kind, State
from tracking.tables_notifications import NotificationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many messages of one kind, channel and state, and of how many short-message parts."""

    kind: Kind
    channel: str | None
    state: State
    reason: str | None
    messages: int
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A message as the office sees it: whom it went to is not told."""

    id: UUID
    kind: Kind
    office_id: UUID
    state: State
    reason: str | None
    channel: str | None
    refused_by: tuple[str, ...]
    attempts: int
    error: str | None
    words: str | None
    created_at: datetime
    settled_at: datetime | None
    item_ids: tuple[UUID, ...]


_COUNTS = text("""
    SELECT kind, channel, state, reason, count(*) AS messages, coalesce(sum(parts), 0) AS parts FROM notifications
    WHERE province_code = :province AND created_at >= :start AND created_at < :end
      AND (CAST(:offices AS uuid[]) IS NULL OR office_id = ANY(CAST(:offices AS uuid[])))
    GROUP BY kind, channel, state, reason ORDER BY kind, channel, state, reason
""")


def counts(session: Session, scope: Scope, *, start: datetime, end: datetime) -> list[Count]:
    """Messages made in a period, within reach."""
    offices = None if scope.office_ids is None else list(scope.office_ids)
    values = {"province": scope.province_code, "start": start, "end": end, "offices": offices}
    rows = session.execute(_COUNTS, values)
    return [
        Count(
            kind=Kind(row.kind),
            channel=row.channel,
            state=State(row.state),
            reason=row.reason,
            messages=row.messages,
            parts=row.parts,
        )
        for row in rows
    ]


_ITEMS = text("""
    SELECT notification_id, array_agg(item_id ORDER BY item_id) AS items FROM notification_items
    WHERE province_code = :province AND notification_id = ANY(:ids) GROUP BY notification_id
""")


def page(session: Session, scope: Scope, *, state: State, before: UUID | None, limit: int) -> list[Listed]:
    """Messages of one state within reach, newest first."""
    row = NotificationRow
    query = select(row).where(row.province_code == scope.province_code, row.state == state.value)
    if scope.office_ids is not None:
        query = query.where(row.office_id == uuids(scope.office_ids))
    if before is not None:
        query = query.where(row.id < before)
    found = list(session.scalars(query.order_by(row.id.desc()).limit(limit)))
    carried = session.execute(_ITEMS, {"province": scope.province_code, "ids": [one.id for one in found]})
    items = {one.notification_id: tuple(one.items) for one in carried}
    return [_listed(one, items.get(one.id, ())) for one in found]


def _listed(row: NotificationRow, items: tuple[UUID, ...]) -> Listed:
    return Listed(
        id=row.id,
        kind=Kind(row.kind),
        office_id=row.office_id,
        state=State(row.state),
        reason=row.reason,
        channel=row.channel,
        refused_by=tuple(row.refused_by),
        attempts=row.attempts,
        error=row.error,
        words=row.words,
        created_at=row.created_at,
        settled_at=row.settled_at,
        item_ids=items,
    )


def find_state(session: Session, scope: Scope, message_id: UUID) -> State | None:
    """Where a message within reach stands, held until the transaction ends; None when there is none."""
    row = NotificationRow
    query = select(row.state).where(row.province_code == scope.province_code, row.id == message_id)
    if scope.office_ids is not None:
        query = query.where(row.office_id == uuids(scope.office_ids))
    state = session.scalar(query.with_for_update())
    return None if state is None else State(state)


_REVIVE = text("""
    UPDATE notifications SET state = 'pending', refused_by = '{}', attempts = 0, next_at = :now, settled_at = NULL,
        reason = NULL
    WHERE province_code = :province AND id = :id AND state = 'dead'
""")


def revive(session: Session, province_code: str, message_id: UUID, *, now: datetime) -> None:
    """Let a dead message try every channel again."""
    session.execute(_REVIVE, {"province": province_code, "id": message_id, "now": now})


_FORGET = text("""
    UPDATE notifications n SET address = NULL, words = NULL FROM notification_policies p
    WHERE p.province_code = n.province_code AND (n.address IS NOT NULL OR n.words IS NOT NULL)
      AND n.settled_at < CAST(:now AS timestamptz) - make_interval(days => p.retention_days)
""")
_FORGET_EMAILS = text("""
    DELETE FROM notification_emails e USING items i, notification_policies p
    WHERE i.province_code = e.province_code AND i.id = e.item_id AND p.province_code = e.province_code
      AND i.status IN ('delivered', 'returned', 'withdrawn')
      AND e.created_at < CAST(:now AS timestamptz) - make_interval(days => p.retention_days)
""")


def forget(session: Session, *, now: datetime) -> int:
    """Drop texts and addresses whose time is over, and mail addresses of papers that have ended."""
    done = (session.execute(statement, {"now": now}) for statement in (_FORGET, _FORGET_EMAILS))
    return sum(int(getattr(one, "rowcount", 0)) for one in done)
