"""SQL of feedback: counters, messages, what is due, what was settled, endpoints, the pull stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.scope import Scope
from tracking.store_endpoints import IS_FOR_ENDPOINT, EndpointKey, within
from tracking.tables_feedback import MessageRow

_MESSAGES = select(MessageRow.position, MessageRow.agency_id, MessageRow.body)

DossierKey = tuple[UUID, str]  # agency, dossier code

# Advisory lock keys: 23 bits say what it is, 40 bits hold a position of the stream.
_STREAM_CLASS = 0x627574
_POSITION_BITS = 40
_POSITION_MASK = (1 << _POSITION_BITS) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A dossier's last sequence and the one at which it was delivered first, if it was."""

    sequence: int
    delivered: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to write; `id` is its CloudEvents id."""

    id: UUID
    event_id: UUID
    dossier_code: str
    agency_id: UUID
    sequence: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMessage:
    """A message to send: `attempts` were made before."""

    id: UUID
    event_id: UUID
    dossier_code: str
    position: int
    attempts: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a message sent: `state` pending again (at `next_at`), delivered or dead."""

    event_id: UUID
    dossier_code: str
    state: str
    attempts: int
    next_at: datetime
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMessage:
    """A message as the pull stream shows it."""

    position: int
    agency_id: UUID
    body: dict[str, Any]


_COUNT_UP = text("""
    INSERT INTO feedback_dossiers AS d (province_code, agency_id, dossier_code, last_sequence, delivered_sequence)
    SELECT :province, n.agency_id, n.dossier_code, n.coming, n.delivered
    FROM unnest(CAST(:agencies AS uuid[]), CAST(:codes AS text[]), CAST(:coming AS int[]), CAST(:delivered AS int[]))
        AS n(agency_id, dossier_code, coming, delivered)
    ORDER BY n.agency_id, n.dossier_code
    ON CONFLICT (province_code, agency_id, dossier_code) DO UPDATE SET
        last_sequence = d.last_sequence + excluded.last_sequence,
        delivered_sequence = coalesce(d.delivered_sequence, d.last_sequence + excluded.delivered_sequence)
    RETURNING agency_id, dossier_code, last_sequence, delivered_sequence
""")


def count_up(
    session: Session, *, province_code: str, dossiers: Mapping[DossierKey, Counted]
) -> dict[DossierKey, Counted]:
    """Add coming events to dossiers' counters; the rows stay locked, so a dossier's sequences follow commits."""
    keys = list(dossiers)
    rows = session.execute(
        _COUNT_UP,
        {
            "province": province_code,
            "agencies": [agency for agency, _ in keys],
            "codes": [code for _, code in keys],
            "coming": [dossiers[key].sequence for key in keys],
            "delivered": [dossiers[key].delivered for key in keys],
        },
    )
    return {
        (row.agency_id, row.dossier_code): Counted(sequence=row.last_sequence, delivered=row.delivered_sequence)
        for row in rows
    }


_LAST_POSITION = "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM feedback_positions)"
_ENTER_STREAM = text(f"SELECT pg_advisory_xact_lock_shared(:base + {_LAST_POSITION})")


def enter_stream(session: Session) -> None:
    """Show readers that this transaction may yet commit positions above the present one (see `horizon`)."""
    session.execute(_ENTER_STREAM, {"base": _STREAM_CLASS << _POSITION_BITS})


_HORIZON = text("""
    SELECT min(((classid::bigint << 32) | objid::bigint) & :mask) FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND ((classid::bigint << 32) | objid::bigint) >> :bits = :class
""")


def horizon(session: Session) -> int:
    """The last position up to which every message is either visible or will never be.

    Positions are given before commit, so a plain "greater than my last" loses a message whose transaction commits
    late. Each writer holds a lock that names the position it started from. Read first the last position given, then
    the locks: positions up to the lower of the two are settled for the next statement.
    """
    given = int(session.execute(text(f"SELECT {_LAST_POSITION}")).scalar_one())
    values = {"mask": _POSITION_MASK, "bits": _POSITION_BITS, "class": _STREAM_CLASS}
    lowest = session.execute(_HORIZON, values).scalar_one()
    return given if lowest is None else min(given, int(lowest))


