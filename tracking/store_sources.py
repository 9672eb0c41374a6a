"""SQL of the lists that dossier systems publish: where, how far, how healthy, and the rows that were refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.scope import Scope
from tracking.store_endpoints import within
from tracking.tables_sources import RefusedRow, SourceRow


@dataclass(frozen=True, slots=True)
class SourceKey:
    """Which source of which province."""

    province_code: str
    source_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A list that an agency's system publishes, how far it was read and how that went. Counts are of rows."""

    id: UUID
    agency_id: UUID
    url: str
    kind: str
    every_s: int
    state: str
    state_reason: str | None
    cursor: str | None
    failures: int
    next_at: datetime
    last_ok_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    rows_taken: int
    rows_refused: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A source to set; `secret` is encrypted."""

    id: UUID
    agency_id: UUID
    url: str
    kind: str
    secret: bytes
    every_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that could not be taken; `content` is the encrypted row, `problems` as they are shown."""

    digest: str
    dossier_code: str
    content: bytes
    problems: list[dict[str, Any]]
    first_at: datetime
    last_at: datetime


_SAVE = text("""
    INSERT INTO result_sources
        (province_code, id, agency_id, url, kind, secret, every_s, state, next_at, created_at, created_by)
    VALUES (:province, :id, :agency, :url, :kind, :secret, :every, 'active', :now, :now, :actor)
    ON CONFLICT (province_code, agency_id, url) DO UPDATE SET
        kind = excluded.kind, secret = excluded.secret, every_s = excluded.every_s
    RETURNING id
""")


def save_source(session: Session, *, scope: Scope, new: NewSource, now: datetime) -> UUID:
    """Write a source; of one that stands, the secret, the kind and how often it is asked. Returns its id."""
    values = {
        "province": scope.province_code,
        "id": new.id,
        "agency": new.agency_id,
        "url": new.url,
        "kind": new.kind,
        "secret": new.secret,
        "every": new.every_s,
        "now": now,
        "actor": scope.actor,
    }
    found: UUID = session.execute(_SAVE, values).scalar_one()
    return found


def sources(session: Session, *, scope: Scope) -> list[Source]:
    """Sources within reach, oldest first."""
    rows = session.scalars(
        select(SourceRow).where(within(scope, SourceRow)).order_by(SourceRow.created_at, SourceRow.id)
    )
    return [_source(row) for row in rows]


def source(session: Session, *, scope: Scope, source_id: UUID) -> Source | None:
    """One source, or None when there is none within reach."""
    query = select(SourceRow).where(within(scope, SourceRow), SourceRow.id == source_id)
    row = session.scalar(query.execution_options(populate_existing=True))
    return None if row is None else _source(row)


