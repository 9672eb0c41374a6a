"""SQL of the two ledgers: writing entries, sums of what moved."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, case, func, insert, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.db import lock_keys, uuids
from core.scope import Scope
from tracking.money_values import WAY, Account, Amounts, Entry, Flow, Ledger, Move, Settlement, SettlementKind
from tracking.tables_money import MoneyEntryRow, SettlementRow

_ENTRIES = cast("Table", MoneyEntryRow.__table__)
_SETTLED = cast("Table", SettlementRow.__table__)
_C, _S = _ENTRIES.c, _SETTLED.c
# A step that was taken back debits what the step itself credits.
_TAKEN_BACK = or_(*((_C.move == move.value) & (_C.debit == credit.value) for move, (_, credit) in WAY.items()))
_SIGNED = func.sum(case((_TAKEN_BACK, -_C.amount_vnd), else_=_C.amount_vnd))
_HANDS = (_C.office_id, _C.courier_id, _C.agency_id, _C.ledger, _C.move)


def lock_holders(session: Session, province_code: str, holders: Iterable[UUID]) -> None:
    """Let one writer at a time count or add to the cash of these couriers or tills."""
    lock_keys(session, (f"money:{province_code}:{holder}" for holder in holders))


def add_entries(session: Session, entries: Sequence[Entry]) -> None:
    """Write lines; none may stand yet."""
    if entries:
        session.execute(insert(_ENTRIES), [asdict(entry) for entry in entries])


def find_entry(session: Session, scope: Scope, entry_id: UUID) -> Entry | None:
    """A line within reach."""
    row = session.execute(select(_ENTRIES).where(*_in_scope(scope), _C.id == entry_id)).one_or_none()
    return None if row is None else _entry(row)


def is_taken_back(session: Session, province_code: str, entry_id: UUID) -> bool:
    """Whether another entry takes this one back."""
    query = select(_C.id).where(_C.province_code == province_code, _C.corrects == entry_id)
    return session.scalar(query.limit(1)) is not None


def entries_of_item(session: Session, scope: Scope, item_id: UUID) -> list[Entry]:
    """All lines of an item, oldest first."""
    query = select(_ENTRIES).where(*_in_scope(scope), _C.item_id == item_id).order_by(_C.recorded_at, _C.id)
    return [_entry(row) for row in session.execute(query)]


def entries_of_settlement(session: Session, scope: Scope, settlement_id: UUID) -> list[Entry]:
    """The lines a counted sum came to, and what corrected them."""
    query = select(_ENTRIES).where(*_in_scope(scope), _C.settlement_id == settlement_id)
    return [_entry(row) for row in session.execute(query.order_by(_C.recorded_at, _C.id))]


def moved(
    session: Session,
    province_code: str,
    *,
    office_id: UUID | None = None,
    courier_id: UUID | None = None,
    agency_id: UUID | None = None,
    item_id: UUID | None = None,
    through: date | None = None,
    at_counter: bool = False,
) -> dict[Move, Amounts]:
    """What moved in all, by step, of the lines named; `through` is inclusive. `at_counter`: without a courier."""
    conditions: list[ColumnElement[bool]] = [_C.province_code == province_code]
    named = {"office_id": office_id, "courier_id": courier_id, "agency_id": agency_id, "item_id": item_id}
    conditions += [_C[name] == value for name, value in named.items() if value is not None]
    if through is not None:
        conditions.append(_C.booked_on <= through)
    if at_counter:
        conditions.append(_C.courier_id.is_(None))
    query = select(_C.move, _C.ledger, _SIGNED.label("vnd")).where(*conditions).group_by(_C.move, _C.ledger)
    found: dict[Move, Amounts] = dict.fromkeys(Move, Amounts())
    for row in session.execute(query):
        found[Move(row.move)] += Amounts.in_ledger(Ledger(row.ledger), int(row.vnd))
    return found


def moved_of_each(
    session: Session,
    province_code: str,
    of: Literal["item_id", "courier_id"],
    ids: Iterable[UUID],
    *,
    through: date = date.max,
) -> dict[UUID, dict[Move, Amounts]]:
    """The same of several items or couriers, each by itself; `through` is inclusive."""
    keys = (_C[of], _C.move, _C.ledger)
    asked = list(ids)
    mine = (_C.province_code == province_code, _C[of] == uuids(asked), _C.booked_on <= through)
    found = {key: dict.fromkeys(Move, Amounts()) for key in asked}
    for key, move, ledger, vnd in session.execute(select(*keys, _SIGNED).where(*mine).group_by(*keys)):
        found[key][Move(move)] += Amounts.in_ledger(Ledger(ledger), int(vnd))
    return found


def flows(session: Session, scope: Scope, *, since: date, through: date) -> list[Flow]:
    """What moved, by day and hands, of what the scope sees; both days inclusive."""
    keys = (_C.booked_on, *_HANDS)
    days = _C.booked_on.between(since, through)
    query: Select[Any] = select(*keys, _SIGNED.label("amount_vnd")).where(*_in_scope(scope), days).group_by(*keys)
    return [_flow(row, row.booked_on) for row in session.execute(query)]


def standing(session: Session, scope: Scope, *, before: date) -> list[Flow]:
    """The same of all days before one, without their days: `booked_on` is that day."""
    days = _C.booked_on < before
    query: Select[Any] = select(*_HANDS, _SIGNED.label("amount_vnd")).where(*_in_scope(scope), days).group_by(*_HANDS)
    return [_flow(row, before) for row in session.execute(query)]


def open_items(session: Session, scope: Scope, *, through: date) -> dict[UUID, Amounts]:
    """Items of which more or less was collected than was due, and by how much is still owed (VND)."""
    owed = func.sum(
        case(
            (_C.debit == Account.ADDRESSEE.value, _C.amount_vnd),
            (_C.credit == Account.ADDRESSEE.value, -_C.amount_vnd),
            else_=0,
        )
    )
    query = (
        select(_C.item_id, _C.ledger, owed.label("vnd"))
        .where(*_in_scope(scope), _C.item_id.is_not(None), _C.booked_on <= through)
        .group_by(_C.item_id, _C.ledger)
        .having(owed != 0)
    )
    found: dict[UUID, Amounts] = {}
    for row in session.execute(query):
        found[row.item_id] = found.get(row.item_id, Amounts()) + Amounts.in_ledger(Ledger(row.ledger), int(row.vnd))
    return found


def add_settlement(session: Session, province_code: str, settled: Settlement) -> None:
    """Keep what was counted."""
    columns = asdict(settled) | {
        "province_code": province_code,
        "expected_state_fee_vnd": settled.expected.state_fee_vnd,
        "expected_postage_vnd": settled.expected.postage_vnd,
    }
    columns.pop("expected")
    session.execute(insert(_SETTLED), columns)


def settlements(
    session: Session, scope: Scope, *, since: date, through: date, courier_ids: Iterable[UUID] | None = None
) -> list[Settlement]:
    """Counted sums of what the scope sees, or of some couriers of it, oldest first; both days inclusive."""
    query = select(_SETTLED).where(_S.province_code == scope.province_code, _S.for_on.between(since, through))
    if scope.office_ids is not None:
        query = query.where(_S.office_id == uuids(scope.office_ids))
    if scope.agency_id is not None:
        query = query.where(_S.agency_id == scope.agency_id)
    if scope.courier_id is not None:
        query = query.where(_S.courier_id == scope.courier_id)
    if courier_ids is not None:
        query = query.where(_S.courier_id == uuids(courier_ids))
    return [_settlement(row) for row in session.execute(query.order_by(_S.at, _S.id))]


def last_settled_on(session: Session, province_code: str, courier_id: UUID) -> date | None:
    """The last day a courier has handed cash in for."""
    query = select(func.max(_S.for_on)).where(
        _S.province_code == province_code,
        _S.courier_id == courier_id,
        _S.kind == SettlementKind.REMITTANCE.value,
    )
    found: date | None = session.scalar(query)
    return found


def _in_scope(scope: Scope) -> Iterable[ColumnElement[bool]]:
    """An agency sees the State fee that is its own; postage is the post's."""
    yield _C.province_code == scope.province_code
    if scope.office_ids is not None:
        yield _C.office_id == uuids(scope.office_ids)
    if scope.agency_id is not None:
        yield _C.agency_id == scope.agency_id
        yield _C.ledger == Ledger.STATE_FEE.value
    if scope.courier_id is not None:
        yield _C.courier_id == scope.courier_id


def _flow(row: Row[Any], booked_on: date) -> Flow:
    named = {"ledger": Ledger(row.ledger), "move": Move(row.move), "amount_vnd": int(row.amount_vnd)}
    return Flow(**row._asdict() | named | {"booked_on": booked_on})


def _entry(row: Row[Any]) -> Entry:
    named = {"ledger": Ledger(row.ledger), "move": Move(row.move), "debit": Account(row.debit)}
    return Entry(**row._asdict() | named | {"credit": Account(row.credit)})


def _settlement(row: Row[Any]) -> Settlement:
    columns = row._asdict()
    columns.pop("province_code")
    expected = Amounts(
        state_fee_vnd=columns.pop("expected_state_fee_vnd"), postage_vnd=columns.pop("expected_postage_vnd")
    )
    return Settlement(**columns | {"kind": SettlementKind(row.kind), "expected": expected})
