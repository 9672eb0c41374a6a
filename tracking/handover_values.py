"""Values of changes of hands: what was listed and counted, between whom, and what is searched for afterwards."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class HandoverKind(StrEnum):
    """Between whom papers change hands; the values are public."""

    FROM_AGENCY = "from_agency"
    TAKE_OUT = "take_out"
    HAND_BACK = "hand_back"
    TRANSFER = "transfer"
    BAG = "bag"
    ARRIVE = "arrive"
    TO_AGENCY = "to_agency"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What lay on the counter against the list `item_ids`.

    `missing` are on the list and not there, `surplus` are codes that were there and not on the list. `confirmed`: both
    sides have seen the difference and let the rest change hands. `seal` is the number it is closed under, or, of a bag
    that is opened, the number read on it; `seal_broken`: it did not hold. `counterpart` is who signed for the other
    side, by role or name of the place, not a citizen's name.
    """

    item_ids: tuple[UUID, ...]
    counted: int | None = None
    missing: frozenset[UUID] = frozenset()
    surplus: tuple[str, ...] = ()
    confirmed: bool = False
    seal: str | None = None
    seal_broken: bool = False
    originals: int | None = None
    copies: int | None = None
    counterpart: str | None = None

    @property
    def listed(self) -> int:
        """How many the list says."""
        return len(set(self.item_ids))

    @property
    def lay_there(self) -> int:
        """How many were counted; without a word of it those of the list but the missing, and the surplus."""
        named = self.listed - len(self.missing) + len(self.surplus)
        return named if self.counted is None else self.counted

    @property
    def differs(self) -> bool:
        """Whether what lay there is not what the list says."""
        return bool(self.missing or self.surplus) or self.lay_there != self.listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A change of hands at `office_id`: who gave, who took, how many of the list, under which seal.

    `giver` and `receiver` are `agency:<id>`, `office:<id>`, `courier:<id>` or `citizen`. `item_ids` are those that
    changed hands, `courier_id` the courier who had a part in it.
    """

    id: UUID
    kind: HandoverKind
    office_id: UUID
    courier_id: UUID | None
    giver: str
    receiver: str
    item_ids: tuple[UUID, ...]
    counted: int
    listed: int | None = None
    seal: str | None
    originals: int | None = None
    copies: int | None = None
    counterpart: str | None = None
    recorded_by: str = ""
    incident_id: UUID | None = None
    at: datetime


class IncidentKind(StrEnum):
    """What does not add up, or is not there at all."""

    COUNT_DIFFERS = "count_differs"
    PAPERS_DIFFER = "papers_differ"
    CASH_DIFFERS = "cash_differs"
    ITEM_LOST = "item_lost"
    SEAL_DIFFERS = "seal_differs"


class IncidentState(StrEnum):
    """How far the search has come; nothing leads back."""

    OPEN = "open"
    EXPLAINED = "explained"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A difference at a change of hands, or a loss. `listed` and `counted` are papers, slips or VND, by kind.

    `seal_expected` is what a bag was closed under, `seal_found` what was read on it (None: no seal).
    """

    id: UUID
    kind: IncidentKind
    state: IncidentState
    office_id: UUID
    courier_id: UUID | None
    handover_id: UUID | None
    listed: int
    counted: int
    missing: tuple[UUID, ...]
    surplus: tuple[str, ...]
    opened_by: str
    opened_at: datetime
    seal_expected: str | None = None
    seal_found: str | None = None
    seal_broken: bool | None = None
    explanation: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


class TransferState(StrEnum):
    """What became of a courier's wish; only `asked` can still change."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Papers that one courier asks to give to another of the same office; the phone makes the id."""

    id: UUID
    office_id: UUID
    from_courier_id: UUID
    to_courier_id: UUID
    item_ids: tuple[UUID, ...]
    state: TransferState
    asked_by: str
    asked_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundBalance:
    """What a courier has to bring: papers in hands, appointment slips and VND since the last closing."""

    courier_id: UUID
    since: datetime | None
    item_ids: tuple[UUID, ...]
    papers_due: int
    cash_due_vnd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundClosing:
    """The end of a round: what was due against what was counted."""

    id: UUID
    courier_id: UUID
    office_id: UUID
    since: datetime | None
    closed_at: datetime
    closed_by: str
    handover_id: UUID | None
    papers_due: int
    papers_counted: int
    cash_due_vnd: int
    cash_counted_vnd: int
