"""Tables of learned doors. Households and alleys stand as hashed keys: no name, phone or address text."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)


class DoorObservationRow(Base):
    """One thing that taught a door: a delivery (the id is the proof's), a person's correction or a citizen's
    word. Never deleted by a correction: `forgotten_at` takes it out of the reckoning and says who did."""

    __tablename__ = "door_observations"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_key: Mapped[str] = mapped_column(Text)
    area_key: Mapped[str | None] = mapped_column(Text)
    commune_code: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float]
    taught_by: Mapped[str] = mapped_column(Text)
    observed_at: Mapped[datetime] = mapped_column(_AT)
    recorded_at: Mapped[datetime] = mapped_column(_AT)
    forgotten_at: Mapped[datetime | None] = mapped_column(_AT)
    forgotten_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("kind IN ('delivery', 'correction', 'proposal')", name="kind"),
        CheckConstraint("accuracy_m > 0", name="accuracy"),
        CheckConstraint("(forgotten_at IS NULL) = (forgotten_by IS NULL)", name="forgotten"),
        Index("ix_door_observations_household", "province_code", "household_key"),
    )


class DoorRow(Base):
    """What the observations come to: the door of a household, or the middle of the doors of an alley or hamlet."""

    __tablename__ = "doors"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    area_key: Mapped[str | None] = mapped_column(Text)
    lon: Mapped[float]
    lat: Mapped[float]
    error_m: Mapped[int]
    lessons: Mapped[int]
    taught_by: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime] = mapped_column(_AT)
    corrected: Mapped[bool]
    disputed: Mapped[bool]

    __table_args__ = (
        CheckConstraint("kind IN ('household', 'alley', 'hamlet')", name="kind"),
        CheckConstraint("error_m > 0 AND lessons > 0", name="positive"),
        Index("ix_doors_area", "province_code", "area_key"),
    )
