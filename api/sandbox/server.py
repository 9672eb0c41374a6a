"""The sandbox's server: webhooks in, one page out, on this machine alone unless asked otherwise."""

import json
import secrets
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
from standardwebhooks import Webhook, WebhookVerificationError

from api.sandbox.dossiers import Delivery, Dossiers
from api.sandbox.faults import Fault, Faults, Withheld
from api.sandbox.page import View, dossier_page, page
from api.sandbox.words import Language
from core.clock import Clock, utc_now
from core.errors import CodedError
from tracking.feedback.secrets import new_secret
from tracking.feedback.trial import TEST_TYPE

_BODY_LIMIT = 1024 * 1024
_ACCEPTED = 204
# The sender waits ten seconds for an answer; a slow one still comes in time.
_SILENT_S = 12.0
_SLOW_S = 3.0

# Verified against when there is no secret yet: nothing fits.
_NOBODYS = new_secret()

Send = Callable[[int], object]


@dataclass(slots=True)
class Sandbox:
    """The dossier system. `url` is where webhooks go, `page_url` what a person opens; `send` hands in so many results.

    `secret` None: every message is refused, as a receiver must that cannot verify.
    """

    host: str = "127.0.0.1"
    port: int = 0
    secret: str | None = None
    faults: Faults = field(default_factory=Faults)
    withheld: Withheld = field(default_factory=Withheld)
    send: Send | None = None
    clock: Clock = utc_now
    silent_s: float = _SILENT_S
    slow_s: float = _SLOW_S
    dossiers: Dossiers = field(default_factory=Dossiers)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    stopping: threading.Event = field(default_factory=threading.Event)
    _server: "_Server | None" = None

    @property
    def page_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    @property
    def url(self) -> str:
        return f"{self.page_url}hooks"

    def start(self) -> None:
        """Begin to listen."""
        handler = type("Handler", (_Handler,), {"sandbox": self})
        self._server = _Server((self.host, self.port), handler)
        self.port = self._server.server_address[1]
        serve = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="sandbox", daemon=True
        )
        serve.start()

    def stop(self) -> None:
        """Stop listening and give the port back; who waits in silence waits no longer."""
        self.stopping.set()
        self.withheld.release_all()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[int, Fault | None]:
        """The status to answer with and the fault to commit; headers by their names in lower case."""
        message_id = headers.get("webhook-id", "")
        fault = self.faults.meet(message_id)
        if fault is Fault.DOWN:
            return self._note(message_id, fault, 503), fault
        try:
            Webhook(self.secret or _NOBODYS).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            return self._note(message_id, "refused", 401), None
        event = _event(body)
        if event is None:
            return self._note(message_id, "unreadable", 400), None
        if event.get("type") == TEST_TYPE:
            # Of no dossier: it asks how one answers, and leaves nothing behind.
            self._note(message_id, fault or "test", 0, event)
            return (500 if fault is Fault.ERROR else _ACCEPTED), fault
        outcome = "" if fault is Fault.ERROR else self.dossiers.apply(event)
        self._note(message_id, fault or outcome, 0, event)
        return (500 if fault is Fault.ERROR else _ACCEPTED), fault

    def _note(self, message_id: str, outcome: str, status: int, event: Mapping[str, Any] | None = None) -> int:
        code, sequence = (event["data"]["dossier_code"], event["sequence"]) if event else ("", "")
        count = "faults" if outcome in set(Fault) else "refused" if outcome == "refused" else None
        told = Delivery(at=self.clock(), message_id=message_id, outcome=outcome, dossier_code=code, sequence=sequence)
        self.dossiers.note(told, count=count)
        return status

    def show(self, path: str, language: Language) -> tuple[str, bytes] | None:
        """Content type and body of a page; None where there is none."""
        if path == "/":
            view = View(
                language=language,
                token=self.token,
                faults=self.faults.shown(),
                share=self.faults.share,
                has_secret=self.secret is not None,
                can_send=self.send is not None,
            )
            return "text/html; charset=utf-8", page(self.dossiers, view).encode()
        if path == "/state.json":
            return "application/json", orjson.dumps(self._state())
        code = unquote(path.removeprefix("/dossiers/"))
        chain = self.dossiers.chain(code) if path.startswith("/dossiers/") else []
        return ("text/html; charset=utf-8", dossier_page(code, chain, language).encode()) if chain else None

    def _state(self) -> dict[str, Any]:
        with self.dossiers.lock:
            counts = dict(self.dossiers.counts)
        lasts = {event["data"]["dossier_code"]: event for event in self.dossiers.latest()}
        return {"counts": counts, "faults": sorted(self.faults.shown()), "dossiers": lasts}

    def click(self, path: str, form: Mapping[str, str]) -> int:
        """What a button of the page asks for; the status to answer with."""
        if not secrets.compare_digest(form.get("token", ""), self.token):
            return 403
        if path == "/faults" and form.get("fault") in set(Fault):
            self.faults.switch(Fault(form["fault"]))
            return 303
        if path == "/send" and self.send is not None and form.get("count", "").isdecimal():
            try:
                self.send(min(int(form["count"]), 1000))
            except CodedError:
                return 502
            return 303
        return 404


def _event(body: bytes) -> dict[str, Any] | None:
    """The event; None when what was signed is none."""
    try:
        event = json.loads(body)
        for text in (event["source"], event["id"], event["sequence"], event["time"], event["recordedtime"]):
            text.encode()
        event["data"]["dossier_code"].encode()
        _ = event["data"]["status"], event["data"]["portal_status"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(event)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sandbox: Sandbox

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle(self) -> None:
        # The other side may go at any moment.
        with suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _BODY_LIMIT:
            self.close_connection = True
            self._answer(413 if length.isdecimal() else 411)
            return
        body, path = self.rfile.read(int(length)), urlsplit(self.path).path
        if path == "/hooks":
            self._receive(body)
            return
        form = {name: values[-1] for name, values in parse_qs(body.decode(errors="replace")).items()}
        self._answer(self.sandbox.click(path, form), {"Location": f"/?lang={self._language()}"})

    def do_GET(self) -> None:
        shown = self.sandbox.show(urlsplit(self.path).path, self._language())
        if shown is None:
            self._answer(404)
            return
        self._answer(200, {"Content-Type": shown[0], "Cache-Control": "no-store"}, shown[1])

    def _receive(self, body: bytes) -> None:
        status, fault = self.sandbox.receive({k.lower(): v for k, v in self.headers.items()}, body)
        message_id = self.headers.get("webhook-id", "")
        if fault is Fault.TIMEOUT:
            self.sandbox.stopping.wait(self.sandbox.silent_s)
        if fault is Fault.SLOW:
            self.sandbox.stopping.wait(self.sandbox.slow_s)
        if fault is Fault.OVERTAKEN:
            self.sandbox.withheld.wait(message_id)
        if fault in {Fault.TIMEOUT, Fault.RESET, Fault.DOWN}:
            self._cut()
            return
        self._answer(status)
        if fault is None and status == _ACCEPTED:
            self.sandbox.withheld.release(message_id)

    def _cut(self) -> None:
        """Reset, do not close: the other side sees ECONNRESET."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _language(self) -> Language:
        return "en" if parse_qs(urlsplit(self.path).query).get("lang") == ["en"] else "vi"

    def _answer(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's name
        """Say nothing: the page shows what came."""
