"""SQL of offices, the communes they cover, couriers, agencies and item code serials."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import Select, Table, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from core.db import uuids
from core.scope import Scope
from geodata import store_zones
from geodata.model import LonLat, PointSource
from geodata.zones import Ground
from tracking.courier_values import CourierBreak
from tracking.model import Agency, Courier, Office
from tracking.tables_offices import AgencyRow, CourierLoanRow, CourierRow, OfficeCommuneRow, OfficeRow, SerialRow

_OFFICES = cast("Table", OfficeRow.__table__)
_COVERS = cast("Table", OfficeCommuneRow.__table__)
_COURIERS = cast("Table", CourierRow.__table__)
_LOANS = cast("Table", CourierLoanRow.__table__)
_AGENCIES = cast("Table", AgencyRow.__table__)
_SERIALS = cast("Table", SerialRow.__table__)

_COMMUNE_CODES = (
    select(func.array_agg(aggregate_order_by(_COVERS.c.commune_code, _COVERS.c.commune_code)))
    .where(_COVERS.c.province_code == _OFFICES.c.province_code, _COVERS.c.office_id == _OFFICES.c.id)
    .correlate(_OFFICES)
    .scalar_subquery()
    .label("commune_codes")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which office takes what: by zone, by commune, by its own code, and the one for what is undecided."""

    by_commune: dict[str, UUID]
    by_code: dict[str, UUID]
    fallback: UUID | None
    zones: Ground = field(default_factory=Ground)
    zone_offices: tuple[UUID, ...] = ()

    def office_at(self, commune_code: str, point: LonLat, source: PointSource) -> UUID | None:
        """The office of the zone that holds the point, else that of the commune. The middle of a commune says nothing
        about where in it the door is.
        """
        held = self.zones.holding(point) if source is not PointSource.COMMUNE else []
        return self.zone_offices[held[0]] if held else self.by_commune.get(commune_code)


def coverage_of(session: Session, province_code: str) -> Coverage:
    """The offices of a province as the intake needs them; the fallback is the head office, else the first by code."""
    communes = select(_COVERS.c.commune_code, _COVERS.c.office_id).where(_COVERS.c.province_code == province_code)
    offices = select(_OFFICES.c.code, _OFFICES.c.id).where(_OFFICES.c.province_code == province_code)
    by_code = {r.code: r.id for r in session.execute(offices.order_by(_OFFICES.c.kind != "head", _OFFICES.c.code))}
    zones = store_zones.zones(session, province_code)
    return Coverage(
        zones=Ground(zone.area for zone in zones),
        zone_offices=tuple(zone.office_id for zone in zones),
        by_commune={r.commune_code: r.office_id for r in session.execute(communes)},
        by_code=by_code,
        fallback=next(iter(by_code.values()), None),
    )


def offices(session: Session, scope: Scope) -> list[Office]:
    """The offices within reach, by code."""
    query: Select[Any] = select(*_OFFICES.c, _COMMUNE_CODES).where(*_office_reach(scope)).order_by(_OFFICES.c.code)
    return [_office(row) for row in session.execute(query)]


def is_office(session: Session, province_code: str, office_id: UUID) -> bool:
    """Whether the province has the office, whoever asks."""
    query = select(_OFFICES.c.id).where(_OFFICES.c.province_code == province_code, _OFFICES.c.id == office_id)
    return session.scalar(query) is not None


def owner_of_code(session: Session, of: Literal["offices", "agencies"], province_code: str, code: str) -> UUID | None:
    """Which office or agency has the code."""
    table = _OFFICES if of == "offices" else _AGENCIES
    return session.scalar(select(table.c.id).where(table.c.province_code == province_code, table.c.code == code))


