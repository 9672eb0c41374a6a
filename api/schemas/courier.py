"""What the courier's phone asks for and sends."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.items import ItemOut
from api.schemas.types import (
    Id,
    Input,
    Instant,
    Lat,
    LocalDate,
    Lon,
    Output,
    PersonOut,
    PointIn,
    PointOut,
    ProblemOut,
    Sha256,
    WindowOut,
)
from tracking.model import FailureReason, NextAction
from tracking.proof_checks import FILE_BYTES_LIMIT, PAPERS_LIMIT
from tracking.rule_values import Otp


class RuleOut(Output):
    """What the procedure of an item asks of the door. `otp`: none, optional or required."""

    in_person: bool
    authorised_agent: bool
    written_authorisation: bool
    slip_back: bool
    identity: bool
    otp: Otp


class CourierStop(Output):
    seq: int
    visit_id: str
    round: int
    point: PointOut
    error_m: int | None
    address: str
    commune_name: str | None
    addressee: PersonOut
    window: WindowOut | None
    arrival_at: datetime
    departure_at: datetime
    door_note: str | None
    items: list[ItemOut]


class ReasonChoice(Output):
    """A failure reason and the next actions allowed after it."""

    reason: str
    actions: list[str]


class TodayOut(Output):
    day: date
    plan_id: UUID | None
    version: int | None
    courier_id: UUID
    courier_name: str
    office_id: UUID
    office_name: str
    office_point: PointOut
    stops: list[CourierStop]
    line: list[PointOut]
    carried: list[ItemOut]
    distance_m: int
    finish_at: datetime | None
    reasons: list[ReasonChoice]
    rules: dict[UUID, RuleOut]


class FileClaimIn(Input):
    sha256: Sha256
    kind: Literal["photo", "signature"]
    bytes_count: Annotated[int, Field(ge=1, le=FILE_BYTES_LIMIT)]


class CollectedPaperIn(Input):
    """A line of the checklist of a dossier fetched at home."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
    originals: Annotated[int, Field(ge=0, le=999)] = 0
    copies: Annotated[int, Field(ge=0, le=999)] = 0


class ProofIn(Input):
    """Outcome at the door. `identity_last4`: never the whole number. Money in VND, times with offset."""

    item_id: Id
    outcome: Literal["delivered", "attempt_failed", "collected"]
    reason: Annotated[FailureReason, Field(strict=False)] | None = None
    action: Annotated[NextAction, Field(strict=False)] | None = None
    redelivery_on: LocalDate | None = None
    recipient_name: Annotated[str, StringConstraints(max_length=200)] | None = None
    relation: str | None = None
    identity_kind: str | None = None
    identity_last4: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{4}$")] | None = None
    papers_taken_back: Annotated[int, Field(ge=0, le=1000)] = 0
    money_vnd: Annotated[int, Field(ge=0, le=10**9)] = 0
    occurred_at: Instant
    clock_offset_s: Annotated[float, Field(ge=-(10**8), le=10**8)] | None = None
    point: PointIn | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    position_age_s: Annotated[float, Field(ge=0, le=10**7)] | None = None
    app_version: Annotated[str, StringConstraints(max_length=40)] | None = None
    note: Annotated[str, StringConstraints(max_length=500)] | None = None
    files: Annotated[list[FileClaimIn], Field(max_length=10)] = Field(default_factory=list)
    checklist: Annotated[list[CollectedPaperIn], Field(max_length=PAPERS_LIMIT)] = Field(default_factory=list)
    seal: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    authorisation: bool | None = None
    otp: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None


class ProofCheckOut(Output):
    """What would be wrong; empty when nothing is."""

    problems: list[ProblemOut]


class ReceiptOut(Output):
    """Only after this may the phone forget. `files`: sha256 → stored or awaited; `flags`: odd but accepted.

    `receipt_code`: what the citizen keeps of a dossier that was collected.
    """

    proof_id: UUID
    item_id: UUID
    recorded_at: datetime
    event_hash: str
    files: dict[str, Literal["stored", "awaited"]]
    flags: list[str]
    receipt_code: str | None


class FileReceiptOut(Output):
    """The file is stored under its hash; the proof it belongs to may still be on its way."""

    proof_id: UUID
    sha256: str
    bytes_count: int
    content_type: str
    stored_at: datetime


class FixIn(Input):
    """One position. Speed in m/s, heading in degrees from north, accuracy in metres."""

    lon: Lon
    lat: Lat
    occurred_at: Instant
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    speed_mps: Annotated[float, Field(ge=0, le=500)] | None = None
    heading_deg: Annotated[float, Field(ge=0, le=360)] | None = None
    battery_pct: Annotated[int, Field(ge=0, le=100)] | None = None


class FixesIn(Input):
    fixes: Annotated[list[FixIn], Field(min_length=1, max_length=1000)]


class PositionAnswerOut(Output):
    """How many were kept, and how many each named filter held back."""

    accepted: int
    filtered: dict[str, int]


class LastPosition(Output):
    courier_id: UUID
    courier_name: str
    point: PointOut
    accuracy_m: float | None
    speed_mps: float | None
    heading_deg: float | None
    occurred_at: datetime


class PositionList(Output):
    positions: list[LastPosition]
