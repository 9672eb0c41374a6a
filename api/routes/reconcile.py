"""The reconciliation of dossiers: an agency's list against our items and what the agency has acknowledged."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from sqlalchemy.orm import Session

from api.deps import DbSession, Now, RuntimeDep
from api.presenters.reconcile import detail_out, difference_out, listed_of, run_out
from api.routes.asking import FeedbackReader, Limit, ReconcileReader
from api.routes.results import agency_of
from api.schemas.reconcile import AgencyListIn, DossierDifferenceOut, RepairIn, RunDetailOut, RunIn, RunList
from api.schemas.types import Instant
from core.scope import Scope
from tracking import service
from tracking.reconcile import runs
from tracking.reconcile.sheet import ListRow, gathered, read_list

router = APIRouter(tags=["reconciliation"])


@router.post("/reconciliation/list")
def post_list(content: AgencyListIn, session: DbSession, caller: FeedbackReader, now: Now) -> RunDetailOut:
    """Send what the agency has on its books; it takes the place of the list before and is compared at once."""
    rows = [
        ListRow(
            place=f"/entries/{index}/dossier_code",
            code=one.dossier_code,
            listed=listed_of(one),
        )
        for index, one in enumerate(content.entries)
    ]
    detail = runs.take_list(
        session,
        scope=caller.scope,
        agency_id=agency_of(caller, content.agency_id),
        entries=gathered(rows),
        listed_at=content.listed_at,
        complete=content.complete,
        now=now,
    )
    return detail_out(detail, _names(session, caller.scope))


@router.post("/reconciliation/list:upload")
def post_list_file(
    session: DbSession,
    caller: FeedbackReader,
    now: Now,
    file: UploadFile,
    listed_at: Annotated[Instant | None, Form()] = None,
    complete: Annotated[bool, Form()] = True,
    agency_id: Annotated[UUID | None, Form()] = None,
) -> RunDetailOut:
    """The same as XLSX or CSV with the columns Mã hồ sơ, Trạng thái and whichever a register list has."""
    at: datetime = listed_at or now
    detail = runs.take_list(
        session,
        scope=caller.scope,
        agency_id=agency_of(caller, agency_id),
        entries=read_list(file.file.read()),
        listed_at=at,
        complete=complete,
        now=now,
    )
    return detail_out(detail, _names(session, caller.scope))


@router.post("/reconciliation/runs")
def post_run(content: RunIn, session: DbSession, caller: FeedbackReader, now: Now) -> RunDetailOut:
    """Compare now; each night it is done by itself."""
    agency_id = agency_of(caller, content.agency_id)
    detail = runs.reconcile(session, scope=caller.scope, agency_id=agency_id, now=now)
    return detail_out(detail, _names(session, caller.scope))


@router.get("/reconciliation/runs")
def get_runs(session: DbSession, caller: ReconcileReader, agency_id: UUID | None = None, limit: Limit = 50) -> RunList:
    """Runs in reach, newest first."""
    found = runs.list_runs(session, scope=caller.scope, agency_id=agency_id, limit=limit)
    names = _names(session, caller.scope)
    return RunList(runs=[run_out(run, names) for run in found])


@router.get("/reconciliation")
def get_newest_runs(session: DbSession, caller: ReconcileReader) -> RunList:
    """The newest run of each agency in reach: where its differences are above zero, somebody should look."""
    names = _names(session, caller.scope)
    return RunList(runs=[run_out(run, names) for run in runs.newest_runs(session, scope=caller.scope)])


@router.get("/reconciliation/runs/{run_id}")
def get_run(run_id: UUID, session: DbSession, caller: ReconcileReader) -> RunDetailOut:
    """A run and what it found."""
    return detail_out(runs.run_detail(session, scope=caller.scope, run_id=run_id), _names(session, caller.scope))


@router.post("/reconciliation/runs/{run_id}/repair")
def post_repair(
    run_id: UUID, content: RepairIn, session: DbSession, caller: FeedbackReader, runtime: RuntimeDep, now: Now
) -> DossierDifferenceOut:
    """Do what one click does about a difference: send its events again, withdraw it, take the date, or take it in."""
    kept = runs.repair(
        session,
        scope=caller.scope,
        run_id=run_id,
        dossier_code=content.dossier_code,
        kind=content.kind,
        load_resolver=lambda: runtime.resolver,
        now=now,
    )
    return difference_out(kept)


@router.post("/reconciliation/runs/{run_id}/repair:undo")
def post_repair_undo(
    run_id: UUID, content: RepairIn, session: DbSession, caller: FeedbackReader, now: Now
) -> DossierDifferenceOut:
    """Put back the due date that a repair took from the agency's list; no other repair can be taken back."""
    kept = runs.take_back(
        session, scope=caller.scope, run_id=run_id, dossier_code=content.dossier_code, kind=content.kind, now=now
    )
    return difference_out(kept)


def _names(session: Session, scope: Scope) -> dict[UUID, str]:
    return {agency.id: agency.name for agency in service.list_agencies(session, scope=scope)}
