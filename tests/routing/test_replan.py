"""A new plan of the rest: what is done stays done, what came in is taken up, nobody's word and no edit is lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.clock import second_of
from core.errors import CodedError
from routing import service
from routing.commands import DropStops, LockStops, MoveStops
from routing.errors_edits import NOT_ON_DUTY
from routing.model import PlanParams, Problem
from routing.run import PlanBusyError
from routing.solver import solve
from routing.stored import PlanJob, PlanState
from tests.routing.edit_scene import OTHER, Editing, draft, items_once, stops_of
from tests.routing.planning_scene import QUICK, Planning
from tests.tracking.office_scene import NOW, TODAY
from tracking import service as tracking
from tracking.model import Status

pytestmark = pytest.mark.db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def plan(planning: Planning) -> Editing:
    """A published plan of fourteen doors and two couriers."""
    made = draft(planning)
    planning.publish(made.plan())
    return made


def ask(plan: Editing, *absent: int, now: Any = LATER, params: PlanParams = QUICK) -> PlanJob:
    gone = frozenset(plan.courier(number) for number in absent)
    with plan.planning.scene.database.transaction() as session:
        return service.request_replan(
            session, scope=plan.scope(), plan_id=plan.plan_id, params=replace(params, absent=gone), now=now
        )


def run(plan: Editing, job: UUID) -> PlanState | None:
    return plan.planning.run(job, clock=lambda: LATER)


def test_what_is_done_and_ridden_to_stays_and_urgent_items_are_taken_up(plan: Editing) -> None:
    first, second, third, *_ = before = plan.order(0)
    plan.deliver(0, [second, first], first_at=LATER - timedelta(minutes=10))
    urgent = plan.planning.scene.ready(3)
    version = plan.plan().head.version
    job = ask(plan)
    assert run(plan, job.plan_id) is PlanState.APPLIED
    after = plan.plan()
    assert after.head.version == version + 1
    assert plan.order(0)[:3] == [second, first, third]
    assert set(before) <= {*plan.order(0), *plan.order(0, 1)}
    served = {item for stop in stops_of(after).values() for item in stop.item_ids}
    assert set(urgent) <= served
    assert {plan.planning.scene.item(item).status for item in urgent} == {Status.PLANNED}
    assert after.head.violations == ()
    assert [one.kind for one in plan.history()] == ["replan"]
    items_once(plan)


def test_an_absent_couriers_stops_go_to_the_others(plan: Editing) -> None:
    mine = plan.order(0)
    assert run(plan, ask(plan, 0).plan_id) is PlanState.APPLIED
    assert plan.order(0) == plan.order(0, 1) == []
    assert set(mine) <= {*plan.order(1), *plan.order(1, 1)}
    scene, stops = plan.planning.scene, stops_of(plan.plan())
    assert {scene.item(stops[visit].item_ids[0]).courier_id for visit in mine} == {plan.courier(1)}


def test_an_absent_courier_keeps_what_he_delivered_and_what_he_carries_is_left_out(plan: Editing) -> None:
    first, *others = plan.order(0)
    plan.deliver(0, [first], first_at=LATER - timedelta(minutes=10))
    assert run(plan, ask(plan, 0).plan_id) is PlanState.APPLIED
    assert plan.order(0) == [first]
    assert {one.visit_id for one in plan.plan().unplanned} == set(others)
    items_once(plan)


def on_duty(planning: Planning, courier: int, active: bool) -> None:
    scene = planning.scene
    with scene.database.transaction() as session:
        tracking.save_courier(session, scope=scene.dispatcher, courier=replace(scene.couriers[courier], active=active))


def test_who_comes_on_duty_later_joins(planning: Planning) -> None:
    on_duty(planning, 1, active=False)
    made = draft(planning)
    assert {route.courier_id for route in made.plan().routes} == {made.courier(0)}
    planning.publish(made.plan())
    on_duty(planning, 1, active=True)
    assert run(made, ask(made).plan_id) is PlanState.APPLIED
    [joined] = [route for route in made.plan().routes if route.courier_id == made.courier(1)]
    assert min(one.round.departure_s for one in joined.rounds) >= second_of(TODAY, LATER)
    assert made.plan().head.violations == ()
    assert {planning.scene.item(item).courier_id for stop in joined.stops for item in stop.item_ids} == {
        made.courier(1)
    }
    items_once(made)
    made.undo(now=LATER)
    assert {route.courier_id for route in made.plan().routes} == {made.courier(0)}
    items_once(made)


def test_whom_the_plan_called_absent_comes_only_when_he_is_named(planning: Planning) -> None:
    planning.items(8)
    gone = frozenset({planning.scene.couriers[1].id})
    asked = planning.request(replace(QUICK, absent=gone))
    planning.run(asked)
    made = Editing(planning=planning, plan_id=asked)
    planning.publish(made.plan())
    assert run(made, ask(made).plan_id) is PlanState.APPLIED
    assert made.order(1) == made.order(1, 1) == []
    assert run(made, ask(made, params=replace(QUICK, present=gone)).plan_id) is PlanState.APPLIED
    assert made.order(1)
    items_once(made)


def test_nobody_of_another_office_joins(plan: Editing) -> None:
    stranger = plan.planning.scene.couriers[2].id
    before = plan.plan()
    job = ask(plan, params=replace(QUICK, present=frozenset({stranger})))
    assert run(plan, job.plan_id) is PlanState.FAILED
    with plan.planning.scene.database.reading() as session:
        failed = service.get_plan(session, scope=plan.scope(), plan_id=job.plan_id).head
    assert [one["code"] for one in failed.problems] == [NOT_ON_DUTY.code]
    assert plan.plan() == before


def test_the_dispatchers_word_survives(plan: Editing) -> None:
    locked, dropped = plan.order(0)[0], plan.order(0)[1]
    plan.edit(MoveStops(visit_ids=(locked,), courier_id=plan.courier(1)), now=NOW)
    plan.edit(LockStops(visit_ids=(locked,)), now=NOW)
    plan.edit(DropStops(visit_ids=(dropped,)), now=NOW)
    assert run(plan, ask(plan).plan_id) is PlanState.APPLIED
    assert locked in {*plan.order(1), *plan.order(1, 1)}
    assert dropped in {one.visit_id for one in plan.plan().unplanned}


def test_locks_survive_a_whole_new_plan(planning: Planning) -> None:
    made = draft(planning)
    locked = tuple(made.order(0))
    made.edit(MoveStops(visit_ids=locked, courier_id=made.courier(1)))
    made.edit(LockStops(visit_ids=locked))
    again = Editing(planning=planning, plan_id=planning.draft().head.id)
    assert again.plan_id != made.plan_id
    assert set(locked) <= {*again.order(1), *again.order(1, 1)}
    assert len(again.plan().head.wishes) == len(locked)


def test_it_can_be_taken_back(plan: Editing) -> None:
    before = plan.order(0), plan.order(1)
    urgent = plan.planning.scene.ready(2)
    run(plan, ask(plan).plan_id)
    plan.undo(now=LATER)
    assert (plan.order(0), plan.order(1)) == before
    assert {one.item_ids[0] for one in plan.plan().unplanned} == set(urgent)


def test_an_edit_made_meanwhile_is_never_lost(plan: Editing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search of the first try ends on a plan that has moved on: it begins again."""
    stop = plan.order(0)[0]
    plan.planning.scene.ready(2)
    done: list[str] = []

    def meanwhile(problem: Problem, **options: Any) -> Any:
        if not done:
            done.append(stop)
            plan.edit(DropStops(visit_ids=(stop,)), actor=OTHER, now=LATER)
        return solve(problem, **options)

    monkeypatch.setattr("routing.run.solve", meanwhile)
    assert run(plan, ask(plan).plan_id) is PlanState.APPLIED
    assert [one.kind for one in plan.history()] == ["replan", "edit"]
    assert stop in {one.visit_id for one in plan.plan().unplanned}
    items_once(plan)


