"""Tables of geodata (SQLAlchemy, GeoAlchemy2). Rows never leave store.py.

Units of every vintage stand side by side, keyed by (code, valid_from): codes are reused from one reform to the next.
`valid_to` is the last day in force, NULL for the units of today. All geometry is EPSG:4326.
"""

from datetime import date, datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    TIMESTAMP,
    CheckConstraint,
    Date,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

import geodata.tables_doors
import geodata.tables_roads
import geodata.tables_units
import geodata.tables_zones  # noqa: F401  registers their tables
from core.db import Base


class ProvinceRow(Base):
    """A province or a city under the central government."""

    __tablename__ = "provinces"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[date | None] = mapped_column(Date)
    name: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    area: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))

    __table_args__ = (Index("ix_provinces_area", "area", postgresql_using="gist"),)


class CommuneRow(Base):
    """A commune, ward or special zone with its polygon and a point inside it.

    `redrawn_at`: the polygon was replaced by a better one since the list was loaded.
    """

    __tablename__ = "communes"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[date | None] = mapped_column(Date)
    province_code: Mapped[str] = mapped_column(Text)
    province_valid_from: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    unit_type: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    office_address: Mapped[str | None] = mapped_column(Text)
    area: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
    point: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    redrawn_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(["province_code", "province_valid_from"], ["provinces.code", "provinces.valid_from"]),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_period"),
        Index("ix_communes_area", "area", postgresql_using="gist"),
        Index("ix_communes_province_code", "province_code"),
        # A code names one unit at a time.
        Index("ix_communes_redrawn_at", "redrawn_at", postgresql_where=text("redrawn_at IS NOT NULL")),
        Index("uq_communes_in_force", "code", unique=True, postgresql_where=text("valid_to IS NULL")),
    )


class OldUnitRow(Base):
    """A commune of an earlier vintage: no polygon, a point where one is known."""

    __tablename__ = "old_units"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[date] = mapped_column(Date)
    full_name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    district_code: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    province_code: Mapped[str] = mapped_column(Text)
    province: Mapped[str] = mapped_column(Text)
    point: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))

    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="valid_period"),
        Index("ix_old_units_name_key", "name_key"),
    )


class CommuneChangeRow(Base):
    """An old unit (code, valid_from) went, wholly or in part, into a new one on `changed_on`.

    `share` is the part of its people that went there, 0 to 1, where it is known.
    """

    __tablename__ = "commune_changes"

    changed_on: Mapped[date] = mapped_column(Date, primary_key=True)
    old_code: Mapped[str] = mapped_column(Text, primary_key=True)
    new_code: Mapped[str] = mapped_column(Text, primary_key=True)
    old_valid_from: Mapped[date] = mapped_column(Date)
    new_valid_from: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(Text)
    share: Mapped[float | None] = mapped_column(Float)
    n_targets: Mapped[int] = mapped_column(SmallInteger)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(
            "kind IN ('full', 'partial', 'partial_area', 'partial_area_all_people', 'partial_people', "
            "'full_area_people_elsewhere')",
            name="kind",
        ),
        CheckConstraint("share IS NULL OR share BETWEEN 0 AND 1", name="share"),
        Index("ix_commune_changes_new_code", "new_code", "changed_on"),
    )


class CommuneAliasRow(Base):
    """A name that a pre-2025 unit, or a unit merged into it between 2018 and 2025, is also written with."""

    __tablename__ = "commune_aliases"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    province_key: Mapped[str] = mapped_column(Text)
    district_key: Mapped[str] = mapped_column(Text)
    unit_key: Mapped[str] = mapped_column(Text)
    alias_key: Mapped[str] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(SmallInteger)
    source: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_commune_aliases_alias", "province_key", "district_key", "alias_key", "unit_key", unique=True),
    )


class PlaceRow(Base):
    """A populated place: hamlet, village, quarter. `error_m` is the radius its source allows for."""

    __tablename__ = "places"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    commune_code: Mapped[str] = mapped_column(Text)
    error_m: Mapped[float] = mapped_column(Float)
    point: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))

    __table_args__ = (
        Index("uq_places_source", "source", "source_id", unique=True),
        Index("ix_places_commune_code", "commune_code", "name_key"),
        Index("ix_places_point", "point", postgresql_using="gist"),
    )
