"""What citizens will be told is written in the transaction in which it happened."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

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
    decisions = [_of_event(event, item, kind) for event, item, kind in kinds if kind is not None]
    if decisions:
        store.decide(session, pairs[0][0].province_code, decisions)


def on_the_way(session: Session, province_code: str, items: Iterable[Item], *, at: datetime) -> None:
    """The courier of these dossiers, which are to be fetched at home, has set out. They are told once a day; whether
    they are on today's route is asked when the message is made.
    """
    decisions = [_decision(Kind.COMING, item, item.office_id, happened_at=at, known_at=at) for item in items]
    if decisions:
        store.decide(session, province_code, decisions)


def _of_event(event: Event, item: Item, kind: Kind) -> Decision:
    unreceived = kind is Kind.READY and not is_here(event, item)
    return _decision(
        kind, item, event.office_id, happened_at=event.occurred_at, known_at=event.recorded_at, unreceived=unreceived
    )


def _decision(
    kind: Kind, item: Item, office_id: UUID, *, happened_at: datetime, known_at: datetime, unreceived: bool = False
) -> Decision:
    return Decision(
        item_id=item.id,
        kind=kind,
        round=round_of(kind, item, happened_at),
        visit_key=item.household_key or str(item.id),
        visit_round=visit_of(kind, item, happened_at),
        office_id=office_id,
        happened_at=happened_at,
        due_at=known_at + GATHER[kind],
        unreceived=unreceived,
    )
