"""A door set right: every plan that holds it follows, its times are reckoned anew, and no ghost pin stays."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.errors import CodedError
from geodata.model import LonLat, PointSource
from geodata.straight_line import StraightLine
from geodata.travel_values import TravelMatrix
from routing import recost, repin
from routing.model import Problem
from routing.repin import DoorMoved
from routing.run import PlanBusyError
from routing.solver import solve
from routing.stored import PlanState, StoredPlan, StoredStop
from tests.routing.planning_scene import Planning, key
from tests.tracking.office_scene import NOW, TODAY, delivery
from tracking import service as tracking
from tracking.model import Window

pytestmark = pytest.mark.db

FAR = LonLat(lon=106.7130, lat=10.7905)
SAME_HOME = "145/17/24 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"


def correct(planning: Planning, item: UUID, point: LonLat = FAR) -> DoorMoved:
    with planning.scene.database.transaction() as session:
        return repin.correct_door(session, scope=planning.scene.dispatcher, item_id=item, point=point, now=NOW)


def stop_of(plan: StoredPlan, item: UUID) -> StoredStop:
    return next(stop for route in plan.routes for stop in route.stops if item in stop.item_ids)


def jobs(planning: Planning) -> list[str]:
    with planning.scene.database.reading() as session:
        found = session.scalars(
            text("SELECT args->>'plan_id' FROM procrastinate_jobs WHERE task_name = 'routing.recost_plan' ORDER BY id")
        )
        return list(found)


def ridden(planning: Planning, plan: StoredPlan) -> None:
    """The oracle: each time follows from the one before by the straight line between the places shown."""
    office = planning.scene.office.point
    for route in plan.routes:
        for one in route.rounds:
            stops = [stop for stop in route.stops if stop.stop.round == one.round.round]
            places = [office, *(stop.point for stop in stops), office]
            legs = StraightLine().matrix(places).seconds
            clock = one.round.departure_s
            for n, stop in enumerate(stops):
                clock += int(legs[n, n + 1])
                assert stop.stop.arrival_s == clock
                assert stop.stop.start_s == clock + stop.stop.wait_s
                clock = stop.stop.departure_s
            assert one.round.return_s == clock + int(legs[len(stops), len(stops) + 1])
            assert one.line[0] == one.line[-1] == office
            assert list(one.line[1:-1]) == [stop.point for stop in stops]


def test_a_draft_follows_at_once_and_its_times_when_the_worker_comes(planning: Planning) -> None:
    items = planning.items(8)
    plan = planning.draft()
    before = stop_of(plan, items[0])
    moved = correct(planning, items[0])
    assert moved.plans == (plan.head.id,)
    at_once = planning.plan(plan.head.id)
    assert stop_of(at_once, items[0]).point == FAR
    assert stop_of(at_once, items[0]).error_m == 25
    assert at_once.head.version == plan.head.version + 1
    for route in at_once.routes:
        for one in route.rounds:
            assert before.point not in one.line
    assert jobs(planning) == [str(plan.head.id)]
    assert recost.recost_plan(planning.shop, key(plan.head.id)) == 1
    after = planning.plan(plan.head.id)
    ridden(planning, after)
    assert after.head.version == plan.head.version + 2
    assert after.head.violations == ()
    assert stop_of(after, items[0]).service_s < before.service_s or before.error_m <= 50
    assert dict(after.head.cost) == {
        **{term: sum(route.cost[term] for route in after.routes) for term in after.routes[0].cost},
    }
    assert recost.recost_plan(planning.shop, key(plan.head.id)) == 0


def test_the_order_and_the_other_routes_stay(planning: Planning) -> None:
    items = planning.items(16)
    plan = planning.draft()
    correct(planning, items[3])
    recost.recost_plan(planning.shop, key(plan.head.id))
    after = planning.plan(plan.head.id)
    for old, new in zip(plan.routes, after.routes, strict=True):
        assert [stop.stop.visit_id for stop in old.stops] == [stop.stop.visit_id for stop in new.stops]
        if items[3] not in {item for stop in old.stops for item in stop.item_ids}:
            assert old == new


def test_what_was_looked_at_before_is_not_published(planning: Planning) -> None:
    items = planning.items(4)
    plan = planning.draft()
    correct(planning, items[0])
    with pytest.raises(CodedError) as refused:
        planning.publish(plan)
    assert refused.value.code == "R1003"


def test_a_published_plan_follows_and_the_courier_sees_it(planning: Planning) -> None:
    items = planning.items(4)
    plan = planning.draft()
    planning.publish(plan)
    moved = correct(planning, items[0])
    recost.recost_plan(planning.shop, key(plan.head.id))
    after = planning.plan(plan.head.id)
    assert moved.plans == (plan.head.id,)
    assert after.head.state is PlanState.PUBLISHED
    assert stop_of(after, items[0]).point == FAR
    ridden(planning, after)
    item = planning.scene.item(items[0])
    assert (item.point, item.point_source) == (FAR, PointSource.LEARNED_DOOR)


def test_a_window_that_can_no_longer_be_kept_is_said(planning: Planning) -> None:
    window = Window(start_at=NOW + timedelta(hours=1), end_at=NOW + timedelta(hours=1, minutes=30))
    [item] = planning.items(1, window=window)
    plan = planning.draft()
    assert stop_of(plan, item)

    class Slow(StraightLine):
        """Every leg takes four hours."""

        def matrix(self, points: Any) -> TravelMatrix:
            found = super().matrix(points)
            return replace(found, seconds=(found.seconds * 0 + 4 * 3600).astype(found.seconds.dtype))

    correct(planning, item)
    assert recost.recost_plan(replace(planning.shop, travel=Slow()), key(plan.head.id)) == 1
    after = planning.plan(plan.head.id)
    assert any(one.startswith("window ") for one in after.head.violations)
    with pytest.raises(CodedError) as refused:
        planning.publish(after)
    assert refused.value.code == "R1004"


def test_a_door_set_right_while_the_plan_is_being_made(planning: Planning, monkeypatch: pytest.MonkeyPatch) -> None:
    items = planning.items(5)
    asked = planning.request()

    def meanwhile(problem: Problem, **options: Any) -> Any:
        correct(planning, items[2])
        return solve(problem, **options)

    monkeypatch.setattr("routing.run.solve", meanwhile)
    assert planning.run(asked) is PlanState.DRAFT
    assert stop_of(planning.plan(asked), items[2]).point == FAR
    assert jobs(planning) == [str(asked)]
    recost.recost_plan(planning.shop, key(asked))
    ridden(planning, planning.plan(asked))


def test_a_plan_goes_to_the_doors_learned_since_the_papers_came(planning: Planning) -> None:
    waiting = planning.scene.ready(1, address=SAME_HOME)[0]
    [carried] = planning.scene.out(1, address=SAME_HOME)
    at = NOW + timedelta(seconds=30)
    proof = delivery(carried, occurred_at=at, point=FAR)
    with planning.scene.database.transaction() as session:
        tracking.record_proof(session, scope=planning.scene.courier_scope(), proof=proof, now=at)
    stop = stop_of(planning.draft(), waiting)
    assert stop.point == FAR
    assert stop.error_m < 30


def test_two_corrections_and_a_late_worker_end_with_the_last_place(planning: Planning) -> None:
    items = planning.items(6)
    plan = planning.draft()
    correct(planning, items[0], LonLat(lon=106.70, lat=10.775))
    correct(planning, items[0])
    for _ in jobs(planning):
        recost.recost_plan(planning.shop, key(plan.head.id))
    after = planning.plan(plan.head.id)
    assert stop_of(after, items[0]).point == FAR
    ridden(planning, after)


def test_a_change_while_the_worker_reckons_makes_it_begin_again(planning: Planning) -> None:
    items = planning.items(6)
    plan = planning.draft()
    correct(planning, items[0])

    class Meanwhile(StraightLine):
        """Somebody sets another door right while the matrix is made."""

        def matrix(self, points: Any) -> TravelMatrix:
            correct(planning, items[1], LonLat(lon=106.70, lat=10.775))
            return super().matrix(points)

    with pytest.raises(PlanBusyError):
        recost.recost_plan(replace(planning.shop, travel=Meanwhile()), key(plan.head.id))
    recost.recost_plan(planning.shop, key(plan.head.id))
    ridden(planning, planning.plan(plan.head.id))


def test_setting_a_door_right_and_publishing_at_the_same_moment(planning: Planning) -> None:
    items = planning.items(6)
    plan = planning.draft()
    begin = threading.Barrier(2)
    outcomes: list[str] = []

    def run(work: Any) -> None:
        begin.wait(10)
        try:
            work()
            outcomes.append("done")
        except CodedError as refused:
            outcomes.append(refused.code)
        except BaseException as error:  # noqa: BLE001  shown below
            outcomes.append(repr(error))

    works = (lambda: correct(planning, items[0]), lambda: planning.publish(plan))
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) in (["R1003", "done"], ["done", "done"])
    assert stop_of(planning.plan(plan.head.id), items[0]).point == FAR


def test_yesterdays_plans_are_left_as_they_were(planning: Planning) -> None:
    items = planning.items(3)
    plan = planning.draft()
    with planning.scene.database.transaction() as session:
        tomorrow = NOW + timedelta(days=1)
        moved = repin.correct_door(session, scope=planning.scene.dispatcher, item_id=items[0], point=FAR, now=tomorrow)
    assert moved.plans == ()
    assert planning.plan(plan.head.id).head.day == TODAY
    assert planning.plan(plan.head.id) == plan
