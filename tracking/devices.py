"""Phones that send a courier's positions by a key of their own, as the free Traccar Client does."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, fail
from core.ids import new_id
from core.scope import Scope
from tracking import store_devices
from tracking.device_values import Device
from tracking.errors import DEVICE_LABEL_WRONG, DEVICE_TOO_FAST, DEVICE_UNKNOWN
from tracking.fields import is_printable
from tracking.model import Fix, PositionAnswer
from tracking.offices import find_courier
from tracking.positions import record_positions

LABEL_LIMIT = 60
# A phone that comes back into reach empties its store one fix a call: ten a second are enough for a day in a minute
# or two of calls, and no phone keeps the server from the others.
CALLS_A_MINUTE = 600
# Typed by hand into a phone: small letters and digits that look like no other, 24 of 31 are 118 random bits.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 24


def add_device(session: Session, *, scope: Scope, courier_id: UUID, label: str, now: datetime) -> tuple[Device, str]:
    """A new device of a courier and its key, which is kept nowhere.

    Raises:
        CodedError: C1000 for a courier out of reach, T3012 for a label that is empty or long.
    """
    find_courier(session, scope=scope, courier_id=courier_id)
    label = label.strip()
    if not 1 <= len(label) <= LABEL_LIMIT or not is_printable(label):
        raise fail(DEVICE_LABEL_WRONG, pointer="/label", limit=LABEL_LIMIT)
    device = Device(id=new_id(now), courier_id=courier_id, label=label, created_at=aware(now))
    key = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    store_devices.add(session, scope.province_code, device, key_hash=_hash(key), created_by=scope.actor)
    return device, key


def list_devices(session: Session, *, scope: Scope, courier_id: UUID) -> list[Device]:
    """A courier's devices, revoked ones too. Raises C1000 for a courier out of reach."""
    find_courier(session, scope=scope, courier_id=courier_id)
    return store_devices.of_courier(session, scope.province_code, courier_id)


def revoke_device(session: Session, *, scope: Scope, courier_id: UUID, device_id: UUID, now: datetime) -> None:
    """Make a device's key useless. Raises C1000 when the courier is out of reach or has no such device in use."""
    find_courier(session, scope=scope, courier_id=courier_id)
    if not store_devices.revoke(session, scope.province_code, courier_id, device_id, aware(now)):
        raise fail(NOT_FOUND, what="device")


def record_from_device(session: Session, *, key: str, fix: Fix | None, now: datetime) -> tuple[Device, PositionAnswer]:
    """Keep the fix of the device with this key; None is a fix that could not be read, and is counted as such.

    Raises:
        CodedError: T3010 for a key that nobody has or that was revoked (indistinguishable), T3011 above 600 calls in
            a minute.
    """
    now = aware(now)
    found = store_devices.note_call(session, _hash(key.strip().lower()), now)
    if found is None:
        raise fail(DEVICE_UNKNOWN)
    province_code, device, calls = found
    if calls > CALLS_A_MINUTE:
        raise fail(DEVICE_TOO_FAST, limit=CALLS_A_MINUTE)
    answer = record_positions(
        session,
        scope=Scope(province_code=province_code, actor=f"device:{device.id}", courier_id=device.courier_id),
        courier_id=device.courier_id,
        fixes=[fix] if fix is not None else [],
        now=now,
        unreadable=int(fix is None),
    )
    return device, answer


def _hash(key: str) -> str:
    """Hash of a long random secret, which needs no slow one."""
    return hashlib.sha256(key.encode()).hexdigest()
