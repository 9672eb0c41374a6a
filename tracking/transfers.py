"""Papers from one courier to another of the same office: one asks, another of them or of the office approves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.db import CHANNEL, notify
from core.errors import NOT_FOUND, CodedError, fail, problem
from core.scope import Scope
from tracking import handovers, loans, store, store_handovers, store_offices
from tracking.errors_custody import TRANSFER_DECIDED, TRANSFER_NOT_CARRIED, TRANSFER_OWN, TRANSFER_PARTIES
from tracking.handover_values import Handover, HandoverKind, Tally, Transfer, TransferState
from tracking.handovers import Act, Step, change_hands
from tracking.model import Courier, EventKind, Item, Status
from tracking.offices import find_courier, list_couriers

_ON_THE_ROAD = frozenset({Status.OUT, Status.COLLECTED})


def ask_transfer(
    session: Session,
    *,
    scope: Scope,
    transfer_id: UUID,
    from_courier_id: UUID,
    to_courier_id: UUID,
    item_ids: Sequence[UUID],
    now: datetime,
) -> Transfer:
    """A courier asks to give papers away or to take some over; a dispatcher may ask for both. The same id again is the
    same wish, whatever has become of it.

    Raises:
        CodedError: C1000 for couriers or items out of reach, T2420 for couriers of two offices, T2423 for each paper
            that is not out with the giving courier.
    """
    known = store_handovers.lock_transfer(session, scope.province_code, transfer_id)
    if known is not None:
        _must_see(scope, known)
        return known
    giving, taking = _couriers(session, scope, from_courier_id, to_courier_id, local_date(now))
    if giving.office_id != taking.office_id or giving.id == taking.id:
        raise fail(TRANSFER_PARTIES, pointer="to_courier_id")
    found = store.lock_any_items(session, scope.province_code, item_ids).values()
    # Of what lies elsewhere nothing is told.
    items = [item for item in found if item.office_id == giving.office_id or _is_with(item, giving.id)]
    if len(items) < len(set(item_ids)):
        raise fail(NOT_FOUND, what="item")
    wrong = [item for item in items if not _is_with(item, giving.id)]
    if wrong:
        raise CodedError(
            problem(TRANSFER_NOT_CARRIED, pointer=f"item_ids/{item.id}", item_code=item.item_code) for item in wrong
        )
    transfer = Transfer(
        id=transfer_id,
        office_id=giving.office_id,
        from_courier_id=giving.id,
        to_courier_id=taking.id,
        item_ids=tuple(item.id for item in items),
        state=TransferState.ASKED,
        asked_by=scope.actor,
        asked_at=aware(now),
    )
    store_handovers.insert_transfer(session, scope.province_code, transfer)
    _tell(session, scope, transfer)
    return transfer


def decide_transfer(
    session: Session, *, scope: Scope, transfer_id: UUID, state: TransferState, now: datetime
) -> tuple[Transfer, Handover | None]:
    """Approve, decline or withdraw a wish. Approved, those papers change hands that are still out with the giver; what
    was delivered meanwhile stays delivered. The same decision again changes nothing.

    Raises:
        CodedError: C1000 out of reach, T2421 when who asked does other than withdraw or another withdraws, T2422 when
            it was decided otherwise.
    """
    transfer = store_handovers.lock_transfer(session, scope.province_code, transfer_id)
    if transfer is None:
        raise fail(NOT_FOUND, what="transfer")
    _must_see(scope, transfer)
    if transfer.state is state:
        return transfer, None
    if transfer.state is not TransferState.ASKED or state is TransferState.ASKED:
        raise fail(TRANSFER_DECIDED, state=transfer.state.value)
    if (transfer.asked_by == scope.actor) is not (state is TransferState.WITHDRAWN):
        raise fail(TRANSFER_OWN)
    decided = replace(transfer, state=state, decided_by=scope.actor, decided_at=aware(now))
    store_handovers.decide_transfer(session, scope.province_code, decided)
    handover = _give(session, scope, decided, aware(now)) if state is TransferState.APPROVED else None
    _tell(session, scope, decided)
    return decided, handover


def asked_transfers(session: Session, *, scope: Scope) -> list[Transfer]:
    """Wishes that wait, within reach, oldest first; a courier sees those of which they are a part."""
    return store_handovers.asked_transfers(session, scope)


def colleagues(session: Session, *, scope: Scope, courier_id: UUID, now: datetime) -> list[Courier]:
    """Who works for the same office as a courier today: names, no more, for whoever works there."""
    today = local_date(now)
    mine = find_courier(session, scope=scope, courier_id=courier_id, on=today)
    whole = replace(scope, courier_id=None)
    found = list_couriers(session, scope=whole, office_id=mine.office_id, on=today)
    return [one for one in found if one.id != courier_id]


def _give(session: Session, scope: Scope, transfer: Transfer, at: datetime) -> Handover:
    moved = [
        item
        for item in store.lock_any_items(session, scope.province_code, transfer.item_ids).values()
        if _is_with(item, transfer.from_courier_id)
    ]
    act = Act(
        kind=HandoverKind.TRANSFER,
        office_id=transfer.office_id,
        courier_id=transfer.to_courier_id,
        giver=handovers.courier(transfer.from_courier_id),
        receiver=handovers.courier(transfer.to_courier_id),
        at=at,
    )
    taken = {"holder_courier_id": transfer.to_courier_id, "courier_id": transfer.to_courier_id, "out_at": at}
    step = (Step(kind=EventKind.ITEM_TRANSFERRED, changes=taken, data={"transfer_id": str(transfer.id)}),)
    tally = Tally(item_ids=tuple(item.id for item in moved))
    return change_hands(session, scope, act, tally, moved, lambda _: step)


def _is_with(item: Item, courier_id: UUID) -> bool:
    return item.holder_courier_id == courier_id and item.status in _ON_THE_ROAD


def _couriers(session: Session, scope: Scope, giving_id: UUID, taking_id: UUID, on: date) -> tuple[Courier, Courier]:
    by_id = store_offices.couriers_by_id(session, scope.province_code, [giving_id, taking_id])
    found = {one.id: one for one in loans.standing(session, scope.province_code, by_id.values(), on)}
    giving, taking = found.get(giving_id), found.get(taking_id)
    if giving is None or taking is None or not scope.sees_office(giving.office_id):
        raise fail(NOT_FOUND, what="courier")
    if scope.courier_id not in (None, giving_id, taking_id):
        raise fail(NOT_FOUND, what="courier")
    return giving, taking


def _must_see(scope: Scope, transfer: Transfer) -> None:
    is_part = scope.courier_id in (None, transfer.from_courier_id, transfer.to_courier_id)
    if not is_part or not scope.sees_office(transfer.office_id):
        raise fail(NOT_FOUND, what="transfer")


def _tell(session: Session, scope: Scope, transfer: Transfer) -> None:
    payload = {
        "province": scope.province_code,
        "office": str(transfer.office_id),
        "transfer": str(transfer.id),
        "event": str(transfer.id),
        "status": transfer.state.value,
        "couriers": [str(transfer.from_courier_id), str(transfer.to_courier_id)],
    }
    notify(session, CHANNEL, payload)
