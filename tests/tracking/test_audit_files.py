"""Tampering with the files of proofs and with the rows that name them, each proof and file named by what is found."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.tracking.audit_scene import PHOTO, SHA256, TOMORROW, Place
from tests.tracking.office_scene import NOW, PROVINCE, delivery
from tracking import service
from tracking.model import FileClaim
from tracking.proof_files import blob_key
from tracking.records import file_record

SLIP = b"\xff\xd8\xff" + b"an appointment slip" * 30
SIGNATURE = b"\x89PNG\r\n\x1a\n" + b"a name written by hand" * 20
OTHER = b"\xff\xd8\xff" + b"a photo of another door" * 30


def sha256_of(data: bytes) -> str:
    """As a file is named."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Desk:
    """Two proofs with files under a root: `first` with a photo of the door; `second` with the photo of a slip that was
    taken back, and a signature.
    """

    place: Place
    first: UUID
    second: UUID

    def path(self, proof_id: UUID, sha256: str) -> Path:
        """Where the bytes lie."""
        return self.place.folder / blob_key(PROVINCE, proof_id, sha256)

    def found(self) -> set[tuple[str, UUID | None, str | None]]:
        """What the audit finds of which file."""
        return {(fault.fault, fault.proof_id, fault.sha256) for fault in self.place.faults()}

    def rewrite(self, proof_id: UUID, sha256: str, data: bytes) -> str:
        """Another file in place of one, with every column of its row made to fit; returns its hash."""
        new = sha256_of(data)
        key = blob_key(PROVINCE, proof_id, new)
        self.path(proof_id, new).parent.mkdir(parents=True, exist_ok=True)
        self.path(proof_id, new).write_bytes(data)
        self.path(proof_id, sha256).unlink()
        query = "SELECT * FROM proof_files WHERE proof_id = :p AND sha256 = :s"
        with self.place.scene.database.reading() as session:
            row = dict(session.execute(text(query), {"p": proof_id, "s": sha256}).mappings().one())
        row |= {"sha256": new, "bytes_count": len(data), "blob_key": key}
        self.place.tamper(
            "UPDATE proof_files SET sha256 = :new, bytes_count = :n, blob_key = :key, record = :record "
            "WHERE proof_id = :p AND sha256 = :s",
            new=new,
            n=len(data),
            key=key,
            record=file_record(row),
            p=proof_id,
            s=sha256,
        )
        return new


@pytest.fixture
def desk(place: Place) -> Desk:
    """The second proof comes a day later, and its root after it."""
    scene = place.scene
    with scene.database.reading() as session:
        query = "SELECT id FROM proofs WHERE item_id = :item"
        first = session.execute(text(query), {"item": place.items[0]}).scalar_one()
    kinds = {SLIP: "photo", SIGNATURE: "signature"}
    claims = [FileClaim(sha256=sha256_of(data), kind=kind, bytes_count=len(data)) for data, kind in kinds.items()]  # type: ignore[arg-type]
    proof = delivery(place.items[1], files=tuple(claims), papers_taken_back=1)
    with scene.database.transaction() as session:
        scope = scene.courier_scope()
        service.record_proof(session, scope=scope, proof=proof, now=TOMORROW)
        for data in kinds:
            sha256 = sha256_of(data)
            service.store_proof_file(
                session,
                scope=scope,
                blobs=place.blobs,
                proof_id=proof.proof_id,
                sha256=sha256,
                data=data,
                now=TOMORROW,
            )
    assert len(place.root(NOW + timedelta(days=2, hours=3))) == 1
    assert place.faults() == []
    return Desk(place, first, proof.proof_id)


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _one_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _removed(path: Path) -> None:
    path.unlink()


def _made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


_DEEDS: dict[Callable[[Path], None], str] = {
    _truncated: "changed_bytes",
    _emptied: "changed_bytes",
    _one_byte: "changed_bytes",
    _longer: "changed_bytes",
    _removed: "missing_bytes",
    _made_a_folder: "missing_bytes",
}
_FILES = {"photo": SHA256, "slip": sha256_of(SLIP), "signature": sha256_of(SIGNATURE)}
_SIZES = {"photo": len(PHOTO), "slip": len(SLIP), "signature": len(SIGNATURE)}


@pytest.mark.parametrize("kind", _FILES)
@pytest.mark.parametrize("deed", _DEEDS)
def test_each_file_that_was_touched_is_named_and_no_other(desk: Desk, deed: Callable[[Path], None], kind: str) -> None:
    sha256 = _FILES[kind]
    proof_id = desk.first if kind == "photo" else desk.second
    deed(desk.path(proof_id, sha256))
    assert desk.found() == {(_DEEDS[deed], proof_id, sha256)}


