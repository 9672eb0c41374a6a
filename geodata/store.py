"""SQL of geodata: loading the bundled lists, and questions about communes."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any

import shapely
from geoalchemy2 import functions as geo
from geoalchemy2.shape import to_shape
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from geodata import bundled
from geodata.bundled import OLD_FROM, OLD_TO, REFORM_ON
from geodata.gazetteer import COARSE_PLACE_ERROR_M, PLACE_ERROR_M, Gazetteer, Unit, UnitKind
from geodata.gazetteer_build import bundled_gazetteer
from geodata.model import Commune, LonLat
from geodata.names import fold_key
from geodata.tables import CommuneRow, ProvinceRow

_SRID = 4326


def commune_at(session: Session, point: LonLat, *, on: date | None = None) -> str | None:
    """Code of the commune that holds the point, of those in force `on` a day (today's when None); None outside."""
    here = geo.ST_SetSRID(geo.ST_MakePoint(point.lon, point.lat), _SRID)
    query = select(CommuneRow.code).where(geo.ST_Intersects(CommuneRow.area, here)).order_by(CommuneRow.code).limit(1)
    return session.scalar(_in_force(query, on))


def communes_of(session: Session, province_code: str, *, on: date | None = None) -> list[Commune]:
    """Communes of a province in force `on` a day (today's when None), by name."""
    return _communes(session, _in_force(_select_communes().where(CommuneRow.province_code == province_code), on))


def communes_by_code(session: Session, codes: Iterable[str], *, on: date | None = None) -> list[Commune]:
    """The communes with the codes that are in force `on` a day (today's when None), by name."""
    return _communes(session, _in_force(_select_communes().where(CommuneRow.code.in_(list(codes))), on))


def commune_areas(session: Session, codes: Iterable[str], *, tolerance_deg: float = 0.0) -> dict[str, dict[str, Any]]:
    """GeoJSON geometry of today's communes by code, EPSG:4326, simplified within `tolerance_deg` degrees."""
    area = geo.ST_AsGeoJSON(geo.ST_SimplifyPreserveTopology(CommuneRow.area, tolerance_deg), 5).cast(_jsonb())
    query = select(CommuneRow.code, area).where(CommuneRow.code.in_(list(codes)), CommuneRow.valid_to.is_(None))
    return {code: geometry for code, geometry in session.execute(query)}


def _jsonb() -> Any:
    from sqlalchemy.dialects.postgresql import JSONB

    return JSONB


def _in_force(query: Select[Any], on: date | None) -> Select[Any]:
    if on is None:
        return query.where(CommuneRow.valid_to.is_(None))
    return query.where(
        CommuneRow.valid_from <= on, (CommuneRow.valid_to.is_(None)) | (CommuneRow.valid_to >= on)
    )


def _select_communes() -> Select[Any]:
    on_province = (ProvinceRow.code == CommuneRow.province_code) & (
        ProvinceRow.valid_from == CommuneRow.province_valid_from
    )
    return select(CommuneRow, ProvinceRow.name).join(ProvinceRow, on_province).order_by(CommuneRow.name, CommuneRow.code)


def _communes(session: Session, query: Select[Any]) -> list[Commune]:
    return [_commune(row, province) for row, province in session.execute(query)]


def _commune(row: CommuneRow, province: str) -> Commune:
    point = to_shape(row.point)
    return Commune(
        code=row.code,
        valid_from=row.valid_from,
        name=row.name,
        full_name=row.full_name,
        unit_type=row.unit_type,
        province_code=row.province_code,
        province=province,
        point=LonLat(lon=point.x, lat=point.y),
    )


def count_communes(session: Session, valid_from: date) -> int:
    """Communes held of one list."""
    query = select(func.count()).select_from(CommuneRow).where(CommuneRow.valid_from == valid_from)
    return session.scalar(query) or 0
