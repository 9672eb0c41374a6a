"""All that the clocks of an item go by, read off its events alone: the audit holds against it what the tables keep.

Events written before a value stood in them leave what was known before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Row

from core.clock import local_date
from tracking import hand_over, pauses
from tracking.lifecycle import FIRST
from tracking.model import Event, EventKind, Status
from tracking.pause_values import Pause
from tracking.standard import ItemFacts

_GONE_BACK = frozenset({Status.RETURNING, Status.RETURNED, Status.WITHDRAWN})
_REACHED = {EventKind.ITEM_DELIVERED: Status.DELIVERED, EventKind.DOSSIER_HANDED_IN: Status.HANDED_IN}
# Under which name an event tells the commune.
_COMMUNE = ("commune_code", "to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """`reached_at`: when whom it is for got it. `back_at`: since when it counts for no clock, on its way back."""

    leg: str
    status: Status
    due_on: date
    ready_at: datetime
    commune_code: str | None = None
    handed_over_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    reached_at: datetime | None = None
    back_at: datetime | None = None

    @property
    def facts(self) -> ItemFacts:
        """What both clocks are reckoned from."""
        return ItemFacts(
            handed_over_on=_day(self.handed_over_at),
            due_on=self.due_on,
            commune_code=self.commune_code,
            delivered_on=_day(self.reached_at),
            returned_on=_day(self.back_at),
            pauses=self.pauses,
        )


def clocks_of(events: Iterable[Event | Row[Any]]) -> Clocks:
    """From all events of an item, oldest first; also as rows of the table.

    Raises:
        ValueError: when the first is not the one every chain begins with.
    """
    history = iter(events)
    first = next(history, None)
    if first is None or first.kind != FIRST:
        raise ValueError("a chain begins with the acceptance of a result")
    leg, status = str(first.data["leg"]), first.status
    due_on, ready_at = date.fromisoformat(first.data["due_on"]), datetime.fromisoformat(first.data["ready_at"])
    commune_code, handed_over_at, reached_at, back_at = None, None, None, None
    paused: tuple[Pause, ...] = ()
    for event in history:
        kind, status, data, at = event.kind, event.status, event.data, event.occurred_at
        if kind == EventKind.RESULT_UPDATED:
            due_on, ready_at = _told_date(data, due_on), _told_time(data, ready_at)
        commune_code = next((data[name] for name in _COMMUNE if name in data), commune_code)
        handed_over_at = hand_over.after_event(handed_over_at, leg, kind, data, at)
        paused = pauses.after_event(paused, kind, data, local_date(at))
        reached_at = _reached(reached_at, event)
        back_at = (back_at or at) if status in _GONE_BACK else None
    return Clocks(
        leg=leg,
        status=status,
        due_on=due_on,
        ready_at=ready_at,
        commune_code=commune_code,
        handed_over_at=handed_over_at,
        pauses=paused,
        reached_at=reached_at,
        back_at=back_at,
    )


def _reached(before: datetime | None, event: Event | Row[Any]) -> datetime | None:
    if event.kind == EventKind.DELIVERY_WITHDRAWN:
        return None
    end = _REACHED.get(event.kind)
    is_the_end = end is not None and end == event.status and "superseded" not in event.data
    return event.occurred_at if is_the_end else before


def _told_date(data: Mapping[str, Any], before: date) -> date:
    return date.fromisoformat(data["due_on"]) if data.get("due_on") else before


def _told_time(data: Mapping[str, Any], before: datetime) -> datetime:
    return datetime.fromisoformat(data["ready_at"]) if data.get("ready_at") else before


def _day(at: datetime | None) -> date | None:
    return local_date(at) if at else None
