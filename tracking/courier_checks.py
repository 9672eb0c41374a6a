"""What is wrong with a courier as he was given: every mistake, each with the field it stands in. Pure."""

from collections.abc import Iterator
from datetime import time

from core.errors import Problem, problem
from tracking import errors, errors_couriers, fields
from tracking.courier_values import MOST_BREAK_MINUTES, MOST_BREAKS, MOST_RELOAD_MINUTES, MOST_SKILLS
from tracking.model import MOST_CASH_VND, Courier

_SKILL_LIMIT = 60


def skill_name(text: str) -> str:
    """A skill as it is kept and compared: case and spaces make no difference, diacritics do."""
    return fields.name(text).lower()


def skill_mistakes(text: str, pointer: str) -> Iterator[Problem]:
    """What is wrong with the name of a skill."""
    if not fields.is_printable(text):
        yield problem(errors.TEXT_NOT_PRINTABLE, pointer=pointer, field="skill")
    elif len(text) > _SKILL_LIMIT:
        yield problem(errors.TEXT_TOO_LONG, pointer=pointer, field="skill", limit=_SKILL_LIMIT)


def courier_mistakes(courier: Courier) -> Iterator[Problem]:
    """Every mistake but that of the name."""
    if fields.phone(courier.phone) is None:
        yield problem(errors.PHONE_WRONG, pointer="phone", value=courier.phone)
    for field, value, low, high in (
        ("capacity_items", courier.capacity_items, 1, 1_000_000),
        ("capacity_g", courier.capacity_g, 1, 1_000_000),
        ("cash_limit_vnd", courier.cash_limit_vnd or 0, 0, MOST_CASH_VND),
        ("reload_minutes", courier.reload_minutes, 0, MOST_RELOAD_MINUTES),
    ):
        yield from _out_of_range(field, value, low, high)
    if not _are_shifts(courier.shifts):
        yield problem(errors.SHIFT_WRONG, pointer="shifts")
    elif courier.overtime_until is not None and courier.overtime_until <= courier.shifts[-1][1]:
        yield problem(errors_couriers.OVERTIME_WRONG, pointer="overtime_until", end=_clock(courier.shifts[-1][1]))
    yield from _skills(courier.skills)
    yield from _breaks(courier)


def _skills(skills: tuple[str, ...]) -> Iterator[Problem]:
    yield from _out_of_range("skills", len(skills), 0, MOST_SKILLS)
    for n, skill in enumerate(skills):
        if not skill:
            yield problem(errors.MISSING_VALUE, pointer=f"skills/{n}", field="skill")
        yield from skill_mistakes(skill, f"skills/{n}")


def _breaks(courier: Courier) -> Iterator[Problem]:
    """Each lies in one shift, whenever it begins, and is over before the next may begin."""
    yield from _out_of_range("breaks", len(courier.breaks), 0, MOST_BREAKS)
    over = 0
    for n, one in enumerate(courier.breaks):
        yield from _out_of_range("minutes", one.minutes, 1, MOST_BREAK_MINUTES, pointer=f"breaks/{n}/minutes")
        first, last = _minute(one.earliest), _minute(one.latest) + one.minutes
        in_shift = any(_minute(start) <= first and last <= _minute(end) for start, end in courier.shifts)
        if one.latest < one.earliest or first < over or (_are_shifts(courier.shifts) and not in_shift):
            said = f"{_clock(one.earliest)}-{_clock(one.latest)}"
            yield problem(errors_couriers.BREAK_WRONG, pointer=f"breaks/{n}", window=said, minutes=one.minutes)
        over = last


def _out_of_range(field: str, value: int, low: int, high: int, pointer: str | None = None) -> Iterator[Problem]:
    if not low <= value <= high:
        yield problem(
            errors.NUMBER_OUT_OF_RANGE, pointer=pointer or field, field=field, low=low, high=high, value=value
        )


def _are_shifts(shifts: tuple[tuple[time, time], ...]) -> bool:
    """Each ends after it starts, and the next starts no earlier than the last ended."""
    ends = [moment for shift in shifts for moment in shift]
    return bool(shifts) and all(start < end for start, end in shifts) and ends == sorted(ends)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"
