"""Server-Sent Events: what changes in the caller's offices, as it happens."""

import asyncio
import time
from collections.abc import AsyncIterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api.deps import RuntimeDep
from api.live import FLUSH_S, LiveHub, Subscriber
from api.routes.asking import Staff
from api.runtime import Runtime
from api.store_live import changes_since
from core.scope import Scope

router = APIRouter(tags=["live"])
# The browser comes back by itself, with Last-Event-ID; by then a session that ended is refused.
LIFE_S = 600.0


@router.get("/stream", response_class=EventSourceResponse)
async def get_stream(
    request: Request,
    caller: Staff,
    runtime: RuntimeDep,
    last_event_id: Annotated[UUID | None, Header()] = None,
) -> AsyncIterable[ServerSentEvent]:
    """`change`: ids and status of an item; `gap`: fetch again. The id of a message is the event's."""
    hub: LiveHub = request.app.state.hub
    async with hub.subscribed(caller.scope) as subscriber:
        yield ServerSentEvent(event="hello", data={}, retry=2000)
        if last_event_id is not None:
            for message in await run_in_threadpool(_missed, runtime, caller.scope, last_event_id):
                yield message
        async for message in _live(subscriber):
            yield message


def _missed(runtime: Runtime, scope: Scope, last: UUID) -> list[ServerSentEvent]:
    with runtime.database.reading() as session:
        changes = changes_since(session, scope, last)
    return [_gap()] if changes is None else [_change(change) for change in changes]


async def _live(subscriber: Subscriber) -> AsyncIterable[ServerSentEvent]:
    ends = time.monotonic() + LIFE_S
    while not subscriber.closed and (left := ends - time.monotonic()) > 0:
        try:
            await asyncio.wait_for(subscriber.waiting.wait(), left)
        except TimeoutError:
            return
        # Many changes come together (a plan is published): wait a moment and send the newest of each item.
        await asyncio.sleep(FLUSH_S)
        gap, changes = subscriber.take()
        if gap:
            yield _gap()
        for change in changes:
            yield _change(change)


def _change(change: dict[str, object]) -> ServerSentEvent:
    return ServerSentEvent(event="change", data=change, id=str(change["event"]))


def _gap() -> ServerSentEvent:
    return ServerSentEvent(event="gap", data={})
