"""When a message is sent again: by table."""

import random
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.feedback.schedule import JITTER, Verdict, next_attempt, pause_s, retry_after_s

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "status", "retry_after", "verdict", "delay_s"),
    [
        (1, 200, None, Verdict.DELIVERED, 0),
        (1, 204, None, Verdict.DELIVERED, 0),
        (10, 202, None, Verdict.DELIVERED, 0),
        (1, 500, None, Verdict.RETRY, 5),
        (1, None, None, Verdict.RETRY, 5),
        (1, 302, None, Verdict.RETRY, 5),
        (1, 400, None, Verdict.RETRY, 5),
        (2, 500, None, Verdict.RETRY, 5 * 60),
        (3, 500, None, Verdict.RETRY, 30 * 60),
        (4, 500, None, Verdict.RETRY, 2 * 3600),
        (5, 500, None, Verdict.RETRY, 5 * 3600),
        (6, 500, None, Verdict.RETRY, 10 * 3600),
        (7, 500, None, Verdict.RETRY, 14 * 3600),
        (8, 500, None, Verdict.RETRY, 20 * 3600),
        (9, 500, None, Verdict.RETRY, 24 * 3600),
        (10, 500, None, Verdict.DEAD, 0),
        (10, None, None, Verdict.DEAD, 0),
        (1, 410, None, Verdict.DISABLE, 0),
        (10, 410, None, Verdict.DISABLE, 0),
        (1, 429, 100.0, Verdict.RETRY, 100),
        (1, 503, 100.0, Verdict.RETRY, 100),
        (1, 500, 100.0, Verdict.RETRY, 5),
        (4, 429, 100.0, Verdict.RETRY, 2 * 3600),
        (1, 429, 10.0**9, Verdict.RETRY, 86_400),
    ],
)
def test_the_table(
    attempts: int, status: int | None, retry_after: float | None, verdict: Verdict, delay_s: int
) -> None:
    class NoJitter(random.Random):
        def random(self) -> float:
            return 0.0

    accepted = status is not None and 200 <= status < 300
    after = next_attempt(attempts=attempts, accepted=accepted, status=status, retry_after_s=retry_after, rng=NoJitter())
    assert (after.verdict, after.delay_s) == (verdict, delay_s)


@given(attempts=st.integers(1, 9), asked=st.floats(0, 80_000), seed=st.integers())
def test_jitter_only_delays_and_what_the_receiver_asks_is_kept(attempts: int, asked: float, seed: int) -> None:
    def delay_s(status: int, retry_after_s: float | None) -> float:
        rng = random.Random(seed)
        after = next_attempt(attempts=attempts, accepted=False, status=status, retry_after_s=retry_after_s, rng=rng)
        return after.delay_s

    plain, waiting = delay_s(500, None), delay_s(429, asked)
    table = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)[attempts - 1]
    assert table <= plain <= table * (1 + JITTER)
    assert waiting == max(plain, asked)


def test_a_receiver_that_stays_down_is_asked_more_and_more_rarely() -> None:
    pauses = [pause_s(n, rng=random.Random(7)) for n in range(1, 9)]
    assert all(a <= b for a, b in pairwise(pauses[:5]))
    assert max(pauses) <= 600 * (1 + JITTER)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Fri, 20 Nov 2026 01:31:00 GMT", 60.0),
        ("Fri, 20 Nov 2026 01:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, now=NOW) == seconds
