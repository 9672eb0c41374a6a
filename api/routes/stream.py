"""Server-Sent Events: what changes in the caller's offices, as it happens."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Request
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.deps import RuntimeDep
from api.live import FLUSH_S, LiveHub, Subscriber
from api.routes.asking import OnTheRoad, Staff
from api.runtime import Runtime
from api.store_live import changes_since
from core.scope import Scope

router = APIRouter(tags=["live"])
# The browser comes back by itself, with Last-Event-ID; by then a session that ended is refused.
LIFE_S = 600.0
HEARTBEAT_S = 15.0


class EventStream(StreamingResponse):
    """Server-Sent Events. FastAPI's own form ends in an error each time a browser closes the page while an event is
    on its way (0.165: the receiving end is closed before the task that sends)."""

    media_type = "text/event-stream"


@router.get("/stream", response_class=EventStream)
async def get_stream(
    request: Request,
    caller: Staff,
    runtime: RuntimeDep,
    last_event_id: Annotated[UUID | None, Header()] = None,
) -> EventStream:
    """`change`: ids and status of an item; `gap`: fetch again. The id of a message is the event's."""
    hub: LiveHub = request.app.state.hub
    # The second header keeps a proxy from holding events back.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_messages(hub, runtime, caller.scope, last_event_id), headers=headers)


@router.get("/courier/stream", response_class=EventStream)
async def get_courier_stream(request: Request, caller: OnTheRoad, runtime: RuntimeDep) -> EventStream:
    """`change`: a plan of the courier's office is another now, ask for today's route again."""
    hub: LiveHub = request.app.state.hub
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_messages(hub, runtime, caller.scope, None), headers=headers)


async def _messages(hub: LiveHub, runtime: Runtime, scope: Scope, last: UUID | None) -> AsyncIterator[bytes]:
    async with hub.subscribed(scope) as subscriber:
        yield format_sse_event(event="hello", data_str="{}", retry=2000)
        if last is not None:
            for message in await run_in_threadpool(_missed, runtime, scope, last):
                yield message
        async for message in _live(subscriber):
            yield message


def _missed(runtime: Runtime, scope: Scope, last: UUID) -> list[bytes]:
    with runtime.database.reading() as session:
        changes = changes_since(session, scope, last)
    return [_gap()] if changes is None else [_change(change) for change in changes]


async def _live(subscriber: Subscriber) -> AsyncIterator[bytes]:
    ends = time.monotonic() + LIFE_S
    while not subscriber.closed and time.monotonic() < ends:
        try:
            await asyncio.wait_for(subscriber.waiting.wait(), HEARTBEAT_S)
        except TimeoutError:
            yield KEEPALIVE_COMMENT
            continue
        # Many changes come together (a plan is published): wait a moment and send the newest of each item.
        await asyncio.sleep(FLUSH_S)
        gap, changes = subscriber.take()
        if gap:
            yield _gap()
        for change in changes:
            yield _change(change)


def _change(change: dict[str, object]) -> bytes:
    # A courier who moved is no event of a paper: it has no id, and nobody asks for it again after a gap.
    event_id = change.get("event")
    return format_sse_event(
        event="change", data_str=orjson.dumps(change).decode(), id=str(event_id) if event_id else None
    )


def _gap() -> bytes:
    return format_sse_event(event="gap", data_str="{}")
