"""Changes of hands, their differences, transfers between couriers and ends of rounds, as they are sent and shown."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.items import ItemOut
from api.schemas.types import Id, Input, LocalDate, Output
from tracking.handover_values import HandoverKind, IncidentState, TransferState
from tracking.holding import Correction, Report
from tracking.incidents import LONGEST_EXPLANATION
from tracking.model import NextAction

_Few = Annotated[int, Field(ge=0, le=10_000)]
_Seals = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Scanned = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
KindIn = Annotated[HandoverKind, Field(strict=False)]


class TallyIn(Input):
    """What lay on the counter against the list `item_ids`.

    `missing` are on the list and not there, `surplus` are codes that were there and not on the list. A difference is
    answered with T2007 until it is `confirmed`; then it is recorded and an incident opened. `seal` is the number a bag
    is closed under; at its arrival the number read on it (several bags: parted by commas) is compared, and T2407 tells
    a difference without the number.
    """

    item_ids: Annotated[list[Id], Field(max_length=1000)]
    counted: _Few | None = None
    missing: Annotated[list[Id], Field(max_length=1000)] = Field(default_factory=list)
    surplus: Annotated[list[Scanned], Field(max_length=100)] = Field(default_factory=list)
    confirmed: bool = False
    seal: _Seals | None = None
    seal_broken: bool = False
    originals: _Few | None = None
    copies: _Few | None = None
    counterpart: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None


class HandoverIn(TallyIn):
    """Papers between the office and the caller, a courier."""

    item_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]


class DeskHandoverIn(TallyIn):
    """Papers over a counter; `party_id` is the agency, the courier or the other office."""

    kind: KindIn
    office_id: Id
    party_id: Id


class HandoverOut(Output):
    """The change of hands: who gave, who took, how many of how many."""

    id: UUID
    kind: HandoverKind
    office_id: UUID
    courier_id: UUID | None
    giver: str
    receiver: str
    counted: int
    listed: int | None
    seal: str | None
    originals: int | None
    copies: int | None
    counterpart: str | None
    item_ids: list[UUID]
    incident_id: UUID | None
    at: datetime


class HandoverList(Output):
    handovers: list[HandoverOut]


class DeskList(Output):
    """What the list of a change of hands holds."""

    items: list[ItemOut]


class FindCodeIn(Input):
    kind: KindIn
    office_id: Id
    party_id: Id
    code: Scanned


class IncidentOut(Output):
    """A difference, or a loss. `listed` and `counted` are papers, appointment slips or VND, by kind; of a bag's seal
    `seal_expected` is what it was closed under, `seal_found` what was read on it.
    """

    id: UUID
    kind: str
    state: str
    office_id: UUID
    courier_id: UUID | None
    courier_name: str | None
    handover_id: UUID | None
    listed: int
    counted: int
    missing: list[UUID]
    missing_codes: list[str]
    surplus: list[str]
    seal_expected: str | None
    seal_found: str | None
    seal_broken: bool | None
    opened_by: str
    opened_at: datetime
    explanation: str | None
    decided_by: str | None
    decided_at: datetime | None


class IncidentList(Output):
    incidents: list[IncidentOut]


class IncidentDecision(Input):
    state: Annotated[IncidentState, Field(strict=False)]
    explanation: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_EXPLANATION)] = ""


class TransferIn(Input):
    """One courier's papers for another of the same office."""

    from_courier_id: Id
    to_courier_id: Id
    item_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]


class TransferOut(Output):
    id: UUID
    office_id: UUID
    from_courier_id: UUID
    from_name: str
    to_courier_id: UUID
    to_name: str
    item_ids: list[UUID]
    state: TransferState
    asked_by_me: bool
    asked_at: datetime
    decided_at: datetime | None


class TransferList(Output):
    transfers: list[TransferOut]


class TransferDecision(Input):
    state: Annotated[Literal["approved", "declined", "withdrawn"], Field()]


class Colleague(Output):
    id: UUID
    name: str


class ColleagueList(Output):
    couriers: list[Colleague]


class OfficeName(Output):
    id: UUID
    code: str
    name: str


class OfficeNames(Output):
    offices: list[OfficeName]


class RoundBalanceOut(Output):
    """What a courier has to bring since the last closing."""

    courier_id: UUID
    courier_name: str
    since: datetime | None
    items: list[ItemOut]
    papers_due: int
    cash_due_vnd: int


class RoundCloseIn(TallyIn):
    """What was counted at the end of a round; `item_ids` are the papers shown at the counter."""

    papers_counted: _Few
    cash_counted_vnd: Annotated[int, Field(ge=0, le=10**11)]


class RoundClosed(Output):
    """A closed round with the incidents that its differences opened."""

    id: UUID
    courier_id: UUID
    since: datetime | None
    closed_at: datetime
    papers_due: int
    papers_counted: int
    cash_due_vnd: int
    cash_counted_vnd: int
    handover: HandoverOut
    incident_ids: list[UUID]


class DecideIn(Input):
    """What is done next with a paper that lies at the office."""

    action: Annotated[NextAction, Field(strict=False)]
    redelivery_on: LocalDate | None = None


class ForwardIn(Input):
    to_office_id: Id


class ReportIn(Input):
    what: Annotated[Report, Field(strict=False)]


class CorrectIn(Input):
    """Which event is wrong, and what about it."""

    seq: Annotated[int, Field(ge=1, le=100_000)]
    what: Annotated[Correction, Field(strict=False)]