def test_a_new_rest_that_is_always_overtaken_waits_its_turn(plan: Editing, monkeypatch: pytest.MonkeyPatch) -> None:
    plan.planning.scene.ready(2)
    stops = iter(plan.order(0))

    def meanwhile(problem: Problem, **options: Any) -> Any:
        plan.edit(DropStops(visit_ids=(next(stops),)), actor=OTHER, now=LATER)
        return solve(problem, **options)

    job = ask(plan).plan_id
    with monkeypatch.context() as hurried:
        hurried.setattr("routing.run.solve", meanwhile)
        with pytest.raises(PlanBusyError):
            run(plan, job)
    assert plan.planning.plan(job).head.state is PlanState.QUEUED
    assert run(plan, job) is PlanState.APPLIED
    items_once(plan)


def test_one_job_of_an_office_and_day_at_a_time(plan: Editing) -> None:
    job = ask(plan)
    assert (job.created, ask(plan).created, ask(plan).plan_id) == (True, False, job.plan_id)
    assert plan.planning.request() == job.plan_id
    with plan.planning.scene.database.transaction() as session:
        service.cancel_plan(session, scope=plan.scope(), plan_id=job.plan_id, now=LATER)
    assert run(plan, job.plan_id) is None
    assert plan.history() == []


def test_an_ended_plan_has_no_rest(plan: Editing) -> None:
    plan.planning.draft()
    newer = plan.planning.draft()
    plan.planning.publish(newer)
    with pytest.raises(CodedError, match="R4001"):
        ask(plan)
