"""SQL of reforms: the units in force, ending and beginning them, editions of the list, polygons drawn anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from core.db import texts
from geodata import store_load
from geodata.names import fold_key
from geodata.reform_values import NewUnit, Reform, UnitKey
from geodata.store_load import hex_areas, hex_point
from geodata.tables import CommuneChangeRow, CommuneRow, PlaceRow, ProvinceRow
from geodata.tables_units import UnitEditionRow

_DAY = timedelta(days=1)
_UNIT_COLUMNS = ("name", "full_name", "unit_type", "province_code", "office_address")


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingUnit:
    """A commune in force."""

    key: UnitKey
    name: str
    full_name: str
    unit_type: str
    province_code: str
    office_address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingProvince:
    """A province in force."""

    key: UnitKey
    full_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The list in force, by code."""

    units: Mapping[str, StandingUnit]
    provinces: Mapping[str, StandingProvince]

    @property
    def newest(self) -> date | None:
        """The day the newest of its units began."""
        return max((unit.key.valid_from for unit in self.units.values()), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One reform that was loaded, as the table keeps it."""

    id: int
    valid_from: date
    title: str
    digest: str
    state: str
    actor: str
    loaded_at: datetime
    applied_at: datetime | None
    reverted_at: datetime | None
    report: Mapping[str, Any]


def standing(session: Session) -> Standing:
    """The units and provinces in force."""
    columns = (CommuneRow.code, CommuneRow.valid_from, *(getattr(CommuneRow, name) for name in _UNIT_COLUMNS))
    units = session.execute(select(*columns).where(CommuneRow.valid_to.is_(None)))
    provinces = select(ProvinceRow.code, ProvinceRow.valid_from, ProvinceRow.full_name)
    found = session.execute(provinces.where(ProvinceRow.valid_to.is_(None)))
    return Standing(
        units={row.code: _standing(row) for row in units},
        provinces={r.code: StandingProvince(key=UnitKey(r.code, r.valid_from), full_name=r.full_name) for r in found},
    )


def areas(session: Session, codes: Iterable[str]) -> dict[str, BaseGeometry]:
    """Polygons of units in force, EPSG:4326."""
    query = select(CommuneRow.code, func.ST_AsBinary(CommuneRow.area).label("wkb"))
    query = query.where(CommuneRow.valid_to.is_(None), CommuneRow.code == texts(codes))
    return {row.code: shapely.from_wkb(bytes(row.wkb)) for row in session.execute(query)}


def redrawn_areas(session: Session) -> dict[str, BaseGeometry]:
    """Polygons of units in force that were drawn anew since their list was loaded."""
    query = select(CommuneRow.code, func.ST_AsBinary(CommuneRow.area).label("wkb"))
    query = query.where(CommuneRow.valid_to.is_(None), CommuneRow.redrawn_at.is_not(None))
    return {row.code: shapely.from_wkb(bytes(row.wkb)) for row in session.execute(query)}


def redraw(session: Session, area_of: Mapping[str, BaseGeometry], *, at: datetime) -> None:
    """Replace polygons of units in force; the inner point moves only when it is outside now."""
    for code, area in area_of.items():
        (shape,) = hex_areas([shapely.to_wkb(area)])
        row = update(CommuneRow).where(CommuneRow.code == code, CommuneRow.valid_to.is_(None))
        session.execute(row.values(area=func.ST_GeomFromEWKB(func.decode(shape, "hex")), redrawn_at=at))
        session.execute(
            row.where(~func.ST_Intersects(CommuneRow.area, CommuneRow.point)).values(
                point=func.ST_PointOnSurface(CommuneRow.area)
            )
        )


# Built once: every proof and every row taken in asks it.
_STAMP = select(
    select(func.string_agg(func.cast(UnitEditionRow.id, Text), aggregate_order_by(literal(","), UnitEditionRow.id)))
    .where(UnitEditionRow.state == "applied")
    .scalar_subquery(),
    select(func.max(CommuneRow.redrawn_at)).where(CommuneRow.redrawn_at.is_not(None)).scalar_subquery(),
)


def stamp(session: Session) -> str:
    """What tells one state of the list from another: the editions in force and the last redrawing."""
    row = session.execute(_STAMP).one()
    return f"{row[0] or ''}|{row[1] or ''}"


def reforms_in_force(session: Session) -> list[Reform]:
    """Every reform applied, in order of their days."""
    query = select(UnitEditionRow.content).where(UnitEditionRow.state == "applied")
    return [Reform.decoded(content) for content in session.scalars(query.order_by(UnitEditionRow.valid_from))]


def editions(session: Session) -> list[Edition]:
    """Every edition ever loaded, oldest day first."""
    columns = [getattr(UnitEditionRow, name) for name in Edition.__dataclass_fields__]
    query = select(*columns).order_by(UnitEditionRow.valid_from, UnitEditionRow.id)
    return [Edition(**row._asdict()) for row in session.execute(query)]


def content_of(session: Session, edition_id: int) -> tuple[Reform, dict[str, Any]]:
    """What an edition holds, and what stood before it."""
    query = select(UnitEditionRow.content, UnitEditionRow.undo).where(UnitEditionRow.id == edition_id)
    row = session.execute(query).one()
    return Reform.decoded(row.content), row.undo


def add_edition(session: Session, reform: Reform, *, digest: str, actor: str, now: datetime) -> int:
    """A staged edition; returns its id."""
    values = {
        "valid_from": reform.valid_from,
        "title": reform.title,
        "digest": digest,
        "state": "staged",
        "actor": actor,
        "loaded_at": now,
        "content": reform.encoded(),
        "report": {},
        "undo": {},
    }
    return int(session.execute(insert(UnitEditionRow).values(values).returning(UnitEditionRow.id)).scalar_one())


def mark_edition(session: Session, edition_id: int, **values: Any) -> None:
    """Set columns of an edition."""
    session.execute(update(UnitEditionRow).where(UnitEditionRow.id == edition_id).values(**values))


def drop_staged(session: Session, edition_id: int) -> None:
    """Forget an edition that never came into force."""
    session.execute(delete(UnitEditionRow).where(UnitEditionRow.id == edition_id, UnitEditionRow.state == "staged"))


def end_units(session: Session, reform: Reform) -> None:
    """The last day of what the reform ends."""
    last = reform.valid_from - _DAY
    for row, codes in ((CommuneRow, reform.ended), (ProvinceRow, reform.ended_provinces)):
        session.execute(update(row).where(row.code == texts(codes), row.valid_to.is_(None)).values(valid_to=last))


def begin_provinces(session: Session, reform: Reform, area_of: Mapping[str, BaseGeometry]) -> None:
    """The provinces the reform makes."""
    store_load.insert_provinces(
        session,
        [
            (p.code, reform.valid_from, p.name, p.full_name, *hex_areas([shapely.to_wkb(area_of[p.code])]))
            for p in reform.provinces
        ],
    )


def begin_units(session: Session, reform: Reform, provinces: Mapping[str, date]) -> None:
    """The units the reform makes, and how they came to be; `provinces` is the day each province in force began."""
    rows = [_unit_values(unit, reform.valid_from, provinces[unit.province_code]) for unit in reform.units]
    store_load.insert_communes(session, rows)
    day = reform.valid_from
    changes = [
        (day, *c.old, c.new_code, day, c.kind.value, c.share, len(reform.by_old[c.old.code]), c.note)
        for c in reform.changes
    ]
    store_load.insert_changes(session, changes)


def _unit_values(unit: NewUnit, day: date, province_from: date) -> tuple[Any, ...]:
    shape = unit.area or shapely.MultiPolygon()
    (area,) = hex_areas([shapely.to_wkb(shape)])
    inner = shape.representative_point()
    return (
        unit.code,
        day,
        unit.province_code,
        province_from,
        unit.name,
        unit.full_name,
        unit.unit_type,
        fold_key(unit.name),
        unit.office_address,
        area,
        hex_point(inner.x, inner.y),
    )


def places_of(session: Session, codes: Iterable[str]) -> list[tuple[int, str]]:
    """Ids and communes of the places in some communes."""
    query = select(PlaceRow.id, PlaceRow.commune_code).where(PlaceRow.commune_code == texts(codes))
    return [(row.id, row.commune_code) for row in session.execute(query.order_by(PlaceRow.id))]


_MOVE_PLACES = text(
    """
    UPDATE places SET commune_code = (
        SELECT code FROM communes
        WHERE valid_from = :day AND valid_to IS NULL
        ORDER BY area <-> places.point, code LIMIT 1)
    WHERE id = ANY(:ids)
    """
)


def move_places(session: Session, ids: Sequence[int], day: date) -> None:
    """Put places into the nearest of the units that began on a day: the one that holds them, but for slivers."""
    if ids:
        session.execute(_MOVE_PLACES, {"ids": list(ids), "day": day})


def put_places(session: Session, before: Iterable[tuple[int, str]]) -> None:
    """Put places back into communes."""
    for place_id, code in before:
        session.execute(update(PlaceRow).where(PlaceRow.id == place_id).values(commune_code=code))


def withdraw_units(session: Session, reform: Reform) -> None:
    """Undo `begin_units`, `begin_provinces` and `end_units`."""
    day, last = reform.valid_from, reform.valid_from - _DAY
    session.execute(delete(CommuneChangeRow).where(CommuneChangeRow.changed_on == day))
    session.execute(delete(CommuneRow).where(CommuneRow.valid_from == day))
    session.execute(delete(ProvinceRow).where(ProvinceRow.valid_from == day))
    for row, keys in ((CommuneRow, reform.ended), (ProvinceRow, reform.ended_provinces)):
        again = update(row).where(row.code == texts(keys), row.valid_to == last)
        session.execute(again.values(valid_to=None))


_RESHAPE = text(
    """
    UPDATE provinces SET area = (
        SELECT ST_Multi(ST_UnaryUnion(ST_Collect(area))) FROM communes
        WHERE communes.province_code = provinces.code AND communes.valid_to IS NULL)
    WHERE valid_to IS NULL AND code = ANY(:codes)
    """
)


def reshape_provinces(session: Session, codes: Iterable[str]) -> None:
    """Draw provinces in force as the communes they hold now."""
    wanted = sorted(codes)
    if wanted:
        session.execute(_RESHAPE, {"codes": wanted})


def analyze(session: Session) -> None:
    """Tell the query planner."""
    store_load.analyze(session)


def _standing(row: Row[Any]) -> StandingUnit:
    columns = {name: getattr(row, name) for name in _UNIT_COLUMNS}
    return StandingUnit(key=UnitKey(row.code, row.valid_from), **columns)
