"""The end of a courier's round: undelivered papers, appointment slips and cash, balanced and closed in one act."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import CodedError, Problem, problem
from core.ids import new_id
from core.scope import Scope
from tracking import store_handovers
from tracking.custody import carried_items, hand_back
from tracking.errors import COUNT_DIFFERS
from tracking.errors_custody import CASH_DIFFERS, PAPERS_DIFFER
from tracking.handover_values import (
    Handover,
    Incident,
    IncidentKind,
    IncidentState,
    RoundBalance,
    RoundClosing,
    Tally,
)
from tracking.incidents import open_incident
from tracking.model import Courier, Item
from tracking.offices import find_courier
from tracking.round_cash import cash_due, hand_in_cash
from tracking.store_handovers import Unbalanced


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What clerk and courier counted at the end of a round; `confirmed` lets differences stand as incidents."""

    tally: Tally
    papers: int
    cash_vnd: int
    confirmed: bool = False


def round_balance(
    session: Session, *, scope: Scope, courier_id: UUID, now: datetime
) -> tuple[RoundBalance, list[Item]]:
    """What the courier has to bring: papers in hands, slips and cash that no end of a round has counted yet.

    Raises:
        CodedError: C1000 for a courier out of reach.
    """
    find_courier(session, scope=scope, courier_id=courier_id, on=local_date(now))
    open_proofs = store_handovers.unbalanced(session, scope.province_code, courier_id)
    carried = carried_items(session, scope=scope, courier_id=courier_id)
    return _balance(session, scope, courier_id, open_proofs, carried), carried


def close_round(
    session: Session, *, scope: Scope, courier_id: UUID, counted: Counted, now: datetime
) -> tuple[RoundClosing, Handover, list[Incident]]:
    """Take papers, slips and cash back in one act; the cash is booked as handed in. What a phone sends afterwards
    belongs to the next round.

    `counted.tally.item_ids` must be everything the courier carries.

    Raises:
        CodedError: C1000 for a courier out of reach; all at once T2007, T2431 and T2432 for differences that nobody
            has confirmed; T2005 for a paper that is not in this courier's hands.
    """
    courier = find_courier(session, scope=scope, courier_id=courier_id, on=local_date(now))
    # Two clicks count one after the other: the second finds nothing due.
    store_handovers.lock_round(session, scope.province_code, courier_id)
    at = aware(now)
    open_proofs = store_handovers.unbalanced(session, scope.province_code, courier_id, lock=True)
    carried = carried_items(session, scope=scope, courier_id=courier_id)
    balance = _balance(session, scope, courier_id, open_proofs, carried)
    tally = _whole(counted, carried)
    differences = list(_differences(balance, counted, tally))
    if differences and not counted.confirmed:
        raise CodedError(differences)
    handover = hand_back(session, scope=scope, courier_id=courier_id, item_ids=tally.item_ids, now=at, tally=tally)
    hand_in_cash(session, scope, courier_id, counted.cash_vnd, at)
    closing = _closing(scope, courier, balance, counted, handover, at)
    store_handovers.insert_closing(session, scope.province_code, closing)
    store_handovers.balance_proofs(session, scope.province_code, [one.proof_id for one in open_proofs], closing.id)
    opened = [open_incident(session, scope, one) for one in _incidents(closing)]
    return closing, handover, opened


def _balance(
    session: Session, scope: Scope, courier_id: UUID, open_proofs: list[Unbalanced], carried: list[Item]
) -> RoundBalance:
    last = store_handovers.last_closing(session, scope.province_code, courier_id)
    return RoundBalance(
        courier_id=courier_id,
        since=last.closed_at if last else None,
        item_ids=tuple(item.id for item in carried),
        papers_due=sum(one.papers for one in open_proofs),
        cash_due_vnd=cash_due(session, scope.province_code, courier_id),
    )


def _whole(counted: Counted, carried: list[Item]) -> Tally:
    """The tally over all that is carried: what was not shown at the counter is missing."""
    tally, have = counted.tally, {item.id for item in carried}
    shown = set(tally.item_ids) - tally.missing
    return Tally(
        item_ids=tuple(sorted(have | set(tally.item_ids))),
        counted=tally.counted,
        missing=frozenset(have - shown),
        surplus=tally.surplus,
        confirmed=counted.confirmed,
        seal=tally.seal,
        counterpart=tally.counterpart,
    )


def _differences(balance: RoundBalance, counted: Counted, tally: Tally) -> Iterator[Problem]:
    if tally.differs:
        yield problem(COUNT_DIFFERS, pointer="counted", counted=tally.lay_there, listed=tally.listed)
    if counted.papers != balance.papers_due:
        yield problem(PAPERS_DIFFER, pointer="papers_counted", due=balance.papers_due, counted=counted.papers)
    if counted.cash_vnd != balance.cash_due_vnd:
        yield problem(CASH_DIFFERS, pointer="cash_counted_vnd", due=balance.cash_due_vnd, counted=counted.cash_vnd)


def _closing(
    scope: Scope, courier: Courier, balance: RoundBalance, counted: Counted, handover: Handover, at: datetime
) -> RoundClosing:
    return RoundClosing(
        id=new_id(at),
        courier_id=courier.id,
        office_id=courier.office_id,
        since=balance.since,
        closed_at=at,
        closed_by=scope.actor,
        handover_id=handover.id if handover.item_ids or handover.incident_id else None,
        papers_due=balance.papers_due,
        papers_counted=counted.papers,
        cash_due_vnd=balance.cash_due_vnd,
        cash_counted_vnd=counted.cash_vnd,
    )


def _incidents(closing: RoundClosing) -> Iterator[Incident]:
    for kind, due, counted in (
        (IncidentKind.PAPERS_DIFFER, closing.papers_due, closing.papers_counted),
        (IncidentKind.CASH_DIFFERS, closing.cash_due_vnd, closing.cash_counted_vnd),
    ):
        if due != counted:
            yield Incident(
                id=new_id(closing.closed_at),
                kind=kind,
                state=IncidentState.OPEN,
                office_id=closing.office_id,
                courier_id=closing.courier_id,
                handover_id=closing.handover_id,
                listed=due,
                counted=counted,
                missing=(),
                surplus=(),
                opened_by=closing.closed_by,
                opened_at=closing.closed_at,
            )
