"""The new date of an apology slip: an agency moves its own due date, wherever the paper is. No delay of the post's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import Problem, problem
from core.scope import Scope
from tracking import errors
from tracking.events import Draft, record_events
from tracking.intake_checks import is_due_day, label
from tracking.lifecycle import may
from tracking.model import EventKind, Item, RowAnswer
from tracking.withdrawal import Named, items_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDate:
    """A result's new due date; `slip` is the number of the apology slip."""

    named: Named
    due_on: date
    slip: str | None = None


def set_due_dates(
    session: Session, *, scope: Scope, agency_id: UUID, dates: Sequence[NewDate], now: datetime
) -> list[RowAnswer]:
    """Move the due dates of up to 1,000 results of an agency; one answer for each, in order.

    A row handed in again with its old date is still the row that was handed in, and moves nothing back.

    Raises:
        CodedError: T1000 when there are too many, C1000 when the agency is not within reach.
    """
    items = items_of(session, scope=scope, agency_id=agency_id, named=[one.named for one in dates])
    at, answers = aware(now), []
    stands: dict[UUID, date] = {}
    drafts: list[Draft] = []
    for index, (one, item) in enumerate(zip(dates, items, strict=True)):
        before = None if item is None else stands.get(item.id, item.due_on)
        answer = _answer(index, one, item, before)
        if item is not None and before is not None and answer.outcome == "updated":
            drafts.append(_draft(item, before, one, at))
            stands[item.id] = one.due_on
        answers.append(answer)
    record_events(session, drafts, now=at, actor=scope.actor)
    return answers


def _draft(item: Item, before: date, new: NewDate, at: datetime) -> Draft:
    data = {"changed": ["due_on"], "due_on": new.due_on.isoformat(), "due_on_before": before.isoformat()}
    slip = {"apology_slip": new.slip} if new.slip else {}
    changes = {"due_on": new.due_on}
    return Draft(item=item, kind=EventKind.RESULT_UPDATED, occurred_at=at, data=data | slip, changes=changes)


def _answer(index: int, new: NewDate, item: Item | None, before: date | None) -> RowAnswer:
    code = new.named.dossier_code
    answer = RowAnswer(index=index, outcome="updated", dossier_code=code)
    if item is None:
        return _refused(answer, problem(errors.NOT_HANDED_IN, pointer="dossier_code", value=code))
    answer = replace(answer, item_id=item.id, tracking_code=item.tracking_code)
    if not is_due_day(new.due_on):
        value = new.due_on.isoformat()
        return _refused(answer, problem(errors.DATE_WRONG, pointer="due_on", field=label("due_on"), value=value))
    if new.due_on == before:
        return replace(answer, outcome="unchanged")
    if not may(item.status, EventKind.RESULT_UPDATED) or item.recalled_at is not None:
        status = item.status.value
        return _refused(answer, problem(errors.UPDATE_TOO_LATE, pointer="dossier_code", value=code, status=status))
    return answer


def _refused(answer: RowAnswer, *problems: Problem) -> RowAnswer:
    """The answer for a row that is not taken."""
    return replace(answer, outcome="rejected", problems=problems)
