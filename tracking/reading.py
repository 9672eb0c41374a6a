"""Reading items: one, lists by cursor, history, the public page, and the queue of undecided addresses."""

import base64
import binascii
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, fail
from core.ids import parse_tracking_code
from core.scope import Scope, system_scope
from tracking import errors, fields, store, store_events, store_intake, store_lists, store_offices
from tracking.lifecycle import standing_delivery
from tracking.model import Event, Item, QueuedAddress, Status
from tracking.privacy import last4, mask_name, mask_phone, same_secret
from tracking.public_values import PublicView
from tracking.store_lists import ItemFilter

PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """A page of items by due date; `next_cursor` None at the end."""

    items: tuple[Item, ...]
    next_cursor: str | None


def find_item(session: Session, *, scope: Scope, item_id: UUID) -> Item:
    """One item.

    Raises:
        CodedError: C1000 when there is none within reach.
    """
    found = store.items_by_id(session, scope, [item_id]).get(item_id)
    if found is None:
        raise fail(NOT_FOUND, what="item")
    return found


def find_items(session: Session, *, scope: Scope, item_ids: list[UUID]) -> dict[UUID, Item]:
    """Those of the items that are within reach."""
    return store.items_by_id(session, scope, item_ids)


def list_items(
    session: Session,
    *,
    scope: Scope,
    office_id: UUID | None = None,
    status: Status | tuple[Status, ...] | None = None,
    commune: str | None = None,
    due_before: date | None = None,
    courier_id: UUID | None = None,
    plan_id: UUID | None = None,
    q: str = "",
    codes_only: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> ItemPage:
    """A page of items within reach, by due date. `q`: words of a name, phone, dossier or item code, any diacritics.

    `codes_only`: for a reader who sees names and phones masked, who must not find out the rest by trying.

    Raises:
        CodedError: T3005 when the cursor is not one of ours.
    """
    keep = _filter(office_id, status, commune, due_before, courier_id, plan_id, q, codes_only=codes_only)
    limit = max(1, min(limit, PAGE_LIMIT))
    found = store_lists.page(session, scope, keep, after=parse_cursor(after), limit=limit + 1)
    more = len(found) > limit
    return ItemPage(items=tuple(found[:limit]), next_cursor=cursor_after(found[limit - 1]) if more else None)


def count_items(
    session: Session,
    *,
    scope: Scope,
    office_id: UUID | None = None,
    status: Status | tuple[Status, ...] | None = None,
    commune: str | None = None,
    due_before: date | None = None,
    courier_id: UUID | None = None,
    plan_id: UUID | None = None,
    q: str = "",
    codes_only: bool = False,
) -> int:
    """How many items `list_items` would give in all."""
    keep = _filter(office_id, status, commune, due_before, courier_id, plan_id, q, codes_only=codes_only)
    return store_lists.count(session, scope, keep)


def status_counts(session: Session, *, scope: Scope, office_id: UUID | None = None) -> dict[Status, int]:
    """How many items stand in each status."""
    return store_lists.count_by_status(session, scope, ItemFilter(office_id=office_id))


def item_history(session: Session, *, scope: Scope, item_id: UUID) -> list[Event]:
    """An item's chain, oldest first.

    Raises:
        CodedError: C1000 when the item is out of reach.
    """
    item = find_item(session, scope=scope, item_id=item_id)
    return store_events.events_of(session, item.province_code, item.id)


def delivered_at(session: Session, item: Item) -> datetime | None:
    """When the delivery that stands happened; None before it."""
    if item.status is not Status.DELIVERED:
        return None
    standing = standing_delivery(store_events.events_of(session, item.province_code, item.id))
    return standing.occurred_at if standing is not None else None


def public_view(session: Session, tracking_code: str, phone_last4: str) -> PublicView:
    """What a citizen may see: the code and the last four digits of the phone must both be right.

    Raises:
        CodedError: C1000 for a wrong code and for wrong digits alike, so neither tells of the other.
    """
    code = parse_tracking_code(tracking_code)
    item = store_lists.by_tracking_code(session, code) if code else None
    is_right = same_secret(phone_last4, last4(item.addressee.phone) if item else "")
    if item is None or not is_right:
        raise fail(NOT_FOUND, what="item")
    return _view(session, item)


def shown_view(session: Session, tracking_code: str) -> PublicView:
    """What `public_view` has shown a moment ago to whom it may, as it stands now.

    Raises:
        CodedError: C1000 for an unknown code.
    """
    code = parse_tracking_code(tracking_code)
    item = store_lists.by_tracking_code(session, code) if code else None
    if item is None:
        raise fail(NOT_FOUND, what="item")
    return _view(session, item)


def _view(session: Session, item: Item) -> PublicView:
    offices = store_offices.offices(session, system_scope(item.province_code))
    office = next(office for office in offices if office.id == item.office_id)
    return PublicView(
        tracking_code=item.tracking_code,
        item_code=item.item_code,
        status=item.status,
        dossier_codes=item.dossier_codes,
        addressee_masked=mask_name(item.addressee.name),
        phone_masked=mask_phone(item.addressee.phone),
        commune_code=item.commune_code,
        due_on=item.due_on,
        office_name=office.name,
        office_phone=office.phone,
        events=tuple(store_events.events_of(session, item.province_code, item.id)),
        province_code=item.province_code,
        item_id=item.id,
        courier_id=item.courier_id,
    )


def address_queue(session: Session, *, scope: Scope, limit: int = 100) -> list[QueuedAddress]:
    """Addresses that wait for a person, oldest first."""
    return store_intake.open_addresses(session, scope, limit=max(1, min(limit, PAGE_LIMIT)))


def count_address_queue(session: Session, *, scope: Scope) -> int:
    """How many wait."""
    return store_intake.count_open_addresses(session, scope)


def _filter(
    office_id: UUID | None,
    status: Status | tuple[Status, ...] | None,
    commune: str | None,
    due_before: date | None,
    courier_id: UUID | None,
    plan_id: UUID | None,
    q: str,
    *,
    codes_only: bool,
) -> ItemFilter:
    return replace(
        filter_of(q=q, codes_only=codes_only),
        office_id=office_id,
        statuses=(status,) if isinstance(status, Status) else status,
        commune_code=commune,
        due_before=due_before,
        courier_id=courier_id,
        plan_id=plan_id,
    )


def filter_of(*, q: str, codes_only: bool) -> ItemFilter:
    """What keeps the items of a search alone."""
    words = tuple((q.lower() if codes_only else fields.folded(q)).split()[:8])
    return ItemFilter(words=() if codes_only else words, code_words=words if codes_only else ())


def cursor_after(item: Item) -> str:
    """What a list that goes by due date is asked with to go on behind the item."""
    return base64.urlsafe_b64encode(f"{item.due_on.isoformat()}/{item.id}".encode()).decode().rstrip("=")


def parse_cursor(text: str | None) -> tuple[date, UUID] | None:
    """Due date and id of the item a list goes on behind; raises T3005."""
    if not text:
        return None
    try:
        due, _, key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("/")
        return date.fromisoformat(due), UUID(key)
    except (binascii.Error, UnicodeError, ValueError):
        raise fail(errors.CURSOR_WRONG) from None
