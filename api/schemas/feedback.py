"""Status going out: the pull stream and the webhook endpoints."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, WithJsonSchema

from api.schemas.types import Code, Id, Input, Instant, Output


class StatusData(Output):
    """Where the paper stands after the event; no personal data. New fields may be added.

    `tracking_code` and `due_on` are null in a test event alone.
    """

    dossier_code: str
    item_code: str
    tracking_code: str | None
    status: str
    portal_status: Literal[9, 10] = Field(description="9 «Đã xử lý xong», 10 «Đã trả kết quả»; never back.")
    superseded: bool = Field(description="A late report that a newer one has overtaken.")
    reason: str | None
    action: str | None
    redelivery_on: date | None
    due_on: date | None


class WebhookKeyOut(Output):
    """A JSON Web Key (RFC 7517, ed25519 by RFC 8037)."""

    crv: Literal["Ed25519"]
    kty: Literal["OKP"]
    x: str
    kid: str = Field(description="The key's own fingerprint (RFC 7638).")
    use: Literal["sig"]
    alg: Literal["EdDSA"]
    whpk: str = Field(description="The same key as Standard Webhooks writes it.")


class WebhookKeySet(Output):
    """What verifies the messages to one endpoint now, newest first; two while a rotation lasts."""

    keys: list[WebhookKeyOut]


class StatusEvent(Output):
    """CloudEvents 1.0. `source` and `id` are the key by which a repetition is known; `sequence` counts the events of
    one dossier. New types and fields may be added.
    """

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str = Field(description="The item code.")
    time: datetime = Field(description="When it happened.")
    recordedtime: datetime = Field(description="When it was learnt of.")
    sequence: Annotated[str, StringConstraints(pattern=r"^\d{10}$")]
    datacontenttype: Literal["application/json"]
    data: StatusData


# Events are kept as they were sent, so they are described, not read and written anew.
_Event = Annotated[dict[str, object], WithJsonSchema({"allOf": [{"$ref": "#/components/schemas/StatusEvent"}]})]


class EventsPage(Output):
    """Events in order; ask again with `after=next`, also after an empty page."""

    events: list[_Event]
    next: str


class EndpointIn(Input):
    """`agency_id` only for administrators, who act for an agency."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2000)]
    agency_id: Id | None = None


class OpenCpsEndpointIn(EndpointIn):
    """`credential`: `name:password` of the receiving system, or its token; kept encrypted and never shown."""

    credential: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=500)]
    group_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")] | None = None


class EndpointOut(Output):
    """`pending` and `dead`: messages that wait, and messages given up.

    `paused_until`: the circuit is open, nothing is sent before. `last_failure`: why a message was not taken last.
    `group_id`: the site an OpenCPS system is, as it was given.
    `public_key` (`whpk_…`) verifies `v1a` signatures; it stands under `keys_path` too, without signing in.
    """

    id: UUID
    agency_id: UUID
    url: str
    kind: str
    group_id: str | None
    state: str
    state_reason: str | None
    rotating_until: datetime | None
    public_key: str | None
    keys_path: str
    paused_until: datetime | None
    failures: int
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str | None
    created_at: datetime
    pending: int
    dead: int
    oldest_waiting_at: datetime | None


class EndpointCreated(Output):
    """`secret` (Standard Webhooks, `whsec_…`) is shown this one time; None when the endpoint was there already."""

    endpoint: EndpointOut
    secret: str | None


class SealedEndpoint(Output):
    """`EndpointCreated` as a repeatable call keeps it: the secret is encrypted."""

    endpoint: EndpointOut
    closed: bytes | None


class EndpointList(Output):
    endpoints: list[EndpointOut]


class ReplayIn(Input):
    """Send again what stands in the stream after a cursor, or was recorded at `since` or later; with `dossier_code`
    only that dossier's. All that is given must hold.

    `dead_only`: only messages that were given up. `count_only`: tell how many it would be and send none.
    """

    after: str | None = None
    since: Instant | None = None
    dossier_code: Code | None = None
    from_sequence: Annotated[int, Field(ge=1)] = 1
    dead_only: bool = False
    count_only: bool = False


class ReplayOut(Output):
    messages: int


class DeadLetterOut(Output):
    """A message given up after the last attempt: `status` is the last HTTP status, None when nothing came; `body` is
    what was sent.
    """

    id: UUID
    dossier_code: str
    sequence: int
    type: str
    recorded_at: datetime
    settled_at: datetime
    attempts: int
    status: int | None
    error: str | None
    body: _Event


class DeadLetterList(Output):
    letters: list[DeadLetterOut]


class TrialOut(Output):
    """What was sent as a test and what came back. `status` None: nothing came, `error` says why."""

    id: UUID
    accepted: bool
    status: int | None
    error: str | None
    took_ms: int
    headers: dict[str, str]
    body: _Event
