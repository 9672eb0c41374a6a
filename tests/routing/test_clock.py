"""The clock that stands still while everybody rests: what an engine without breaks is told."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from routing.model import Break, Shift, Vehicle
from routing.solver.clock import Clock, clock_of
from routing.solver.trips import Trip, Trips
from tests.routing.days import day, line, vehicle, visit

EIGHT, NOON, ONE, FIVE = 28_800, 43_200, 46_800, 61_200
HOUR = 3_600


def shift(*breaks: Break) -> Shift:
    return Shift(start_s=EIGHT, end_s=FIVE, breaks=breaks)


def lunch(first: int, last: int) -> Break:
    return Break(windows=((first, last),), duration_s=HOUR)


def trips(*shifts: Shift) -> Sequence[Trip]:
    fleet: list[Vehicle] = [vehicle(n, shifts=(own,)) for n, own in enumerate(shifts)]
    return Trips(day([visit(1)], fleet, line(0, 60))).trips


def test_a_lunch_all_may_take_at_the_same_time_makes_the_day_an_hour_shorter() -> None:
    found = trips(shift(lunch(NOON - HOUR, NOON)), shift(lunch(NOON, ONE)))
    clock = clock_of(found, [])
    assert clock.rests == ((NOON, HOUR),)
    assert [clock.span(trip) for trip in found] == [(EIGHT, FIVE - HOUR)] * 2
    assert [clock.unknown(trip) for trip in found] == [0, 0]
    assert [clock.at(t) for t in (EIGHT, NOON, NOON + 60, ONE, FIVE)] == [EIGHT, NOON, NOON, NOON, FIVE - HOUR]


def test_lunches_that_never_meet_only_shorten_the_longest_round() -> None:
    found = trips(shift(lunch(NOON - HOUR, NOON - 1)), shift(lunch(NOON, ONE)))
    clock = clock_of(found, [])
    assert clock.rests == ()
    assert [clock.unknown(trip) for trip in found] == [HOUR, HOUR]


def test_who_is_out_and_has_no_lunch_keeps_the_clock_going() -> None:
    assert clock_of(trips(shift(lunch(NOON, ONE)), shift()), []).rests == ()
    afternoon = Shift(start_s=ONE, end_s=FIVE)
    assert clock_of(trips(shift(lunch(NOON, NOON)), afternoon), []).rests == ((NOON, HOUR),)


def test_the_rest_lies_where_nobody_waits_at_the_door() -> None:
    found = trips(shift(lunch(NOON - HOUR, ONE)))
    assert clock_of(found, [(NOON, ONE)]).rests in {((NOON - HOUR, HOUR),), ((ONE, HOUR),)}


@given(
    st.lists(st.tuples(st.integers(0, 80_000), st.integers(1, 4_000)), max_size=3),
    st.integers(0, 90_000),
    st.integers(0, 90_000),
)
def test_the_clock_never_goes_back_and_never_fast(rests: list[tuple[int, int]], a: int, b: int) -> None:
    apart = [(begin + 5_000 * n, lasts) for n, (begin, lasts) in enumerate(sorted(rests))]
    clock = Clock(tuple(apart))
    early, late = min(a, b), max(a, b)
    assert 0 <= clock.at(late) - clock.at(early) <= late - early
