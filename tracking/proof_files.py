"""Keeping photos and signatures of proofs: checked against their hash, stored before they are acknowledged."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from core.blobs import BlobStore
from core.clock import aware
from core.errors import NOT_FOUND, CodedError, fail
from core.scope import Scope
from tracking import errors, store, store_custody
from tracking.model import FileReceipt, Item
from tracking.proof import may_prove
from tracking.proof_checks import FILE_BYTES_LIMIT
from tracking.records import file_record
from tracking.store_custody import FileKey, StoredFile, StoredProof

Answer: TypeAlias = FileReceipt | CodedError


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file whose bytes lie in the store already, hashed and looked at, and who sent it."""

    scope: Scope
    proof_id: UUID
    sha256: str
    content_type: str
    bytes_count: int


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
    file = keep_bytes(blobs, scope=scope, proof_id=proof_id, sha256=sha256, content_type=content_type, data=data)
    [answer] = register_files(session, [file], now=now)
    if isinstance(answer, CodedError):
        raise answer
    return answer


def keep_bytes(
    blobs: BlobStore, *, scope: Scope, proof_id: UUID, sha256: str, content_type: str | None = None, data: bytes
) -> SentFile:
    """Look at a file and put its bytes on disk; needs no database. Nothing counts before `register_files`.

    The bytes first: a row without its bytes would be a receipt for nothing, bytes without a row are only litter.

    Raises:
        CodedError: T2112, T2113, T2114.
    """
    kind = checked_type(data, sha256, content_type)
    blobs.put(blob_key(scope.province_code, proof_id, sha256), data)
    return SentFile(scope=scope, proof_id=proof_id, sha256=sha256, content_type=kind, bytes_count=len(data))


def register_files(session: Session, files: Sequence[SentFile], *, now: datetime) -> list[Answer]:
    """Receipts of files kept by `keep_bytes`, or why one is refused, with a fixed number of statements per province."""
    answers: dict[int, Answer] = {}
    for province_code in {file.scope.province_code for file in files}:
        numbers = [n for n, file in enumerate(files) if file.scope.province_code == province_code]
        mine = _register(session, province_code, [files[n] for n in numbers], aware(now))
        answers |= zip(numbers, mine, strict=True)
    return [answers[n] for n in range(len(files))]


def _register(session: Session, province_code: str, files: Sequence[SentFile], now: datetime) -> list[Answer]:
    proof_ids = {file.proof_id for file in files}
    store_custody.lock_proofs(session, province_code, proof_ids)
    proofs = store_custody.find_proofs(session, province_code, proof_ids)
    items = store.find_any_items(session, province_code, {proof.item_id for proof in proofs.values()})
    here = store_custody.files_of_proofs(session, province_code, proof_ids)
    answers: list[Answer] = []
    fresh: dict[FileKey, dict[str, object]] = {}
    for file in files:
        proof = proofs.get(file.proof_id)
        refused = _refusal(session, file, proof, items.get(proof.item_id) if proof else None)
        if refused is not None:
            answers.append(refused)
            continue
        key = (file.proof_id, file.sha256)
        if key not in here:
            here[key] = _arrived(province_code, file, now)
            columns = asdict(here[key]) | {"province_code": province_code, "sent_by": file.scope.actor}
            fresh[key] = columns | {"record": file_record(columns)}
        answers.append(_receipt(here[key]))
    store_custody.insert_files(session, list(fresh.values()))
    return answers


def _arrived(province_code: str, file: SentFile, now: datetime) -> StoredFile:
    return StoredFile(
        proof_id=file.proof_id,
        sha256=file.sha256,
        content_type=file.content_type,
        bytes_count=file.bytes_count,
        blob_key=blob_key(province_code, file.proof_id, file.sha256),
        stored_at=now,
    )


def _receipt(file: StoredFile) -> FileReceipt:
    return FileReceipt(
        proof_id=file.proof_id,
        sha256=file.sha256,
        bytes_count=file.bytes_count,
        content_type=file.content_type,
        stored_at=file.stored_at,
    )


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
    """A stored file, for whoever may see its item: what a bundle of evidence holds, its parts hold too.

    Raises:
        CodedError: C1000 when there is none within reach.
    """
    proof = store_custody.find_proof(session, scope.province_code, proof_id)
    known = store_custody.stored_files(session, scope.province_code, proof_id).get(sha256)
    if proof is None or known is None or not store.items_by_id(session, scope, [proof.item_id]):
        raise fail(NOT_FOUND, what="file")
    data = blobs.get(known.blob_key)
    if data is None:
        raise fail(NOT_FOUND, what="file")
    return ProofFile(item_id=proof.item_id, content_type=known.content_type, data=data)


def blob_key(province_code: str, proof_id: UUID, sha256: str) -> str:
    """Where the bytes lie: made of ids and hashes only. Many share a folder: a new one takes longer to make last than
    a photo does.
    """
    return f"proofs/{province_code}/{sha256[:2]}/{proof_id}.{sha256}"


def _refusal(session: Session, file: SentFile, proof: StoredProof | None, item: Item | None) -> CodedError | None:
    """When the proof is here already, the file must be one it names. Before that anybody's file may wait for it: only
    the bytes its proof will name by hash ever count.
    """
    if proof is None:
        return None
    if item is None or not may_prove(session, file.scope, item):
        return fail(NOT_FOUND, what="proof")
    claim = next((claim for claim in proof.files if claim.sha256 == file.sha256), None)
    if claim is None:
        return fail(errors.FILE_NOT_CLAIMED)
    if claim.bytes_count != file.bytes_count:
        return fail(errors.FILE_SIZE_DIFFERS, size=file.bytes_count, claimed=claim.bytes_count)
    return None
