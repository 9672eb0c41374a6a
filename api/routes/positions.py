"""For the office: phones that send positions by a key, and a courier's track of a day."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.deps import DbSession, Now
from api.presenters.positions import track_out
from api.routes.asking import Planner, note_view
from api.schemas.positions import DeviceCreated, DeviceIn, DeviceList, DeviceOut, TrackOut
from api.schemas.types import LocalDate
from core.clock import local_date
from tracking import service

router = APIRouter(tags=["positions"])


@router.get("/couriers/{courier_id}/devices")
def get_devices(courier_id: UUID, session: DbSession, caller: Planner) -> DeviceList:
    """A courier's phones with a key, revoked ones too."""
    found = service.list_devices(session, scope=caller.scope, courier_id=courier_id)
    return DeviceList(devices=[DeviceOut.model_validate(one) for one in found])


@router.post("/couriers/{courier_id}/devices", status_code=201)
def post_device(courier_id: UUID, content: DeviceIn, session: DbSession, caller: Planner, now: Now) -> DeviceCreated:
    """Make a key for a courier's phone; it is shown this one time."""
    device, key = service.add_device(session, scope=caller.scope, courier_id=courier_id, label=content.label, now=now)
    return DeviceCreated(device=DeviceOut.model_validate(device), key=key)


@router.delete("/couriers/{courier_id}/devices/{device_id}", status_code=204)
def delete_device(courier_id: UUID, device_id: UUID, session: DbSession, caller: Planner, now: Now) -> Response:
    """Make a phone's key useless."""
    service.revoke_device(session, scope=caller.scope, courier_id=courier_id, device_id=device_id, now=now)
    return Response(status_code=204)


@router.get("/couriers/{courier_id}/track")
def get_track(
    courier_id: UUID, session: DbSession, caller: Planner, now: Now, day: LocalDate | None = None
) -> TrackOut:
    """A courier's track of a day (today without one) with stays and the counts of the filters."""
    on = day or local_date(now)
    found = service.track_of_day(session, scope=caller.scope, courier_id=courier_id, day=on)
    note_view(session, caller.scope, "track", [courier_id], now)
    return track_out(courier_id, on, found)
