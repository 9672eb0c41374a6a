"""Learned doors: look at one, set it right, forget it, take that back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from sqlalchemy.orm import Session

from api.deps import Allow, DbSession, Now, RuntimeDep
from api.identity import Identity
from api.roles import DOOR_KEEPERS, DOOR_READERS
from api.routes.asking import Planner, note_view
from api.schemas.doors import DoorIn, DoorOut, ForgetIn, LearnedDoorOut, LessonOut, RecallIn
from api.store_names import names_of
from geodata.doors import LearnedDoor
from geodata.model import LonLat
from routing import repin
from routing.repin import DoorMoved
from tracking import service
from tracking.door_care import DoorCard
from tracking.doors import Seen

router = APIRouter(tags=["doors"])

DoorReader = Annotated[Identity, Depends(Allow(DOOR_READERS), scope="function")]
DoorKeeper = Annotated[Identity, Depends(Allow(DOOR_KEEPERS), scope="function")]


@router.get("/items/{item_id}/door")
def get_door(item_id: UUID, session: DbSession, caller: DoorReader, now: Now) -> DoorOut:
    """What is known of the door: pin and radius, who taught it and when."""
    card = service.find_door(session, scope=caller.scope, item_id=item_id, now=now)
    note_view(session, caller.scope, "door", [item_id], now)
    return _out(session, caller, card)


@router.put("/items/{item_id}/door")
def put_door(item_id: UUID, content: DoorIn, session: DbSession, caller: DoorKeeper, now: Now) -> DoorOut:
    """Set the pin right. It wins over what deliveries taught; open items and plans of the household follow."""
    lon, lat = content.point
    point = LonLat(lon=lon, lat=lat)
    seen = Seen(lesson_id=content.id, at=content.occurred_at, accuracy_m=content.accuracy_m)
    moved = repin.correct_door(session, scope=caller.scope, item_id=item_id, point=point, now=now, seen=seen)
    return _changed(session, caller, moved, now)


@router.delete("/items/{item_id}/door")
def delete_door(
    item_id: UUID,
    session: DbSession,
    caller: Planner,
    runtime: RuntimeDep,
    now: Now,
    content: Annotated[ForgetIn | None, Body()] = None,
) -> DoorOut:
    """Forget what was learned of the door, or single lessons. They stay on record, with who and when."""
    lessons = content.lessons if content is not None else None
    moved = repin.forget_door(
        session, scope=caller.scope, item_id=item_id, resolver=runtime.resolver, now=now, lessons=lessons
    )
    return _changed(session, caller, moved, now)


@router.post("/items/{item_id}/door:recall")
def post_recall_door(
    item_id: UUID, content: RecallIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> DoorOut:
    """Take a forgetting back."""
    moved = repin.recall_door(
        session,
        scope=caller.scope,
        item_id=item_id,
        resolver=runtime.resolver,
        forgotten_at=content.forgotten_at,
        now=now,
    )
    return _changed(session, caller, moved, now)


def _changed(session: Session, caller: Identity, moved: DoorMoved, now: datetime) -> DoorOut:
    note_view(session, caller.scope, "door", [moved.change.card.item.id], now)
    return _out(session, caller, moved.change.card, items=moved.change.moved, plans=moved.plans)


def _out(
    session: Session, caller: Identity, card: DoorCard, *, items: Sequence[UUID] = (), plans: Sequence[UUID] = ()
) -> DoorOut:
    item = card.item
    actors = {lesson.taught_by for lesson in card.lessons}
    actors |= {door.taught_by for door in (card.household, card.area) if door is not None}
    province = caller.scope.province_code
    told = service.citizens_lessons(session, province_code=province, lessons=[lesson.id for lesson in card.lessons])
    names = names_of(session, province, actors | {by for by in told.values() if by is not None})
    return DoorOut(
        item_id=item.id,
        point=item.point,  # type: ignore[arg-type]
        error_m=item.error_m,
        point_source=item.point_source.value if item.point_source else None,
        household=_door(card.household, names),
        area=_door(card.area, names),
        lessons=[
            LessonOut(
                id=lesson.id,
                kind=lesson.kind.value,
                point=lesson.point,  # type: ignore[arg-type]
                accuracy_m=lesson.accuracy_m,
                observed_at=lesson.observed_at,
                taught_by=lesson.taught_by,
                taught_by_name=names.get(lesson.taught_by),
                by_citizen=lesson.id in told,
                approved_by_name=names.get(told.get(lesson.id) or ""),
                forgotten_at=lesson.forgotten_at,
                forgotten_by=lesson.forgotten_by,
            )
            for lesson in card.lessons
        ],
        moved_items=list(items),
        changed_plans=list(plans),
    )


def _door(door: LearnedDoor | None, names: Mapping[str, str]) -> LearnedDoorOut | None:
    if door is None:
        return None
    return LearnedDoorOut(
        kind=door.kind.value,
        point=door.point,  # type: ignore[arg-type]
        error_m=door.error_m,
        lessons=door.lessons,
        seen_at=door.seen_at,
        taught_by=door.taught_by,
        taught_by_name=names.get(door.taught_by),
        corrected=door.corrected,
        disputed=door.disputed,
    )
