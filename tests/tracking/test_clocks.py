"""The two clocks of items in real hands: when each starts, and that events alone tell it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from core.clock import at_local
from core.db import Database
from tests.tracking.clocks_read import assert_rebuilt, assert_report_rebuilt, rebuilt
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, TODAY, Scene, build_scene, delivery, failure
from tracking import service
from tracking.clocks import clocks_of
from tracking.handover_values import Tally
from tracking.model import CollectedPaper, Event, EventKind, FailureReason, Item, NextAction, ProofInput
from tracking.reports import Group, ReportRow, on_time_report
from tracking.standard import Timeliness, agency_clock, due_by, facts_of, load_standard, post_clock

pytestmark = pytest.mark.db

LATER = NOW + timedelta(days=6)
NEXT_FRIDAY = TODAY + timedelta(days=7)


@pytest.fixture
def scene(database: Database) -> Scene:
    return build_scene(database)


def prove(scene: Scene, proof: ProofInput, now: datetime | None = None) -> None:
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=now or proof.occurred_at)


def received(scene: Scene, key: UUID, at: datetime) -> None:
    scene.receive([key], now=at)


def loaded(scene: Scene, key: UUID, at: datetime) -> None:
    scene.plan([key], now=at)
    scene.take_out([key], now=at)


def at_a_door(scene: Scene, key: UUID, at: datetime) -> None:
    """Loaded without a scan; the phone reports an attempt."""
    scene.plan([key], now=at)
    prove(scene, failure(key, occurred_at=at, redelivery_on=at.date() + timedelta(days=1)))


def held(scene: Scene, key: UUID, at: datetime) -> None:
    with scene.database.transaction() as session:
        service.decide_next(session, scope=SYSTEM, item_id=key, action=NextAction.HOLD, now=at)


def forwarded(scene: Scene, key: UUID, at: datetime) -> None:
    with scene.database.transaction() as session:
        service.forward(session, scope=SYSTEM, item_id=key, to_office_id=scene.other_office.id, now=at)


@pytest.mark.parametrize("seen", [received, loaded, at_a_door, held, forwarded])
def test_the_posts_clock_starts_when_the_paper_is_first_seen_with_it(
    scene: Scene, seen: Callable[[Scene, UUID, datetime], None]
) -> None:
    """Ready on Thursday, with the post on the Thursday after; what happens to it then moves nothing."""
    [key] = scene.ready()
    with scene.database.reading() as session:
        standard = load_standard(session, PROVINCE)
    assert scene.item(key).handed_over_at is None
    assert post_clock(facts_of(scene.item(key)), standard, today=NEXT_FRIDAY) is Timeliness.NOT_STARTED
    seen(scene, key, LATER)
    item = scene.item(key)
    assert item.handed_over_at == LATER
    assert due_by(facts_of(item), standard, today=NEXT_FRIDAY) == TODAY + timedelta(days=10)
    # The agency promised it for the 25th.
    assert agency_clock(facts_of(item), today=NEXT_FRIDAY) is Timeliness.OVERDUE
    prove(scene, delivery(key, occurred_at=LATER + timedelta(days=1))) if seen in (loaded, at_a_door) else None
    assert scene.item(key).handed_over_at == LATER
    assert_rebuilt(scene.item(key), history(scene, key))
    assert_report_rebuilt(scene, LATER + timedelta(days=9))


def history(scene: Scene, key: UUID) -> list[Event]:
    with scene.database.reading() as session:
        return list(service.item_history(session, scope=SYSTEM, item_id=key))


def test_a_late_report_that_was_overtaken_starts_nothing(scene: Scene) -> None:
    """Never scanned out: an attempt of three days before, told after the delivery."""
    [key] = scene.planned()
    at = NOW + timedelta(hours=2)
    prove(scene, delivery(key, occurred_at=at))
    prove(scene, failure(key, occurred_at=at - timedelta(days=3)), now=at)
    assert scene.item(key).handed_over_at == at == rebuilt(scene, key).handed_over_at


def test_a_changed_row_is_told_by_its_event(scene: Scene) -> None:
    row = scene.row()
    scene.accept(row)
    ready_at, due_on = NOW - timedelta(hours=2), date(2026, 11, 30)
    [answer] = scene.accept(replace(row, ready_at=ready_at, due_on=due_on))
    assert answer.item_id is not None
    events = history(scene, answer.item_id)
    clocks = clocks_of(events)
    assert (clocks.ready_at, clocks.due_on) == (ready_at, due_on)
    assert_rebuilt(scene.item(answer.item_id), events)
    # As they were written before: the time it was ready is missed, the clocks are not.
    old = [replace(one, data={k: v for k, v in one.data.items() if k != "ready_at"}) for one in events[1:]]
    kept = clocks_of([events[0], *old])
    assert (kept.ready_at, kept.facts) == (row.ready_at, clocks.facts)


def test_a_chain_without_its_beginning_is_refused(scene: Scene) -> None:
    [key] = scene.ready()
    with pytest.raises(ValueError, match="begins"):
        clocks_of(history(scene, key)[1:])


def fetched(scene: Scene, on: date) -> Item:
    """A dossier that was taken at a home on a day, after a first visit in vain."""
    [key] = scene.planned(leg="collect")
    wish = {"reason": FailureReason.ASKED_ANOTHER_TIME, "redelivery_on": on}
    prove(scene, failure(key, **wish))
    at = at_local(on, time(9))
    scene.plan([key], now=at)
    papers = (CollectedPaper(name="Đơn", originals=1),)
    prove(scene, delivery(key, outcome="collected", occurred_at=at, checklist=papers, seal="N"))
    scene.hand_back([key], now=at + timedelta(hours=3))
    return scene.item(key)


def hand_in(scene: Scene, item: Item, on: date) -> None:
    with scene.database.transaction() as session:
        service.give_to_agency(
            session,
            scope=scene.dispatcher,
            office_id=scene.office.id,
            agency_id=scene.agency.id,
            tally=Tally(item_ids=(item.id,)),
            now=at_local(on, time(10)),
        )


def total(scene: Scene, on: date) -> ReportRow:
    now = at_local(on, time(20))
    assert_report_rebuilt(scene, now)
    with scene.database.reading() as session:
        return on_time_report(session, scope=SYSTEM, from_on=TODAY, to_on=on, group=Group.OFFICE, now=now).total


def test_a_dossier_fetched_at_home_runs_until_its_agency_signs(scene: Scene) -> None:
    """Fetched on Wednesday the 25th: J+2 is Friday, whatever went before. One is in time, one late, one on its way."""
    wednesday = TODAY + timedelta(days=5)
    first, second, third = (fetched(scene, wednesday) for _ in range(3))
    assert first.handed_over_at == at_local(wednesday, time(9))
    hand_in(scene, first, NEXT_FRIDAY)
    at_first = total(scene, NEXT_FRIDAY)
    assert (at_first.dossiers, at_first.dossiers_in_time, at_first.dossiers_running) == (1, 1, 2)
    assert (at_first.dossiers_overdue, at_first.running, at_first.with_agency) == (0, 0, 0)
    hand_in(scene, second, NEXT_FRIDAY + timedelta(days=3))
    after = total(scene, NEXT_FRIDAY + timedelta(days=3))
    assert (after.dossiers, after.dossiers_in_time, after.dossiers_on_time_share) == (2, 1, 0.5)
    assert (after.dossiers_running, after.dossiers_overdue) == (1, 1)
    for item in (first, second, third):
        assert_rebuilt(scene.item(item.id), history(scene, item.id))
    assert EventKind.DOSSIER_HANDED_IN not in {event.kind for event in history(scene, third.id)}


def test_a_visit_in_vain_hands_no_dossier_over(scene: Scene) -> None:
    [key] = scene.planned(leg="collect")
    prove(scene, failure(key))
    assert scene.item(key).handed_over_at is None
    assert (total(scene, NEXT_FRIDAY).running, total(scene, NEXT_FRIDAY).with_agency) == (1, 0)
