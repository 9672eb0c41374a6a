"""Object storage for photos, signatures, sheets and matrices: a folder, or S3, through obstore."""

import os
import secrets
from io import FileIO
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class BlobStore:
    """Bytes under a key. Keys are made by us from ids and hashes, never from a file name that came in."""

    def __init__(self, location: str) -> None:
        """`location` is a folder path or a URL such as `s3://bucket/prefix` (credentials from the environment)."""
        self._folder: Path | None = None
        if "://" in location:
            self._store: ObjectStore = from_url(location)
        else:
            self._folder = Path(location)
            self._folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(prefix=location, mkdir=True)

    def put(self, key: str, data: bytes) -> None:
        """Store durably: when this returns, the bytes outlive a power cut. No reader ever sees half a file."""
        if self._folder is None:
            obstore.put(self._store, key, data)
        else:
            _put_on_disk(self._folder, key, data)

    def get(self, key: str) -> bytes | None:
        """The bytes, or None when there are none."""
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            return None

    def exists(self, key: str) -> bool:
        """Whether the key holds something."""
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Forget the key; nothing happens when it is not there."""
        if self.exists(key):
            obstore.delete(self._store, key)


def _put_on_disk(folder: Path, key: str, data: bytes) -> None:
    """Write to a name of its own, flush, rename, and flush the folders that lead there: obstore flushes nothing."""
    place = folder / key
    missing = [parent for parent in place.parents if not parent.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{secrets.token_hex(8)}.draft")
    try:
        with draft.open("xb", buffering=0) as file:
            _write_all(file, data)
            os.fsync(file.fileno())
        draft.replace(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    for parent in {place.parent, *(new.parent for new in missing)}:
        _flush_folder(parent)


def _write_all(file: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _flush_folder(folder: Path) -> None:
    entry = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
