"""When the post's clock stands still, read off events; the same at any time."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WorkingCalendar
from core.clock import at_local
from core.db import Database
from tests.tracking.office_scene import PROVINCE, SYSTEM, TODAY, Scene, build_scene, delivery, failure
from tracking import service
from tracking.model import EventKind as Kind
from tracking.model import FailureReason, NextAction, ProofInput
from tracking.pause_values import PAUSES, Pause, PauseReason
from tracking.pauses import after_event, paused_days, pauses_from, pauses_of
from tracking.reports import Group, on_time_report
from tracking.standard import ItemFacts, ServiceStandard, Timeliness, due_by, post_clock, save_standard

MONDAY = date(2026, 10, 12)
DAY = {name: MONDAY + timedelta(days=n) for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
ALL = frozenset(PauseReason)
Said = tuple[Kind, dict[str, Any], str]


def pauses_after(*said: Said) -> tuple[Pause, ...]:
    pauses: tuple[Pause, ...] = ()
    for kind, data, day in said:
        pauses = after_event(pauses, kind, data, DAY[day])
    return pauses


def failed(reason: str, day: str, **data: Any) -> Said:
    return Kind.ATTEMPT_FAILED, {"reason": reason, **data}, day


def again(on: str, day: str) -> Said:
    return Kind.REDELIVERY_SET, {"redelivery_on": DAY[on].isoformat()}, day


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # The citizen asked for Thursday.
        ([failed("asked_another_time", "mon"), again("thu", "mon")], [("addressee", "mon", "thu")]),
        # ... and was served earlier all the same.
        (
            [failed("asked_another_time", "mon"), again("thu", "mon"), (Kind.ITEM_OUT, {}, "wed")],
            [("addressee", "mon", "wed")],
        ),
        # Nobody at home is the post's own business.
        ([failed("absent", "mon"), again("tue", "mon")], []),
        # An address that leads nowhere waits until somebody knows it.
        ([failed("address_wrong", "mon"), (Kind.ADDRESS_QUESTIONED, {}, "mon")], [("address", "mon", None)]),
        (
            [failed("address_wrong", "mon"), (Kind.ADDRESS_QUESTIONED, {}, "mon"), (Kind.ADDRESS_RESOLVED, {}, "wed")],
            [("address", "mon", "wed")],
        ),
        # Held since Monday, invited on Tuesday, collected on Friday: delivered.
        (
            [
                failed("absent", "mon"),
                (Kind.ITEM_HELD, {}, "mon"),
                (Kind.INVITATION_SENT, {}, "tue"),
                (Kind.INVITATION_SENT, {}, "thu"),
                (Kind.ITEM_DELIVERED, {}, "fri"),
            ],
            [("addressee", "tue", "fri")],
        ),
        # The road is cut twice: the second attempt ends one pause and begins another.
        (
            [failed("road_cut", "mon"), again("wed", "mon"), failed("road_cut", "wed"), again("fri", "wed")],
            [("road", "mon", "wed"), ("road", "wed", "fri")],
        ),
        # A report that was overtaken says nothing.
        ([failed("road_cut", "mon", superseded=True)], []),
    ],
)
def test_what_stops_the_clock_and_what_starts_it(said: list[Said], expected: list[tuple[str, str, str | None]]) -> None:
    made = pauses_after(*said)
    assert [(one.why.value, one.from_on, one.to_on) for one in made] == [
        (why, DAY[first], DAY[last] if last else None) for why, first, last in expected
    ]
    assert pauses_from([one.as_json() for one in made]) == made


DATES = st.dates(date(2026, 10, 1), date(2026, 11, 30))


@st.composite
def some_pauses(draw: st.DrawFn) -> tuple[Pause, ...]:
    made = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(DATES)
        length = draw(st.none() | st.integers(0, 12))
        last = None if length is None else first + timedelta(days=length)
        made.append(Pause(why=draw(st.sampled_from(PauseReason)), from_on=first, to_on=last))
    return tuple(made)


@given(some_pauses(), DATES, st.sets(st.sampled_from(PauseReason)), st.sets(DATES, max_size=4))
def test_days_that_stood_still_are_days_walked_one_by_one(
    pauses: tuple[Pause, ...], until: date, counted: set[PauseReason], closed: set[date]
) -> None:
    calendar = WorkingCalendar(overrides=dict.fromkeys(closed, False))
    walked, day = 0, date(2026, 9, 30)
    while day < until:
        day += timedelta(days=1)
        still = any(
            one.why in counted and one.from_on < day and (one.to_on is None or day < one.to_on) for one in pauses
        )
        walked += still and calendar.is_working(day)
    assert paused_days(pauses, calendar, counted=frozenset(counted), until=until) == walked


def test_the_last_day_in_time_moves_by_the_days_that_stood_still() -> None:
    standard = ServiceStandard()
    friday_before = MONDAY - timedelta(days=3)
    waited = Pause(why=PauseReason.ADDRESSEE, from_on=DAY["mon"], to_on=DAY["thu"])
    facts = ItemFacts(handed_over_on=friday_before, due_on=DAY["fri"], commune_code=None, pauses=(waited,))
    assert due_by(facts, standard, today=DAY["mon"]) == DAY["thu"]
    late = ServiceStandard(pause_reasons=frozenset({PauseReason.ROAD}))
    assert due_by(facts, late, today=DAY["mon"]) == DAY["tue"]
    open_ = ItemFacts(
        handed_over_on=friday_before,
        due_on=DAY["fri"],
        commune_code=None,
        pauses=(Pause(why=PauseReason.ROAD, from_on=DAY["mon"]),),
    )
    assert post_clock(open_, standard, today=DAY["fri"]) is Timeliness.RUNNING
    assert post_clock(open_, ServiceStandard(pause_reasons=frozenset()), today=DAY["fri"]) is Timeliness.RUNNING_OVERDUE


@pytest.fixture
def scene(database: Database) -> Scene:
    return build_scene(database)


def _prove(scene: Scene, proof: ProofInput, now: datetime) -> None:
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=now)


@pytest.mark.db
def test_a_citizen_who_asked_for_another_day_makes_nobody_late(scene: Scene) -> None:
    """Seen with the post on Friday, due on Wednesday at the latest, Tuesday being a holiday; asked for Thursday and
    delivered on that day."""
    asked_for = TODAY + timedelta(days=6)
    [item_id] = scene.out(1)
    wish = failure(
        item_id, reason=FailureReason.ASKED_ANOTHER_TIME, action=NextAction.REDELIVER, redelivery_on=asked_for
    )
    _prove(scene, wish, wish.occurred_at)
    at = at_local(asked_for, time(9))
    _prove(scene, delivery(item_id, occurred_at=at), at)
    with scene.database.reading() as session:
        events = service.item_history(session, scope=SYSTEM, item_id=item_id)
        report = on_time_report(
            session, scope=SYSTEM, from_on=TODAY, to_on=asked_for, group=Group.OFFICE, now=at + timedelta(days=1)
        )
    item = scene.item(item_id)
    assert item.pauses == pauses_of(events)
    assert [(one.why, one.from_on, one.to_on) for one in item.pauses] == [(PauseReason.ADDRESSEE, TODAY, asked_for)]
    assert (report.total.delivered, report.total.overdue) == (1, 0)
    with scene.database.transaction() as session:
        save_standard(session, PROVINCE, ServiceStandard(pause_reasons=frozenset()))
        report = on_time_report(
            session, scope=SYSTEM, from_on=TODAY, to_on=asked_for, group=Group.OFFICE, now=at + timedelta(days=1)
        )
    assert (report.total.delivered, report.total.overdue) == (1, 1)


def test_every_cause_is_somebodys() -> None:
    own = {
        FailureReason.ABSENT,
        FailureReason.PHONE_UNREACHABLE,
        FailureReason.ITEM_DAMAGED,
        FailureReason.ITEM_LOST,
    }
    assert set(PAUSES) == set(FailureReason) - own
