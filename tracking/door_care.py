"""People look after learned doors: who taught them, setting them right, forgetting them and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import CodedError, Problem, fail, problem
from core.scope import Scope
from geodata import store_doors
from geodata.communes import CommuneIndex
from geodata.doors import LearnedDoor, Observation, Teaching, corrected_error_m
from geodata.model import LonLat, PointSource
from geodata.points import DoorBook, DoorKeys, Pin, Resolves, pin_of
from geodata.units import units_of
from tracking import errors, reading, store_household
from tracking.doors import Seen, correction, is_worth_moving, keep_lesson, move_pins, reckon
from tracking.intake_checks import is_in_vietnam
from tracking.model import Item

# A pin further from its commune says that the address is wrong, not the pin.
_FAR_M = 3_000.0
# A phone that says “I stand at the door” must know it to the width of a house with its yard.
STANDING_ACCURACY_M = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorCard:
    """What is known of an item's door: the household's, its alley's or hamlet's, and every lesson, newest first."""

    item: Item
    household: LearnedDoor | None
    area: LearnedDoor | None
    lessons: tuple[Observation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorChange:
    """What setting a door right, forgetting it or recalling it came to: the items whose pins moved, as they stand."""

    card: DoorCard
    moved: tuple[UUID, ...]


def find_door(session: Session, *, scope: Scope, item_id: UUID, now: datetime) -> DoorCard:
    """What is known of an item's door.

    Raises:
        CodedError: C1000 when the item is out of reach.
    """
    return _card(session, reading.find_item(session, scope=scope, item_id=item_id), now)


def correct_door(
    session: Session, *, scope: Scope, item_id: UUID, point: LonLat, now: datetime, seen: Seen | None = None
) -> DoorChange:
    """Set the pin of an item's household right, by hand or standing at the door. It wins over deliveries; every open
    item of it moves there, unless somebody has shown another place since `seen.at`.

    Raises:
        CodedError: C1000 out of reach, T1012 abroad, T2301 for an address not yet decided, T2302 far from the commune,
            T2303 for a phone that does not know where it is.
    """
    item, keys, open_items = _known(session, scope, item_id)
    _check(item, point, seen, units_of(session).index)
    lesson = correction(point, actor=scope.actor, now=now, seen=seen)
    if not keep_lesson(session, item, lesson) or _is_overtaken(session, item, keys, lesson):
        return _change(session, scope, item_id, [], now)
    pin = Pin(point=point, error_m=corrected_error_m(lesson.accuracy_m), source=PointSource.LEARNED_DOOR)
    moves = [(one, pin) for one in open_items if is_worth_moving(one, pin)]
    move_pins(session, moves, now=now, actor=scope.actor, data={"by": _role(scope), "lesson": str(lesson.id)})
    return _change(session, scope, item_id, [one for one, _ in moves], now)


def forget_door(
    session: Session,
    *,
    scope: Scope,
    item_id: UUID,
    resolver: Resolves,
    now: datetime,
    lessons: Sequence[UUID] | None = None,
) -> DoorChange:
    """Take lessons (all for None) out of the reckoning; the rows stay, with who and when. Open items are pinned anew.

    Raises:
        CodedError: C1000 out of reach, T2301 for an address not yet decided.
    """
    item, keys, open_items = _known(session, scope, item_id)
    store_doors.lock_door(session, item.province_code, keys.household)
    store_doors.forget_observations(session, item.province_code, keys.household, lessons, at=aware(now), by=scope.actor)
    reckon(session, item, keys)
    return _pinned_anew(session, scope, item, open_items, resolver, now, why="forgotten")


def recall_door(
    session: Session, *, scope: Scope, item_id: UUID, resolver: Resolves, forgotten_at: datetime, now: datetime
) -> DoorChange:
    """Take one forgetting back: the lessons forgotten at that instant count again.

    Raises:
        CodedError: C1000 out of reach, T2301 for an address not yet decided.
    """
    item, keys, open_items = _known(session, scope, item_id)
    store_doors.lock_door(session, item.province_code, keys.household)
    store_doors.recall_observations(session, item.province_code, keys.household, forgotten_at=aware(forgotten_at))
    reckon(session, item, keys)
    return _pinned_anew(session, scope, item, open_items, resolver, now, why="recalled")


def _is_overtaken(session: Session, item: Item, keys: DoorKeys, lesson: Observation) -> bool:
    """Whether somebody has shown another place since the lesson was made: a phone may send it hours later."""
    known = store_doors.observations(session, item.province_code, keys.household)
    corrections = [one for one in known if one.kind is Teaching.CORRECTION and one.forgotten_at is None]
    return any(one.observed_at > lesson.observed_at for one in corrections)


def _known(session: Session, scope: Scope, item_id: UUID) -> tuple[Item, DoorKeys, list[Item]]:
    """The item, its keys, and the household's open items locked before its door is: the order of a delivery."""
    item = reading.find_item(session, scope=scope, item_id=item_id)
    if item.household_key is None or item.commune_code is None:
        raise fail(errors.DOOR_WITHOUT_ADDRESS, item_code=item.item_code)
    open_items = store_household.lock_open_items(session, item.province_code, item.household_key)
    return item, DoorKeys.of(item.household_key, item.address, item.commune_code), open_items


