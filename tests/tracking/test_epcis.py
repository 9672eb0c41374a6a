"""Histories for others: GS1's own schema is the judge."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema_rs
import pytest

from tests.tracking.office_scene import NOW, SYSTEM, Scene, delivery, failure
from tracking import service
from tracking.epcis import MEANINGS, document
from tracking.model import Event, EventKind, FailureReason, Item, NextAction

SCHEMA = json.loads((Path(__file__).parents[1] / "data/epcis/EPCIS-JSON-Schema.json").read_text())


@pytest.fixture(scope="module")
def judge() -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(SCHEMA, validate_formats=True)


def test_every_kind_of_event_has_a_meaning() -> None:
    assert set(MEANINGS) == set(EventKind)


def test_a_code_of_the_upu_is_only_verified_where_a_source_says_it() -> None:
    verified = {meaning.upu for meaning in MEANINGS.values() if meaning.is_upu_verified}
    assert verified == {"EMA", "EMH", "EMI"}


def test_a_whole_history_is_valid_whatever_its_events(scene: Scene, judge: jsonschema_rs.Draft7Validator) -> None:
    [key] = scene.out(1)
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=delivery(key), now=NOW + timedelta(hours=3))
    with scene.database.reading() as session:
        chain = service.item_history(session, scope=SYSTEM, item_id=key)
    item = scene.item(key)
    every = [replace(chain[0], kind=kind, data={"reason": "absent"}) for kind in EventKind]
    for events in (chain, every):
        told = document(item, events, now=NOW)
        assert [str(wrong) for wrong in judge.iter_errors(told)] == []
        assert len(told["epcisBody"]["eventList"]) == len(events)
        assert item.addressee.name not in json.dumps(told, ensure_ascii=False)
    assert [one["eventTimeZoneOffset"] for one in document(item, chain, now=NOW)["epcisBody"]["eventList"]] == [
        "+07:00"
    ] * len(chain)


UPU = {
    EventKind.ITEM_RECEIVED: "EMA",
    EventKind.DOSSIER_COLLECTED: "EMA",
    EventKind.ITEM_ARRIVED: "EMG",
    EventKind.ITEM_OUT: "EDG",
    EventKind.ATTEMPT_FAILED: "EMH",
    EventKind.ITEM_HELD: "EDH",
    EventKind.ITEM_DELIVERED: "EMI",
}


def _failed(scene: Scene, reason: FailureReason, action: NextAction | None) -> tuple[Item, list[Event]]:
    [key] = scene.out(1)
    with scene.database.transaction() as session:
        proof = failure(key, reason=reason, action=action)
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=NOW + timedelta(hours=3))
    with scene.database.reading() as session:
        return scene.item(key), service.item_history(session, scope=SYSTEM, item_id=key)


def test_the_export_has_the_upus_code_of_every_kind_that_has_one(
    scene: Scene, judge: jsonschema_rs.Draft7Validator
) -> None:
    item, chain = _failed(scene, FailureReason.ABSENT, NextAction.HOLD)
    [attempt] = [event for event in chain if event.kind is EventKind.ATTEMPT_FAILED]
    every = [replace(attempt, kind=kind) for kind in EventKind]
    told = document(item, every, now=NOW)
    assert [str(wrong) for wrong in judge.iter_errors(told)] == []
    codes = [one.get("buuta:upuEvent") for one in told["epcisBody"]["eventList"]]
    assert dict(zip(EventKind, codes, strict=True)) == {kind: UPU.get(kind) for kind in EventKind}
    assert {"buuta": "urn:buuta:epcis#"} in told["@context"]


@pytest.mark.parametrize(
    ("reason", "action"), [(FailureReason.ABSENT, NextAction.HOLD), (FailureReason.REFUSED, NextAction.RETURN)]
)
def test_an_unsuccessful_delivery_carries_reason_and_action(
    scene: Scene, judge: jsonschema_rs.Draft7Validator, reason: FailureReason, action: NextAction
) -> None:
    item, chain = _failed(scene, reason, action)
    told = document(item, chain, now=NOW)
    assert judge.is_valid(told)
    [one] = [one for one in told["epcisBody"]["eventList"] if one.get("buuta:upuEvent") == "EMH"]
    assert (one["buuta:reason"], one["buuta:action"]) == (reason.value, action.value)
    attempt = next(event for event in chain if event.kind is EventKind.ATTEMPT_FAILED)
    late = document(item, [replace(attempt, data={**attempt.data, "action": None})], now=NOW)
    assert late["epcisBody"]["eventList"][0]["buuta:action"] == "undecided"


def test_the_judge_judges(judge: jsonschema_rs.Draft7Validator, scene: Scene) -> None:
    [key] = scene.ready(1)
    with scene.database.reading() as session:
        told = document(scene.item(key), service.item_history(session, scope=SYSTEM, item_id=key), now=NOW)
    told["epcisBody"]["eventList"][0]["bizStep"] = "bringing"
    assert not judge.is_valid(told)
