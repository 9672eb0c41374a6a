"""Changes of hands between an office and its couriers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import Problem, problem, refuse
from core.scope import Scope
from tracking import handovers, store_handovers, store_lists
from tracking.errors import NOT_ASSIGNED, NOT_HELD_BY_COURIER
from tracking.errors_custody import NOTHING_TO_LOAD, OTHER_COUNTER
from tracking.handover_values import Handover, HandoverKind, Tally
from tracking.handovers import Act, Step, change_hands, there
from tracking.model import Courier, EventKind, Item, Status
from tracking.notifications.decide import on_the_way
from tracking.offices import find_courier
from tracking.planned import locked
from tracking.recall import to_agency


def take_out(
    session: Session,
    *,
    scope: Scope,
    courier_id: UUID,
    item_ids: Iterable[UUID],
    now: datetime,
    counted: int | None = None,
    seal: str | None = None,
    tally: Tally | None = None,
) -> Handover:
    """The courier takes planned items out of the office. Items already in the courier's hands are taken as said. Who
    waits at home with a dossier is told that the courier has set out.

    `tally` says more of the count than `counted`; what it names as missing stays where it was.

    Raises:
        CodedError: C1000 for what is out of reach, T2003 for each item not planned for this courier, T2406 for each
            that is to be collected, T2409 for each of another office than the rest, T2007 for a difference that nobody
            has confirmed.
    """
    courier = find_courier(session, scope=scope, courier_id=courier_id, on=local_date(now))
    tally = tally or Tally(item_ids=tuple(item_ids), counted=counted, seal=seal)
    items = there(tally, list(locked(session, scope, tally.item_ids).values()))
    carried = [item for item in items if item.holder_courier_id == courier_id and item.status is Status.OUT]
    new = [item for item in items if item not in carried]
    office_id = _counter(courier, new)
    refuse([*_not_to_take(new, courier_id), *_of_other_offices(office_id, new)])
    at = aware(now)
    act = Act(
        kind=HandoverKind.TAKE_OUT,
        office_id=office_id,
        courier_id=courier_id,
        giver=handovers.office(office_id),
        receiver=handovers.courier(courier_id),
        at=at,
    )
    out = (Step(kind=EventKind.ITEM_OUT, changes={"holder_courier_id": courier_id, "out_at": at}),)
    handover = change_hands(session, scope, act, tally, new, lambda _: out)
    on_the_way(session, scope.province_code, store_lists.to_fetch(session, scope, courier_id), at=at)
    return handover


def hand_back(
    session: Session,
    *,
    scope: Scope,
    courier_id: UUID,
    item_ids: Iterable[UUID],
    now: datetime,
    counted: int | None = None,
    seal: str | None = None,
    tally: Tally | None = None,
) -> Handover:
    """The courier gives undelivered items and collected dossiers to the office. An item with a next action keeps its
    state, one that was not attempted is READY again, one that its agency asked back goes on its way there. What is
    missing stays in the courier's hands.

    Raises:
        CodedError: C1000 for what is out of reach, T2005 for each item not in this courier's hands, T2409 for each of
            another office than the rest, T2007 for a difference that nobody has confirmed.
    """
    courier = find_courier(session, scope=scope, courier_id=courier_id, on=local_date(now))
    tally = tally or Tally(item_ids=tuple(item_ids), counted=counted, seal=seal)
    items = there(tally, list(locked(session, scope, tally.item_ids).values()))
    office_id = _counter(courier, items)
    refuse([*_not_held(items, courier_id), *_of_other_offices(office_id, items)])
    act = Act(
        kind=HandoverKind.HAND_BACK,
        office_id=office_id,
        courier_id=courier_id,
        giver=handovers.courier(courier_id),
        receiver=handovers.office(office_id),
        at=aware(now),
    )
    free = dict.fromkeys(("holder_courier_id", "courier_id", "plan_id"))
    back = Step(kind=EventKind.ITEM_HANDED_BACK, changes=free)
    return change_hands(session, scope, act, tally, items, lambda item: (back, *to_agency(item, back.kind)))


def carried_items(session: Session, *, scope: Scope, courier_id: UUID) -> list[Item]:
    """What the courier has in hands now, as the office knows it."""
    return store_lists.held_by(session, scope, courier_id)


def list_handovers(session: Session, *, scope: Scope, courier_id: UUID) -> list[Handover]:
    """A courier's changes of hands, newest first, 200 at most."""
    find_courier(session, scope=scope, courier_id=courier_id)
    return store_handovers.handovers_of_courier(session, scope.province_code, courier_id)


def _counter(courier: Courier, items: Sequence[Item]) -> UUID:
    """The office these papers belong to, which a courier who was lent may have worked for the day before."""
    offices = {item.office_id for item in items}
    return offices.pop() if len(offices) == 1 else courier.office_id


def _of_other_offices(office_id: UUID, items: Sequence[Item]) -> Iterator[Problem]:
    for item in items:
        if item.office_id != office_id:
            yield problem(OTHER_COUNTER, pointer=f"item_ids/{item.id}", item_code=item.item_code)


def _not_held(items: Sequence[Item], courier_id: UUID) -> Iterator[Problem]:
    for item in items:
        if item.holder_courier_id != courier_id:
            yield problem(NOT_HELD_BY_COURIER, pointer=f"item_ids/{item.id}", item_code=item.item_code)


def _not_to_take(items: Sequence[Item], courier_id: UUID) -> Iterator[Problem]:
    for item in items:
        if item.leg == "collect":
            yield problem(NOTHING_TO_LOAD, pointer=f"item_ids/{item.id}", item_code=item.item_code)
        elif item.status is not Status.PLANNED or item.courier_id != courier_id:
            yield problem(NOT_ASSIGNED, pointer=f"item_ids/{item.id}", item_code=item.item_code)
