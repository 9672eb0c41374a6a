"""Object storage for photos, signatures, sheets and matrices: a folder, or S3, through obstore."""

import os
import secrets
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_MODE = 0o666


class BlobStore:
    """Bytes under a key. Keys are made by us from ids and hashes, never from a file name that came in."""

    def __init__(self, location: str) -> None:
        """`location` is a folder path or a URL such as `s3://bucket/prefix` (credentials from the environment)."""
        self._folder: _Folder | None = None
        if "://" in location:
            self._store: ObjectStore = from_url(location)
        else:
            root = Path(location)
            root.mkdir(parents=True, exist_ok=True)
            self._folder = _Folder(root)
            self._store = LocalStore(prefix=location, mkdir=True)

    def put(self, key: str, data: bytes) -> None:
        """Store durably: when this returns, the bytes outlive a power cut. No reader ever sees half a file."""
        if self._folder is None:
            obstore.put(self._store, key, data)
        else:
            self._folder.put(key, data)

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


class _Folder:
    """A folder of this machine that is written to so that everything in it outlives a power cut: obstore flushes
    nothing. System calls as few as can be: each lets go of the interpreter and has to wait for it again.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        # Folders that this process has flushed with all that lead to them; one that stands may be too new to last.
        self._lasting: set[Path] = set()

    def put(self, key: str, data: bytes) -> None:
        """Write to a name of its own, flush, rename, and flush the folder that holds it."""
        place = self._root / key
        draft = f"{place}.{secrets.token_hex(8)}.draft"
        try:
            file = self._open(place.parent, draft)
            try:
                _write_all(file, data)
                os.fsync(file)
            finally:
                os.close(file)
            os.replace(draft, place)  # noqa: PTH105  as the rest here
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        flush_folder(place.parent)

    def _open(self, folder: Path, draft: str) -> int:
        if folder not in self._lasting:
            self._make(folder)
        try:
            return os.open(draft, _NEW, _MODE)
        except FileNotFoundError:
            # Somebody took the folder away.
            self._make(folder)
            return os.open(draft, _NEW, _MODE)

    def _make(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for parent in [folder, *folder.parents]:
            flush_folder(parent)
            if parent == self._root:
                break
        self._lasting.add(folder)


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def flush_folder(folder: Path) -> None:
    """Have the names in a folder last a power cut, as `fsync` does the bytes of a file. Raises OSError."""
    entry = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
