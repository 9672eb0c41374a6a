"""What a courier may and must do, from his record to the plan, its edits and a new plan of the rest."""

from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID

import pytest

from core.errors import CodedError
from geodata.model import LonLat
from routing.checker import check
from routing.commands import DropStops, MoveStops
from routing.model import Problem
from routing.packing import unpack
from routing.sheets.build import build_sheets
from routing.store_versions import load_problem
from routing.stored import PlanState, StoredPlan, StoredRoute
from tests.routing.edit_scene import Editing, draft
from tests.routing.planning_scene import QUICK, Planning, key
from tests.routing.test_replan import ask
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM
from tracking import service as tracking
from tracking.courier_values import CourierBreak
from tracking.model import Courier
from tracking.rule_values import Rule

pytestmark = pytest.mark.db

LAND = "Cấp giấy chứng nhận quyền sử dụng đất"
DOOR = LonLat(lon=106.7105, lat=10.7801)
COFFEE = CourierBreak(earliest=time(9), latest=time(9, 20), minutes=15)
HALF_PAST_NINE = NOW + timedelta(minutes=90)


def change(planning: Planning, number: int, **duty: object) -> Courier:
    """Write what a courier of the scene may and must do."""
    courier = replace(planning.scene.couriers[number], **duty)  # type: ignore[arg-type]
    with planning.scene.database.transaction() as session:
        return tracking.save_courier(session, scope=SYSTEM, courier=courier)


def set_rule(planning: Planning, rule: Rule, procedure: str = LAND) -> None:
    with planning.scene.database.transaction() as session:
        tracking.save_rule(session, scope=SYSTEM, agency_id=None, procedure=procedure, rule=rule)


def problem_of(planning: Planning, plan_id: UUID) -> Problem:
    """The problem that the plan was made of, as it is kept for edits."""
    with planning.scene.database.reading() as session:
        kept = load_problem(session, key(plan_id))
    assert kept is not None
    return unpack(kept[0])


def route_of(plan: StoredPlan, courier: UUID) -> StoredRoute:
    return next(route for route in plan.routes if route.courier_id == courier)


def hands(plan: StoredPlan) -> dict[UUID, UUID]:
    """Item → courier."""
    return {item: route.courier_id for route in plan.routes for stop in route.stops for item in stop.item_ids}


def told(plan: StoredPlan) -> dict[UUID, list[str]]:
    """Item left out → its reasons."""
    return {item: [why.code for why in one.reasons] for one in plan.unplanned for item in one.item_ids}


def test_a_days_plan_knows_breaks_overtime_and_reload(planning: Planning) -> None:
    shifts = ((time(7, 20), time(9, 40)), (time(9, 40), time(11)))
    mine = change(
        planning,
        0,
        shifts=shifts,
        breaks=(COFFEE,),
        overtime_until=time(11, 45),
        reload_minutes=25,
        skills=("a",),
    )
    change(planning, 1, active=False)
    planning.items(40)
    plan = planning.draft()
    assert plan.head.violations == ()
    [vehicle] = problem_of(planning, plan.head.id).vehicles
    assert (vehicle.reload_s, vehicle.skills, vehicle.in_person) == (1_500, frozenset({"a"}), True)
    first, last = vehicle.shifts
    assert [(rest.windows, rest.duration_s) for rest in first.breaks] == [(((32_400, 33_600),), 900)]
    assert (first.legal_end_s, last.legal_end_s, last.breaks) == (None, 42_300, ())
    morning, later = (one.round for one in route_of(plan, mine.id).rounds)
    assert 32_400 <= morning.breaks[0] <= 33_600
    assert later.departure_s >= morning.return_s + 1_500
    # Overtime is used and paid for: more is left lying without it.
    assert 39_600 < later.return_s <= 42_300
    assert plan.head.cost["overtime"] > 0


def test_who_said_nothing_is_planned_as_before(planning: Planning) -> None:
    [key_] = planning.items(1, in_person=True)
    plan = planning.draft()
    assert key_ in hands(plan)
    for vehicle in problem_of(planning, plan.head.id).vehicles:
        assert (vehicle.in_person, vehicle.skills, vehicle.reload_s) == (True, frozenset(), 0)
        assert all(shift.legal_end_s is None and not shift.breaks for shift in vehicle.shifts)


@pytest.mark.parametrize("by_rule", [True, False])
def test_a_paper_to_be_handed_over_in_person_goes_with_the_courier_who_may(planning: Planning, by_rule: bool) -> None:
    if by_rule:
        set_rule(planning, Rule(in_person=True), "CẤP giấy chứng nhận quyền sử dụng đất")
    may = change(planning, 1)
    change(planning, 0, in_person=False)
    papers = planning.items(4, in_person=not by_rule)
    others = planning.items(6, procedure="Đăng ký khai sinh")
    plan = planning.draft()
    assert plan.head.violations == ()
    assert {hands(plan)[item] for item in papers} == {may.id}
    assert set(others) <= hands(plan).keys()
    asked = {item for visit in problem_of(planning, plan.head.id).visits if visit.in_person for item in visit.item_ids}
    assert asked == set(papers)


