"""A dossier system for tests: a real HTTP server that verifies, applies once by id, and fails as it is told."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.tracking.http_stage import StageHandler, listening
from tracking.feedback.cloudevents import CONTENT_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """How one request is met: applied or not, then an answer, silence, or a cut connection."""

    status: int = 200
    applies: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    silent_s: float = 0.0
    cut: bool = False
    then: Callable[[], None] | None = None
    before: Callable[[], None] | None = None


OK = Say()
Plan = Callable[[int, dict[str, Any]], Say]
Letter = tuple[dict[str, str], bytes]  # headers and body as they came


@dataclass(slots=True)
class Receiver:
    """What arrived. `plan(nth, body)` says how the nth request (from 0) is met; `secrets` are those it accepts."""

    secrets: list[str] = field(default_factory=list)
    plan: Plan = lambda _nth, _body: OK
    requests: int = 0
    refused: int = 0
    ids: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    applied: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def meet(self, headers: dict[str, str], raw: bytes) -> Say:
        """Verify, count, apply."""
        body = self._verified(headers, raw)
        with self._lock:
            nth, self.requests = self.requests, self.requests + 1
            if body is None:
                self.refused += 1
                return Say(status=401, applies=False)
            say = self.plan(nth, body)
            self.ids.append(headers["webhook-id"])
            self.signatures.append(headers["webhook-signature"])
            self.letters.append((headers, raw))
            if say.applies and headers["webhook-id"] not in self.bodies:
                self.bodies[headers["webhook-id"]] = body
                self.applied[body["data"]["dossier_code"]].append(body["sequence"])
            return say

    def _verified(self, headers: dict[str, str], raw: bytes) -> dict[str, Any] | None:
        for secret in self.secrets:
            with suppress(WebhookVerificationError):
                body: dict[str, Any] = Webhook(secret).verify(raw, headers)
                if headers["content-type"] == CONTENT_TYPE and headers["webhook-id"] == body["id"]:
                    return body
        return None


class _Handler(StageHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:  # noqa: N802  the library's name
        length = int(self.headers["content-length"])
        raw = self.rfile.read(length)
        if len(raw) < length:  # the sender was killed in the midst of a request
            self.close_connection = True
            return
        say = self.receiver.meet({k.lower(): v for k, v in self.headers.items()}, raw)
        if say.before is not None:
            say.before()
        if say.silent_s:
            time.sleep(say.silent_s)
        if say.cut or say.silent_s:
            self.cut()
            return
        self.send_response(say.status)
        for name, value in say.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.wfile.flush()
        if say.then is not None:
            say.then()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    with listening(handler) as url:
        receiver.url = f"{url}/hook"
        yield receiver