@pytest.mark.parametrize("kind", ["slip", "signature"])
def test_bytes_swapped_between_two_proofs_are_found_at_both(desk: Desk, kind: str) -> None:
    one, other = desk.path(desk.first, SHA256), desk.path(desk.second, _FILES[kind])
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert desk.found() == {
        ("changed_bytes", desk.first, SHA256),
        ("changed_bytes", desk.second, _FILES[kind]),
    }


def test_bytes_swapped_within_a_proof_are_found_at_both(desk: Desk) -> None:
    one, other = (desk.path(desk.second, _FILES[kind]) for kind in ("slip", "signature"))
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert desk.found() == {("changed_bytes", desk.second, _FILES[kind]) for kind in ("slip", "signature")}


@pytest.mark.parametrize("kind", ["slip", "signature"])
def test_rows_swapped_between_two_proofs_are_found_at_both(desk: Desk, kind: str) -> None:
    """The rows change their proofs; the bytes lie where they lay."""
    desk.place.tamper(
        "UPDATE proof_files SET proof_id = CASE WHEN proof_id = :a THEN CAST(:b AS uuid) ELSE CAST(:a AS uuid) END "
        "WHERE sha256 IN (:one, :other)",
        a=desk.first,
        b=desk.second,
        one=SHA256,
        other=_FILES[kind],
    )
    assert {
        ("file_not_claimed", desk.first, _FILES[kind]),
        ("file_not_claimed", desk.second, SHA256),
        ("removed_file", desk.first, None),
        ("removed_file", desk.second, None),
    } <= desk.found()


@pytest.mark.parametrize("kind", _FILES)
def test_another_file_whose_row_was_made_to_fit_is_found(desk: Desk, kind: str) -> None:
    """Bytes, hash, size, place and record fit each other; neither the proof nor the root knows them."""
    proof_id = desk.first if kind == "photo" else desk.second
    new = desk.rewrite(proof_id, _FILES[kind], OTHER)
    assert desk.found() == {("file_not_claimed", proof_id, new), ("removed_file", proof_id, None)}


@pytest.mark.parametrize("kind", _FILES)
def test_another_file_that_its_proof_was_made_to_claim_is_found(desk: Desk, kind: str) -> None:
    """The same, and the proof's own list of files says so too."""
    proof_id = desk.first if kind == "photo" else desk.second
    desk.rewrite(proof_id, _FILES[kind], OTHER)
    desk.place.tamper(
        "UPDATE proofs SET files = CAST(replace(replace(files::text, :old, :new), :size, :now) AS jsonb) WHERE id = :p",
        old=_FILES[kind],
        new=sha256_of(OTHER),
        size=f'"bytes_count": {_SIZES[kind]}',
        now=f'"bytes_count": {len(OTHER)}',
        p=proof_id,
    )
    assert desk.found() == {("proof", proof_id, None), ("removed_file", proof_id, None)}


def test_a_signature_that_was_made_a_photo_is_found(desk: Desk) -> None:
    desk.place.tamper(
        "UPDATE proofs SET files = CAST(replace(files::text, 'signature', 'photo') AS jsonb) WHERE id = :p",
        p=desk.second,
    )
    assert desk.found() == {("proof", desk.second, None)}


@pytest.mark.parametrize("kind", _FILES)
def test_a_file_that_went_with_its_row_is_found(desk: Desk, kind: str) -> None:
    proof_id = desk.first if kind == "photo" else desk.second
    desk.path(proof_id, _FILES[kind]).unlink()
    desk.place.tamper("DELETE FROM proof_files WHERE sha256 = :s", s=_FILES[kind])
    assert desk.found() == {("removed_file", proof_id, None)}


def test_a_file_that_went_with_its_row_and_its_leaf_is_found(desk: Desk) -> None:
    desk.path(desk.second, _FILES["slip"]).unlink()
    desk.place.tamper(
        "DELETE FROM root_leaves l USING proof_files f WHERE l.hash = f.record AND f.sha256 = :s",
        "DELETE FROM proof_files WHERE sha256 = :s",
        s=_FILES["slip"],
    )
    assert {fault.fault for fault in desk.place.faults()} == {"root"}


def test_a_slip_that_was_never_taken_back_is_found(desk: Desk) -> None:
    """Said by the proof's row alone, and by its event as well."""
    desk.place.tamper("UPDATE proofs SET papers_taken_back = 0 WHERE id = :p", p=desk.second)
    assert desk.found() == {("proof", desk.second, None)}
    desk.place.tamper(
        """UPDATE events SET data = data || '{"papers_taken_back": 0}' WHERE data ->> 'proof_id' = :p""",
        p=str(desk.second),
    )
    assert {"proof", "hash"} <= {fault.fault for fault in desk.place.faults()}
