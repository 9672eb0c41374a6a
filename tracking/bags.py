"""From office to office: which office must take a paper, the bag it travels in, and its arrival there."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, fail, refuse
from core.scope import Scope
from tracking import handovers, store, store_handovers, store_intake, store_offices
from tracking.errors import STILL_CARRIED
from tracking.errors_custody import IN_A_BAG, OFFICE_ITSELF, SEAL_NEEDED
from tracking.events import record_event
from tracking.handover_values import Handover, HandoverKind, Tally
from tracking.handovers import Act, Step, at_counter, change_hands, not_for_handover, there, unconfirmed
from tracking.model import EventKind, Item, Status
from tracking.planned import locked
from tracking.recall import to_agency
from tracking.seals import SealCheck, check_of, numbers
from tracking.store_offices import Coverage

ARRIVED_ELSEWHERE = "arrived_elsewhere"


def forward(session: Session, *, scope: Scope, item_id: UUID, to_office_id: UUID, now: datetime) -> Item:
    """Say which other office must take a paper that lies here.

    Raises:
        CodedError: C1000 for an item or office that is not there, T2001 when its status allows no forwarding, T2008
            while a courier has it, T2403 in a bag, T2404 for the office where it lies.
    """
    item = locked(session, scope, [item_id])[item_id]
    resting(item)
    if not store_offices.is_office(session, scope.province_code, to_office_id):
        raise fail(NOT_FOUND, what="office")
    if to_office_id == item.office_id:
        raise fail(OFFICE_ITSELF, pointer="to_office_id", item_code=item.item_code)
    at = aware(now)
    # Who forwards a paper has it. One that has been out was here before, and its round's late reports still count.
    received_at = item.received_at if item.out_at else item.received_at or at
    record_event(
        session,
        item=item,
        kind=EventKind.ITEM_FORWARDED,
        occurred_at=at,
        now=at,
        actor=scope.actor,
        data={"to_office_id": str(to_office_id)},
        changes={"to_office_id": to_office_id, "received_at": received_at},
    )
    return store.find_any_item(session, scope.province_code, item_id) or item


def send_bag(
    session: Session, *, scope: Scope, office_id: UUID, to_office_id: UUID, tally: Tally, now: datetime
) -> Handover:
    """Close a bag for another office: FORWARDED papers whose destination it is. `tally.seal` is the bag's.

    Raises:
        CodedError: C1000 for what is out of reach, T2405 for an item that does not go there, T2008 while a courier
            has it, T2408 without a seal, T2007 for a difference that nobody has confirmed. Items in a bag already are
            taken as said.
    """
    at_counter(scope, office_id)
    if not numbers(tally.seal):
        raise fail(SEAL_NEEDED, pointer="seal")
    found = there(tally, list(locked(session, scope, tally.item_ids).values()))
    new = [item for item in found if item.bagged_at is None]
    refuse(not_for_handover(item) for item in new if not _goes(item, office_id, to_office_id))
    at = aware(now)
    act = Act(
        kind=HandoverKind.BAG,
        office_id=office_id,
        giver=handovers.office(office_id),
        receiver=handovers.office(to_office_id),
        at=at,
    )
    bagged = (Step(kind=EventKind.ITEM_BAGGED, changes={"bagged_at": at}),)
    return change_hands(session, scope, act, tally, new, lambda _: bagged)


def receive_bag(
    session: Session, *, scope: Scope, office_id: UUID, from_office_id: UUID, tally: Tally, now: datetime
) -> Handover:
    """Open a bag: each paper is READY at this office; one whose address this office does not serve waits for a person.
    `tally.seal` is what was read on it. Another seal, or none, is told without the number, and opens an incident.

    Raises:
        CodedError: C1000 for an office out of reach and for items that do not come here, T2007 and T2407 for a
            difference that nobody has confirmed.
    """
    at_counter(scope, office_id)
    found = store_handovers.lock_coming(session, scope.province_code, office_id, tally.item_ids)
    if len(found) < tally.listed:
        raise fail(NOT_FOUND, what="item")
    seals = _seals(session, scope, tally, found)
    refuse(unconfirmed(tally, seals))
    coverage = store_offices.coverage_of(session, scope.province_code)
    at = aware(now)
    act = Act(
        kind=HandoverKind.ARRIVE,
        office_id=office_id,
        giver=handovers.office(from_office_id),
        receiver=handovers.office(office_id),
        at=at,
        seals=seals,
    )
    arrived = there(tally, found)
    lost_way = {item.id for item in arrived if item.recalled_at is None and not _serves(coverage, item, office_id)}
    handover = change_hands(
        session, scope, act, tally, arrived, lambda item: list(_arrived(item, item.id in lost_way, office_id, at))
    )
    store_intake.ask_about(session, (one for one in arrived if one.id in lost_way), reason=ARRIVED_ELSEWHERE, at=at)
    return handover


def _seals(session: Session, scope: Scope, tally: Tally, found: list[Item]) -> SealCheck:
    """The bags that were opened are those of the papers in them; a bag without any is one of those listed."""
    inside = [item for item in found if item.id not in tally.missing]
    return check_of(tally, store_handovers.seals_of(session, scope.province_code, inside or found))


def rests(item: Item) -> bool:
    """Whether a paper lies at its office: no courier has it, no bag holds it."""
    return item.holder_courier_id is None and item.bagged_at is None


def resting(item: Item) -> None:
    """Refuse a paper that does not lie at its office.

    Raises:
        CodedError: T2008 while a courier has it, T2403 in a bag.
    """
    if item.holder_courier_id is not None:
        raise fail(STILL_CARRIED, item_code=item.item_code)
    if item.bagged_at is not None:
        raise fail(IN_A_BAG, item_code=item.item_code)


def _arrived(item: Item, is_elsewhere: bool, office_id: UUID, at: datetime) -> Iterator[Step]:
    here = {"office_id": office_id, "to_office_id": None, "bagged_at": None, "received_at": at}
    free = dict.fromkeys(("courier_id", "plan_id", "not_before_on"))
    yield Step(kind=EventKind.ITEM_ARRIVED, changes=here | free)
    yield from to_agency(item, EventKind.ITEM_ARRIVED)
    if is_elsewhere:
        yield Step(kind=EventKind.ADDRESS_QUESTIONED, data={"cause": ARRIVED_ELSEWHERE})


def _serves(coverage: Coverage, item: Item, office_id: UUID) -> bool:
    if item.commune_code is None or item.point is None or item.point_source is None:
        return False
    return coverage.office_at(item.commune_code, item.point, item.point_source) == office_id


def _goes(item: Item, office_id: UUID, to_office_id: UUID) -> bool:
    is_here = item.office_id == office_id and item.holder_courier_id is None
    return is_here and item.status is Status.FORWARDED and item.to_office_id == to_office_id
