"""Every edit of a stored plan: what it does, what it refuses, what it costs, and the way back."""

from datetime import timedelta

import pytest

from core.errors import CodedError
from geodata.model import LonLat
from routing import recost
from routing.commands import (
    DropStops,
    InsertStops,
    LockStops,
    MoveStops,
    ReorderRound,
    SplitRound,
    SwapRoutes,
    UnlockStops,
)
from routing.stored import PlanState
from tests.routing.edit_scene import OTHER, Editing, draft, items_once, stops_of
from tests.routing.planning_scene import Planning, key
from tests.routing.test_moved_doors import ridden
from tests.tracking.office_scene import NOW
from tracking.model import Status, Window

pytestmark = pytest.mark.db


@pytest.fixture
def plan(planning: Planning) -> Editing:
    """A draft of fourteen doors and two couriers."""
    return draft(planning)


def codes(refused: pytest.ExceptionInfo[CodedError]) -> list[str]:
    return [one.code for one in refused.value.problems]


def test_a_move_puts_the_stop_there_and_tells_the_difference_by_term(plan: Editing) -> None:
    stop, before = plan.order(0)[0], plan.plan()
    answer = plan.edit(MoveStops(visit_ids=(stop,), courier_id=plan.courier(1), round=0, position=0))
    after = plan.plan()
    assert plan.order(1)[0] == stop
    assert stop not in plan.order(0)
    assert after.head.version == answer.version == before.head.version + 1
    assert answer.appraisal.difference == {
        term: after.head.cost[term] - before.head.cost.get(term, 0) for term in after.head.cost
    }
    assert {route.courier_id for route in after.routes} >= {plan.courier(1)}
    ridden(plan.planning, after)
    items_once(plan)


def test_a_preview_tells_the_same_and_writes_nothing(plan: Editing) -> None:
    stop, before = plan.order(0)[0], plan.plan()
    command = MoveStops(visit_ids=(stop,), courier_id=plan.courier(1), round=0, position=0)
    told = plan.preview(command)
    assert plan.plan() == before
    done = plan.edit(command)
    assert told.appraisal.difference == done.appraisal.difference
    assert told.appraisal.after == done.appraisal.after


def test_a_move_without_a_place_takes_the_cheapest_there_is(plan: Editing) -> None:
    """The oracle tries every place."""
    stop, number = plan.order(0)[1], len(plan.order(1))
    costs = []
    for position in range(number + 1):
        told = plan.preview(MoveStops(visit_ids=(stop,), courier_id=plan.courier(1), round=0, position=position))
        if not told.appraisal.broken:
            costs.append(sum(told.appraisal.difference.values()))
    answer = plan.preview(MoveStops(visit_ids=(stop,), courier_id=plan.courier(1), round=0))
    assert sum(answer.appraisal.difference.values()) == min(costs)


def test_a_round_is_put_in_another_order(plan: Editing) -> None:
    order = plan.order(0)
    plan.edit(ReorderRound(courier_id=plan.courier(0), round=0, visit_ids=tuple(reversed(order))))
    assert plan.order(0) == order[::-1]
    ridden(plan.planning, plan.plan())
    with pytest.raises(CodedError) as refused:
        plan.edit(ReorderRound(courier_id=plan.courier(0), round=0, visit_ids=tuple(order[1:])))
    assert codes(refused) == ["R4006"]


def test_two_couriers_swap_routes(plan: Editing) -> None:
    mine, theirs = plan.order(0), plan.order(1)
    plan.edit(SwapRoutes(courier_id=plan.courier(0), other_id=plan.courier(1)))
    assert (plan.order(0), plan.order(1)) == (theirs, mine)
    items_once(plan)


def test_a_round_is_split_between_couriers(plan: Editing) -> None:
    mine, theirs = plan.order(0), plan.order(1)
    plan.edit(SplitRound(courier_id=plan.courier(0), round=0, position=2, to_courier_id=plan.courier(1), to_round=0))
    assert (plan.order(0), plan.order(1)) == (mine[:2], [*theirs, *mine[2:]])


def test_a_split_may_open_an_afternoon(plan: Editing) -> None:
    mine = plan.order(0)
    plan.edit(SplitRound(courier_id=plan.courier(0), round=0, position=1, to_courier_id=plan.courier(0), to_round=1))
    assert (plan.order(0), plan.order(0, 1)) == (mine[:1], mine[1:])
    ridden(plan.planning, plan.plan())
    items_once(plan)


