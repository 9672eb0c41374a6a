"""Plans are sound on any problem, the best there is on tiny ones, in time on all."""

import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from routing.checker import check
from routing.model import Break, Frozen, Problem, Shift
from routing.schedule import build_plan
from routing.solver import Limit, Progress, solve
from routing.solver.assignment import PYVRP, Assignment, Search, spending
from routing.solver.crew import crew
from routing.solver.features import can_guide
from routing.solver.insertion import insert_all
from routing.solver.ortools_model import OrToolsModel
from routing.solver.portfolio import goes_in_parts
from routing.solver.pyvrp_search import PyVrpSearch
from routing.validate import validate
from tests.own_time import OwnTime, waited_s
from tests.routing.brute_force import cheapest
from tests.routing.days import (
    AFTERNOON,
    MORNING,
    courier,
    day,
    line,
    matrix,
    office_day,
    problems,
    rich_problems,
    vehicle,
    visit,
)


@settings(max_examples=300)
@given(problems())
def test_insertion_is_sound_on_any_problem(problem: Problem) -> None:
    assert validate(problem) == []
    plan = build_plan(problem, insert_all(problem))
    assert plan is not None
    assert check(problem, plan) == []


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rich_problems())
def test_insertion_keeps_every_rule(problem: Problem) -> None:
    assert validate(problem) == []
    plan = build_plan(problem, insert_all(problem))
    assert plan is not None
    assert check(problem, plan) == []


@settings(max_examples=15)
@given(problems(most_visits=7))
def test_solved_plans_are_sound_on_any_problem(problem: Problem) -> None:
    plan = solve(problem, stop=Limit(iterations=30), seed=1)
    first = build_plan(problem, insert_all(problem))
    assert check(problem, plan) == []
    assert first is not None
    assert plan.cost.total <= first.cost.total


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rich_problems())
def test_solved_plans_keep_every_rule(problem: Problem) -> None:
    plan = solve(problem, stop=Limit(iterations=30), seed=1)
    first = build_plan(problem, insert_all(problem))
    assert check(problem, plan) == []
    assert first is not None
    assert plan.cost.total <= first.cost.total


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(rich_problems(most_visits=6).filter(can_guide))
def test_what_pyvrp_finds_keeps_every_rule(problem: Problem) -> None:
    """Pairs, reloads, open ends, profiles, days under way, and what it never knows, as breaks, repaired."""
    assume(problem.visits and any(own.shifts for own in problem.vehicles))
    start, found = insert_all(problem), list[dict[tuple[int, int], list[int]]]()
    PyVrpSearch(problem).solve(start, Search(seconds=None, iterations=60, seed=1), found.append)
    for plan in (build_plan(problem, orders) for orders in found):
        assert plan is not None
        assert check(problem, plan) == []


def test_what_pyvrp_finds_on_its_way_is_told_only_where_nobody_makes_what_he_may_not() -> None:
    """Both visits are worth their way and one courier may hold the money of one: the first thing found bars nobody."""
    paid: dict[str, Any] = {"prize": 3_000, "collect_vnd": 4_000_000, "load_items": 0, "service_s": 0}
    anyone = visit(1, windows=((20_000, 20_000), (41_401, 48_600)), **paid)
    fleet = [
        vehicle(0, skills=frozenset({"land"}), capacity_vnd=5_000_000, shifts=(AFTERNOON,)),
        vehicle(1, shifts=(MORNING, AFTERNOON)),
    ]
    problem = day([anyone, visit(2, skills=frozenset({"land"}), **paid)], fleet, line(0, 0, 0))
    found = list[dict[tuple[int, int], list[int]]]()
    PyVrpSearch(problem).solve(insert_all(problem), Search(seconds=None, iterations=60, seed=1), found.append)
    plans = [build_plan(problem, orders) for orders in found]
    assert plans
    assert None not in plans


def test_a_round_under_way_takes_nothing_that_was_not_ready_when_it_left() -> None:
    """Its window is over before it is ready, so no round of the day can make it; no engine may think it has none."""
    late = visit(2, prize=3_000, ready_s=30_000, windows=((20_000, 26_790),))
    made = build_plan(day([visit(1)], [vehicle()], line(0, 300)), {(0, 0): [0]})
    assert made is not None
    done, left = made.routes[0].stops[0], made.routes[0].rounds[0].departure_s
    under_way = Frozen(courier_id=courier(0), round=0, done=(done,), left_s=left, free_s=done.departure_s)
    problem = day([visit(1), late], [vehicle(), vehicle(1)], line(0, 300, 700), frozen=(under_way,))
    plan = solve(problem, stop=Limit(iterations=30), seed=1)
    assert check(problem, plan) == []
    assert [left_out.visit_id for left_out in plan.unplanned] == ["v2"]


