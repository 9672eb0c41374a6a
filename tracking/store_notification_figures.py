"""SQL of figures about notifications: what was told by day, how each channel does, what waits, who wants none."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.ids import floor_id
from core.scope import Scope
from tracking.notifications.values import Kind, State

_LOOKS_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many messages of one local day, kind, channel and state, and of how many short-message parts.

    Papers that never became a message (nobody to tell, nothing told at all) are `DROPPED` without a channel.
    """

    day: date
    kind: Kind
    channel: str | None
    state: State
    reason: str | None
    messages: int
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDoing:
    """What a channel did in the last seven days: its last message taken, its last error."""

    last_sent_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Messages and papers that are still to be told of, and the first instant at which one is tried."""

    count: int
    next_at: datetime | None


# Ids are made with their message, so those of a period lie side by side in the primary key.
_COUNTS = text("""
    SELECT CAST(made_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS day, kind, channel, state, reason,
        count(*) AS messages, coalesce(sum(parts), 0) AS parts
    FROM (
        SELECT created_at AS made_at, kind, channel, state, reason, parts, office_id FROM notifications
        WHERE province_code = :province AND id >= :first AND id < :last
        UNION ALL
        SELECT happened_at, kind, NULL, 'dropped', dropped, 0, office_id FROM notification_items
        WHERE province_code = :province AND happened_at >= :start AND happened_at < :end
          AND notification_id IS NULL AND dropped IS NOT NULL
    ) AS told
    WHERE CAST(:offices AS uuid[]) IS NULL OR office_id = ANY(CAST(:offices AS uuid[]))
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1 DESC, 2, 3, 4, 5
""")


def counts(session: Session, scope: Scope, *, start: datetime, end: datetime) -> list[Count]:
    """Messages made in a period, within reach, the newest day first."""
    values = _within(scope) | {"start": start, "end": end, "first": floor_id(start), "last": floor_id(end)}
    return [
        Count(
            day=row.day,
            kind=Kind(row.kind),
            channel=row.channel,
            state=State(row.state),
            reason=row.reason,
            messages=row.messages,
            parts=row.parts,
        )
        for row in session.execute(_COUNTS, values)
    ]


_DOING = text("""
    SELECT channel, max(settled_at) FILTER (WHERE state = 'sent') AS last_sent_at,
        (array_agg(error ORDER BY coalesce(settled_at, sending_at) DESC) FILTER (WHERE error IS NOT NULL))[1]
            AS last_error,
        max(coalesce(settled_at, sending_at)) FILTER (WHERE error IS NOT NULL) AS last_error_at
    FROM notifications
    WHERE province_code = :province AND id >= :first AND channel IS NOT NULL
      AND (CAST(:offices AS uuid[]) IS NULL OR office_id = ANY(CAST(:offices AS uuid[])))
    GROUP BY channel
""")


def doings(session: Session, scope: Scope, *, now: datetime) -> dict[str, ChannelDoing]:
    """What each channel did of late, within reach."""
    rows = session.execute(_DOING, _within(scope) | {"first": floor_id(now - _LOOKS_BACK)})
    return {
        row.channel: ChannelDoing(
            last_sent_at=row.last_sent_at, last_error=row.last_error, last_error_at=row.last_error_at
        )
        for row in rows
    }


_WAITING = text("""
    SELECT count(*) AS messages, min(at) AS next_at FROM (
        SELECT next_at AS at FROM notifications
        WHERE province_code = :province AND state IN ('pending', 'sending')
          AND (CAST(:offices AS uuid[]) IS NULL OR office_id = ANY(CAST(:offices AS uuid[])))
        UNION ALL
        SELECT due_at FROM notification_items
        WHERE province_code = :province AND notification_id IS NULL AND dropped IS NULL
          AND (CAST(:offices AS uuid[]) IS NULL OR office_id = ANY(CAST(:offices AS uuid[])))
    ) AS waiting
""")


def waiting(session: Session, scope: Scope) -> Waiting:
    """What is still to be told, within reach."""
    row = session.execute(_WAITING, _within(scope)).one()
    return Waiting(count=row.messages, next_at=row.next_at)


_OUT = text("SELECT count(*) FROM notification_contacts WHERE province_code = :province AND opted_out_at IS NOT NULL")


def opted_out(session: Session, province_code: str) -> int:
    """How many phones and mail addresses of a province want no messages."""
    return int(session.scalar(_OUT, {"province": province_code}) or 0)


def _within(scope: Scope) -> dict[str, Any]:
    offices = None if scope.office_ids is None else list(scope.office_ids)
    return {"province": scope.province_code, "offices": offices}
