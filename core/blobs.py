"""Object storage for photos, signatures, sheets and matrices: a folder, or S3, through obstore."""

from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class BlobStore:
    """Bytes under a key. Keys are made by us from ids and hashes, never from a file name that came in."""

    def __init__(self, location: str) -> None:
        """`location` is a folder path or a URL such as `s3://bucket/prefix` (credentials from the environment)."""
        if "://" in location:
            self._store: ObjectStore = from_url(location)
        else:
            Path(location).mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(prefix=location, mkdir=True)

    def put(self, key: str, data: bytes) -> None:
        """Store; on a folder the write is to a temporary name and a rename, so no reader sees half a file."""
        obstore.put(self._store, key, data)

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
