"""SQL of couriers' positions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Date, Select, Table, case, func, select, text
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.clock import VIETNAM
from core.db import uuids
from core.scope import Scope
from geodata.model import LonLat
from tracking.model import Fix, LastPosition
from tracking.tables_offices import CourierLoanRow, CourierRow
from tracking.tables_positions import LastPositionRow, PositionDayRow, PositionRow

_POSITIONS = cast("Table", PositionRow.__table__)
_LAST = cast("Table", LastPositionRow.__table__)
_DAYS = cast("Table", PositionDayRow.__table__)
_COUNTS = tuple(
    column.name for column in _DAYS.c if column.name not in ("province_code", "courier_id", "day", "coarse_at")
)
_COURIERS = cast("Table", CourierRow.__table__)
_LOANS = cast("Table", CourierLoanRow.__table__)

# Arrays, one for each column: a statement of as many parameters as columns, however long the batch.
_INSERT = text("""
    INSERT INTO positions (province_code, courier_id, recorded_at,
        occurred_at, lon, lat, accuracy_m, speed_mps, heading_deg, battery_pct)
    SELECT :province_code, CAST(:courier_id AS uuid), CAST(:recorded_at AS timestamptz), fix.*
    FROM unnest(CAST(:occurred_at AS timestamptz[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]),
        CAST(:accuracy_m AS float8[]), CAST(:speed_mps AS float8[]), CAST(:heading_deg AS float8[]),
        CAST(:battery_pct AS int[])) AS fix
    ON CONFLICT DO NOTHING
    RETURNING occurred_at
""")


def last_fix(session: Session, province_code: str, courier_id: UUID) -> Fix | None:
    """A courier's newest kept fix."""
    query = select(_LAST).where(_LAST.c.province_code == province_code, _LAST.c.courier_id == courier_id)
    row = session.execute(query).one_or_none()
    return _fix(row) if row is not None else None


def insert_fixes(
    session: Session, province_code: str, courier_id: UUID, fixes: Sequence[Fix], now: datetime
) -> set[datetime]:
    """Keep fixes; those that stand already are left out. Returns the instants of the new ones."""
    if not fixes:
        return set()
    columns: dict[str, list[Any]] = {
        "occurred_at": [fix.occurred_at for fix in fixes],
        "lon": [fix.point.lon for fix in fixes],
        "lat": [fix.point.lat for fix in fixes],
        "accuracy_m": [fix.accuracy_m for fix in fixes],
        "speed_mps": [fix.speed_mps for fix in fixes],
        "heading_deg": [fix.heading_deg for fix in fixes],
        "battery_pct": [fix.battery_pct for fix in fixes],
    }
    own = {"province_code": province_code, "courier_id": courier_id, "recorded_at": now}
    return set(session.scalars(_INSERT, own | columns))


def add_counts(session: Session, province_code: str, courier_id: UUID, days: Mapping[date, Mapping[str, int]]) -> None:
    """Add to what was kept and left out of days; a day that gets fixes has to be made coarse again."""
    if not days:
        return
    none = dict.fromkeys(_COUNTS, 0)
    own = {"province_code": province_code, "courier_id": courier_id}
    statement = insert(_DAYS).values([{**own, "day": day, **none, **days[day]} for day in sorted(days)])
    fresh: dict[str, Any] = {name: _DAYS.c[name] + statement.excluded[name] for name in _COUNTS}
    fresh["coarse_at"] = case((statement.excluded.accepted > 0, None), else_=_DAYS.c.coarse_at)
    session.execute(statement.on_conflict_do_update(index_elements=["province_code", "courier_id", "day"], set_=fresh))


def counts_of_day(session: Session, province_code: str, courier_id: UUID, day: date) -> dict[str, int]:
    """What was kept (`accepted`) and left out by each filter of a courier's day, zeros too."""
    query = select(*(_DAYS.c[name] for name in _COUNTS)).where(
        _DAYS.c.province_code == province_code, _DAYS.c.courier_id == courier_id, _DAYS.c.day == day
    )
    row = session.execute(query).mappings().one_or_none()
    return {name: row[name] if row is not None else 0 for name in _COUNTS}


def put_last(session: Session, province_code: str, courier_id: UUID, fix: Fix, now: datetime) -> None:
    """Move the last position on; an older fix never moves it back."""
    columns = _columns(province_code, courier_id, fix, now)
    statement = insert(_LAST).values(columns)
    fresh = {name: statement.excluded[name] for name in columns if name not in ("province_code", "courier_id")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["province_code", "courier_id"],
            set_=fresh,
            where=_LAST.c.occurred_at < statement.excluded.occurred_at,
        )
    )


def last_positions(session: Session, scope: Scope, office_id: UUID | None) -> list[LastPosition]:
    """Where each courier within reach was seen last, and for which office he was there."""
    his = (_LOANS.c.province_code == _LAST.c.province_code) & (_LOANS.c.courier_id == _LAST.c.courier_id)
    that_day = _LOANS.c.on_day == sql_cast(func.timezone(VIETNAM.key, _LAST.c.occurred_at), Date)
    office = func.coalesce(_LOANS.c.office_id, _COURIERS.c.office_id)
    query: Select[Any] = (
        select(*_LAST.c, office.label("office_id"))
        .join(_COURIERS, (_COURIERS.c.province_code == _LAST.c.province_code) & (_COURIERS.c.id == _LAST.c.courier_id))
        .outerjoin(_LOANS, his & that_day)
        .where(_LAST.c.province_code == scope.province_code)
    )
    if scope.office_ids is not None:
        query = query.where(office == uuids(scope.office_ids))
    if scope.courier_id is not None:
        query = query.where(_COURIERS.c.id == scope.courier_id)
    if office_id is not None:
        query = query.where(office == office_id)
    return [
        LastPosition(courier_id=row.courier_id, office_id=row.office_id, fix=_fix(row), recorded_at=row.recorded_at)
        for row in session.execute(query.order_by(_LAST.c.courier_id))
    ]


def track(session: Session, province_code: str, courier_id: UUID, start_at: datetime, end_at: datetime) -> list[Fix]:
    """A courier's kept fixes of a period, start inclusive, end exclusive, by time."""
    query = select(_POSITIONS).where(
        _POSITIONS.c.province_code == province_code,
        _POSITIONS.c.courier_id == courier_id,
        _POSITIONS.c.occurred_at >= start_at,
        _POSITIONS.c.occurred_at < end_at,
    )
    return [_fix(row) for row in session.execute(query.order_by(_POSITIONS.c.occurred_at))]


def _columns(province_code: str, courier_id: UUID, fix: Fix, now: datetime) -> dict[str, Any]:
    columns = asdict(fix)
    point: dict[str, float] = columns.pop("point")
    return {"province_code": province_code, "courier_id": courier_id, "recorded_at": now} | columns | point


def _fix(row: Row[Any]) -> Fix:
    return Fix(
        occurred_at=row.occurred_at,
        point=LonLat(lon=row.lon, lat=row.lat),
        accuracy_m=row.accuracy_m,
        speed_mps=row.speed_mps,
        heading_deg=row.heading_deg,
        battery_pct=row.battery_pct,
    )