# Due since the epoch, whatever the clocks of phones and servers say: the first attempt is at once.
_INSERT = text(f"""
    WITH coming AS (
        SELECT n.*, nextval('feedback_positions') AS position FROM (
            SELECT * FROM ROWS FROM (
                unnest(CAST(:ids AS uuid[]), CAST(:events AS uuid[]), CAST(:codes AS text[]),
                    CAST(:agencies AS uuid[]), CAST(:sequences AS int[])),
                jsonb_array_elements(CAST(:bodies AS jsonb))
            ) WITH ORDINALITY AS u(id, event_id, dossier_code, agency_id, sequence, body, ord)
            ORDER BY ord
        ) n
    ), message AS (
        INSERT INTO feedback_messages
            (province_code, event_id, dossier_code, id, agency_id, sequence, position, body)
        SELECT :province, event_id, dossier_code, id, agency_id, sequence, position, body FROM coming
    ), delivery AS (
        INSERT INTO feedback_deliveries
            (province_code, endpoint_id, event_id, dossier_code, position, state, attempts, next_at)
        SELECT :province, e.id, m.event_id, m.dossier_code, m.position, 'pending', 0, 'epoch'
        FROM coming m JOIN feedback_endpoints e ON e.province_code = :province AND e.agency_id = m.agency_id
        WHERE {IS_FOR_ENDPOINT}
        RETURNING endpoint_id
    )
    SELECT DISTINCT d.endpoint_id FROM delivery d
    JOIN feedback_endpoints e ON e.province_code = :province AND e.id = d.endpoint_id WHERE e.state = 'active'
    ORDER BY 1
""")  # noqa: S608  our own text


def insert_messages(session: Session, *, province_code: str, messages: Sequence[NewMessage]) -> list[UUID]:
    """Write messages and their deliveries; returns the active endpoints that have something to send now.

    A disabled endpoint collects too: what happened while it was off is sent when it is on again.
    """
    return list(
        session.scalars(
            _INSERT,
            {
                "province": province_code,
                "ids": [m.id for m in messages],
                "events": [m.event_id for m in messages],
                "codes": [m.dossier_code for m in messages],
                "agencies": [m.agency_id for m in messages],
                "sequences": [m.sequence for m in messages],
                # One document: an array of texts has every quotation mark in it escaped once more.
                "bodies": orjson.dumps([m.body for m in messages]).decode(),
            },
        )
    )


# A message waits while an earlier one of its dossier waits for its next attempt: order per dossier.
_DUE = text("""
    SELECT m.id, d.event_id, d.dossier_code, d.position, d.attempts, m.body
    FROM feedback_deliveries d
    JOIN feedback_messages m USING (province_code, event_id, dossier_code)
    WHERE d.province_code = :province AND d.endpoint_id = :endpoint AND d.state = 'pending' AND d.next_at <= :now
      AND NOT EXISTS (
        SELECT FROM feedback_deliveries b
        WHERE b.province_code = d.province_code AND b.endpoint_id = d.endpoint_id
          AND b.dossier_code = d.dossier_code AND b.state = 'pending'
          AND b.position < d.position AND b.next_at > :now
      )
    ORDER BY d.position LIMIT :limit
""")


def due_messages(session: Session, key: EndpointKey, *, now: datetime, limit: int) -> list[DueMessage]:
    """What the endpoint gets next, oldest first; within a dossier nothing is skipped."""
    rows = session.execute(
        _DUE, {"province": key.province_code, "endpoint": key.endpoint_id, "now": now, "limit": limit}
    )
    return [DueMessage(**row) for row in rows.mappings()]


