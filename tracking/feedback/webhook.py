"""Headers of Standard Webhooks 1.0.0, signed by its own library."""

from collections.abc import Sequence
from datetime import datetime

from standardwebhooks.webhooks import Webhook

from core.clock import aware
from tracking.feedback.cloudevents import CONTENT_TYPE

USER_AGENT = "BuuTa-Webhooks/1.0"


class Signer:
    """Signs for one endpoint: newest secret first; during a rotation every message carries both signatures."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._hooks = [Webhook(secret) for secret in secrets]

    def headers(self, message_id: str, body: str, *, now: datetime) -> dict[str, str]:
        """Headers of one attempt; `webhook-id` is the CloudEvents id and stays, the time is the attempt's."""
        at = aware(now)
        return {
            "content-type": CONTENT_TYPE,
            "user-agent": USER_AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(hook.sign(message_id, at, body) for hook in self._hooks),
        }
