"""The money of the door: what falls due with a delivery, the cash that was taken, and what a withdrawal takes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.scope import system_scope
from tracking import store_money
from tracking.model import Item
from tracking.money_rules import lines_of, misplaced, parted, taken_back
from tracking.money_values import Amounts, Entry, Footing, Move


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorMoney:
    """What a proof says of money. `delivered`: this proof delivers the item, so what it costs falls due."""

    item: Item
    proof_id: UUID
    courier_id: UUID | None
    collected_vnd: int
    delivered: bool
    at: datetime
    actor: str


def book_doors(session: Session, province_code: str, doors: Sequence[DoorMoney], *, now: datetime) -> None:
    """Book what proofs of different items say: what fell due, and the cash taken in any case.

    A proof that was overtaken delivers nothing, yet its cash was taken: it is booked and stands as a difference. The
    caller holds the items' locks and calls this once for a proof. Each courier's cash is locked while it is counted.
    """
    paid = sorted((door for door in doors if door.collected_vnd), key=lambda door: door.at)
    couriers = {door.courier_id: door for door in paid if door.courier_id is not None}
    known: dict[UUID, dict[Move, Amounts]] = {}
    if paid:
        store_money.lock_holders(session, province_code, couriers)
        known = store_money.moved_of_each(session, province_code, "item_id", {door.item.id for door in paid})
    entries = [line for door in doors for line in _lines_of_door(door, known.get(door.item.id, {}), now)]
    store_money.add_entries(session, entries)
    for last in couriers.values():
        put_right(session, _footing(last, now))


def take_back_due(session: Session, *, item: Item, now: datetime, actor: str) -> None:
    """A delivery was withdrawn: what fell due with it is due no longer. The cash that was taken stays taken until it is
    handed back, and stands as a difference till then.
    """
    lines = store_money.entries_of_item(session, system_scope(item.province_code), item.id)
    corrected = {line.corrects for line in lines}
    standing = [one for one in lines if one.move is Move.DUE and one.corrects is None and one.id not in corrected]
    back = [taken_back(line, now=now, actor=actor, reason="delivery withdrawn") for line in standing]
    store_money.add_entries(session, back)


def put_right(session: Session, footing: Footing) -> None:
    """Where a courier's cash was parted wrongly between the ledgers when it was counted, part it anew.

    It counts for the last day of what was counted or of what explains it, whichever is later: then that day closes.
    """
    assert footing.courier_id is not None  # noqa: S101  asked before
    past = store_money.moved(session, footing.province_code, courier_id=footing.courier_id)
    amount = misplaced(past[Move.COLLECTED] - past[Move.REMITTED])
    settled_on = store_money.last_settled_on(session, footing.province_code, footing.courier_id) if amount else None
    if settled_on is None:
        return
    own = Footing(
        province_code=footing.province_code,
        office_id=footing.office_id,
        courier_id=footing.courier_id,
        booked_on=max(settled_on, footing.booked_on),
        recorded_at=footing.recorded_at,
        actor=footing.actor,
        reason="parted anew",
    )
    store_money.add_entries(session, lines_of(own, Move.REMITTED, Amounts(state_fee_vnd=amount, postage_vnd=-amount)))


def _lines_of_door(door: DoorMoney, known: dict[Move, Amounts], now: datetime) -> list[Entry]:
    footing = _footing(door, now)
    due = Amounts(state_fee_vnd=door.item.state_fee_vnd, postage_vnd=door.item.postage_vnd)
    lines = lines_of(footing, Move.DUE, due) if door.delivered else []
    if door.collected_vnd:
        taken = parted(door.collected_vnd, due - known.get(Move.COLLECTED, Amounts()))
        lines += lines_of(footing, Move.COLLECTED, taken)
    return lines


def _footing(door: DoorMoney, now: datetime) -> Footing:
    return Footing(
        province_code=door.item.province_code,
        office_id=door.item.office_id,
        courier_id=door.courier_id,
        agency_id=door.item.agency_id,
        item_id=door.item.id,
        proof_id=door.proof_id,
        booked_on=local_date(door.at),
        recorded_at=aware(now),
        actor=door.actor,
    )
