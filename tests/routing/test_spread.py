"""Windows learned from misses hold what they promise."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.spread import CLASSES, COVERED, ENOUGH, UNKNOWN, Spread, class_of, learn_spreads, misses, spread_of


@given(st.integers(0, 400))
def test_a_class_holds_its_stops(ahead: int) -> None:
    one = class_of(ahead)
    assert one in CLASSES
    assert one <= ahead
    assert all(other <= one or other > ahead for other in CLASSES)


def test_misses_are_against_the_plan_and_against_the_plan_moved_by_each_stop_before() -> None:
    # Ten minutes late at the first, a quarter of an hour at the third; the second is unknown.
    found = sorted(misses([1_000, 2_000, 3_000], [1_600, None, 3_900]))
    assert found == [(0, 600), (0, 900), (1, 300)]


def test_who_turns_the_order_round_teaches_nothing_of_what_lies_between() -> None:
    assert sorted(misses([1_000, 2_000], [2_500, 2_000])) == [(0, 0), (0, 1_500)]


@pytest.mark.parametrize(
    "draw", [lambda r: r.gauss(120, 600), lambda r: r.expovariate(1 / 900), lambda r: r.choice((-60, 3_000))]
)
@pytest.mark.parametrize("n", [ENOUGH, 400])
def test_the_promised_share_comes_within_the_window(draw, n: int) -> None:  # type: ignore[no-untyped-def]
    """Over many learnings and tomorrows: at least nine in ten, and for smooth misses hardly more."""
    random, held, tries = Random(5), 0, 4_000
    for _ in range(tries):
        [spread] = learn_spreads((1, round(draw(random))) for _ in range(n)).values()
        held += -spread.early_s <= round(draw(random)) <= spread.late_s
    # Three standard errors of a share of 0.9 in 4,000.
    assert held / tries >= COVERED - 0.0143


def test_too_few_misses_teach_nothing() -> None:
    assert learn_spreads([(1, 60)] * (ENOUGH - 1)) == {}


def test_an_unknown_class_takes_the_next_wider() -> None:
    near, plan = Spread(early_s=300, late_s=300, seen=50), Spread(early_s=900, late_s=2_700, seen=90)
    assert spread_of({}, 4) == UNKNOWN
    assert spread_of({1: near, 0: plan}, 1) == near
    assert spread_of({1: near, 0: plan}, 2) == plan
    assert spread_of({1: near}, 0) == UNKNOWN
    assert spread_of({1: near, 5: plan}, 3) == plan
