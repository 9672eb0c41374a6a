"""Files in a folder: whole or not there at all, and on disk before anybody says so."""

import os
import shutil
from pathlib import Path

import pytest

from core.blobs import BlobStore


def test_what_was_put_is_there_and_nothing_else(tmp_path: Path) -> None:
    blobs = BlobStore(str(tmp_path / "blobs"))
    blobs.put("proofs/79/a/b", b"photo")
    assert blobs.get("proofs/79/a/b") == b"photo"
    assert [p.name for p in (tmp_path / "blobs").rglob("*") if p.is_file()] == ["b"]


def test_bytes_and_the_folders_that_lead_to_them_are_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    real = os.fsync

    def noting(file: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{file}").readlink()))
        real(file)

    monkeypatch.setattr(os, "fsync", noting)
    root = tmp_path / "blobs"
    # Who made the folder may not have come to flush it.
    (root / "proofs/79").mkdir(parents=True)
    blobs = BlobStore(str(root))
    blobs.put("proofs/79/b", b"photo")
    draft, folder = flushed[-2:]
    assert draft.endswith(".draft")
    assert folder == str(root / "proofs/79")
    assert set(flushed[:-2]) == {str(root), str(root / "proofs"), str(root / "proofs/79")}
    flushed.clear()
    blobs.put("proofs/79/c", b"photo")
    assert len(flushed) == 2, "what leads to the folder was flushed before"


def test_a_folder_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    blobs = BlobStore(str(tmp_path))
    blobs.put("proofs/79/a", b"photo")
    shutil.rmtree(tmp_path / "proofs")
    blobs.put("proofs/79/a", b"photo")
    assert blobs.get("proofs/79/a") == b"photo"


def test_a_write_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError("no space left")

    blobs = BlobStore(str(tmp_path))
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="no space"):
        blobs.put("a", b"x")
    assert list(tmp_path.iterdir()) == []
