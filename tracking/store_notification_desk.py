"""SQL of what an office sees of notifications: messages by state and by paper, and what is forgotten in time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.db import uuids
from core.scope import Scope
from tracking.notifications.values import Kind, State
from tracking.tables_notifications import NotificationItemRow, NotificationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A message as the office sees it: whom it went to is not told. `next_at`: while it waits, when it is tried."""

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
    next_at: datetime | None
    settled_at: datetime | None
    item_ids: tuple[UUID, ...]
    dossier_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfItem:
    """What was, is or is not to be told of an item. `message` None: it waits until `due_at`, or was `dropped`."""

    item_id: UUID
    kind: Kind
    happened_at: datetime
    due_at: datetime
    dropped: str | None
    message: Listed | None


_ITEMS = text("""
    SELECT n.notification_id, array_agg(DISTINCT n.item_id) AS items,
        array_agg(DISTINCT d.dossier_code) FILTER (WHERE d.dossier_code IS NOT NULL) AS codes
    FROM notification_items n
    LEFT JOIN item_dossiers c ON c.province_code = n.province_code AND c.item_id = n.item_id
    LEFT JOIN dossiers d ON d.province_code = c.province_code AND d.id = c.dossier_id
    WHERE n.province_code = :province AND n.notification_id = ANY(:ids) GROUP BY n.notification_id
""")


def page(session: Session, scope: Scope, *, states: Collection[State], before: UUID | None, limit: int) -> list[Listed]:
    """Messages of some states within reach, newest first."""
    row = NotificationRow
    query = select(row).where(row.province_code == scope.province_code, row.state.in_([one.value for one in states]))
    if scope.office_ids is not None:
        query = query.where(row.office_id == uuids(scope.office_ids))
    if before is not None:
        query = query.where(row.id < before)
    return _listed(session, scope.province_code, session.scalars(query.order_by(row.id.desc()).limit(limit)))


def told_of_items(session: Session, province_code: str, item_ids: Collection[UUID]) -> list[ToldOfItem]:
    """All that is told of items, newest first."""
    part = NotificationItemRow
    query = select(part).where(part.province_code == province_code, part.item_id == uuids(item_ids))
    parts = list(session.scalars(query.order_by(part.happened_at.desc(), part.kind)))
    row = NotificationRow
    ids = uuids({one.notification_id for one in parts if one.notification_id is not None})
    mine = session.scalars(select(row).where(row.province_code == province_code, row.id == ids))
    messages = {one.id: one for one in _listed(session, province_code, mine)}
    return [
        ToldOfItem(
            item_id=one.item_id,
            kind=Kind(one.kind),
            happened_at=one.happened_at,
            due_at=one.due_at,
            dropped=one.dropped,
            message=messages.get(one.notification_id) if one.notification_id else None,
        )
        for one in parts
    ]


def _listed(session: Session, province_code: str, rows: Iterable[NotificationRow]) -> list[Listed]:
    found = list(rows)
    carried = session.execute(_ITEMS, {"province": province_code, "ids": [one.id for one in found]})
    papers = {one.notification_id: (tuple(one.items), tuple(one.codes or ())) for one in carried}
    return [_one(row, *papers.get(row.id, ((), ()))) for row in found]


def _one(row: NotificationRow, items: tuple[UUID, ...], codes: tuple[str, ...]) -> Listed:
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
        next_at=row.next_at if row.settled_at is None else None,
        settled_at=row.settled_at,
        item_ids=items,
        dossier_codes=codes,
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
