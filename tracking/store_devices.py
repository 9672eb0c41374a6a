"""SQL of the phones that send positions by a key."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, case, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from tracking.device_values import Device
from tracking.tables_offices import CourierRow
from tracking.tables_positions import DeviceRow

_DEVICES = cast("Table", DeviceRow.__table__)
_COURIERS = cast("Table", CourierRow.__table__)


def add(session: Session, province_code: str, device: Device, *, key_hash: str, created_by: str) -> None:
    """Keep a new device."""
    session.execute(
        insert(_DEVICES).values(
            province_code=province_code,
            id=device.id,
            courier_id=device.courier_id,
            key_hash=key_hash,
            label=device.label,
            created_by=created_by,
            created_at=device.created_at,
        )
    )


def of_courier(session: Session, province_code: str, courier_id: UUID) -> list[Device]:
    """A courier's devices, revoked ones too, oldest first."""
    query = select(_DEVICES).where(_DEVICES.c.province_code == province_code, _DEVICES.c.courier_id == courier_id)
    return [_device(row) for row in session.execute(query.order_by(_DEVICES.c.id))]


def revoke(session: Session, province_code: str, courier_id: UUID, device_id: UUID, now: datetime) -> bool:
    """Make a device's key useless; False when there is none to revoke."""
    own = (_DEVICES.c.province_code == province_code, _DEVICES.c.courier_id == courier_id, _DEVICES.c.id == device_id)
    statement = update(_DEVICES).where(*own, _DEVICES.c.revoked_at.is_(None)).values(revoked_at=now)
    return session.execute(statement.returning(_DEVICES.c.id)).first() is not None


def note_call(session: Session, key_hash: str, now: datetime) -> tuple[str, Device, int] | None:
    """Count a call of the device with this key: its province, itself, and its calls in this minute so far.

    None when no device has the key, it was revoked, or its courier works no longer.
    """
    minute = now.replace(second=0, microsecond=0)
    same = (_COURIERS.c.province_code == _DEVICES.c.province_code) & (_COURIERS.c.id == _DEVICES.c.courier_id)
    statement = (
        update(_DEVICES)
        .where(_DEVICES.c.key_hash == key_hash, _DEVICES.c.revoked_at.is_(None), same, _COURIERS.c.active)
        .values(
            seen_at=now, minute_at=minute, sent=case((_DEVICES.c.minute_at == minute, _DEVICES.c.sent + 1), else_=1)
        )
        .returning(*_DEVICES.c)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else (row.province_code, _device(row), row.sent)


def _device(row: Row[Any]) -> Device:
    return Device(
        id=row.id,
        courier_id=row.courier_id,
        label=row.label,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        seen_at=row.seen_at,
    )
