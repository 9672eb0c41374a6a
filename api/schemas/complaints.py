"""Complaints."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from api.schemas.types import Id, Input, Output

KindName = Literal["loss", "lateness", "damage", "charge", "conduct", "other"]
StateName = Literal["open", "answered", "settled", "rejected"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]


class ComplaintIn(Input):
    """Taken at the counter or by telephone."""

    item_id: Id
    kind: KindName
    words: Words


class ComplaintDecision(Input):
    to: Literal["answered", "settled", "rejected"]
    answer: Words


class ComplaintOut(Output):
    """`due_on` is the last day to settle it (Postal Law, article 38)."""

    id: UUID
    number: int
    item_id: UUID
    item_code: str
    office_id: UUID
    kind: KindName
    words: str
    by_citizen: bool
    state: StateName
    filed_at: datetime
    due_on: date
    days_left: int
    overdue: bool
    taken_by_name: str | None
    taken_at: datetime | None
    answer: str
    answered_by_name: str | None
    answered_at: datetime | None
    closed_at: datetime | None


class ComplaintList(Output):
    complaints: list[ComplaintOut]
