"""SQL of whole days of riding: tracks and visits of all couriers of a province, for learning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from geodata.model import LonLat
from geodata.track_times import Track
from tracking.tables import ItemRow
from tracking.tables_custody import ProofRow
from tracking.tables_positions import PositionRow

_POSITIONS = cast("Table", PositionRow.__table__)
_PROOFS = cast("Table", ProofRow.__table__)
_ITEMS = cast("Table", ItemRow.__table__)
# what a phone that gives no accuracy is worth
_UNKNOWN_ACCURACY_M = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRecord:
    """One item at a door, as its proof and its item say; `pin` is where the plan sent the courier."""

    courier_id: UUID
    household_key: str
    occurred_at: datetime
    commune_code: str
    pin: LonLat
    error_m: int
    has_money: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorProof:
    """One item a courier proved something about; `pin` is None where its door was not found."""

    item_id: UUID
    item_code: str
    occurred_at: datetime
    pin: LonLat | None


def proofs_of(
    session: Session, province_code: str, courier_id: UUID, start_at: datetime, end_at: datetime
) -> list[DoorProof]:
    """What a courier proved in a period, start inclusive, end exclusive, by time."""
    same = (_ITEMS.c.province_code == _PROOFS.c.province_code) & (_ITEMS.c.id == _PROOFS.c.item_id)
    query = (
        select(_ITEMS.c.id, _ITEMS.c.item_code, _PROOFS.c.occurred_at, _ITEMS.c.lon, _ITEMS.c.lat)
        .join_from(_PROOFS, _ITEMS, same)
        .where(
            _PROOFS.c.province_code == province_code,
            _PROOFS.c.courier_id == courier_id,
            _PROOFS.c.occurred_at >= start_at,
            _PROOFS.c.occurred_at < end_at,
        )
        .order_by(_PROOFS.c.occurred_at, _PROOFS.c.id)
    )
    return [
        DoorProof(
            item_id=row.id,
            item_code=row.item_code,
            occurred_at=row.occurred_at,
            pin=None if row.lon is None else LonLat(lon=row.lon, lat=row.lat),
        )
        for row in session.execute(query)
    ]


def couriers_seen(session: Session, province_code: str, start_at: datetime, end_at: datetime) -> list[UUID]:
    """Couriers with fixes in a period, start inclusive, end exclusive."""
    query = select(_POSITIONS.c.courier_id).distinct().where(*_within(province_code, start_at, end_at))
    return list(session.scalars(query.order_by(_POSITIONS.c.courier_id)))


def track(session: Session, province_code: str, courier_id: UUID, start_at: datetime, end_at: datetime) -> Track:
    """A courier's fixes of a period as columns, by time."""
    query = select(
        func.extract("epoch", _POSITIONS.c.occurred_at),
        _POSITIONS.c.lon,
        _POSITIONS.c.lat,
        func.coalesce(_POSITIONS.c.accuracy_m, _UNKNOWN_ACCURACY_M),
    ).where(*_within(province_code, start_at, end_at), _POSITIONS.c.courier_id == courier_id)
    rows = [tuple(row) for row in session.execute(query.order_by(_POSITIONS.c.occurred_at))]
    at_s, lon, lat, accuracy_m = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    return Track(at_s=at_s, lon=lon, lat=lat, accuracy_m=accuracy_m)


def doors(session: Session, province_code: str, start_at: datetime, end_at: datetime) -> Iterator[DoorRecord]:
    """What was delivered or tried at doors with a pin in a period, by courier and time."""
    same = (_ITEMS.c.province_code == _PROOFS.c.province_code) & (_ITEMS.c.id == _PROOFS.c.item_id)
    query = (
        select(
            _PROOFS.c.courier_id,
            func.coalesce(_ITEMS.c.household_key, func.text(_ITEMS.c.id)).label("household_key"),
            _PROOFS.c.occurred_at,
            func.coalesce(_ITEMS.c.commune_code, "").label("commune_code"),
            _ITEMS.c.lon,
            _ITEMS.c.lat,
            func.coalesce(_ITEMS.c.error_m, 0).label("error_m"),
            (_ITEMS.c.state_fee_vnd + _ITEMS.c.postage_vnd > 0).label("has_money"),
        )
        .join_from(_PROOFS, _ITEMS, same)
        .where(
            _PROOFS.c.province_code == province_code,
            _PROOFS.c.occurred_at >= start_at,
            _PROOFS.c.occurred_at < end_at,
            _PROOFS.c.courier_id.is_not(None),
            _ITEMS.c.lon.is_not(None),
        )
        .order_by(_PROOFS.c.courier_id, _PROOFS.c.occurred_at, _PROOFS.c.id)
    )
    for row in session.execute(query):
        yield DoorRecord(
            courier_id=row.courier_id,
            household_key=row.household_key,
            occurred_at=row.occurred_at,
            commune_code=row.commune_code,
            pin=LonLat(lon=row.lon, lat=row.lat),
            error_m=row.error_m,
            has_money=row.has_money,
        )


def first_at_door(
    session: Session, province_code: str, item_ids: Sequence[UUID], start_at: datetime, end_at: datetime
) -> dict[UUID, datetime]:
    """When each item was at a door for the first time in a period, start inclusive, end exclusive."""
    query = select(_PROOFS.c.item_id, func.min(_PROOFS.c.occurred_at).label("at")).where(
        _PROOFS.c.province_code == province_code,
        _PROOFS.c.item_id.in_(list(item_ids)),
        _PROOFS.c.occurred_at >= start_at,
        _PROOFS.c.occurred_at < end_at,
    )
    return {row.item_id: row.at for row in session.execute(query.group_by(_PROOFS.c.item_id))}


def _within(province_code: str, start_at: datetime, end_at: datetime) -> tuple[ColumnElement[bool], ...]:
    at = _POSITIONS.c.occurred_at
    return _POSITIONS.c.province_code == province_code, at >= start_at, at < end_at