_SETTLE = text("""
    UPDATE feedback_deliveries d SET
        state = s.state, attempts = s.attempts, next_at = s.next_at, last_status = s.status, last_error = s.error,
        settled_at = CASE WHEN s.state = 'pending' THEN NULL ELSE CAST(:now AS timestamptz) END
    FROM unnest(
        CAST(:events AS uuid[]), CAST(:codes AS text[]), CAST(:states AS text[]), CAST(:attempts AS int[]),
        CAST(:next AS timestamptz[]), CAST(:statuses AS int[]), CAST(:errors AS text[])
    ) AS s(event_id, dossier_code, state, attempts, next_at, status, error)
    WHERE d.province_code = :province AND d.endpoint_id = :endpoint
      AND d.event_id = s.event_id AND d.dossier_code = s.dossier_code AND d.state = 'pending'
""")


def settle(session: Session, key: EndpointKey, *, settled: Sequence[Settled], now: datetime) -> None:
    """Write what became of messages sent."""
    if not settled:
        return
    session.execute(
        _SETTLE,
        {
            "province": key.province_code,
            "endpoint": key.endpoint_id,
            "now": now,
            "events": [s.event_id for s in settled],
            "codes": [s.dossier_code for s in settled],
            "states": [s.state for s in settled],
            "attempts": [s.attempts for s in settled],
            "next": [s.next_at for s in settled],
            "statuses": [s.status for s in settled],
            "errors": [s.error for s in settled],
        },
    )


_NEXT_AT = text("""
    SELECT min(next_at) FROM feedback_deliveries
    WHERE province_code = :province AND endpoint_id = :endpoint AND state = 'pending' AND next_at > :now
""")


def next_due_at(session: Session, key: EndpointKey, *, now: datetime) -> datetime | None:
    """When the endpoint's next retry is due, after `now`."""
    values = {"province": key.province_code, "endpoint": key.endpoint_id, "now": now}
    at: datetime | None = session.execute(_NEXT_AT, values).scalar_one()
    return at


_HURRY = text("""
    UPDATE feedback_deliveries SET next_at = :now
    WHERE province_code = :province AND endpoint_id = :endpoint AND state = 'pending' AND next_at > :now
""")


def hurry(session: Session, key: EndpointKey, *, now: datetime) -> None:
    """Make everything pending due: the receiver answers again."""
    session.execute(_HURRY, {"province": key.province_code, "endpoint": key.endpoint_id, "now": now})


_WAITING = text("""
    SELECT e.province_code, e.id FROM feedback_endpoints e
    WHERE e.state = 'active' AND (e.paused_until IS NULL OR e.paused_until <= :now)
      AND EXISTS (
        SELECT FROM feedback_deliveries d WHERE d.province_code = e.province_code AND d.endpoint_id = e.id
          AND d.state = 'pending' AND d.next_at <= :now
      )
""")


def endpoints_waiting(session: Session, *, now: datetime) -> list[EndpointKey]:
    """Every endpoint, of every province, that has something due."""
    return [EndpointKey(row.province_code, row.id) for row in session.execute(_WAITING, {"now": now})]


def stream(session: Session, *, scope: Scope, after: int, until: int, limit: int) -> list[StreamMessage]:
    """Messages with `after` < position ≤ `until`, in order."""
    rows = session.execute(
        _MESSAGES.where(within(scope, MessageRow), MessageRow.position > after, MessageRow.position <= until)
        .order_by(MessageRow.position)
        .limit(limit)
    )
    return [StreamMessage(**row) for row in rows.mappings()]


def of_dossier(session: Session, *, scope: Scope, dossier_code: str) -> list[StreamMessage]:
    """All messages of a dossier by sequence."""
    rows = session.execute(
        _MESSAGES.where(within(scope, MessageRow), MessageRow.dossier_code == dossier_code).order_by(
            MessageRow.agency_id, MessageRow.sequence
        )
    )
    return [StreamMessage(**row) for row in rows.mappings()]
