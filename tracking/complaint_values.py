"""Complaints and ratings as values, and the deadlines of the law. Pure."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.errors import Problem, problem
from tracking import errors, errors_voices, fields

LONGEST_WORDS = 1_000
# Telephone and identity numbers, whatever stands between their digits, and mail addresses.
_PERSONAL = re.compile(r"(?:\d[ .\-]?){9,}|\S+@\S+\.\S+")
# Codes of items and dossiers are numbers too, and name nobody.
_CODES = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,3}-\d{6}-\d{4,6}", re.IGNORECASE)


class ComplaintKind(StrEnum):
    """What it is about."""

    LOSS = "loss"
    LATENESS = "lateness"
    DAMAGE = "damage"
    CHARGE = "charge"
    CONDUCT = "conduct"
    OTHER = "other"


class ComplaintState(StrEnum):
    """Where it stands."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"
    REJECTED = "rejected"


STEPS: Mapping[ComplaintState, frozenset[ComplaintState]] = {
    ComplaintState.OPEN: frozenset({ComplaintState.ANSWERED, ComplaintState.SETTLED, ComplaintState.REJECTED}),
    ComplaintState.ANSWERED: frozenset({ComplaintState.ANSWERED, ComplaintState.SETTLED, ComplaintState.REJECTED}),
    ComplaintState.SETTLED: frozenset(),
    ComplaintState.REJECTED: frozenset(),
}
RUNNING = frozenset({ComplaintState.OPEN, ComplaintState.ANSWERED})

# Luật Bưu chính 49/2010, article 38: loss and lateness within 6 months of the end of the published time; all else
# within a month of delivery; settled within 2 months of the day it came.
_FILED_WITHIN = {ComplaintKind.LOSS: 6, ComplaintKind.LATENESS: 6}
_FILED_WITHIN_ELSE = 1
SETTLED_WITHIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One complaint about an item. `due_on` is the last day to settle it; `answer` is the office's newest word.

    `number` is what people call it by; `taken_by` is who at the office looked at it first.
    """

    province_code: str
    id: UUID
    number: int
    item_id: UUID
    office_id: UUID
    agency_id: UUID
    kind: ComplaintKind
    words: str
    by_citizen: bool
    state: ComplaintState
    filed_at: datetime
    due_on: date
    taken_by: str | None = None
    taken_at: datetime | None = None
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been settled by now."""
        return self.state in RUNNING and today > self.due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A citizen's word on a delivery: 1 (bad) to 5 (good)."""

    item_id: UUID
    stars: int
    words: str
    rated_at: datetime
    changed_at: datetime


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last: 31 August and 6 months is 28 February."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_filing_day(kind: ComplaintKind, *, promised_on: date, delivered_on: date | None) -> date | None:
    """The last day to complain; None while its time has not begun: what was not delivered cannot be damaged yet.

    `promised_on` is the last day of the published delivery time.
    """
    if kind in _FILED_WITHIN:
        return months_later(promised_on, _FILED_WITHIN[kind])
    return months_later(delivered_on, _FILED_WITHIN_ELSE) if delivered_on else None


def words_mistakes(
    words: str, *, field: str = "words", limit: int = LONGEST_WORDS, names_nobody: bool = True
) -> list[Problem]:
    """What is wrong with a text: too long, not printable, or with numbers that name a person."""
    found = []
    if len(words) > limit:
        found.append(problem(errors_voices.WORDS_LONG, pointer=f"/{field}", limit=limit))
    if not fields.is_printable(words):
        found.append(problem(errors.TEXT_NOT_PRINTABLE, pointer=f"/{field}", field=field))
    if names_nobody and _PERSONAL.search(_CODES.sub("", words)):
        found.append(problem(errors_voices.WORDS_PERSONAL, pointer=f"/{field}"))
    return found
