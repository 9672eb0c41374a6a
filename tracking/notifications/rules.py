"""When something is told, and when no longer: pure."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from core.clock import VIETNAM, at_local, aware, local_date
from tracking.model import Event, EventKind, Item, Status
from tracking.notifications.values import Kind, Policy, Told

# What happens to a household at one door is uploaded paper by paper: so long a message waits for the others.
GATHER = {
    Kind.READY: timedelta(minutes=15),
    Kind.COMING: timedelta(minutes=3),
    Kind.FAILED: timedelta(minutes=3),
    Kind.DELIVERED: timedelta(minutes=3),
    Kind.CORRECTED: timedelta(minutes=3),
    Kind.COLLECTED: timedelta(minutes=3),
    # A clerk invites paper by paper.
    Kind.INVITED: timedelta(minutes=15),
}
# Older than this it is no news.
LONGEST = {
    Kind.READY: timedelta(days=3),
    Kind.COMING: timedelta(hours=12),
    Kind.FAILED: timedelta(hours=24),
    Kind.DELIVERED: timedelta(hours=24),
    Kind.CORRECTED: timedelta(days=3),
    Kind.COLLECTED: timedelta(hours=24),
    Kind.INVITED: timedelta(days=2),
}
_AT_THE_POST = frozenset({Status.ACCEPTED, Status.READY, Status.PLANNED, Status.FORWARDED})
_AFTER_A_FAILURE = frozenset(
    {
        Status.ATTEMPT_FAILED, Status.READY, Status.PLANNED, Status.HELD, Status.FORWARDED, Status.ACCEPTED,
        Status.RETURNING, Status.LOST,
    }
)  # fmt: skip
_STILL_TRUE = {
    Kind.READY: _AT_THE_POST,
    Kind.COMING: frozenset({Status.OUT}),
    Kind.FAILED: _AFTER_A_FAILURE,
    Kind.DELIVERED: frozenset({Status.DELIVERED}),
    Kind.CORRECTED: _AFTER_A_FAILURE - {Status.ATTEMPT_FAILED},
    Kind.COLLECTED: frozenset({Status.COLLECTED, Status.HELD, Status.HANDED_IN}),
    Kind.INVITED: frozenset({Status.HELD}),
}
_PLANNED = frozenset({Status.PLANNED})
_BY_EVENT = {
    EventKind.ITEM_OUT: Kind.COMING,
    EventKind.ATTEMPT_FAILED: Kind.FAILED,
    EventKind.ITEM_DELIVERED: Kind.DELIVERED,
    EventKind.DELIVERY_WITHDRAWN: Kind.CORRECTED,
    EventKind.DOSSIER_COLLECTED: Kind.COLLECTED,
    EventKind.ITEM_RECEIVED: Kind.READY,
    EventKind.ITEM_READY: Kind.READY,
    EventKind.ADDRESS_RESOLVED: Kind.READY,
    EventKind.INVITATION_SENT: Kind.INVITED,
}


# Events that are told of a dossier that is fetched at home: that it was not, and that it was. That the courier comes
# for it is no event of its own: nothing is loaded.
_COLLECTING = frozenset({Kind.FAILED, Kind.COLLECTED})


def kind_of(event: Event, item: Item) -> Kind | None:
    """What an event is told as; None when it is nobody's news. `item` as it was read before the event.

    No report that a newer one has overtaken is told, and of a dossier fetched at home its first steps alone.
    """
    kind = _BY_EVENT.get(event.kind)
    if kind is None or "superseded" in event.data or (is_fetched(item) and kind not in _COLLECTING):
        return None
    return None if kind is Kind.READY and event.status is not Status.READY else kind


def is_here(event: Event, item: Item) -> bool:
    """Whether an office has the paper by this event, and not only its data."""
    return event.kind is EventKind.ITEM_RECEIVED or item.received_at is not None


def round_of(kind: Kind, item: Item, happened_at: datetime) -> str:
    """What may be told once of an item: being ready once for all, the rest once a day and again after an attempt."""
    if kind is Kind.READY:
        return "once"
    return visit_of(kind, item, happened_at)


def visit_of(kind: Kind, item: Item, happened_at: datetime) -> str:
    """What several papers of one household share when they are told of together: the local day of what happened."""
    day = local_date(happened_at)
    was_tried = item.last_attempt_at is not None and local_date(item.last_attempt_at) == day
    again = kind in (Kind.COMING, Kind.FAILED) and was_tried
    if kind is Kind.INVITED:
        # Who is invited for the first time and who is reminded do not read the same.
        return f"{day.isoformat()}{' again' if item.invitations else ''}"
    # What is fetched has words of its own, so it shares no message with what is brought.
    return f"{day.isoformat()}{' again' if again else ''}{' collect' if is_fetched(item) else ''}"


def is_fetched(item: Item) -> bool:
    """Whether it is a dossier that the post fetches at home, not a paper it brings."""
    return item.leg == "collect"


def is_news(kind: Kind, told: Told, window: tuple[datetime, datetime] | None, now: datetime) -> bool:
    """Whether what happened to an item still holds and is worth a message; `window` of what comes today."""
    item = told.item
    still_true = _PLANNED if kind is Kind.COMING and is_fetched(item) else _STILL_TRUE[kind]
    if item.status not in still_true or aware(now) - told.happened_at > LONGEST[kind]:
        return False
    if kind is Kind.READY:
        return item.recalled_at is None and item.out_at is None and item.last_attempt_at is None
    if kind is Kind.COMING:
        is_today = local_date(told.happened_at) == local_date(now)
        return is_today and item.recalled_at is None and (window is None or now < window[1])
    if kind is Kind.FAILED:
        return item.last_attempt_at == told.happened_at
    if kind is Kind.INVITED:
        return item.recalled_at is None and item.invited_on == local_date(told.happened_at)
    return True


def expected(told: Sequence[Told], window: tuple[datetime, datetime] | None) -> list[Told]:
    """Those of what comes today that do come: nothing but a window says it of a dossier that is fetched, which may be
    planned for another day.
    """
    return [one for one in told if window is not None or not is_fetched(one.item)]


def is_quiet(policy: Policy, now: datetime) -> bool:
    """Whether it is quiet now: the first minute of the quiet hours is, their last bound is not."""
    clock, first, last = _wall(now), policy.quiet_from, policy.quiet_until
    if first <= last:
        return first <= clock < last
    return clock >= first or clock < last


def opens_at(policy: Policy, now: datetime) -> datetime:
    """The first instant from `now` on that is not quiet."""
    if not is_quiet(policy, now):
        return aware(now)
    day = local_date(now)
    return at_local(day if _wall(now) < policy.quiet_until else day + timedelta(days=1), policy.quiet_until)


def next_day(policy: Policy, now: datetime) -> datetime:
    """The first instant of the next local day that is not quiet: when a day's limit is reached."""
    return opens_at(policy, at_local(local_date(now) + timedelta(days=1), time()))


def news_of(
    kind: Kind, told: Sequence[Told], window: tuple[datetime, datetime] | None, now: datetime
) -> tuple[Told, ...]:
    """Those of a message's items that are still news."""
    return tuple(one for one in told if is_news(kind, one, window, now))


def day_start(now: datetime) -> datetime:
    """The local midnight before `now`, from which a day's messages are counted."""
    day: date = local_date(now)
    return at_local(day, time())


def _wall(now: datetime) -> time:
    return aware(now).astimezone(VIETNAM).time()
