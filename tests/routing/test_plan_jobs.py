"""Whatever dies when: a plan asked for is made, and made once."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Self
from uuid import UUID

import pytest
from sqlalchemy import text

from core.clock import at_local
from core.errors import CodedError
from core.errors import Problem as Mistake
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from geodata.travel_values import RoadRoute, TravelMatrix
from routing import service, store
from routing.jobs import AGAIN_AFTER, MOST_FAILED, request_due_plans
from routing.model import PlanParams, Problem
from routing.run import PlanBusyError, run_plan
from routing.stored import PlanHead, PlanState
from routing.validate import validate
from tests.routing.planning_scene import QUICK, Planning, key
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, TODAY
from tracking.standard import ServiceStandard, save_overrides, save_standard

pytestmark = pytest.mark.db
_ROOT = Path(__file__).parents[2]


def _wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.05)


def _worker(planning: Planning) -> subprocess.Popen[bytes]:
    url = planning.scene.database.url
    return subprocess.Popen([sys.executable, "-m", "tests.routing.plan_worker", url], cwd=_ROOT)


def _heads(planning: Planning) -> list[PlanHead]:
    with planning.scene.database.reading() as session:
        return service.list_plans(session, scope=SYSTEM)


def _states(planning: Planning) -> list[PlanState]:
    return [head.state for head in _heads(planning)]


@dataclass
class HeldTravel:
    """Straight lines that come only when let go: a run stops in the middle of its matrix."""

    asked: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        self.asked.set()
        assert self.go_on.wait(30)
        return StraightLine().matrix(points)

    def route(self, points: Sequence[LonLat]) -> RoadRoute:
        return StraightLine().route(points)


@dataclass
class HeldRun:
    """A run in a thread, held in its matrix."""

    planning: Planning
    plan_id: UUID
    travel: HeldTravel = field(default_factory=HeldTravel)
    answer: list[PlanState | None] = field(default_factory=list)

    def __enter__(self) -> Self:
        shop = replace(self.planning.shop, travel=self.travel)
        self.thread = threading.Thread(target=lambda: self.answer.append(run_plan(shop, key(self.plan_id))))
        self.thread.start()
        assert self.travel.asked.wait(30)
        return self

    def finish(self) -> PlanState | None:
        self.travel.go_on.set()
        self.thread.join(30)
        return self.answer[0]

    def __exit__(self, *_: object) -> None:
        self.travel.go_on.set()
        self.thread.join(30)


def test_a_killed_worker_leaves_exactly_one_plan(planning: Planning) -> None:
    """kill -9 in the middle of the search; the job is handed out again, the next worker finishes it."""
    planning.items(15)
    plan_id = planning.request(PlanParams(seconds=60.0))
    first = _worker(planning)
    _wait_for(lambda: planning.plan(plan_id).head.progress.phase == "solve")
    first.kill()
    first.wait()
    with planning.scene.database.transaction() as session:
        session.execute(text('UPDATE plans SET params = params || \'{"seconds": null, "iterations": 20}\''))
    _wait_for(lambda: bool(_abandoned(planning)))
    with planning.scene.database.transaction() as session:
        for lost in _abandoned(planning):
            service.defer_plan(session, lost)
    second = _worker(planning)
    assert second.wait(60) == 0
    assert _states(planning) == [PlanState.DRAFT]
    assert planning.plan(plan_id).head.planned_items == 15
    # The stalled job of the killed worker comes back as well, and changes nothing.
    before = planning.plan(plan_id)
    assert planning.run(plan_id) is None
    assert planning.plan(plan_id) == before


def _abandoned(planning: Planning) -> list[store.PlanKey]:
    with planning.scene.database.reading() as session:
        return store.abandoned(session, silent_for=timedelta(seconds=2.5))


def test_a_worker_makes_what_was_asked_for(planning: Planning) -> None:
    planning.items(5)
    plan_id = planning.request()
    assert _worker(planning).wait(60) == 0
    assert planning.plan(plan_id).head.state is PlanState.DRAFT
    with planning.scene.database.reading() as session:
        ended = session.scalars(
            text("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'routing.plan_office'")
        )
        assert list(ended) == ["succeeded"]


def test_a_second_worker_keeps_away_while_the_first_lives(planning: Planning) -> None:
    planning.items(4)
    with HeldRun(planning, planning.request()) as held:
        with pytest.raises(PlanBusyError):
            planning.run(held.plan_id)
        assert held.finish() is PlanState.DRAFT
    assert _states(planning) == [PlanState.DRAFT]


def test_whoever_was_taken_over_stores_nothing(planning: Planning) -> None:
    """The first run was silent too long; the second made the plan; the first comes back and must not touch it."""
    planning.items(4)
    with HeldRun(planning, planning.request()) as held:
        assert planning.run(held.plan_id, silent_for=timedelta()) is PlanState.DRAFT
        made = planning.plan(held.plan_id)
        assert held.finish() is None
    assert planning.plan(held.plan_id) == made


def test_a_cancelled_run_stops_and_stores_nothing(planning: Planning) -> None:
    planning.items(4)
    with HeldRun(planning, planning.request()) as held:
        with planning.scene.database.transaction() as session:
            service.cancel_plan(session, scope=planning.scene.dispatcher, plan_id=held.plan_id, now=NOW)
        assert held.finish() is None
    plan = planning.plan(held.plan_id)
    assert (plan.head.state, plan.routes) == (PlanState.CANCELLED, ())


def test_cancelling_stops_a_search_under_way(planning: Planning) -> None:
    planning.items(12)
    plan_id = planning.request(PlanParams(seconds=120.0))
    answers: list[PlanState | None] = []
    thread = threading.Thread(target=lambda: answers.append(planning.run(plan_id)))
    thread.start()
    _wait_for(lambda: planning.plan(plan_id).head.progress.phase == "solve")
    with planning.scene.database.transaction() as session:
        service.cancel_plan(session, scope=planning.scene.dispatcher, plan_id=plan_id, now=NOW)
    thread.join(20)
    assert answers == [None]


def test_a_search_that_is_told_enough_gives_the_best_it_has(planning: Planning) -> None:
    items = planning.items(12)
    plan_id = planning.request(PlanParams(seconds=120.0))
    answers: list[PlanState | None] = []
    thread = threading.Thread(target=lambda: answers.append(planning.run(plan_id)))
    thread.start()
    _wait_for(lambda: bool(planning.plan(plan_id).head.progress.terms))
    told = planning.plan(plan_id).head.progress
    assert sum(told.terms.values()) == told.best_cost
    with planning.scene.database.transaction() as session:
        service.finish_plan(session, scope=planning.scene.dispatcher, plan_id=plan_id)
    thread.join(20)
    assert answers == [PlanState.DRAFT]
    plan = planning.plan(plan_id)
    assert plan.head.planned_items + plan.head.unplanned_items == len(items)
    assert plan.head.planned_items
    with planning.scene.database.transaction() as session, pytest.raises(CodedError) as ended:
        service.finish_plan(session, scope=planning.scene.dispatcher, plan_id=plan_id)
    assert ended.value.problems[0].code == "R1006"


class BrokenTravel(StraightLine):
    """A road server that answers nonsense."""

    def matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        found = super().matrix(points)
        return replace(found, seconds=found.seconds - 100_000)


def test_a_problem_that_makes_no_sense_fails_with_its_codes(planning: Planning) -> None:
    planning.items(2)
    plan_id = planning.request()
    assert planning.run(plan_id, travel=BrokenTravel()) is PlanState.FAILED
    failed = planning.plan(plan_id).head
    assert [found["code"] for found in failed.problems] == ["R2007"]
    assert planning.request() != plan_id


class DownTravel(StraightLine):
    """Not even straight lines."""

    def matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        raise OSError(f"no route to {len(points)} points")


def test_a_run_that_breaks_down_fails_openly(planning: Planning) -> None:
    planning.items(2)
    plan_id = planning.request()
    with pytest.raises(OSError, match="no route"):
        planning.run(plan_id, travel=DownTravel())
    failed = planning.plan(plan_id).head
    assert (failed.state, failed.problems[0]["code"]) == (PlanState.FAILED, "R1008")


def _at_cut_off(planning: Planning, moment: datetime) -> int:
    return request_due_plans(planning.scene.database, now=moment)


def test_the_automatic_plan_is_asked_for_once_at_the_cut_off(planning: Planning) -> None:
    planning.items(3)
    cut_off = at_local(TODAY, planning.scene.office.cut_off)
    assert _at_cut_off(planning, cut_off - timedelta(seconds=1)) == 0
    assert _at_cut_off(planning, cut_off) == 1
    assert _at_cut_off(planning, cut_off + timedelta(minutes=1)) == 0
    with planning.scene.database.reading() as session:
        [head] = service.list_plans(session, scope=SYSTEM)
    assert (head.origin, head.requested_by, head.office_id) == ("automatic", "system", planning.scene.office.id)
    planning.run(head.id)
    assert _at_cut_off(planning, cut_off + timedelta(minutes=2)) == 0


def _breaks_down(planning: Planning, plan_id: UUID, at: datetime) -> None:
    with pytest.raises(OSError, match="no route"):
        planning.run(plan_id, travel=DownTravel(), clock=lambda: at)


def test_an_automatic_plan_that_failed_is_asked_for_again_after_a_while(planning: Planning) -> None:
    planning.items(3)
    moment = at_local(TODAY, planning.scene.office.cut_off)
    for _ in range(MOST_FAILED):
        assert _at_cut_off(planning, moment) == 1
        [waiting] = [one for one in _heads(planning) if one.state is PlanState.QUEUED]
        _breaks_down(planning, waiting.id, moment)
        assert _at_cut_off(planning, moment + AGAIN_AFTER - timedelta(seconds=1)) == 0
        moment += AGAIN_AFTER
    assert _at_cut_off(planning, moment) == 0
    assert _states(planning) == [PlanState.FAILED] * MOST_FAILED


def test_one_that_failed_gives_way_to_one_that_stands(planning: Planning) -> None:
    planning.items(3)
    moment = at_local(TODAY, planning.scene.office.cut_off)
    assert _at_cut_off(planning, moment) == 1
    [first] = _heads(planning)
    _breaks_down(planning, first.id, moment)
    assert _at_cut_off(planning, moment + AGAIN_AFTER) == 1
    [second] = [one for one in _heads(planning) if one.state is PlanState.QUEUED]
    assert planning.run(second.id) is PlanState.DRAFT
    assert _at_cut_off(planning, moment + 2 * AGAIN_AFTER) == 0


def test_a_worker_that_was_down_at_the_cut_off_catches_up_once(planning: Planning) -> None:
    planning.items(3)
    late = at_local(TODAY, planning.scene.office.cut_off) + timedelta(hours=4)
    assert _at_cut_off(planning, late) == 1
    assert _at_cut_off(planning, late + timedelta(minutes=1)) == 0
    [state] = _states(planning)
    assert state is PlanState.QUEUED


@pytest.mark.parametrize(
    ("day", "clock"),
    [(TODAY, clock_time(12, 31)), (TODAY + timedelta(days=1), clock_time(6, 30))],
    ids=["the morning is over", "a Saturday"],
)
def test_no_automatic_plan(planning: Planning, day: datetime, clock: clock_time) -> None:
    planning.items(3)
    assert _at_cut_off(planning, at_local(day, clock)) == 0


def test_the_provinces_own_calendar_says_when_plans_are_made(planning: Planning) -> None:
    """TODAY, a Friday, is closed and made up for on the Saturday."""
    planning.items(3)
    saturday = TODAY + timedelta(days=1)
    with planning.scene.database.transaction() as session:
        save_overrides(session, PROVINCE, {TODAY: False, saturday: True}, reason="hoán đổi ngày làm việc")
    assert _at_cut_off(planning, at_local(TODAY, planning.scene.office.cut_off)) == 0
    assert _at_cut_off(planning, at_local(saturday, planning.scene.office.cut_off)) == 1


def test_a_run_holds_items_against_the_provinces_standard(planning: Planning, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ready this morning: by J+0 all must go today, by J+2 none."""
    planning.items(3)
    seen: list[Problem] = []

    def watched(task: Problem) -> list[Mistake]:
        seen.append(task)
        return validate(task)

    monkeypatch.setattr("routing.run.validate", watched)
    planning.run(planning.request())
    with planning.scene.database.transaction() as session:
        save_standard(session, PROVINCE, ServiceStandard(centre_days=0, outlying_days=0))
    planning.run(planning.request())
    assert [{visit.required for visit in task.visits} for task in seen] == [{False}, {True}]


def test_two_schedulers_at_the_cut_off_ask_once(planning: Planning) -> None:
    planning.items(3)
    cut_off = at_local(TODAY, planning.scene.office.cut_off)
    asked: list[int] = []
    threads = [threading.Thread(target=lambda: asked.append(_at_cut_off(planning, cut_off))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(asked) == [0, 1]
    assert _states(planning) == [PlanState.QUEUED]


def test_an_office_without_items_or_already_planned_is_left_alone(planning: Planning) -> None:
    cut_off = at_local(TODAY, planning.scene.office.cut_off)
    assert _at_cut_off(planning, cut_off) == 0
    planning.items(1)
    planning.request(QUICK, now=cut_off)
    assert _at_cut_off(planning, cut_off) == 0
