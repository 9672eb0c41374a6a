"""Messages as Bưu Tá sends them, good ones and bad ones, for the test of a receiver."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from core.ids import make_s10, new_tracking_code
from tracking.feedback.cloudevents import SEQUENCE_DIGITS
from tracking.feedback.secrets import new_secret
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


def signed(event: Mapping[str, Any], secret: str, *, now: datetime, others_first: bool = False) -> Message:
    """As Bưu Tá signs; `others_first` puts the signature of another key before the right one, as in a rotation."""
    body = orjson.dumps(event).decode()
    secrets = [new_secret(), secret] if others_first else [secret]
    return Message(headers=Signer(SigningKeys(secrets=secrets)).headers(event["id"], body, now=now), body=body.encode())