def test_what_is_dropped_is_left_out_with_its_reason_and_comes_back(plan: Editing) -> None:
    stop = plan.order(0)[0]
    plan.edit(DropStops(visit_ids=(stop,)))
    left = {one.visit_id: one.reasons[0].code for one in plan.plan().unplanned}
    assert left == {stop: "R4301"}
    items_once(plan)
    plan.edit(InsertStops(visit_ids=(stop,)))
    assert plan.plan().unplanned == ()
    items_once(plan)


def test_everything_may_leave_a_route_and_return(plan: Editing) -> None:
    stops = tuple(plan.order(0))
    plan.edit(MoveStops(visit_ids=stops, courier_id=plan.courier(1)))
    assert [route.courier_id for route in plan.plan().routes] == [plan.courier(1)]
    plan.edit(MoveStops(visit_ids=stops, courier_id=plan.courier(0), round=0, position=0))
    assert sorted(plan.order(0)) == sorted(stops)
    items_once(plan)


def test_a_locked_stop_stays_until_it_is_unlocked(plan: Editing) -> None:
    stop = plan.order(0)[0]
    plan.edit(LockStops(visit_ids=(stop,)))
    move = MoveStops(visit_ids=(stop,), courier_id=plan.courier(1))
    with pytest.raises(CodedError) as refused:
        plan.edit(move)
    assert codes(refused) == ["R4014"]
    plan.edit(UnlockStops(visit_ids=(stop,)))
    plan.edit(move)
    assert stop in plan.order(1)


def test_an_urgent_item_goes_where_it_costs_least(plan: Editing) -> None:
    near = stops_of(plan.plan())[plan.order(1)[2]].point
    [item] = plan.planning.scene.ready(1, point=LonLat(lon=near.lon + 0.0001, lat=near.lat))
    before = plan.plan()
    told = plan.preview(InsertStops(item_ids=(item,)))
    answer = plan.edit(InsertStops(item_ids=(item,)))
    assert told.appraisal.difference == answer.appraisal.difference
    after = plan.plan()
    [stop] = [stop for stop in stops_of(after).values() if item in stop.item_ids]
    assert stop.stop.visit_id in plan.order(1)
    assert after.head.visits == before.head.visits + 1
    items_once(plan)
    # A worker reckons the estimated legs on roads (here: straight lines) and the plan keeps its order.
    recost.recost_plan(plan.planning.shop, key(plan.plan_id))
    ridden(plan.planning, plan.plan())
    items_once(plan)
    plan.undo()
    assert [one.item_ids for one in plan.plan().unplanned] == [(item,)]


def test_estimated_legs_are_near_the_true_ones(plan: Editing) -> None:
    [item] = plan.planning.scene.ready(1, point=LonLat(lon=106.7101, lat=10.7702))
    plan.edit(InsertStops(item_ids=(item,)))
    estimated = {route.courier_id: route.distance_m for route in plan.plan().routes}
    recost.recost_plan(plan.planning.shop, key(plan.plan_id))
    for route in plan.plan().routes:
        assert route.distance_m <= estimated[route.courier_id] + 10
        assert estimated[route.courier_id] <= route.distance_m * 1.5


def test_a_missed_appointment_is_told_and_only_broken_when_allowed(planning: Planning) -> None:
    window = Window(start_at=NOW + timedelta(minutes=5), end_at=NOW + timedelta(minutes=40))
    [item] = planning.items(1, window=window)
    plan = draft(planning, 10)
    stop = next(v for v, one in stops_of(plan.plan()).items() if item in one.item_ids)
    last = MoveStops(visit_ids=(stop,), courier_id=plan.courier(0), round=1, position=0)
    told = plan.preview(last)
    assert [(one.mistake.code, one.override) for one in told.appraisal.broken] == [("R4201", "window")]
    assert "08:05-08:39" in told.appraisal.broken[0].mistake.text("vi")
    with pytest.raises(CodedError) as refused:
        plan.edit(last)
    assert codes(refused) == ["R4201"]
    plan.edit(last, allow=("window",))
    assert plan.order(0, 1) == [stop]
    assert plan.plan().head.violations == ()
    plan.undo()
    assert stop not in plan.order(0, 1)
    assert plan.plan().head.wishes == {}


