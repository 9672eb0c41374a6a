"""Couriers lent to other offices for whole days: where each works on a day, lending and taking back.

A loan moves the man alone: papers stay those of the office whose address they bear, and change hands at its counter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import NOT_FOUND, Problem, fail, problem, refuse
from core.scope import Scope
from tracking import store_loans, store_offices
from tracking.errors_couriers import COURIER_LEFT, LENT_ELSEWHERE, LENT_TO_OWN, LOAN_DAYS_WRONG
from tracking.model import Courier, Loan

LONGEST_DAYS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from the first to the last, both of them included."""

    first_on: date
    last_on: date

    def days(self) -> list[date]:
        """Each of them."""
        return [self.first_on + timedelta(days=n) for n in range((self.last_on - self.first_on).days + 1)]


def standing(session: Session, province_code: str, couriers: Iterable[Courier], on: date) -> list[Courier]:
    """The same couriers, each with the office that he works for on a day."""
    lent = store_loans.lent_on(session, province_code, on)
    return [replace(one, office_id=lent.get(one.id, one.office_id)) for one in couriers]


def list_loans(session: Session, *, scope: Scope, period: Period) -> list[Loan]:
    """Loans of a period from or to offices within reach, by day.

    Raises:
        CodedError: T3024 for a period backwards or too long.
    """
    refuse(_period_mistakes(period))
    return store_loans.loans_within(session, scope, period.first_on, period.last_on)


def lend(
    session: Session, *, scope: Scope, courier_id: UUID, office_id: UUID, period: Period, now: datetime
) -> list[Loan]:
    """An office lets another have a courier of its own. The same loan again changes nothing.

    Raises:
        CodedError: C1000 for a courier of no office within reach or an office that does not exist; all at once T3023 to
            his own office, T3024 for days that cannot be, T3025 for each on which he is lent elsewhere, T3026 when he
            has left.
    """
    store_loans.lock_courier(session, scope.province_code, courier_id)
    courier = _own(session, scope, courier_id)
    offices = {one.id: one for one in store_offices.offices(session, replace(scope, office_ids=None))}
    if office_id not in offices:
        raise fail(NOT_FOUND, what="office")
    mistakes = [*_period_mistakes(period, from_on=local_date(now))]
    if office_id == courier.office_id:
        mistakes.append(problem(LENT_TO_OWN, pointer="office_id", name=courier.name))
    if not courier.active:
        mistakes.append(problem(COURIER_LEFT, pointer="courier_id", name=courier.name))
    refuse(mistakes)
    before = store_loans.loans_of(session, scope.province_code, courier_id, period.first_on, period.last_on)
    elsewhere = [(f"{one.on:%d/%m/%Y}", offices[one.office_id].name) for one in before if one.office_id != office_id]
    refuse(
        problem(LENT_ELSEWHERE, pointer="first_on", day=day, name=courier.name, office=name) for day, name in elsewhere
    )
    store_loans.put_loans(session, scope, courier_id, office_id, period.days(), aware(now))
    return store_loans.loans_of(session, scope.province_code, courier_id, period.first_on, period.last_on)


def take_back(session: Session, *, scope: Scope, courier_id: UUID, period: Period, now: datetime) -> list[Loan]:
    """End a courier's loans on these days: his own office has him back, or the other gives him back. Returns them.

    Raises:
        CodedError: C1000 for a courier who is neither of an office within reach nor lent to one on these days, T3024
            for days that are over or cannot be.
    """
    refuse(_period_mistakes(period, from_on=local_date(now)))
    store_loans.lock_courier(session, scope.province_code, courier_id)
    lent = store_loans.loans_of(session, scope.province_code, courier_id, period.first_on, period.last_on)
    reach = [one for one in lent if scope.sees_office(one.home_office_id) or scope.sees_office(one.office_id)]
    if not reach:
        _own(session, scope, courier_id)
    store_loans.end_loans(session, scope.province_code, courier_id, [one.on for one in reach])
    return reach


def _own(session: Session, scope: Scope, courier_id: UUID) -> Courier:
    found = store_offices.couriers_by_id(session, scope.province_code, [courier_id]).get(courier_id)
    if found is None or not scope.stands_at(found.office_id):
        raise fail(NOT_FOUND, what="courier")
    return found


def _period_mistakes(period: Period, from_on: date | None = None) -> Iterator[Problem]:
    is_forward = period.first_on <= period.last_on < period.first_on + timedelta(days=LONGEST_DAYS)
    if not is_forward or (from_on is not None and period.first_on < from_on):
        yield problem(LOAN_DAYS_WRONG, pointer="first_on", limit=LONGEST_DAYS)
