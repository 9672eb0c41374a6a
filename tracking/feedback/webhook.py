"""Headers of Standard Webhooks 1.0.0: `v1` by its own library, `v1a` (ed25519, RFC 8032) over the same content."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standardwebhooks.webhooks import Webhook

from core.clock import aware
from tracking.feedback.cloudevents import CONTENT_TYPE
from tracking.feedback.secrets import private_key_of

USER_AGENT = "BuuTa-Webhooks/1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys:
    """What signs for one endpoint, in clear: `whsec_` secrets and `whsk_` private keys, newest first."""

    secrets: Sequence[str]
    private_keys: Sequence[str] = ()


class Signer:
    """Signs for one endpoint; during a rotation every message carries the signatures of the old keys too."""

    def __init__(self, keys: SigningKeys) -> None:
        self._hooks = [Webhook(secret) for secret in keys.secrets]
        self._private_keys = [private_key_of(key) for key in keys.private_keys]

    def headers(self, message_id: str, body: str, *, now: datetime) -> dict[str, str]:
        """Headers of one attempt; `webhook-id` is the CloudEvents id and stays, the time is the attempt's."""
        at = aware(now)
        timestamp = str(int(at.timestamp()))
        content = f"{message_id}.{timestamp}.{body}".encode()
        symmetric = [hook.sign(message_id, at, body) for hook in self._hooks]
        asymmetric = [f"v1a,{base64.b64encode(key.sign(content)).decode()}" for key in self._private_keys]
        return {
            "content-type": CONTENT_TYPE,
            "user-agent": USER_AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join([*symmetric, *asymmetric]),
        }
