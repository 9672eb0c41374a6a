"""SQL of geodata: questions about communes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from geodata.model import Commune, LonLat
from geodata.tables import CommuneRow, ProvinceRow

_SRID = 4326


def communes_of(session: Session, province_code: str, *, on: date | None = None) -> list[Commune]:
    """Communes of a province in force `on` a day (today's when None), by name."""
    return _communes(session, _in_force(_select_communes().where(CommuneRow.province_code == province_code), on))


def communes_by_code(session: Session, codes: Iterable[str], *, on: date | None = None) -> list[Commune]:
    """The communes with the codes that are in force `on` a day (today's when None), by name."""
    return _communes(session, _in_force(_select_communes().where(CommuneRow.code.in_(list(codes))), on))


def commune_areas(session: Session, codes: Iterable[str], *, tolerance_deg: float = 0.0) -> dict[str, dict[str, Any]]:
    """GeoJSON geometry of today's communes by code, EPSG:4326, simplified within `tolerance_deg` degrees."""
    area = func.ST_AsGeoJSON(func.ST_SimplifyPreserveTopology(CommuneRow.area, tolerance_deg), 5)
    query = select(CommuneRow.code, area.cast(JSONB).label("area")).where(CommuneRow.code.in_(list(codes)))
    return {row.code: row.area for row in session.execute(_in_force(query, None))}


def province_area(session: Session, province_code: str) -> BaseGeometry | None:
    """Polygon of a province in force, EPSG:4326; None when the lists are not loaded."""
    query = select(ProvinceRow.area).where(ProvinceRow.code == province_code, ProvinceRow.valid_to.is_(None))
    found = session.scalar(query)
    return None if found is None else to_shape(found)


def count_communes(session: Session, valid_from: date) -> int:
    """Communes held of one list."""
    query = select(func.count()).select_from(CommuneRow).where(CommuneRow.valid_from == valid_from)
    return session.scalar(query) or 0


def _in_force(query: Select[Any], on: date | None) -> Select[Any]:
    if on is None:
        return query.where(CommuneRow.valid_to.is_(None))
    return query.where(CommuneRow.valid_from <= on, CommuneRow.valid_to.is_(None) | (CommuneRow.valid_to >= on))


def _select_communes() -> Select[Any]:
    same = (ProvinceRow.code == CommuneRow.province_code) & (ProvinceRow.valid_from == CommuneRow.province_valid_from)
    query: Any = select(CommuneRow, ProvinceRow.name).join(ProvinceRow, same)
    return query.order_by(CommuneRow.name, CommuneRow.code)  # type: ignore[no-any-return]


def _communes(session: Session, query: Select[Any]) -> list[Commune]:
    return [_commune(row, province) for row, province in session.execute(query)]


def _commune(row: CommuneRow, province: str) -> Commune:
    lon, lat = to_shape(row.point).coords[0]
    return Commune(
        code=row.code,
        valid_from=row.valid_from,
        name=row.name,
        full_name=row.full_name,
        unit_type=row.unit_type,
        province_code=row.province_code,
        province=province,
        point=LonLat(lon=lon, lat=lat),
    )
