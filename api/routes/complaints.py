"""Complaints: the office's list, most pressing first, and what it does with each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.deps import DbSession, Now
from api.idempotency import OnceDep
from api.routes.asking import Planner, Staff
from api.schemas.complaints import ComplaintDecision, ComplaintIn, ComplaintList, ComplaintOut
from api.store_names import names_of
from core.clock import local_date
from core.scope import Scope, narrowed
from tracking import complaints, service
from tracking.complaint_values import Complaint, ComplaintKind, ComplaintState

router = APIRouter(tags=["complaints"])


@router.get("/complaints")
def get_complaints(
    session: DbSession, caller: Staff, now: Now, running: bool = True, office_id: UUID | None = None
) -> ComplaintList:
    """Complaints that run, the most pressing first, or those that are closed, newest first."""
    scope = narrowed(caller.scope, office_id)
    return ComplaintList(
        complaints=_out(session, scope, complaints.list_complaints(session, scope=scope, running=running), now)
    )


@router.post("/complaints", status_code=201)
def post_complaint(content: ComplaintIn, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> ComplaintOut:
    """Write down a complaint made at the counter or by telephone."""

    def work() -> ComplaintOut:
        filed = complaints.file_complaint(
            session,
            scope=caller.scope,
            item_id=content.item_id,
            kind=ComplaintKind(content.kind),
            words=content.words,
            by_citizen=False,
            now=now,
        )
        return _out(session, caller.scope, [filed], now)[0]

    return once.run(ComplaintOut, work)


@router.post("/complaints/{complaint_id}:take")
def post_take(complaint_id: UUID, session: DbSession, caller: Planner, now: Now) -> ComplaintOut:
    """Say that the caller handles it."""
    taken = complaints.take_complaint(session, scope=caller.scope, complaint_id=complaint_id, now=now)
    return _out(session, caller.scope, [taken], now)[0]


@router.post("/complaints/{complaint_id}:decide")
def post_decision(
    complaint_id: UUID, content: ComplaintDecision, session: DbSession, caller: Planner, now: Now
) -> ComplaintOut:
    """Answer, settle or reject it; the citizen reads the words on the tracking page."""
    decided = complaints.decide_complaint(
        session,
        scope=caller.scope,
        complaint_id=complaint_id,
        to=ComplaintState(content.to),
        answer=content.answer,
        now=now,
    )
    return _out(session, caller.scope, [decided], now)[0]


def _out(session: Session, scope: Scope, found: Sequence[Complaint], now: datetime) -> list[ComplaintOut]:
    today = local_date(now)
    items = service.find_items(session, scope=scope, item_ids=[one.item_id for one in found])
    actors = {actor for one in found for actor in (one.taken_by, one.answered_by) if actor}
    names = names_of(session, scope.province_code, actors)
    return [
        ComplaintOut(
            id=one.id,
            number=one.number,
            item_id=one.item_id,
            item_code=items[one.item_id].item_code if one.item_id in items else "",
            office_id=one.office_id,
            kind=one.kind.value,
            words=one.words,
            by_citizen=one.by_citizen,
            state=one.state.value,
            filed_at=one.filed_at,
            due_on=one.due_on,
            days_left=(one.due_on - today).days,
            overdue=one.is_overdue(today),
            taken_by_name=names.get(one.taken_by or ""),
            taken_at=one.taken_at,
            answer=one.answer,
            answered_by_name=names.get(one.answered_by or ""),
            answered_at=one.answered_at,
            closed_at=one.closed_at,
        )
        for one in found
    ]