def place_mistake(item: Item, point: LonLat, index: CommuneIndex) -> Problem | None:
    """What speaks against a place for an item's door: abroad (T1012), or far from its commune (T2302)."""
    if not is_in_vietnam(point):
        return problem(errors.POINT_WRONG, pointer="/point", lon=point.lon, lat=point.lat)
    try:
        away_m = index.metres_to(point, [item.commune_code or ""])
    except KeyError:
        return None
    if away_m > _FAR_M:
        return problem(errors.DOOR_FAR_AWAY, pointer="/point", away_km=round(away_m / 1000, 1))
    return None


def _check(item: Item, point: LonLat, seen: Seen | None, index: CommuneIndex) -> None:
    wrong = place_mistake(item, point, index)
    mistakes = [] if wrong is None else [wrong]
    accuracy_m = seen.accuracy_m if seen is not None else None
    if accuracy_m is not None and accuracy_m > STANDING_ACCURACY_M:
        inexact = problem(
            errors.DOOR_INEXACT, pointer="/accuracy_m", accuracy_m=accuracy_m, limit_m=STANDING_ACCURACY_M
        )
        mistakes.append(inexact)
    if mistakes:
        raise CodedError(mistakes)


def _pinned_anew(
    session: Session,
    scope: Scope,
    item: Item,
    open_items: Sequence[Item],
    resolver: Resolves,
    now: datetime,
    *,
    why: str,
) -> DoorChange:
    """Pin the household's open items by what is known now. A point an agency gave stays."""
    moves = []
    for one in open_items:
        own = DoorKeys.of(one.household_key or "", one.address, one.commune_code or "")
        book = DoorBook.read(session, item.province_code, [own], now=aware(now))
        given = one.point if one.point_source is PointSource.GIVEN else None
        pin = book.best(own, given=given, found=_resolved(one, resolver))
        if pin is not None and is_worth_moving(one, pin):
            moves.append((one, pin))
    move_pins(session, moves, now=now, actor=scope.actor, data={"by": _role(scope), "door": why})
    return _change(session, scope, item.id, [one for one, _ in moves], now)


def _resolved(item: Item, resolver: Resolves) -> Pin | None:
    """The pin the text alone gives in the item's commune."""
    found = resolver.resolve(item.address, province_code=item.province_code).candidates
    return next((pin_of(one) for one in found if one.commune_code == item.commune_code), None)


def _change(session: Session, scope: Scope, item_id: UUID, moved: Sequence[Item], now: datetime) -> DoorChange:
    card = find_door(session, scope=scope, item_id=item_id, now=now)
    return DoorChange(card=card, moved=tuple(one.id for one in moved))


def _card(session: Session, item: Item, now: datetime) -> DoorCard:
    if item.household_key is None or item.commune_code is None:
        return DoorCard(item=item, household=None, area=None, lessons=())
    keys = DoorKeys.of(item.household_key, item.address, item.commune_code)
    book = DoorBook.read(session, item.province_code, [keys], now=aware(now))
    lessons = store_doors.observations(session, item.province_code, keys.household)
    return DoorCard(item=item, household=book.household(keys), area=book.area(keys), lessons=tuple(reversed(lessons)))


def _role(scope: Scope) -> str:
    return "courier" if scope.courier_id is not None else "office"