def covered_by_others(session: Session, province_code: str, office: Office) -> list[tuple[str, str]]:
    """Communes of `office` that another office covers already: (commune code, that office's code)."""
    query = (
        select(_COVERS.c.commune_code, _OFFICES.c.code)
        .join(_OFFICES, (_OFFICES.c.province_code == _COVERS.c.province_code) & (_OFFICES.c.id == _COVERS.c.office_id))
        .where(
            _COVERS.c.province_code == province_code,
            _COVERS.c.commune_code.in_(office.commune_codes),
            _COVERS.c.office_id != office.id,
        )
        .order_by(_COVERS.c.commune_code)
    )
    return [(row.commune_code, row.code) for row in session.execute(query)]


def put_office(session: Session, province_code: str, office: Office) -> None:
    """Write an office and exactly the communes it covers."""
    values = {
        "code": office.code,
        "name": office.name,
        "kind": office.kind,
        "address": office.address,
        "phone": office.phone,
        "lon": office.point.lon,
        "lat": office.point.lat,
        "cut_off": office.cut_off,
    }
    _upsert(session, _OFFICES, province_code, office.id, values)
    mine = (_COVERS.c.province_code == province_code) & (_COVERS.c.office_id == office.id)
    session.execute(delete(_COVERS).where(mine))
    if office.commune_codes:
        rows = [
            {"province_code": province_code, "commune_code": code, "office_id": office.id}
            for code in office.commune_codes
        ]
        session.execute(insert(_COVERS), rows)


def couriers(session: Session, scope: Scope, office_id: UUID | None) -> list[Courier]:
    """The active couriers of the offices within reach, by office and name."""
    within = [_COURIERS.c.office_id == offices for offices in _wanted(scope, office_id)]
    return _couriers(session, scope, _COURIERS.c.active, *within)


def known_couriers(session: Session, scope: Scope, office_id: UUID | None) -> list[Courier]:
    """Those who belong to the offices within reach, who left them too, and who was ever lent to them."""
    lent = select(_LOANS.c.courier_id).where(
        _LOANS.c.province_code == scope.province_code, _LOANS.c.courier_id == _COURIERS.c.id
    )
    within = [
        or_(_COURIERS.c.office_id == offices, lent.where(_LOANS.c.office_id == offices).exists())
        for offices in _wanted(scope, office_id)
    ]
    return _couriers(session, scope, *within)


def _wanted(scope: Scope, office_id: UUID | None) -> list[Any]:
    """What an office's id must equal: any within reach, and the one asked for."""
    reach = [] if scope.office_ids is None else [uuids(scope.office_ids)]
    return reach if office_id is None else [*reach, office_id]


def _couriers(session: Session, scope: Scope, *where: ColumnElement[bool]) -> list[Courier]:
    query = select(_COURIERS).where(_COURIERS.c.province_code == scope.province_code, *where)
    if scope.courier_id is not None:
        query = query.where(_COURIERS.c.id == scope.courier_id)
    found = session.execute(query.order_by(_COURIERS.c.office_id, _COURIERS.c.name, _COURIERS.c.id))
    return [_courier(row) for row in found]


def couriers_by_id(session: Session, province_code: str, ids: Iterable[UUID]) -> dict[UUID, Courier]:
    """Couriers of the province."""
    query = select(_COURIERS).where(_COURIERS.c.province_code == province_code, _COURIERS.c.id == uuids(ids))
    return {row.id: _courier(row) for row in session.execute(query)}


def courier_and_loans(
    session: Session, province_code: str, courier_id: UUID, days: Collection[date]
) -> tuple[Courier | None, dict[date, UUID]]:
    """A courier and the offices that he is lent to on those of the days on which he is lent."""
    is_his = and_(
        _LOANS.c.province_code == _COURIERS.c.province_code,
        _LOANS.c.courier_id == _COURIERS.c.id,
        _LOANS.c.on_day.in_(days),
    )
    query = (
        select(_COURIERS, _LOANS.c.on_day, _LOANS.c.office_id.label("lent_to"))
        .outerjoin(_LOANS, is_his)
        .where(_COURIERS.c.province_code == province_code, _COURIERS.c.id == courier_id)
    )
    found = session.execute(query).all()
    return (_courier(found[0]) if found else None), {row.on_day: row.lent_to for row in found if row.lent_to}


