"""A sound plan is broken in every way there is; the checker must see each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from routing.checker import check
from routing.model import Cost, Lock, Plan, Problem, Route, Unplanned
from routing.schedule import build_plan
from tests.routing.days import courier, day, line, vehicle, visit

Break = Callable[[Problem, Plan], tuple[Problem, Plan]]


def sound() -> tuple[Problem, Plan]:
    """Two couriers, both rounds, a window, one visit left out."""
    visits = [visit(n) for n in range(1, 6)]
    visits[1] = replace(visits[1], windows=((30_000, 33_000),), skills=frozenset({"land"}))
    fleet = [vehicle(0, skills=frozenset({"land"})), vehicle(1, home_communes=frozenset({"a"}))]
    problem = day(visits, fleet, line(0, 300, 700, 1_200, 1_500, 2_000), fair_work_s=1_000)
    plan = build_plan(problem, {(0, 0): [0, 1], (0, 1): [2], (1, 0): [3]})
    assert plan is not None
    return problem, plan


def _route(plan: Plan, change: Callable[[Route], Route]) -> Plan:
    return replace(plan, routes=(change(plan.routes[0]), *plan.routes[1:]))


def _stop(plan: Plan, n: int, **changes: int | str) -> Plan:
    def change(route: Route) -> Route:
        stops = list(route.stops)
        stops[n] = replace(stops[n], **changes)  # type: ignore[arg-type]
        return replace(route, stops=tuple(stops))

    return _route(plan, change)


def _round(plan: Plan, n: int, **changes: Any) -> Plan:
    def change(route: Route) -> Route:
        rounds = list(route.rounds)
        rounds[n] = replace(rounds[n], **changes)
        return replace(route, rounds=tuple(rounds))

    return _route(plan, change)


def _visit(problem: Problem, n: int, **changes: object) -> Problem:
    visits = list(problem.visits)
    visits[n] = replace(visits[n], **changes)  # type: ignore[arg-type]
    return replace(problem, visits=tuple(visits))


def _vehicle(problem: Problem, **changes: object) -> Problem:
    return replace(problem, vehicles=(replace(problem.vehicles[0], **changes), *problem.vehicles[1:]))  # type: ignore[arg-type]


def _swapped(plan: Plan) -> Plan:
    def change(route: Route) -> Route:
        first, second, *rest = route.stops
        swapped = (replace(first, visit_id=second.visit_id), replace(second, visit_id=first.visit_id), *rest)
        return replace(route, stops=swapped)

    return _route(plan, change)


def _shifted(plan: Plan, by: int) -> Plan:
    """The whole first round earlier or later, its own arithmetic kept."""

    def change(route: Route) -> Route:
        stops = tuple(
            replace(s, arrival_s=s.arrival_s + by, start_s=s.start_s + by, departure_s=s.departure_s + by)
            if s.round == 0
            else s
            for s in route.stops
        )
        first, *rest = route.rounds
        first = replace(first, departure_s=first.departure_s + by, return_s=first.return_s + by)
        return replace(route, stops=stops, rounds=(first, *rest))

    return _route(plan, change)


def _shift_of(problem: Problem, **changes: Any) -> Problem:
    shifts = problem.vehicles[0].shifts
    return _vehicle(problem, shifts=(replace(shifts[0], **changes), *shifts[1:]))


BREAKS: dict[str, tuple[str, Break]] = {
    "a stop is dropped": (
        "missing",
        lambda p, plan: (p, _route(plan, lambda r: replace(r, stops=r.stops[1:]))),
    ),
    "a stop stands twice": ("twice", lambda p, plan: (p, _route(plan, lambda r: replace(r, stops=r.stops * 2)))),
    "a served visit is also left out": (
        "twice",
        lambda p, plan: (p, replace(plan, unplanned=(*plan.unplanned, Unplanned(visit_id="v1")))),
    ),
    "nothing is said about a visit": ("missing", lambda p, plan: (p, replace(plan, unplanned=()))),
    "a visit nobody asked for": ("unknown_visit", lambda p, plan: (p, _stop(plan, 0, visit_id="ghost"))),
    "a courier who is off": (
        "unknown_courier",
        lambda p, plan: (p, _route(plan, lambda r: replace(r, courier_id=courier(9)))),
    ),
    "a courier with two routes": ("twice", lambda p, plan: (p, replace(plan, routes=(*plan.routes, plan.routes[0])))),
    "two stops are swapped": ("time", lambda p, plan: (p, _swapped(plan))),
    "an arrival too early to be true": ("time", lambda p, plan: (p, _stop(plan, 1, arrival_s=26_000))),
    "a negative wait": ("time", lambda p, plan: (p, _stop(plan, 0, wait_s=-5))),
    "service is skipped": ("time", lambda p, plan: (_visit(p, 0, service_s=999), plan)),
    "the return is not to the own depot": ("time", lambda p, plan: (_vehicle(p, depot=5), plan)),
    "the return time is invented": ("time", lambda p, plan: (p, _round(plan, 0, return_s=30_000))),
    "leaves before the shift": ("shift", lambda p, plan: (_shift_of(p, start_s=35_000), plan)),
    "is back after the shift": ("shift", lambda p, plan: (_shift_of(p, end_s=27_000), plan)),
    "starts outside the window": ("window", lambda p, plan: (p, _shifted(plan, 5_000))),
    "starts before the window": ("window", lambda p, plan: (p, _shifted(plan, -2_000))),
    "too many items": ("capacity", lambda p, plan: (_vehicle(p, capacity_items=1), plan)),
    "too heavy": ("capacity", lambda p, plan: (_vehicle(p, capacity_g=60), plan)),
    "without the skill": ("skill", lambda p, plan: (_vehicle(p, skills=frozenset()), plan)),
    "locked to another courier": (
        "lock",
        lambda p, plan: (replace(p, locks=(Lock(visit_id="v1", courier_id=courier(1)),)), plan),
    ),
    "locked to another round": (
        "lock",
        lambda p, plan: (replace(p, locks=(Lock(visit_id="v1", courier_id=courier(0), round=1),)), plan),
    ),
    "a round that has no shift": ("round", lambda p, plan: (_vehicle(p, shifts=p.vehicles[0].shifts[:1]), plan)),
    "a round without stops": (
        "round",
        lambda p, plan: (p, _route(plan, lambda r: replace(r, stops=r.stops[:2]))),
    ),
    "stops of a round that is not listed": (
        "round",
        lambda p, plan: (p, _route(plan, lambda r: replace(r, rounds=r.rounds[:1]))),
    ),
    "the afternoon before the morning": (
        "round",
        lambda p, plan: (p, _route(plan, lambda r: replace(r, stops=r.stops[::-1]))),
    ),
    "distance is wrong": ("totals", lambda p, plan: (p, _round(plan, 0, distance_m=1))),
    "load is wrong": ("totals", lambda p, plan: (p, _round(plan, 1, load_items=7))),
    "a route is cheaper than it is": (
        "cost",
        lambda p, plan: (p, _route(plan, lambda r: replace(r, cost=replace(r.cost, travel=1)))),
    ),
    "the plan hides what it leaves": (
        "cost",
        lambda p, plan: (p, replace(plan, cost=replace(plan.cost, unserved=0))),
    ),
    "balance is not paid": ("cost", lambda p, plan: (replace(p, fair_work_s=10), plan)),
    "strange communes are not paid": (
        "cost",
        lambda p, plan: (_vehicle(p, home_communes=frozenset({"elsewhere"})), plan),
    ),
}


def test_the_plan_the_breaks_start_from_is_sound() -> None:
    problem, plan = sound()
    assert check(problem, plan) == []
    assert plan.cost.balance > 0
    assert plan.cost.away > 0
    assert len(plan.unplanned) == 1


@pytest.mark.parametrize("name", BREAKS)
def test_every_break_is_seen(name: str) -> None:
    rule, breaking = BREAKS[name]
    problem, plan = breaking(*sound())
    assert rule in {violation.rule for violation in check(problem, plan)}


def test_an_empty_day_is_sound() -> None:
    problem = day([], [], line(0))
    assert check(problem, Plan(routes=(), unplanned=(), cost=Cost())) == []
