"""A dossier system for tests: a real HTTP server that verifies, applies once by id, and fails as it is told."""

import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_POST(self) -> None:
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
            self._cut()
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

    def _cut(self) -> None:
        """Reset, do not close: the other side sees ECONNRESET."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def handle(self) -> None:
        # The other side may be killed at any moment.
        with suppress(OSError, ValueError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Nothing: the test asks the receiver."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    server = _Server(("127.0.0.1", 0), handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
