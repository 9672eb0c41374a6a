"""Items, their history, and the queue of addresses a person must decide."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.deps import DbSession, Now, RuntimeDep
from api.presenters.items import event_out, resolution_out
from api.presenters.results import lon_lat
from api.routes.asking import Cursor, ItemReader, Limit, Planner, Staff, note_view, view_of
from api.schemas.items import (
    AddressQueueOut,
    ItemDetail,
    ItemOut,
    ItemPage,
    ResolutionOut,
    ResolveAddressIn,
    ResolveTextIn,
)
from tracking import service
from tracking.model import Status

router = APIRouter(tags=["items"])


@router.get("/items")
def get_items(
    session: DbSession,
    caller: ItemReader,
    runtime: RuntimeDep,
    now: Now,
    office_id: UUID | None = None,
    status: Annotated[list[Status] | None, Query()] = None,
    commune_code: str | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    due: Annotated[date | None, Query(description="Due on or before this day.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> ItemPage:
    """Items in order of their due day."""
    page = service.list_items(
        session,
        scope=caller.scope,
        office_id=office_id,
        statuses=status,
        commune_code=commune_code,
        text=q,
        due_before=due,
        after=cursor,
        limit=limit,
    )
    note_view(session, caller.scope, "items", [item.id for item in page.items], now)
    view = view_of(caller, runtime, now)
    return ItemPage(items=[view.item(item) for item in page.items], next_cursor=page.next_cursor, total=page.total)


@router.get("/items/{item_id}")
def get_item(item_id: UUID, session: DbSession, caller: ItemReader, runtime: RuntimeDep, now: Now) -> ItemDetail:
    """One item with its whole chain of events."""
    item = service.find_item(session, scope=caller.scope, item_id=item_id)
    history = service.item_history(session, scope=caller.scope, item_id=item_id)
    note_view(session, caller.scope, "item", [item.id], now)
    return ItemDetail(item=view_of(caller, runtime, now).item(item), history=[event_out(event) for event in history])


@router.post("/items/{item_id}:resolve-address")
def post_resolve_address(
    item_id: UUID, content: ResolveAddressIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> ItemOut:
    """A person's decision where an address lies."""
    item = service.resolve_address(
        session,
        scope=caller.scope,
        item_id=item_id,
        commune_code=content.commune_code,
        point=lon_lat(content.point),
        now=now,
    )
    return view_of(caller, runtime, now).item(item)


@router.get("/address-queue")
def get_address_queue(
    session: DbSession,
    caller: Staff,
    runtime: RuntimeDep,
    now: Now,
    office_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> AddressQueueOut:
    """Addresses the machine did not decide, with what they may mean."""
    page = service.list_address_queue(session, scope=caller.scope, office_id=office_id, after=cursor, limit=limit)
    note_view(session, caller.scope, "address_queue", [entry.item.id for entry in page.entries], now)
    view = view_of(caller, runtime, now)
    entries = [view.queued(entry) for entry in page.entries]
    return AddressQueueOut(entries=entries, next_cursor=page.next_cursor, total=page.total)


@router.post("/addresses:resolve")
def post_resolve_text(content: ResolveTextIn, caller: Planner, runtime: RuntimeDep) -> ResolutionOut:
    """What an address text may mean; nothing is stored and nothing leaves this machine."""
    province = content.province_code or caller.scope.province_code
    return resolution_out(runtime.resolver.resolve(content.text, province_code=province))
