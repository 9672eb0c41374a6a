"""The rules of the complete model, each broken in a sound plan: the checker must see it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.checker import check
from routing.model import Break, Forbidden, Frozen, Pair, Plan, Problem, Route, Shift
from routing.schedule import build_plan
from tests.routing.days import DAY, MORNING, courier, day, line, vehicle, visit

Change = Callable[[Problem, Plan], tuple[Problem, Plan]]
REST = Break(windows=((27_000, 30_000),), duration_s=600)


def sound() -> tuple[Problem, Plan]:
    """A courier with a break, a pair, money to collect and overtime, whose second round follows at any time."""
    visits = [
        visit(1, setup_s=100, collect_vnd=3_000_000, depot=0, ready_s=26_500),
        visit(2, load_items=0, weight_g=0, collect_items=2),
        visit(3, load_items=2, weight_g=0, in_person=True),
        visit(4, service_s=6_000),
    ]
    long = replace(MORNING, end_s=30_000, legal_end_s=42_000, breaks=(REST,))
    fleet = [vehicle(0, shifts=(long, replace(long, breaks=())), reload_s=300, capacity_vnd=3_000_000, max_tasks=3)]
    pairs = (Pair(pickup_id="v2", delivery_id="v3"),)
    known = {(courier(0), "v4"): 70}
    problem = day(visits, fleet, line(0, 300, 700, 1_200, 1_500), pairs=pairs, unfamiliar=known)
    plan = build_plan(problem, {(0, 0): [0, 1, 2], (0, 1): [3]})
    assert plan is not None
    return problem, plan


def begun() -> tuple[Problem, Plan]:
    """A courier under way who has made a stop and has the next one fixed."""
    visits = [visit(1), visit(2), visit(3)]
    made = build_plan(day(visits, [vehicle()], line(0, 300, 700, 1_200)), {(0, 0): [0]})
    assert made is not None
    first = made.routes[0].stops[0]
    frozen = Frozen(
        courier_id=courier(0),
        round=0,
        done=(first,),
        next_ids=("v2",),
        left_s=made.routes[0].rounds[0].departure_s,
        free_s=first.departure_s + 50,
        on_board=frozenset({"v2", "v3"}),
    )
    problem = day(visits, [vehicle()], line(0, 300, 700, 1_200), frozen=(frozen,))
    plan = build_plan(problem, {(0, 0): [0, 1, 2]})
    assert plan is not None
    return problem, plan


def _visit(n: int, **changes: Any) -> Change:
    def change(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        visits = list(problem.visits)
        visits[n] = replace(visits[n], **changes)
        return replace(problem, visits=tuple(visits)), plan

    return change


def _vehicle(**changes: Any) -> Change:
    return lambda p, plan: (replace(p, vehicles=(replace(p.vehicles[0], **changes),)), plan)


def _problem(**changes: Any) -> Change:
    return lambda p, plan: (replace(p, **changes), plan)


def _frozen(**changes: Any) -> Change:
    return lambda p, plan: (replace(p, frozen=(replace(p.frozen[0], **changes),)), plan)


def _round(n: int, **changes: Any) -> Change:
    def change(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        route: Route = plan.routes[0]
        rounds = list(route.rounds)
        rounds[n] = replace(rounds[n], **changes)
        return problem, replace(plan, routes=(replace(route, rounds=tuple(rounds)),))

    return change


def _shifts(*shifts: Shift) -> Change:
    return _vehicle(shifts=shifts)


_LONG = sound()[0].vehicles[0].shifts
BREAKS: dict[str, tuple[str, Change]] = {
    "a break outside its window": ("break", _round(0, breaks=(31_000,))),
    "a break while serving": ("break", _round(0, breaks=(sound()[1].routes[0].stops[0].start_s + 10,))),
    "a break nobody takes": ("break", _round(0, breaks=())),
    "a break that is longer": ("reload", _shifts(replace(_LONG[0], breaks=(replace(REST, duration_s=900),)), _LONG[1])),
    "a pair in the wrong order": ("pair", _problem(pairs=(Pair(pickup_id="v3", delivery_id="v2"),))),
    "a pair in two rounds": ("pair", _problem(pairs=(Pair(pickup_id="v2", delivery_id="v4"),))),
    "more money than may be carried": ("capacity", _vehicle(capacity_vnd=2_999_999)),
    "more collected than there is room for": ("capacity", _visit(1, collect_items=200)),
    "a further amount beyond its room": (
        "capacity",
        lambda p, plan: _visit(0, load_extra=(3,))(*_vehicle(capacity_extra=(2,))(p, plan)),
    ),
    "gone before loading": ("reload", _vehicle(reload_s=5_000)),
    "gone before the items are there": ("shift", _visit(0, ready_s=40_000)),
    "items of another office": ("depot", _visit(0, depot=2)),
    "nobody may identify": ("in_person", _vehicle(in_person=False)),
    "too early a day": ("day", _visit(0, earliest_on=DAY + timedelta(days=1))),
    "too late a day": ("day", _visit(0, latest_on=DAY - timedelta(days=1))),
    "a courier ruled out": ("forbidden", _problem(forbidden=(Forbidden(visit_id="v1", courier_id=courier(0)),))),
    "ruled out in the round": (
        "forbidden",
        _problem(forbidden=(Forbidden(visit_id="v4", courier_id=courier(0), round=1),)),
    ),
    "more tasks than allowed": ("limit", _vehicle(max_tasks=2)),
    "more riding than allowed": ("limit", _vehicle(max_travel_s=10)),
    "farther than allowed": ("limit", _vehicle(max_distance_m=10)),
    "longer away than allowed": ("limit", _vehicle(max_duration_s=10)),
    "the set-up is skipped": ("time", _visit(1, setup_s=60)),
    "a slower courier": ("time", _vehicle(speed_percent=50)),
    "beyond the legal end": ("shift", _shifts(_LONG[0], replace(_LONG[1], legal_end_s=30_000))),
    "overtime is not paid": ("cost", _shifts(_LONG[0], replace(_LONG[1], end_s=27_000))),
    "a strange door is not paid": ("cost", _problem(unfamiliar={(courier(0), "v4"): 71})),
    "the price of a round is not paid": ("cost", _vehicle(fixed_cost=9)),
    "own prices are not paid": (
        "cost",
        lambda p, plan: _vehicle(weights=replace(p.weights, distance_per_km=31))(p, plan),
    ),
}
FACTS: dict[str, tuple[str, Change]] = {
    "a stop made at another time": (
        "frozen",
        lambda p, plan: _frozen(done=(replace(p.frozen[0].done[0], wait_s=1),))(p, plan),
    ),
    "the next stop is another": ("frozen", _frozen(next_ids=("v3",))),
    "he left at another time": ("frozen", _frozen(left_s=26_450)),
    "he left without it": ("ready", _visit(2, ready_s=30_000)),
    "he is free later": ("time", _frozen(free_s=40_000)),
    "he is elsewhere": ("time", _frozen(place=3)),
    "it is not on board": ("on_board", _frozen(on_board=frozenset({"v2"}))),
}


def test_both_plans_the_breaks_start_from_are_sound() -> None:
    for problem, plan in (sound(), begun()):
        assert check(problem, plan) == []
    assert sound()[1].cost.overtime > 0
    assert sound()[1].cost.unfamiliar == 70


@pytest.mark.parametrize("name", BREAKS)
def test_every_broken_rule_is_seen(name: str) -> None:
    rule, breaking = BREAKS[name]
    problem, plan = breaking(*sound())
    assert rule in {violation.rule for violation in check(problem, plan)}


@pytest.mark.parametrize("name", FACTS)
def test_facts_cannot_be_changed(name: str) -> None:
    rule, breaking = FACTS[name]
    problem, plan = breaking(*begun())
    assert rule in {violation.rule for violation in check(problem, plan)}
