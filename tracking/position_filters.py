"""Named filters of positions: each fix is kept, or left out by the first filter that refuses it. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from geodata.straight_line import distance_m
from tracking.model import Fix
from tracking.proof_checks import is_on_earth

DUPLICATE = "duplicate"
FUTURE = "future"
INACCURATE = "inaccurate"
IMPOSSIBLE_SPEED = "impossible_speed"
INVALID = "invalid"
TOO_OLD = "too_old"
FILTERS = (INVALID, FUTURE, TOO_OLD, INACCURATE, DUPLICATE, IMPOSSIBLE_SPEED)

# A phone that was out of reach for a month is a phone whose clock is wrong.
KEPT_AGE = timedelta(days=30)
_FUTURE_SLACK = timedelta(minutes=2)
_INACCURATE_M = 200.0
_IMPOSSIBLE_MPS = 150 / 3.6


def sift(fixes: Sequence[Fix], *, previous: Fix | None, now: datetime) -> tuple[list[Fix], list[tuple[Fix, str]]]:
    """The fixes to keep, by time, and the others, each with the name of the filter that left it out.

    `previous` is the courier's newest kept fix; an older fix that comes late is kept without a speed check, which
    needs a neighbour in time.
    """
    kept: list[Fix] = []
    left_out: list[tuple[Fix, str]] = []
    last = previous
    for fix in sorted(fixes, key=lambda fix: fix.occurred_at):
        name = _refused_by(fix, last, now)
        if name is None:
            kept.append(fix)
            last = fix if last is None or fix.occurred_at > last.occurred_at else last
        else:
            left_out.append((fix, name))
    return kept, left_out


def _refused_by(fix: Fix, last: Fix | None, now: datetime) -> str | None:
    """The first filter that refuses, in their order."""
    return _refused_alone(fix, now) or (_refused_beside(fix, last) if last is not None else None)


def _refused_alone(fix: Fix, now: datetime) -> str | None:
    if not is_on_earth(fix.point) or (fix.point.lon == 0 and fix.point.lat == 0):
        return INVALID
    if fix.occurred_at > now + _FUTURE_SLACK:
        return FUTURE
    if fix.occurred_at < now - KEPT_AGE:
        return TOO_OLD
    if fix.accuracy_m is not None and not 0 <= fix.accuracy_m <= _INACCURATE_M:
        return INACCURATE
    return None


def _refused_beside(fix: Fix, last: Fix) -> str | None:
    if fix.occurred_at == last.occurred_at:
        return DUPLICATE
    if fix.occurred_at > last.occurred_at and is_too_fast(last, fix):
        return IMPOSSIBLE_SPEED
    return None


def is_too_fast(last: Fix, fix: Fix) -> bool:
    """Faster than 150 km/h even if both circles of accuracy lay as near to each other as they can."""
    slack_m = (last.accuracy_m or 0.0) + (fix.accuracy_m or 0.0)
    seconds = (fix.occurred_at - last.occurred_at).total_seconds()
    return distance_m(last.point, fix.point) - slack_m > _IMPOSSIBLE_MPS * seconds
