"""Changes of hands with agencies: results come in, returned papers and collected dossiers go back for a receipt."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, Problem, fail, problem, refuse
from core.scope import Scope
from tracking import handovers, store_handovers
from tracking.errors import STILL_CARRIED
from tracking.handover_values import Handover, HandoverKind, Tally
from tracking.handovers import Act, Step, at_counter, change_hands, not_for_handover, there
from tracking.model import EventKind, Item, Status
from tracking.planned import locked

_NOT_YET_HERE = frozenset({Status.ACCEPTED, Status.READY, Status.PLANNED})


def receive_from_agency(
    session: Session, *, scope: Scope, office_id: UUID, agency_id: UUID, tally: Tally, now: datetime
) -> Handover:
    """An office counts and signs for results of an agency. A paper that another office delivers is FORWARDED to it;
    one received before is taken as said.

    Raises:
        CodedError: C1000 for an office or item out of reach, T2405 for an item that is past that, T2007 for a
            difference that nobody has confirmed.
    """
    at_counter(scope, office_id)
    found = store_handovers.lock_of_agency(session, scope.province_code, agency_id, tally.item_ids)
    if len(found) < tally.listed:
        raise fail(NOT_FOUND, what="item")
    new = [item for item in there(tally, found) if item.received_at is None]
    refuse(not_for_handover(item) for item in new if item.status not in _NOT_YET_HERE or item.leg == "collect")
    at = aware(now)
    act = Act(
        kind=HandoverKind.FROM_AGENCY,
        office_id=office_id,
        giver=handovers.agency(agency_id),
        receiver=handovers.office(office_id),
        at=at,
    )
    return change_hands(session, scope, act, tally, new, lambda item: list(_received(item, office_id, at)))


def give_to_agency(
    session: Session, *, scope: Scope, office_id: UUID, agency_id: UUID, tally: Tally, now: datetime
) -> Handover:
    """An agency signs for papers that come back and for dossiers collected at home; `tally.counterpart` is its
    receipt: the desk that signed.

    Raises:
        CodedError: C1000 for what is out of reach or of another agency, T2405 for an item that is not on its way to
            the agency, T2008 while a courier has it, T2007 for a difference that nobody has confirmed.
    """
    at_counter(scope, office_id)
    found = list(locked(session, scope, tally.item_ids).values())
    if any(item.agency_id != agency_id or item.office_id != office_id for item in found):
        raise fail(NOT_FOUND, what="item")
    given = there(tally, found)
    refuse(_not_to_give(given))
    act = Act(
        kind=HandoverKind.TO_AGENCY,
        office_id=office_id,
        giver=handovers.office(office_id),
        receiver=handovers.agency(agency_id),
        at=aware(now),
    )
    return change_hands(session, scope, act, tally, given, _given)


def is_for_agency(item: Item) -> bool:
    """Whether the paper is on its way to the agency: to be returned, or collected for it."""
    return item.status in (Status.RETURNING, Status.COLLECTED) or (item.leg == "collect" and item.status is Status.HELD)


def _received(item: Item, office_id: UUID, at: datetime) -> Iterator[Step]:
    is_elsewhere = item.office_id != office_id
    if is_elsewhere and item.status is Status.PLANNED:
        yield Step(kind=EventKind.ITEM_UNPLANNED, changes={"plan_id": None, "courier_id": None})
    yield Step(kind=EventKind.ITEM_RECEIVED, changes={"received_at": at, "office_id": office_id})
    # Where an uncertain address lies is found out where the paper is.
    if is_elsewhere and item.status is not Status.ACCEPTED:
        yield Step(
            kind=EventKind.ITEM_FORWARDED,
            changes={"to_office_id": item.office_id},
            data={"to_office_id": str(item.office_id)},
        )


def _given(item: Item) -> Sequence[Step]:
    is_back = item.status is Status.RETURNING
    return (Step(kind=EventKind.ITEM_RETURNED if is_back else EventKind.DOSSIER_HANDED_IN),)


def _not_to_give(items: Sequence[Item]) -> Iterator[Problem]:
    for item in items:
        if item.holder_courier_id is not None:
            yield problem(STILL_CARRIED, pointer=f"item_ids/{item.id}", item_code=item.item_code)
        elif not is_for_agency(item):
            yield not_for_handover(item)
