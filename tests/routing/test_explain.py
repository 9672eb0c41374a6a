"""What is not planned has the reason that is true."""

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.explain import dearest, explain, why_this_order
from routing.model import Forbidden, Lock, Plan, Problem
from routing.schedule import build_plan
from routing.solver import Limit, solve
from routing.what_if import least_busy, one_fewer, one_more
from tests.routing.days import DAY, MORNING, courier, day, line, vehicle, visit


def _solved(problem: Problem) -> Plan:
    return explain(problem, solve(problem, stop=Limit(seconds=1.0)))


def _codes(plan: Plan) -> dict[str, str]:
    return {left.visit_id: left.reasons[0].code for left in plan.unplanned}


CASES: dict[str, tuple[Problem, str]] = {
    "nobody on duty": (day([visit(1)], [], line(0, 60)), "R3001"),
    "nobody is qualified": (day([visit(1, skills=frozenset({"land"}))], [vehicle()], line(0, 60)), "R3002"),
    "nobody may identify the addressee": (
        day([visit(1, in_person=True)], [vehicle(in_person=False)], line(0, 60)),
        "R3016",
    ),
    "who has the skill may not identify": (
        day(
            [visit(1, in_person=True, skills=frozenset({"land"}))],
            [vehicle(0), vehicle(1, in_person=False, skills=frozenset({"land"}))],
            line(0, 60),
        ),
        "R3016",
    ),
    "too heavy for anyone": (day([visit(1, weight_g=31_000)], [vehicle()], line(0, 60)), "R3003"),
    "a window at noon": (day([visit(1, windows=((43_000, 45_000),))], [vehicle()], line(0, 60)), "R3004"),
    "too far even alone": (day([visit(1)], [vehicle()], line(0, 9_000)), "R3005"),
    "too far, and a window": (day([visit(1, windows=((43_000, 45_000),))], [vehicle()], line(0, 9_000)), "R3005"),
    "not before tomorrow": (day([visit(1, earliest_on=DAY + timedelta(days=1))], [vehicle()], line(0, 60)), "R3009"),
    "no later than yesterday": (day([visit(1, latest_on=DAY - timedelta(days=1))], [vehicle()], line(0, 60)), "R3011"),
    "barred to everybody": (
        day([visit(1)], [vehicle()], line(0, 60), forbidden=(Forbidden(visit_id="v1", courier_id=courier(0)),)),
        "R3014",
    ),
    "papers that lie at another office": (day([visit(1, depot=1)], [vehicle()], line(0, 60)), "R3014"),
    "dearer than its worth today": (day([visit(1, prize=300)], [vehicle()], line(0, 3_000)), "R3007"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_reason_is_the_true_one(name: str) -> None:
    problem, code = CASES[name]
    assert _codes(_solved(problem)) == {"v1": code}


def test_room_the_search_did_not_come_to_is_told_so() -> None:
    problem = day([visit(1, required=True, prize=200_000)], [vehicle()], line(0, 60))
    unfinished = build_plan(problem, {})
    assert unfinished is not None
    assert _codes(explain(problem, unfinished)) == {"v1": "R3015"}


def test_what_gives_way_to_the_urgent_is_told_so() -> None:
    short = replace(MORNING, end_s=MORNING.start_s + 2_500)
    visits = [visit(1), visit(2, prize=200_000, required=True, service_s=400)]
    plan = _solved(day(visits, [vehicle(shifts=(short,))], line(0, 500, -1_000)))
    assert _codes(plan) == {"v1": "R3006"}


def test_a_lock_that_leaves_no_room_is_named() -> None:
    short = replace(MORNING, end_s=MORNING.start_s + 1_500)
    visits = [visit(1), visit(2, prize=200_000, required=True, service_s=400)]
    fleet = [vehicle(0, shifts=(short,)), vehicle(1)]
    locks = tuple(Lock(visit_id=f"v{n}", courier_id=courier(0)) for n in (1, 2))
    plan = _solved(day(visits, fleet, line(0, 500, -500), locks=locks))
    assert _codes(plan) == {"v1": "R3010"}


def test_reasons_are_sentences_in_both_languages() -> None:
    plan = _solved(CASES["too far even alone"][0])
    said = plan.unplanned[0].reasons[0]
    assert said.vi == "Quá xa: riêng điểm này cần 303 phút, ca dài nhất 270 phút."
    assert said.en == "Too far: this visit alone takes 303 minutes, the longest shift has 270."


def test_the_dearest_visits_are_those_out_of_the_way() -> None:
    problem = day([visit(n) for n in range(1, 6)], [vehicle()], line(0, 100, 110, 120, 900, -400))
    plan = build_plan(problem, {(0, 0): [0, 1, 2, 3, 4]})
    assert plan is not None
    assert dearest(problem, plan.routes[0])[:2] == ("v4", "v5")
    assert len(dearest(problem, plan.routes[0])) == 3


def test_every_turn_says_what_the_other_order_would_cost() -> None:
    """On a line 100, 200, 300 from the office: changing the first two rides 200 s more, and the last has a window."""
    visits = [visit(1), visit(2), visit(3, windows=((27_000, 27_400),))]
    problem = day(visits, [vehicle(shifts=(MORNING,))], line(0, 100, 200, 300))
    plan = build_plan(problem, {(0, 0): [0, 1, 2]})
    assert plan is not None
    turns = {turn.visit_id: turn for turn in why_this_order(problem, plan.routes[0])}
    other = build_plan(problem, {(0, 0): [1, 0, 2]})
    assert other is not None
    assert turns["v1"].swapped == other.cost.total - plan.cost.total
    assert turns["v1"].swapped is not None
    assert turns["v1"].swapped > 0
    assert turns["v2"].next_id == "v3"


def test_one_courier_more_serves_what_was_left_and_one_fewer_leaves_more() -> None:
    short = replace(MORNING, end_s=MORNING.start_s + 1_500)
    visits = [visit(1, prize=200_000, required=True), visit(2, prize=200_000, required=True)]
    problem = day(visits, [vehicle(0, shifts=(short,))], line(0, 600, -600))
    plan = solve(problem, stop=Limit(iterations=20))
    assert len(plan.unplanned) == 1
    more = one_more(problem, plan, Limit(iterations=20))
    assert (more.visits, more.required_left) == (1, -1)
    assert more.total < 0
    fewer = one_fewer(problem, plan, courier(0), Limit(iterations=20))
    assert (fewer.visits, fewer.required_left) == (-1, 1)
    assert least_busy(plan) == courier(0)
