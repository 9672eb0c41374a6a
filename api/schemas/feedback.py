"""Status going out: the pull stream and the webhook endpoints."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.types import Code, Id, Input, Output


class EventsPage(Output):
    """CloudEvents 1.0 in order; ask again with `after=next`, also after an empty page."""

    events: list[dict[str, object]]
    next: str


class EndpointIn(Input):
    """`agency_id` only for administrators, who act for an agency."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2000)]
    agency_id: Id | None = None


class EndpointOut(Output):
    """`pending` and `dead`: messages that wait, and messages given up.

    `public_key` (`whpk_…`) verifies `v1a` signatures; it stands under `keys_path` too, without signing in.
    """

    id: UUID
    agency_id: UUID
    url: str
    state: str
    state_reason: str | None
    rotating_until: datetime | None
    public_key: str | None
    keys_path: str
    paused_until: datetime | None
    failures: int
    created_at: datetime
    pending: int
    dead: int
    oldest_waiting_at: datetime | None


class EndpointCreated(Output):
    """`secret` (Standard Webhooks, `whsec_…`) is shown this one time; None when the endpoint was there already."""

    endpoint: EndpointOut
    secret: str | None


class EndpointList(Output):
    endpoints: list[EndpointOut]


class ReplayIn(Input):
    """Send again what stands in the stream after a cursor; with `dossier_code` only that dossier's."""

    after: str | None = None
    dossier_code: Code | None = None
    from_sequence: Annotated[int, Field(ge=1)] = 1


class ReplayOut(Output):
    messages: int
