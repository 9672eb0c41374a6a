"""Signing secrets: made here, shown once, kept encrypted."""

import base64
import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import fail
from tracking.feedback.errors import UNREADABLE_SECRET

_PREFIX = "whsec_"
_BYTES = 32  # Standard Webhooks 1.0.0 asks for 24 to 64


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
