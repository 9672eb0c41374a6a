"""Couriers lent from one office to another for whole days."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.deps import DbSession, Now
from api.routes.asking import Planner, Staff
from api.schemas.network import LoanIn, LoanList, LoanOut
from api.schemas.types import LocalDate
from core.clock import local_date
from core.scope import Scope, narrowed
from routing import loans as routing
from tracking import service
from tracking.loans import LONGEST_DAYS, Period
from tracking.model import Loan

router = APIRouter(tags=["network"])


@router.get("/courier-loans")
def get_loans(
    session: DbSession,
    caller: Staff,
    now: Now,
    office_id: UUID | None = None,
    first_on: LocalDate | None = None,
    last_on: LocalDate | None = None,
) -> LoanList:
    """Who is lent from or to the offices in reach, day by day; the coming 31 days unless told."""
    begin = first_on or local_date(now)
    period = Period(first_on=begin, last_on=last_on or begin + timedelta(days=LONGEST_DAYS - 1))
    found = service.list_loans(session, scope=narrowed(caller.scope, office_id), period=period)
    return _named(session, caller.scope, found)


@router.post("/courier-loans")
def post_loan(content: LoanIn, session: DbSession, caller: Planner, now: Now) -> LoanList:
    """Lend a courier of an office in reach to another office: its plans of these days take him in, and he hands papers
    over at its counter. The same loan again changes nothing.
    """
    period = Period(first_on=content.first_on, last_on=content.last_on)
    lent = routing.lend_courier(
        session,
        scope=caller.scope,
        courier_id=content.courier_id,
        office_id=content.office_id,
        period=period,
        now=now,
    )
    return _named(session, caller.scope, lent)


@router.delete("/courier-loans/{courier_id}")
def delete_loans(
    courier_id: UUID, session: DbSession, caller: Planner, now: Now, first_on: LocalDate, last_on: LocalDate
) -> LoanList:
    """Have a lent courier back, or give him back; the answer tells the days that are ended."""
    period = Period(first_on=first_on, last_on=last_on)
    ended = routing.have_courier_back(session, scope=caller.scope, courier_id=courier_id, period=period, now=now)
    return _named(session, caller.scope, ended)


def _named(session: Session, scope: Scope, loans: list[Loan]) -> LoanList:
    names = {one.id: one.name for one in service.office_names(session, scope=scope)}
    return LoanList(
        loans=[
            LoanOut(
                courier_id=one.courier_id,
                courier_name=one.courier_name,
                on=one.on,
                home_office_id=one.home_office_id,
                home_office_name=names[one.home_office_id],
                office_id=one.office_id,
                office_name=names[one.office_id],
            )
            for one in loans
        ]
    )
