"""What tests of notifications share: a province that tells, a provider over HTTP that can fail, a still clock."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import text

from core.clock import Clock
from core.db import Database
from tests.tracking.http_stage import StageHandler, listening
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, Scene
from tracking import service
from tracking.feedback.secrets import SecretBox
from tracking.model import Item, ProofInput
from tracking.notifications import desk
from tracking.notifications.claiming import Port, Window
from tracking.notifications.dispatch import Dispatched, dispatch
from tracking.notifications.values import Policy

# The same in a program of its own.
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
CONTACT_KEY = b"c" * 32
BASE = "https://buuta.example.vn"
PHONE = "0912345678"
SMS: dict[str, Any] = {
    "headers": {"Authorization": "Bearer {secret}"},
    "body": {"to": "{address}", "text": "{text}", "id": "{message_id}", "kind": "{kind}"},
    "success": {"field": "CodeResult", "values": ["100"], "again": ["118"]},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """How a provider meets a request. `before` and `then` are called around the answer; `cut` resets the connection."""

    status: int = 200
    answer: str = '{"CodeResult": "100"}'
    cut: bool = False
    before: Callable[[], None] | None = None
    then: Callable[[], None] | None = None


@dataclass(slots=True)
class Provider:
    """What arrived at a provider of short messages; one that knows repetitions delivers an id once."""

    url: str = ""
    plan: Callable[[int], Say] = lambda _nth: Say()
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def texts(self) -> list[str]:
        return [body["text"] for body in self.bodies]

    @property
    def kinds(self) -> list[str]:
        return [body["kind"] for body in self.bodies]

    def meet(self, headers: dict[str, str], raw: bytes) -> Say:
        is_form = headers["content-type"].startswith("application/x-www-form-urlencoded")
        body = {k: v[0] for k, v in parse_qs(raw.decode()).items()} if is_form else json.loads(raw)
        with self.lock:
            say = self.plan(len(self.bodies))
            self.bodies.append(body)
            self.headers.append(headers)
        return say


class _Handler(StageHandler):
    provider: Provider

    def do_POST(self) -> None:  # noqa: N802  the library's name
        length = int(self.headers["content-length"])
        raw = self.rfile.read(length)
        if len(raw) < length:
            return
        say = self.provider.meet({k.lower(): v for k, v in self.headers.items()}, raw)
        if say.before is not None:
            say.before()
        if say.cut:
            self.cut()
            return
        self.send_response(say.status)
        self.send_header("content-length", str(len(say.answer)))
        self.end_headers()
        self.wfile.write(say.answer.encode())
        self.wfile.flush()
        if say.then is not None:
            say.then()


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider on a free port of this machine."""
    provider = Provider()
    with listening(type("Handler", (_Handler,), {"provider": provider})) as url:
        provider.url = f"{url}/send"
        yield provider


@dataclass
class Telling:
    """A province that tells its citizens; `at` is what its sender's clock shows."""

    scene: Scene
    at: datetime = NOW
    window: Window | None = None
    box: SecretBox = field(default_factory=lambda: SecretBox([KEY]))

    @property
    def port(self) -> Port:
        return port_of(self.scene.database, lambda: self.at, lambda _item: self.window)

    def policy(self, **changes: Any) -> None:
        """Set the province's policy."""
        with self.scene.database.transaction() as session:
            desk.save_policy(session, scope=SYSTEM, policy=Policy(**({"active": True} | changes)))

    def channel(self, name: str, kind: str = "http", secret: str | None = "s3cret", **config: Any) -> None:  # noqa: S107  a test's
        """Set a channel; an HTTP one speaks as `SMS` does."""
        with self.scene.database.transaction() as session:
            desk.save_channel(
                session,
                scope=SYSTEM,
                name=name,
                kind=kind,
                config=(SMS if kind == "http" else {}) | config,
                secret=secret,
                active=True,
                box=self.box,
                allow_private=True,
            )

    def tell(self, after: timedelta = timedelta(minutes=20)) -> Dispatched:
        """Let time pass, then let the sender run."""
        self.at += after
        return dispatch(self.port, PROVINCE)

    def messages(self) -> list[tuple[str, str, str | None]]:
        """Kind, state and reason of every message, in the order they were made."""
        with self.scene.database.reading() as session:
            rows = session.execute(text("SELECT kind, state, reason FROM notifications ORDER BY id"))
            return [(row.kind, row.state, row.reason) for row in rows]

    def dropped(self) -> list[str]:
        """Why decisions never became a message."""
        with self.scene.database.reading() as session:
            return list(session.scalars(text("SELECT dropped FROM notification_items WHERE dropped IS NOT NULL")))

    def decisions(self) -> int:
        """How much is to be told, or was."""
        with self.scene.database.reading() as session:
            return int(session.scalar(text("SELECT count(*) FROM notification_items")) or 0)


def port_of(database: Database, clock: Clock, window: Callable[[Item], Window | None]) -> Port:
    """What sending needs, on this machine."""
    return Port(
        database=database,
        box=SecretBox([KEY]),
        clock=clock,
        windows=lambda _session, item, _now: window(item),
        base_url=BASE,
        contact_key=CONTACT_KEY,
        allow_private=True,
    )


def prove(scene: Scene, proof: ProofInput, now: datetime) -> None:
    """The courier's phone hands a proof in."""
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=now)
