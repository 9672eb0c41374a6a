"""Writing the bundled lists into the database by COPY, in the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from sqlalchemy import Table, delete, text
from sqlalchemy.orm import Session

from core.db import Base, lock_keys
from geodata.tables import (
    CommuneAliasRow,
    CommuneChangeRow,
    CommuneRow,
    OldUnitRow,
    PlaceRow,
    ProvinceRow,
)

Values = Sequence[object]


def lock_lists(session: Session) -> None:
    """Let one loader at a time work; readers are not held up. Released with the transaction."""
    lock_keys(session, ["geodata.lists"])


def insert_provinces(session: Session, rows: Iterable[Values]) -> int:
    """Rows: code, valid_from, name, full_name, area (hex EWKB)."""
    return _copy(session, ProvinceRow, ("code", "valid_from", "name", "full_name", "area"), rows)


def insert_communes(session: Session, rows: Iterable[Values]) -> int:
    """Rows: code, valid_from, province code and its valid_from, name, full_name, unit_type, name_key, office_address,
    area and point (hex EWKB)."""
    columns = (
        "code",
        "valid_from",
        "province_code",
        "province_valid_from",
        "name",
        "full_name",
        "unit_type",
        "name_key",
        "office_address",
        "area",
        "point",
    )
    return _copy(session, CommuneRow, columns, rows)


def insert_old_units(session: Session, rows: Iterable[Values]) -> int:
    """Rows: code, valid_from, valid_to, full_name, name_key, district code and name, province code and name, point."""
    columns = (
        "code",
        "valid_from",
        "valid_to",
        "full_name",
        "name_key",
        "district_code",
        "district",
        "province_code",
        "province",
        "point",
    )
    return _copy(session, OldUnitRow, columns, rows)


def insert_changes(session: Session, rows: Iterable[Values]) -> int:
    """Rows: changed_on, old_code and its valid_from, new_code and its valid_from, kind, share, n_targets, note."""
    columns = (
        "changed_on",
        "old_code",
        "old_valid_from",
        "new_code",
        "new_valid_from",
        "kind",
        "share",
        "n_targets",
        "note",
    )
    return _copy(session, CommuneChangeRow, columns, rows)


def replace_aliases(session: Session, rows: Iterable[Values]) -> int:
    """Rows: province_key, district_key, unit_key, alias_key, year, source."""
    session.execute(delete(CommuneAliasRow))
    columns = ("province_key", "district_key", "unit_key", "alias_key", "year", "source")
    return _copy(session, CommuneAliasRow, columns, rows)


def replace_places(session: Session, rows: Iterable[Values]) -> int:
    """Rows: source, source_id, name, name_key, commune_code, error_m, point."""
    session.execute(delete(PlaceRow))
    columns = ("source", "source_id", "name", "name_key", "commune_code", "error_m", "point")
    return _copy(session, PlaceRow, columns, rows)


def analyze(session: Session) -> None:
    """Tell the query planner what was loaded."""
    for row in (ProvinceRow, CommuneRow, OldUnitRow, CommuneChangeRow, CommuneAliasRow, PlaceRow):
        session.execute(text(f"ANALYZE {row.__tablename__}"))


def hex_point(lon: float, lat: float) -> str:
    """A point, EPSG:4326, as hex EWKB."""
    return shapely.to_wkb(shapely.set_srid(shapely.points(lon, lat), 4326), hex=True, include_srid=True)


def hex_areas(areas: Iterable[bytes]) -> Iterator[str]:
    """Polygons given as WKB, EPSG:4326, as multipolygons in hex EWKB."""
    for wkb in areas:
        area = shapely.from_wkb(wkb)
        many = MultiPolygon([area]) if isinstance(area, Polygon) else area
        yield shapely.to_wkb(shapely.set_srid(many, 4326), hex=True, include_srid=True)


def _copy(session: Session, row: type[Base], columns: Sequence[str], rows: Iterable[Values]) -> int:
    session.flush()
    table = row.__table__
    assert isinstance(table, Table)  # noqa: S101  mapped to a table, never to a join
    connection: Any = session.connection().connection.driver_connection
    done = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for values in rows:
            copy.write_row(values)
            done += 1
    return done
