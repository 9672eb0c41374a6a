"""SQL of proofs and their files."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from tracking.model import FailureReason, FileClaim, FileReceipt
from tracking.tables_custody import ProofFileRow, ProofRow

_PROOFS = cast("Table", ProofRow.__table__)
_FILES = cast("Table", ProofFileRow.__table__)

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProof:
    """A recorded proof as far as receipts and file checks need it."""

    id: UUID
    item_id: UUID
    digest: str
    event_hash: str
    recorded_at: Any
    flags: tuple[str, ...]
    files: tuple[FileClaim, ...]
    outcome: str


def lock_proof(session: Session, province_code: str, proof_id: UUID) -> None:
    """Let only one writer at a time handle a proof id, whether or not the proof exists yet."""
    session.execute(_LOCK, {"key": f"proof:{province_code}:{proof_id}"})


def find_proof(session: Session, province_code: str, proof_id: UUID) -> StoredProof | None:
    """A proof by the phone's id."""
    query = select(_PROOFS).where(_PROOFS.c.province_code == province_code, _PROOFS.c.id == proof_id)
    row = session.execute(query).one_or_none()
    return _stored(row) if row is not None else None


def reason_of(session: Session, province_code: str, proof_id: UUID | None) -> FailureReason | None:
    """Why the attempt of a proof failed; None without one."""
    if proof_id is None:
        return None
    query = select(_PROOFS.c.reason).where(_PROOFS.c.province_code == province_code, _PROOFS.c.id == proof_id)
    reason = session.scalar(query)
    return FailureReason(reason) if reason else None


def proofs_of_item(session: Session, province_code: str, item_id: UUID) -> list[dict[str, Any]]:
    """All proofs of an item as columns, by the time they happened."""
    query = select(_PROOFS).where(_PROOFS.c.province_code == province_code, _PROOFS.c.item_id == item_id)
    return [row._asdict() for row in session.execute(query.order_by(_PROOFS.c.occurred_at, _PROOFS.c.id))]


def last_proofs(session: Session, province_code: str, item_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each item that has proofs was last at a door."""
    query = (
        select(_PROOFS.c.item_id, func.max(_PROOFS.c.occurred_at).label("at"))
        .where(_PROOFS.c.province_code == province_code, _PROOFS.c.item_id.in_(list(item_ids)))
        .group_by(_PROOFS.c.item_id)
    )
    return {row.item_id: row.at for row in session.execute(query)}


def insert_proof(session: Session, columns: Mapping[str, Any]) -> None:
    """A new proof; the same id twice is refused by its key."""
    session.execute(insert(_PROOFS), dict(columns))


def stored_files(session: Session, province_code: str, proof_id: UUID) -> dict[str, Row[Any]]:
    """The files that have arrived for a proof id, by hash."""
    query = select(_FILES).where(_FILES.c.province_code == province_code, _FILES.c.proof_id == proof_id)
    return {row.sha256: row for row in session.execute(query)}


def insert_file(session: Session, province_code: str, receipt: FileReceipt, *, blob_key: str, sent_by: str) -> None:
    """A file has arrived and lies under `blob_key`."""
    own = {"province_code": province_code, "blob_key": blob_key, "sent_by": sent_by}
    session.execute(insert(_FILES), asdict(receipt) | own)


def claims_as_json(files: Iterable[FileClaim]) -> list[dict[str, Any]]:
    """File claims as the proof's row keeps them."""
    return [asdict(claim) for claim in files]


def _stored(row: Row[Any]) -> StoredProof:
    return StoredProof(
        id=row.id,
        item_id=row.item_id,
        digest=row.digest,
        event_hash=row.event_hash,
        recorded_at=row.recorded_at,
        flags=tuple(row.flags),
        outcome=row.outcome,
        files=tuple(FileClaim(**claim) for claim in row.files),
    )
