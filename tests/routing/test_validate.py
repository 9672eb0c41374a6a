"""Every mistake of a problem is found, all of them at once, each at its place."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.travel_values import TravelMatrix, TravelSource
from routing.model import Break, Forbidden, Frozen, Lock, Pair, PlanParams, Problem, Shift
from routing.validate import check_params, validate
from tests.routing.days import AFTERNOON, MORNING, courier, day, line, problems, rich_problems, vehicle, visit


def _good() -> Problem:
    return day([visit(1), visit(2)], [vehicle(0), vehicle(1)], line(0, 100, 200))


def _with(**changes: Any) -> Problem:
    return replace(_good(), **changes)


def _visit(**changes: Any) -> Problem:
    return replace(_good(), visits=(visit(1), replace(visit(2), **changes)))


def _vehicle(**changes: Any) -> Problem:
    return replace(_good(), vehicles=(vehicle(0, **changes), vehicle(1)))


def _travel(seconds: list[list[int]]) -> Problem:
    times = np.array(seconds, dtype=np.int32)
    travel = TravelMatrix(seconds=times, metres=line(0, 1, 2).metres, source=TravelSource.ROAD)
    return replace(_good(), travel=travel)


MISTAKES: dict[str, tuple[Problem, str, str]] = {
    "visit twice": (_visit(id="v1"), "R2001", "/visits"),
    "item in two visits": (_visit(item_ids=visit(1).item_ids), "R2001", "/visits"),
    "courier twice": (replace(_good(), vehicles=(vehicle(0), vehicle(0))), "R2001", "/vehicles"),
    "door outside the matrix": (_visit(location=3), "R2002", "/visits/1/location"),
    "depot outside the matrix": (_vehicle(depot=-1), "R2002", "/vehicles/0/depot"),
    "window reversed": (_visit(windows=((5, 6), (9, 8))), "R2003", "/visits/1/windows/1"),
    "negative service": (_visit(service_s=-1), "R2004", "/visits/1/service_s"),
    "negative capacity": (_vehicle(capacity_g=-1), "R2004", "/vehicles/0/capacity_g"),
    "empty shift": (_vehicle(shifts=(Shift(start_s=9, end_s=9),)), "R2005", "/vehicles/0/shifts/0"),
    "afternoon before morning": (_vehicle(shifts=(AFTERNOON, MORNING)), "R2005", "/vehicles/0/shifts/1"),
    "matrix too small": (_travel([[0, 1], [1, 0]]), "R2006", "/travel/seconds"),
    "matrix with a negative leg": (_travel([[0, 1, 1], [1, 0, -4], [1, 1, 0]]), "R2007", "/travel/seconds"),
    "lock of no visit": (
        replace(_good(), locks=(Lock(visit_id="v9", courier_id=courier(0)),)),
        "R2008",
        "/locks/0",
    ),
    "lock to no round": (
        replace(_good(), locks=(Lock(visit_id="v1", courier_id=courier(0), round=2),)),
        "R2008",
        "/locks/0",
    ),
    "a prize that would overflow": (_visit(prize=10**15), "R2009", "/visits/1/prize"),
    "a pair with itself": (_with(pairs=(Pair(pickup_id="v1", delivery_id="v1"),)), "R2010", "/pairs/0"),
    "a pair with nobody": (_with(pairs=(Pair(pickup_id="v1", delivery_id="v9"),)), "R2010", "/pairs/0"),
    "a ban of no visit": (_with(forbidden=(Forbidden(visit_id="v9", courier_id=courier(0)),)), "R2011", "/forbidden/0"),
    "a ban for nobody": (_with(forbidden=(Forbidden(visit_id="v1", courier_id=courier(7)),)), "R2011", "/forbidden/0"),
    "a beginning twice": (
        _with(frozen=(Frozen(courier_id=courier(0), round=0, next_ids=("v1", "v1")),)),
        "R2012",
        "/frozen/0",
    ),
    "a beginning with more breaks than the shift": (
        _with(frozen=(Frozen(courier_id=courier(0), round=0, left_s=27_000, free_s=29_000, breaks_taken=(28_000,)),)),
        "R2012",
        "/frozen/0",
    ),
    "a beginning without room for the break": (
        _with(
            vehicles=(
                vehicle(0, shifts=(replace(MORNING, breaks=(Break(windows=((26_400, 26_500),), duration_s=60),)),)),
            ),
            frozen=(Frozen(courier_id=courier(0), round=0, left_s=26_400, free_s=29_000),),
        ),
        "R2016",
        "/frozen/0",
    ),
    "a negative fair share of work": (_with(fair_work_s=-1), "R2004", "/fair_work_s"),
    "a beginning before the way out": (
        _with(frozen=(Frozen(courier_id=courier(0), round=0, next_ids=("v1",), place=0),)),
        "R2012",
        "/frozen/0",
    ),
    "days reversed": (
        _visit(earliest_on=date(2026, 11, 24), latest_on=date(2026, 11, 23)),
        "R2013",
        "/visits/1/latest_on",
    ),
    "an amount too many": (_visit(load_extra=(3,)), "R2014", "/visits/1/load_extra"),
    "a profile without a matrix": (_vehicle(profile="truck"), "R2015", "/vehicles/0/profile"),
    "a limit of no time": (replace(_good(), params=PlanParams(seconds=0.0)), "R1007", "/params/seconds"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_found_at_its_place(name: str) -> None:
    problem, code, pointer = MISTAKES[name]
    assert [(found.code, found.pointer) for found in validate(problem)] == [(code, pointer)]


def test_all_mistakes_come_at_once_with_sentences_in_both_languages() -> None:
    problem = replace(
        _good(),
        visits=(visit(1, service_s=-1), replace(visit(2), location=9, windows=((2, 1),))),
        vehicles=(vehicle(0, shifts=(AFTERNOON, MORNING)),),
    )
    found = validate(problem)
    assert {mistake.code for mistake in found} == {"R2002", "R2003", "R2004", "R2005"}
    assert all(mistake.text("vi") != mistake.text("en") for mistake in found)


@settings(max_examples=100)
@given(problems())
def test_the_problems_other_tests_solve_are_valid(problem: Problem) -> None:
    assert validate(problem) == []


_ODD = st.sampled_from((-(10**12), -1, 0, 1, 99, 10**12))
_OF_A_VISIT = ("location", "depot", "service_s", "prize", "weight_g", "ready_s", "collect_vnd")
_OF_A_VEHICLE = ("depot", "capacity_g", "speed_percent", "reload_s", "max_tasks", "fixed_cost")
_OF_A_BEGINNING = ("round", "left_s", "place", "free_s")


@st.composite
def _broken(draw: st.DrawFn) -> Problem:
    """A day with several fields set to anything, whatever hangs on them."""
    problem = draw(rich_problems())
    if problem.visits and problem.vehicles and not problem.frozen:
        begun = Frozen(courier_id=problem.vehicles[0].courier_id, round=0, next_ids=(problem.visits[0].id,))
        problem = replace(problem, frozen=(begun,))
    for part, names in (("visits", _OF_A_VISIT), ("vehicles", _OF_A_VEHICLE), ("frozen", _OF_A_BEGINNING)):
        ones = getattr(problem, part)
        if ones and draw(st.booleans()):
            n, name = draw(st.integers(0, len(ones) - 1)), draw(st.sampled_from(names))
            changed = replace(ones[n], **{name: draw(_ODD)})
            changes: dict[str, Any] = {part: (*ones[:n], changed, *ones[n + 1 :])}
            problem = replace(problem, **changes)
    to_sea: bool = draw(st.booleans())
    if problem.vehicles and to_sea:
        shifts = draw(st.sampled_from(((), (MORNING,), (AFTERNOON, MORNING))))
        sailor = replace(problem.vehicles[0], profile="ship", shifts=shifts)
        problem = replace(problem, vehicles=(sailor, *problem.vehicles[1:]))
    return replace(problem, travel=line(0, 1)) if draw(st.integers(0, 3)) == 0 else problem


@settings(max_examples=300)
@given(_broken())
def test_whatever_is_wrong_is_told_and_never_breaks_the_telling(problem: Problem) -> None:
    for found in validate(problem):
        assert found.code.startswith(("R1", "R2"))
        assert found.pointer


def test_limits_in_range_are_taken() -> None:
    assert check_params(PlanParams(seconds=30.0, iterations=5)) == []
