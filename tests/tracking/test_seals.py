"""Seals of bags: written down when a bag is closed, read again when it is opened, a difference is an incident."""

from typing import Any
from uuid import UUID

import pytest

from tests.tracking.office_scene import NOW, SYSTEM, Scene
from tests.tracking.test_handovers import done, last_event, other_clerk, refusal, tally
from tracking import service
from tracking.handover_values import Incident, IncidentKind
from tracking.model import Status


def closed_bag(scene: Scene, seal: str, count: int = 1) -> list[UUID]:
    """Papers in a bag from the other office to this one."""
    keys = scene.ready(count)
    here, there = scene.office.id, scene.other_office.id
    clerk = other_clerk(scene)
    receive = {"scope": clerk, "office_id": there, "agency_id": scene.agency.id}
    done(scene, service.receive_from_agency, tally=tally(*keys), **receive)
    bag = {"scope": clerk, "office_id": there, "to_office_id": here}
    assert refusal(scene, service.send_bag, tally=tally(*keys, seal=" , "), **bag).code == "T2408"
    done(scene, service.send_bag, tally=tally(*keys, seal=seal), **bag)
    return keys


def arrival(scene: Scene) -> dict[str, Any]:
    return {"scope": scene.dispatcher, "office_id": scene.office.id, "from_office_id": scene.other_office.id}


def incidents(scene: Scene) -> list[Incident]:
    with scene.database.reading() as session:
        return list(service.list_incidents(session, scope=scene.dispatcher))


@pytest.mark.parametrize(
    ("found", "broken"), [("T-78", False), (None, False), ("T-77", True), ("T-77, T-78", False), (None, True)]
)
def test_another_missing_or_broken_seal_is_an_incident_and_the_papers_are_taken_in(
    scene: Scene, found: str | None, broken: bool
) -> None:
    (key,) = closed_bag(scene, "T-77")
    read = {"seal": found, "seal_broken": broken}
    refused = refusal(scene, service.receive_bag, tally=tally(key, **read), **arrival(scene))
    assert [one.code for one in refused.problems] == ["T2407"]
    # Who opens the bag is not told the number: the second look is a check as well.
    assert "77" not in str(refused)
    got = done(scene, service.receive_bag, tally=tally(key, **read, confirmed=True), **arrival(scene))
    assert (got.item_ids, got.seal) == ((key,), found)
    assert scene.item(key).status is Status.READY
    (incident,) = incidents(scene)
    assert (incident.kind, incident.id, incident.handover_id) == (IncidentKind.SEAL_DIFFERS, got.incident_id, got.id)
    assert (incident.seal_expected, incident.seal_found, incident.seal_broken) == ("T-77", found, broken)
    told = last_event(scene, key).data
    assert (told["seal"], told["seal_expected"], told["seal_broken"]) == (found, "T-77", broken)


@pytest.mark.parametrize("found", ["T-77", "t77", " T 77 ", "T.77"])
def test_the_same_seal_however_typed_is_no_incident(scene: Scene, found: str) -> None:
    (key,) = closed_bag(scene, "T-77")
    done(scene, service.receive_bag, tally=tally(key, seal=found), **arrival(scene))
    assert incidents(scene) == []


def test_two_bags_opened_together_have_two_seals(scene: Scene) -> None:
    (first,), (second,) = closed_bag(scene, "T-1"), closed_bag(scene, "T-2")
    one_of_them = tally(first, second, seal="T-1")
    assert refusal(scene, service.receive_bag, tally=one_of_them, **arrival(scene)).code == "T2407"
    done(scene, service.receive_bag, tally=tally(first, second, seal="T-2; T-1"), **arrival(scene))
    assert incidents(scene) == []


def test_a_bag_that_did_not_come_is_not_asked_for_its_seal(scene: Scene) -> None:
    (first,), (second,) = closed_bag(scene, "T-1"), closed_bag(scene, "T-2")
    short = tally(first, second, seal="T-1", missing=frozenset({second}), confirmed=True)
    done(scene, service.receive_bag, tally=short, **arrival(scene))
    assert [one.kind for one in incidents(scene)] == [IncidentKind.COUNT_DIFFERS]


def test_an_empty_bag_under_another_seal_tells_both_differences_at_once(scene: Scene) -> None:
    (key,) = closed_bag(scene, "T-1")
    empty = {"seal": "X", "missing": frozenset({key})}
    refused = refusal(scene, service.receive_bag, tally=tally(key, **empty), **arrival(scene))
    assert [one.code for one in refused.problems] == ["T2007", "T2407"]
    for _ in range(2):
        done(scene, service.receive_bag, tally=tally(key, **empty, confirmed=True), **arrival(scene))
    assert {one.kind for one in incidents(scene)} == {IncidentKind.COUNT_DIFFERS, IncidentKind.SEAL_DIFFERS}
    assert len(incidents(scene)) == 2, "told twice is one incident each"
    assert scene.item(key).bagged_at is not None


def test_the_seal_of_a_bag_is_told_by_no_list_before_it_is_opened(scene: Scene) -> None:
    (key,) = closed_bag(scene, "T-77")
    there = scene.other_office.id

    def told() -> list[str | None]:
        with scene.database.reading() as session:
            found = service.handovers_of_office(session, scope=SYSTEM, office_id=there, since=NOW)
        return [one.seal for one in found if one.kind == "bag"]

    assert told() == [None]
    done(scene, service.receive_bag, tally=tally(key, seal="T-77"), **arrival(scene))
    assert told() == ["T-77"]
