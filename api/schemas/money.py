"""Money of the door: counts, corrections, ledgers, tariffs."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.types import Id, Input, LocalDate, Output

Vnd = Annotated[int, Field(description="Whole VND")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


class AmountsOut(Output):
    """State fee and postage, VND; negative where more came than was owed."""

    state_fee_vnd: int
    postage_vnd: int
    total_vnd: int


class CountIn(Input):
    counted_vnd: Vnd
    for_on: LocalDate
    note: Note = ""


class RemittanceIn(CountIn):
    courier_id: Id


class ToAgencyIn(CountIn):
    office_id: Id
    agency_id: Id


class KeptIn(CountIn):
    office_id: Id


class CorrectionIn(Input):
    """What an entry should have said; 0 takes it back."""

    amount_vnd: Vnd
    reason: Note


class SettlementOut(Output):
    """Cash that was counted; `difference_vnd` negative is missing."""

    id: UUID
    kind: Literal["remittance", "to_agency", "kept"]
    office_id: UUID
    courier_id: UUID | None
    agency_id: UUID | None
    for_on: date
    expected: AmountsOut
    counted_vnd: int
    difference_vnd: int
    note: str
    by_name: str | None
    at: datetime


class CourierDayOut(Output):
    """A courier's cash on a day; `closing` is still in hand at its end."""

    courier_id: UUID
    courier_name: str
    on: date
    opening: AmountsOut
    due: AmountsOut
    collected: AmountsOut
    remitted: AmountsOut
    closing: AmountsOut
    settlements: list[SettlementOut]


class CourierDays(Output):
    days: list[CourierDayOut]


class EntryOut(Output):
    """A line of a ledger: `amount_vnd` from `credit` to `debit`; `corrects` names the entry it takes back."""

    id: UUID
    ledger: Literal["state_fee", "postage"]
    move: Literal["due", "collected", "remitted", "passed_on"]
    amount_vnd: int
    debit: str
    credit: str
    corrects: UUID | None
    booked_on: date
    recorded_at: datetime
    by_name: str | None
    reason: str


class EntryList(Output):
    entries: list[EntryOut]


class MoneyRowOut(Output):
    key: str
    name: str
    due: AmountsOut
    collected: AmountsOut
    remitted: AmountsOut
    passed_on: AmountsOut


class DifferenceOut(Output):
    """What an item owes; what a courier, a till or, for an agency, a whole office holds at the end of the period."""

    holder: Literal["item", "courier", "till", "office"]
    id: UUID
    name: str
    amounts: AmountsOut


class ReconciliationOut(Output):
    """`owed` to the owners is made up of `differences`; `unexplained` is zero."""

    first_on: date
    last_on: date
    by: str
    closes: bool
    total: MoneyRowOut
    rows: list[MoneyRowOut]
    opening_owed: AmountsOut
    owed: AmountsOut
    unexplained: AmountsOut
    differences: list[DifferenceOut]
    miscounts: list[SettlementOut]


class TierOut(Output):
    """Amounts by zone (`same_district`, `in_province`, `beyond_near`, `beyond_far`) up to a weight."""

    up_to_g: int
    vnd: dict[str, int]


class ReductionOut(Output):
    code: str
    percent: int
    vi: str
    en: str


class TariffOut(Output):
    """`further` is for each further begun `up_to_g`."""

    source: str
    valid_from: date
    tiers: list[TierOut]
    further: TierOut
    reductions: list[ReductionOut]


class QuoteOut(Output):
    zone: str
    weight_g: int
    full_vnd: int
    percent_off: int
    postage_vnd: int
    source: str
    valid_from: date
