"""Signing secrets and key pairs: made here, kept encrypted. A secret is shown once, a public key is for everybody."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.errors import fail
from tracking.feedback.errors import UNREADABLE_SECRET

_PREFIX = "whsec_"
_PRIVATE_PREFIX = "whsk_"
_PUBLIC_PREFIX = "whpk_"
_BYTES = 32  # Standard Webhooks 1.0.0 asks for 24 to 64


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """An ed25519 pair in the form of Standard Webhooks: `whsk_` and `whpk_`, each with 32 bytes in base64."""

    private: str
    public: str


class SecretBox:
    """Encrypts secrets with the first key (Fernet, 32 bytes in URL-safe base64), reads those of all keys."""

    def __init__(self, keys: Sequence[str | bytes]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def close(self, secret: str) -> bytes:
        """The secret, encrypted."""
        return self._fernet.encrypt(secret.encode())

    def open(self, closed: bytes) -> str:
        """The secret in clear; raises T5006 when no key fits."""
        try:
            return self._fernet.decrypt(closed).decode()
        except InvalidToken as broken:
            raise fail(UNREADABLE_SECRET) from broken


def new_secret() -> str:
    """A fresh secret in the form of Standard Webhooks, `whsec_` and base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def new_key_pair() -> KeyPair:
    """A fresh ed25519 key pair (RFC 8032)."""
    private = Ed25519PrivateKey.generate()
    return KeyPair(
        private=_PRIVATE_PREFIX + base64.b64encode(private.private_bytes_raw()).decode(),
        public=_PUBLIC_PREFIX + base64.b64encode(private.public_key().public_bytes_raw()).decode(),
    )


def private_key_of(serialized: str) -> Ed25519PrivateKey:
    """The key of a `whsk_` text."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(serialized.removeprefix(_PRIVATE_PREFIX)))


def public_bytes_of(serialized: str) -> bytes:
    """The 32 bytes of a `whpk_` text."""
    return base64.b64decode(serialized.removeprefix(_PUBLIC_PREFIX))
