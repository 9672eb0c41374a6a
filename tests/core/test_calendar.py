"""Working days: Tết, weekends, swapped Saturdays, J+n."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WorkingCalendar

days = st.dates(date(2025, 1, 1), date(2030, 12, 31))


def test_tet_2026_and_national_day_are_closed() -> None:
    calendar = WorkingCalendar()
    assert not calendar.is_working(date(2026, 2, 17))  # mùng 1 Tết Bính Ngọ
    assert not calendar.is_working(date(2026, 9, 2))
    assert calendar.is_working(date(2026, 11, 20))


def test_j_plus_one_of_a_friday_is_monday_or_saturday_where_it_counts() -> None:
    friday = date(2026, 11, 20)
    assert WorkingCalendar().add(friday, 1) == date(2026, 11, 23)
    assert WorkingCalendar(saturday_works=True).add(friday, 1) == date(2026, 11, 21)


def test_an_override_wins_both_ways() -> None:
    swapped = WorkingCalendar(overrides={date(2026, 11, 21): True, date(2026, 11, 23): False})
    assert swapped.add(date(2026, 11, 20), 1) == date(2026, 11, 21)
    assert swapped.add(date(2026, 11, 20), 2) == date(2026, 11, 25)  # the 24th is Culture Day


@given(days, st.integers(0, 30))
def test_between_undoes_add(start: date, n: int) -> None:
    calendar = WorkingCalendar()
    assert calendar.between(start, calendar.add(start, n)) == n
