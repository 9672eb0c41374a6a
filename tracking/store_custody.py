"""SQL of proofs and their files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, insert, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.db import lock_keys, uuids, uuids_later
from tracking.model import FailureReason, FileClaim
from tracking.tables_custody import ProofFileRow, ProofRow

_PROOFS = cast("Table", ProofRow.__table__)
_FILES = cast("Table", ProofFileRow.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProof:
    """A recorded proof as far as receipts and file checks need it."""

    id: UUID
    item_id: UUID
    digest: str
    personal_salt: str | None
    event_hash: str
    recorded_at: datetime
    flags: tuple[str, ...]
    files: tuple[FileClaim, ...]
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a proof that has arrived."""

    proof_id: UUID
    sha256: str
    content_type: str
    bytes_count: int
    blob_key: str
    stored_at: datetime


FileKey = tuple[UUID, str]
_FILE_FIELDS = tuple(StoredFile.__dataclass_fields__)
_STORED = tuple(_PROOFS.c[name] for name in StoredProof.__dataclass_fields__)
# Built once: every proof and every photo needs these.
_INSERT_PROOFS, _INSERT_FILES = insert(_PROOFS), insert(_FILES)
_STANDING = select(*_STORED).where(
    _PROOFS.c.province_code == bindparam("province"), _PROOFS.c.id == uuids_later("proofs")
)
_ARRIVED = select(_FILES).where(
    _FILES.c.province_code == bindparam("province"), _FILES.c.proof_id == uuids_later("proofs")
)


def lock_proofs(session: Session, province_code: str, proof_ids: Iterable[UUID]) -> None:
    """Let only one writer at a time handle these proof ids, whether or not the proofs exist yet."""
    lock_keys(session, (f"proof:{province_code}:{proof_id}" for proof_id in proof_ids))


def find_proof(session: Session, province_code: str, proof_id: UUID) -> StoredProof | None:
    """A proof by the phone's id."""
    return find_proofs(session, province_code, [proof_id]).get(proof_id)


def find_proofs(session: Session, province_code: str, proof_ids: Iterable[UUID]) -> dict[UUID, StoredProof]:
    """Those of these proofs that stand."""
    asked = {"province": province_code, "proofs": list(proof_ids)}
    return {row.id: _stored(row) for row in session.execute(_STANDING, asked)}


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
        .where(_PROOFS.c.province_code == province_code, _PROOFS.c.item_id == uuids(item_ids))
        .group_by(_PROOFS.c.item_id)
    )
    return {row.item_id: row.at for row in session.execute(query)}


def insert_proofs(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """New proofs; the same id twice is refused by its key."""
    if rows:
        session.execute(_INSERT_PROOFS, [dict(row) for row in rows])


def stored_files(session: Session, province_code: str, proof_id: UUID) -> dict[str, StoredFile]:
    """The files that have arrived for a proof id, by hash."""
    found = files_of_proofs(session, province_code, [proof_id])
    return {sha256: file for (_, sha256), file in found.items()}


def files_of_proofs(session: Session, province_code: str, proof_ids: Iterable[UUID]) -> dict[FileKey, StoredFile]:
    """The files that have arrived for these proof ids."""
    asked = {"province": province_code, "proofs": list(proof_ids)}
    rows = [row._asdict() for row in session.execute(_ARRIVED, asked)]
    return {(row["proof_id"], row["sha256"]): StoredFile(**{name: row[name] for name in _FILE_FIELDS}) for row in rows}


def insert_files(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Files have arrived and lie under their `blob_key`."""
    if rows:
        session.execute(_INSERT_FILES, [dict(row) for row in rows])


def claims_as_json(files: Iterable[FileClaim]) -> list[dict[str, Any]]:
    """File claims as the proof's row keeps them."""
    return [asdict(claim) for claim in files]


def _stored(row: Row[Any]) -> StoredProof:
    return StoredProof(
        id=row.id,
        item_id=row.item_id,
        digest=row.digest,
        personal_salt=row.personal_salt,
        event_hash=row.event_hash,
        recorded_at=row.recorded_at,
        flags=tuple(row.flags),
        outcome=row.outcome,
        files=tuple(FileClaim(**claim) for claim in row.files),
    )
