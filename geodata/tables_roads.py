"""Tables of what is known about roads beyond the map: closures, and what couriers' tracks teach."""

from datetime import date, datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import TIMESTAMP, CheckConstraint, Date, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)


class RoadClosureRow(Base):
    """An area whose roads are closed from an instant to another one, or until somebody removes it.

    `applied_at`: when a road server first answered without its roads, and how many `segments` it closed.
    """

    __tablename__ = "road_closures"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    area: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=4326, spatial_index=False))
    starts_at: Mapped[datetime] = mapped_column(_AT)
    ends_at: Mapped[datetime | None] = mapped_column(_AT)
    kind: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_AT)
    changed_by: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(_AT)
    removed_by: Mapped[str | None] = mapped_column(Text)
    removed_at: Mapped[datetime | None] = mapped_column(_AT)
    applied_at: Mapped[datetime | None] = mapped_column(_AT)
    segments: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="period"),
        CheckConstraint(
            "kind IN ('flood', 'landslide', 'works', 'accident', 'event', 'other')",
            name="kind",
        ),
        CheckConstraint("(changed_at IS NULL) = (changed_by IS NULL)", name="changed"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
        Index("ix_road_closures_open", "starts_at", postgresql_where=text("removed_at IS NULL")),
    )


class TrackDayRow(Base):
    """What the tracks of one province and day said of the roads: `times` is a compressed array file.

    Kept apart by day so that a day can be read anew without counting twice, and old days lose weight.
    """

    __tablename__ = "track_days"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    ridden_on: Mapped[date] = mapped_column(Date, primary_key=True)
    fixes: Mapped[int]
    matched_s: Mapped[float]
    times: Mapped[bytes] = mapped_column(LargeBinary)
    learned_at: Mapped[datetime] = mapped_column(_AT)


class LearnedSpeedRow(Base):
    """How long a class of road takes in a commune and band of hours, as a multiple of the profile's time.

    `band` 0 is the whole day; an empty commune is the whole province. `observed_s` is the riding behind it.
    """

    __tablename__ = "learned_speeds"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    commune_code: Mapped[str] = mapped_column(Text, primary_key=True)
    road_class: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    band: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    factor: Mapped[float]
    observed_s: Mapped[float]

    __table_args__ = (CheckConstraint("factor > 0", name="factor"),)


class LearnedSegmentsRow(Base):
    """The directed segments of a province with a factor of their own, as a compressed array file.

    `version` names all that was learned at once, `learned_speeds` included.
    """

    __tablename__ = "learned_segments"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[str] = mapped_column(Text)
    segments: Mapped[bytes] = mapped_column(LargeBinary)
    learned_at: Mapped[datetime] = mapped_column(_AT)


class LearnedServiceRow(Base):
    """How long visits last in a commune and class of pin error, as a multiple of the standard time.

    An empty commune is the whole province.
    """

    __tablename__ = "learned_service"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    commune_code: Mapped[str] = mapped_column(Text, primary_key=True)
    error_class: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    factor: Mapped[float]
    visits: Mapped[int]

    __table_args__ = (CheckConstraint("factor > 0", name="factor"),)
