"""SQL of single calls: repeated ones, failed ones, who looked at what; and sweeping what is past its time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from api.tables import AttemptRow, RepeatRow, SessionRow, ViewRow
from core.ids import new_id

REPEATS_KEPT = timedelta(days=2)
ATTEMPTS_KEPT = timedelta(hours=1)
_AS_TEXT = "json"


def claim_repeat(session: Session, *, actor: str, key: str, content_hash: str, now: datetime) -> bool:
    """Take the key for this call; False when it was taken. A call under way with the same key is waited for."""
    made = session.execute(
        insert(RepeatRow)
        .values(actor=actor, key=key, content_hash=content_hash, answer=None, created_at=now)
        .on_conflict_do_nothing()
        .returning(RepeatRow.key)
    )
    return made.first() is not None


def find_repeat(session: Session, *, actor: str, key: str) -> tuple[str, str]:
    """Hash of the content and the answer, as JSON, of the call that took the key."""
    row = session.execute(
        select(RepeatRow.content_hash, RepeatRow.answer).where(RepeatRow.actor == actor, RepeatRow.key == key)
    ).one()
    answer = row.answer or {}
    # An older version kept the answer itself.
    return row.content_hash, answer[_AS_TEXT] if answer.keys() == {_AS_TEXT} else orjson.dumps(answer).decode()


def keep_answer(session: Session, *, actor: str, key: str, answer: str) -> None:
    """Remember what was answered, JSON, letter for letter: it may quote a row with characters JSONB has not."""
    mine = update(RepeatRow).where(RepeatRow.actor == actor, RepeatRow.key == key)
    session.execute(mine.values(answer={_AS_TEXT: answer}))


def add_attempt(session: Session, *, kind: str, subject: str, now: datetime) -> None:
    """Count a failure."""
    session.add(AttemptRow(kind=kind, subject=subject, at=now))
    session.flush()


def count_attempts(session: Session, *, kind: str, subject: str, since: datetime) -> int:
    """Failures since an instant."""
    asked = select(func.count()).where(AttemptRow.kind == kind, AttemptRow.subject == subject, AttemptRow.at > since)
    return session.execute(asked).scalar_one()


def record_view(
    session: Session, *, province_code: str, actor: str, what: str, subjects: Sequence[UUID], now: datetime
) -> None:
    """Write down who looked at whose data."""
    if subjects:
        session.add(
            ViewRow(
                province_code=province_code, id=new_id(now), actor=actor, what=what, subjects=list(subjects), at=now
            )
        )
        session.flush()


def sweep(session: Session, *, now: datetime) -> int:
    """Delete expired sessions, old repeats and old attempts; returns how many rows went."""
    gone = 0
    for statement in (
        delete(SessionRow).where(SessionRow.expires_at < now).returning(SessionRow.user_id),
        delete(RepeatRow).where(RepeatRow.created_at < now - REPEATS_KEPT).returning(RepeatRow.key),
        delete(AttemptRow).where(AttemptRow.at < now - ATTEMPTS_KEPT).returning(AttemptRow.id),
    ):
        gone += len(session.execute(statement).all())
    return gone
