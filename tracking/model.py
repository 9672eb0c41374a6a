"""Values of the tracking package: what services take and give. Frozen, in stated units, times aware and UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from core.errors import Problem
from geodata.model import LonLat, PointSource
from tracking.courier_values import Duty
from tracking.pause_values import Pause
from tracking.reasons import ALLOWED_ACTIONS as ALLOWED_ACTIONS  # noqa: PLC0414  re-exported
from tracking.reasons import FailureReason as FailureReason  # noqa: PLC0414  re-exported
from tracking.reasons import NextAction as NextAction  # noqa: PLC0414  re-exported

GENESIS_HASH = "0" * 64


class Status(StrEnum):
    """Where an item stands; `tracking.lifecycle.TRANSITIONS` says how it moves."""

    ACCEPTED = "accepted"
    READY = "ready"
    PLANNED = "planned"
    OUT = "out"
    DELIVERED = "delivered"
    ATTEMPT_FAILED = "attempt_failed"
    HELD = "held"
    FORWARDED = "forwarded"
    RETURNING = "returning"
    RETURNED = "returned"
    COLLECTED = "collected"
    HANDED_IN = "handed_in"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class EventKind(StrEnum):
    """What happened, in the past tense; the values are public (feedback to dossier systems carries them)."""

    RESULT_ACCEPTED = "result_accepted"
    RESULT_UPDATED = "result_updated"
    RESULT_WITHDRAWN = "result_withdrawn"
    RESULT_RECALLED = "result_recalled"
    ITEM_READY = "item_ready"
    ADDRESS_QUESTIONED = "address_questioned"
    ADDRESS_RESOLVED = "address_resolved"
    DOOR_CORRECTED = "door_corrected"
    COMMUNE_CHANGED = "commune_changed"
    ITEM_PLANNED = "item_planned"
    ITEM_UNPLANNED = "item_unplanned"
    ITEM_OUT = "item_out"
    ITEM_HANDED_BACK = "item_handed_back"
    ITEM_DELIVERED = "item_delivered"
    ATTEMPT_FAILED = "attempt_failed"
    REDELIVERY_SET = "redelivery_set"
    ITEM_HELD = "item_held"
    ITEM_FORWARDED = "item_forwarded"
    RETURN_STARTED = "return_started"
    ITEM_RETURNED = "item_returned"
    ITEM_RECEIVED = "item_received"
    ITEM_BAGGED = "item_bagged"
    ITEM_ARRIVED = "item_arrived"
    ITEM_TRANSFERRED = "item_transferred"
    INVITATION_SENT = "invitation_sent"
    ITEM_LOST = "item_lost"
    ITEM_FOUND = "item_found"
    ITEM_DAMAGED = "item_damaged"
    DOSSIER_COLLECTED = "dossier_collected"
    DOSSIER_HANDED_IN = "dossier_handed_in"
    EVENT_CORRECTED = "event_corrected"
    DELIVERY_WITHDRAWN = "delivery_withdrawn"
    PERSONAL_ERASED = "personal_erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone a paper is for; `phone` is `0xxxxxxxxx` or `+…`, empty when none was given."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An appointment: aware instants, start inclusive, end exclusive."""

    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One result ready for return, as an agency hands it in, nothing of it checked; `email` is the addressee's.

    `postage_vnd` None: the tariff decides, less by `reduction` where the addressee has a right to one.
    """

    dossier_code: str
    procedure: str
    addressee: Person
    address: str
    due_on: date | None
    ready_at: datetime | None
    leg: str = "return"
    office_code: str | None = None
    item_code: str | None = None
    weight_g: int = 50
    papers: int = 1
    state_fee_vnd: int = 0
    postage_vnd: int | None = None
    in_person: bool = False
    point: LonLat | None = None
    window: Window | None = None
    receipt_code: str | None = None
    email: str = ""
    reduction: str | None = None


Outcome = Literal["created", "unchanged", "updated", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """What became of one row; `problems` only when rejected, `warnings` in any case."""

    index: int
    outcome: Outcome
    dossier_code: str
    item_id: UUID | None = None
    tracking_code: str | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A postal item: one paper or several of one person. `address` is the citizen's own text, untouched.

    `courier_id` is who it is planned for, `holder_courier_id` who carries it now (None: it lies at the office).
    `handed_over_at`: since when the post has it, `received_at`: since when an office is known to. `to_office_id`: which
    must take it, `bagged_at`: since when a bag carries it there. `recalled_at`: when its agency asked it back.
    """

    province_code: str
    id: UUID
    item_code: str
    tracking_code: str
    office_id: UUID
    agency_id: UUID
    dossier_codes: tuple[str, ...]
    procedure: str
    leg: str
    status: Status
    attempts: int
    addressee: Person
    address: str
    commune_code: str | None
    point: LonLat | None
    error_m: int | None
    point_source: PointSource | None
    household_key: str | None
    due_on: date
    ready_at: datetime
    not_before_on: date | None
    weight_g: int
    papers: int
    state_fee_vnd: int
    postage_vnd: int
    in_person: bool
    window: Window | None
    plan_id: UUID | None
    courier_id: UUID | None
    holder_courier_id: UUID | None
    out_at: datetime | None
    last_attempt_at: datetime | None
    last_attempt_id: UUID | None
    event_seq: int
    last_hash: str
    created_at: datetime
    received_at: datetime | None = None
    to_office_id: UUID | None = None
    bagged_at: datetime | None = None
    invitations: int = 0
    invited_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    recalled_at: datetime | None = None
    handed_over_at: datetime | None = None

    @property
    def cod_vnd(self) -> int:
        """What the courier collects at the door: State fee and postage together."""
        return self.state_fee_vnd + self.postage_vnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One link of an item's chain. `seq` counts from 1; `status` is the one after it; hashes are 64 hex digits."""

    province_code: str
    id: UUID
    item_id: UUID
    seq: int
    kind: EventKind
    status: Status
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    office_id: UUID
    data: Mapping[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClaim:
    """A file the phone says belongs to a proof: lower-case hex SHA-256 and its size in bytes."""

    sha256: str
    kind: Literal["photo", "signature"]
    bytes_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedPaper:
    """A line of the checklist of a dossier that is fetched at home."""

    name: str
    originals: int = 0
    copies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofInput:
    """What a courier's phone says about one item at one door. `clock_offset_s` is device minus server time.

    `checklist` and `seal` belong to a dossier that was collected; then the recipient is who gave it. `authorisation`:
    the written authorisation of the recipient was shown. `otp`: the code that the citizen told.
    """

    proof_id: UUID
    item_id: UUID
    outcome: Literal["delivered", "attempt_failed", "collected"]
    occurred_at: datetime
    reason: FailureReason | None = None
    action: NextAction | None = None
    redelivery_on: date | None = None
    recipient_name: str | None = None
    relation: str | None = None
    identity_kind: str | None = None
    identity_last4: str | None = None
    papers_taken_back: int = 0
    money_vnd: int = 0
    clock_offset_s: float | None = None
    point: LonLat | None = None
    accuracy_m: float | None = None
    position_age_s: float | None = None
    app_version: str | None = None
    note: str | None = None
    files: tuple[FileClaim, ...] = ()
    checklist: tuple[CollectedPaper, ...] = ()
    seal: str | None = None
    authorisation: bool | None = None
    otp: str | None = None


FileState = Literal["stored", "awaited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What lets the phone forget: the proof stands in the chain under `event_hash`, each file is stored or awaited.

    `flags` name what looked odd and was accepted all the same (`future_time`, `superseded`, …). `receipt_code` is what
    the citizen keeps of a dossier that was collected.
    """

    proof_id: UUID
    item_id: UUID
    recorded_at: datetime
    event_hash: str
    files: Mapping[str, FileState]
    flags: tuple[str, ...] = ()
    receipt_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReceipt:
    """A file of a proof is kept: with this hash, so many bytes, since then."""

    proof_id: UUID
    sha256: str
    bytes_count: int
    content_type: str
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A delivery office or commune post office; `commune_codes` are those it delivers to, `cut_off` is local."""

    id: UUID
    code: str
    name: str
    point: LonLat
    kind: str = "delivery"
    address: str = ""
    phone: str = ""
    cut_off: time = time(6, 30)
    commune_codes: tuple[str, ...] = ()


MOST_CASH_VND = 10_000_000_000
HALF_DAYS = ((time(7, 20), time(11, 30)), (time(13, 30), time(18, 0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier(Duty):
    """A postman of an office; `shifts` are his half-days as local (start, end). Asked for on a day, `office_id` is the
    office that he works for on it (`tracking.loans`).

    `cash_limit_vnd`: the most he may hold of what he collects before he hands it in; None without a limit.
    """

    id: UUID
    office_id: UUID
    name: str
    phone: str = ""
    capacity_items: int = 120
    capacity_g: int = 30_000
    cash_limit_vnd: int | None = None
    shifts: tuple[tuple[time, time], ...] = HALF_DAYS
    vehicle: str = "motorbike"
    home_commune_codes: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A day on which a courier works for another office than his own."""

    courier_id: UUID
    courier_name: str
    on: date
    home_office_id: UUID
    office_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency whose results are returned."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedAddress:
    """An item whose address waits for a person; `candidates` are `geodata.model.Candidate` as JSON, best first."""

    item: Item
    text: str
    reason: str
    candidates: tuple[Mapping[str, Any], ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One position from a phone: accuracy in metres (1 sigma), speed in m/s, heading in degrees from north."""

    occurred_at: datetime
    point: LonLat
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    battery_pct: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionAnswer:
    """How many fixes were kept and how many each named filter left out."""

    accepted: int
    filtered: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPosition:
    """Where a courier was seen last."""

    courier_id: UUID
    office_id: UUID
    fix: Fix
    recorded_at: datetime
