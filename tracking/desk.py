"""The counter: for each kind of change of hands its list, what a scanned code means on it, and the act itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, fail
from core.scope import Scope, narrowed
from tracking import store, store_handovers, store_lists
from tracking.agency_desk import give_to_agency, is_for_agency, receive_from_agency
from tracking.bags import receive_bag, send_bag
from tracking.custody import carried_items, hand_back, take_out
from tracking.errors_custody import CODE_NOT_HERE
from tracking.handover_values import Handover, HandoverKind, Tally
from tracking.handovers import at_counter
from tracking.model import Item, Status
from tracking.offices import known_couriers
from tracking.store_lists import ItemFilter

_MOST = 1000

Lister = Callable[[Session, Scope, UUID, UUID], list[Item]]


def list_for(session: Session, *, scope: Scope, kind: HandoverKind, office_id: UUID, party_id: UUID) -> list[Item]:
    """What the list of a change of hands holds at an office, by item code: so an eye finds a paper in it; `party_id`
    is the agency, courier or other office.

    Raises:
        CodedError: C1000 for an office or courier out of reach, or a kind that has no counter.
    """
    lister = _LISTS.get(kind)
    if lister is None:
        raise fail(NOT_FOUND, what="list")
    at_counter(scope, office_id)
    return sorted(lister(session, scope, office_id, party_id), key=lambda item: item.item_code)


def find_code(
    session: Session, *, scope: Scope, kind: HandoverKind, office_id: UUID, party_id: UUID, code: str
) -> Item:
    """The item of a scanned item or dossier code on that list. At an agency's desk also one that another office
    delivers.

    Raises:
        CodedError: C1000 as `list_for`, T2402 when the code is not on the list.
    """
    wanted = code.strip().upper()
    for item in list_for(session, scope=scope, kind=kind, office_id=office_id, party_id=party_id):
        if wanted in {item.item_code.upper(), *(one.upper() for one in item.dossier_codes)}:
            return item
    stray = store_handovers.item_of_code(session, scope.province_code, wanted)
    is_new = stray is not None and stray.agency_id == party_id and stray.received_at is None and stray.leg == "return"
    if kind is HandoverKind.FROM_AGENCY and stray is not None and is_new:
        return stray
    raise fail(CODE_NOT_HERE, pointer="code", code=code)


def hand_over(
    session: Session,
    *,
    scope: Scope,
    kind: HandoverKind,
    office_id: UUID,
    party_id: UUID,
    tally: Tally,
    now: datetime,
) -> Handover:
    """Do a change of hands of any kind that has a counter.

    Raises:
        CodedError: C1000 for a kind without a counter, and whatever that kind's own function raises.
    """
    if kind is HandoverKind.FROM_AGENCY:
        return receive_from_agency(session, scope=scope, office_id=office_id, agency_id=party_id, tally=tally, now=now)
    if kind is HandoverKind.TO_AGENCY:
        return give_to_agency(session, scope=scope, office_id=office_id, agency_id=party_id, tally=tally, now=now)
    if kind is HandoverKind.BAG:
        return send_bag(session, scope=scope, office_id=office_id, to_office_id=party_id, tally=tally, now=now)
    if kind is HandoverKind.ARRIVE:
        return receive_bag(session, scope=scope, office_id=office_id, from_office_id=party_id, tally=tally, now=now)
    move = {HandoverKind.TAKE_OUT: take_out, HandoverKind.HAND_BACK: hand_back}.get(kind)
    if move is None:
        raise fail(NOT_FOUND, what="list")
    here = narrowed(scope, office_id)
    return move(session, scope=here, courier_id=party_id, item_ids=(), tally=tally, now=now)


def handovers_of_office(session: Session, *, scope: Scope, office_id: UUID, since: datetime) -> list[Handover]:
    """Changes of hands at an office since an instant, newest first; the seal of a bag is told once it was opened.

    Raises:
        CodedError: C1000 for an office out of reach.
    """
    at_counter(scope, office_id)
    found = store_handovers.handovers_of_office(session, scope, office_id, since)
    bags = [one for one in found if one.kind is HandoverKind.BAG]
    inside = store.items_by_id(session, scope, [key for one in bags for key in one.item_ids])
    closed = {item.id for item in inside.values() if item.bagged_at is not None}
    return [replace(one, seal=None) if one in bags and closed & set(one.item_ids) else one for one in found]


def _awaited(session: Session, scope: Scope, office_id: UUID, agency_id: UUID) -> list[Item]:
    return store_handovers.awaited_from_agency(session, scope.province_code, office_id, agency_id)


def _to_load(session: Session, scope: Scope, office_id: UUID, courier_id: UUID) -> list[Item]:
    _must_know(session, scope, office_id, courier_id)
    keep = ItemFilter(office_id=office_id, statuses=(Status.PLANNED,), courier_id=courier_id, leg="return")
    return store_lists.page(session, scope, keep, after=None, limit=_MOST)


def _carried(session: Session, scope: Scope, office_id: UUID, courier_id: UUID) -> list[Item]:
    _must_know(session, scope, office_id, courier_id)
    return carried_items(session, scope=narrowed(scope, office_id), courier_id=courier_id)


def _must_know(session: Session, scope: Scope, office_id: UUID, courier_id: UUID) -> None:
    if all(one.id != courier_id for one in known_couriers(session, scope=scope, office_id=office_id)):
        raise fail(NOT_FOUND, what="courier")


def _to_bag(session: Session, scope: Scope, office_id: UUID, to_office_id: UUID) -> list[Item]:
    keep = ItemFilter(office_id=office_id, statuses=(Status.FORWARDED,), to_office_id=to_office_id, rests=True)
    return store_lists.page(session, scope, keep, after=None, limit=_MOST)


def _coming(session: Session, scope: Scope, office_id: UUID, from_office_id: UUID) -> list[Item]:
    coming = store_handovers.coming_items(session, scope.province_code, office_id)
    return [item for item in coming if item.office_id == from_office_id]


def _for_agency(session: Session, scope: Scope, office_id: UUID, agency_id: UUID) -> list[Item]:
    on_the_way = (Status.RETURNING, Status.COLLECTED, Status.HELD)
    keep = ItemFilter(office_id=office_id, statuses=on_the_way, agency_id=agency_id, rests=True)
    waiting = store_lists.page(session, scope, keep, after=None, limit=_MOST)
    return [item for item in waiting if is_for_agency(item)]


_LISTS: Mapping[HandoverKind, Lister] = {
    HandoverKind.FROM_AGENCY: _awaited,
    HandoverKind.TAKE_OUT: _to_load,
    HandoverKind.HAND_BACK: _carried,
    HandoverKind.BAG: _to_bag,
    HandoverKind.ARRIVE: _coming,
    HandoverKind.TO_AGENCY: _for_agency,
}
