"""What an office does with a paper that lies there: next action, invitation, forwarding, loss, damage, correction."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import DbSession, Now, RuntimeDep
from api.routes.asking import Planner, view_of
from api.schemas.custody import CorrectIn, DecideIn, ForwardIn, ReportIn
from api.schemas.items import ItemOut
from tracking import service
from tracking.holding import Report

router = APIRouter(tags=["items"])
_REPORTS = {
    Report.LOST: service.report_lost,
    Report.FOUND: service.report_found,
    Report.DAMAGED: service.report_damaged,
}


@router.post("/items/{item_id}:decide")
def post_decide(
    item_id: UUID, content: DecideIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> ItemOut:
    """Redeliver on a day, hold, ask about the address, or return to the agency."""
    decided = service.decide_next(
        session,
        scope=caller.scope,
        item_id=item_id,
        action=content.action,
        redelivery_on=content.redelivery_on,
        now=now,
    )
    return view_of(caller, runtime, now).item(decided)


@router.post("/items/{item_id}:invite")
def post_invite(item_id: UUID, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now) -> ItemOut:
    """An invitation to collect a held paper was sent."""
    return view_of(caller, runtime, now).item(service.invite(session, scope=caller.scope, item_id=item_id, now=now))


@router.post("/items/{item_id}:forward")
def post_forward(
    item_id: UUID, content: ForwardIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> ItemOut:
    """Which other office must take the paper."""
    sent = service.forward(session, scope=caller.scope, item_id=item_id, to_office_id=content.to_office_id, now=now)
    return view_of(caller, runtime, now).item(sent)


@router.post("/items/{item_id}:report")
def post_report(
    item_id: UUID, content: ReportIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> ItemOut:
    """The paper is lost, found again, or damaged."""
    reported = _REPORTS[content.what](session, scope=caller.scope, item_id=item_id, now=now)
    return view_of(caller, runtime, now).item(reported)


@router.post("/items/{item_id}:correct")
def post_correct(
    item_id: UUID, content: CorrectIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> ItemOut:
    """An earlier event is wrong. It stays; a delivery that did not happen is withdrawn."""
    corrected = service.correct_event(
        session, scope=caller.scope, item_id=item_id, seq=content.seq, what=content.what, now=now
    )
    return view_of(caller, runtime, now).item(corrected)
