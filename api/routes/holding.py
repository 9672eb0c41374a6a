"""What an office does with a paper that lies there: next action, invitation, forwarding, loss, damage, correction."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from fastapi import APIRouter

from api.deps import DbSession, Now, RuntimeDep
from api.idempotency import Once, OnceDep
from api.identity import Identity
from api.routes.asking import Planner, view_of
from api.runtime import Runtime
from api.schemas.custody import CorrectIn, DecideIn, ForwardIn, ReportIn
from api.schemas.items import ItemOut
from tracking import service
from tracking.holding import Report
from tracking.model import Item

router = APIRouter(tags=["items"])
_REPORTS = {
    Report.LOST: service.report_lost,
    Report.FOUND: service.report_found,
    Report.DAMAGED: service.report_damaged,
}


@router.post("/items/{item_id}:decide")
def post_decide(
    item_id: UUID, content: DecideIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now, once: OnceDep
) -> ItemOut:
    """Redeliver on a day, hold, ask about the address, or return to the agency."""
    day = content.redelivery_on
    act = partial(service.decide_next, session, item_id=item_id, action=content.action, redelivery_on=day)
    return _done(once, caller, runtime, now, act)


@router.post("/items/{item_id}:invite")
def post_invite(
    item_id: UUID, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now, once: OnceDep
) -> ItemOut:
    """An invitation to collect a held paper was sent."""
    return _done(once, caller, runtime, now, partial(service.invite, session, item_id=item_id))


@router.post("/items/{item_id}:forward")
def post_forward(
    item_id: UUID,
    content: ForwardIn,
    session: DbSession,
    caller: Planner,
    runtime: RuntimeDep,
    now: Now,
    once: OnceDep,
) -> ItemOut:
    """Which other office must take the paper."""
    act = partial(service.forward, session, item_id=item_id, to_office_id=content.to_office_id)
    return _done(once, caller, runtime, now, act)


@router.post("/items/{item_id}:report")
def post_report(
    item_id: UUID, content: ReportIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now, once: OnceDep
) -> ItemOut:
    """The paper is lost, found again, or damaged."""
    return _done(once, caller, runtime, now, partial(_REPORTS[content.what], session, item_id=item_id))


@router.post("/items/{item_id}:correct")
def post_correct(
    item_id: UUID,
    content: CorrectIn,
    session: DbSession,
    caller: Planner,
    runtime: RuntimeDep,
    now: Now,
    once: OnceDep,
) -> ItemOut:
    """An earlier event is wrong. It stays; a delivery that did not happen is withdrawn."""
    act = partial(service.correct_event, session, item_id=item_id, seq=content.seq, what=content.what)
    return _done(once, caller, runtime, now, act)


def _done(once: Once, caller: Identity, runtime: Runtime, now: datetime, act: Callable[..., Item]) -> ItemOut:
    """The item after what was done to it, once for a key."""
    return once.run(ItemOut, lambda: view_of(caller, runtime, now).item(act(scope=caller.scope, now=now)))
