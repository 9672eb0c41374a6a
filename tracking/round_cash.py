"""The cash of a round's end, by the ledgers: what a courier owes, and that it was counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import local_date
from core.scope import Scope
from tracking import money, store_money
from tracking.money_values import Move


def cash_due(session: Session, province_code: str, courier_id: UUID) -> int:
    """VND in the courier's hands by the ledgers; none when more was handed in than collected."""
    past = store_money.moved(session, province_code, courier_id=courier_id)
    held = past[Move.COLLECTED] - past[Move.REMITTED]
    return max(0, held.state_fee_vnd + held.postage_vnd)


def hand_in_cash(session: Session, scope: Scope, courier_id: UUID, counted_vnd: int, now: datetime) -> None:
    """Book what was counted as handed in today."""
    if counted_vnd:
        money.remit(
            session, scope=scope, courier_id=courier_id, counted_vnd=counted_vnd, for_on=local_date(now), now=now
        )
