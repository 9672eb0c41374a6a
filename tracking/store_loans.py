"""Couriers lent to other offices, one row a day."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.db import uuids
from core.scope import Scope
from tracking.model import Loan
from tracking.tables_offices import CourierLoanRow, CourierRow

_LOANS = cast("Table", CourierLoanRow.__table__)
_COURIERS = cast("Table", CourierRow.__table__)


def put_loans(
    session: Session, scope: Scope, courier_id: UUID, office_id: UUID, days: Iterable[date], now: datetime
) -> None:
    """Lend a courier on these days, on which he is lent to nobody else."""
    rows = [
        {
            "province_code": scope.province_code,
            "courier_id": courier_id,
            "on_day": day,
            "office_id": office_id,
            "lent_by": scope.actor,
            "lent_at": now,
        }
        for day in days
    ]
    session.execute(insert(_LOANS).on_conflict_do_nothing(), rows)


def end_loans(session: Session, province_code: str, courier_id: UUID, days: Collection[date]) -> None:
    """He works for his own office again on these days."""
    where = _LOANS.c.province_code == province_code, _LOANS.c.courier_id == courier_id, _LOANS.c.on_day.in_(days)
    session.execute(delete(_LOANS).where(*where))


def lent_on(session: Session, province_code: str, day: date) -> dict[UUID, UUID]:
    """Courier → office that he is lent to on a day."""
    query = select(_LOANS.c.courier_id, _LOANS.c.office_id)
    found = session.execute(query.where(_LOANS.c.province_code == province_code, _LOANS.c.on_day == day))
    return {row.courier_id: row.office_id for row in found}


def loans_of(session: Session, province_code: str, courier_id: UUID, first_on: date, last_on: date) -> list[Loan]:
    """A courier's loans of a period, by day."""
    where = _LOANS.c.courier_id == courier_id, _LOANS.c.on_day.between(first_on, last_on)
    return _loans(session, province_code, *where)


def loans_within(session: Session, scope: Scope, first_on: date, last_on: date) -> list[Loan]:
    """Loans of a period from or to an office within reach, by day."""
    where: list[ColumnElement[bool]] = [_LOANS.c.on_day.between(first_on, last_on)]
    if scope.office_ids is not None:
        mine = uuids(scope.office_ids)
        where.append(or_(_LOANS.c.office_id == mine, _COURIERS.c.office_id == mine))
    if scope.courier_id is not None:
        where.append(_LOANS.c.courier_id == scope.courier_id)
    return _loans(session, scope.province_code, *where)


def lock_courier(session: Session, province_code: str, courier_id: UUID) -> None:
    """Two who lend the same courier do so one after the other."""
    key = _COURIERS.c.province_code == province_code, _COURIERS.c.id == courier_id
    session.execute(select(_COURIERS.c.id).where(*key).with_for_update())


def _loans(session: Session, province_code: str, *where: ColumnElement[bool]) -> list[Loan]:
    is_his = (_COURIERS.c.province_code == _LOANS.c.province_code) & (_COURIERS.c.id == _LOANS.c.courier_id)
    query = (
        select(_LOANS, _COURIERS.c.name, _COURIERS.c.office_id.label("home"))
        .join(_COURIERS, is_his)
        .where(_LOANS.c.province_code == province_code, *where)
        .order_by(_LOANS.c.on_day, _COURIERS.c.name, _LOANS.c.courier_id)
    )
    return [
        Loan(
            courier_id=row.courier_id,
            courier_name=row.name,
            on=row.on_day,
            home_office_id=row.home,
            office_id=row.office_id,
        )
        for row in session.execute(query)
    ]
