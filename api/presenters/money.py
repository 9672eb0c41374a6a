"""Money as answers."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from api.schemas.money import (
    AmountsOut,
    CourierDayOut,
    DifferenceOut,
    EntryList,
    EntryOut,
    MoneyRowOut,
    ReconciliationOut,
    SettlementOut,
    TariffOut,
)
from api.store_names import names_of
from tracking.money_report import Reconciliation
from tracking.money_values import CourierDay, Entry, Settlement
from tracking.tariff import Tariff

Names = Mapping[str, str]


def settlement_out(settled: Settlement, names: Names) -> SettlementOut:
    """A counted sum."""
    return SettlementOut(
        id=settled.id,
        kind=settled.kind.value,
        office_id=settled.office_id,
        courier_id=settled.courier_id,
        agency_id=settled.agency_id,
        for_on=settled.for_on,
        expected=AmountsOut.model_validate(settled.expected),
        counted_vnd=settled.counted_vnd,
        difference_vnd=settled.difference_vnd,
        note=settled.note,
        by_name=names.get(settled.actor),
        at=settled.at,
    )


def counted_out(session: Session, province_code: str, settled: Settlement) -> SettlementOut:
    """A counted sum with the name of who counted."""
    return settlement_out(settled, names_of(session, province_code, [settled.actor]))


def courier_days_out(
    session: Session, province_code: str, days: Iterable[tuple[str, CourierDay]]
) -> list[CourierDayOut]:
    """Couriers' cash, each with the courier's name."""
    named = list(days)
    names = names_of(session, province_code, {one.actor for _, day in named for one in day.settlements})
    return [
        CourierDayOut(
            courier_id=day.courier_id,
            courier_name=name,
            on=day.on,
            opening=AmountsOut.model_validate(day.opening),
            due=AmountsOut.model_validate(day.due),
            collected=AmountsOut.model_validate(day.collected),
            remitted=AmountsOut.model_validate(day.remitted),
            closing=AmountsOut.model_validate(day.closing),
            settlements=[settlement_out(one, names) for one in day.settlements],
        )
        for name, day in named
    ]


def entries_out(session: Session, province_code: str, entries: Iterable[Entry]) -> EntryList:
    """Lines of the ledgers."""
    lines = list(entries)
    names = names_of(session, province_code, {one.actor for one in lines})
    return EntryList(
        entries=[
            EntryOut(
                id=one.id,
                ledger=one.ledger.value,
                move=one.move.value,
                amount_vnd=one.amount_vnd,
                debit=one.debit.value,
                credit=one.credit.value,
                corrects=one.corrects,
                booked_on=one.booked_on,
                recorded_at=one.recorded_at,
                by_name=names.get(one.actor),
                reason=one.reason,
            )
            for one in lines
        ]
    )


def reconciliation_out(session: Session, province_code: str, found: Reconciliation) -> ReconciliationOut:
    """The report of a period."""
    names = names_of(session, province_code, {one.actor for one in found.miscounts})
    return ReconciliationOut(
        first_on=found.from_on,
        last_on=found.to_on,
        by=found.by.value,
        closes=found.closes,
        total=MoneyRowOut.model_validate(found.total),
        rows=[MoneyRowOut.model_validate(row) for row in found.rows],
        opening_owed=AmountsOut.model_validate(found.opening_owed),
        owed=AmountsOut.model_validate(found.owed),
        unexplained=AmountsOut.model_validate(found.unexplained),
        differences=[DifferenceOut.model_validate(one) for one in found.differences],
        miscounts=[settlement_out(one, names) for one in found.miscounts],
    )


def tariff_out(tariff: Tariff) -> TariffOut:
    """A tariff."""
    return TariffOut.model_validate(tariff)