def test_undo_and_redo_walk_back_and_forth(plan: Editing) -> None:
    start = plan.plan()
    orders = [(plan.order(0), plan.order(1))]
    for _ in range(3):
        plan.edit(MoveStops(visit_ids=(plan.order(0)[0],), courier_id=plan.courier(1), round=0, position=0))
        orders.append((plan.order(0), plan.order(1)))
    for expected in reversed(orders[:-1]):
        plan.undo()
        assert (plan.order(0), plan.order(1)) == expected
    assert dict(plan.plan().head.cost) == dict(start.head.cost)
    with pytest.raises(CodedError, match="R4103"):
        plan.undo()
    for expected in orders[1:]:
        plan.redo()
        assert (plan.order(0), plan.order(1)) == expected
    with pytest.raises(CodedError, match="R4104"):
        plan.redo()
    assert [one.kind for one in plan.history()] == ["redo"] * 3 + ["undo"] * 3 + ["edit"] * 3
    assert {one.made_by for one in plan.history()} == {"user:dispatcher"}


def test_a_new_edit_ends_what_could_be_redone(plan: Editing) -> None:
    plan.edit(DropStops(visit_ids=(plan.order(0)[0],)))
    plan.undo()
    plan.edit(LockStops(visit_ids=(plan.order(1)[0],)))
    with pytest.raises(CodedError, match="R4104"):
        plan.redo()


def test_edits_of_different_routes_meet_on_the_newest_version(planning: Planning) -> None:
    plan = draft(planning, 16)
    seen = plan.plan().head.version
    plan.edit(ReorderRound(courier_id=plan.courier(0), round=0, visit_ids=tuple(reversed(plan.order(0)))))
    answer = plan.edit(
        ReorderRound(courier_id=plan.courier(1), round=0, visit_ids=tuple(reversed(plan.order(1)))),
        version=seen,
        actor=OTHER,
    )
    assert answer.overtaken == (seen + 1,)
    assert answer.version == seen + 2


def test_edits_of_one_route_are_refused_with_what_changed(plan: Editing) -> None:
    seen = plan.plan().head.version
    stop = plan.order(0)[0]
    plan.edit(DropStops(visit_ids=(stop,)))
    with pytest.raises(CodedError) as refused:
        plan.edit(MoveStops(visit_ids=(stop,), courier_id=plan.courier(1)), version=seen, actor=OTHER)
    assert codes(refused) == ["R4101", "R4003"]
    assert str(seen + 1) in refused.value.problems[0].text("en")


def test_undo_takes_back_ones_own_edit_and_never_anothers(plan: Editing) -> None:
    mine = plan.order(0)
    plan.edit(ReorderRound(courier_id=plan.courier(0), round=0, visit_ids=tuple(reversed(mine))))
    plan.edit(LockStops(visit_ids=(plan.order(1)[0],)), actor=OTHER)
    plan.undo()
    assert plan.order(0) == mine
    assert len(plan.plan().head.wishes) == 1
    plan.edit(DropStops(visit_ids=(mine[0],)))
    plan.edit(ReorderRound(courier_id=plan.courier(0), round=0, visit_ids=tuple(mine[:0:-1])), actor=OTHER)
    with pytest.raises(CodedError, match="R4101"):
        plan.undo()


def test_a_published_plans_items_follow(plan: Editing) -> None:
    scene = plan.planning.scene
    plan.planning.publish(plan.plan())
    moved, dropped = plan.order(0)[0], plan.order(0)[1]
    stops = stops_of(plan.plan())
    [urgent] = scene.ready(1)
    plan.edit(MoveStops(visit_ids=(moved,), courier_id=plan.courier(1)))
    plan.edit(DropStops(visit_ids=(dropped,)))
    plan.edit(InsertStops(item_ids=(urgent,), courier_id=plan.courier(0)))
    item = scene.item(stops[moved].item_ids[0])
    assert (item.status, item.courier_id, item.plan_id) == (Status.PLANNED, plan.courier(1), plan.plan_id)
    assert scene.item(stops[dropped].item_ids[0]).status is Status.READY
    assert scene.item(urgent).courier_id == plan.courier(0)
    assert plan.plan().head.state is PlanState.PUBLISHED
    plan.undo()
    assert scene.item(urgent).status is Status.READY


