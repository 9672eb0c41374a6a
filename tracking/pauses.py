"""When the post's clock stands still: days on which the paper waited for its addressee, an address, or a road.

A pause is read off the item's events, so it comes out the same at any time. It begins with a failed attempt whose cause
does not lie with the post (`tracking.reasons.PAUSES`), or with an invitation to collect, and ends when the paper can go
on: on the day agreed, with the address made certain, with the next move. Days on which it begins and ends count; only
working days wholly between do not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from core.calendar import WorkingCalendar
from core.clock import local_date
from tracking.model import Event, EventKind
from tracking.pause_values import PAUSES, Pause, PauseReason
from tracking.reasons import FailureReason

# What shows that the paper went on. A pause agreed to end later ends with the first of these that comes before.
_GOES_ON = frozenset(
    {
        EventKind.ADDRESS_RESOLVED,
        EventKind.ITEM_PLANNED,
        EventKind.ITEM_OUT,
        EventKind.ITEM_ARRIVED,
        EventKind.ITEM_DELIVERED,
        EventKind.ATTEMPT_FAILED,
        EventKind.RETURN_STARTED,
        EventKind.ITEM_LOST,
    }
)


def pauses_from(kept: Iterable[Sequence[str | None]]) -> tuple[Pause, ...]:
    """The inverse of `as_json` for all pauses of an item."""
    return tuple(
        Pause(
            why=PauseReason(why or ""),
            from_on=date.fromisoformat(first or ""),
            to_on=date.fromisoformat(last) if last else None,
        )
        for why, first, last in kept
    )


def pauses_of(events: Iterable[Event]) -> tuple[Pause, ...]:
    """An item's pauses from all its events, oldest first."""
    pauses: tuple[Pause, ...] = ()
    for event in events:
        pauses = after_event(pauses, event.kind, event.data, local_date(event.occurred_at))
    return pauses


def after_event(pauses: tuple[Pause, ...], kind: EventKind, data: Mapping[str, Any], on: date) -> tuple[Pause, ...]:
    """The pauses once this has happened on a local day. A late report that was overtaken changes nothing."""
    if data.get("superseded"):
        return pauses
    if kind in _GOES_ON:
        pauses = _ended(pauses, on)
    if kind == EventKind.REDELIVERY_SET and pauses and pauses[-1].to_on is None:
        agreed = data.get("redelivery_on")
        return _ended(pauses, date.fromisoformat(agreed) if agreed else on)
    why = _cause(kind, data)
    if why is None or (pauses and pauses[-1].to_on is None):
        return pauses
    return (*pauses, Pause(why=why, from_on=on))


def paused_days(
    pauses: Iterable[Pause], calendar: WorkingCalendar, *, counted: frozenset[PauseReason], until: date
) -> int:
    """Working days up to `until` on which the clock stood still for one of these reasons."""
    still = {
        first + timedelta(days=n)
        for one in pauses
        if one.why in counted
        for first in (one.from_on + timedelta(days=1),)
        for n in range((min(one.to_on or until + timedelta(days=1), until + timedelta(days=1)) - first).days)
    }
    return sum(calendar.is_working(day) for day in still)


def _ended(pauses: tuple[Pause, ...], on: date) -> tuple[Pause, ...]:
    """The last pause ends on this day, unless it had ended before."""
    if not pauses or (pauses[-1].to_on is not None and pauses[-1].to_on <= on):
        return pauses
    return (*pauses[:-1], replace(pauses[-1], to_on=max(on, pauses[-1].from_on)))


def _cause(kind: EventKind, data: Mapping[str, Any]) -> PauseReason | None:
    if kind == EventKind.INVITATION_SENT:
        return PauseReason.ADDRESSEE
    reason = data.get("reason")
    return PAUSES.get(FailureReason(reason)) if kind == EventKind.ATTEMPT_FAILED and reason else None