def _tiny(seed: int, count: int = 5) -> Problem:
    """A few visits, two couriers, windows, a lock of capacity: small enough to try everything."""
    rng = Random(seed)
    times = [[0 if a == b else rng.randrange(60, 2_500) for b in range(count + 1)] for a in range(count + 1)]
    opens = [rng.randrange(27_000, 40_000) for _ in range(count)]
    visits = [
        visit(
            n + 1,
            service_s=rng.randrange(60, 900),
            prize=rng.choice((900, 3_000, 200_000)),
            windows=((opens[n], opens[n] + 1_500), (50_000, 52_000)) if n < 2 else (),
            commune_code=rng.choice("ab"),
        )
        for n in range(count)
    ]
    fleet = [vehicle(0, capacity_items=2), vehicle(1, shifts=(MORNING,), home_communes=frozenset("a"))]
    return day(visits, fleet, matrix(times), fair_work_s=5_000)


@pytest.mark.parametrize(("seed", "count"), [(0, 5), (1, 5), (2, 6), pytest.param(3, 7, marks=pytest.mark.slow)])
def test_tiny_problems_are_solved_to_the_optimum(seed: int, count: int) -> None:
    problem = _tiny(seed, count)
    plan = solve(problem, stop=Limit(iterations=2_000), seed=1)
    assert check(problem, plan) == []
    assert plan.cost.total == cheapest(problem)


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    problem = office_day(25, 2)
    plans = [solve(problem, stop=Limit(iterations=200), seed=7) for _ in range(2)]
    assert plans[0] == plans[1]


def test_of_two_limits_what_comes_first_ends_it_and_one_there_must_be() -> None:
    both = (Search(seconds=3_600.0, iterations=4, seed=1), Search(seconds=1e-9, iterations=1_000_000, seed=1))
    by_count, by_clock = (spending(search) for search in both)
    assert [by_count() for _ in range(5)] == [pytest.approx(n / 4, abs=1e-3) for n in range(5)]
    assert by_clock() >= 1.0
    with pytest.raises(ValueError, match="seconds or iterations"):
        Limit()


@pytest.mark.parametrize("seconds", [0.3, 2.0])
def test_the_limit_holds_within_half_a_second(seconds: float) -> None:
    problem, own = office_day(120, 4), OwnTime()
    plan = solve(problem, stop=Limit(seconds=seconds))
    assert own() < seconds + 0.5
    assert check(problem, plan) == []


def test_the_limit_holds_where_breaks_and_too_much_to_do_make_insertion_slow() -> None:
    whole = Shift(start_s=26_400, end_s=64_800, breaks=(Break(windows=((39_600, 46_800),), duration_s=3_600),))
    problem = office_day(200, 2)
    problem = replace(problem, vehicles=tuple(replace(one, shifts=(whole,)) for one in problem.vehicles))
    own = OwnTime()
    plan = solve(problem, stop=Limit(seconds=0.5))
    assert own() < 1.0
    assert check(problem, plan) == []
    assert plan.routes
    assert plan.unplanned


def test_cancelling_keeps_the_best_so_far() -> None:
    problem, seen, own = office_day(60, 3), list[Progress](), OwnTime()
    plan = solve(problem, stop=Limit(seconds=60.0, cancelled=lambda: bool(seen)), on_progress=seen.append)
    assert own() < 5
    assert check(problem, plan) == []
    assert plan.cost.total <= seen[-1].best_cost


def test_progress_only_gets_better_and_ends_at_the_plan() -> None:
    problem, seen = office_day(40, 2), list[Progress]()
    plan = solve(problem, stop=Limit(iterations=500), on_progress=seen.append)
    costs = [progress.best_cost for progress in seen]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == plan.cost.total
    assert costs[0] > costs[-1]


def test_what_must_go_today_displaces_what_may_wait() -> None:
    """One short shift has room for one of two doors: the required one, though the other is on the way."""
    short = replace(MORNING, end_s=MORNING.start_s + 2_500)
    visits = [visit(1, prize=14_400), visit(2, prize=200_000, required=True, service_s=400)]
    problem = day(visits, [vehicle(shifts=(short,))], line(0, 500, -1_000))
    plan = solve(problem, stop=Limit(seconds=1.0))
    assert [left.visit_id for left in plan.unplanned] == ["v1"]


def test_a_detour_dearer_than_the_prize_is_not_made() -> None:
    problem = day([visit(1, prize=300), visit(2)], [vehicle()], line(0, 4_000, 100))
    plan = solve(problem, stop=Limit(seconds=1.0))
    assert [left.visit_id for left in plan.unplanned] == ["v1"]


def test_the_load_is_taken_anew_at_midday() -> None:
    visits = [visit(n, prize=200_000) for n in range(1, 5)]
    problem = day(visits, [vehicle(capacity_items=2)], line(0, 60, 120, 180, 240))
    plan = solve(problem, stop=Limit(seconds=1.0))
    assert plan.unplanned == ()
    assert [r.load_items for r in plan.routes[0].rounds] == [2, 2]


