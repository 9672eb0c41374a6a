"""Several days at once: the engine against all ways of a few stops, and what it may never do."""

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from routing.solver.several_days import DaysAnswer, DaysLimit, DaysRound, DaysStop, DaysTask, solve_days

_LIMIT = DaysLimit(iterations=150, seed=1)


def line(places: list[int]) -> NDArray[np.int64]:
    """Rides between places on one street, seconds; the depot is at 0."""
    at = np.array([0, *places], dtype=np.int64)
    rides: NDArray[np.int64] = np.abs(at[:, None] - at[None, :])
    return rides


def task(places: list[int], spans: list[tuple[int, int]], *, days: int = 3, **changes: Any) -> DaysTask:
    stops = tuple(
        DaysStop(location=n + 1, service_s=60, first=a, last=b, prize=1_000_000, **changes)
        for n, (a, b) in enumerate(spans)
    )
    rounds = tuple(
        DaysRound(day=day, depot=0, start_s=0, end_s=30_000, capacity_items=9, capacity_g=9) for day in range(days)
    )
    seconds = line(places)
    none = np.zeros((0, 0), dtype=np.int64)
    return DaysTask(seconds=seconds, extra=np.zeros_like(seconds), stops=stops, rounds=rounds, beats=none)


def cheapest(problem: DaysTask) -> int:
    """By trying every day for every stop and every order of each day."""
    best = 1 << 60
    for days in product(*(range(stop.first, stop.last + 1) for stop in problem.stops)):
        cost = sum(stop.service_s + stop.day_cost * day for stop, day in zip(problem.stops, days, strict=True))
        for day in set(days):
            places = [stop.location for stop, on in zip(problem.stops, days, strict=True) if on == day]
            cost += min(
                sum(int(problem.seconds[a, b]) for a, b in zip((0, *order), (*order, 0), strict=True))
                for order in permutations(places)
            )
        best = min(best, cost)
    return best


def spans_kept(problem: DaysTask, answer: DaysAnswer) -> bool:
    on = answer.day_of(problem)
    return all(stop.first <= on[n] <= stop.last for n, stop in enumerate(problem.stops) if n in on)


@settings(max_examples=25)
@given(
    stops=st.lists(
        st.tuples(st.integers(-5_000, 5_000), st.sampled_from([(0, 0), (0, 1), (0, 2), (1, 2), (2, 2)])),
        min_size=1,
        max_size=5,
    ),
    day_cost=st.sampled_from([0, 300]),
)
def test_few_stops_are_solved_as_by_trying_all_ways(stops: list[tuple[int, tuple[int, int]]], day_cost: int) -> None:
    problem = task([place for place, _ in stops], [span for _, span in stops], day_cost=day_cost)
    answer = solve_days(problem, _LIMIT)
    assert len(answer.day_of(problem)) == len(stops)
    assert spans_kept(problem, answer)
    assert answer.cost == cheapest(problem)


def test_far_neighbours_ride_together_on_the_day_both_can() -> None:
    problem = task([4_000, 4_010, -300], [(0, 2), (1, 2), (0, 0)])
    on = solve_days(problem, _LIMIT).day_of(problem)
    assert on[0] == on[1]
    assert on[2] == 0


def test_a_day_that_costs_enough_is_not_waited_for() -> None:
    problem = task([4_000, 4_010], [(0, 2), (1, 2)], day_cost=9_000)
    assert solve_days(problem, _LIMIT).day_of(problem) == {0: 0, 1: 1}


def test_windows_hold_on_whichever_day() -> None:
    # The window closes before the courier can be there, on every day: the stop stays.
    problem = task([4_000, 100], [(0, 2), (0, 2)], windows=((0, 2_000),))
    assert set(solve_days(problem, _LIMIT).day_of(problem)) == {1}


def test_a_start_that_is_not_allowed_any_more_is_set_right() -> None:
    problem = task([1_000, 2_000], [(1, 2), (0, 0)])
    answer = solve_days(problem, DaysLimit(iterations=5, seed=3), [(0, (0, 1))])
    assert spans_kept(problem, answer)
    assert len(answer.day_of(problem)) == 2


@pytest.mark.parametrize("seed", [1, 7])
def test_the_same_seed_gives_the_same_days(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = task([int(x) for x in rng.integers(-9_000, 9_000, 9)], [(0, 2)] * 9)
    limit = DaysLimit(iterations=40, seed=seed)
    assert solve_days(problem, limit) == solve_days(problem, limit)
