"""Items, their history, and the queue of addresses a person must decide."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypedDict
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.deps import DbSession, Now, RuntimeDep
from api.errors import UNKNOWN_FIELD
from api.identity import Identity
from api.pins import pin_of
from api.presenters.items import View, event_out, proof_out, resolution_out
from api.routes.asking import Cursor, ItemReader, Limit, Planner, Staff, note_view, view_of
from api.schemas.items import (
    AddressQueueOut,
    CommuneCode,
    ItemDetail,
    ItemOut,
    ItemPage,
    ItemSearchIn,
    OpenDeedsOut,
    ResolutionOut,
    ResolveAddressIn,
    ResolveTextIn,
)
from api.schemas.types import LocalDate
from core.errors import fail
from core.scope import narrowed
from tracking import service
from tracking.model import Status

router = APIRouter(tags=["items"])


class _Kept(TypedDict):
    office_id: UUID | None
    status: tuple[Status, ...] | None
    commune: str | None
    due_before: date | None
    q: str
    codes_only: bool


@router.get("/items")
def get_items(
    session: DbSession,
    caller: ItemReader,
    runtime: RuntimeDep,
    now: Now,
    office_id: UUID | None = None,
    status: Annotated[list[Status] | None, Query()] = None,
    commune_code: CommuneCode | None = None,
    q: Annotated[str | None, Query(include_in_schema=False)] = None,
    due: Annotated[LocalDate | None, Query(description="Due on or before this day.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> ItemPage:
    """Items in order of their due day. To search for words, which may be a person's, see `items:search`."""
    if q is not None:
        # Addresses of pages are kept in histories and in the logs of proxies.
        raise fail(UNKNOWN_FIELD, pointer="query:q", field="q")
    # Each has been looked at as a parameter; what is no cursor is refused as one.
    wanted = ItemSearchIn.model_construct(
        office_id=office_id, status=status, commune_code=commune_code, due=due, cursor=cursor, limit=limit
    )
    return _page(wanted, session, caller, view_of(caller, runtime, now), now)


@router.post("/items:search")
def post_search_items(
    content: ItemSearchIn, session: DbSession, caller: ItemReader, runtime: RuntimeDep, now: Now
) -> ItemPage:
    """Items by words as well: a name or a phone must not stand in an address, so they come in the body."""
    return _page(content, session, caller, view_of(caller, runtime, now), now)


def _page(wanted: ItemSearchIn, session: Session, caller: Identity, view: View, now: datetime) -> ItemPage:
    kept: _Kept = {
        "office_id": wanted.office_id,
        "status": tuple(wanted.status) if wanted.status else None,
        "commune": wanted.commune_code,
        "due_before": wanted.due + timedelta(days=1) if wanted.due else None,
        "q": wanted.q,
        "codes_only": view.masks,
    }
    page = service.list_items(session, scope=caller.scope, after=wanted.cursor, limit=wanted.limit, **kept)
    total = service.count_items(session, scope=caller.scope, **kept)
    note_view(session, caller.scope, "items", [item.id for item in page.items], now)
    return ItemPage(items=[view.item(item) for item in page.items], next_cursor=page.next_cursor, total=total)


@router.get("/items/{item_id}/epcis")
def get_item_epcis(item_id: UUID, session: DbSession, caller: ItemReader, now: Now) -> dict[str, Any]:
    """The item's history as an EPCIS 2.0 document (GS1): ids, times and steps, nothing personal."""
    item = service.find_item(session, scope=caller.scope, item_id=item_id)
    return service.epcis_document(item, service.item_history(session, scope=caller.scope, item_id=item_id), now=now)


@router.get("/items/{item_id}")
def get_item(item_id: UUID, session: DbSession, caller: ItemReader, runtime: RuntimeDep, now: Now) -> ItemDetail:
    """One item with its whole chain of events and what was recorded at its doors."""
    item = service.find_item(session, scope=caller.scope, item_id=item_id)
    history = service.item_history(session, scope=caller.scope, item_id=item_id)
    proofs = service.item_proofs(session, scope=caller.scope, item_id=item_id)
    note_view(session, caller.scope, "item", [item.id], now)
    return ItemDetail(
        item=view_of(caller, runtime, now).item(item),
        deeds=OpenDeedsOut.model_validate(service.open_deeds(session, item, history, now=now)),
        history=[event_out(event, item) for event in history],
        proofs=[proof_out(proof) for proof in proofs],
    )


@router.post("/items/{item_id}:resolve-address")
def post_resolve_address(
    item_id: UUID, content: ResolveAddressIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> ItemOut:
    """A person's decision where an address lies."""
    item = service.find_item(session, scope=caller.scope, item_id=item_id)
    pin = pin_of(session, runtime.resolver, item, content)
    decided = service.resolve_address(
        session,
        scope=caller.scope,
        item_id=item_id,
        commune_code=content.commune_code,
        point=pin.point,
        error_m=pin.error_m,
        point_source=pin.source,
        now=now,
    )
    return view_of(caller, runtime, now).item(decided)


@router.get("/address-queue")
def get_address_queue(
    session: DbSession,
    caller: Staff,
    runtime: RuntimeDep,
    now: Now,
    office_id: UUID | None = None,
    limit: Limit = 100,
) -> AddressQueueOut:
    """Addresses the machine did not decide, oldest first, with what they may mean."""
    scope = narrowed(caller.scope, office_id)
    entries = service.address_queue(session, scope=scope, limit=limit)
    total = service.count_address_queue(session, scope=scope)
    note_view(session, scope, "address_queue", [entry.item.id for entry in entries], now)
    view = view_of(caller, runtime, now)
    return AddressQueueOut(entries=[view.queued(entry) for entry in entries], total=total)


@router.post("/addresses:resolve")
def post_resolve_text(content: ResolveTextIn, caller: Planner, runtime: RuntimeDep) -> ResolutionOut:
    """What an address text may mean; nothing is stored and nothing leaves this machine."""
    province = content.province_code or caller.scope.province_code
    return resolution_out(runtime.resolver.resolve(content.text, province_code=province))
