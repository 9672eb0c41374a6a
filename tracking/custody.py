"""Changes of hands between office and courier: giver, receiver, count, seal, place and time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, CodedError, fail, problem
from core.ids import new_id
from core.scope import Scope
from tracking import store_custody, store_lists, store_offices
from tracking.errors import COUNT_DIFFERS, NOT_ASSIGNED, NOT_HELD_BY_COURIER
from tracking.events import Draft, record_events
from tracking.model import Courier, EventKind, Handover, Item, Status
from tracking.planned import locked


def take_out(
    session: Session,
    *,
    scope: Scope,
    courier_id: UUID,
    item_ids: Iterable[UUID],
    now: datetime,
    counted: int | None = None,
    seal: str | None = None,
) -> Handover:
    """The courier takes planned items out of the office. Items already in the courier's hands are taken as said.

    Raises:
        CodedError: C1000 for what is out of reach, T2003 for each item not planned for this courier, T2007 when the
            count differs from the list.
    """
    courier = _courier(session, scope, courier_id)
    items = list(locked(session, scope, item_ids).values())
    _check_count(counted, items)
    carried = [item for item in items if item.holder_courier_id == courier_id and item.status is Status.OUT]
    new = [item for item in items if item not in carried]
    wrong = [item for item in new if item.status is not Status.PLANNED or item.courier_id != courier_id]
    if wrong:
        raise CodedError(
            problem(NOT_ASSIGNED, pointer=f"item_ids/{item.id}", item_code=item.item_code) for item in wrong
        )
    giver, receiver = f"office:{courier.office_id}", f"courier:{courier_id}"
    handover = _handover("take_out", courier, giver, receiver, new, aware(now), seal)
    changes = {"holder_courier_id": courier_id, "out_at": handover.at}
    _record(session, scope, EventKind.ITEM_OUT, handover, new, changes)
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
) -> Handover:
    """The courier gives undelivered items back at the end of a round. An item with a next action keeps its state, one
    that was not attempted is READY again.

    Raises:
        CodedError: C1000 for what is out of reach, T2005 for each item not in this courier's hands, T2007 when the
            count differs from the list.
    """
    courier = _courier(session, scope, courier_id)
    items = list(locked(session, scope, item_ids).values())
    _check_count(counted, items)
    wrong = [item for item in items if item.holder_courier_id != courier_id]
    if wrong:
        raise CodedError(
            problem(NOT_HELD_BY_COURIER, pointer=f"item_ids/{item.id}", item_code=item.item_code) for item in wrong
        )
    giver, receiver = f"courier:{courier_id}", f"office:{courier.office_id}"
    handover = _handover("hand_back", courier, giver, receiver, items, aware(now), seal)
    changes = {"holder_courier_id": None, "courier_id": None, "plan_id": None}
    _record(session, scope, EventKind.ITEM_HANDED_BACK, handover, items, changes)
    return handover


def carried_items(session: Session, *, scope: Scope, courier_id: UUID) -> list[Item]:
    """What the courier has in hands now, as the office knows it."""
    return store_lists.held_by(session, scope, courier_id)


def list_handovers(session: Session, *, scope: Scope, courier_id: UUID) -> list[Handover]:
    """A courier's changes of hands, newest first."""
    _courier(session, scope, courier_id)
    return store_custody.handovers(session, scope.province_code, courier_id)


def _courier(session: Session, scope: Scope, courier_id: UUID) -> Courier:
    found = store_offices.couriers_by_id(session, scope.province_code, [courier_id]).get(courier_id)
    mine = scope.courier_id in (None, courier_id)
    if found is None or not mine or not scope.sees_office(found.office_id):
        raise fail(NOT_FOUND, what="courier")
    return found


def _check_count(counted: int | None, items: Sequence[Item]) -> None:
    if counted is not None and counted != len(items):
        raise fail(COUNT_DIFFERS, counted=counted, listed=len(items))


def _handover(
    kind: Literal["take_out", "hand_back"],
    courier: Courier,
    giver: str,
    receiver: str,
    items: Sequence[Item],
    at: datetime,
    seal: str | None,
) -> Handover:
    return Handover(
        id=new_id(at),
        kind=kind,
        office_id=courier.office_id,
        courier_id=courier.id,
        giver=giver,
        receiver=receiver,
        item_ids=tuple(item.id for item in items),
        counted=len(items),
        seal=seal,
        at=at,
    )


def _record(
    session: Session,
    scope: Scope,
    kind: EventKind,
    handover: Handover,
    items: Sequence[Item],
    changes: Mapping[str, object],
) -> None:
    """One event for each item that holds both parties; nothing at all when no item changes hands."""
    if not items:
        return
    store_custody.insert_handover(session, scope.province_code, handover)
    data = {
        "handover_id": str(handover.id),
        "giver": handover.giver,
        "receiver": handover.receiver,
        "office_id": str(handover.office_id),
        "count": handover.counted,
        "seal": handover.seal,
    }
    drafts = [Draft(item=item, kind=kind, occurred_at=handover.at, data=data, changes=changes) for item in items]
    record_events(session, drafts, now=handover.at, actor=scope.actor)