def test_the_route_sheet_marks_what_goes_to_the_addressee_in_person(planning: Planning) -> None:
    """By the rule of the procedure as by the item's own mark, and nothing else."""
    set_rule(planning, Rule(in_person=True))
    scene = planning.scene
    papers = planning.items(2)
    papers += scene.ready(1, point=DOOR, in_person=True, procedure="Đăng ký khai sinh")
    plain = planning.items(3, procedure="Đăng ký khai sinh")
    plan = planning.draft()
    with scene.database.reading() as session:
        sheets = build_sheets(
            plan,
            office=scene.office,
            couriers={courier.id: courier for courier in scene.couriers},
            items=tracking.find_items(session, scope=SYSTEM, item_ids=[*papers, *plain]),
            communes={},
            procedures=tracking.list_rules(session, province_code=PROVINCE),
        )
    marked = {item.item_code for sheet in sheets for stop in sheet.stops if stop.in_person for item in stop.items}
    assert marked == {scene.item(paper).item_code for paper in papers}


def test_without_him_it_is_left_out_with_its_reason_and_a_plain_paper_beside_it_goes(planning: Planning) -> None:
    set_rule(planning, Rule(in_person=True))
    change(planning, 0, in_person=False)
    change(planning, 1, active=False)
    [paper] = planning.scene.ready(1, point=DOOR)
    [plain] = planning.scene.ready(1, point=DOOR, procedure="Đăng ký khai sinh", address="Số 1 Lê Lợi, phường Sài Gòn")
    plan = planning.draft()
    assert hands(plan).keys() == {plain}
    assert told(plan) == {paper: ["R3016"]}
    [left] = plan.unplanned
    assert left.reasons[0].vi == (
        "Giấy tờ phải trao tận tay chính chủ, nhưng không bưu tá nào đang làm được phép xác minh người nhận."
    )


def test_papers_of_one_household_go_together_when_somebody_may_bring_both(planning: Planning) -> None:
    change(planning, 0, in_person=False)
    at_one_door = {"point": DOOR, "address": "Số 9 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"}
    both = planning.scene.ready(1, in_person=True, **at_one_door) + planning.scene.ready(1, **at_one_door)
    assert [visit.item_ids for visit in problem_of(planning, planning.draft().head.id).visits] == [tuple(sorted(both))]
    change(planning, 1, in_person=False)
    plan = planning.draft()
    assert told(plan) == {both[0]: ["R3016"]}
    assert hands(plan).keys() == {both[1]}


def test_a_procedure_asks_for_a_trained_courier(planning: Planning) -> None:
    set_rule(planning, Rule(skill=" Đất  đai "))
    trained = change(planning, 0, skills=("ĐẤT ĐAI",))
    papers = planning.items(3)
    assert set(hands(planning.draft()).values()) == {trained.id}
    change(planning, 0, active=False)
    plan = planning.draft()
    assert told(plan) == {paper: ["R3002"] for paper in papers}
    assert plan.unplanned[0].reasons[0].vi.endswith("cần người đã tập huấn: đất đai.")


def test_an_edit_keeps_who_may_bring_what_and_times_the_break(planning: Planning) -> None:
    change(planning, 0, in_person=False, breaks=(COFFEE,))
    set_rule(planning, Rule(in_person=True), "Đăng ký khai sinh")
    planning.items(2, procedure="Đăng ký khai sinh")
    plan = draft(planning, 24)
    asked = {visit.id for visit in problem_of(planning, plan.plan_id).visits if visit.in_person}
    with pytest.raises(CodedError) as refused:
        plan.edit(MoveStops(visit_ids=tuple(asked)[:1], courier_id=plan.courier(0), round=0, position=0))
    assert [one.code for one in refused.value.problems] == ["R4207"]
    others = tuple(visit for visit in plan.order(1) if visit not in asked)
    plan.edit(MoveStops(visit_ids=others, courier_id=plan.courier(0)))
    after = plan.plan()
    assert after.head.violations == ()
    rounds = [one.round for one in route_of(after, plan.courier(0)).rounds if one.round.round == 0]
    assert 32_400 <= rounds[0].breaks[0] <= 33_600
    serving = [(s.stop.start_s, s.stop.departure_s) for s in route_of(after, plan.courier(0)).stops]
    assert not any(a < rounds[0].breaks[0] + 900 and rounds[0].breaks[0] < b for a, b in serving)


@pytest.mark.parametrize("under_way", [True, False])
def test_a_new_plan_of_the_rest_takes_a_break_that_is_past_as_had(planning: Planning, under_way: bool) -> None:
    change(planning, 0, breaks=(COFFEE,))
    plan = draft(planning, 30)
    planning.publish(plan.plan())
    if under_way:
        plan.deliver(0, plan.order(0)[:2], first_at=HALF_PAST_NINE - timedelta(minutes=6))
    fresh = planning.scene.ready(2, point=DOOR)
    job = ask(plan, now=HALF_PAST_NINE, params=QUICK)
    assert planning.run(job.plan_id, clock=lambda: HALF_PAST_NINE) is PlanState.APPLIED
    after = plan.plan()
    assert after.head.violations == ()
    assert plan.order(0), "the morning is not lost with the break"
    assert set(fresh) <= hands(after).keys()


def test_the_checker_sees_a_plan_for_who_may_not(planning: Planning) -> None:
    """Oracle: the stored plan against the same problem with the right taken away."""
    planning.items(4, in_person=True)
    plan = Editing(planning=planning, plan_id=planning.draft().head.id)
    [first, *_] = plan.order(0)
    appraisal = plan.preview(DropStops(visit_ids=(first,))).appraisal
    barred = [replace(one, in_person=False) for one in appraisal.problem.vehicles]
    assert check(appraisal.problem, appraisal.after) == []
    found = check(replace(appraisal.problem, vehicles=tuple(barred)), appraisal.after)
    assert {one.rule for one in found} == {"in_person"}
