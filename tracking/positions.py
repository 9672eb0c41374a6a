"""Couriers' positions in, and where each was seen last."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.db import CHANNEL, notify
from core.errors import fail
from core.scope import Scope
from tracking import store_positions
from tracking.errors import TOO_MANY_FIXES
from tracking.model import Courier, Fix, LastPosition, PositionAnswer
from tracking.offices import find_courier
from tracking.position_filters import DUPLICATE, FUTURE, INVALID, TOO_OLD, sift

BATCH_LIMIT = 2000
ACCEPTED = "accepted"


def record_positions(
    session: Session,
    *,
    scope: Scope,
    courier_id: UUID,
    fixes: Sequence[Fix],
    now: datetime,
    unreadable: int = 0,
) -> PositionAnswer:
    """Keep a batch of fixes of one courier; the answer counts what each named filter left out.

    What is left out is counted by courier and day as well. `unreadable`: fixes that came without a place or a time.

    Raises:
        CodedError: T3004 above 2,000 fixes, C1000 for a courier out of reach, C1001 for a time without offset.
    """
    now = aware(now)
    if len(fixes) > BATCH_LIMIT:
        raise fail(TOO_MANY_FIXES, limit=BATCH_LIMIT)
    courier = find_courier(session, scope=scope, courier_id=courier_id, on=local_date(now))
    exact = [replace(fix, occurred_at=aware(fix.occurred_at)) for fix in fixes]
    previous = store_positions.last_fix(session, scope.province_code, courier_id)
    kept, left_out = sift(exact, previous=previous, now=now)
    new = store_positions.insert_fixes(session, scope.province_code, courier_id, kept, now)
    left_out += [(fix, DUPLICATE) for fix in kept if fix.occurred_at not in new]
    if new and (previous is None or kept[-1].occurred_at > previous.occurred_at):
        store_positions.put_last(session, scope.province_code, courier_id, kept[-1], now)
        _tell(session, scope, courier)
    counts = Counter((_day(fix, name, now), name) for fix, name in left_out)
    counts.update((local_date(at), ACCEPTED) for at in new)
    counts.update({(local_date(now), INVALID): unreadable} if unreadable else {})
    store_positions.add_counts(session, scope.province_code, courier_id, _by_day(counts))
    return PositionAnswer(accepted=len(new), filtered=_totals(counts))


def last_positions(session: Session, *, scope: Scope, office_id: UUID | None = None) -> list[LastPosition]:
    """The last position of each courier within reach."""
    return store_positions.last_positions(session, scope, office_id)


def courier_track(
    session: Session, *, scope: Scope, courier_id: UUID, start_at: datetime, end_at: datetime
) -> list[Fix]:
    """A courier's fixes from `start_at` (inclusive) to `end_at` (exclusive).

    Raises:
        CodedError: C1000 for a courier out of reach.
    """
    find_courier(session, scope=scope, courier_id=courier_id, on=local_date(start_at))
    return store_positions.track(session, scope.province_code, courier_id, aware(start_at), aware(end_at))


def _day(fix: Fix, name: str, now: datetime) -> date:
    """The day a fix counts for: its own, or today where its time is what is wrong."""
    return local_date(now if name in (FUTURE, TOO_OLD, INVALID) else fix.occurred_at)


def _by_day(counts: Mapping[tuple[date, str], int]) -> dict[date, dict[str, int]]:
    days: dict[date, dict[str, int]] = {}
    for (day, name), count in counts.items():
        days.setdefault(day, {})[name] = count
    return days


def _totals(counts: Mapping[tuple[date, str], int]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for (_, name), count in counts.items():
        totals[name] += count
    del totals[ACCEPTED]
    return dict(totals)


def _tell(session: Session, scope: Scope, courier: Courier) -> None:
    """Only that the courier moved: who listens reads where from the table, within their scope."""
    office, who = str(courier.office_id), str(courier.id)
    message = {"province": scope.province_code, "office": office, "courier": who, "kind": "courier_moved"}
    notify(session, CHANNEL, message)
