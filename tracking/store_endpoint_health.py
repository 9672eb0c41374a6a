"""SQL of how an endpoint has answered: its last success and failure, and the messages that were given up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from tracking.store_endpoints import EndpointKey


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message given up at `settled_at` after so many attempts; `status` is the last HTTP status, None without one.

    `body` is what would be sent.
    """

    id: UUID
    dossier_code: str
    sequence: int
    type: str
    recorded_at: datetime
    settled_at: datetime
    attempts: int
    status: int | None
    error: str | None
    body: dict[str, Any]


def note_answers(session: Session, key: EndpointKey, *, accepted: bool, failure: str | None, now: datetime) -> None:
    """Note that a message was taken now, that one was not, or both; `failure` says why."""
    session.execute(
        text("""
            UPDATE feedback_endpoints SET
                last_success_at = CASE WHEN :accepted THEN :now ELSE last_success_at END,
                last_failure_at = CASE WHEN CAST(:failure AS text) IS NULL THEN last_failure_at ELSE :now END,
                last_failure = coalesce(:failure, last_failure)
            WHERE province_code = :province AND id = :id
        """),
        {
            "province": key.province_code,
            "id": key.endpoint_id,
            "accepted": accepted,
            "failure": failure,
            "now": now,
        },
    )


_DEAD = text("""
    SELECT m.id, m.dossier_code, m.sequence, m.body->>'type' AS type,
        CAST(m.body->>'recordedtime' AS timestamptz) AS recorded_at,
        d.settled_at, d.attempts, d.last_status AS status, d.last_error AS error, m.body
    FROM feedback_deliveries d JOIN feedback_messages m USING (province_code, event_id, dossier_code)
    WHERE d.province_code = :province AND d.endpoint_id = :endpoint AND d.state = 'dead'
    ORDER BY d.position DESC LIMIT :limit
""")


def dead_letters_of(session: Session, key: EndpointKey, *, limit: int) -> list[DeadLetter]:
    """Messages that were given up, newest first."""
    rows = session.execute(_DEAD, {"province": key.province_code, "endpoint": key.endpoint_id, "limit": limit})
    return [DeadLetter(**row) for row in rows.mappings()]
