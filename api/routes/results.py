"""Results coming in."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response, UploadFile

from api.deps import DbSession, Now, RuntimeDep
from api.errors import NOT_OFFICE_KEY
from api.hub import accept_by_agency, chosen
from api.idempotency import OnceDep
from api.identity import Identity
from api.presenters.results import batch_out, row_of, withdrawal_out
from api.route_files import EXPORTS
from api.routes.asking import HandingIn, Intake
from api.schemas.results import BatchOut, NewDatesIn, ResultBatchIn, WithdrawalIn, WithdrawalOut
from api.schemas.types import answers_file
from core.errors import fail
from tracking import service
from tracking.intake_rows import BadRow, accept_mixed
from tracking.model import RowAnswer
from tracking.sheet_intake import accept_sheet
from tracking.sheet_marked import marked_xlsx
from tracking.sheet_template import template_xlsx

router = APIRouter(tags=["results"])
_SHEET = answers_file(EXPORTS["xlsx"].media_type)


@router.post("/results:batch")
def post_results(
    content: ResultBatchIn, session: DbSession, caller: HandingIn, runtime: RuntimeDep, now: Now, once: OnceDep
) -> BatchOut:
    """Take in up to 1,000 results; an answer for each row, one bad row never stops another."""
    rows = [row_of(row) for row in content.rows]

    def accept(acting: Identity, agency_id: UUID, places: Sequence[int]) -> list[RowAnswer]:
        return accept_mixed(
            session,
            scope=acting.scope,
            agency_id=agency_id,
            rows=[rows[place] for place in places],
            resolver=runtime.resolver,
            now=now,
            submitting_office_id=office_of(caller),
        )

    def work() -> BatchOut:
        codes = [None if isinstance(row, BadRow) else row.agency_code for row in content.rows]
        if not any(codes):
            acting, agency_id = chosen(session, caller, agency_id=content.agency_id, code=content.agency_code)
            return batch_out(accept(acting, agency_id, range(len(rows))), accepted=True)
        named = content.agency_code or content.agency_id
        own = chosen(session, caller, agency_id=content.agency_id, code=content.agency_code)[1] if named else None
        answers = accept_by_agency(session, caller, codes, agency_id=own or caller.scope.agency_id, accept=accept)
        return batch_out(answers, accepted=True)

    return once.run(BatchOut, work)


@router.post("/results:withdraw")
def post_withdrawal(
    content: WithdrawalIn, session: DbSession, caller: HandingIn, now: Now, once: OnceDep
) -> WithdrawalOut:
    """Take results back. Before the post has the paper it is over; afterwards the paper comes back to the agency."""

    def work() -> WithdrawalOut:
        named = [service.Named(dossier_code=row.dossier_code, leg=row.leg) for row in content.rows]
        acting, agency_id = chosen(session, caller, agency_id=content.agency_id, code=content.agency_code)
        answers = service.withdraw_results(session, scope=acting.scope, agency_id=agency_id, named=named, now=now)
        return withdrawal_out(answers)

    return once.run(WithdrawalOut, work)


@router.post("/results:due-dates")
def post_due_dates(content: NewDatesIn, session: DbSession, caller: HandingIn, now: Now, once: OnceDep) -> BatchOut:
    """Move due dates by an apology slip, also of papers on their way; nothing else of them changes."""

    def work() -> BatchOut:
        acting, agency_id = chosen(session, caller, agency_id=content.agency_id, code=content.agency_code)
        dates = [
            service.NewDate(
                named=service.Named(dossier_code=row.dossier_code, leg=row.leg),
                due_on=row.due_on,
                slip=row.apology_slip,
            )
            for row in content.rows
        ]
        answers = service.set_due_dates(session, scope=acting.scope, agency_id=agency_id, dates=dates, now=now)
        return batch_out(answers, accepted=True)

    return once.run(BatchOut, work)


@router.post("/results:upload")
def post_upload(
    session: DbSession,
    caller: Intake,
    runtime: RuntimeDep,
    now: Now,
    file: UploadFile,
    dry_run: Annotated[bool, Form()] = True,
    agency_id: Annotated[UUID | None, Form()] = None,
) -> BatchOut:
    """Read a register list (XLSX or CSV). A dry run takes nothing in and names every wrong cell."""
    answer = accept_sheet(
        session,
        scope=caller.scope,
        agency_id=agency_of(caller, agency_id),
        data=file.file.read(),
        resolver=runtime.resolver,
        now=now,
        submitting_office_id=office_of(caller),
        dry_run=dry_run,
    )
    return batch_out(answer.answers, accepted=not dry_run)


@router.post("/results:mark", response_class=Response, responses=_SHEET)
def post_marked(
    session: DbSession,
    caller: Intake,
    runtime: RuntimeDep,
    now: Now,
    file: UploadFile,
    agency_id: Annotated[UUID | None, Form()] = None,
) -> Response:
    """The rows of a register list that would be refused, as XLSX to mend and upload; nothing is taken in."""
    data = file.file.read()
    answer = accept_sheet(
        session,
        scope=caller.scope,
        agency_id=agency_of(caller, agency_id),
        data=data,
        resolver=runtime.resolver,
        now=now,
        submitting_office_id=office_of(caller),
        dry_run=True,
    )
    name = {"Content-Disposition": 'attachment; filename="danh-sach-can-sua.xlsx"'}
    return Response(marked_xlsx(data, answer.answers), media_type=EXPORTS["xlsx"].media_type, headers=name)


@router.get("/results/template.xlsx", response_class=Response, responses=_SHEET)
def get_template(caller: Intake) -> Response:  # noqa: ARG001  the permission is what is asked for
    """An empty register list to fill in."""
    name = {"Content-Disposition": 'attachment; filename="danh-sach-dang-ky.xlsx"'}
    return Response(template_xlsx(), media_type=EXPORTS["xlsx"].media_type, headers=name)


def agency_of(caller: Identity, chosen: UUID | None) -> UUID:
    """The agency results belong to: the caller's own, else the one staff have chosen. Raises A1006."""
    agency_id = caller.scope.agency_id or chosen
    if agency_id is None:
        raise fail(NOT_OFFICE_KEY)
    return agency_id


def office_of(caller: Identity) -> UUID | None:
    """The office where results are entered, when the caller works at exactly one."""
    offices = caller.scope.office_ids or frozenset()
    return next(iter(offices)) if len(offices) == 1 else None
