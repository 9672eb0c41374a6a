"""Values of notifications: kinds, a province's policy, the facts a message is judged and worded by."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal
from uuid import UUID

from tracking.model import Item

Language = Literal["vi", "en"]
# From when on a paper counts as ready: the office has signed for it, or the agency has handed its data in.
ReadyWhen = Literal["received", "announced"]


class Kind(StrEnum):
    """What a citizen is told; the values are public. `CORRECTED`: a delivery that was told of did not happen;
    `COLLECTED`: the post has taken the dossier at home; `INVITED`: a held paper is to be collected at the office.
    """

    READY = "ready"
    COMING = "coming"
    FAILED = "failed"
    DELIVERED = "delivered"
    CORRECTED = "corrected"
    COLLECTED = "collected"
    INVITED = "invited"


class State(StrEnum):
    """Where a message stands. `UNSURE`: it may have arrived, so it is not sent again."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    DEAD = "dead"
    DROPPED = "dropped"


class Reason(StrEnum):
    """Why a message was not sent."""

    OLD = "old"
    OPTED_OUT = "opted_out"
    NO_ADDRESS = "no_address"
    NO_CHANNEL = "no_channel"
    OFF = "off"


class Result(StrEnum):
    """What a channel says of one sending. `LATER`: surely not taken, ask again. `UNSURE`: perhaps taken."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a province tells its citizens. `channels` by name, the first one first.

    Quiet hours are local, from `quiet_from` up to but not including `quiet_until`, over midnight or not; equal: none.
    `accents` False takes the marks off short messages. Texts and addresses are kept `retention_days` after the end.
    """

    active: bool = False
    kinds: tuple[Kind, ...] = tuple(Kind)
    channels: tuple[str, ...] = ()
    language: Language = "vi"
    accents: bool = True
    ready_when: ReadyWhen = "received"
    quiet_from: time = time(21, 0)
    quiet_until: time = time(7, 0)
    daily_limit: int = 5
    retention_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One item of a message as it stands now, and when what is told of it happened."""

    item: Item
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a held paper lies."""

    name: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What words are made of. `told` is not empty; `window` only of what comes today, `stays_until` of invitations."""

    kind: Kind
    told: tuple[Told, ...]
    office: Place
    track_url: str
    stop_url: str
    window: tuple[datetime, datetime] | None = None
    stays_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A message in words: `short` for a phone, the rest for a letter. `fields` are for templates of providers."""

    subject: str
    short: str
    long: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a channel sends: `message_id` is the same for every repetition."""

    message_id: UUID
    kind: Kind
    to: str
    words: Words
    stop_url: str
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one sending; `error` names no person and no address."""

    result: Result
    error: str | None = None
