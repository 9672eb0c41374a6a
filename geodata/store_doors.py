"""SQL of learned doors: lessons as rows, and the doors they come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.db import arrays_later, as_arrays, lock_keys, texts, texts_later
from geodata.doors import DoorKind, LearnedDoor, Observation, Teaching
from geodata.model import LonLat
from geodata.tables_doors import DoorObservationRow, DoorRow

_DOORS = cast("Table", DoorRow.__table__)
_LESSONS = cast("Table", DoorObservationRow.__table__)
# Built once: every batch of proofs executes these.
_TOLD = tuple(column.key for column in _LESSONS.c if column.key not in ("forgotten_at", "forgotten_by"))
_ADD_LESSONS = (
    insert(_LESSONS).from_select(_TOLD, arrays_later(_LESSONS, _TOLD)).on_conflict_do_nothing().returning(_LESSONS.c.id)
)
_ALL_LESSONS = (
    select(_LESSONS)
    .where(_LESSONS.c.province_code == bindparam("province"), _LESSONS.c.household_key == texts_later("households"))
    # What the office made of a proposal in the same moment came after it; ids of one millisecond have no order.
    .order_by(_LESSONS.c.observed_at, _LESSONS.c.kind != Teaching.PROPOSAL.value, _LESSONS.c.id)
)
_DOOR_NAMES = tuple(_DOORS.c.keys())
_UPSERT = insert(_DOORS).from_select(_DOOR_NAMES, arrays_later(_DOORS, _DOOR_NAMES))
_PUT_DOORS = _UPSERT.on_conflict_do_update(
    index_elements=["province_code", "key"],
    set_={name: _UPSERT.excluded[name] for name in _DOOR_NAMES if name not in ("province_code", "key")},
)
# A hamlet's middle does not move any more after so many doors.
_MOST_IN_AREA = 200


@dataclass(frozen=True, slots=True)
class Lesson:
    """An observation and the household it speaks of."""

    observation: Observation
    household_key: str
    area_key: str | None
    commune_code: str


def lock_door(session: Session, province_code: str, key: str) -> None:
    """Let one writer at a time reckon a door anew, until the transaction ends. Household first, then its area."""
    lock_doors(session, province_code, [key])


def lock_doors(session: Session, province_code: str, keys: Iterable[str]) -> None:
    """The same for several, in one order whoever asks. All households first, then all areas."""
    lock_keys(session, (f"door:{province_code}:{key}" for key in keys))


def add_observations(session: Session, province_code: str, lessons: Sequence[Lesson]) -> set[UUID]:
    """Keep lessons; returns the ids of those that were not there already."""
    if not lessons:
        return set()
    rows = [_lesson_columns(province_code, lesson) for lesson in lessons]
    return set(session.scalars(_ADD_LESSONS, as_arrays(rows)))


def _lesson_columns(province_code: str, lesson: Lesson) -> dict[str, Any]:
    observation = lesson.observation
    return {
        "province_code": province_code,
        "id": observation.id,
        "household_key": lesson.household_key,
        "area_key": lesson.area_key,
        "commune_code": lesson.commune_code,
        "kind": observation.kind.value,
        "lon": observation.point.lon,
        "lat": observation.point.lat,
        "accuracy_m": observation.accuracy_m,
        "taught_by": observation.taught_by,
        "observed_at": observation.observed_at,
        "recorded_at": observation.recorded_at,
    }


def observations(session: Session, province_code: str, household_key: str) -> list[Observation]:
    """Every lesson of a household, forgotten ones too, oldest first."""
    return observations_of(session, province_code, [household_key])[household_key]


def observations_of(session: Session, province_code: str, keys: Iterable[str]) -> dict[str, list[Observation]]:
    """The same of several households."""
    found: dict[str, list[Observation]] = {key: [] for key in keys}
    for row in session.execute(_ALL_LESSONS, {"province": province_code, "households": list(found)}):
        found[row.household_key].append(_observation(row))
    return found


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
    put_doors(session, province_code, {key: door}, area_keys={key: area_key})


def put_doors(
    session: Session,
    province_code: str,
    doors: Mapping[str, LearnedDoor | None],
    *,
    area_keys: Mapping[str, str | None],
) -> None:
    """The same of several doors, each with its own area."""
    gone = [key for key, door in doors.items() if door is None]
    if gone:
        query = delete(DoorRow).where(DoorRow.province_code == province_code, DoorRow.key == texts(gone))
        session.execute(query.execution_options(synchronize_session=False))
    rows = [
        {"province_code": province_code, "key": key, "area_key": area_keys[key], **_door_columns(door)}
        for key, door in doors.items()
        if door is not None
    ]
    if rows:
        session.execute(_PUT_DOORS, as_arrays(rows))


def _door_columns(door: LearnedDoor) -> dict[str, Any]:
    return {
        "kind": door.kind.value,
        "lon": door.point.lon,
        "lat": door.point.lat,
        "error_m": door.error_m,
        "lessons": door.lessons,
        "taught_by": door.taught_by,
        "seen_at": door.seen_at,
        "corrected": door.corrected,
        "disputed": door.disputed,
    }


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
