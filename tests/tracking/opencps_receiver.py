"""A VietOpenCPS system for tests, as far as the post sees it: a real HTTP server at `…/dossiers/vnpost`.

It answers 200 to whatever has the form of a receipt code and says in the body whether it knew the dossier.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.tracking.http_stage import StageHandler, listening

ACCOUNT = "Basic YnV1dGE6bWF0LWtoYXU="  # buuta:mat-khau


@dataclass(slots=True)
class OpenCpsSystem:
    """Its dossiers by the number inside the receipt code, and every `viaPostal` they were given, in order.

    `plan(nth)` gives the status and body of the nth request (from 0), None for its own answer.
    """

    dossiers: set[str] = field(default_factory=set)
    plan: Callable[[int], tuple[int, bytes] | None] = lambda _nth: None
    requests: int = 0
    via_postal: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    groups: set[str | None] = field(default_factory=set)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def meet(self, headers: dict[str, str], raw: bytes) -> tuple[int, bytes]:
        """Apply a form; the status and the body of the answer."""
        with self._lock:
            nth, self.requests = self.requests, self.requests + 1
            said = self.plan(nth)
            if headers.get("authorization") != ACCOUNT:
                return 200, b"<html>Sign in</html>"
            if said is not None:
                return said
            form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            parts = form["ma_bien_nhan"].split("-")
            knows = len(parts) == 4 and parts[0] == "D" and parts[2] in self.dossiers
            is_form = headers["content-type"] == "application/x-www-form-urlencoded"
            if not (knows and is_form):
                return 200, json.dumps({"status": "failed"}).encode()
            self.via_postal[parts[2]].append(int(form["viaPostal"]))
            self.groups.add(headers.get("groupid"))
            return 200, json.dumps({"status": "succeed"}).encode()


class _Handler(StageHandler):
    protocol_version = "HTTP/1.1"
    system: OpenCpsSystem

    def do_POST(self) -> None:  # noqa: N802  the library's name
        raw = self.rfile.read(int(self.headers["content-length"]))
        status, body = self.system.meet({k.lower(): v for k, v in self.headers.items()}, raw)
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def opencps_system() -> Iterator[OpenCpsSystem]:
    """A system on a free port of this machine."""
    system = OpenCpsSystem()
    with listening(type("Handler", (_Handler,), {"system": system})) as url:
        system.url = f"{url}/o/rest/v2/dossiers/vnpost"
        yield system
