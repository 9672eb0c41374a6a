"""The choice of day in a run: history read from the database, what waits and why, the office's own rule."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.calendar import WorkingCalendar
from core.errors import CodedError
from geodata.learned_service import STANDARD
from geodata.model import LonLat
from routing import service, store_horizon
from routing.model import PlanParams, ServicePolicy
from routing.office_rule import OfficeRule
from routing.stored import PlanState
from routing.usual import SeenItem, first_day, usual_of
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import NOW, TODAY
from tracking.standard import ServiceStandard

_FAR = LonLat(lon=106.79, lat=10.7799)
_NEAR = LonLat(lon=106.704, lat=10.7799)
_HORIZON = PlanParams(policy=ServicePolicy.HORIZON, day_value_s=0, iterations=20)
_CUT_OFF = time(6, 30)


def seen(day: datetime, **changes: Any) -> SeenItem:
    made: dict[str, Any] = {
        "household": "h",
        "point": _FAR,
        "error_m": 0,
        "commune_code": "1",
        "ready_at": day,
        "handed_over_at": day,
        "due_on": date(2027, 1, 1),
        "weight_g": 100,
        "has_money": False,
    }
    return SeenItem(**made | changes)


def learn(items: list[SeenItem], today: date = TODAY) -> Any:
    return usual_of(
        items, today=today, cut_off=_CUT_OFF, standard=ServiceStandard(), service=STANDARD, first_place=7, seed=1
    )


def monday(hour: int, minute: int = 0, *, weeks: int = 0) -> datetime:
    """Local time of a Monday in November 2026."""
    return datetime(2026, 11, 2, hour, minute, tzinfo=UTC) - timedelta(hours=7) + timedelta(weeks=weeks)


def test_an_item_before_the_cut_off_goes_the_same_day_and_waits_two() -> None:
    assert first_day(monday(6, 20), _CUT_OFF, ServiceStandard()) == date(2026, 11, 2)
    assert first_day(monday(6, 40), _CUT_OFF, ServiceStandard()) == date(2026, 11, 3)
    saturday = monday(6, 20) + timedelta(days=5)
    assert first_day(saturday, _CUT_OFF, ServiceStandard()) == date(2026, 11, 9)


def test_arrivals_are_counted_by_household_and_working_day() -> None:
    items = [
        seen(monday(6), household="a"),
        seen(monday(6, 10), household="a"),
        seen(monday(8), household="a"),
        seen(monday(6), household="b", due_on=date(2026, 11, 3)),
    ]
    expected, doors = learn(items, today=date(2026, 11, 12))
    assert expected.per_day == pytest.approx(3 / 8)
    assert {(v.load_items, slack) for v, slack in zip(expected.visits, expected.slack, strict=True)} == {
        (2, 2),
        (1, 1),
    }
    assert [v.location for v in expected.visits] == [7, 8, 9]
    assert doors == (_FAR,) * 3


def test_too_few_days_tell_nothing() -> None:
    assert learn([seen(monday(6))], today=date(2026, 11, 6)) is None
    assert learn([seen(monday(6))], today=date(2026, 11, 9)) is not None
    assert learn([]) is None


def history(planning: Planning, *, days: int = 10, each: int = 4) -> None:
    """Items of past days, all far out, due on the first day they could go, long delivered: a trip there every day."""
    for back in range(3, 3 + days):
        ready_at = NOW - timedelta(days=back)
        first = WorkingCalendar().add(ready_at.date(), 1)
        planning.scene.ready(each, point=_FAR, ready_at=ready_at, due_on=first)
    with planning.scene.database.transaction() as session:
        session.execute(text("UPDATE items SET status = 'delivered'"))


def test_what_waits_says_why_and_until_when(planning: Planning) -> None:
    """The agency handed it over yesterday: J+2 is the next working day."""
    history(planning)
    scene = planning.scene
    due, far = scene.ready(1, point=_NEAR, due_on=TODAY), scene.ready(1, point=_FAR)
    scene.receive(far, now=NOW - timedelta(days=1))
    plan_id = planning.request(_HORIZON)
    assert planning.run(plan_id) is PlanState.DRAFT
    plan = planning.plan(plan_id)
    assert [stop.item_ids for route in plan.routes for stop in route.stops] == [tuple(due)]
    left = next(one for one in plan.unplanned if one.item_ids == tuple(far))
    assert left.reasons[0].code == "R3012"
    until = WorkingCalendar().add(TODAY, 1)
    assert f"chậm nhất {until:%d/%m/%Y}" in left.reasons[0].vi
    assert f"on {until:%d/%m/%Y} at the latest" in left.reasons[0].en
    assert left.reasons[1].code == "R3007"
    assert not plan.head.violations


def test_on_its_last_day_it_goes_however_far(planning: Planning) -> None:
    history(planning)
    far = planning.scene.ready(1, point=_FAR, due_on=TODAY)
    plan_id = planning.request(_HORIZON)
    planning.run(plan_id)
    assert [stop.item_ids for route in planning.plan(plan_id).routes for stop in route.stops] == [tuple(far)]


def test_an_office_without_history_is_planned_too(planning: Planning) -> None:
    planning.items(4)
    plan_id = planning.request(_HORIZON)
    assert planning.run(plan_id) is PlanState.DRAFT
    head = planning.plan(plan_id).head
    assert head.planned_items + head.unplanned_items == 4


def test_the_office_rule_is_kept_and_holds_for_plans_nobody_words(planning: Planning) -> None:
    scope, office_id = planning.scene.dispatcher, planning.scene.office.id
    rule = OfficeRule(policy=ServicePolicy.HORIZON, day_value_s=90, familiarity_s=40)
    with planning.scene.database.transaction() as session:
        assert service.office_rule(session, scope=scope, office_id=office_id) == OfficeRule()
        service.set_office_rule(session, scope=scope, office_id=office_id, rule=OfficeRule(day_value_s=1))
        service.set_office_rule(session, scope=scope, office_id=office_id, rule=rule)
    with planning.scene.database.transaction() as session:
        assert service.office_rule(session, scope=scope, office_id=office_id) == rule
        plan_id = service.request_plan(session, scope=scope, office_id=office_id, day=TODAY, now=NOW).plan_id
    params = planning.plan(plan_id).head.params
    assert (params.policy, params.day_value_s, params.familiarity_s) == (ServicePolicy.HORIZON, 90, 40)


def test_a_number_out_of_range_is_refused_with_its_code(planning: Planning) -> None:
    with planning.scene.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.set_office_rule(
            session,
            scope=planning.scene.dispatcher,
            office_id=planning.scene.office.id,
            rule=OfficeRule(day_value_s=-1, familiarity_s=9_999),
        )
    assert [problem.code for problem in refused.value.problems] == ["R1007", "R1007"]


def test_only_items_with_a_place_of_this_office_are_history(planning: Planning) -> None:
    history(planning, days=2, each=3)
    with planning.scene.database.reading() as session:
        scope, office = planning.scene.dispatcher, planning.scene.office.id
        found = list(store_horizon.seen_items(session, scope, office, since=NOW - timedelta(days=30)))
        later = list(store_horizon.seen_items(session, scope, office, since=NOW - timedelta(days=3, minutes=1)))
    assert (len(found), len(later)) == (6, 3)
    assert {item.point for item in found} == {_FAR}
