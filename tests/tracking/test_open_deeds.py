"""What a screen is offered is what the deeds then do: each offered one is taken, each other one refused."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

import pytest

from core.clock import local_date
from core.errors import CodedError
from tests.tracking.office_scene import DOOR, SAI_GON, SYSTEM, TODAY, Scene, delivery, failure
from tests.tracking.test_handovers import LATER, done
from tests.tracking.test_holding import held, on
from tracking import service
from tracking.holding import Correction, Report
from tracking.model import EventKind, NextAction, Status
from tracking.open_deeds import OpenDeeds


def deeds_of(scene: Scene, key: UUID, now: datetime = LATER) -> OpenDeeds:
    with scene.database.reading() as session:
        item = service.find_item(session, scope=SYSTEM, item_id=key)
        history = service.item_history(session, scope=SYSTEM, item_id=key)
        return service.open_deeds(session, item, history, now=now)


def delivered(scene: Scene) -> UUID:
    (key,) = scene.out()
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=delivery(key), now=LATER)
    return key


def lost(scene: Scene) -> UUID:
    (key,) = scene.ready()
    done(scene, service.report_lost, item_id=key)
    return key


def carried_back(scene: Scene) -> UUID:
    """Held, and the courier still has it."""
    (key,) = scene.out()
    absent = failure(key, action=NextAction.HOLD, redelivery_on=None)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=absent, now=LATER)
    return key


def in_question(scene: Scene) -> UUID:
    (key,) = scene.ready()
    done(scene, service.decide_next, item_id=key, action=NextAction.CORRECT_ADDRESS)
    return key


def invited(scene: Scene) -> UUID:
    key = held(scene)
    done(scene, service.invite, item_id=key, now=LATER)
    return key


_SITUATIONS: dict[str, Callable[[Scene], UUID]] = {
    "its address in question": in_question,
    "ready": lambda scene: scene.ready()[0],
    "planned": lambda scene: scene.planned()[0],
    "out": lambda scene: scene.out()[0],
    "held": held,
    "carried back": carried_back,
    "invited": invited,
    "lost": lost,
    "delivered": delivered,
}


def each(scene: Scene, key: UUID, deeds: OpenDeeds) -> Iterator[tuple[str, bool, Callable[..., Any], dict[str, Any]]]:
    """Every deed there is: its name, whether it is offered, and how it is done."""
    # Searching for a paper is what the report of its loss begins.
    for action in set(NextAction) - {NextAction.SEARCH}:
        offered = action in deeds.actions
        if action is NextAction.FORWARD:
            yield action, offered, service.forward, {"to_office_id": scene.other_office.id}
        else:
            day = TODAY + timedelta(days=1) if action is NextAction.REDELIVER else None
            yield action, offered, service.decide_next, {"action": action, "redelivery_on": day}
    reports = {Report.LOST: service.report_lost, Report.FOUND: service.report_found}
    for report in Report:
        yield report, report in deeds.reports, reports.get(report, service.report_damaged), {}


class _Undone(Exception):
    pass


def _undo() -> NoReturn:
    raise _Undone


def tried(scene: Scene, work: Callable[..., Any], values: dict[str, Any]) -> bool:
    """Whether a deed is taken; nothing of it stays."""
    try:
        with scene.database.transaction() as session:
            work(session, scope=SYSTEM, now=LATER, **values)
            _undo()
    except _Undone:
        return True
    except CodedError:
        return False


@pytest.mark.parametrize("situation", _SITUATIONS)
def test_what_is_offered_is_taken_and_the_rest_refused(scene: Scene, situation: str) -> None:
    key = _SITUATIONS[situation](scene)
    deeds = deeds_of(scene, key)
    offered = {name: is_offered for name, is_offered, _, _ in each(scene, key, deeds)}
    taken = {name: tried(scene, work, {"item_id": key} | values) for name, _, work, values in each(scene, key, deeds)}
    assert offered == taken


def test_the_days_of_invitations_are_those_on_which_they_are_taken(scene: Scene) -> None:
    key = held(scene)
    before = deeds_of(scene, key)
    assert before.invites_from == TODAY
    done(scene, service.invite, item_id=key, now=LATER)
    after = deeds_of(scene, key)
    assert after.invites_from == before.invites_again_from
    assert after.invites_from
    early = on(after.invites_from - timedelta(days=1))
    with pytest.raises(CodedError):
        done(scene, service.invite, item_id=key, now=early)
    done(scene, service.invite, item_id=key, now=on(after.invites_from))
    assert scene.item(key).invitations == 2


def test_the_last_day_of_a_redelivery_is_taken_and_the_next_is_not(scene: Scene) -> None:
    key = held(scene)
    last = deeds_of(scene, key).redelivers_until
    assert last > local_date(LATER)
    values = {"item_id": key, "action": NextAction.REDELIVER}
    assert not tried(scene, service.decide_next, values | {"redelivery_on": last + timedelta(days=1)})
    assert tried(scene, service.decide_next, values | {"redelivery_on": last})


def test_only_a_delivery_that_stands_is_withdrawn(scene: Scene) -> None:
    assert deeds_of(scene, held(scene)).withdraws_seq is None
    key = delivered(scene)
    seq = deeds_of(scene, key).withdraws_seq
    assert seq
    done(scene, service.correct_event, item_id=key, seq=seq, what=Correction.NOT_HAPPENED)
    assert scene.item(key).status is Status.HELD
    assert deeds_of(scene, key).withdraws_seq is None


def test_a_paper_damaged_before_its_address_is_known_goes_back_to_its_agency(scene: Scene) -> None:
    key = in_question(scene)
    assert Report.DAMAGED in deeds_of(scene, key).reports
    done(scene, service.report_damaged, item_id=key)
    assert scene.item(key).status is Status.HELD
    with scene.database.reading() as session:
        queue = service.address_queue(session, scope=SYSTEM)
    assert [one.item.id for one in queue] == [key], "a person still has to decide the address"
    assert NextAction.RETURN in deeds_of(scene, key).actions
    done(scene, service.decide_next, item_id=key, action=NextAction.RETURN)
    with scene.database.reading() as session:
        kinds = [event.kind for event in service.item_history(session, scope=SYSTEM, item_id=key)]
    assert kinds[-2:] == [EventKind.ITEM_DAMAGED, EventKind.RETURN_STARTED]
    assert scene.item(key).status is Status.RETURNING


@pytest.mark.parametrize("report", [service.report_damaged, service.report_lost])
def test_what_is_to_go_out_again_while_its_address_is_in_question_comes_back_to_the_question(
    scene: Scene, report: Callable[..., Any]
) -> None:
    key = in_question(scene)
    done(scene, report, item_id=key)
    if scene.item(key).status is Status.LOST:
        done(scene, service.report_found, item_id=key)
    done(scene, service.decide_next, item_id=key, action=NextAction.REDELIVER, redelivery_on=TODAY)
    assert scene.item(key).status is Status.ACCEPTED
    done(scene, service.resolve_address, item_id=key, commune_code=SAI_GON, point=DOOR)
    assert scene.item(key).status is Status.READY
    with scene.database.reading() as session:
        assert service.address_queue(session, scope=SYSTEM) == []
    done(scene, service.report_damaged, item_id=key)
    done(scene, service.decide_next, item_id=key, action=NextAction.REDELIVER, redelivery_on=TODAY)
    assert scene.item(key).status is Status.READY


def test_an_address_the_office_asks_about_waits_for_a_person(scene: Scene) -> None:
    (key,) = scene.ready()
    done(scene, service.decide_next, item_id=key, action=NextAction.CORRECT_ADDRESS)
    with scene.database.reading() as session:
        queue = service.address_queue(session, scope=SYSTEM)
    assert [(one.item.id, one.reason) for one in queue] == [(key, "asked_by_office")]
