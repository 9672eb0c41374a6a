"""The citizens' phones: a provider of short messages on this machine, told of news in the demo's fast time."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from api.demo.client import Person
from core.db import Database
from core.jobs import defer
from tracking.notifications.jobs import QUEUE

CHANNEL = "sms"
# The worker looks every minute of a real clock, in which one and a half hours of the demo's day pass.
_EVERY_S = 4.0
_TICK = "notifications.tick"


@dataclass(slots=True)
class Phones:
    """Messages that arrived, by kind; a message is one whatever number of times it comes."""

    url: str = ""
    kinds: dict[str, str] = field(default_factory=dict)
    repeated: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def counts(self) -> Counter[str]:
        """How many messages of each kind."""
        with self.lock:
            return Counter(self.kinds.values())

    def take(self, message: dict[str, Any]) -> None:
        """A message arrives."""
        with self.lock:
            self.repeated += message["id"] in self.kinds
            self.kinds[str(message["id"])] = str(message["kind"])


class _Handler(BaseHTTPRequestHandler):
    phones: Phones

    def do_POST(self) -> None:
        """A message for a phone."""
        self.phones.take(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        answer = b'{"code": "100"}'
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing: a phone keeps no log."""


@contextmanager
def receiving() -> Iterator[Phones]:
    """A provider on a free port of this machine while the block lasts."""
    phones = Phones()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"phones": phones}))
    server.daemon_threads = True
    phones.url = f"http://127.0.0.1:{server.server_address[1]}/send"
    threading.Thread(target=server.serve_forever, name="phones", daemon=True).start()
    try:
        yield phones
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def telling(url: str) -> Iterator[None]:
    """Have the worker of the database look for news every few seconds while the block lasts."""
    database, stop = Database(url, pool_size=1), threading.Event()

    def ask() -> None:
        while not stop.wait(_EVERY_S):
            with database.transaction() as session:
                defer(session, _TICK, {"timestamp": 0}, queue=QUEUE, queueing_lock=_TICK)

    asking = threading.Thread(target=ask, name="telling", daemon=True)
    asking.start()
    try:
        yield
    finally:
        stop.set()
        asking.join()
        database.close()


def set_up(admin: Person, phones: Phones) -> None:
    """The administrator turns messages on, by the one channel there is."""
    config = {
        "url": phones.url,
        "body": {"to": "{address}", "text": "{text}", "id": "{message_id}", "kind": "{kind}"},
        "success": {"field": "code", "values": ["100"]},
    }
    admin.put(f"/v1/notifications/channels/{CHANNEL}", {"kind": "http", "config": config})
    admin.put("/v1/notifications/policy", {"active": True, "channels": [CHANNEL]})
