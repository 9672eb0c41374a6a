"""Receivers for the conformance test: a right one, and the same with one fault each. They verify by themselves."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.tracking.http_stage import StageHandler, listening

KNOWN = {"out", "delivered"}
FIELDS = {
    "specversion", "id", "source", "type", "subject", "time", "recordedtime", "sequence", "datacontenttype", "data",
}  # fmt: skip
TOLERANCE_S = 300
SILENT_S = 5.0


@dataclass(slots=True)
class OwnReceiver:
    """`fault` is what is wrong with it; "" is right. With a `public_key` (`whpk_`) it verifies `v1a` alone."""

    secret: str
    fault: str = ""
    public_key: str = ""
    seen: set[str] = field(default_factory=set)
    held: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    at_it: set[str] = field(default_factory=set)
    stopping: threading.Event = field(default_factory=threading.Event)

    def answer(self, headers: Mapping[str, str], body: bytes) -> int:
        """The HTTP status, as a dossier system would find it."""
        if self.fault == "never reads headers":
            _ = headers["webhook-id"], json.loads(body)["data"]
        elif (refused := self._refusal(headers, body)) is not None:
            return refused
        event = json.loads(body)
        return self._narrow(event, len(body)) or self._write(event)

    def _narrow(self, event: dict[str, Any], size: int) -> int | None:
        """What a receiver with too narrow a mind answers to a good event."""
        answers = {
            "small body": (size > 4096, 413),
            "strict fields": (bool(set(event) - FIELDS), 422),
            "strict types": (event["data"]["status"] not in KNOWN, 422),
            "redirects": (True, 302),
            "always gone": (True, 410),
            "busy": (self.fault == "busy" and not self._enters("all"), 503),
        }
        meets, status = answers.get(self.fault, (False, 0))
        return status if meets else None

    def _refusal(self, headers: Mapping[str, str], body: bytes) -> int | None:
        if "webhook-signature" not in headers:
            return 500 if self.fault == "breaks without headers" else 401
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        given = headers["webhook-signature"].split()
        given = given[:1] if self.fault == "first signature only" else given
        if self.fault == "no other kind" and any(not one.startswith("v1,") for one in given):
            return 400
        fits = self._is_signed if self.public_key else self._is_hashed
        if self.fault != "any signature" and not any(fits(one, content) for one in given):
            return 410 if self.fault == "gone to strangers" else 401
        age_s = time.time() - int(headers["webhook-timestamp"])
        if age_s > TOLERANCE_S and self.fault != "takes old":
            return 401
        return 401 if age_s < -TOLERANCE_S and self.fault != "takes future" else None

    def _is_hashed(self, signature: str, content: bytes) -> bool:
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        ours = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return hmac.compare_digest(signature, f"v1,{ours}")

    def _is_signed(self, signature: str, content: bytes) -> bool:
        kind, _, given = signature.partition(",")
        if kind != "v1a":
            return False
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.public_key.removeprefix("whpk_")))
        try:
            key.verify(base64.b64decode(given), content)
        except InvalidSignature:
            return False
        return True

    def _write(self, event: dict[str, Any]) -> int:
        key, code = event["id"], event["data"]["dossier_code"]
        if key in self.seen:
            return 409 if self.fault == "refuses repeats" else 204
        if self.fault == "races" and not self._enters(key):
            return 500
        with self.lock:
            self.seen.add(key)
            if event["sequence"] < self.held.get(code, ""):
                return 409 if self.fault == "refuses late" else 204
            self.held[code] = event["sequence"]
        return 204

    def _enters(self, key: str) -> bool:
        """Whether nobody is at it; long enough that others at the same time find it taken."""
        with self.lock:
            if key in self.at_it:
                return False
            self.at_it.add(key)
        self.stopping.wait(0.2)
        with self.lock:
            self.at_it.discard(key)
        return True


@contextmanager
def own_receiver(secret: str, fault: str = "", *, public_key: str = "") -> Iterator[str]:
    """Its address while the block lasts."""
    receiver = OwnReceiver(secret, fault, public_key)

    class Handler(StageHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802  the library's name
            body = self.rfile.read(int(self.headers["content-length"]))
            if fault == "silent":
                receiver.stopping.wait(SILENT_S)
            if fault in {"silent", "resets"}:
                self.cut()
                return
            status = receiver.answer({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

    with listening(Handler) as url:
        try:
            yield f"{url}/nhan"
        finally:
            receiver.stopping.set()
