"""Tables of who does the work: offices, the communes they deliver to, couriers, agencies, item code serials."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, TIMESTAMP, BigInteger, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class OfficeRow(Base):
    """A delivery office or commune post office."""

    __tablename__ = "offices"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    lon: Mapped[float]
    lat: Mapped[float]
    cut_off: Mapped[time]

    __table_args__ = (Index("uq_offices_code", "province_code", "code", unique=True),)


class OfficeCommuneRow(Base):
    """Which office delivers to a commune: at most one."""

    __tablename__ = "office_communes"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    commune_code: Mapped[str] = mapped_column(Text, primary_key=True)
    office_id: Mapped[UUID]

    __table_args__ = (ForeignKeyConstraint(["province_code", "office_id"], ["offices.province_code", "offices.id"]),)


class CourierRow(Base):
    """A postman of an office; `shifts` are [["07:20", "11:30"], …] in local time.

    `breaks` are [{"earliest": "09:00", "latest": "09:30", "minutes": 15}, …].
    """

    __tablename__ = "couriers"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    capacity_items: Mapped[int]
    capacity_g: Mapped[int]
    cash_limit_vnd: Mapped[int | None] = mapped_column(BigInteger)
    shifts: Mapped[list[list[str]]] = mapped_column(JSONB)
    vehicle: Mapped[str] = mapped_column(Text)
    home_commune_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool]
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    in_person: Mapped[bool] = mapped_column(server_default=text("true"))
    breaks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    overtime_until: Mapped[time | None]
    reload_minutes: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        ForeignKeyConstraint(["province_code", "office_id"], ["offices.province_code", "offices.id"]),
        Index("ix_couriers_office", "province_code", "office_id"),
    )


class CourierLoanRow(Base):
    """One day on which a courier works for another office than his own."""

    __tablename__ = "courier_loans"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    courier_id: Mapped[UUID] = mapped_column(primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    office_id: Mapped[UUID]
    lent_by: Mapped[str] = mapped_column(Text)
    lent_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(["province_code", "courier_id"], ["couriers.province_code", "couriers.id"]),
        ForeignKeyConstraint(["province_code", "office_id"], ["offices.province_code", "offices.id"]),
        Index("ix_courier_loans_day", "province_code", "on_day"),
    )


class AgencyRow(Base):
    """An agency whose results are returned."""

    __tablename__ = "agencies"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("uq_agencies_code", "province_code", "code", unique=True),)


class SerialRow(Base):
    """The last serial number of item codes given out in a province."""

    __tablename__ = "item_serials"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
