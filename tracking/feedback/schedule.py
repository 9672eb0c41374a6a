"""When a message is sent again: pure, tested by table."""

import random
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from core.clock import aware

# Seconds before attempt 1, 2, … 10: the schedule of Standard Webhooks 1.0.0. About 76 hours, then a dead letter.
SCHEDULE_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Asking a receiver that is down whether it is back uses up no message: this many attempts stay for when it is.
PROBED_AT_MOST = len(SCHEDULE_S) - 3
JITTER = 0.2  # later by up to this share, so messages that failed together do not come back together
LONGEST_RETRY_AFTER_S = 86_400
GONE = 410
ASKS_TO_WAIT = frozenset({429, 503})

# A receiver that is down is asked rarely, with one message: delay after 1, 2, … failed drains in a row.
PAUSES_S = (5, 15, 60, 300, 600)


class Verdict(StrEnum):
    """What follows an attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    DEAD = "dead"
    DISABLE = "disable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What follows, and after how many seconds when it is a retry."""

    verdict: Verdict
    delay_s: float = 0.0


def next_attempt(
    *, attempts: int, accepted: bool, status: int | None, retry_after_s: float | None, rng: random.Random
) -> Next:
    """What follows attempt number `attempts` (from 1) that ended with an HTTP status, or None when none came."""
    if accepted:
        return Next(verdict=Verdict.DELIVERED)
    if status == GONE:
        return Next(verdict=Verdict.DISABLE)
    if attempts >= len(SCHEDULE_S):
        return Next(verdict=Verdict.DEAD)
    delay_s = _jittered(SCHEDULE_S[attempts], rng)
    if status in ASKS_TO_WAIT and retry_after_s is not None:
        delay_s = max(delay_s, min(retry_after_s, LONGEST_RETRY_AFTER_S))
    return Next(verdict=Verdict.RETRY, delay_s=delay_s)


def pause_s(failures: int, *, rng: random.Random) -> float:
    """How long an endpoint rests after `failures` ≥ 1 failed drains in a row."""
    return _jittered(PAUSES_S[min(failures, len(PAUSES_S)) - 1], rng)


def retry_after_s(header: str | None, *, now: datetime) -> float | None:
    """Seconds named by a Retry-After header (seconds or an HTTP date, RFC 9110 10.2.3); None when it says nothing."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (aware(at) - now).total_seconds()) if at.tzinfo else None


def _jittered(seconds: float, rng: random.Random) -> float:
    return seconds * (1 + JITTER * rng.random())
