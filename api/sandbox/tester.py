"""Posting to a receiver under test and keeping what it said."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from api.sandbox.messages import Dossier, Message, signed
from core.clock import utc_now
from tracking.feedback.drain import LANES
from tracking.feedback.webhook import SigningKeys

_CONNECT_S = 5.0
_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One answer: its status, or None and what broke; seconds until it came."""

    seconds: float
    status: int | None = None
    error: str | None = None

    @property
    def accepted(self) -> bool:
        """Any 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """A 4xx that says no: not an accident, and not 410, which disables the endpoint."""
        return self.status is not None and 400 <= self.status < 500 and self.status != _GONE


@dataclass(slots=True)
class Tester:
    """Posts as Bưu Tá does: no redirects, so many connections, a limit for the answer.

    `dossier_code`: one that the receiver knows, when it refuses events of others; else each case makes one up.
    """

    url: str
    keys: SigningKeys
    patience_s: float
    dossier_code: str | None = None
    seen: list[Seen] = field(default_factory=list)
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=LANES, max_keepalive_connections=LANES)
        timeout = httpx.Timeout(self.patience_s, connect=_CONNECT_S)
        self.http = httpx.Client(timeout=timeout, limits=limits, trust_env=False)

    def dossier(self) -> Dossier:
        """The dossier of a case."""
        return Dossier(self.dossier_code) if self.dossier_code else Dossier()

    def event(self, sequence: int = 1, **other: Any) -> dict[str, Any]:
        """A good event of a dossier of its own."""
        return self.dossier().event(sequence, now=utc_now(), **other)

    def tell(self, event: dict[str, Any]) -> Seen:
        """Post an event, signed as it should be."""
        return self.post(self.letter(event))

    def letter(self, event: dict[str, Any], *, late_s: float = 0.0, **how: Any) -> Message:
        """An event, signed so many seconds ago (or ahead, when negative)."""
        return signed(event, self.keys, now=utc_now() - timedelta(seconds=late_s), **how)

    def post(self, message: Message) -> Seen:
        """Post; never raises for what the other side does."""
        started = time.monotonic()
        try:
            answer = self.http.post(self.url, content=message.body, headers=message.headers)
        except httpx.TransportError as broken:
            seen = Seen(seconds=time.monotonic() - started, error=type(broken).__name__)
        else:
            seen = Seen(seconds=time.monotonic() - started, status=answer.status_code)
        self.seen.append(seen)
        return seen

    def post_at_once(self, messages: Sequence[Message]) -> list[Seen]:
        """Post all side by side."""
        with ThreadPoolExecutor(len(messages)) as lanes:
            return list(lanes.map(self.post, messages))