def test_what_is_visited_carried_or_ridden_to_stays(plan: Editing) -> None:
    plan.planning.publish(plan.plan())
    first, second, third, *_, last = plan.order(0)
    now = NOW + timedelta(hours=1)
    plan.deliver(0, [first], first_at=now - timedelta(minutes=5))
    for command, code in (
        (DropStops(visit_ids=(first,)), "R4011"),
        (MoveStops(visit_ids=(first,), courier_id=plan.courier(1)), "R4011"),
        (MoveStops(visit_ids=(second,), courier_id=plan.courier(0), round=0, position=4), "R4013"),
        (MoveStops(visit_ids=(third,), courier_id=plan.courier(1)), "R4012"),
        (DropStops(visit_ids=(third,)), "R4012"),
        (MoveStops(visit_ids=(third,), courier_id=plan.courier(0), round=0, position=0), "R4005"),
    ):
        with pytest.raises(CodedError) as refused:
            plan.edit(command, now=now)
        assert codes(refused) == [code]
    plan.edit(MoveStops(visit_ids=(last,), courier_id=plan.courier(0), round=0, position=2), now=now)
    assert plan.order(0)[:4] == [first, second, last, third]
    assert stops_of(plan.plan())[first].stop.departure_s == 8 * 3600 + 55 * 60
    plan.edit(MoveStops(visit_ids=(second,), courier_id=plan.courier(0), round=0, position=4), allow=("next",), now=now)
    assert plan.order(0)[4] == second


def test_an_urgent_item_waits_for_the_round_that_has_not_left(plan: Editing) -> None:
    """Its paper lies at the office: nobody who is under way has it."""
    plan.planning.publish(plan.plan())
    now = NOW + timedelta(hours=1)
    plan.deliver(0, plan.order(0)[:1], first_at=now - timedelta(minutes=5))
    plan.deliver(1, plan.order(1)[:1], first_at=now - timedelta(minutes=5))
    [urgent] = plan.planning.scene.ready(1)
    plan.edit(InsertStops(item_ids=(urgent,)), now=now)
    [stop] = [stop for stop in stops_of(plan.plan()).values() if urgent in stop.item_ids]
    assert stop.stop.round == 1


def test_senseless_commands_are_refused_with_their_codes(plan: Editing) -> None:
    stop = plan.order(0)[0]
    [away] = plan.planning.scene.planned(1)
    for command, code in (
        (MoveStops(visit_ids=("nobody",), courier_id=plan.courier(0)), "R4003"),
        (MoveStops(visit_ids=(stop,), courier_id=plan.courier(2)), "R4004"),
        (MoveStops(visit_ids=(stop,), courier_id=plan.courier(1), round=7), "R4004"),
        (MoveStops(visit_ids=(stop,), courier_id=plan.courier(1), round=0, position=99), "R4005"),
        (InsertStops(visit_ids=(stop,)), "R4007"),
        (InsertStops(item_ids=(away,)), "R4008"),
        (UnlockStops(visit_ids=(stop,)), "R4010"),
    ):
        with pytest.raises(CodedError) as refused:
            plan.edit(command)
        assert codes(refused) == [code]
    with pytest.raises(CodedError, match="R4102"):
        plan.edit(DropStops(visit_ids=(stop,)), version=99)
    with pytest.raises(CodedError, match="R1001"):
        plan.edit(DropStops(visit_ids=(stop,)), now=NOW + timedelta(days=1))
    assert plan.history() == []


def test_lines_are_drawn_by_the_worker_without_a_new_version(plan: Editing) -> None:
    plan.edit(MoveStops(visit_ids=(plan.order(0)[0],), courier_id=plan.courier(1)))
    before = plan.plan()
    assert recost.recost_plan(plan.planning.shop, key(plan.plan_id)) == len(before.routes)
    after = plan.plan()
    assert after.head == before.head
    for old, new in zip(before.routes, after.routes, strict=True):
        assert [stop.stop for stop in new.stops] == [stop.stop for stop in old.stops]
        assert sorted(s.dear_rank for s in new.stops if s.dear_rank) == list(range(1, min(3, len(new.stops)) + 1))
    assert recost.recost_plan(plan.planning.shop, key(plan.plan_id)) == 0
