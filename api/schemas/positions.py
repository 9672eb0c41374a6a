"""Phones that send positions by a key, and a courier's track of a day."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from api.schemas.types import Input, Output, PointOut
from tracking.devices import LABEL_LIMIT


class DeviceIn(Input):
    """What the office calls the phone."""

    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LABEL_LIMIT)]


class DeviceOut(Output):
    id: UUID
    courier_id: UUID
    label: str
    created_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None


class DeviceList(Output):
    devices: list[DeviceOut]


class DeviceCreated(Output):
    """`key` goes into the phone's “device identifier”; it is shown this one time, only its hash is kept."""

    device: DeviceOut
    key: str


class TrackFix(Output):
    point: PointOut
    occurred_at: datetime


class StayItem(Output):
    id: UUID
    item_code: str


class StayOut(Output):
    """Where the courier stood within 50 m for two minutes or more; `items` of the visit, where one is near."""

    point: PointOut
    start_at: datetime
    end_at: datetime
    dwell_s: int
    items: list[StayItem]


class TrackOut(Output):
    """A courier's day: thinned fixes by time, stays, and how many fixes were kept and left out by each filter."""

    courier_id: UUID
    day: date
    fixes: list[TrackFix]
    stays: list[StayOut]
    accepted: int
    filtered: dict[str, int]
