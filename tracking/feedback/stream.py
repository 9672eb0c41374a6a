"""The pull stream: the messages of webhooks, in the same order, for those who rather ask."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.errors import fail
from core.scope import Scope
from tracking import store_feedback as store
from tracking.feedback.errors import BAD_CURSOR

_LONGEST_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """CloudEvents bodies in stream order; ask again with `next_after`, also after an empty page."""

    events: tuple[dict[str, Any], ...]
    next_after: str


def events_after(session: Session, *, scope: Scope, after: str | None = None, limit: int = 100) -> EventPage:
    """What happened after a cursor (None: from the beginning), at most `limit` ≤ 1000. Raises T5004.

    Nothing is ever skipped: messages of transactions that commit late come on a later page, before anything newer.
    """
    start = position_of(after)
    until = store.horizon(session)
    messages = store.stream(session, scope=scope, after=start, until=until, limit=max(1, min(limit, _LONGEST_PAGE)))
    last = messages[-1].position if messages else start
    return EventPage(events=tuple(m.body for m in messages), next_after=str(last))


def dossier_events(session: Session, *, scope: Scope, dossier_code: str) -> tuple[dict[str, Any], ...]:
    """Everything told of a dossier, by sequence; empty when nothing was or it is not within reach."""
    return tuple(m.body for m in store.of_dossier(session, scope=scope, dossier_code=dossier_code))


def position_of(cursor: str | None) -> int:
    """The position a cursor stands for; the start when there is none. Raises T5004."""
    if cursor is None or cursor == "":
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18):
        raise fail(BAD_CURSOR, pointer="after", cursor=cursor[:40])
    return int(cursor)
