"""Working days of Vietnam: national holidays with Tết, swapped days as data, an override table a province edits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import holidays as national

_SATURDAY, _SUNDAY = 5, 6


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(national.country_holidays("VN", years=year))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Days on which a clock runs.

    `overrides` maps a date to True (works, for example a swapped Saturday) or False (closed); it wins over everything.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    saturday_works: bool = False

    def is_working(self, day: date) -> bool:
        """Whether the clock runs on the day."""
        override = self.overrides.get(day)
        if override is not None:
            return override
        if day.weekday() == _SUNDAY or (day.weekday() == _SATURDAY and not self.saturday_works):
            return False
        return day not in _holidays(day.year)

    def next_working(self, day: date) -> date:
        """The first working day on or after the day."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add(self, day: date, working_days: int) -> date:
        """The day `working_days` ≥ 0 working days after `day`; J+1 of a Friday is the Monday."""
        for _ in range(working_days):
            day = self.next_working(day + timedelta(days=1))
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
