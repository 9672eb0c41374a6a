"""Files in a folder: whole or not there at all, and on disk before anybody says so."""

import os
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
    BlobStore(str(root)).put("proofs/79/b", b"photo")
    assert flushed[0].endswith(".draft")
    assert set(flushed[1:]) == {str(root), str(root / "proofs"), str(root / "proofs/79")}


def test_a_write_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError("no space left")

    blobs = BlobStore(str(tmp_path))
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="no space"):
        blobs.put("a", b"x")
    assert list(tmp_path.iterdir()) == []
