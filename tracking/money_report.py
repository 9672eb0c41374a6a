"""The reconciliation of a period: what was due, taken, handed in and passed on, by hand and day, to zero.

In each ledger what is owed to its owner is what addressees still owe, what couriers hold and what lies in the tills:
every entry moves money between two of these. So the report closes to zero when nobody holds anything, and else names
who does: each item, courier and till, and each count that differed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from core.scope import Scope
from tracking import store_money, store_names
from tracking.money_values import Amounts, Flow, Move, Settlement
from tracking.reports import check_period


class By(StrEnum):
    """What a row of the report stands for."""

    OFFICE = "office"
    COURIER = "courier"
    AGENCY = "agency"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    """Sums of a period. `key` is an id or a day; empty where there is none, such as collected at the counter."""

    key: str
    name: str
    due: Amounts
    collected: Amounts
    remitted: Amounts
    passed_on: Amounts


class Holder(StrEnum):
    """Who has or owes what does not close; a negative amount is too much. `office`: couriers and till as one."""

    ITEM = "item"
    COURIER = "courier"
    TILL = "till"
    OFFICE = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one holder has or owes at the end of the period."""

    holder: Holder
    id: UUID
    name: str
    amounts: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The money of what a scope sees. `owed` is due less passed on of all days to the last; `differences` make it up.

    `miscounts` are the counts of the period that differed: they stand in the couriers' and tills' amounts already.
    """

    from_on: date
    to_on: date
    by: By
    total: MoneyRow
    rows: tuple[MoneyRow, ...]
    opening_owed: Amounts
    owed: Amounts
    differences: tuple[Difference, ...]
    miscounts: tuple[Settlement, ...]

    @property
    def closes(self) -> bool:
        """Whether nobody holds or owes anything and every count was right."""
        return not self.differences and not self.miscounts

    @property
    def unexplained(self) -> Amounts:
        """What is owed beyond all that is named: zero, or the ledgers are broken."""
        named = sum((one.amounts for one in self.differences), Amounts())
        return self.owed - named


def reconcile(session: Session, *, scope: Scope, from_on: date, to_on: date, by: By) -> Reconciliation:
    """The report of the days from-to, both inclusive, of what the scope sees.

    An agency sees its State fee: what fell due and was taken for it, what was passed on to it, and by office what is on
    its way. Who of an office holds it is the post's own affair, so `remitted` is nothing to it.

    Raises:
        CodedError: T6001 for a period backwards or over 400 days.
    """
    check_period(from_on, to_on)
    before = _as_seen(scope, store_money.standing(session, scope, before=from_on))
    during = _as_seen(scope, store_money.flows(session, scope, since=from_on, through=to_on))
    rows = _rows(during, by)
    names = _names(session, scope.province_code, by, (row.key for row in rows))
    named = sorted(
        (replace(row, name=names.get(row.key, row.key)) for row in rows), key=lambda row: (row.name, row.key)
    )
    counted = store_money.settlements(session, scope, since=from_on, through=to_on)
    return Reconciliation(
        from_on=from_on,
        to_on=to_on,
        by=by,
        total=_row("", during),
        rows=tuple(named),
        opening_owed=_owed(before),
        owed=_owed([*before, *during]),
        differences=tuple(_differences(session, scope, [*before, *during], to_on)),
        miscounts=tuple(one for one in counted if one.difference_vnd),
    )


def _as_seen(scope: Scope, flows: list[Flow]) -> list[Flow]:
    """For an agency money goes to the office, by whatever hands."""
    return flows if scope.agency_id is None else [replace(flow, courier_id=None) for flow in flows]


def _rows(flows: Iterable[Flow], by: By) -> list[MoneyRow]:
    key_of: dict[By, Callable[[Flow], object]] = {
        By.OFFICE: lambda flow: flow.office_id,
        By.COURIER: lambda flow: flow.courier_id or "",
        By.AGENCY: lambda flow: flow.agency_id or "",
        By.DAY: lambda flow: flow.booked_on.isoformat(),
    }
    grouped: dict[str, list[Flow]] = defaultdict(list)
    for flow in flows:
        grouped[str(key_of[by](flow))].append(flow)
    return [_row(key, own) for key, own in grouped.items()]


def _row(key: str, flows: Iterable[Flow]) -> MoneyRow:
    sums: dict[Move, Amounts] = dict.fromkeys(Move, Amounts())
    for flow in flows:
        sums[flow.move] += Amounts.in_ledger(flow.ledger, flow.amount_vnd)
    return MoneyRow(
        key=key,
        name="",
        due=sums[Move.DUE],
        collected=sums[Move.COLLECTED],
        remitted=sums[Move.REMITTED],
        passed_on=sums[Move.PASSED_ON],
    )


def _owed(flows: Iterable[Flow]) -> Amounts:
    total = _row("", flows)
    return total.due - total.passed_on


def _differences(session: Session, scope: Scope, flows: list[Flow], to_on: date) -> Iterable[Difference]:
    province = scope.province_code
    items = store_money.open_items(session, scope, through=to_on)
    codes = store_names.item_codes(session, province, items)
    for key, amounts in items.items():
        yield Difference(holder=Holder.ITEM, id=key, name=codes.get(key, str(key)), amounts=amounts)
    couriers, tills = _held(flows)
    named = store_names.courier_names(session, province, couriers)
    for key, amounts in couriers.items():
        yield Difference(holder=Holder.COURIER, id=key, name=named.get(key, str(key)), amounts=amounts)
    offices = store_names.office_names(session, province, tills)
    holder = Holder.TILL if scope.agency_id is None else Holder.OFFICE
    for key, amounts in tills.items():
        yield Difference(holder=holder, id=key, name=offices.get(key, str(key)), amounts=amounts)


def _held(flows: Iterable[Flow]) -> tuple[dict[UUID, Amounts], dict[UUID, Amounts]]:
    """What couriers hold, and what lies in the tills; nobody who holds nothing."""
    couriers: dict[UUID, Amounts] = defaultdict(Amounts)
    tills: dict[UUID, Amounts] = defaultdict(Amounts)
    for flow in flows:
        amounts = Amounts.in_ledger(flow.ledger, flow.amount_vnd)
        if flow.move is Move.COLLECTED and flow.courier_id is not None:
            couriers[flow.courier_id] += amounts
        elif flow.move is Move.COLLECTED:
            tills[flow.office_id] += amounts
        elif flow.move is Move.REMITTED and flow.courier_id is not None:
            couriers[flow.courier_id] -= amounts
            tills[flow.office_id] += amounts
        elif flow.move is Move.PASSED_ON:
            tills[flow.office_id] -= amounts
    return _not_zero(couriers), _not_zero(tills)


def _not_zero(held: dict[UUID, Amounts]) -> dict[UUID, Amounts]:
    return {key: amounts for key, amounts in held.items() if amounts != Amounts()}


def _names(session: Session, province_code: str, by: By, keys: Iterable[str]) -> dict[str, str]:
    names_of = {
        By.OFFICE: store_names.office_names,
        By.AGENCY: store_names.agency_names,
        By.COURIER: store_names.courier_names,
    }
    if by not in names_of:
        return {}
    found = names_of[by](session, province_code, [UUID(key) for key in keys if key])
    return {str(key): name for key, name in found.items()}
