"""Lent couriers in plans: the other office's plan takes them in, and no published plan loses its courier."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.errors import CodedError
from routing import service
from routing.gather import gather
from routing.loans import have_courier_back, lend_courier
from routing.model import PlanParams, ServicePolicy
from routing.stored import PlanState, StoredPlan
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import NOW, SYSTEM, TODAY
from tracking import service as tracking
from tracking.loans import Period
from tracking.model import Loan

ONE_DAY = Period(first_on=TODAY, last_on=TODAY)
THERE = "Số 1, phường Bình Thạnh"


def lend(planning: Planning) -> list[Loan]:
    scene = planning.scene
    with scene.database.transaction() as session:
        return lend_courier(
            session,
            scope=scene.dispatcher,
            courier_id=scene.couriers[0].id,
            office_id=scene.other_office.id,
            period=ONE_DAY,
            now=NOW,
        )


def have_back(planning: Planning) -> list[Loan]:
    scene = planning.scene
    with scene.database.transaction() as session:
        return have_courier_back(
            session, scope=scene.dispatcher, courier_id=scene.couriers[0].id, period=ONE_DAY, now=NOW
        )


def made(planning: Planning, office_id: UUID) -> StoredPlan:
    plan_id = planning.request(scope=SYSTEM, office_id=office_id)
    assert planning.run(plan_id) is PlanState.DRAFT
    with planning.scene.database.reading() as session:
        return service.get_plan(session, scope=SYSTEM, plan_id=plan_id)


def alone(planning: Planning) -> None:
    """The second office's own courier has left."""
    gone = replace(planning.scene.couriers[2], active=False)
    with planning.scene.database.transaction() as session:
        tracking.save_courier(session, scope=SYSTEM, courier=gone)


def riders(plan: StoredPlan) -> set[UUID]:
    return {route.courier_id for route in plan.routes}


def publish(planning: Planning, plan: StoredPlan) -> None:
    with planning.scene.database.transaction() as session:
        service.publish_plan(session, scope=SYSTEM, plan_id=plan.head.id, version=plan.head.version, now=NOW)


def test_the_other_offices_plan_takes_him_in_and_his_own_does_not(planning: Planning) -> None:
    scene = planning.scene
    an, binh, cuong = (one.id for one in scene.couriers)
    planning.items(6)
    planning.items(7, address=THERE)
    lend(planning)
    alone(planning)
    own, other = made(planning, scene.office.id), made(planning, scene.other_office.id)
    assert (riders(own), riders(other)) == ({binh}, {an})
    assert cuong not in riders(other)
    publish(planning, other)
    with scene.database.reading() as session:
        route = service.routes_of_courier(session, scope=SYSTEM, courier_id=an, day=TODAY)
    assert route is not None
    assert (route.office_id, sum(len(stop.item_ids) for stop in route.route.stops)) == (scene.other_office.id, 7)


def test_nobody_is_lent_away_from_a_published_plan(planning: Planning) -> None:
    planning.items(6)
    plan = planning.draft()
    assert planning.scene.couriers[0].id in riders(plan)
    publish(planning, plan)
    with pytest.raises(CodedError) as refused:
        lend(planning)
    assert (refused.value.code, refused.value.problems[0].values["day"]) == ("R1009", "20/11/2026")
    assert names_lent(planning) == []


def test_a_courier_whom_the_other_offices_published_plan_counts_on_stays_lent(planning: Planning) -> None:
    lend(planning)
    alone(planning)
    planning.items(4, address=THERE)
    plan = made(planning, planning.scene.other_office.id)
    assert planning.scene.couriers[0].id in riders(plan)
    publish(planning, plan)
    with pytest.raises(CodedError) as refused:
        have_back(planning)
    assert refused.value.code == "R1009"
    assert [one.on for one in lend(planning)] == [TODAY]


def names_lent(planning: Planning) -> list[str]:
    with planning.scene.database.reading() as session:
        return [one.courier_name for one in tracking.list_loans(session, scope=SYSTEM, period=ONE_DAY)]


def test_the_choice_of_day_knows_who_works_there_on_the_coming_days(planning: Planning) -> None:
    """Friday's plan; he is lent on Monday, the next working day."""
    scene = planning.scene
    an, binh = scene.couriers[0].id, scene.couriers[1].id
    monday = TODAY + timedelta(days=3)
    with scene.database.transaction() as session:
        days = Period(first_on=monday, last_on=monday)
        there = scene.other_office.id
        tracking.lend(session, scope=SYSTEM, courier_id=an, office_id=there, period=days, now=NOW)

    def crews(policy: ServicePolicy) -> list[set[UUID]]:
        head = planning.plan(planning.request(PlanParams(policy=policy))).head
        with scene.database.reading() as session:
            found = gather(session, head)
        planning.run(head.id)
        return [{one.id for one in crew} for crew in (found.couriers, *found.coming)]

    assert crews(ServicePolicy.HORIZON) == [{an, binh}, {binh}, {an, binh}, {an, binh}, {an, binh}]
    assert crews(ServicePolicy.ALL) == [{an, binh}]