def put_courier(session: Session, province_code: str, courier: Courier) -> None:
    """Write a courier."""
    values = {
        "office_id": courier.office_id,
        "name": courier.name,
        "phone": courier.phone,
        "capacity_items": courier.capacity_items,
        "capacity_g": courier.capacity_g,
        "cash_limit_vnd": courier.cash_limit_vnd,
        "shifts": [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in courier.shifts],
        "vehicle": courier.vehicle,
        "home_commune_codes": list(courier.home_commune_codes),
        "active": courier.active,
        "skills": list(courier.skills),
        "in_person": courier.in_person,
        "breaks": [
            {"earliest": f"{one.earliest:%H:%M}", "latest": f"{one.latest:%H:%M}", "minutes": one.minutes}
            for one in courier.breaks
        ],
        "overtime_until": courier.overtime_until,
        "reload_minutes": courier.reload_minutes,
    }
    _upsert(session, _COURIERS, province_code, courier.id, values)


def agencies(session: Session, scope: Scope) -> list[Agency]:
    """The agencies within reach, by code."""
    query = select(_AGENCIES).where(_AGENCIES.c.province_code == scope.province_code).order_by(_AGENCIES.c.code)
    if scope.agency_id is not None:
        query = query.where(_AGENCIES.c.id == scope.agency_id)
    return [Agency(id=row.id, code=row.code, name=row.name) for row in session.execute(query)]


def put_agency(session: Session, province_code: str, agency: Agency) -> None:
    """Write an agency."""
    _upsert(session, _AGENCIES, province_code, agency.id, {"code": agency.code, "name": agency.name})


def take_serials(session: Session, province_code: str, count: int) -> range:
    """`count` serials of the province that nobody had before."""
    statement = (
        insert(_SERIALS)
        .values(province_code=province_code, last=count)
        .on_conflict_do_update(index_elements=["province_code"], set_={"last": _SERIALS.c.last + count})
        .returning(_SERIALS.c.last)
    )
    last = int(session.execute(statement).scalar_one())
    return range(last - count + 1, last + 1)


def _office_reach(scope: Scope) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [_OFFICES.c.province_code == scope.province_code]
    if scope.office_ids is not None:
        where.append(_OFFICES.c.id == uuids(scope.office_ids))
    return where


def _upsert(session: Session, table: Table, province_code: str, key: UUID, values: dict[str, Any]) -> None:
    statement = insert(table).values(province_code=province_code, id=key, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["province_code", "id"], set_=values))


def _office(row: Row[Any]) -> Office:
    return Office(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        address=row.address,
        point=LonLat(lon=row.lon, lat=row.lat),
        phone=row.phone,
        cut_off=row.cut_off,
        commune_codes=tuple(row.commune_codes or ()),
    )


def _courier(row: Row[Any]) -> Courier:
    return Courier(
        id=row.id,
        office_id=row.office_id,
        name=row.name,
        phone=row.phone,
        capacity_items=row.capacity_items,
        capacity_g=row.capacity_g,
        cash_limit_vnd=row.cash_limit_vnd,
        shifts=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in row.shifts),
        vehicle=row.vehicle,
        home_commune_codes=tuple(row.home_commune_codes),
        active=row.active,
        skills=tuple(row.skills),
        in_person=row.in_person,
        breaks=tuple(_break(one) for one in row.breaks),
        overtime_until=row.overtime_until,
        reload_minutes=row.reload_minutes,
    )


def _break(content: dict[str, Any]) -> CourierBreak:
    earliest, latest = (time.fromisoformat(content[end]) for end in ("earliest", "latest"))
    return CourierBreak(earliest=earliest, latest=latest, minutes=content["minutes"])
