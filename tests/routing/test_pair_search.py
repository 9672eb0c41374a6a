"""Days of pairs: the cheapest places are those that trying all finds, the plan is the best there is, and rounds go."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from routing.checker import check
from routing.model import Break, Pair, Problem, Shift, Vehicle, Visit
from routing.schedule import build_plan, build_route
from routing.solver import Limit, solve
from routing.solver.assignment import Search
from routing.solver.features import is_all_pairs
from routing.solver.pair_round import NEVER, Ground, PairRound
from routing.solver.pair_search import PairSearch
from routing.solver.trips import Trips
from tests.routing.brute_force import cheapest, ridden
from tests.routing.days import MORNING, day, matrix, vehicle, visit

Orders = dict[tuple[int, int], list[int]]


def paired(seed: int, pairs: int, fleet: list[Vehicle]) -> Problem:
    """Pairs at random places of a plane, half of the doors with a window; riding alone is paid."""
    draw = Random(seed)
    places = [(draw.randrange(3_000), draw.randrange(3_000)) for _ in range(2 * pairs + 2)]
    seconds = [[int(((x - u) ** 2 + (y - v) ** 2) ** 0.5) for u, v in places] for x, y in places]
    visits = []
    for n in range(pairs):
        amount = draw.randrange(1, 4)
        first, second = (_window(draw) if draw.random() < 0.5 else () for _ in range(2))
        visits.append(visit(2 * n + 2, load_items=0, weight_g=0, collect_items=amount, windows=first, setup_s=60))
        visits.append(visit(2 * n + 3, load_items=amount, weight_g=0, windows=second))
    both = tuple(Pair(pickup_id=f"v{2 * n + 2}", delivery_id=f"v{2 * n + 3}") for n in range(pairs))
    problem = day(visits, fleet, matrix(seconds), pairs=both)
    weights = replace(problem.weights, wait_per_s=0, balance_per_s=0, finish_per_h=0)
    return replace(problem, weights=weights)


def _window(draw: Random) -> tuple[tuple[int, int], ...]:
    opens = draw.randrange(MORNING.start_s, MORNING.end_s - 4_000)
    return ((opens, opens + 4_000),)


def one_round(n: int = 0, **changes: object) -> Vehicle:
    return vehicle(n, shifts=(MORNING,), capacity_items=5, **changes)


def _tried(order: list[int], pickup: int, delivery: int) -> Iterator[tuple[int, int, list[int]]]:
    for a in range(len(order) + 1):
        for b in range(a, len(order) + 1):
            yield a, b, [*order[:a], pickup, *order[a:b], delivery, *order[b:]]


def _cost(problem: Problem, order: list[int]) -> int | None:
    """Riding and distance, None where a rule forbids the order; by the schedule and the tests' own sums."""
    own, visits = problem.vehicles[0], tuple(problem.visits[i] for i in order)
    if build_route(problem, own, {0: visits}) is None:
        return None
    legs, metres, _ = ridden(problem, own, 0, visits)
    return sum(legs) + sum(m * problem.weights.distance_per_km // 1000 for m in metres)


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_places_are_those_that_trying_all_finds(seed: int) -> None:
    problem = paired(seed, 9, [one_round()])
    ground = Ground(Trips(problem))
    visits, order = ground.trips.free, list[int]()
    without_room = 0
    for pickup, delivery in ground.pairs:
        costs = [_cost(problem, [visits[i] for i in tried]) for _, _, tried in _tried(order, pickup, delivery)]
        before = _cost(problem, [visits[i] for i in order]) if order else 0
        sound = [cost for cost in costs if cost is not None]
        one = PairRound(ground, 0, order)
        added, a, b = one.places(pickup, delivery)
        assert before is not None
        if not sound:
            assert added == pytest.approx(NEVER)
            without_room += 1
            continue
        assert added == min(sound) - before
        order = one.with_pair(pickup, delivery, a, b).order
        assert _cost(problem, [visits[i] for i in order]) == min(sound)
    assert len(order) >= 8 or without_room
    assert len(order) >= 4


@pytest.mark.parametrize("seed", range(8))
def test_the_search_finds_the_optimum_of_tiny_days(seed: int) -> None:
    problem, found = paired(seed, 3, [one_round(), one_round(1, fixed_cost=200)]), list[Orders]()
    assert is_all_pairs(problem)
    PairSearch(problem).solve({}, Search(seconds=None, iterations=300, seed=1), found.append)
    plans = [build_plan(problem, orders) for orders in found]
    assert all(plan is not None and check(problem, plan) == [] for plan in plans)
    assert min(plan.cost.total for plan in plans if plan is not None) == cheapest(problem)


def test_a_courier_who_may_bring_it_is_found_among_those_who_are_alike() -> None:
    """Three empty rounds of one kind; the pair is for the one courier with the training."""
    fleet = [one_round(0), one_round(1), one_round(2, skills=frozenset({"land"}))]
    problem, found = paired(2, 1, fleet), list[Orders]()
    trained = tuple(replace(one, windows=(), skills=frozenset({"land"})) for one in problem.visits)
    problem = replace(problem, visits=trained)
    PairSearch(problem).solve({}, Search(seconds=None, iterations=50, seed=1), found.append)
    assert found[-1] == {(2, 0): [0, 1]}


def test_rounds_that_cost_much_are_emptied() -> None:
    """Each pair in a round of its own to begin with; three rounds are enough."""
    fleet = [one_round(n, fixed_cost=100_000) for n in range(8)]
    problem, found = paired(3, 8, fleet), list[Orders]()
    problem = replace(problem, visits=tuple(replace(one, windows=(), prize=200_000) for one in problem.visits))
    start = {(n, 0): [2 * n, 2 * n + 1] for n in range(8)}
    PairSearch(problem).solve(start, Search(seconds=None, iterations=400, seed=1), found.append)
    rounds = [sum(bool(order) for order in orders.values()) for orders in found]
    assert rounds[0] == 8
    assert rounds[-1] <= 3
    plan = build_plan(problem, found[-1])
    assert plan is not None
    assert (check(problem, plan), plan.unplanned) == ([], ())


def test_the_planner_searches_days_of_pairs_with_both_and_the_same_each_time() -> None:
    problem = paired(5, 20, [one_round(n, fixed_cost=20_000) for n in range(8)])
    plans = [solve(problem, stop=Limit(iterations=200, workers=2)) for _ in range(2)]
    assert plans[0] == plans[1]
    assert check(problem, plans[0]) == []


def _with_visit(problem: Problem, **changes: object) -> Problem:
    first: Visit = replace(problem.visits[0], **changes)  # type: ignore[arg-type]
    return replace(problem, visits=(first, *problem.visits[1:]))


_DAY = paired(1, 3, [one_round()])
_REST = Break(windows=((30_000, 31_000),), duration_s=600)


@pytest.mark.parametrize(
    ("problem", "is_known"),
    [
        (_DAY, True),
        (replace(_DAY, pairs=_DAY.pairs[1:]), False),
        (_with_visit(_DAY, load_items=1), False),
        (_with_visit(_DAY, collect_items=9), False),
        (_with_visit(_DAY, ready_s=30_000), False),
        (replace(_DAY, vehicles=(one_round(max_tasks=4),)), False),
        (replace(_DAY, vehicles=(one_round(max_duration_s=4_000),)), False),
        (replace(_DAY, vehicles=(vehicle(shifts=(Shift(start_s=26_400, end_s=41_400, breaks=(_REST,)),)),)), False),
    ],
)
def test_which_days_it_knows_every_rule_of(problem: Problem, *, is_known: bool) -> None:
    assert is_all_pairs(problem) is is_known
