"""SQL of item lists: filters within the scope, pages by cursor."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from core.ids import floor_id
from core.scope import Scope
from tracking.model import Item, Status
from tracking.store import ITEMS, carries_code, in_scope, item_of, select_items
from tracking.store_events import EVENTS

# Ids of events begin with the instant they were recorded at: the key's range needs only a little room at both ends.
_ROOM = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """What a list keeps; None keeps everything. `words` are folded, each must stand in the item's search text.

    `code_words` are in lower case, each must stand in the item's code or in that of a dossier it carries. `rests`: no
    courier has it and no bag holds it.
    """

    office_id: UUID | None = None
    statuses: tuple[Status, ...] | None = None
    commune_code: str | None = None
    due_before: date | None = None
    courier_id: UUID | None = None
    plan_id: UUID | None = None
    agency_id: UUID | None = None
    to_office_id: UUID | None = None
    leg: str | None = None
    rests: bool = False
    words: tuple[str, ...] = ()
    code_words: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        where: list[ColumnElement[bool]] = []
        for column, value in (
            (ITEMS.c.office_id, self.office_id),
            (ITEMS.c.commune_code, self.commune_code),
            (ITEMS.c.courier_id, self.courier_id),
            (ITEMS.c.plan_id, self.plan_id),
            (ITEMS.c.agency_id, self.agency_id),
            (ITEMS.c.to_office_id, self.to_office_id),
            (ITEMS.c.leg, self.leg),
        ):
            if value is not None:
                where.append(column == value)
        if self.statuses is not None:
            where.append(ITEMS.c.status.in_([status.value for status in self.statuses]))
        if self.due_before is not None:
            where.append(ITEMS.c.due_on < self.due_before)
        if self.rests:
            where += [ITEMS.c.holder_courier_id.is_(None), ITEMS.c.bagged_at.is_(None)]
        where += [carries_code(word) for word in self.code_words]
        return [*where, *(ITEMS.c.search_text.contains(word, autoescape=True) for word in self.words)]


def page(
    session: Session, scope: Scope, keep: ItemFilter, *, after: tuple[date, UUID] | None, limit: int
) -> list[Item]:
    """Items by due date, then id, from after the cursor on."""
    query = select_items().where(*in_scope(scope), *keep.conditions())
    if after is not None:
        query = query.where(tuple_(ITEMS.c.due_on, ITEMS.c.id) > tuple_(*after))
    return [item_of(row) for row in session.execute(query.order_by(ITEMS.c.due_on, ITEMS.c.id).limit(limit))]


def count(session: Session, scope: Scope, keep: ItemFilter) -> int:
    """How many items the filter keeps."""
    query = select(func.count()).select_from(ITEMS).where(*in_scope(scope), *keep.conditions())
    return session.scalar(query) or 0


def count_by_status(session: Session, scope: Scope, keep: ItemFilter) -> dict[Status, int]:
    """How many items of each status the filter keeps; statuses with none are left out."""
    query = select(ITEMS.c.status, func.count()).where(*in_scope(scope), *keep.conditions()).group_by(ITEMS.c.status)
    return {Status(status): n for status, n in session.execute(query)}


def ready_items(session: Session, scope: Scope, *, office_id: UUID, on: date) -> list[Item]:
    """READY items lying at an office that may go out on the day, by due date."""
    may_go = or_(ITEMS.c.not_before_on.is_(None), ITEMS.c.not_before_on <= on)
    query = select_items().where(
        *in_scope(scope),
        ITEMS.c.office_id == office_id,
        ITEMS.c.status == Status.READY.value,
        ITEMS.c.holder_courier_id.is_(None),
        may_go,
    )
    return [item_of(row) for row in session.execute(query.order_by(ITEMS.c.due_on, ITEMS.c.id))]


def invited_on(session: Session, scope: Scope, day: date) -> list[Item]:
    """HELD items whose last invitation is of the day, by code."""
    held = (ITEMS.c.status == Status.HELD.value) & (ITEMS.c.invited_on == day)
    query = select_items().where(*in_scope(scope), held).order_by(ITEMS.c.item_code)
    return [item_of(row) for row in session.execute(query)]


def held_by(session: Session, scope: Scope, courier_id: UUID) -> list[Item]:
    """What a courier carries now, delivered or not as the office knows it."""
    query = select_items().where(*in_scope(scope), ITEMS.c.holder_courier_id == courier_id)
    return [item_of(row) for row in session.execute(query.order_by(ITEMS.c.id))]


def to_fetch(session: Session, scope: Scope, courier_id: UUID) -> list[Item]:
    """Dossiers that are planned for a courier to fetch at home."""
    keep = ItemFilter(courier_id=courier_id, statuses=(Status.PLANNED,), leg="collect")
    query = select_items().where(*in_scope(scope), *keep.conditions())
    return [item_of(row) for row in session.execute(query.order_by(ITEMS.c.id))]


def moved_between(session: Session, scope: Scope, *, agency_id: UUID, start: datetime, end: datetime) -> list[UUID]:
    """Items of an agency that had an event recorded from `start` to before `end`, by their codes."""
    moved = select(EVENTS.c.item_id).where(
        EVENTS.c.province_code == scope.province_code,
        EVENTS.c.id >= floor_id(start - _ROOM),
        EVENTS.c.id < floor_id(end + _ROOM),
        EVENTS.c.recorded_at >= start,
        EVENTS.c.recorded_at < end,
    )
    query = select(ITEMS.c.id).where(*in_scope(scope), ITEMS.c.agency_id == agency_id, ITEMS.c.id.in_(moved))
    return list(session.scalars(query.order_by(ITEMS.c.item_code, ITEMS.c.id)))


def by_tracking_code(session: Session, tracking_code: str) -> Item | None:
    """The item of a public code, in whatever province."""
    row: Any = session.execute(select_items().where(ITEMS.c.tracking_code == tracking_code)).one_or_none()
    return item_of(row) if row is not None else None
