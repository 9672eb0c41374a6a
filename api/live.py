"""The live stream: one LISTEN connection per process, fanned out by scope, coalesced, bounded.

Subscribers get one message per item however often it changed since the last flush. Who cannot follow gets a `gap` and
fetches again; nothing is ever queued without bound.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg
import structlog

from core.db import CHANNEL
from core.scope import Scope

_LOG = structlog.get_logger("live")
MAX_PENDING = 500
FLUSH_S = 0.25
_RETRY_S = (0.2, 1.0, 3.0, 10.0)


@dataclass(eq=False)
class Subscriber:
    """One open stream: what waits for it, newest change of each item."""

    scope: Scope
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)
    gap: bool = False
    closed: bool = False
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, change: dict[str, Any]) -> None:
        """Put a change in, in place of an older one of the same item."""
        key = str(change.get("item") or change.get("courier") or change.get("closure") or change.get("event"))
        self.pending.pop(key, None)
        self.pending[key] = change
        if len(self.pending) > MAX_PENDING:
            self.lose()
        self.waiting.set()

    def lose(self) -> None:
        """Forget what waits: the browser is told to fetch again."""
        self.pending.clear()
        self.gap = True
        self.waiting.set()

    def take(self) -> tuple[bool, list[dict[str, Any]]]:
        """Whether something was lost, and what waits; both are empty afterwards."""
        gap, changes = self.gap, list(self.pending.values())
        self.gap, self.pending = False, {}
        self.waiting.clear()
        return gap, changes


class LiveHub:
    """Listens to the database and hands every change to the subscribers that may see it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._subscribers: set[Subscriber] = set()
        self._closing = asyncio.Event()
        self.listening = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LiveHub"]:
        """Listen while the block runs; then end every stream."""
        task = asyncio.create_task(self._listen())
        try:
            yield self
        finally:
            self.end_streams()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def end_streams(self) -> None:
        """Let every open stream end now, so the server can stop."""
        self._closing.set()
        for subscriber in self._subscribers:
            subscriber.closed = True
            subscriber.waiting.set()

    @asynccontextmanager
    async def subscribed(self, scope: Scope) -> AsyncIterator[Subscriber]:
        """A subscriber while the block runs."""
        subscriber = Subscriber(scope=scope, closed=self._closing.is_set())
        self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    def publish(self, change: dict[str, Any]) -> None:
        """Hand a change to those who may see it."""
        for subscriber in self._subscribers:
            if may_see(subscriber.scope, change):
                subscriber.offer(change)

    async def _listen(self) -> None:
        tries = 0
        while not self._closing.is_set():
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    tries = 0
                    self._reconnected()
                    async for message in connection.notifies():
                        self.publish(orjson.loads(message.payload))
            except psycopg.OperationalError as lost:
                self.listening.clear()
                _LOG.warning("live connection lost", error=type(lost).__name__)
                await asyncio.sleep(_RETRY_S[min(tries, len(_RETRY_S) - 1)])
                tries += 1

    def _reconnected(self) -> None:
        # What happened while nobody listened is unknown.
        for subscriber in self._subscribers:
            subscriber.lose()
        self.listening.set()


def may_see(scope: Scope, change: dict[str, Any]) -> bool:
    """Whether a change is of the province and of an office within reach; roads have no office, all of it may know."""
    if change.get("province") != scope.province_code:
        return False
    # A phone is told of its route and of transfers it is a part of, not of what goes on in the office.
    if scope.courier_id is not None and "plan" not in change:
        return str(scope.courier_id) in change.get("couriers", ())
    if scope.office_ids is None or "closure" in change:
        return True
    return change.get("office") in {str(office) for office in scope.office_ids}
