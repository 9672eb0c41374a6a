"""Table of zones: areas drawn by people of the post, apart from the communes of the State."""

from datetime import datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import TIMESTAMP, CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class ZoneRow(Base):
    """A beat (the area of one courier) or another zone of a province's post. EPSG:4326."""

    __tablename__ = "zones"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID | None]
    courier_id: Mapped[UUID | None]
    area: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
    changed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    changed_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("kind IN ('zone', 'beat')", name="kind"),
        CheckConstraint("kind = 'beat' OR courier_id IS NULL", name="courier_has_beat"),
        Index("ix_zones_area", "area", postgresql_using="gist"),
        Index("uq_zones_name", "province_code", "kind", "name", unique=True),
        # A courier has one beat.
        Index("uq_zones_beat", "province_code", "courier_id", unique=True, postgresql_where=text("kind = 'beat'")),
    )
