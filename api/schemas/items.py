"""Items as the console, the courier and the agency see them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.types import Id, Input, LocalDate, Output, PersonOut, PointIn, PointOut, WindowOut
from tracking.holding import Report
from tracking.model import NextAction, Status

CommuneCode = Annotated[str, StringConstraints(pattern=r"^\d{5}$")]
StatusIn = Annotated[Status, Field(strict=False)]


class ItemOut(Output):
    """`error_m`: metres the true door may lie from `point`. `overdue`: due before today and not delivered."""

    id: UUID
    item_code: str
    tracking_code: str
    office_id: UUID
    agency_id: UUID
    procedure: str
    status: str
    attempts: int
    address: str
    commune_code: str | None
    commune_name: str | None
    point: PointOut | None
    error_m: int | None
    point_source: str | None
    addressee: PersonOut
    due_on: date
    ready_at: datetime
    not_before_on: date | None
    weight_g: int
    papers: int
    cod_vnd: int
    in_person: bool
    window: WindowOut | None
    dossier_codes: list[str]
    plan_id: UUID | None
    courier_id: UUID | None
    holder_courier_id: UUID | None
    event_seq: int
    overdue: bool
    leg: str
    to_office_id: UUID | None
    bagged_at: datetime | None
    recalled_at: datetime | None
    invitations: int
    invited_on: date | None


class ItemPage(Output):
    items: list[ItemOut]
    next_cursor: str | None
    total: int


class EventOut(Output):
    """One link of the custody chain; `hash` covers the canonical JSON of the event and `prev_hash`."""

    id: UUID
    item_id: UUID
    seq: int
    kind: str
    status: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    office_id: UUID
    data: dict[str, object]
    prev_hash: str
    hash: str


class ProofFileOut(Output):
    """Bytes of a stored one: `GET /v1/proofs/{proof_id}/files/{sha256}`, for the staff of the office."""

    sha256: str
    kind: Literal["photo", "signature"]
    bytes_count: int
    state: Literal["stored", "awaited"]


class ProofOut(Output):
    """What a courier recorded at the door; `relation` is the recipient's to the addressee."""

    id: UUID
    outcome: Literal["delivered", "attempt_failed", "collected"]
    reason: str | None
    action: str | None
    relation: str | None
    occurred_at: datetime
    recorded_at: datetime
    flags: list[str]
    files: list[ProofFileOut]


class OpenDeedsOut(Output):
    """What the office may do with the item as it stands.

    `actions` for `:decide` (`forward` by `:forward`, which names the office), `reports` for `:report`; `invites_from`:
    first day of the next invitation, none where none may be sent; `invites_again_from`: of the one after it, when that
    is sent on this first day; `redelivers_until`: the last day to redeliver on;
    `withdraws_seq`: the delivery that `:correct` withdraws as `not_happened`.
    """

    actions: list[NextAction]
    reports: list[Report]
    invites_from: date | None
    invites_again_from: date | None
    redelivers_until: date
    withdraws_seq: int | None


class ItemDetail(Output):
    item: ItemOut
    deeds: OpenDeedsOut
    history: list[EventOut]
    proofs: list[ProofOut]


class ResolveAddressIn(Input):
    """A person's decision on an address: the commune, and where the door is when known."""

    commune_code: CommuneCode
    point: PointIn | None = None


class CandidateOut(Output):
    commune_code: str
    commune_full_name: str
    province_code: str
    vintage: str
    matched: list[str]
    score: float
    reason: str
    point: PointOut
    error_m: int
    point_source: str


class QueueEntry(Output):
    """`reason` is the code of why the machine did not decide."""

    item: ItemOut
    text: str
    reason: str
    created_at: datetime
    candidates: list[CandidateOut]


class AddressQueueOut(Output):
    entries: list[QueueEntry]
    total: int


class ItemSearchIn(Input):
    """What is searched for. `q` is part of a code; who sees people unmasked may ask for words of a name or phone too.

    `due`: due on or before this day.
    """

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    office_id: Id | None = None
    status: Annotated[list[StatusIn], Field(max_length=20)] | None = None
    commune_code: CommuneCode | None = None
    due: LocalDate | None = None
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ResolveTextIn(Input):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    province_code: str | None = None


class ResolutionOut(Output):
    text: str
    reason: str
    candidates: list[CandidateOut]
    decided: CandidateOut | None
