"""SQL of notifications: what is to be told, messages, their claims and ends, counts, retention."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from tracking.notifications.values import Kind, Reason, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be told of an item. `unreceived`: only the paper's data is here, not the paper."""

    item_id: UUID
    kind: Kind
    round: str
    visit_key: str
    visit_round: str
    office_id: UUID
    happened_at: datetime
    due_at: datetime
    unreceived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A decision that waits for its message, with whom it is for."""

    item_id: UUID
    kind: Kind
    round: str
    visit_key: str
    visit_round: str
    office_id: UUID
    phone: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message on its way; `items` are its papers with when what is told of them happened."""

    id: UUID
    kind: Kind
    person_hash: str
    office_id: UUID
    state: State
    channel: str | None
    refused_by: tuple[str, ...]
    attempts: int
    perhaps: bool
    created_at: datetime

    def by(self, channel: str) -> "Message":
        """The same on another channel, which has not been tried yet; on the same one as it is."""
        return self if channel == self.channel else replace(self, channel=channel, attempts=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of a message after a sending."""

    state: State
    next_at: datetime
    refused_by: tuple[str, ...]
    attempts: int
    perhaps: bool
    error: str | None
    reason: Reason | None = None


_DECIDE = text("""
    INSERT INTO notification_items
        (province_code, item_id, kind, round, visit_key, visit_round, office_id, happened_at, due_at)
    SELECT :province, n.item_id, n.kind, n.round, n.visit_key, n.visit_round, n.office_id, n.happened_at, n.due_at
    FROM unnest(
        CAST(:items AS uuid[]), CAST(:kinds AS text[]), CAST(:rounds AS text[]), CAST(:visit_keys AS text[]),
        CAST(:visit_rounds AS text[]), CAST(:offices AS uuid[]), CAST(:happened AS timestamptz[]),
        CAST(:due AS timestamptz[]), CAST(:unreceived AS boolean[])
    ) AS n(item_id, kind, round, visit_key, visit_round, office_id, happened_at, due_at, unreceived)
    JOIN notification_policies p ON p.province_code = :province AND p.active AND n.kind = ANY(p.kinds)
        AND (NOT n.unreceived OR p.ready_when = 'announced')
    ON CONFLICT (province_code, item_id, kind, round) DO NOTHING
""")


def decide(session: Session, province_code: str, decisions: Sequence[Decision]) -> None:
    """Write what is to be told where the province tells it at all; what was decided before stays as it is."""
    session.execute(
        _DECIDE,
        {
            "province": province_code,
            "items": [d.item_id for d in decisions],
            "kinds": [d.kind.value for d in decisions],
            "rounds": [d.round for d in decisions],
            "visit_keys": [d.visit_key for d in decisions],
            "visit_rounds": [d.visit_round for d in decisions],
            "offices": [d.office_id for d in decisions],
            "happened": [d.happened_at for d in decisions],
            "due": [d.due_at for d in decisions],
            "unreceived": [d.unreceived for d in decisions],
        },
    )


_PROVINCES = text("""
    SELECT province_code FROM notification_items
    WHERE notification_id IS NULL AND dropped IS NULL AND due_at <= :now
    UNION
    SELECT province_code FROM notifications
    WHERE state = 'sending' OR (state = 'pending' AND next_at <= :now)
    ORDER BY 1
""")


def provinces_waiting(session: Session, now: datetime) -> list[str]:
    """Every province that has something to tell."""
    return list(session.scalars(_PROVINCES, {"now": now}))


_WAITING = text("""
    SELECT n.item_id, n.kind, n.round, n.visit_key, n.visit_round, n.office_id, i.addressee_phone AS phone,
        coalesce(e.email, '') AS email
    FROM notification_items n
    JOIN items i ON i.province_code = n.province_code AND i.id = n.item_id
    LEFT JOIN notification_emails e ON e.province_code = n.province_code AND e.item_id = n.item_id
    WHERE n.province_code = :province AND n.notification_id IS NULL AND n.dropped IS NULL
      AND EXISTS (
        SELECT FROM notification_items due
        WHERE due.province_code = n.province_code AND due.notification_id IS NULL AND due.dropped IS NULL
          AND due.due_at <= :now AND due.visit_key = n.visit_key AND due.kind = n.kind
          AND due.visit_round = n.visit_round
      )
    ORDER BY n.due_at, n.item_id LIMIT :limit
""")


def waiting(session: Session, province_code: str, *, now: datetime, limit: int) -> list[Waiting]:
    """Decisions of visits that have waited long enough; with one paper come the others of its visit."""
    rows = session.execute(_WAITING, {"province": province_code, "now": now, "limit": limit})
    return [Waiting(**{**row, "kind": Kind(row["kind"])}) for row in rows.mappings()]


_OPEN = text("""
    INSERT INTO notifications (
        province_code, id, kind, visit_key, round, person_hash, office_id, state, refused_by, attempts, perhaps,
        next_at, created_at
    )
    VALUES (:province, :id, :kind, :visit_key, :round, :person, :office, 'pending', '{}', 0, false, :now, :now)
    ON CONFLICT (province_code, person_hash, kind, visit_key, round) DO NOTHING
    RETURNING id
""")
_OF_VISIT = text("""
    SELECT id, state FROM notifications WHERE province_code = :province AND person_hash = :person AND kind = :kind
      AND visit_key = :visit_key AND round = :round
""")


def open_message(
    session: Session, province_code: str, message_id: UUID, first: Waiting, *, person_hash: str, round_: str,
    now: datetime,
) -> tuple[UUID, State]:  # fmt: skip
    """The one message to a person of a visit: a new one, or the one there is, with its state."""
    key = {"province": province_code, "person": person_hash, "kind": first.kind, "visit_key": first.visit_key}
    key["round"] = round_
    made = session.scalar(_OPEN, key | {"id": message_id, "office": first.office_id, "now": now})
    if made is not None:
        return message_id, State.PENDING
    row = session.execute(_OF_VISIT, key).one()
    return row.id, State(row.state)


_ATTACH = text("""
    UPDATE notification_items n SET notification_id = :message, dropped = :dropped
    FROM unnest(CAST(:items AS uuid[]), CAST(:rounds AS text[])) AS w(item_id, round)
    WHERE n.province_code = :province AND n.item_id = w.item_id AND n.kind = :kind AND n.round = w.round
""")


def attach(
    session: Session,
    province_code: str,
    members: Sequence[Waiting],
    *,
    message_id: UUID | None,
    dropped: Reason | None = None,
) -> None:
    """Give decisions of one kind their message, or drop them."""
    values = {"province": province_code, "message": message_id, "dropped": dropped, "kind": members[0].kind}
    session.execute(_ATTACH, values | {"items": [m.item_id for m in members], "rounds": [m.round for m in members]})


_DUE = text("""
    SELECT id, person_hash FROM notifications
    WHERE province_code = :province AND state = 'pending' AND next_at <= :now
    ORDER BY next_at, id LIMIT :limit
""")


def due(session: Session, province_code: str, *, now: datetime, limit: int) -> list[tuple[UUID, str]]:
    """Messages to send now and the person of each, oldest first."""
    rows = session.execute(_DUE, {"province": province_code, "now": now, "limit": limit})
    return [(row.id, row.person_hash) for row in rows]


_MESSAGE = """
    SELECT id, kind, person_hash, office_id, state, channel, refused_by, attempts, perhaps, created_at
    FROM notifications WHERE province_code = :province AND """
_LOCKED = text(f"{_MESSAGE} id = :id AND state = 'pending' FOR UPDATE")
_SENDING = text(f"{_MESSAGE} state = 'sending' ORDER BY id FOR UPDATE")


def lock_message(session: Session, province_code: str, message_id: UUID) -> Message | None:
    """A message that waits, held until the transaction ends; None when it waits no more."""
    row = session.execute(_LOCKED, {"province": province_code, "id": message_id}).mappings().first()
    return None if row is None else _message(row)


def left_sending(session: Session, province_code: str) -> list[Message]:
    """Messages whose sender is gone: only for who holds the province's lock."""
    return [_message(row) for row in session.execute(_SENDING, {"province": province_code}).mappings()]


def _message(row: RowMapping) -> Message:
    fixed = {"kind": Kind(row["kind"]), "state": State(row["state"]), "refused_by": tuple(row["refused_by"])}
    return Message(**{**row, **fixed})


_TOLD = text("""
    SELECT item_id, happened_at FROM notification_items
    WHERE province_code = :province AND notification_id = :id AND dropped IS NULL ORDER BY item_id
""")


def told_of(session: Session, province_code: str, message_id: UUID) -> dict[UUID, datetime]:
    """The items of a message, each with when what is told of it happened."""
    rows = session.execute(_TOLD, {"province": province_code, "id": message_id})
    return {row.item_id: row.happened_at for row in rows}


_EMAILS = text("""
    SELECT email FROM notification_emails WHERE province_code = :province AND item_id = ANY(:items)
    ORDER BY item_id LIMIT 1
""")


def email_of(session: Session, province_code: str, items: Iterable[UUID]) -> str:
    """The mail address given for one of the items, empty without any."""
    return str(session.scalar(_EMAILS, {"province": province_code, "items": list(items)}) or "")


_SENT_SINCE = text("""
    SELECT count(*) FROM notifications
    WHERE province_code = :province AND person_hash = :person AND sending_at >= :since
      AND state IN ('sending', 'sent', 'unsure')
""")


def sent_since(session: Session, province_code: str, person_hash: str, since: datetime) -> int:
    """How many messages a person got, or may have got."""
    return int(session.scalar(_SENT_SINCE, {"province": province_code, "person": person_hash, "since": since}) or 0)


_CLAIM = text("""
    UPDATE notifications SET state = 'sending', channel = :channel, address = :address, words = :words, parts = :parts,
        sending_at = :now, error = NULL
    WHERE province_code = :province AND id = :id AND state = 'pending'
""")


def claim(
    session: Session,
    province_code: str,
    message_id: UUID,
    *,
    channel: str,
    address: str,
    words: str,
    parts: int | None,
    now: datetime,
) -> None:
    """Say that a message is being sent, before it is."""
    values = {"channel": channel, "address": address, "words": words, "parts": parts, "now": now}
    session.execute(_CLAIM, values | {"province": province_code, "id": message_id})


_POSTPONE = text("UPDATE notifications SET next_at = :at WHERE province_code = :province AND id = :id")


def postpone(session: Session, province_code: str, message_id: UUID, at: datetime) -> None:
    """Let a message wait."""
    session.execute(_POSTPONE, {"province": province_code, "id": message_id, "at": at})


# A sender that lost its lock may learn the answer after another one has given the message up.
_SETTLE = text("""
    UPDATE notifications SET state = CAST(:state AS text), next_at = :next_at, refused_by = CAST(:refused_by AS text[]),
        attempts = :attempts, perhaps = :perhaps, error = coalesce(:error, error), reason = :reason,
        settled_at = CASE WHEN CAST(:state AS text) = 'pending' THEN NULL ELSE CAST(:now AS timestamptz) END
    WHERE province_code = :province AND id = :id AND state IN ('pending', 'sending', 'unsure')
""")


def settle(session: Session, province_code: str, message_id: UUID, end: Settled, *, now: datetime) -> None:
    """Write what became of a message."""
    values = {name: getattr(end, name) for name in ("state", "next_at", "attempts", "perhaps", "error", "reason")}
    values |= {"province": province_code, "id": message_id, "refused_by": list(end.refused_by), "now": now}
    session.execute(_SETTLE, values)
