"""Notifications to citizens: the province's policy, its channels, who wants none, what was sent."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue, StringConstraints

from api.schemas.types import Input, LocalTime, Output
from tracking.notifications.segments import Segments
from tracking.notifications.values import Kind, Result, State

ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
_Kind = Annotated[Kind, Field(strict=False)]
_MOST_CHANNELS = 10


class PolicyIn(Input):
    """What is told and how. `channels` by name, the first one first. Quiet hours are local; equal times: none.

    `ready_when`: a paper counts as ready when its office has signed for it (`received`) or when the agency has handed
    its data in (`announced`). `accents` false takes the marks off short messages.
    """

    active: bool
    kinds: Annotated[tuple[_Kind, ...], Field(strict=False, max_length=len(Kind))] = tuple(Kind)
    channels: Annotated[tuple[ChannelName, ...], Field(strict=False, max_length=_MOST_CHANNELS)] = ()
    language: Literal["vi", "en"] = "vi"
    accents: bool = True
    ready_when: Literal["received", "announced"] = "received"
    quiet_from: LocalTime = time(21, 0)
    quiet_until: LocalTime = time(7, 0)
    daily_limit: Annotated[int, Field(ge=1, le=50)] = 5
    retention_days: Annotated[int, Field(ge=1, le=365)] = 30


class OfficeChannels(Output):
    """An office's own channels."""

    office_id: UUID
    channels: tuple[str, ...]


class PolicyOut(Output):
    """The policy, and the offices that have channels of their own."""

    active: bool
    kinds: tuple[Kind, ...]
    channels: tuple[str, ...]
    language: Literal["vi", "en"]
    accents: bool
    ready_when: Literal["received", "announced"]
    quiet_from: LocalTime
    quiet_until: LocalTime
    daily_limit: int
    retention_days: int
    offices: list[OfficeChannels]


class OfficeChannelsIn(Input):
    """An office's own channels in order; null: the province's."""

    channels: Annotated[tuple[ChannelName, ...] | None, Field(strict=False, max_length=_MOST_CHANNELS)]


class ChannelIn(Input):
    """A mail server or a provider's HTTP interface; what stands in `config` is told in docs/notifications.md.

    `secret` (the password, or what `{secret}` stands for) is kept encrypted, never shown; without it the old one stays.
    """

    kind: Literal["smtp", "http"]
    config: dict[str, JsonValue]
    secret: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = None
    active: bool = True


class ChannelOut(Output):
    """A channel without its secret."""

    name: str
    kind: str
    config: dict[str, JsonValue]
    has_secret: bool
    active: bool


class ChannelList(Output):
    channels: list[ChannelOut]


class SampleOut(Output):
    """One text as it would be sent, and what it costs as short messages."""

    kind: Kind
    language: Literal["vi", "en"]
    accents: bool
    text: str
    alphabet: str
    units: int
    parts: int

    @classmethod
    def of(cls, kind: Kind, language: Literal["vi", "en"], accents: bool, text: str, size: Segments) -> "SampleOut":
        """From a text and its size."""
        return cls(
            kind=kind,
            language=language,
            accents=accents,
            text=text,
            alphabet=size.alphabet,
            units=size.units,
            parts=size.parts,
        )


class SampleList(Output):
    samples: list[SampleOut]


class ConsentIn(Input):
    """`contact`: a phone number or mail address as a person says it; `opted_out`: no more messages to it."""

    contact: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    opted_out: bool


class ConsentOut(Output):
    opted_out: bool


class CountOut(Output):
    """Messages of one day, kind, channel and state; `parts`: of how many short messages.

    Papers that never became a message, because nobody could be told, are `dropped` without a channel.
    """

    day: date
    kind: Kind
    channel: str | None
    state: State
    reason: str | None
    messages: int
    parts: int


class CountList(Output):
    counts: list[CountOut]


class NotificationOut(Output):
    """A message; whom it went to is not told. `words` until they are dropped."""

    id: UUID
    kind: Kind
    office_id: UUID
    state: State
    reason: str | None
    channel: str | None
    refused_by: tuple[str, ...]
    attempts: int
    error: str | None
    words: str | None
    created_at: datetime
    next_at: datetime | None
    settled_at: datetime | None
    item_ids: tuple[UUID, ...]
    dossier_codes: tuple[str, ...]


class NotificationList(Output):
    notifications: list[NotificationOut]


class NotificationSearchIn(Input):
    """`q` is part of a dossier, item or tracking code; who sees people unmasked may type words of a name or a phone."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=100)]


class ToldOut(Output):
    """What is told of a paper. `message` null: it waits for others of its visit until `due_at`, or is `dropped`."""

    kind: Kind
    happened_at: datetime
    due_at: datetime
    dropped: str | None
    message: NotificationOut | None


class ToldItemOut(Output):
    """A paper by its codes, with all that was told of it, newest first."""

    item_id: UUID
    item_code: str
    dossier_codes: tuple[str, ...]
    status: str
    told: list[ToldOut]


class ToldItemList(Output):
    """At most 20 papers of `total`."""

    items: list[ToldItemOut]
    total: int


class ChannelStandingOut(Output):
    """A channel without what it is set to; the last message it took and its last error, of the last seven days."""

    name: str
    kind: Literal["smtp", "http"]
    active: bool
    last_sent_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None


class StandingOut(Output):
    """How telling goes. `opted_out`: phones and mail addresses of the province that want no messages."""

    channels: list[ChannelStandingOut]
    waiting: int
    next_at: datetime | None
    opted_out: int


class ChannelTestIn(Input):
    """Whom to send a test to: a phone number, or a mail address for a channel of letters."""

    contact: Annotated[str, StringConstraints(min_length=3, max_length=254)]


class ChannelTestOut(Output):
    """`later`: surely not taken. `unsure`: perhaps taken."""

    result: Result
    error: str | None
    took_ms: int
    words: str
