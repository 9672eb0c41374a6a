"""Money of the door as values: two ledgers of the same shape, amounts in whole VND.

State fee passes through to the agency and postage is the post's own (Luật Bưu chính 49/2010, article 11): two ledgers,
so neither ever pays for the other. In each, money goes the same way: the addressee owes it, the courier holds it, the
office's till holds it, its owner has it. The owner is the agency in the one and the post in the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Ledger(StrEnum):
    """Whose money it is in the end."""

    STATE_FEE = "state_fee"
    POSTAGE = "postage"


class Account(StrEnum):
    """Where money stands on its way."""

    ADDRESSEE = "addressee"
    COURIER = "courier"
    OFFICE = "office"
    OWNER = "owner"


class Move(StrEnum):
    """A step of the way. `collected` at the counter goes straight into the till."""

    DUE = "due"
    COLLECTED = "collected"
    REMITTED = "remitted"
    PASSED_ON = "passed_on"


# Debit and credit of each step; what takes a step back has the two exchanged.
WAY: Mapping[Move, tuple[Account, Account]] = {
    Move.DUE: (Account.ADDRESSEE, Account.OWNER),
    Move.COLLECTED: (Account.COURIER, Account.ADDRESSEE),
    Move.REMITTED: (Account.OFFICE, Account.COURIER),
    Move.PASSED_ON: (Account.OWNER, Account.OFFICE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """An amount in each ledger, VND; negative where more came than was owed."""

    state_fee_vnd: int = 0
    postage_vnd: int = 0

    @classmethod
    def in_ledger(cls, ledger: Ledger, vnd: int) -> "Amounts":
        """An amount in one ledger alone."""
        return cls(state_fee_vnd=vnd) if ledger is Ledger.STATE_FEE else cls(postage_vnd=vnd)

    @property
    def total_vnd(self) -> int:
        return self.state_fee_vnd + self.postage_vnd

    def of(self, ledger: Ledger) -> int:
        """The amount in one ledger."""
        return self.state_fee_vnd if ledger is Ledger.STATE_FEE else self.postage_vnd

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            state_fee_vnd=self.state_fee_vnd + other.state_fee_vnd, postage_vnd=self.postage_vnd + other.postage_vnd
        )

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            state_fee_vnd=self.state_fee_vnd - other.state_fee_vnd, postage_vnd=self.postage_vnd - other.postage_vnd
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What all lines of one step share: whose money it is, what it came from, and by whom it was written.

    `booked_on` is the local day it counts for, `recorded_at` when it was written.
    """

    province_code: str
    office_id: UUID
    courier_id: UUID | None = None
    agency_id: UUID | None = None
    item_id: UUID | None = None
    proof_id: UUID | None = None
    settlement_id: UUID | None = None
    booked_on: date
    recorded_at: datetime
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Footing):
    """One line of a ledger: `amount_vnd` > 0 from `credit` to `debit`. Never changed; `corrects` names an entry that
    this one takes back.
    """

    id: UUID
    ledger: Ledger
    move: Move
    amount_vnd: int
    debit: Account
    credit: Account
    corrects: UUID | None = None


class SettlementKind(StrEnum):
    """Cash counted from one hand to the next."""

    REMITTANCE = "remittance"
    TO_AGENCY = "to_agency"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Cash that was counted, against what the ledgers expected: a difference is kept, never refused.

    `remittance`: courier to office, both ledgers; `to_agency`: State fee out of the till; `kept`: postage out of it.
    """

    id: UUID
    kind: SettlementKind
    office_id: UUID
    courier_id: UUID | None
    agency_id: UUID | None
    for_on: date
    expected: Amounts
    counted_vnd: int
    note: str
    actor: str
    at: datetime

    @property
    def difference_vnd(self) -> int:
        """Counted less expected: negative is missing, positive too much."""
        return self.counted_vnd - self.expected.total_vnd


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierDay:
    """A courier's cash on one day: `opening` from the days before, `closing` what is still in hand at its end."""

    courier_id: UUID
    on: date
    opening: Amounts
    due: Amounts
    collected: Amounts
    remitted: Amounts
    settlements: tuple[Settlement, ...] = ()

    @property
    def closing(self) -> Amounts:
        return self.opening + self.collected - self.remitted

    @property
    def concerns_nobody(self) -> bool:
        """Nothing was in his hands and nothing moved."""
        moved = {self.opening, self.due, self.collected, self.remitted} != {Amounts()}
        return not moved and not self.settlements


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What moved on one day between the same hands; negative where steps were taken back."""

    booked_on: date
    office_id: UUID
    courier_id: UUID | None
    agency_id: UUID | None
    ledger: Ledger
    move: Move
    amount_vnd: int
