"""Every change of hands: both parties, list and count, seal; differences are confirmed, never lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.errors import CodedError
from core.ids import new_id
from core.scope import Scope
from tests.tracking.office_scene import NOW, SYSTEM, Scene, delivery, failure, snapshot
from tracking import service
from tracking.handover_values import HandoverKind, IncidentKind, IncidentState, Tally
from tracking.model import Agency, CollectedPaper, EventKind, FailureReason, NextAction, ProofInput, Status

LATER = NOW + timedelta(hours=3)


def done(scene: Scene, work: Callable[..., Any], **values: Any) -> Any:
    """Run one service call in a transaction of its own."""
    with scene.database.transaction() as session:
        return work(session, **{"scope": SYSTEM, "now": NOW} | values)


def refusal(scene: Scene, work: Callable[..., Any], **values: Any) -> CodedError:
    """The coded error of a call; it must leave nothing behind."""
    before = snapshot(scene)
    with pytest.raises(CodedError) as refused:
        done(scene, work, **values)
    assert snapshot(scene) == before
    return refused.value


def other_clerk(scene: Scene) -> Scope:
    return replace(scene.dispatcher, actor="user:other", office_ids=frozenset({scene.other_office.id}))


def tally(*keys: UUID, **values: Any) -> Tally:
    return Tally(item_ids=tuple(keys), **values)


def last_event(scene: Scene, key: UUID) -> Any:
    with scene.database.reading() as session:
        return service.item_history(session, scope=SYSTEM, item_id=key)[-1]


def test_an_agencys_papers_are_counted_and_signed_for(scene: Scene) -> None:
    keys = scene.ready(2)
    values = {"scope": scene.dispatcher, "office_id": scene.office.id, "agency_id": scene.agency.id}
    list_ = tally(*keys, counted=2, originals=2, copies=1, seal="N-01", counterpart="Quầy 3")
    handover = done(scene, service.receive_from_agency, tally=list_, **values)
    assert (handover.kind, handover.giver, handover.receiver) == (
        HandoverKind.FROM_AGENCY,
        f"agency:{scene.agency.id}",
        f"office:{scene.office.id}",
    )
    assert (handover.counted, handover.originals, handover.copies, handover.seal) == (2, 2, 1, "N-01")
    event = last_event(scene, keys[0])
    assert (event.kind, event.status, event.data["originals"]) == (EventKind.ITEM_RECEIVED, Status.READY, 2)
    assert scene.item(keys[0]).received_at == NOW
    before = snapshot(scene)
    done(scene, service.receive_from_agency, tally=list_, **values)
    assert snapshot(scene) == before, "the same hand-over again is no second one"


def test_an_unconfirmed_difference_is_refused_and_a_confirmed_one_opens_an_incident(scene: Scene) -> None:
    there, gone = scene.planned(2)
    courier_id = scene.couriers[0].id
    values = {"scope": scene.dispatcher, "courier_id": courier_id, "item_ids": ()}
    differing = tally(there, gone, missing=frozenset({gone}), surplus=("RA000000019VN",))
    assert refusal(scene, service.take_out, tally=differing, **values).code == "T2007"
    handover = done(scene, service.take_out, tally=replace(differing, confirmed=True), **values)
    assert (handover.listed, handover.counted, handover.item_ids) == (2, 2, (there,))
    assert [scene.item(key).status for key in (there, gone)] == [Status.OUT, Status.PLANNED]
    with scene.database.reading() as session:
        (incident,) = service.list_incidents(session, scope=scene.dispatcher)
        assert not service.list_incidents(session, scope=other_clerk(scene)), "another office's affair is not found"
    assert (incident.kind, incident.state) == (IncidentKind.COUNT_DIFFERS, IncidentState.OPEN)
    assert (incident.missing, incident.surplus, incident.courier_id) == ((gone,), ("RA000000019VN",), courier_id)
    assert (incident.handover_id, incident.id) == (handover.id, handover.incident_id)


def test_the_same_difference_told_again_is_one_incident(scene: Scene) -> None:
    (key,) = scene.planned()
    missing = tally(key, missing=frozenset({key}), confirmed=True)
    for _ in range(2):
        done(scene, service.take_out, courier_id=scene.couriers[0].id, item_ids=(), tally=missing)
    with scene.database.reading() as session:
        assert len(service.list_incidents(session, scope=SYSTEM)) == 1
        assert len(service.list_handovers(session, scope=SYSTEM, courier_id=scene.couriers[0].id)) == 1


def test_what_is_missing_must_be_on_the_list(scene: Scene) -> None:
    (key,), (other,) = scene.planned(), scene.planned()
    wrong = tally(key, missing=frozenset({other}), confirmed=True)
    assert refusal(scene, service.take_out, courier_id=scene.couriers[0].id, item_ids=(), tally=wrong).code == "T2401"


def test_an_incident_is_explained_then_closed_and_never_goes_back(scene: Scene) -> None:
    (key,) = scene.planned()
    short = tally(key, missing=frozenset({key}), confirmed=True)
    done(scene, service.take_out, courier_id=scene.couriers[0].id, item_ids=(), tally=short)
    with scene.database.reading() as session:
        (incident,) = service.list_incidents(session, scope=SYSTEM)
    decide = {"incident_id": incident.id, "scope": scene.dispatcher}
    explained, closed = IncidentState.EXPLAINED, IncidentState.CLOSED
    work = service.decide_incident
    assert refusal(scene, work, **decide, state=explained, explanation=" ").code == "T2441"
    assert refusal(scene, work, **decide, state=explained, explanation="x" * 501).code == "T1008"
    assert refusal(scene, work, **decide, state=explained, explanation="a\x00b").code == "T1022"
    assert refusal(scene, work, **decide | {"scope": other_clerk(scene)}, state=closed, explanation="?").code == "C1000"
    done(scene, work, **decide, state=explained, explanation="Nằm ở ngăn khác")
    result = done(scene, work, **decide, state=closed, explanation="Đã tìm thấy")
    assert (result.state, result.explanation) == (closed, "Nằm ở ngăn khác\nĐã tìm thấy")
    assert refusal(scene, work, **decide, state=explained, explanation="lại").code == "T2440"
    with scene.database.reading() as session:
        assert not service.list_incidents(session, scope=SYSTEM)
        assert len(service.list_incidents(session, scope=SYSTEM, open_only=False)) == 1


def test_a_paper_received_at_another_counter_travels_in_a_bag(scene: Scene) -> None:
    (key,) = scene.ready()
    there = scene.other_office.id
    receive = {"scope": other_clerk(scene), "office_id": there, "agency_id": scene.agency.id}
    done(scene, service.receive_from_agency, tally=tally(key), **receive)
    item = scene.item(key)
    assert (item.status, item.office_id, item.to_office_id) == (Status.FORWARDED, there, scene.office.id)
    with scene.database.reading() as session:
        assert not service.ready_items(session, scope=SYSTEM, office_id=scene.office.id, on=item.due_on)
    bag = {"scope": other_clerk(scene), "office_id": there, "to_office_id": scene.office.id}
    sent = done(scene, service.send_bag, tally=tally(key, seal="T-77"), **bag)
    assert (sent.giver, sent.receiver, sent.seal) == (f"office:{there}", f"office:{scene.office.id}", "T-77")
    assert refusal(scene, service.decide_next, item_id=key, action=NextAction.RETURN).code == "T2403"
    assert refusal(
        scene, service.resolve_address, item_id=key, commune_code="26740", point=scene.office.point
    ).code == ("T2403")
    arrive = {"scope": scene.dispatcher, "office_id": scene.office.id, "from_office_id": there}
    got = done(scene, service.receive_bag, tally=tally(key, seal="t 77"), **arrive)
    assert (got.kind, got.giver, got.receiver) == (
        HandoverKind.ARRIVE,
        f"office:{there}",
        f"office:{scene.office.id}",
    )
    item = scene.item(key)
    assert (item.status, item.office_id, item.to_office_id, item.bagged_at) == (
        Status.READY,
        scene.office.id,
        None,
        None,
    )


def test_a_bag_short_of_one_opens_an_incident_at_the_office_that_opened_it(scene: Scene) -> None:
    keys = scene.ready(2)
    there = scene.other_office.id
    receive = {"scope": other_clerk(scene), "office_id": there, "agency_id": scene.agency.id}
    done(scene, service.receive_from_agency, tally=tally(*keys), **receive)
    bag = {"scope": other_clerk(scene), "office_id": there, "to_office_id": scene.office.id}
    done(scene, service.send_bag, tally=tally(*keys, seal="T-1"), **bag)
    short = tally(*keys, seal="T-1", missing=frozenset({keys[1]}), confirmed=True)
    arrive = {"scope": scene.dispatcher, "office_id": scene.office.id, "from_office_id": there}
    done(scene, service.receive_bag, tally=short, **arrive)
    assert [scene.item(key).status for key in keys] == [Status.READY, Status.FORWARDED]
    with scene.database.reading() as session:
        assert [one.missing for one in service.list_incidents(session, scope=scene.dispatcher)] == [(keys[1],)]


def test_a_failed_paper_is_forwarded_to_an_office_and_asks_for_its_address_there(scene: Scene) -> None:
    (key,) = scene.out()
    moved = failure(key, reason=FailureReason.MOVED, action=NextAction.FORWARD, redelivery_on=None)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=moved, now=LATER)
    forward = {"item_id": key, "scope": scene.dispatcher, "to_office_id": scene.other_office.id}
    assert refusal(scene, service.forward, **forward).code == "T2008"
    scene.hand_back([key], now=LATER)
    assert refusal(scene, service.forward, **forward | {"to_office_id": scene.office.id}).code == "T2404"
    assert refusal(scene, service.forward, **forward | {"to_office_id": key}).code == "C1000"
    assert done(scene, service.forward, **forward).to_office_id == scene.other_office.id
    bag = {"scope": scene.dispatcher, "office_id": scene.office.id, "to_office_id": scene.other_office.id}
    done(scene, service.send_bag, tally=tally(key, seal="T-2"), **bag)
    arrive = {"scope": other_clerk(scene), "office_id": scene.other_office.id, "from_office_id": scene.office.id}
    done(scene, service.receive_bag, tally=tally(key, seal="T-2"), **arrive)
    item = scene.item(key)
    assert (item.status, item.office_id) == (Status.ACCEPTED, scene.other_office.id)
    with scene.database.reading() as session:
        queue = service.address_queue(session, scope=other_clerk(scene), limit=10)
    assert [(one.item.id, one.reason) for one in queue] == [(key, "arrived_elsewhere")]


def test_a_paper_that_lies_here_does_not_fly_to_another_office(scene: Scene) -> None:
    (key,) = scene.out()
    wrong = failure(key, reason=FailureReason.ADDRESS_WRONG, action=NextAction.CORRECT_ADDRESS, redelivery_on=None)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=wrong, now=LATER)
    scene.hand_back([key], now=LATER)
    item = done(scene, service.resolve_address, item_id=key, commune_code="26929", point=scene.office.point)
    assert (item.status, item.office_id, item.to_office_id) == (
        Status.FORWARDED,
        scene.office.id,
        scene.other_office.id,
    )


def test_the_rounds_newer_attempt_counts_also_after_the_office_chose_where_to_forward(scene: Scene) -> None:
    (key,) = scene.out()
    moved = failure(key, action=NextAction.FORWARD, reason=FailureReason.MOVED, redelivery_on=None)
    newer = failure(key, proof_id=new_id(NOW), occurred_at=moved.occurred_at + timedelta(minutes=30))
    scope = scene.courier_scope()
    done(scene, service.record_proof, scope=scope, proof=moved, now=LATER)
    scene.hand_back([key], now=LATER)
    at = LATER + timedelta(hours=3)
    done(scene, service.forward, scope=SYSTEM, item_id=key, to_office_id=scene.other_office.id, now=at)
    # The phone had no network until now.
    receipt = done(scene, service.record_proof, scope=scope, proof=newer, now=at + timedelta(hours=1))
    assert "superseded" not in receipt.flags
    item = scene.item(key)
    assert (item.status, item.to_office_id, item.attempts) == (Status.READY, None, 2)


def test_bags_take_only_what_goes_there(scene: Scene) -> None:
    (key,) = scene.ready()
    bag = {"scope": scene.dispatcher, "office_id": scene.office.id, "to_office_id": scene.other_office.id}
    assert refusal(scene, service.send_bag, tally=tally(key, seal="T"), **bag).code == "T2405"
    arrive = {"scope": other_clerk(scene), "office_id": scene.other_office.id, "from_office_id": scene.office.id}
    assert refusal(scene, service.receive_bag, tally=tally(key), **arrive).code == "C1000"


def test_counters_of_other_offices_and_agencies_are_out_of_reach(scene: Scene) -> None:
    (key,) = scene.ready()
    other = Agency(id=scene.office.id, code="H29.99", name="Sở khác")
    receive = {"office_id": scene.office.id, "agency_id": scene.agency.id, "tally": tally(key)}
    assert refusal(scene, service.receive_from_agency, scope=other_clerk(scene), **receive).code == "C1000"
    assert refusal(scene, service.receive_from_agency, **receive | {"agency_id": other.id}).code == "C1000"
    (out,) = scene.out()
    assert refusal(scene, service.receive_from_agency, **receive | {"tally": tally(out)}).code == "T2405"
    assert refusal(scene, service.give_to_agency, **receive | {"agency_id": other.id}).code == "C1000"
    assert refusal(scene, service.give_to_agency, **receive).code == "T2405"
    assert refusal(scene, service.give_to_agency, **receive | {"tally": tally(out)}).code == "T2008"


def test_only_staff_stand_at_a_counter(scene: Scene) -> None:
    (key,) = scene.ready()
    bag = {"office_id": scene.office.id, "tally": tally(key)}
    for scope in (scene.courier_scope(), replace(SYSTEM, agency_id=scene.agency.id)):
        sent = refusal(scene, service.send_bag, scope=scope, to_office_id=scene.other_office.id, **bag)
        opened = refusal(scene, service.receive_bag, scope=scope, from_office_id=scene.other_office.id, **bag)
        assert (sent.code, opened.code) == ("C1000", "C1000")


def collected(key: UUID, **changes: Any) -> ProofInput:
    papers = (CollectedPaper(name="Đơn đề nghị", originals=1), CollectedPaper(name="Căn cước", copies=2))
    return delivery(key, outcome="collected", checklist=papers, seal="NP-12", **changes)


def test_a_dossier_is_collected_at_home_and_handed_in_at_the_agency(scene: Scene) -> None:
    (key,) = scene.planned(leg="collect")
    courier_id = scene.couriers[0].id
    assert refusal(scene, service.take_out, courier_id=courier_id, item_ids=[key]).code == "T2406"
    proof = collected(key)
    receipt = done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=LATER)
    again = done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=LATER)
    assert receipt == again
    assert receipt.receipt_code is not None
    assert receipt.flags == ()
    item = scene.item(key)
    assert (item.status, item.holder_courier_id) == (Status.COLLECTED, courier_id)
    with scene.database.reading() as session:
        (handover,) = service.list_handovers(session, scope=SYSTEM, courier_id=courier_id)
    assert (handover.kind, handover.giver, handover.receiver) == (
        HandoverKind.COLLECT,
        "citizen",
        f"courier:{courier_id}",
    )
    assert (handover.originals, handover.copies, handover.seal) == (1, 2, "NP-12")
    to_agency = {"office_id": scene.office.id, "agency_id": scene.agency.id, "tally": tally(key, counterpart="Quầy 1")}
    assert refusal(scene, service.give_to_agency, **to_agency).code == "T2008"
    scene.hand_back([key], now=LATER)
    assert scene.item(key).status is Status.COLLECTED
    done(scene, service.give_to_agency, **to_agency)
    assert scene.item(key).status is Status.HANDED_IN
    assert last_event(scene, key).kind is EventKind.DOSSIER_HANDED_IN


def test_a_late_failure_does_not_undo_a_collection(scene: Scene) -> None:
    (key,) = scene.planned(leg="collect")
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=collected(key), now=LATER)
    receipt = done(scene, service.record_proof, scope=scene.courier_scope(), proof=failure(key), now=LATER)
    assert "superseded" in receipt.flags
    assert scene.item(key).status is Status.COLLECTED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"checklist": ()}, "T2119"),
        ({"checklist": (CollectedPaper(name=" ", originals=1),)}, "T2119"),
        ({"checklist": (CollectedPaper(name="Đơn"),)}, "T2119"),
        ({"seal": None}, "T1001"),
    ],
)
def test_a_collection_needs_its_list_and_its_seal(scene: Scene, changes: dict[str, Any], code: str) -> None:
    (key,) = scene.planned(leg="collect")
    proof = replace(collected(key), **changes)
    assert refusal(scene, service.record_proof, scope=scene.courier_scope(), proof=proof).code == code


def test_outcomes_belong_to_their_legs(scene: Scene) -> None:
    (back,), (fetch,) = scene.out(), scene.planned(leg="collect")
    for proof in (collected(back), delivery(fetch)):
        assert refusal(scene, service.record_proof, scope=scene.courier_scope(), proof=proof).code == "T2118"


def test_the_counter_knows_each_list_and_what_a_code_means_on_it(scene: Scene) -> None:
    awaited, planned = scene.ready()[0], scene.planned()[0]
    desk: dict[str, Any] = {"scope": scene.dispatcher, "office_id": scene.office.id}
    sides = {
        HandoverKind.FROM_AGENCY: (scene.agency.id, [awaited, planned]),
        HandoverKind.TAKE_OUT: (scene.couriers[0].id, [planned]),
        HandoverKind.HAND_BACK: (scene.couriers[0].id, []),
        HandoverKind.BAG: (scene.other_office.id, []),
        HandoverKind.ARRIVE: (scene.other_office.id, []),
        HandoverKind.TO_AGENCY: (scene.agency.id, []),
    }
    with scene.database.reading() as session:
        for kind, (party_id, expected) in sides.items():
            listed = service.list_for(session, **desk, kind=kind, party_id=party_id)
            assert {item.id for item in listed} == set(expected), kind
        item = scene.item(planned)
        load = desk | {"kind": HandoverKind.TAKE_OUT, "party_id": scene.couriers[0].id}
        for code in (item.item_code.lower(), item.dossier_codes[0]):
            assert service.find_code(session, **load, code=f" {code} ").id == planned
        with pytest.raises(CodedError) as unknown:
            service.find_code(session, **load, code=scene.item(awaited).item_code)
        assert unknown.value.code == "T2402"
        # At an agency's desk any paper of it may lie on the counter, whichever office delivers it.
        there: dict[str, Any] = {
            "scope": other_clerk(scene),
            "office_id": scene.other_office.id,
            "party_id": scene.agency.id,
        }
        found = service.find_code(session, **there, kind=HandoverKind.FROM_AGENCY, code=scene.item(awaited).item_code)
        assert found.id == awaited
        with pytest.raises(CodedError) as nowhere:
            service.list_for(session, **desk, kind=HandoverKind.COLLECT, party_id=scene.agency.id)
        assert nowhere.value.code == "C1000"


def test_the_counter_does_what_each_kind_means(scene: Scene) -> None:
    (key,) = scene.planned()
    desk = {"scope": scene.dispatcher, "office_id": scene.office.id, "tally": tally(key)}
    courier_id = scene.couriers[0].id
    for kind, party_id, status in (
        (HandoverKind.TAKE_OUT, courier_id, Status.OUT),
        (HandoverKind.HAND_BACK, courier_id, Status.READY),
        (HandoverKind.FROM_AGENCY, scene.agency.id, Status.READY),
    ):
        done(scene, service.hand_over, kind=kind, party_id=party_id, **desk)
        assert scene.item(key).status is status
    assert refusal(scene, service.hand_over, kind=HandoverKind.TRANSFER, party_id=courier_id, **desk).code == "C1000"
