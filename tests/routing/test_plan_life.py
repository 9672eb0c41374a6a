"""A plan from the request to the courier's phone, over a real database."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.errors import CodedError
from core.scope import Scope
from routing import service
from routing.model import PlanParams, ServicePolicy
from routing.stored import CourierRoute, PlanState, StoredPlan
from tests.routing.planning_scene import QUICK, Planning
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, TODAY, delivery
from tracking import reading
from tracking import service as tracking
from tracking.model import Status

pytestmark = pytest.mark.db


def _items(plan: StoredPlan) -> list[UUID]:
    return [item for route in plan.routes for stop in route.stops for item in stop.item_ids]


def _route(planning: Planning, number: int, scope: Scope | None = None) -> CourierRoute | None:
    courier = planning.scene.couriers[number]
    with planning.scene.database.reading() as session:
        return service.routes_of_courier(
            session, scope=scope or planning.scene.courier_scope(number), courier_id=courier.id, day=TODAY
        )


def test_ready_items_become_a_draft_with_routes_on_the_map(planning: Planning) -> None:
    items = planning.items(12)
    plan = planning.draft()
    assert sorted(_items(plan)) == sorted(items)
    head = plan.head
    assert (head.visits, head.planned_items, head.unplanned_items) == (12, 12, 0)
    assert (head.violations, head.travel_source) == ((), "straight_line")
    assert (head.progress.percent, head.progress.best_cost) == (100, sum(head.cost.values()))
    for route in plan.routes:
        assert [stop.seq for stop in route.stops] == list(range(1, len(route.stops) + 1))
        assert sorted(s.dear_rank for s in route.stops if s.dear_rank) == list(range(1, min(3, len(route.stops)) + 1))
        for drawn in route.rounds:
            stops = [stop for stop in route.stops if stop.stop.round == drawn.round.round]
            assert drawn.line == (planning.scene.office.point, *(s.point for s in stops), planning.scene.office.point)
            assert drawn.travel_source == "straight_line"


def test_a_request_under_way_is_given_back_and_makes_one_job(planning: Planning) -> None:
    first, second = planning.request(), planning.request()
    assert first == second
    with planning.scene.database.reading() as session:
        jobs = session.scalars(text("SELECT args->>'plan_id' FROM procrastinate_jobs WHERE queue_name = 'plans'"))
        assert list(jobs) == [str(first)]


def test_params_are_kept(planning: Planning) -> None:
    absent = frozenset({planning.scene.couriers[0].id})
    params = PlanParams(policy=ServicePolicy.THRIFTY, seconds=3.5, iterations=7, seed=9, absent=absent)
    assert planning.plan(planning.request(params)).head.params == params


def test_absent_couriers_get_no_route(planning: Planning) -> None:
    planning.items(6)
    absent = planning.scene.couriers[0].id
    plan_id = planning.request(replace(QUICK, absent=frozenset({absent})))
    planning.run(plan_id)
    assert {route.courier_id for route in planning.plan(plan_id).routes} == {planning.scene.couriers[1].id}


@pytest.mark.parametrize(
    ("params", "day", "codes"),
    [
        (QUICK, TODAY - timedelta(days=1), ["R1001"]),
        (PlanParams(seconds=0.0, iterations=0), TODAY, ["R1007", "R1007"]),
    ],
)
def test_senseless_requests_are_refused(planning: Planning, params: PlanParams, day: date, codes: list[str]) -> None:
    with pytest.raises(CodedError) as refused:
        planning.request(params, day=day)
    assert [found.code for found in refused.value.problems] == codes


def test_another_office_is_not_found(planning: Planning) -> None:
    with pytest.raises(CodedError, match="C1000"):
        planning.request(office_id=planning.scene.other_office.id)
    plan = planning.draft()
    stranger = replace(planning.scene.dispatcher, office_ids=frozenset({planning.scene.other_office.id}))
    with planning.scene.database.reading() as session:
        assert service.list_plans(session, scope=stranger) == []
        with pytest.raises(CodedError, match="C1000"):
            service.get_plan(session, scope=stranger, plan_id=plan.head.id)


def test_publishing_plans_the_items_and_shows_each_courier_his_own(planning: Planning) -> None:
    planning.items(12)
    plan = planning.draft()
    assert _route(planning, 0) is None
    head = planning.publish(plan)
    assert (head.state, head.version, head.published_at) == (PlanState.PUBLISHED, plan.head.version + 1, NOW)
    for route in plan.routes:
        for stop in route.stops:
            item = planning.scene.item(stop.item_ids[0])
            assert (item.status, item.courier_id, item.plan_id) == (Status.PLANNED, route.courier_id, head.id)
    for number, courier in enumerate(planning.scene.couriers[:2]):
        own = _route(planning, number)
        planned = next((route for route in plan.routes if route.courier_id == courier.id), None)
        assert (None if own is None else own.route.stops) == (None if planned is None else planned.stops)
    assert _route(planning, 1, planning.scene.courier_scope(0)) is None


def test_publishing_twice_or_another_version_is_refused(planning: Planning) -> None:
    planning.items(3)
    plan = planning.draft()
    with pytest.raises(CodedError, match="R1003"):
        planning.publish(plan, version=7)
    planning.publish(plan)
    with pytest.raises(CodedError, match="R1002"):
        planning.publish(plan)


def test_a_plan_with_a_violation_is_never_published(planning: Planning) -> None:
    items = planning.items(3)
    plan = planning.draft()
    with planning.scene.database.transaction() as session:
        session.execute(text("UPDATE plans SET violations = '[\"window v1\"]'"))
    with pytest.raises(CodedError, match="R1004"):
        planning.publish(plan)
    assert {planning.scene.item(item).status for item in items} == {Status.READY}


def test_items_taken_out_since_are_noticed(planning: Planning) -> None:
    items = planning.items(3)
    plan = planning.draft()
    planning.scene.plan(items[:1])
    planning.scene.take_out(items[:1])
    with pytest.raises(CodedError, match="R1005"):
        planning.publish(plan)


def test_a_new_plan_replaces_the_published_one(planning: Planning) -> None:
    """What was out stays out, what only the old plan had is free again, the rest moves over."""
    items = planning.items(6)
    old = planning.draft()
    planning.publish(old)
    courier = old.routes[0].courier_id
    number = [c.id for c in planning.scene.couriers].index(courier)
    gone = old.routes[0].stops[0].item_ids[0]
    planning.scene.take_out([gone], number)
    new = planning.draft()
    assert sorted(_items(new)) == sorted(set(items) - {gone})
    planning.publish(new)
    assert planning.plan(old.head.id).head.state is PlanState.SUPERSEDED
    assert planning.scene.item(gone).plan_id == old.head.id
    others = [planning.scene.item(item) for item in items if item != gone]
    assert {(item.status, item.plan_id) for item in others} == {(Status.PLANNED, new.head.id)}


def test_what_the_new_plan_leaves_out_is_ready_again(planning: Planning) -> None:
    items = planning.items(4)
    planning.publish(planning.draft())
    plan_id = planning.request(replace(QUICK, absent=frozenset(c.id for c in planning.scene.couriers)))
    planning.run(plan_id)
    empty = planning.plan(plan_id)
    assert {left.reasons[0].code for left in empty.unplanned} == {"R3001"}
    planning.publish(empty)
    assert {planning.scene.item(item).status for item in items} == {Status.READY}


def test_a_newer_draft_sets_the_older_aside(planning: Planning) -> None:
    planning.items(3)
    first, second = planning.draft(), planning.draft()
    assert planning.plan(first.head.id).head.state is PlanState.SUPERSEDED
    with pytest.raises(CodedError, match="R1002"):
        planning.publish(first)
    assert second.head.state is PlanState.DRAFT


def test_tomorrows_published_plan_keeps_its_items(planning: Planning) -> None:
    items = planning.items(3)
    tomorrow = planning.request(day=TODAY + timedelta(days=3))
    planning.run(tomorrow)
    planning.publish(planning.plan(tomorrow))
    later = planning.items(2)
    assert sorted(_items(planning.draft())) == sorted(later)
    assert {planning.scene.item(item).plan_id for item in items} == {tomorrow}


def test_undecided_addresses_are_listed_with_their_reason(planning: Planning) -> None:
    planning.items(2)
    unclear = planning.scene.row(address="Lê Lợi, phường Sài Gòn, phường Bình Thạnh", office_code="700000")
    queued = planning.scene.accept(unclear)[0].item_id
    told = {left.item_ids: left.reasons[0].code for left in planning.draft().unplanned}
    assert told == {(queued,): "R3008"}


def test_another_offices_long_queue_hides_no_address_of_this_one(
    planning: Planning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue is read to a limit, here one, and the other office's address has waited longer."""
    unclear = "Lê Lợi, phường Sài Gòn, phường Bình Thạnh"
    scene = planning.scene
    scene.accept(scene.row(address=unclear, office_code=scene.other_office.code), now=NOW - timedelta(hours=1))
    queued = scene.accept(scene.row(address=unclear, office_code=scene.office.code))[0].item_id
    planning.items(1)
    monkeypatch.setattr(reading, "PAGE_LIMIT", 1)
    assert [left.item_ids for left in planning.draft().unplanned] == [(queued,)]


