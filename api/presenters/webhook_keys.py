"""The public keys of a webhook endpoint as anybody may read them: a JWK Set, and the form of Standard Webhooks."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import rfc8785

from tracking.feedback.secrets import public_bytes_of

KEYS_PATH = "/.well-known/webhook-keys"


def keys_path(province_code: str, endpoint_id: UUID) -> str:
    """Where the keys of an endpoint stand."""
    return f"{KEYS_PATH}/{province_code}/{endpoint_id}"


def key_set(public_keys: Sequence[str]) -> dict[str, Any]:
    """A JWK Set (RFC 7517, ed25519 by RFC 8037) of `whpk_` keys; `whpk` repeats each as Standard Webhooks writes it."""
    return {"keys": [_jwk(public) for public in public_keys]}


def _jwk(public: str) -> dict[str, str]:
    required = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(public_bytes_of(public))}
    # The key's own fingerprint (RFC 7638): SHA-256 over its required members in canonical JSON.
    thumbprint = _base64url(hashlib.sha256(rfc8785.dumps(required)).digest())
    return {**required, "kid": thumbprint, "use": "sig", "alg": "EdDSA", "whpk": public}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
