"""Messages as Bưu Tá sends them, good ones and bad ones, for the test of a receiver."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from core.ids import make_s10, new_tracking_code
from tracking.feedback.cloudevents import SEQUENCE_DIGITS
from tracking.feedback.secrets import new_key_pair, new_secret
from tracking.feedback.webhook import Signer, SigningKeys

SOURCE = "urn:buuta:conformance"
Headers = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is posted."""

    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Dossier:
    """A made-up dossier whose events are told; nothing in them is about anybody."""

    code: str = field(default_factory=lambda: f"H00.00-010101-{uuid4().int % 100_000:05d}")

    def event(self, sequence: int, *, now: datetime, status: str = "out", **other: Any) -> dict[str, Any]:
        """The event of that sequence; `other` adds and replaces members."""
        at = now.isoformat().replace("+00:00", "Z")
        item_code = make_s10("RA", sequence)
        return {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": SOURCE,
            "type": f"vn.buuta.item.{status}",
            "subject": item_code,
            "time": at,
            "recordedtime": at,
            "sequence": f"{sequence:0{SEQUENCE_DIGITS}d}",
            "datacontenttype": "application/json",
            "data": {
                "dossier_code": self.code,
                "item_code": item_code,
                "tracking_code": new_tracking_code(),
                "status": status,
                "portal_status": 10 if status == "delivered" else 9,
                "superseded": False,
                "reason": None,
                "action": None,
                "redelivery_on": None,
                "due_on": now.date().isoformat(),
            },
        } | other


def strangers_keys() -> SigningKeys:
    """A secret and a key pair that no receiver knows."""
    return SigningKeys(secrets=[new_secret()], private_keys=[new_key_pair().private])


def signed(event: Mapping[str, Any], keys: SigningKeys, *, now: datetime, others_first: bool = False) -> Message:
    """As Bưu Tá signs, `v1` and `v1a`; `others_first` puts signatures of other keys before the right ones, as in a
    rotation.
    """
    body = orjson.dumps(event).decode()
    if others_first:
        others = strangers_keys()
        keys = SigningKeys(
            secrets=[*others.secrets, *keys.secrets], private_keys=[*others.private_keys, *keys.private_keys]
        )
    return Message(headers=Signer(keys).headers(event["id"], body, now=now), body=body.encode())
