"""What citizens will be told is written in the transaction in which it happened."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from tracking import store_notifications as store
from tracking.model import Event, Item
from tracking.notifications.rules import GATHER, is_here, kind_of, round_of, visit_of
from tracking.notifications.values import Kind
from tracking.store_notifications import Decision


def decide(session: Session, *, pairs: Sequence[tuple[Event, Item]]) -> None:
    """Write what events of one province mean to citizens; `Item` as read before its event. Once for each item, kind
    and round, whoever reports it how often.
    """
    kinds = [(event, item, kind_of(event, item)) for event, item in pairs]
    decisions = [_decision(event, item, kind) for event, item, kind in kinds if kind is not None]
    if decisions:
        store.decide(session, pairs[0][0].province_code, decisions)


def _decision(event: Event, item: Item, kind: Kind) -> Decision:
    return Decision(
        item_id=event.item_id,
        kind=kind,
        round=round_of(kind, event, item),
        visit_key=item.household_key or str(event.item_id),
        visit_round=visit_of(kind, event, item),
        office_id=event.office_id,
        happened_at=event.occurred_at,
        due_at=event.recorded_at + GATHER[kind],
        unreceived=kind is Kind.READY and not is_here(event, item),
    )