def test_cancelling_ends_a_waiting_plan_and_frees_the_day(planning: Planning) -> None:
    planning.items(2)
    plan_id = planning.request()
    with planning.scene.database.transaction() as session:
        head = service.cancel_plan(session, scope=planning.scene.dispatcher, plan_id=plan_id, now=NOW)
    assert head.state is PlanState.CANCELLED
    assert planning.run(plan_id) is None
    with pytest.raises(CodedError, match="R1006"), planning.scene.database.transaction() as session:
        service.cancel_plan(session, scope=planning.scene.dispatcher, plan_id=plan_id, now=NOW)
    assert planning.request() != plan_id


def test_delivered_items_are_no_longer_planned(planning: Planning) -> None:
    items = planning.items(3)
    planning.scene.plan(items[:1])
    planning.scene.take_out(items[:1])
    with planning.scene.database.transaction() as session:
        tracking.record_proof(
            session, scope=planning.scene.courier_scope(), proof=delivery(items[0]), now=NOW + timedelta(hours=2)
        )
    assert sorted(_items(planning.draft())) == sorted(items[1:])


def test_plans_of_a_province_do_not_meet_those_of_another(planning: Planning) -> None:
    plan = planning.draft()
    with planning.scene.database.reading() as session:
        assert service.list_plans(session, scope=replace(SYSTEM, province_code="64")) == []
        assert [head.id for head in service.list_plans(session, scope=SYSTEM, day=TODAY)] == [plan.head.id]
    assert plan.head.province_code == PROVINCE
