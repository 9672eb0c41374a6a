"""Orders taken in, cancelled and told of: each at most once, however often it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import Problem
from core.scope import Scope
from tracking import fields, intake, store_feedback, store_intake, store_opencps
from tracking.intake_checks import check_row
from tracking.model import Outcome, RowAnswer, Status
from tracking.opencps.order import Order, dossier_of, order_of, row_of
from tracking.placing import Resolver
from tracking.standard import ItemFacts, due_by, load_standard
from tracking.withdrawal import Named, WithdrawalAnswer, withdraw_results

PAGE_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswer:
    """What became of an order; `outcome` as for rows of results."""

    outcome: Outcome
    item_code: str | None = None
    tracking_code: str | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """How an order stands: the newest message of its dossier, by its position in the stream."""

    position: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedPage:
    """Orders by the position of their newest message; `orders` counts all of the agency's."""

    rows: tuple[Tracked, ...]
    orders: int


def accept_order(
    session: Session,
    *,
    scope: Scope,
    agency_id: UUID,
    content: Mapping[str, object],
    resolver: Resolver,
    now: datetime,
) -> OrderAnswer:
    """Take an order in. The same order again is `unchanged`: it tells no dates, so those of the first time stand.
    A new order is due by the post's own standard: its system tells no date.

    Raises:
        CodedError: C1000 when the agency is not within reach.
    """
    order = order_of(content)
    row = row_of(order, **_dates(session, scope, agency_id, order, aware(now)))
    if order.problems:
        return OrderAnswer(outcome="rejected", problems=(*order.problems, *check_row(0, row, now=aware(now)).problems))
    [answer] = intake.accept_results(session, scope=scope, agency_id=agency_id, rows=[row], resolver=resolver, now=now)
    return _answer(session, scope, answer, order)


def accept_listed(
    session: Session, *, scope: Scope, agency_id: UUID, index: int, content: object, resolver: Resolver, now: datetime
) -> RowAnswer:
    """`accept_order` for one of a published list, answered as a row; what is no order is one without content."""
    sent = content if isinstance(content, Mapping) else {}
    answer = accept_order(session, scope=scope, agency_id=agency_id, content=sent, resolver=resolver, now=now)
    return RowAnswer(
        index=index,
        outcome=answer.outcome,
        dossier_code=fields.dossier_code(order_of(sent).dossier_code)[0],
        tracking_code=answer.tracking_code,
        problems=answer.problems,
        warnings=answer.warnings,
    )


def cancel_order(
    session: Session, *, scope: Scope, agency_id: UUID, content: Mapping[str, object], now: datetime
) -> WithdrawalAnswer:
    """Withdraw the order of this number.

    Raises:
        CodedError: C1000 when the agency is not within reach.
    """
    order = order_of(content)
    named = Named(dossier_code=order.dossier_code, leg=order.leg)
    [answer] = withdraw_results(session, scope=scope, agency_id=agency_id, named=[named], now=now)
    return answer


def track_orders(
    session: Session, *, scope: Scope, after: int = 0, order_number: str | None = None, limit: int = PAGE_LIMIT
) -> TrackedPage:
    """Orders whose newest message stands after a position, at most `limit` ≤ 1000: each once, as it stands now.

    Who reads on with the last position misses no change: an order that changes comes again with a higher one. Who
    always reads from the start, as some systems do, never takes an old state for the present one.
    """
    code = fields.dossier_code(dossier_of(order_number)[0])[0] if order_number else None
    until = store_feedback.horizon(session)
    rows = store_opencps.newest_of_dossiers(
        session, scope=scope, after=after, until=until, dossier_code=code, limit=max(1, min(limit, PAGE_LIMIT))
    )
    found = tuple(Tracked(position=row.position, body=row.body) for row in rows)
    return TrackedPage(rows=found, orders=store_opencps.count_dossiers(session, scope=scope))


def _dates(session: Session, scope: Scope, agency_id: UUID, order: Order, now: datetime) -> dict[str, Any]:
    """Those the order was taken in with, else the present and the standard's last day."""
    key = (fields.dossier_code(order.dossier_code)[0], order.leg)
    if store_intake.lock_agency(session, scope.province_code, agency_id):
        known = store_intake.known_dossiers(session, scope.province_code, agency_id, [key]).get(key)
        if known is not None and known.status not in (Status.WITHDRAWN, Status.RETURNED):
            return {"due_on": known.due_on, "ready_at": known.ready_at}
    today = local_date(now)
    facts = ItemFacts(handed_over_on=None, due_on=today, commune_code=None)
    return {"due_on": due_by(facts, load_standard(session, scope.province_code), today=today), "ready_at": now}


def _answer(session: Session, scope: Scope, answer: RowAnswer, order: Order) -> OrderAnswer:
    code = None if answer.item_id is None else store_opencps.item_code(session, scope.province_code, answer.item_id)
    return OrderAnswer(
        outcome=answer.outcome,
        item_code=code,
        tracking_code=answer.tracking_code,
        problems=answer.problems,
        warnings=(*order.warnings, *answer.warnings),
    )
