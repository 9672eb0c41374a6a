"""Edits of a plan by hand: previewed, applied, taken back; a new plan of the rest of the day."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.deps import DbSession, Now
from api.idempotency import OnceDep
from api.identity import Identity
from api.presenters.edits import command_of, edit_out, version_list
from api.routes.asking import Planner, Staff
from api.schemas.edits import EditIn, EditOut, ReplanIn, VersionList
from api.schemas.plans import PlanRequested
from api.store_names import names_of
from routing import editing, service
from routing.editing import EditAnswer, EditRequest
from routing.model import PlanParams
from tracking import service as tracking

router = APIRouter(tags=["plans"])


@router.post("/plans/{plan_id}/edits")
def post_edit(plan_id: UUID, content: EditIn, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> EditOut:
    """Make an edit: the plan's next version. A published plan's items and couriers follow.

    Made on an older version it is carried over what others did to other routes; what meets theirs is refused (R4101).
    """

    def work() -> EditOut:
        asked = _asked(content)
        answer = editing.apply_edit(session, scope=caller.scope, plan_id=plan_id, asked=asked, now=now)
        return _shown(session, caller, answer)

    return once.run(EditOut, work)


@router.post("/plans/{plan_id}/edits:preview")
def post_preview(plan_id: UUID, content: EditIn, session: DbSession, caller: Planner, now: Now) -> EditOut:
    """What an edit would come to; nothing is written, broken rules are told."""
    asked = _asked(content)
    answer = editing.preview_edit(session, scope=caller.scope, plan_id=plan_id, asked=asked, now=now)
    return _shown(session, caller, answer)


@router.post("/plans/{plan_id}/undo")
def post_undo(plan_id: UUID, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> EditOut:
    """Take the caller's last edit back."""
    return once.run(
        EditOut,
        lambda: _shown(session, caller, editing.undo_edit(session, scope=caller.scope, plan_id=plan_id, now=now)),
    )


@router.post("/plans/{plan_id}/redo")
def post_redo(plan_id: UUID, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> EditOut:
    """Make the caller's last undone edit again."""
    return once.run(
        EditOut,
        lambda: _shown(session, caller, editing.redo_edit(session, scope=caller.scope, plan_id=plan_id, now=now)),
    )


@router.post("/plans/{plan_id}/replan", status_code=202)
def post_replan(
    plan_id: UUID, content: ReplanIn, session: DbSession, caller: Planner, now: Now, once: OnceDep
) -> PlanRequested:
    """Ask for a new plan of the rest: what is visited and ridden to stays, urgent items are taken up, locks hold.

    The answer's plan is the job, to be watched; it ends `applied` and the plan has a version more.
    """

    def work() -> PlanRequested:
        params = PlanParams(
            seconds=content.seconds, absent=frozenset(content.absent), present=frozenset(content.present)
        )
        job = service.request_replan(session, scope=caller.scope, plan_id=plan_id, params=params, now=now)
        return PlanRequested(plan_id=job.plan_id, state=job.state.value, created=job.created)

    return once.run(PlanRequested, work)


@router.get("/plans/{plan_id}/versions")
def get_versions(plan_id: UUID, session: DbSession, caller: Staff, after: int = 0) -> VersionList:
    """Who changed what and when, newest first."""
    found = editing.list_versions(session, scope=caller.scope, plan_id=plan_id, after=after)
    names = names_of(session, caller.scope.province_code, {one.made_by for one in found})
    return version_list(found, names, caller.scope.actor)


def _asked(content: EditIn) -> EditRequest:
    return EditRequest(version=content.version, command=command_of(content.command), allow=frozenset(content.allow))


def _shown(session: Session, caller: Identity, answer: EditAnswer) -> EditOut:
    couriers = tracking.known_couriers(session, scope=caller.scope, office_id=answer.head.office_id)
    return edit_out(answer, {courier.id: courier for courier in couriers})
