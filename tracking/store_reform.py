"""SQL of what a reform of the communes means for the post: offices' communes, couriers' homes, items, doors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Text, delete, exists, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.db import texts, uuids
from geodata.model import LonLat
from geodata.tables_doors import DoorObservationRow, DoorRow
from tracking.lifecycle import ENDS
from tracking.model import Item
from tracking.store import ITEMS, item_of, select_items
from tracking.tables import AddressQueueRow
from tracking.tables_offices import CourierRow, OfficeCommuneRow, OfficeRow

_COVERS = cast("Table", OfficeCommuneRow.__table__)
_OFFICES = cast("Table", OfficeRow.__table__)
_COURIERS = cast("Table", CourierRow.__table__)
_QUEUE = cast("Table", AddressQueueRow.__table__)
_LESSONS = cast("Table", DoorObservationRow.__table__)
_DOORS = cast("Table", DoorRow.__table__)
_ENDS = tuple(status.value for status in ENDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """An office delivers to a commune."""

    province_code: str
    commune_code: str
    office_id: UUID
    office_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson about a door, by the keys it is known by."""

    province_code: str
    id: UUID
    household_key: str
    area_key: str | None
    commune_code: str
    point: LonLat


def covers(session: Session, codes: Iterable[str]) -> list[Cover]:
    """Which offices of any province deliver to some communes, by province and commune."""
    same = (_OFFICES.c.province_code == _COVERS.c.province_code) & (_OFFICES.c.id == _COVERS.c.office_id)
    query = (
        select(
            _COVERS.c.province_code, _COVERS.c.commune_code, _COVERS.c.office_id, _OFFICES.c.code.label("office_code")
        )
        .join(_OFFICES, same)
        .where(_COVERS.c.commune_code == texts(codes))
        .order_by(_COVERS.c.province_code, _COVERS.c.commune_code)
    )
    return [Cover(**row._asdict()) for row in session.execute(query)]


def replace_covers(session: Session, gone: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Communes no office delivers to any more, and those that some do now."""
    session.execute(delete(_COVERS).where(_COVERS.c.commune_code == texts(gone)))
    if rows:
        session.execute(insert(_COVERS), [dict(row) for row in rows])


def homes(session: Session, codes: Iterable[str]) -> list[tuple[str, UUID, list[str]]]:
    """Couriers whose home communes are among some: province, id, all their homes."""
    query = select(_COURIERS.c.province_code, _COURIERS.c.id, _COURIERS.c.home_commune_codes)
    query = query.where(_COURIERS.c.home_commune_codes.bool_op("&&")(literal(list(codes), ARRAY(Text))))
    return [(row[0], row[1], list(row[2])) for row in session.execute(query.order_by(_COURIERS.c.id))]


def put_homes(session: Session, province_code: str, courier_id: UUID, codes: Sequence[str]) -> None:
    """Set a courier's home communes."""
    mine = (_COURIERS.c.province_code == province_code) & (_COURIERS.c.id == courier_id)
    session.execute(update(_COURIERS).where(mine).values(home_commune_codes=list(codes)))


def lock_items_in(session: Session, codes: Iterable[str]) -> list[Item]:
    """Items of any province on their way to some communes, under a row lock, by id."""
    query = select_items().where(ITEMS.c.commune_code == texts(codes), ITEMS.c.status.not_in(_ENDS))
    return [item_of(row) for row in session.execute(query.order_by(ITEMS.c.id).with_for_update(of=ITEMS))]


def used_items(session: Session, codes: Iterable[str], *, since: datetime) -> list[UUID]:
    """Items in some communes that came in since."""
    query = select(ITEMS.c.id).where(ITEMS.c.commune_code == texts(codes), ITEMS.c.created_at > since)
    return list(session.scalars(query.limit(1)))


def items_by_id(session: Session, keys: Sequence[Mapping[str, str]]) -> dict[UUID, Item]:
    """Items of any province by `province_code` and `id`, under a row lock."""
    provinces, ids = {key["province_code"] for key in keys}, [UUID(key["id"]) for key in keys]
    mine = (ITEMS.c.province_code == texts(provinces)) & (ITEMS.c.id == uuids(ids))
    query = select_items().where(mine).order_by(ITEMS.c.id).with_for_update(of=ITEMS)
    return {row.id: item_of(row) for row in session.execute(query)}


def resolved_since(session: Session, codes: Iterable[str], ids: Iterable[UUID], *, since: datetime) -> list[UUID]:
    """Items in some communes whose address a person decided since, other than `ids`."""
    query = (
        select(ITEMS.c.id)
        .join(_QUEUE, (_QUEUE.c.province_code == ITEMS.c.province_code) & (_QUEUE.c.item_id == ITEMS.c.id))
        .where(ITEMS.c.commune_code == texts(codes), _QUEUE.c.resolved_at > since, ~(ITEMS.c.id == uuids(ids)))
    )
    return list(session.scalars(query.limit(1)))


def queued_about(session: Session, codes: Iterable[str]) -> list[Item]:
    """Items whose address waits for a person and whose candidates name one of some communes."""
    candidate = func.jsonb_array_elements(_QUEUE.c.candidates).table_valued("value", joins_implicitly=True)
    named = select(1).select_from(candidate).where(candidate.c.value.op("->>")("commune_code") == texts(codes))
    query = (
        select_items()
        .join(_QUEUE, (_QUEUE.c.province_code == ITEMS.c.province_code) & (_QUEUE.c.item_id == ITEMS.c.id))
        .where(_QUEUE.c.resolved_at.is_(None), exists(named.correlate(_QUEUE)))
        .order_by(ITEMS.c.id)
    )
    return [item_of(row) for row in session.execute(query)]


def lessons_in(session: Session, codes: Iterable[str]) -> list[Lesson]:
    """Lessons about doors in some communes, of any province, oldest first."""
    query = select(_LESSONS).where(_LESSONS.c.commune_code == texts(codes))
    return [
        Lesson(
            province_code=row.province_code,
            id=row.id,
            household_key=row.household_key,
            area_key=row.area_key,
            commune_code=row.commune_code,
            point=LonLat(lon=row.lon, lat=row.lat),
        )
        for row in session.execute(query.order_by(_LESSONS.c.observed_at, _LESSONS.c.id))
    ]


def items_of_households(session: Session, keys: Iterable[str]) -> dict[tuple[str, str], Item]:
    """The newest item of each household, by province and key: its text makes the household's key."""
    query = (
        select_items()
        .ext(distinct_on(ITEMS.c.province_code, ITEMS.c.household_key))
        .where(ITEMS.c.household_key == texts(keys))
        .order_by(ITEMS.c.province_code, ITEMS.c.household_key, ITEMS.c.id.desc())
    )
    return {(row.province_code, row.household_key): item_of(row) for row in session.execute(query)}


def put_lessons(session: Session, rows: Iterable[Lesson]) -> None:
    """Know lessons by other keys."""
    for one in rows:
        mine = (_LESSONS.c.province_code == one.province_code) & (_LESSONS.c.id == one.id)
        keys = {"household_key": one.household_key, "area_key": one.area_key, "commune_code": one.commune_code}
        session.execute(update(_LESSONS).where(mine).values(keys))


def drop_doors(session: Session, province_code: str, keys: Iterable[str]) -> None:
    """Doors whose lessons are known by other keys now; they are reckoned anew."""
    mine = (_DOORS.c.province_code == province_code) & (_DOORS.c.key == texts(keys))
    session.execute(delete(_DOORS).where(mine))
