"""Money of the door: what couriers hold and hand in, what goes on to its owners, and what does not close."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.deps import DbSession, Now
from api.idempotency import OnceDep
from api.identity import Identity
from api.presenters.money import counted_out, courier_days_out, entries_out, reconciliation_out
from api.routes.asking import Planner, ReportReader, Staff
from api.schemas.money import (
    CorrectionIn,
    CountIn,
    CourierDays,
    EntryList,
    KeptIn,
    ReconciliationOut,
    RemittanceIn,
    SettlementOut,
    ToAgencyIn,
)
from api.schemas.types import LocalDate
from core.clock import local_date
from core.scope import narrowed
from tracking import service
from tracking.money_report import By, reconcile
from tracking.money_values import Settlement

router = APIRouter(tags=["money"])


@router.get("/money/couriers")
def get_couriers_money(
    session: DbSession, caller: Staff, now: Now, on: LocalDate | None = None, office_id: UUID | None = None
) -> CourierDays:
    """What each courier had, took, handed in and still holds on a day, today by default."""
    scope = narrowed(caller.scope, office_id)
    day = on or local_date(now)
    here = {one.id for one in service.list_couriers(session, scope=scope, on=day)}
    known = service.known_couriers(session, scope=scope)
    couriers = [one for one in known if one.id in here or scope.sees_office(one.office_id)]
    days = service.courier_days(session, scope=scope, couriers=couriers, on=day)
    # Who has left stays as long as money stands against his name.
    shown = zip(couriers, days, strict=True)
    named = [(one.name, his) for one, his in shown if one.active or not his.concerns_nobody]
    return CourierDays(days=courier_days_out(session, scope.province_code, named))


@router.post("/money/remittances", status_code=201)
def post_remittance(
    content: RemittanceIn, session: DbSession, caller: Planner, now: Now, once: OnceDep
) -> SettlementOut:
    """Book what the office's clerk counted of a courier's cash; a difference is kept and shown, not refused."""
    return once.run(SettlementOut, lambda: _settle(service.remit, content, session, caller, now))


@router.post("/money/handed-to-agency", status_code=201)
def post_to_agency(content: ToAgencyIn, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> SettlementOut:
    """Book State fee that the office passed on to an agency."""
    return once.run(SettlementOut, lambda: _settle(service.hand_to_agency, content, session, caller, now))


@router.post("/money/kept-postage", status_code=201)
def post_kept(content: KeptIn, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> SettlementOut:
    """Book postage that the office paid out of its till to the post."""
    return once.run(SettlementOut, lambda: _settle(service.keep_postage, content, session, caller, now))


@router.get("/money/settlements/{settlement_id}/entries")
def get_settlement_entries(settlement_id: UUID, session: DbSession, caller: Staff) -> EntryList:
    """The lines a counted sum came to, with their corrections."""
    found = service.settlement_entries(session, scope=caller.scope, settlement_id=settlement_id)
    return entries_out(session, caller.scope.province_code, found)


@router.get("/items/{item_id}/money")
def get_item_money(item_id: UUID, session: DbSession, caller: Staff) -> EntryList:
    """The lines of an item in both ledgers, oldest first."""
    found = service.item_entries(session, scope=caller.scope, item_id=item_id)
    return entries_out(session, caller.scope.province_code, found)


@router.post("/money/entries/{entry_id}:correct", status_code=201)
def post_correction(
    entry_id: UUID, content: CorrectionIn, session: DbSession, caller: Planner, now: Now, once: OnceDep
) -> EntryList:
    """Set an entry right by new ones; the old one stays."""

    def work() -> EntryList:
        made = service.correct_entry(
            session,
            scope=caller.scope,
            entry_id=entry_id,
            amount_vnd=content.amount_vnd,
            reason=content.reason,
            now=now,
        )
        return entries_out(session, caller.scope.province_code, made)

    return once.run(EntryList, work)


@router.get("/money/reconciliation")
def get_reconciliation(
    session: DbSession,
    caller: ReportReader,
    first_on: Annotated[LocalDate, Query(alias="from")],
    last_on: Annotated[LocalDate, Query(alias="to")],
    by: By = By.COURIER,
    office_id: UUID | None = None,
) -> ReconciliationOut:
    """Both ledgers of a period to zero, or the name of everything that does not close. Agencies see their State fee."""
    scope = narrowed(caller.scope, office_id)
    found = reconcile(session, scope=scope, from_on=first_on, to_on=last_on, by=by)
    return reconciliation_out(session, scope.province_code, found)


def _settle(
    settle: Callable[..., Settlement], content: CountIn, session: Session, caller: Identity, now: datetime
) -> SettlementOut:
    """What was counted, booked; the fields of the content are the arguments of the service."""
    settled = settle(session, scope=caller.scope, now=now, **content.model_dump())
    return counted_out(session, caller.scope.province_code, settled)
