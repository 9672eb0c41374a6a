"""SQL of an agency's list: its items with what is late or about to be, filtered, counted, by pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from core.scope import Scope
from tracking.lifecycle import CLOSED
from tracking.model import Item, Status
from tracking.store import DOSSIER_CODES, ITEMS, in_scope, item_of
from tracking.store_lists import ItemFilter

_CLOSED = [status.value for status in sorted(CLOSED)]
# Not in a courier's hands and still meant for the recipient: goes out on a later day.
_WAITING = [
    status.value for status in (Status.ACCEPTED, Status.READY, Status.ATTEMPT_FAILED, Status.HELD, Status.FORWARDED)
]

_BACK = [status.value for status in (Status.RETURNING, Status.RETURNED, Status.WITHDRAWN)]
_DONE = [status.value for status in (Status.DELIVERED, Status.HANDED_IN)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What lateness is reckoned from: today, and the next working day."""

    today: date
    next_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedItem:
    """An item and its mark: `overdue`, `foreseen` (it will be, as things stand) or None."""

    item: Item
    mark: str | None


def _mark(days: Days) -> ColumnElement[str | None]:
    """As `tracking.standard.will_be_overdue` chooses the day, but held against the agency's own due date.

    What is planned or out arrives today; what waits goes out on the day that was agreed, else the next working day.
    """
    goes_on = func.coalesce(ITEMS.c.not_before_on, days.next_on)
    return case(
        (ITEMS.c.status.in_(_CLOSED), None),
        (ITEMS.c.due_on < days.today, "overdue"),
        (ITEMS.c.status.in_(_WAITING) & (goes_on > ITEMS.c.due_on), "foreseen"),
    )


def _groups(days: Days) -> dict[str, ColumnElement[bool]]:
    """The lists by name; an item may stand in several."""
    return {
        "all": literal(True),
        "open": ~ITEMS.c.status.in_(_CLOSED),
        "overdue": _mark(days) == "overdue",
        "foreseen": _mark(days) == "foreseen",
        "failed": ITEMS.c.status.in_([Status.ATTEMPT_FAILED.value, Status.HELD.value, Status.LOST.value]),
        "delivered": ITEMS.c.status.in_(_DONE),
        "back": ITEMS.c.status.in_(_BACK),
    }


def page(
    session: Session,
    scope: Scope,
    keep: ItemFilter,
    *,
    group: str,
    days: Days,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[MarkedItem]:
    """Items of a group by due date, then id, from after the cursor on."""
    query: Select[Any] = select(*ITEMS.c, DOSSIER_CODES, _mark(days).label("mark"))
    query = query.where(*in_scope(scope), *keep.conditions(), _groups(days)[group])
    if after is not None:
        query = query.where(tuple_(ITEMS.c.due_on, ITEMS.c.id) > tuple_(*after))
    rows = session.execute(query.order_by(ITEMS.c.due_on, ITEMS.c.id).limit(limit))
    return [MarkedItem(item=item_of(row), mark=row.mark) for row in rows]


def counts(session: Session, scope: Scope, keep: ItemFilter, *, days: Days) -> dict[str, int]:
    """How many items of what the filter keeps stand in each group."""
    columns = [func.count().filter(holds).label(name) for name, holds in _groups(days).items()]
    row = session.execute(select(*columns).select_from(ITEMS).where(*in_scope(scope), *keep.conditions())).one()
    return dict(row._asdict())
