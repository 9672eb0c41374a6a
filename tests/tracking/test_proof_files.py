"""Photos and signatures: hash checked, type by bytes, before or after their proof, twice is once."""

import hashlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from core.blobs import BlobStore
from core.errors import CodedError
from core.ids import new_id
from core.scope import Scope
from tests.tracking.office_scene import NOW, Scene, delivery, snapshot
from tracking import service
from tracking.model import FileClaim, FileReceipt, ProofInput, Receipt

LATER = NOW + timedelta(hours=3)
JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"signature" * 20
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(str(tmp_path))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def send(
    scene: Scene,
    blobs: BlobStore,
    proof_id: UUID,
    data: bytes,
    *,
    sha256: str | None = None,
    scope: Scope | None = None,
    minutes: int = 0,
) -> FileReceipt:
    with scene.database.transaction() as session:
        return service.store_proof_file(
            session,
            scope=scope or scene.courier_scope(),
            blobs=blobs,
            proof_id=proof_id,
            sha256=sha256 or sha(data),
            content_type="image/jpeg",
            data=data,
            now=LATER + timedelta(minutes=minutes),
        )


def prove(scene: Scene, proof: ProofInput) -> Receipt:
    with scene.database.transaction() as session:
        return service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=LATER)


def with_files(key: UUID, *files: bytes) -> ProofInput:
    claims = tuple(FileClaim(sha256=sha(data), kind="photo", bytes_count=len(data)) for data in files)
    return delivery(key, files=claims)


def test_a_file_after_its_proof(scene: Scene, blobs: BlobStore) -> None:
    (key,) = scene.out()
    proof = with_files(key, JPEG, PNG)
    assert set(prove(scene, proof).files.values()) == {"awaited"}
    receipt = send(scene, blobs, proof.proof_id, JPEG)
    assert (receipt.sha256, receipt.bytes_count, receipt.content_type) == (sha(JPEG), len(JPEG), "image/jpeg")
    assert prove(scene, proof).files == {sha(JPEG): "stored", sha(PNG): "awaited"}
    with scene.database.reading() as session:
        read = service.read_proof_file(
            session, scope=scene.dispatcher, blobs=blobs, proof_id=proof.proof_id, sha256=sha(JPEG)
        )
    assert (read.item_id, read.content_type, read.data) == (key, "image/jpeg", JPEG)


def test_a_file_before_its_proof(scene: Scene, blobs: BlobStore) -> None:
    (key,) = scene.out()
    proof = with_files(key, PNG)
    send(scene, blobs, proof.proof_id, PNG)
    assert prove(scene, proof).files == {sha(PNG): "stored"}


def test_the_same_file_again_gives_the_same_receipt(scene: Scene, blobs: BlobStore) -> None:
    (key,) = scene.out()
    proof = with_files(key, WEBP)
    prove(scene, proof)
    first = send(scene, blobs, proof.proof_id, WEBP)
    before = snapshot(scene)
    assert send(scene, blobs, proof.proof_id, WEBP, minutes=60) == first
    assert snapshot(scene) == before
    assert first.content_type == "image/webp"


@pytest.mark.parametrize(
    ("data", "sha256", "code", "status"),
    [
        (b"\xff\xd8\xff" + b"0" * 60 * 1024**2, "a" * 64, "T2112", 413),
        (b"%PDF-1.7", None, "T2114", 415),
        (b"", None, "T2114", 415),
        (b"<svg onload='x'>", None, "T2114", 415),
        (JPEG, "a" * 64, "T2113", 422),
    ],
    ids=["60 MB", "pdf", "empty", "svg", "other hash"],
)
def test_a_file_that_cannot_be_taken(
    scene: Scene, blobs: BlobStore, data: bytes, sha256: str | None, code: str, status: int
) -> None:
    with pytest.raises(CodedError) as refused:
        send(scene, blobs, new_id(), data, sha256=sha256)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert snapshot(scene)["proof_files"] == (0, "")


def test_a_file_must_be_the_one_its_proof_names(scene: Scene, blobs: BlobStore) -> None:
    (key,) = scene.out()
    wrong_size = FileClaim(sha256=sha(JPEG), kind="photo", bytes_count=5)
    proof = delivery(key, files=(wrong_size,))
    prove(scene, proof)
    for data, code in ((PNG, "T2116"), (JPEG, "T2115")):
        with pytest.raises(CodedError) as refused:
            send(scene, blobs, proof.proof_id, data)
        assert refused.value.code == code


def test_anothers_proof_takes_no_file_and_shows_none(scene: Scene, blobs: BlobStore) -> None:
    (key,) = scene.out()
    proof = with_files(key, JPEG)
    prove(scene, proof)
    with pytest.raises(CodedError) as refused:
        send(scene, blobs, proof.proof_id, JPEG, scope=scene.courier_scope(1))
    assert refused.value.code == "C1000"
    send(scene, blobs, proof.proof_id, JPEG)
    with scene.database.reading() as session, pytest.raises(CodedError) as refused:
        service.read_proof_file(
            session, scope=scene.courier_scope(2), blobs=blobs, proof_id=proof.proof_id, sha256=sha(JPEG)
        )
    assert refused.value.code == "C1000"


def test_no_row_without_its_bytes(scene: Scene, tmp_path: Path) -> None:
    """The folder refuses to be written: the file is not acknowledged, and goes through when it is sent again."""

    class FullDisk(BlobStore):
        def put(self, key: str, data: bytes) -> None:
            raise OSError(28, "No space left on device", key, len(data))

    (key,) = scene.out()
    proof = with_files(key, JPEG)
    prove(scene, proof)
    with pytest.raises(OSError, match="No space"):
        send(scene, FullDisk(str(tmp_path)), proof.proof_id, JPEG)
    assert prove(scene, proof).files == {sha(JPEG): "awaited"}
    send(scene, BlobStore(str(tmp_path)), proof.proof_id, JPEG)
    assert prove(scene, proof).files == {sha(JPEG): "stored"}
