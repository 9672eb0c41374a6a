"""Complaints: filed by a citizen or at the counter, answered, settled or rejected, each within the law's time."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.db import CHANNEL, notify
from core.errors import NOT_FOUND, CodedError, fail, problem
from core.ids import new_id
from core.scope import Scope
from tracking import errors_voices as errors
from tracking import reading, store, store_voices
from tracking.complaint_values import (
    SETTLED_WITHIN,
    STEPS,
    Complaint,
    ComplaintKind,
    ComplaintState,
    last_filing_day,
    months_later,
    words_mistakes,
)
from tracking.model import Item
from tracking.standard import due_by, facts_of, load_standard


def file_complaint(
    session: Session, *, scope: Scope, item_id: UUID, kind: ComplaintKind, words: str, by_citizen: bool, now: datetime
) -> Complaint:
    """Take a complaint about an item and set its deadline.

    Raises:
        CodedError: C1000 for an item out of reach; T8002, T8003, T1022, T8101, T8102, T8103, all at once.
    """
    now = aware(now)
    words = words.strip()
    item = reading.find_item(session, scope=scope, item_id=item_id)
    # One complaint of a kind at a time: two clicks wait for each other here.
    store.lock_any_item(session, item.province_code, item.id)
    found = words_mistakes(words)
    if not words:
        found.append(problem(errors.WORDS_MISSING, pointer="/words"))
    until = last_filing_day(
        kind, promised_on=_promised(session, item, local_date(now)), delivered_on=_delivered(session, item)
    )
    if until is not None and local_date(now) > until:
        found.append(problem(errors.COMPLAINT_LATE, pointer="/kind", until=f"{until:%d/%m/%Y}"))
    if store_voices.running_of(session, item.province_code, item.id, kind) is not None:
        found.append(problem(errors.COMPLAINT_OPEN, pointer="/kind"))
    if found:
        raise CodedError(found)
    complaint = store_voices.add_complaint(
        session,
        Complaint(
            province_code=item.province_code,
            id=new_id(now),
            number=0,
            item_id=item.id,
            office_id=item.office_id,
            agency_id=item.agency_id,
            kind=kind,
            words=words,
            by_citizen=by_citizen,
            state=ComplaintState.OPEN,
            filed_at=now,
            due_on=months_later(local_date(now), SETTLED_WITHIN),
        ),
    )
    _announce(session, complaint, "complaint_filed", now)
    return complaint


def list_complaints(session: Session, *, scope: Scope, running: bool = True) -> list[Complaint]:
    """Those of the offices within reach that run, the most pressing first, or those that are closed."""
    return store_voices.list_complaints(session, scope, running=running)


def complaints_of_item(session: Session, *, province_code: str, item_id: UUID) -> list[Complaint]:
    """All of an item, oldest first."""
    return store_voices.complaints_of_item(session, province_code, item_id)


def take_complaint(session: Session, *, scope: Scope, complaint_id: UUID, now: datetime) -> Complaint:
    """Say who at the office handles it; whoever says so later takes it over.

    Raises:
        CodedError: C1000 out of reach, T8104 when it is closed.
    """
    complaint = _reach(session, scope, complaint_id)
    if not STEPS[complaint.state]:
        raise fail(errors.STEP_REFUSED, state=complaint.state.value, to="taken")
    changes = {"taken_by": scope.actor, "taken_at": aware(now)}
    return _move(session, complaint, changes, now)


def decide_complaint(
    session: Session, *, scope: Scope, complaint_id: UUID, to: ComplaintState, answer: str, now: datetime
) -> Complaint:
    """Answer, settle or reject it, in words that the citizen reads.

    Raises:
        CodedError: C1000 out of reach; T8104 for a step that cannot follow, T8105, T8002, T1022, all at once.
    """
    complaint, answer, now = _reach(session, scope, complaint_id), answer.strip(), aware(now)
    # The office answers with its telephone number.
    found = words_mistakes(answer, field="answer", names_nobody=False)
    if to not in STEPS[complaint.state]:
        found.append(problem(errors.STEP_REFUSED, state=complaint.state.value, to=to.value))
    if not answer:
        found.append(problem(errors.ANSWER_MISSING, pointer="/answer"))
    if found:
        raise CodedError(found)
    changes: dict[str, Any] = {"state": to.value, "answer": answer, "answered_by": scope.actor, "answered_at": now}
    if complaint.taken_by is None:
        changes |= {"taken_by": scope.actor, "taken_at": now}
    if not STEPS[to]:
        changes["closed_at"] = now
    return _move(session, complaint, changes, now)


def _reach(session: Session, scope: Scope, complaint_id: UUID) -> Complaint:
    found = store_voices.find_complaint(session, scope, complaint_id)
    if found is None:
        raise fail(NOT_FOUND, what="complaint")
    return found


def _move(session: Session, complaint: Complaint, changes: dict[str, Any], now: datetime) -> Complaint:
    moved = store_voices.move_complaint(session, complaint, changes)
    _announce(session, moved, "complaint_moved", now)
    return moved


def _promised(session: Session, item: Item, today: date) -> date:
    """The last day of the published time, later by the days on which the post's clock stood still."""
    return due_by(facts_of(item), load_standard(session, item.province_code), today=today)


def _delivered(session: Session, item: Item) -> date | None:
    """The local day of the delivery that stands, None before it."""
    at = reading.delivered_at(session, item)
    return local_date(at) if at is not None else None


def _announce(session: Session, complaint: Complaint, kind: str, now: datetime) -> None:
    """After the commit, tell the office's screens: ids only."""
    change = {
        "province": complaint.province_code,
        "office": str(complaint.office_id),
        "complaint": str(complaint.id),
        "kind": kind,
        "event": str(new_id(now)),
    }
    notify(session, CHANNEL, change)