@pytest.mark.parametrize(
    "change",
    [
        lambda problem: replace(problem, visits=()),
        lambda problem: replace(problem, vehicles=()),
        lambda problem: replace(problem, vehicles=(vehicle(shifts=()),)),
        lambda problem: replace(problem, visits=tuple(replace(v, windows=((0, 10),)) for v in problem.visits)),
    ],
    ids=["no visits", "no couriers", "no shifts", "no window fits"],
)
def test_days_with_nothing_to_ride_end_at_once(change: Callable[[Problem], Problem]) -> None:
    problem, own = change(office_day(8, 1)), OwnTime()
    plan = solve(problem, stop=Limit(seconds=30.0))
    assert own() < 5
    assert plan.routes == ()
    assert check(problem, plan) == []


def test_a_broken_engine_leaves_the_first_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.solver.crew._CHILD", "raise SystemExit(3)")
    problem = office_day(20, 2)
    plan = solve(problem, stop=Limit(seconds=20.0))
    assert plan.engine == "insertion"
    assert check(problem, plan) == []


def test_two_couriers_of_two_offices_return_to_their_own() -> None:
    visits = [visit(2), visit(3)]
    fleet = [vehicle(0, depot=0, shifts=(MORNING,)), vehicle(1, depot=1, shifts=(AFTERNOON,))]
    problem = day(visits, fleet, line(0, 10_000, 100, 9_900))
    plan = solve(problem, stop=Limit(seconds=1.0))
    served = {route.courier_id: [stop.visit_id for stop in route.stops] for route in plan.routes}
    assert served == {courier(0): ["v2"], courier(1): ["v3"]}


@pytest.mark.parametrize(("model", "patient"), [(PyVrpSearch, False), (PyVrpSearch, True), (OrToolsModel, False)])
@pytest.mark.parametrize("seed", range(6))
def test_each_engine_alone_finds_the_optimum_of_tiny_days(
    seed: int, model: type[PyVrpSearch] | type[OrToolsModel], *, patient: bool
) -> None:
    problem, found = _tiny(seed), list[dict[tuple[int, int], list[int]]]()
    model(problem).solve({}, Search(seconds=None, iterations=1_500, seed=1, patient=patient), found.append)
    plans = [build_plan(problem, orders) for orders in found]
    assert min(plan.cost.total for plan in plans if plan is not None) == cheapest(problem)


def _ortools_alone(problem: Problem) -> int:
    start = insert_all(problem)
    plans, found = [build_plan(problem, start)], list[dict[tuple[int, int], list[int]]]()
    if any(own.shifts for own in problem.vehicles):
        OrToolsModel(problem).solve(start, Search(seconds=None, iterations=100, seed=1), found.append)
    plans += [build_plan(problem, orders) for orders in found]
    return min(plan.cost.total for plan in plans if plan is not None)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rich_problems(most_visits=5, under_way=False))
def test_ortools_finds_the_optimum_under_every_rule(problem: Problem) -> None:
    """Finishing late is priced by the schedule alone, a hundredth of the paid time: half a minute may be missed.

    A better courier may be two moves away, the first of which gains nothing: then the other one is tried first.
    """
    best, optimum = _ortools_alone(problem), cheapest(problem)
    if best > optimum + 30:
        best = min(best, _ortools_alone(replace(problem, vehicles=problem.vehicles[::-1])))
    assert optimum <= best <= optimum + 30


def test_assignments_follow_each_other_though_the_worker_is_still_loading() -> None:
    """A problem larger than a pipe holds, asked twice at once: both are answered, each under its own ticket."""
    problem = office_day(120, 4)
    search = Search(seconds=None, iterations=5, seed=1)
    task = Assignment(engine=PYVRP, problem=problem, start={}, search=search)
    deadline, ended = time.monotonic() + 60, set[int]()
    with crew(1, PYVRP) as workers:
        tickets = {workers.ask(0, task), workers.ask(0, task)}
        while ended != tickets and time.monotonic() < deadline:
            answers = workers.answers(0.5)
            assert not any(answer.broken for answer in answers)
            ended |= {answer.ticket for answer in answers if answer.ended}
    assert ended == tickets


@pytest.mark.parametrize(
    ("visits", "rounds", "seconds", "in_parts"),
    [(1000, 90, 60, True), (1000, 25, 60, False), (1000, 25, 10, True), (2000, 50, 60, True), (400, 40, 60, False)],
    ids=["large", "long rounds", "long rounds, little time", "too large for one", "small"],
)
def test_what_is_searched_in_parts(visits: int, rounds: int, seconds: float, *, in_parts: bool) -> None:
    problem = office_day(visits, 2)
    orders = {(n, 0): list(range(n, visits, rounds)) for n in range(rounds)}
    assert goes_in_parts(problem, Limit(seconds=seconds), orders) is in_parts


@pytest.mark.slow
def test_a_large_day_is_searched_in_parts_and_kept_sound() -> None:
    problem, seen, waits = office_day(1_000, 30), list[Progress](), list[float]()
    own, before = OwnTime(), waited_s()

    def listen(progress: Progress) -> None:
        seen.append(progress)
        waits.append(waited_s() - before)

    plan = solve(problem, stop=Limit(seconds=15.0), on_progress=listen)
    assert own() < 15.5
    assert check(problem, plan) == []
    assert seen[0].elapsed_s - waits[0] < 8
    assert plan.cost.total < seen[0].best_cost
