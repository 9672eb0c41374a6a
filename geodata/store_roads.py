"""SQL of road closures."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from geoalchemy2 import WKBElement
from geoalchemy2 import functions as geo
from geoalchemy2.shape import from_shape, to_shape
from shapely import Polygon
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from geodata.closure_values import Closure, ClosureKind
from geodata.road_dataset import Bounds
from geodata.tables_roads import RoadClosureRow

_SRID = 4326


def insert_closure(session: Session, closure: Closure) -> None:
    """Keep a new closure."""
    row = RoadClosureRow(
        province_code=closure.province_code,
        id=closure.id,
        area=from_shape(closure.area, srid=_SRID),
        starts_at=closure.starts_at,
        ends_at=closure.ends_at,
        kind=closure.kind.value,
        note=closure.note,
        created_by=closure.created_by,
        created_at=closure.created_at,
    )
    session.add(row)
    session.flush()


def closures(session: Session, now: datetime, *, province_code: str) -> list[Closure]:
    """Closures of a province that count now or later, by start."""
    query = _open(now).where(RoadClosureRow.province_code == province_code)
    return [_closure(row) for row in session.scalars(query.order_by(RoadClosureRow.starts_at, RoadClosureRow.id))]


def closures_in_force(session: Session, now: datetime, bounds: Bounds) -> list[Closure]:
    """Closures of any province that count now and reach into a box, by id: a border road has two sides."""
    reach = geo.ST_MakeEnvelope(bounds.west, bounds.south, bounds.east, bounds.north, _SRID)
    query = _open(now).where(RoadClosureRow.starts_at <= now, geo.ST_Intersects(RoadClosureRow.area, reach))
    return [_closure(row) for row in session.scalars(query.order_by(RoadClosureRow.id))]


def find_closure(session: Session, province_code: str, closure_id: UUID, *, removed: bool = False) -> Closure | None:
    """A closure that was not removed (or one that was), locked until the transaction ends; None when there is none."""
    query = select(RoadClosureRow).where(
        RoadClosureRow.province_code == province_code,
        RoadClosureRow.id == closure_id,
        RoadClosureRow.removed_at.is_not(None) if removed else RoadClosureRow.removed_at.is_(None),
    )
    row = session.scalars(query.with_for_update()).one_or_none()
    return None if row is None else _closure(row)


def change_closure(session: Session, closure: Closure) -> None:
    """Keep a closure's kind, end and note as they are now, and who changed them."""
    session.execute(
        update(RoadClosureRow)
        .where(RoadClosureRow.province_code == closure.province_code, RoadClosureRow.id == closure.id)
        .values(
            kind=closure.kind.value,
            ends_at=closure.ends_at,
            note=closure.note,
            changed_by=closure.changed_by,
            changed_at=closure.changed_at,
        )
    )


def remove_closure(session: Session, province_code: str, closure_id: UUID, *, by: str, now: datetime) -> bool:
    """Say who opened the roads again; False when there is no such closure or it was removed before."""
    statement = (
        update(RoadClosureRow)
        .where(
            RoadClosureRow.province_code == province_code,
            RoadClosureRow.id == closure_id,
            RoadClosureRow.removed_at.is_(None),
        )
        .values(removed_at=now, removed_by=by)
        .returning(RoadClosureRow.id)
    )
    return session.scalar(statement) is not None


def note_applied(session: Session, segments: Mapping[UUID, int], *, now: datetime) -> None:
    """Write down that the roads answer without these closures' segments; the first time stays."""
    for closure_id, count in segments.items():
        session.execute(
            update(RoadClosureRow)
            .where(RoadClosureRow.id == closure_id)
            .values(applied_at=func.coalesce(RoadClosureRow.applied_at, now), segments=count)
        )


def _open(now: datetime) -> Select[RoadClosureRow]:
    later = RoadClosureRow.ends_at.is_(None) | (RoadClosureRow.ends_at > now)
    return select(RoadClosureRow).where(RoadClosureRow.removed_at.is_(None), later)


def _polygon(element: WKBElement) -> Polygon:
    area: Polygon = to_shape(element)  # type: ignore[assignment]  # the column holds nothing else
    return area


def _closure(row: RoadClosureRow) -> Closure:
    return Closure(
        province_code=row.province_code,
        id=row.id,
        area=_polygon(row.area),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        kind=ClosureKind(row.kind),
        note=row.note,
        created_by=row.created_by,
        created_at=row.created_at,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        applied_at=row.applied_at,
        segments=row.segments,
    )
