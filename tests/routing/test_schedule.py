"""Times of a given order: the least waiting there is, and nothing a checker objects to."""

from hypothesis import given, settings

from routing.checker import check
from routing.model import Problem
from routing.schedule import build_plan, orders_of, time_round
from routing.timing import price
from tests.routing.brute_force import least_timed
from tests.routing.days import day, line, problems, vehicle, visit


@settings(max_examples=300)
@given(problems(most_visits=5, most_vehicles=1))
def test_a_round_waits_as_little_as_any_departure_allows(problem: Problem) -> None:
    for own in problem.vehicles:
        for index, shift in enumerate(own.shifts):
            timed = time_round(problem, own, index, problem.visits)
            least = least_timed(problem, own, index, problem.visits)
            found = timed and sum(price(problem.weights, shift, wait_s=timed.wait_s, return_s=timed.return_s))
            assert found == least


def test_the_courier_leaves_late_rather_than_wait_at_a_door() -> None:
    problem = day([visit(1, windows=((30_000, 31_000),))], [vehicle()], line(0, 600))
    timed = time_round(problem, problem.vehicles[0], 0, problem.visits)
    assert timed is not None
    assert (timed.departure_s, timed.starts, timed.wait_s) == (29_400, (30_000,), 0)


def test_of_two_rounds_that_last_as_long_the_earlier_is_taken() -> None:
    windows = ((28_000, 28_100), (30_000, 30_100))
    problem = day([visit(1, windows=windows)], [vehicle()], line(0, 600))
    timed = time_round(problem, problem.vehicles[0], 0, problem.visits)
    assert timed is not None
    assert timed.starts == (28_000,)


def test_a_round_that_cannot_be_back_in_time_is_none() -> None:
    problem = day([visit(1)], [vehicle()], line(0, 8_050))
    assert time_round(problem, problem.vehicles[0], 1, problem.visits) is None


def test_orders_come_back_from_a_plan() -> None:
    problem = day([visit(1), visit(2), visit(3)], [vehicle(0), vehicle(1)], line(0, 60, 120, 180))
    orders = {(0, 0): [2, 0], (1, 1): [1]}
    plan = build_plan(problem, orders)
    assert plan is not None
    assert orders_of(problem, plan) == orders
    assert check(problem, plan) == []


def test_what_overloads_a_courier_is_no_plan() -> None:
    problem = day([visit(1), visit(2)], [vehicle(capacity_items=1)], line(0, 60, 120))
    assert build_plan(problem, {(0, 0): [0, 1]}) is None
    assert build_plan(problem, {(0, 0): [0], (0, 1): [1]}) is not None
