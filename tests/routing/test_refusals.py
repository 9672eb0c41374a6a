"""What an edit is refused for, each in its own words: rules of the day, and plans that cannot be edited any more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from core.errors import CodedError
from routing import errors, errors_edits
from routing.appraise import violations_of
from routing.commands import DropStops, InsertStops, MoveStops, ReorderRound
from routing.edit import Ground, apply
from routing.explain import explain
from routing.model import Break, Frozen, Lock, Pair, Problem, Stop
from routing.ride import ride_plan
from routing.schedule import build_plan
from routing.standing import Standing
from routing.tables import PlanProblemRow
from routing.validate import validate
from tests.routing.days import DAY, MORNING, courier, day, line, vehicle, visit
from tests.routing.edit_scene import draft
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import NOW

_SHORT = replace(MORNING, end_s=MORNING.start_s + 400)
_TWO = [visit(1), visit(2)]
_AT_ONCE = Break(windows=((MORNING.start_s + 100, MORNING.start_s + 100),), duration_s=60)
_WITH_BREAK = replace(MORNING, breaks=(_AT_ONCE,))

RULES: dict[str, tuple[Problem, str]] = {
    "back after the shift": (day(_TWO, [vehicle(shifts=(_SHORT,))], line(0, 100, 200)), "R4202"),
    "more than he can carry": (day(_TWO, [vehicle(capacity_items=1)], line(0, 100, 200)), "R4203"),
    "not qualified": (day([visit(1, skills=frozenset({"land"})), visit(2)], [vehicle()], line(0, 100, 200)), "R4204"),
    "may not identify the addressee": (
        day([visit(1, in_person=True), visit(2)], [vehicle(in_person=False)], line(0, 100, 200)),
        "R4207",
    ),
    "no room for the break": (
        day(
            [visit(1, windows=((MORNING.start_s + 50, MORNING.start_s + 60),)), visit(2)],
            [vehicle(shifts=(_WITH_BREAK,))],
            line(0, 10, 20),
        ),
        "R4208",
    ),
    "locked to another": (
        replace(
            day(_TWO, [vehicle(0), vehicle(1)], line(0, 100, 200)),
            locks=(Lock(visit_id="v1", courier_id=courier(1)),),
        ),
        "R4205",
    ),
    "handed in before it is collected": (
        replace(day(_TWO, [vehicle()], line(0, 100, 200)), pairs=(Pair(pickup_id="v2", delivery_id="v1"),)),
        "R4206",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_broken_rule_is_told_in_its_own_words(name: str) -> None:
    problem, code = RULES[name]
    plan = ride_plan(problem, {(courier(0), 0): ("v1", "v2")})
    assert {one.mistake.code for one in violations_of(problem, plan)} == {code}
    for one in violations_of(problem, plan):
        assert one.mistake.text("vi") != one.mistake.text("en")


_LAND = frozenset({"land"})
_BESIDE: dict[str, tuple[Problem, list[str]]] = {
    "not trained": (
        day([visit(1, skills=_LAND)], [vehicle(0, skills=_LAND), vehicle(1)], line(0, 100)),
        ["R4009", "R4204"],
    ),
    "may not identify": (
        day([visit(1, in_person=True)], [vehicle(0), vehicle(1, in_person=False)], line(0, 100)),
        ["R4009", "R4207"],
    ),
    "neither": (
        day(
            [visit(1, skills=_LAND, in_person=True)],
            [vehicle(0, skills=_LAND), vehicle(1, in_person=False)],
            line(0, 100),
        ),
        ["R4009", "R4204", "R4207"],
    ),
    "too heavy for him": (
        day([visit(1, weight_g=9_000)], [vehicle(0), vehicle(1, capacity_g=8_000)], line(0, 100)),
        ["R4009", "R3003"],
    ),
    "beyond his shift": (
        day([visit(1)], [vehicle(0), vehicle(1, shifts=(_SHORT,))], line(0, 300)),
        ["R4009", "R3005"],
    ),
}


@pytest.mark.parametrize("name", _BESIDE)
def test_a_move_is_refused_by_what_the_asked_courier_lacks_not_by_what_another_could_do(name: str) -> None:
    problem, codes = _BESIDE[name]
    ground = Ground(problem=problem, standing=Standing(orders={(courier(0), 0): ("v1",)}))
    with pytest.raises(CodedError) as refused:
        apply(ground, MoveStops(visit_ids=("v1",), courier_id=courier(1)))
    assert [one.code for one in refused.value.problems] == codes
    assert {one.pointer for one in refused.value.problems} == {"/visits/v1"}
    left_out = replace(ground, standing=Standing())
    with pytest.raises(CodedError) as kept:
        apply(left_out, InsertStops(visit_ids=("v1",), courier_id=courier(1)))
    assert [one.code for one in kept.value.problems] == codes


def test_a_move_names_every_stop_the_courier_is_not_trained_for() -> None:
    fleet = [vehicle(0, skills=_LAND), vehicle(1)]
    problem = day([visit(1, skills=_LAND), visit(2), visit(3, skills=_LAND)], fleet, line(0, 100, 200, 300))
    ground = Ground(problem=problem, standing=Standing(orders={(courier(0), 0): ("v1", "v2", "v3")}))
    with pytest.raises(CodedError) as refused:
        apply(ground, MoveStops(visit_ids=("v1", "v2", "v3"), courier_id=courier(1)))
    told = [one.text("vi") for one in refused.value.problems if one.code == "R4204"]
    assert told == [f"Bưu tá chưa được tập huấn (land) cho điểm «#{n}»." for n in (1, 3)]


def test_a_day_that_is_past_is_named() -> None:
    problem = day([visit(1, latest_on=DAY - timedelta(days=1))], [vehicle()], line(0, 60))
    plan = build_plan(problem, {})
    assert plan is not None
    [left] = explain(problem, plan).unplanned
    assert left.reasons[0].code == errors.TOO_LATE.code
    assert f"{date(2026, 11, 19):%d/%m/%Y}" in left.reasons[0].vi


def test_a_break_that_no_longer_fits_the_morning_is_found_at_its_place() -> None:
    rest = Break(windows=((MORNING.start_s, MORNING.start_s + 60),), duration_s=600)
    begun = MORNING.start_s + 300
    done = Stop(
        visit_id="v1", round=0, arrival_s=begun, wait_s=0, start_s=begun, departure_s=begun + 180,
    )  # fmt: skip
    frozen = Frozen(
        courier_id=courier(0), round=0, done=(done,), left_s=MORNING.start_s, place=1, free_s=begun + 180,
    )  # fmt: skip
    fleet = [vehicle(shifts=(replace(MORNING, breaks=(rest,)),))]
    problem = replace(day(_TWO, fleet, line(0, 100, 200)), frozen=(frozen,))
    assert [(one.code, one.pointer) for one in validate(problem)] == [(errors.FROZEN_UNRIDABLE.code, "/frozen/0")]


@pytest.mark.db
def test_what_no_round_can_take_is_left_where_it_is(planning: Planning) -> None:
    plan = draft(planning, 4)
    [heavy] = planning.scene.ready(1, weight_g=31_000)
    with pytest.raises(CodedError) as refused:
        plan.edit(InsertStops(item_ids=(heavy,)))
    assert [one.code for one in refused.value.problems] == [errors_edits.NO_PLACE.code, errors.TOO_HEAVY.code]


@pytest.mark.db
def test_a_plan_whose_problem_is_gone_says_so(planning: Planning) -> None:
    plan = draft(planning, 4)
    with planning.scene.database.transaction() as session:
        session.execute(delete(PlanProblemRow))
    with pytest.raises(CodedError) as refused:
        plan.edit(DropStops(visit_ids=(plan.order(0)[0],)))
    assert [one.code for one in refused.value.problems] == [errors_edits.NOT_KEPT.code]


@pytest.mark.db
def test_what_the_courier_has_ridden_is_not_taken_back(planning: Planning) -> None:
    plan = draft(planning)
    planning.publish(plan.plan())
    mine = plan.order(0)
    plan.edit(ReorderRound(courier_id=plan.courier(0), round=0, visit_ids=(mine[1], mine[0], *mine[2:])))
    now = NOW + timedelta(hours=1)
    # Not in the order of the plan: what was edited is no more what is ridden.
    plan.deliver(0, [mine[3], mine[1]], first_at=now - timedelta(minutes=10))
    with pytest.raises(CodedError) as refused:
        plan.undo(now=now)
    assert [one.code for one in refused.value.problems] == [errors_edits.TOO_LATE_TO_UNDO.code]
