"""Planning, changes of hands, and what an office decides."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.clock import local_date
from core.errors import CodedError
from core.ids import new_id
from tests.tracking.office_scene import NOW, SYSTEM, TODAY, Scene, failure, snapshot
from tracking import service
from tracking.model import EventKind, FailureReason, NextAction, Status


def test_taking_out_names_both_parties_and_the_count(scene: Scene) -> None:
    keys = scene.planned(3)
    courier = scene.couriers[0]
    with scene.database.transaction() as session:
        handover = service.take_out(
            session, scope=scene.courier_scope(), courier_id=courier.id, item_ids=keys, now=NOW, counted=3, seal="A-17"
        )
    assert (handover.counted, set(handover.item_ids)) == (3, set(keys))
    for key in keys:
        item = scene.item(key)
        assert (item.status, item.holder_courier_id, item.out_at) == (Status.OUT, courier.id, NOW)
        with scene.database.reading() as session:
            last = service.item_history(session, scope=SYSTEM, item_id=key)[-1]
        assert last.kind is EventKind.ITEM_OUT
        assert (last.data["giver"], last.data["receiver"]) == (f"office:{scene.office.id}", f"courier:{courier.id}")
        assert (last.data["count"], last.data["seal"]) == (3, "A-17")


def test_taking_out_twice_is_taking_out_once(scene: Scene) -> None:
    keys = scene.out(2)
    before = snapshot(scene)
    scene.take_out(keys)
    assert snapshot(scene) == before


def test_a_wrong_count_is_seen_at_once(scene: Scene) -> None:
    keys = scene.planned(2)
    courier_id = scene.couriers[0].id
    with pytest.raises(CodedError) as refused, scene.database.transaction() as session:
        service.take_out(session, scope=scene.courier_scope(), courier_id=courier_id, item_ids=keys, now=NOW, counted=3)
    assert refused.value.code == "T2007"
    assert {scene.item(key).status for key in keys} == {Status.PLANNED}


def test_only_what_is_planned_for_the_courier_goes_out_with_them(scene: Scene) -> None:
    mine, others, unplanned = scene.planned(), scene.planned(courier=1), scene.ready()
    courier_id = scene.couriers[0].id
    with pytest.raises(CodedError) as refused, scene.database.transaction() as session:
        service.take_out(
            session, scope=scene.dispatcher, courier_id=courier_id, item_ids=[*mine, *others, *unplanned], now=NOW
        )
    assert {p.pointer for p in refused.value.problems} == {f"item_ids/{key}" for key in (*others, *unplanned)}
    assert scene.item(mine[0]).status is Status.PLANNED


def test_handing_back_makes_untouched_items_ready_and_keeps_decided_ones(scene: Scene) -> None:
    untouched, held, again = scene.out(3)
    with scene.database.transaction() as session:
        for proof in (failure(held, action=NextAction.HOLD, redelivery_on=None), failure(again)):
            service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=NOW + timedelta(hours=2))
        carried = service.carried_items(session, scope=SYSTEM, courier_id=scene.couriers[0].id)
    assert {item.id for item in carried} == {untouched, held, again}
    scene.hand_back([untouched, held, again], now=NOW + timedelta(hours=4))
    assert [scene.item(key).status for key in (untouched, held, again)] == [Status.READY, Status.HELD, Status.READY]
    assert [scene.item(key).holder_courier_id for key in (untouched, held, again)] == [None] * 3
    with scene.database.reading() as session:
        both = service.list_handovers(session, scope=SYSTEM, courier_id=scene.couriers[0].id)
    assert [(handover.kind, handover.counted) for handover in both] == [("hand_back", 3), ("take_out", 3)]


def test_only_what_the_courier_holds_can_be_handed_back(scene: Scene) -> None:
    planned = scene.planned()
    with pytest.raises(CodedError) as refused:
        scene.hand_back(planned)
    assert refused.value.code == "T2005"


def test_custody_of_another_courier_is_not_found(scene: Scene) -> None:
    keys = scene.planned()
    with pytest.raises(CodedError) as refused, scene.database.transaction() as session:
        service.take_out(session, scope=scene.courier_scope(1), courier_id=scene.couriers[0].id, item_ids=keys, now=NOW)
    assert refused.value.code == "C1000"


def test_planning_moves_items_and_releasing_brings_them_back(scene: Scene) -> None:
    keys = scene.planned(2)
    scene.plan(keys[:1], courier=1)
    assert scene.item(keys[0]).courier_id == scene.couriers[1].id
    scene.take_out(keys[1:])
    with scene.database.transaction() as session:
        released = service.release(session, scope=SYSTEM, item_ids=keys, now=NOW)
    assert [item.id for item in released] == keys[:1]
    assert [scene.item(key).status for key in keys] == [Status.READY, Status.OUT]
    assert scene.item(keys[0]).plan_id is None


def test_planning_is_refused_across_offices_and_out_of_reach(scene: Scene) -> None:
    (key,) = scene.ready()
    for courier_id, code in ((scene.couriers[2].id, "T2006"), (uuid4(), "C1000")):
        with pytest.raises(CodedError) as refused, scene.database.transaction() as session:
            service.mark_planned(
                session, scope=SYSTEM, assignments={key: courier_id}, plan_id=new_id(), on=local_date(NOW), now=NOW
            )
        assert refused.value.code == code
    with pytest.raises(CodedError) as refused, scene.database.transaction() as session:
        service.mark_planned(
            session,
            scope=SYSTEM,
            assignments={uuid4(): scene.couriers[0].id},
            plan_id=new_id(),
            on=local_date(NOW),
            now=NOW,
        )
    assert refused.value.code == "C1000"


def test_planning_is_all_or_nothing(scene: Scene) -> None:
    ready, out = scene.ready(), scene.out()
    with pytest.raises(CodedError) as refused:
        scene.plan([*ready, *out])
    assert refused.value.code in {"T2001", "T2008"}
    assert scene.item(ready[0]).status is Status.READY


def test_what_a_courier_still_carries_is_not_planned_again(scene: Scene) -> None:
    (key,) = scene.out()
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=failure(key), now=NOW + timedelta(hours=2))
    assert scene.item(key).status is Status.READY
    with pytest.raises(CodedError) as refused:
        scene.plan([key])
    assert refused.value.code == "T2008"
    with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.decide_next(session, scope=SYSTEM, item_id=key, action=NextAction.HOLD, now=NOW)
    assert refused.value.code == "T2008"


def test_the_office_decides_and_the_agency_gets_it_back(scene: Scene) -> None:
    (key,) = scene.out()
    proof = failure(key, reason=FailureReason.REFUSED, action=NextAction.HOLD, redelivery_on=None)
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=NOW + timedelta(hours=2))
    scene.hand_back([key])
    tomorrow = TODAY + timedelta(days=1)
    with scene.database.transaction() as session:
        again = service.decide_next(
            session, scope=SYSTEM, item_id=key, action=NextAction.REDELIVER, redelivery_on=tomorrow, now=NOW
        )
        assert (again.status, again.not_before_on) == (Status.READY, tomorrow)
        back = service.decide_next(session, scope=SYSTEM, item_id=key, action=NextAction.RETURN, now=NOW)
        assert (back.status, back.not_before_on) == (Status.RETURNING, None)
        done = service.record_returned(session, scope=SYSTEM, item_id=key, receiver="Bộ phận một cửa", now=NOW)
        assert done.status is Status.RETURNED
    with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.record_returned(session, scope=SYSTEM, item_id=key, receiver="Bộ phận một cửa", now=NOW)
    assert refused.value.code == "T2405"


def test_a_redelivery_day_must_be_near(scene: Scene) -> None:
    (key,) = scene.ready()
    for day in (None, TODAY - timedelta(days=1), TODAY + timedelta(days=15)):
        with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
            service.decide_next(
                session, scope=SYSTEM, item_id=key, action=NextAction.REDELIVER, redelivery_on=day, now=NOW
            )
        assert refused.value.code == "T2105"
