"""Tables of areas drawn by people of the post, apart from the communes of the State. EPSG:4326."""

from datetime import datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import TIMESTAMP, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class ZoneRow(Base):
    """An area that one office serves, whichever office has the commune."""

    __tablename__ = "zones"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID]
    area: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
    changed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    changed_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_zones_area", "area", postgresql_using="gist"),
        Index("uq_zones_name", "province_code", "name", unique=True),
    )


class BeatRow(Base):
    """The area one courier knows, where it is not whole communes."""

    __tablename__ = "beats"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    courier_id: Mapped[UUID] = mapped_column(primary_key=True)
    area: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
    changed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    changed_by: Mapped[str] = mapped_column(Text)
