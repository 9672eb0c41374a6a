"""Lending a courier to another office, and having him back: not while a published plan counts on him."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Problem, problem, refuse
from core.scope import Scope, narrowed, system_scope
from routing import errors, store, store_routes
from tracking import service as tracking
from tracking.loans import Period
from tracking.model import Loan


def lend_courier(
    session: Session, *, scope: Scope, courier_id: UUID, office_id: UUID, period: Period, now: datetime
) -> list[Loan]:
    """Another office has a courier on these days: its plans take him in, his own office's do not.

    Raises:
        CodedError: whatever `tracking.lend` raises, R1009 for each day whose published plan has a route for him.
    """
    lent = tracking.lend(session, scope=scope, courier_id=courier_id, office_id=office_id, period=period, now=now)
    refuse(_counted_on(session, scope, [(one, one.home_office_id) for one in lent]))
    return lent


def have_courier_back(session: Session, *, scope: Scope, courier_id: UUID, period: Period, now: datetime) -> list[Loan]:
    """End a courier's loans on these days.

    Raises:
        CodedError: whatever `tracking.take_back` raises, R1009 for each day whose published plan has a route for him.
    """
    ended = tracking.take_back(session, scope=scope, courier_id=courier_id, period=period, now=now)
    refuse(_counted_on(session, scope, [(one, one.office_id) for one in ended]))
    return ended


def _counted_on(session: Session, scope: Scope, loans: list[tuple[Loan, UUID]]) -> Iterator[Problem]:
    """Days on which the office he leaves has a published plan with a route of his."""
    for loan, office_id in loans:
        # Publishing a plan of that day waits until this is decided, and the other way round.
        store.lock_day(session, scope, office_id=office_id, day=loan.on)
        there = narrowed(system_scope(scope.province_code), office_id)
        plan_id = store_routes.published_of_courier(session, there, courier_id=loan.courier_id, day=loan.on)
        if plan_id is not None:
            yield problem(errors.COUNTED_ON, pointer="first_on", name=loan.courier_name, day=f"{loan.on:%d/%m/%Y}")
