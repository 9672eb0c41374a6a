"""Keeping photos and signatures of proofs: checked against their hash, stored before they are acknowledged."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.blobs import BlobStore
from core.clock import aware
from core.errors import NOT_FOUND, fail
from core.scope import Scope
from tracking import errors, store, store_custody
from tracking.model import FileReceipt
from tracking.proof import may_prove
from tracking.proof_checks import FILE_BYTES_LIMIT
from tracking.store_custody import StoredProof


def store_proof_file(
    session: Session,
    *,
    scope: Scope,
    blobs: BlobStore,
    proof_id: UUID,
    sha256: str,
    content_type: str | None = None,
    data: bytes,
    now: datetime,
) -> FileReceipt:
    """Keep one file of a proof; it may come before its proof, and again with the same receipt.

    `content_type` is what the sender claims; what is kept is what the bytes are.

    Raises:
        CodedError: T2112 above 10 MB, T2113 when the hash is another, T2114 when it is no picture, T2115 and T2116
            when the proof says otherwise, C1000 when the proof is not the caller's.
    """
    kind = checked_type(data, sha256, content_type)
    store_custody.lock_proof(session, scope.province_code, proof_id)
    _check_claim(session, scope, proof_id, sha256, len(data))
    known = store_custody.stored_files(session, scope.province_code, proof_id).get(sha256)
    if known is not None:
        return FileReceipt(
            proof_id=proof_id,
            sha256=sha256,
            bytes_count=known.bytes_count,
            content_type=known.content_type,
            stored_at=known.stored_at,
        )
    key = blob_key(scope.province_code, proof_id, sha256)
    # The bytes first: a row without its bytes would be a receipt for nothing, bytes without a row are only litter.
    blobs.put(key, data)
    receipt = FileReceipt(
        proof_id=proof_id, sha256=sha256, bytes_count=len(data), content_type=kind, stored_at=aware(now)
    )
    store_custody.insert_file(session, scope.province_code, receipt, blob_key=key, sent_by=scope.actor)
    return receipt


def checked_type(data: bytes, sha256: str, claimed_type: str | None) -> str:
    """The picture's content type by its first bytes.

    Raises:
        CodedError: T2112, T2113, T2114.
    """
    if len(data) > FILE_BYTES_LIMIT:
        raise fail(errors.FILE_TOO_LARGE, size=len(data), limit=FILE_BYTES_LIMIT)
    kind = picture_type(data)
    if kind is None:
        raise fail(errors.FILE_TYPE_REFUSED, claimed=claimed_type)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise fail(errors.FILE_HASH_DIFFERS)
    return kind


def picture_type(data: bytes) -> str | None:
    """`image/jpeg`, `image/png` or `image/webp` by the magic bytes, None for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFile:
    """A stored photo or signature and the item it speaks of."""

    item_id: UUID
    content_type: str
    data: bytes


def read_proof_file(session: Session, *, scope: Scope, blobs: BlobStore, proof_id: UUID, sha256: str) -> ProofFile:
    """A stored file.

    Raises:
        CodedError: C1000 when there is none within reach.
    """
    proof = store_custody.find_proof(session, scope.province_code, proof_id)
    known = store_custody.stored_files(session, scope.province_code, proof_id).get(sha256)
    if proof is None or known is None or not _is_within_reach(session, scope, proof):
        raise fail(NOT_FOUND, what="file")
    data = blobs.get(known.blob_key)
    if data is None:
        raise fail(NOT_FOUND, what="file")
    return ProofFile(item_id=proof.item_id, content_type=known.content_type, data=data)


def blob_key(province_code: str, proof_id: UUID, sha256: str) -> str:
    """Where the bytes lie: made of ids and hashes only."""
    return f"proofs/{province_code}/{proof_id}/{sha256}"


def _check_claim(session: Session, scope: Scope, proof_id: UUID, sha256: str, size: int) -> None:
    """When the proof is here already, the file must be one it names. Before that anybody's file may wait for it: only
    the bytes its proof will name by hash ever count.
    """
    proof = store_custody.find_proof(session, scope.province_code, proof_id)
    if proof is None:
        return
    if not _is_within_reach(session, scope, proof):
        raise fail(NOT_FOUND, what="proof")
    claim = next((claim for claim in proof.files if claim.sha256 == sha256), None)
    if claim is None:
        raise fail(errors.FILE_NOT_CLAIMED)
    if claim.bytes_count != size:
        raise fail(errors.FILE_SIZE_DIFFERS, size=size, claimed=claim.bytes_count)


def _is_within_reach(session: Session, scope: Scope, proof: StoredProof) -> bool:
    item = store.find_any_item(session, scope.province_code, proof.item_id)
    return item is not None and may_prove(session, scope, item)