def lock_source(session: Session, *, scope: Scope, source_id: UUID) -> Source | None:
    """The same, until the transaction ends nobody else's to change."""
    query = select(SourceRow).where(within(scope, SourceRow), SourceRow.id == source_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    return None if row is None else _source(row)


def secret_of(session: Session, key: SourceKey) -> bytes:
    """The encrypted secret of a source that exists."""
    query = text("SELECT secret FROM result_sources WHERE province_code = :province AND id = :id")
    closed: bytes = session.execute(query, _own(key)).scalar_one()
    return bytes(closed)


_SWITCH = text("""
    UPDATE result_sources SET state = :state, state_reason = :reason, failures = 0, next_at = :now
    WHERE province_code = :province AND id = :id
""")


def set_state(session: Session, key: SourceKey, *, state: str, reason: str | None, now: datetime) -> None:
    """Switch a source on or off; on means due now."""
    session.execute(_SWITCH, _own(key) | {"state": state, "reason": reason, "now": now})


_TOOK = text("""
    UPDATE result_sources SET
        cursor = :cursor, failures = 0, last_ok_at = :now, next_at = :next_at,
        rows_taken = rows_taken + :taken, rows_refused = rows_refused + :refused
    WHERE province_code = :province AND id = :id
""")


def set_read(
    session: Session, key: SourceKey, *, cursor: str | None, taken: int, refused: int, next_at: datetime, now: datetime
) -> None:
    """Note a page that was read: how far, and what became of its rows."""
    values = {"cursor": cursor, "taken": taken, "refused": refused, "next_at": next_at, "now": now}
    session.execute(_TOOK, _own(key) | values)


_FAILED = text("""
    UPDATE result_sources SET failures = failures + 1, last_error = :error, last_error_at = :now, next_at = :next_at
    WHERE province_code = :province AND id = :id
""")


def set_failed(session: Session, key: SourceKey, *, error: str, next_at: datetime, now: datetime) -> None:
    """Note an asking that failed."""
    session.execute(_FAILED, _own(key) | {"error": error, "next_at": next_at, "now": now})


def set_due(session: Session, key: SourceKey, *, now: datetime) -> None:
    """Have a source asked now."""
    query = text("UPDATE result_sources SET next_at = :now WHERE province_code = :province AND id = :id")
    session.execute(query, _own(key) | {"now": now})


def sources_due(session: Session, *, now: datetime) -> list[SourceKey]:
    """Every active source, of every province, that is due."""
    rows = session.execute(
        select(SourceRow.province_code, SourceRow.id).where(SourceRow.state == "active", SourceRow.next_at <= now)
    )
    return [SourceKey(row.province_code, row.id) for row in rows]


_REFUSE = text("""
    INSERT INTO refused_rows AS r
        (province_code, source_id, digest, dossier_code, content, problems, first_at, last_at)
    SELECT :province, :id, n.digest, n.code, n.content, CAST(n.problems AS jsonb), :now, :now
    FROM unnest(
        CAST(:digests AS text[]), CAST(:codes AS text[]), CAST(:contents AS bytea[]), CAST(:problems AS text[])
    ) AS n(digest, code, content, problems)
    ON CONFLICT (province_code, source_id, digest) DO UPDATE
        SET problems = excluded.problems, last_at = excluded.last_at
    RETURNING (xmax = 0) AS is_new
""")


def keep_refused(session: Session, key: SourceKey, refusals: Sequence[Refusal], *, now: datetime) -> int:
    """Keep rows that could not be taken; a row that came before is the same one. Returns how many are new."""
    if not refusals:
        return 0
    values = {
        "now": now,
        "digests": [one.digest for one in refusals],
        "codes": [one.dossier_code for one in refusals],
        "contents": [one.content for one in refusals],
        "problems": [orjson.dumps(_storable(one.problems)).decode() for one in refusals],
    }
    return sum(bool(is_new) for is_new in session.scalars(_REFUSE, _own(key) | values))


def _storable(problems: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """What is wrong may be a NUL, which PostgreSQL does not keep."""
    return [{name: str(value).replace("\0", "") for name, value in one.items()} for one in problems]


_MENDED = text("""
    DELETE FROM refused_rows
    WHERE province_code = :province AND source_id = :id AND dossier_code = ANY(CAST(:codes AS text[]))
""")


def forget_mended(session: Session, key: SourceKey, dossier_codes: Iterable[str]) -> None:
    """Let refused rows go whose dossier has been taken since."""
    session.execute(_MENDED, _own(key) | {"codes": list(dossier_codes)})


def forget_refused(session: Session, *, before: datetime) -> int:
    """Erase refused rows that nobody has sent since then; returns how many."""
    gone = session.execute(text("DELETE FROM refused_rows WHERE last_at < :before RETURNING 1"), {"before": before})
    return len(gone.all())


def refusals(session: Session, key: SourceKey, *, limit: int) -> list[Refusal]:
    """A source's refused rows, newest first."""
    query = select(RefusedRow).where(
        RefusedRow.province_code == key.province_code, RefusedRow.source_id == key.source_id
    )
    rows = session.scalars(query.order_by(RefusedRow.last_at.desc(), RefusedRow.digest).limit(limit))
    return [
        Refusal(
            digest=row.digest,
            dossier_code=row.dossier_code,
            content=bytes(row.content),
            problems=row.problems,
            first_at=row.first_at,
            last_at=row.last_at,
        )
        for row in rows
    ]


def _own(key: SourceKey) -> dict[str, Any]:
    return {"province": key.province_code, "id": key.source_id}


_FIELDS = tuple(Source.__slots__)


def _source(row: SourceRow) -> Source:
    return Source(**{name: getattr(row, name) for name in _FIELDS})
