"""SQL of learned doors: lessons as rows, and the doors they come to."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.db import texts
from geodata.doors import DoorKind, LearnedDoor, Observation, Teaching
from geodata.model import LonLat
from geodata.tables_doors import DoorObservationRow, DoorRow

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
# A hamlet's middle does not move any more after so many doors.
_MOST_IN_AREA = 200


def lock_door(session: Session, province_code: str, key: str) -> None:
    """Let one writer at a time reckon a door anew, until the transaction ends. Household first, then its area."""
    session.execute(_LOCK, {"key": f"door:{province_code}:{key}"})


def add_observation(
    session: Session,
    province_code: str,
    observation: Observation,
    *,
    household_key: str,
    area_key: str | None,
    commune_code: str,
) -> bool:
    """Keep a lesson; False when it is there already."""
    values = {
        "province_code": province_code,
        "id": observation.id,
        "household_key": household_key,
        "area_key": area_key,
        "commune_code": commune_code,
        "kind": observation.kind.value,
        "lon": observation.point.lon,
        "lat": observation.point.lat,
        "accuracy_m": observation.accuracy_m,
        "taught_by": observation.taught_by,
        "observed_at": observation.observed_at,
        "recorded_at": observation.recorded_at,
    }
    query = insert(DoorObservationRow).values(values).on_conflict_do_nothing().returning(DoorObservationRow.id)
    return session.scalars(query).one_or_none() is not None


def observations(session: Session, province_code: str, household_key: str) -> list[Observation]:
    """Every lesson of a household, forgotten ones too, oldest first."""
    query = select(*_LESSON).where(
        DoorObservationRow.province_code == province_code, DoorObservationRow.household_key == household_key
    )
    # What the office made of a proposal in the same moment came after it; ids of one millisecond have no order.
    answered = DoorObservationRow.kind != Teaching.PROPOSAL.value
    rows = session.execute(query.order_by(DoorObservationRow.observed_at, answered, DoorObservationRow.id))
    return [_observation(row) for row in rows]


def forget_observations(
    session: Session, province_code: str, household_key: str, ids: Iterable[UUID] | None, *, at: datetime, by: str
) -> int:
    """Take lessons out of the reckoning (all of a household for None); returns how many."""
    query = update(DoorObservationRow).where(
        DoorObservationRow.province_code == province_code,
        DoorObservationRow.household_key == household_key,
        DoorObservationRow.forgotten_at.is_(None),
    )
    if ids is not None:
        query = query.where(DoorObservationRow.id.in_(list(ids)))
    done = query.values(forgotten_at=at, forgotten_by=by).returning(DoorObservationRow.id)
    return len(session.scalars(done).all())


def recall_observations(session: Session, province_code: str, household_key: str, *, forgotten_at: datetime) -> int:
    """Undo one forgetting; returns how many lessons count again."""
    query = update(DoorObservationRow).where(
        DoorObservationRow.province_code == province_code,
        DoorObservationRow.household_key == household_key,
        DoorObservationRow.forgotten_at == forgotten_at,
    )
    done = query.values(forgotten_at=None, forgotten_by=None).returning(DoorObservationRow.id)
    return len(session.scalars(done).all())


def put_door(session: Session, province_code: str, key: str, door: LearnedDoor | None, *, area_key: str | None) -> None:
    """Write what the lessons come to; None takes the door away."""
    if door is None:
        gone = delete(DoorRow).where(DoorRow.province_code == province_code, DoorRow.key == key)
        session.execute(gone.execution_options(synchronize_session=False))
        return
    values = {
        "kind": door.kind.value,
        "area_key": area_key,
        "lon": door.point.lon,
        "lat": door.point.lat,
        "error_m": door.error_m,
        "lessons": door.lessons,
        "taught_by": door.taught_by,
        "seen_at": door.seen_at,
        "corrected": door.corrected,
        "disputed": door.disputed,
    }
    query = insert(DoorRow).values(province_code=province_code, key=key, **values)
    session.execute(query.on_conflict_do_update(index_elements=["province_code", "key"], set_=values))


def doors(session: Session, province_code: str, keys: Iterable[str]) -> Mapping[str, LearnedDoor]:
    """The doors with these keys, households and areas alike, one question for all."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    query = select(*_COLUMNS).where(DoorRow.province_code == province_code, DoorRow.key == texts(wanted))
    return {row.key: _door(row) for row in session.execute(query)}


def doors_in_area(session: Session, province_code: str, area_key: str) -> list[LearnedDoor]:
    """The households' doors of an alley or hamlet, the newest 200."""
    query = select(*_COLUMNS).where(
        DoorRow.province_code == province_code,
        DoorRow.area_key == area_key,
        DoorRow.kind == DoorKind.HOUSEHOLD.value,
    )
    newest = query.order_by(DoorRow.seen_at.desc(), DoorRow.key).limit(_MOST_IN_AREA)
    return [_door(row) for row in session.execute(newest)]


_COLUMNS = tuple(DoorRow.__table__.columns)
_LESSON = tuple(DoorObservationRow.__table__.columns)


def _door(row: Any) -> LearnedDoor:
    return LearnedDoor(
        point=LonLat(lon=row.lon, lat=row.lat),
        error_m=row.error_m,
        lessons=row.lessons,
        seen_at=row.seen_at,
        taught_by=row.taught_by,
        kind=DoorKind(row.kind),
        corrected=row.corrected,
        disputed=row.disputed,
    )


def _observation(row: Any) -> Observation:
    return Observation(
        id=row.id,
        kind=Teaching(row.kind),
        point=LonLat(lon=row.lon, lat=row.lat),
        accuracy_m=row.accuracy_m,
        taught_by=row.taught_by,
        observed_at=row.observed_at,
        recorded_at=row.recorded_at,
        forgotten_at=row.forgotten_at,
        forgotten_by=row.forgotten_by,
    )
