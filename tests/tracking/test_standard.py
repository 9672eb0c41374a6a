"""The two clocks: against days counted by hand, and against an oracle that walks the days."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WorkingCalendar
from core.db import Database
from geodata.bundled import commune_provinces
from tracking.pause_values import Pause, PauseReason
from tracking.standard import (
    ItemFacts,
    ServiceStandard,
    Timeliness,
    agency_clock,
    due_by,
    load_calendar,
    load_standard,
    post_clock,
    save_overrides,
    save_standard,
    transit_days,
    will_be_overdue,
)

CENTRE, FAR = "26740", "27637"
STANDARD = ServiceStandard(centre_commune_codes=frozenset({CENTRE}))
FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2026, 10, 16) + timedelta(days=n) for n in (0, 3, 4, 5))


def _facts(handed_over_on: date | None = FRIDAY, commune: str = FAR, **changes: Any) -> ItemFacts:
    return replace(ItemFacts(handed_over_on=handed_over_on, due_on=WEDNESDAY, commune_code=commune), **changes)


@pytest.mark.parametrize(
    ("handed_over_on", "commune", "starts", "last"),
    [
        (FRIDAY, CENTRE, MONDAY, MONDAY),
        (FRIDAY, FAR, MONDAY, TUESDAY),
        (FRIDAY + timedelta(days=1), CENTRE, MONDAY, MONDAY),
        (MONDAY, CENTRE, TUESDAY, TUESDAY),
        (MONDAY, FAR, TUESDAY, WEDNESDAY),
        # Tết of Đinh Mùi: Thursday 4 to Wednesday 10 February 2027 are days off.
        (date(2027, 2, 3), CENTRE, date(2027, 2, 11), date(2027, 2, 11)),
        (date(2027, 2, 3), FAR, date(2027, 2, 11), date(2027, 2, 12)),
        (date(2027, 2, 6), FAR, date(2027, 2, 11), date(2027, 2, 12)),
        # Vietnam's day of culture, Tuesday 24 November, a day off since 2026.
        (date(2026, 11, 23), CENTRE, date(2026, 11, 25), date(2026, 11, 25)),
        # 30 April and 1 May 2026 are a Thursday and a Friday: the next working day is Monday the 4th.
        (date(2026, 4, 29), CENTRE, date(2026, 5, 4), date(2026, 5, 4)),
        (date(2026, 4, 29), FAR, date(2026, 5, 4), date(2026, 5, 5)),
    ],
)
def test_the_clock_starts_on_the_next_working_day(handed_over_on: date, commune: str, starts: date, last: date) -> None:
    assert transit_days(_facts(handed_over_on, commune, delivered_on=starts), STANDARD) == 1
    assert due_by(_facts(handed_over_on, commune), STANDARD, today=handed_over_on) == last


@pytest.mark.parametrize(
    ("changes", "today", "expected"),
    [
        ({"delivered_on": MONDAY}, WEDNESDAY, Timeliness.EARLY),
        ({"delivered_on": TUESDAY}, WEDNESDAY, Timeliness.ON_TIME),
        ({"delivered_on": WEDNESDAY}, WEDNESDAY, Timeliness.OVERDUE),
        ({}, TUESDAY, Timeliness.RUNNING),
        ({}, WEDNESDAY, Timeliness.RUNNING_OVERDUE),
        ({"returned_on": WEDNESDAY}, WEDNESDAY, Timeliness.RETURNED),
        # The post does not have it: no clock of its own runs, however long that lasts.
        ({"handed_over_on": None}, date(2026, 12, 31), Timeliness.NOT_STARTED),
        ({"handed_over_on": None, "returned_on": WEDNESDAY}, WEDNESDAY, Timeliness.RETURNED),
    ],
)
def test_where_an_item_stands(changes: dict[str, Any], today: date, expected: Timeliness) -> None:
    assert post_clock(_facts(**changes), STANDARD, today=today) is expected


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (MONDAY, Timeliness.EARLY),
        (FRIDAY, Timeliness.ON_TIME),
        (FRIDAY - timedelta(days=1), Timeliness.OVERDUE),
    ],
)
def test_the_agencys_clock_ends_at_hand_over(due_on: date, expected: Timeliness) -> None:
    assert agency_clock(_facts(due_on=due_on), today=WEDNESDAY) is expected


@pytest.mark.parametrize(
    ("today", "planned_on", "expected"),
    [
        (MONDAY, MONDAY, False),
        (MONDAY, TUESDAY, False),
        (MONDAY, WEDNESDAY, True),
        (MONDAY, None, False),
        (TUESDAY, None, True),
        (TUESDAY, TUESDAY, False),
        (WEDNESDAY, TUESDAY, True),
    ],
)
def test_overdue_is_foreseen(today: date, planned_on: date | None, *, expected: bool) -> None:
    assert will_be_overdue(_facts(), STANDARD, today=today, planned_on=planned_on) is expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [(WEDNESDAY, Timeliness.RUNNING), (WEDNESDAY + timedelta(days=1), Timeliness.RUNNING_OVERDUE)],
)
def test_until_the_hand_over_the_agencys_clock_runs_and_the_posts_does_not(today: date, expected: Timeliness) -> None:
    waiting = _facts(None)
    assert agency_clock(waiting, today=today) is expected
    assert not will_be_overdue(waiting, STANDARD, today=today, planned_on=today + timedelta(days=9))
    assert due_by(waiting, STANDARD, today=today) == STANDARD.calendar.add(today, 2), "as if handed over today"


def test_a_pause_before_the_clock_started_stops_nothing() -> None:
    """The courier came for a dossier on Friday, was asked for Wednesday, and took it on Wednesday."""
    waited = Pause(why=PauseReason.ADDRESSEE, from_on=FRIDAY, to_on=WEDNESDAY)
    dossier = _facts(WEDNESDAY, pauses=(waited,))
    assert due_by(dossier, STANDARD, today=WEDNESDAY) == WEDNESDAY + timedelta(days=2)


def test_another_province_is_six_days_away() -> None:
    """Communes of Cần Thơ and of a code that nobody knows, seen from Hồ Chí Minh City."""
    can_tho = next(code for code, province in commune_provinces().items() if province == "92")
    standard = replace(STANDARD, province_code="79")
    asked = (CENTRE, FAR, can_tho, "00000", None)
    assert [standard.allowed_days(code) for code in asked] == [1, 2, 6, 2, 2]
    assert due_by(_facts(MONDAY, can_tho), standard, today=MONDAY) == MONDAY + timedelta(days=8)


def test_what_has_ended_is_no_risk() -> None:
    for ended in (_facts(delivered_on=WEDNESDAY), _facts(returned_on=WEDNESDAY)):
        assert not will_be_overdue(ended, STANDARD, today=WEDNESDAY, planned_on=None)


DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))


@given(
    handed_over_on=DAYS, after=st.integers(-3, 40), closed=st.sets(DAYS, max_size=5), opened=st.sets(DAYS, max_size=5)
)
def test_transit_days_are_days_walked_one_by_one(
    handed_over_on: date, after: int, closed: set[date], opened: set[date]
) -> None:
    overrides = dict.fromkeys(opened, True) | dict.fromkeys(closed, False)
    standard = ServiceStandard(calendar=WorkingCalendar(overrides=overrides))
    delivered_on = handed_over_on + timedelta(days=after)
    walked = sum(standard.calendar.is_working(handed_over_on + timedelta(days=n)) for n in range(1, after + 1))
    facts = _facts(handed_over_on, delivered_on=delivered_on)
    assert transit_days(facts, standard) == walked
    in_time = walked < 2 or (walked == 2 and standard.calendar.is_working(delivered_on))
    late = post_clock(facts, standard, today=delivered_on) is Timeliness.OVERDUE
    assert late == (not in_time)


def test_a_provinces_own_days_and_standard_come_back(database: Database) -> None:
    saturday, monday = date(2026, 11, 21), date(2026, 11, 23)
    with database.transaction() as session:
        assert load_standard(session, "79") == ServiceStandard(province_code="79")
        save_overrides(session, "79", {saturday: False, monday: True}, reason="hoán đổi")
        save_overrides(session, "79", {saturday: True, monday: False}, reason="hoán đổi ngày làm việc")
        save_standard(
            session,
            "79",
            ServiceStandard(
                calendar=WorkingCalendar(saturday_works=True),
                centre_days=1,
                outlying_days=3,
                beyond_days=7,
                centre_commune_codes=frozenset({CENTRE}),
            ),
        )
    with database.reading() as session:
        calendar, standard = load_calendar(session, "79"), load_standard(session, "79")
        assert load_calendar(session, "64") == WorkingCalendar()
    assert (calendar.is_working(saturday), calendar.is_working(monday)) == (True, False)
    assert calendar.is_working(date(2026, 11, 28)), "this province works on Saturdays"
    assert (standard.allowed_days(CENTRE), standard.allowed_days(FAR), standard.allowed_days(None)) == (1, 3, 3)
    assert standard.beyond_days == 7
