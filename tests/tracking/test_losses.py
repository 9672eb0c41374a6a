"""A paper lost at the door: it is searched for at once, and nobody is invited to collect what is not there."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.tracking.notification_scene import Provider, Telling, prove
from tests.tracking.office_scene import NOW, SYSTEM, Scene, failure
from tests.tracking.test_handovers import LATER, done
from tracking import service
from tracking.handover_values import Incident, IncidentKind
from tracking.model import Event, EventKind, FailureReason, NextAction, ProofInput, Status

pytestmark = pytest.mark.db


def lost(key: UUID, action: NextAction = NextAction.SEARCH) -> ProofInput:
    return failure(key, reason=FailureReason.ITEM_LOST, action=action, redelivery_on=None)


def history(scene: Scene, key: UUID) -> list[Event]:
    with scene.database.reading() as session:
        return list(service.item_history(session, scope=SYSTEM, item_id=key))


def incidents(scene: Scene) -> list[Incident]:
    with scene.database.reading() as session:
        return list(service.list_incidents(session, scope=SYSTEM))


# Phones that have not been updated yet say that a lost paper is held.
@pytest.mark.parametrize("said", [NextAction.SEARCH, NextAction.HOLD])
def test_a_paper_lost_at_the_door_is_lost_and_opens_an_incident(scene: Scene, said: NextAction) -> None:
    kept, key = scene.out(2)
    proof = lost(key, said)
    first = done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=LATER)
    item, (failed, then) = scene.item(key), history(scene, key)[-2:]
    assert (item.status, item.holder_courier_id, item.courier_id, item.plan_id) == (Status.LOST, None, None, None)
    assert (failed.kind, failed.data["reason"], failed.data["action"]) == ("attempt_failed", "item_lost", "search")
    me = scene.couriers[0].id
    assert (then.kind, then.data["last_holder"]) == (EventKind.ITEM_LOST, f"courier:{me}")
    [incident] = incidents(scene)
    assert (incident.kind, incident.listed, incident.counted) == (IncidentKind.ITEM_LOST, 1, 0)
    assert (incident.missing, incident.courier_id, incident.office_id) == ((key,), me, item.office_id)
    # The round's end asks for what is still there, and the upload repeated is the same report.
    with scene.database.reading() as session:
        balance, _ = service.round_balance(session, scope=SYSTEM, courier_id=me, now=LATER)
    assert balance.item_ids == (kept,)
    assert done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=LATER) == first
    assert len(incidents(scene)) == 1


def test_a_late_report_of_a_loss_searches_for_nothing(scene: Scene) -> None:
    (key,) = scene.out()
    scene.hand_back([key], now=LATER)
    scene.plan([key])
    scene.take_out([key], now=LATER + timedelta(hours=2))
    receipt = done(scene, service.record_proof, scope=scene.courier_scope(), proof=lost(key), now=LATER)
    assert "superseded" in receipt.flags
    assert (scene.item(key).status, incidents(scene)) == (Status.OUT, [])


def test_a_loss_at_the_office_opens_an_incident_too(scene: Scene) -> None:
    (key,) = scene.ready()
    decided = done(scene, service.decide_next, item_id=key, action=NextAction.SEARCH)
    assert decided.status is Status.LOST
    [incident] = incidents(scene)
    assert (incident.kind, incident.missing, incident.courier_id) == (IncidentKind.ITEM_LOST, (key,), None)
    assert history(scene, key)[-1].data["last_holder"] == f"office:{scene.office.id}"


def test_the_citizen_is_told_the_truth(telling: Telling, sms: Provider) -> None:
    [key] = telling.scene.out(1)
    prove(telling.scene, lost(key), NOW + timedelta(hours=1))
    telling.at = NOW + timedelta(hours=1)
    telling.tell(timedelta(minutes=4))
    [failed] = [body["text"] for body in sms.bodies if body["kind"] == "failed"]
    assert "Giấy tờ bị thất lạc, bưu cục đang tìm." in failed
    assert "mời đến" not in failed
