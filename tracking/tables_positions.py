"""Tables of positions, partitioned by month, of phones that send them, and of what came of each courier's day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)


class _Fix:
    """What a phone tells of a place."""

    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    speed_mps: Mapped[float | None]
    heading_deg: Mapped[float | None]
    battery_pct: Mapped[int | None]
    recorded_at: Mapped[datetime] = mapped_column(_AT)


class PositionRow(_Fix, Base):
    """Where a courier was; one row for a courier and instant, so a batch sent twice adds nothing."""

    __tablename__ = "positions"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    courier_id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(_AT, primary_key=True)

    __table_args__ = ({"postgresql_partition_by": "RANGE (occurred_at)", "info": {"partition": "time"}},)


class LastPositionRow(_Fix, Base):
    """The newest kept fix of each courier."""

    __tablename__ = "last_positions"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    courier_id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(_AT)


class DeviceRow(Base):
    """A courier's phone known by a key, of which only the hash stands here; `sent` counts within `minute_at`."""

    __tablename__ = "devices"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    courier_id: Mapped[UUID]
    key_hash: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_AT)
    revoked_at: Mapped[datetime | None] = mapped_column(_AT)
    seen_at: Mapped[datetime | None] = mapped_column(_AT)
    minute_at: Mapped[datetime | None] = mapped_column(_AT)
    sent: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        ForeignKeyConstraint(["province_code", "courier_id"], ["couriers.province_code", "couriers.id"]),
        Index("uq_devices_key_hash", "key_hash", unique=True),
        Index("ix_devices_courier", "province_code", "courier_id"),
    )


class PositionDayRow(Base):
    """How many fixes of a courier's day were kept, how many each filter left out; when the day was made coarse.

    The columns of counts are named as the filters are (a test compares the two).
    """

    __tablename__ = "position_days"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    courier_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    accepted: Mapped[int]
    duplicate: Mapped[int]
    future: Mapped[int]
    inaccurate: Mapped[int]
    impossible_speed: Mapped[int]
    invalid: Mapped[int]
    too_old: Mapped[int]
    coarse_at: Mapped[datetime | None] = mapped_column(_AT)

    __table_args__ = (
        Index("ix_position_days_precise", "province_code", "day", postgresql_where=text("coarse_at IS NULL")),
    )
