"""From courier to courier: one asks, another approves; what was delivered meanwhile stays delivered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID, uuid4

from sqlalchemy import text

from core.ids import new_id
from core.scope import Scope
from tests.tracking.office_scene import SYSTEM, Scene, delivery, failure
from tests.tracking.test_handovers import LATER, done, last_event, refusal
from tracking import service
from tracking.handover_values import HandoverKind, Transfer, TransferState
from tracking.model import EventKind, Status


def ask(scene: Scene, keys: list[UUID], *, by: Scope | None = None, giver: int = 0, taker: int = 1) -> Transfer:
    transfer: Transfer = done(
        scene,
        service.ask_transfer,
        scope=by or scene.courier_scope(giver),
        transfer_id=new_id(),
        from_courier_id=scene.couriers[giver].id,
        to_courier_id=scene.couriers[taker].id,
        item_ids=keys,
    )
    return transfer


def test_a_transfer_approved_by_the_receiver_moves_the_paper(scene: Scene) -> None:
    keys = scene.out(2)
    wish = ask(scene, keys)
    with scene.database.reading() as session:
        assert service.asked_transfers(session, scope=scene.courier_scope(1)) == [wish]
        assert service.asked_transfers(session, scope=scene.courier_scope(2)) == []
    decide = {"transfer_id": wish.id, "state": TransferState.APPROVED, "now": LATER}
    assert refusal(scene, service.decide_transfer, scope=scene.courier_scope(0), **decide).code == "T2421"
    decided, handover = done(scene, service.decide_transfer, scope=scene.courier_scope(1), **decide)
    assert (decided.state, handover.kind, set(handover.item_ids)) == (
        TransferState.APPROVED,
        HandoverKind.TRANSFER,
        set(keys),
    )
    item = scene.item(keys[0])
    assert (item.status, item.holder_courier_id, item.courier_id) == (
        Status.OUT,
        scene.couriers[1].id,
        scene.couriers[1].id,
    )
    event = last_event(scene, keys[0])
    assert (event.kind, event.data["giver"], event.data["receiver"]) == (
        EventKind.ITEM_TRANSFERRED,
        f"courier:{scene.couriers[0].id}",
        f"courier:{scene.couriers[1].id}",
    )
    assert done(scene, service.decide_transfer, scope=scene.courier_scope(1), **decide) == (decided, None)
    # The taker may prove what happens now; the giver's late failure no longer moves the paper.
    late = done(scene, service.record_proof, scope=scene.courier_scope(0), proof=failure(keys[0]), now=LATER)
    assert "superseded" in late.flags
    done(scene, service.record_proof, scope=scene.courier_scope(1), proof=delivery(keys[1]), now=LATER)
    assert [scene.item(key).status for key in keys] == [Status.OUT, Status.DELIVERED]


def test_what_was_delivered_meanwhile_is_not_transferred(scene: Scene) -> None:
    keys = scene.out(2)
    wish = ask(scene, keys)
    done(scene, service.record_proof, scope=scene.courier_scope(0), proof=delivery(keys[0]), now=LATER)
    approve = {"transfer_id": wish.id, "state": TransferState.APPROVED, "now": LATER}
    _, handover = done(scene, service.decide_transfer, scope=scene.dispatcher, **approve)
    assert handover.item_ids == (keys[1],)
    assert scene.item(keys[0]).status is Status.DELIVERED


def test_a_wish_is_idempotent_and_decided_once(scene: Scene) -> None:
    keys = scene.out()
    wish = ask(scene, keys)
    again = done(
        scene,
        service.ask_transfer,
        scope=scene.courier_scope(0),
        transfer_id=wish.id,
        from_courier_id=wish.from_courier_id,
        to_courier_id=wish.to_courier_id,
        item_ids=keys,
    )
    assert again == wish
    decide = {"transfer_id": wish.id, "now": LATER}
    declined = TransferState.DECLINED
    withdrawn = TransferState.WITHDRAWN
    assert refusal(scene, service.decide_transfer, scope=scene.courier_scope(1), state=withdrawn, **decide).code == (
        "T2421"
    )
    done(scene, service.decide_transfer, scope=scene.courier_scope(1), state=declined, **decide)
    assert scene.item(keys[0]).holder_courier_id == scene.couriers[0].id
    approve = {"state": TransferState.APPROVED, "scope": scene.dispatcher}
    assert refusal(scene, service.decide_transfer, **approve, **decide).code == "T2422"


def test_a_wish_that_comes_twice_at_once_is_one_wish(scene: Scene) -> None:
    keys, wish_id = scene.out(), new_id()
    together = Barrier(2)

    def asked(_: int) -> Transfer:
        with scene.database.transaction() as session:
            together.wait(timeout=30)
            return service.ask_transfer(
                session,
                scope=scene.courier_scope(0),
                transfer_id=wish_id,
                from_courier_id=scene.couriers[0].id,
                to_courier_id=scene.couriers[1].id,
                item_ids=keys,
                now=LATER,
            )

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(asked, range(2))
    assert first == second


def test_a_dispatcher_does_not_approve_a_wish_of_his_own(scene: Scene) -> None:
    keys = scene.out()
    wish = ask(scene, keys, by=scene.dispatcher)
    decide = {"transfer_id": wish.id, "now": LATER}
    for state in (TransferState.APPROVED, TransferState.DECLINED):
        assert refusal(scene, service.decide_transfer, scope=scene.dispatcher, state=state, **decide).code == "T2421"
    assert scene.item(keys[0]).holder_courier_id == scene.couriers[0].id
    colleague = replace(scene.dispatcher, actor="user:dispatcher of the afternoon")
    approve = {"state": TransferState.APPROVED, "scope": colleague}
    decided, _ = done(scene, service.decide_transfer, **approve, **decide)
    assert (decided.asked_by, decided.decided_by) == (scene.dispatcher.actor, colleague.actor)
    assert scene.item(keys[0]).holder_courier_id == scene.couriers[1].id


def test_who_asked_may_take_the_wish_back(scene: Scene) -> None:
    wish = ask(scene, scene.out())
    back = {"transfer_id": wish.id, "state": TransferState.WITHDRAWN}
    decided, handover = done(scene, service.decide_transfer, scope=scene.courier_scope(0), **back)
    assert (decided.state, handover) == (TransferState.WITHDRAWN, None)


def test_transfers_stay_in_one_office_and_take_what_is_out(scene: Scene) -> None:
    (out,), (planned,) = scene.out(), scene.planned()
    values = {
        "transfer_id": uuid4(),
        "from_courier_id": scene.couriers[0].id,
        "to_courier_id": scene.couriers[1].id,
        "item_ids": [out],
        "scope": SYSTEM,
    }
    work = service.ask_transfer
    assert refusal(scene, work, **values | {"to_courier_id": scene.couriers[2].id}).code == "T2420"
    assert refusal(scene, work, **values | {"to_courier_id": scene.couriers[0].id}).code == "T2420"
    assert refusal(scene, work, **values | {"item_ids": [planned]}).code == "T2423"
    assert refusal(scene, work, **values | {"item_ids": [uuid4()]}).code == "C1000"
    assert refusal(scene, work, **values | {"scope": scene.courier_scope(2)}).code == "C1000"
    (elsewhere,) = scene.ready()
    with scene.database.transaction() as session:
        moved = {"other": scene.other_office.id, "key": elsewhere}
        session.execute(text("UPDATE items SET office_id = :other WHERE id = :key"), moved)
    hidden = refusal(scene, work, **values | {"item_ids": [out, elsewhere]})
    assert (hidden.code, len(hidden.problems)) == ("C1000", 1), "of another office's papers nothing is told"
    stranger = replace(scene.courier_scope(1), courier_id=uuid4())
    assert refusal(scene, work, **values | {"scope": stranger}).code == "C1000"


def test_colleagues_are_those_of_the_same_office(scene: Scene) -> None:
    with scene.database.reading() as session:
        found = service.colleagues(session, scope=scene.courier_scope(0), courier_id=scene.couriers[0].id, now=LATER)
    assert [one.name for one in found] == [scene.couriers[1].name]
