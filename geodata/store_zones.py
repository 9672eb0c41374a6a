"""SQL of zones and beats."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geodata.store_load import hex_areas
from geodata.tables_zones import BeatRow, ZoneRow
from geodata.zones import Beat, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two zones of different offices that share ground."""

    one: UUID
    other: UUID
    one_name: str
    other_name: str
    km2: float


def zones(session: Session, province_code: str) -> list[Zone]:
    """Zones of a province, by name."""
    columns = (ZoneRow.id, ZoneRow.name, ZoneRow.office_id, func.ST_AsBinary(ZoneRow.area).label("wkb"))
    query = select(*columns).where(ZoneRow.province_code == province_code).order_by(ZoneRow.name, ZoneRow.id)
    return [Zone(id=r.id, name=r.name, office_id=r.office_id, area=_shape(r.wkb)) for r in session.execute(query)]


def put_zone(session: Session, province_code: str, zone: Zone, *, at: datetime, by: str) -> None:
    """Write a zone."""
    values = {"name": zone.name, "office_id": zone.office_id, "area": _area(zone.area)}
    values |= {"changed_at": at, "changed_by": by}
    query = insert(ZoneRow).values(province_code=province_code, id=zone.id, **values)
    session.execute(query.on_conflict_do_update(index_elements=["province_code", "id"], set_=values))


def drop_zone(session: Session, province_code: str, zone_id: UUID) -> None:
    """Forget a zone."""
    session.execute(delete(ZoneRow).where(ZoneRow.province_code == province_code, ZoneRow.id == zone_id))


_OVERLAPS = text(
    """
    SELECT a.id AS one, b.id AS other, a.name AS one_name, b.name AS other_name, s.km2
    FROM zones a
    JOIN zones b ON b.province_code = a.province_code AND a.id < b.id AND b.office_id <> a.office_id
        AND ST_Intersects(a.area, b.area)
    CROSS JOIN LATERAL (
        SELECT ST_Area(ST_CollectionExtract(ST_Intersection(a.area, b.area), 3)::geography) / 1e6 AS km2) s
    WHERE a.province_code = :province AND s.km2 > :least
    ORDER BY a.name, b.name
    """
)


def overlaps(session: Session, province_code: str, *, least_km2: float) -> list[Overlap]:
    """Pairs of zones of different offices that share more than so many km²."""
    found = session.execute(_OVERLAPS, {"province": province_code, "least": least_km2})
    return [Overlap(**row._asdict()) for row in found]


def beats(session: Session, province_code: str, courier_ids: Iterable[UUID]) -> dict[UUID, Beat]:
    """The drawn beats of some couriers."""
    wanted = list(courier_ids)
    query = select(BeatRow.courier_id, func.ST_AsBinary(BeatRow.area).label("wkb"))
    query = query.where(BeatRow.province_code == province_code, BeatRow.courier_id.in_(wanted))
    return {row.courier_id: Beat(courier_id=row.courier_id, area=_shape(row.wkb)) for row in session.execute(query)}


def put_beat(session: Session, province_code: str, beat: Beat, *, at: datetime, by: str) -> None:
    """Write the beat of a courier."""
    values = {"area": _area(beat.area), "changed_at": at, "changed_by": by}
    query = insert(BeatRow).values(province_code=province_code, courier_id=beat.courier_id, **values)
    session.execute(query.on_conflict_do_update(index_elements=["province_code", "courier_id"], set_=values))


def drop_beat(session: Session, province_code: str, courier_id: UUID) -> None:
    """Forget the beat of a courier: his home communes count again."""
    mine = (BeatRow.province_code == province_code, BeatRow.courier_id == courier_id)
    session.execute(delete(BeatRow).where(*mine))


def _area(shape: BaseGeometry) -> Any:
    (area,) = hex_areas([shapely.to_wkb(shape)])
    return func.ST_GeomFromEWKB(func.decode(area, "hex"))


def _shape(wkb: bytes) -> BaseGeometry:
    return shapely.from_wkb(bytes(wkb))
