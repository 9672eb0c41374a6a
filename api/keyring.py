"""The keys that sign daily roots: one that signs, and the public halves of all that ever did."""

import base64
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.root_log import RootLog
from core.clock import aware
from tracking.service import DailyRoot

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key's public half, base64, and since when it is used; `retired_at` None signs today."""

    key_id: str
    public_key: str
    since: str
    retired_at: str | None = None


class Keyring:
    """The keys in a file that its owner alone can read."""

    def __init__(self, place: Path) -> None:
        self._place = place

    @property
    def log(self) -> RootLog:
        """The log of all roots the keys ever signed, beside them."""
        return RootLog(self._place.with_name(f"{self._place.name}.roots"))

    @property
    def keys(self) -> list[PublicKey]:
        """Every key that ever signed, oldest first."""
        return [PublicKey(**key) for key in self._read()["keys"]]

    def signer(self, *, now: datetime) -> "Signer":
        """Today's key; the first one is made when there is none."""
        if not self._place.exists():
            self._write(_new_ring([], now), is_new=True)
        ring = self._read()
        return Signer(Ed25519PrivateKey.from_private_bytes(base64.b64decode(ring["private"])))

    def rotate(self, *, now: datetime) -> PublicKey:
        """A new key signs from now on; the old private half is gone, its public half stays."""
        keys = self._read()["keys"] if self._place.exists() else []
        retired = [{**key, "retired_at": key["retired_at"] or aware(now).isoformat()} for key in keys]
        self._write(_new_ring(retired, now))
        return self.keys[-1]

    def is_signed(self, root: DailyRoot) -> bool:
        """Whether one of our keys signed the root; a key that merely stands in its row proves nothing."""
        known = {key.key_id: key.public_key for key in self.keys} if self._place.exists() else {}
        public = known.get(root.key_id)
        if public is None or public != root.public_key:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(
                base64.b64decode(root.signature, validate=True), root.statement
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    def _read(self) -> dict[str, Any]:
        ring: dict[str, Any] = orjson.loads(self._place.read_bytes())
        return ring

    def _write(self, ring: dict[str, object], *, is_new: bool = False) -> None:
        self._place.parent.mkdir(parents=True, exist_ok=True)
        draft = self._place.with_name(f"{self._place.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
            file.write(orjson.dumps(ring, option=orjson.OPT_INDENT_2))
            os.fsync(file.fileno())
        if not is_new:
            draft.replace(self._place)
            return
        # A link fails when the name is taken: of two processes that start together both use the first one's key.
        with suppress(FileExistsError):
            os.link(draft, self._place)
        draft.unlink()


class Signer:
    """Signs with one private key."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key().public_bytes_raw()
        self.public_key = base64.b64encode(public).decode()
        self.key_id = _key_id(public)

    def sign(self, statement: bytes) -> str:
        """The ed25519 signature (RFC 8032) in base64."""
        return base64.b64encode(self._private.sign(statement)).decode()


def _key_id(public: bytes) -> str:
    """The first 16 hex digits of the public key's SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def _new_ring(retired: list[dict[str, str | None]], now: datetime) -> dict[str, object]:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    fresh = {
        "key_id": _key_id(public),
        "public_key": base64.b64encode(public).decode(),
        "since": aware(now).isoformat(),
        "retired_at": None,
    }
    return {"private": base64.b64encode(private.private_bytes_raw()).decode(), "keys": [*retired, fresh]}
