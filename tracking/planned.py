"""What planning asks of items: which are ready, which courier they are planned for, and taking them off a plan."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import NOT_FOUND, fail
from core.scope import Scope
from tracking import loans, store, store_handovers, store_lists, store_offices
from tracking.errors import COURIER_OTHER_OFFICE, STILL_CARRIED
from tracking.events import Draft, record_events
from tracking.model import EventKind, Item, Status
from tracking.notifications.decide import on_the_way
from tracking.notifications.rules import day_start, is_fetched


def ready_items(session: Session, *, scope: Scope, office_id: UUID, on: date) -> list[Item]:
    """Items of an office that may go out on a day: READY, not before their redelivery day, and at the office."""
    return store_lists.ready_items(session, scope, office_id=office_id, on=on)


def mark_planned(
    session: Session, *, scope: Scope, assignments: Mapping[UUID, UUID], plan_id: UUID, on: date, now: datetime
) -> None:
    """Plan items (item id → courier id) of a day's plan for couriers who work for the items' own offices that day. Who
    waits at home with a dossier that a courier fetches is told when that courier has set out already.

    Raises:
        CodedError: C1000 for an item or courier out of reach, T2001 for an item that is not READY or PLANNED, T2006
            for a courier who works for another office, T2008 for an item that a courier has not handed back.
    """
    items = locked(session, scope, assignments)
    found = store_offices.couriers_by_id(session, scope.province_code, set(assignments.values()))
    couriers = {one.id: one for one in loans.standing(session, scope.province_code, found.values(), on)}
    drafts = []
    for item_id, courier_id in assignments.items():
        item, courier = items[item_id], couriers.get(courier_id)
        if courier is None:
            raise fail(NOT_FOUND, what="courier")
        if courier.office_id != item.office_id:
            raise fail(COURIER_OTHER_OFFICE, item_code=item.item_code)
        if item.holder_courier_id is not None:
            raise fail(STILL_CARRIED, item_code=item.item_code)
        drafts.append(_planned(item, courier_id, plan_id, now))
    record_events(session, drafts, now=aware(now), actor=scope.actor)
    if on == local_date(now):
        _tell_added(session, scope, items, assignments, aware(now))


def release(session: Session, *, scope: Scope, item_ids: Iterable[UUID], now: datetime) -> list[Item]:
    """Take items off their plan; those that went out meanwhile stay as they are. Returns the released."""
    items = [item for item in locked(session, scope, item_ids).values() if item.status is Status.PLANNED]
    off_plan = {"plan_id": None, "courier_id": None}
    drafts = [Draft(item=i, kind=EventKind.ITEM_UNPLANNED, occurred_at=now, changes=off_plan) for i in items]
    record_events(session, drafts, now=aware(now), actor=scope.actor)
    return items


def locked(session: Session, scope: Scope, item_ids: Iterable[UUID]) -> dict[UUID, Item]:
    """The items under a row lock.

    Raises:
        CodedError: C1000 when one is out of reach.
    """
    wanted = set(item_ids)
    items = store.lock_items(session, scope, wanted)
    if len(items) < len(wanted):
        raise fail(NOT_FOUND, what="item")
    return items


def _tell_added(
    session: Session, scope: Scope, items: Mapping[UUID, Item], assignments: Mapping[UUID, UUID], at: datetime
) -> None:
    # Setting out tells of what is planned by then, loading of what is brought.
    added = {key: courier_id for key, courier_id in assignments.items() if is_fetched(items[key])}
    if added:
        gone = store_handovers.set_out(session, scope.province_code, set(added.values()), since=day_start(at), until=at)
        told = [items[key] for key, courier_id in added.items() if courier_id in gone]
        on_the_way(session, scope.province_code, told, at=at)


def _planned(item: Item, courier_id: UUID, plan_id: UUID, now: datetime) -> Draft:
    return Draft(
        item=item,
        kind=EventKind.ITEM_PLANNED,
        occurred_at=now,
        data={"courier_id": str(courier_id), "plan_id": str(plan_id)},
        changes={"courier_id": courier_id, "plan_id": plan_id},
    )
