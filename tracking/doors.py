"""Doors learned from what couriers do: each confirmed delivery is a lesson, and the next paper goes to that door."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.ids import new_id
from core.scope import Scope
from geodata import store_doors
from geodata.communes import CommuneIndex, metres_between
from geodata.doors import CORRECTED_ERROR_M, WORST_ACCURACY_M, DoorKind, Observation, Teaching, learned, middle_of
from geodata.model import LonLat, PointSource
from geodata.points import DoorBook, DoorKeys, Pin
from geodata.street_text import is_alley
from geodata.units import units_of
from tracking import store_household
from tracking.events import Draft, record_events
from tracking.lifecycle import ENDS
from tracking.model import EventKind, Item, ProofInput, Status

# A fix older than this is where the courier was before.
_FRESH_S = 60.0
# Nearer to the office than this a paper was fetched over the counter, unless the address is there too.
_COUNTER_M = 80.0
_OUTSIDE_M = 500.0
# A pin that moves less, with nearly the same radius, is not worth an event.
_MOVED_M = 5.0
_RADIUS_CHANGE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a correction was made, where a phone tells: an id of its own, so that it counts once however often it comes;
    when; and the radius of 68 % when somebody stood at the door (None: put on the map by hand)."""

    lesson_id: UUID | None = None
    at: datetime | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A recorded delivery: when it happened by the server's clock, and who says so."""

    item: Item
    proof: ProofInput
    at: datetime
    actor: str


def learn_from_deliveries(
    session: Session, province_code: str, deliveries: Iterable[Delivered], *, now: datetime
) -> int:
    """Take deliveries as lessons where their households live; returns how many taught something new.

    One teaches with a fresh, exact fix in or near the address's commune, of a paper that was carried there.
    """
    teaching = [one for one in deliveries if _teaches(one)]
    if not teaching:
        return 0
    index = units_of(session).index
    teaching = [one for one in teaching if _is_in_commune(one.item, one.proof, index)]
    offices = store_household.office_points(session, province_code, {one.item.office_id for one in teaching})
    at_doors = [one for one in teaching if not _is_at_counter(one, offices.get(one.item.office_id))]
    return len(keep_lessons(session, province_code, [(one.item, _lesson(one, now)) for one in at_doors]))


def _lesson(delivered: Delivered, now: datetime) -> Observation:
    assert delivered.proof.point is not None  # noqa: S101  `_teaches` has looked
    return Observation(
        id=delivered.proof.proof_id,
        kind=Teaching.DELIVERY,
        point=delivered.proof.point,
        accuracy_m=max(1.0, delivered.proof.accuracy_m or WORST_ACCURACY_M),
        taught_by=delivered.actor,
        observed_at=aware(delivered.at),
        recorded_at=aware(now),
    )


def correction(point: LonLat, *, actor: str, now: datetime, seen: "Seen | None" = None) -> Observation:
    """A person's lesson: the door is here."""
    seen = seen or Seen()
    return Observation(
        id=seen.lesson_id or new_id(now),
        kind=Teaching.CORRECTION,
        point=point,
        accuracy_m=max(1.0, seen.accuracy_m or float(CORRECTED_ERROR_M)),
        taught_by=actor,
        # A phone's clock may be ahead.
        observed_at=min(aware(seen.at or now), aware(now)),
        recorded_at=aware(now),
    )


def keep_lesson(session: Session, item: Item, lesson: Observation) -> bool:
    """Keep a lesson about an item's household and reckon its door and its alley's anew; False when it is known."""
    return bool(keep_lessons(session, item.province_code, [(item, lesson)]))


def keep_lessons(session: Session, province_code: str, lessons: Sequence[tuple[Item, Observation]]) -> set[UUID]:
    """The same of many, with a fixed number of statements but for alleys; returns the ids of the lessons that are new.

    Of several about one household each counts.
    """
    known = [(item, _keys_of(item), lesson) for item, lesson in lessons if item.household_key and item.commune_code]
    if not known:
        return set()
    store_doors.lock_doors(session, province_code, {keys.household for _, keys, _ in known})
    rows = [
        store_doors.Lesson(lesson, keys.household, keys.area, item.commune_code or "") for item, keys, lesson in known
    ]
    fresh = store_doors.add_observations(session, province_code, rows)
    _reckon_all(session, province_code, [(item, keys) for item, keys, lesson in known if lesson.id in fresh])
    return fresh


def reckon(session: Session, item: Item, keys: DoorKeys) -> None:
    """Write what the lessons of a household come to, and the middle of its alley or hamlet. The household is locked."""
    _reckon_all(session, item.province_code, [(item, keys)])


def _reckon_all(session: Session, province: str, households: Sequence[tuple[Item, DoorKeys]]) -> None:
    if not households:
        return
    areas_of = {keys.household: keys.area for _, keys in households}
    lessons = store_doors.observations_of(session, province, areas_of)
    store_doors.put_doors(session, province, {key: learned(own) for key, own in lessons.items()}, area_keys=areas_of)
    kinds = {
        keys.area: DoorKind.ALLEY if is_alley(item.address) else DoorKind.HAMLET
        for item, keys in households
        if keys.area is not None
    }
    if kinds:
        store_doors.lock_doors(session, province, kinds)
    for area, kind in kinds.items():
        middle = middle_of(store_doors.doors_in_area(session, province, area), kind)
        store_doors.put_door(session, province, area, middle, area_key=None)


def refresh_points(session: Session, *, scope: Scope, office_id: UUID, now: datetime) -> tuple[UUID, ...]:
    """Pin the waiting items of an office anew where a door has been learned since they came in; returns which moved.

    A point an agency gave stays, unless a person set the household's door right.
    """
    items = store_household.lock_waiting(session, scope, office_id)
    keys = {item.id: _keys_of(item) for item in items}
    book = DoorBook.read(session, scope.province_code, list(keys.values()), now=aware(now))
    better = {item.id: _better(item, keys[item.id], book) for item in items}
    moves = [(item, pin) for item in items for pin in [better[item.id]] if pin is not None]
    move_pins(session, moves, now=now, actor=scope.actor, data={"by": "deliveries"})
    return tuple(item.id for item, _ in moves)


def move_pins(
    session: Session, moves: Iterable[tuple[Item, Pin]], *, now: datetime, actor: str, data: Mapping[str, Any]
) -> None:
    """Put items' pins elsewhere, an event for each. The chain keeps how far, never where."""
    drafts = [
        Draft(
            item=item,
            kind=EventKind.DOOR_CORRECTED,
            occurred_at=now,
            data=dict(data)
            | {
                "point_source": pin.source.value,
                "error_m": pin.error_m,
                "moved_m": round(metres_between(item.point, pin.point)) if item.point is not None else None,
            },
            changes={
                "lon": pin.point.lon,
                "lat": pin.point.lat,
                "error_m": pin.error_m,
                "point_source": pin.source.value,
            },
        )
        for item, pin in moves
        if item.status not in ENDS
    ]
    if drafts:
        record_events(session, drafts, now=aware(now), actor=actor)


def is_worth_moving(item: Item, pin: Pin) -> bool:
    """Whether a pin differs from the item's by more than the noise of new lessons."""
    if item.point is None or item.error_m is None or item.point_source is not pin.source:
        return True
    if metres_between(item.point, pin.point) > _MOVED_M:
        return True
    return abs(item.error_m - pin.error_m) > _RADIUS_CHANGE * item.error_m


def _keys_of(item: Item) -> DoorKeys:
    return DoorKeys.of(item.household_key or "", item.address, item.commune_code or "")


def _better(item: Item, keys: DoorKeys, book: DoorBook) -> Pin | None:
    """The learned pin of an item, when it has one that goes before the item's own."""
    given = item.point if item.point_source is PointSource.GIVEN else None
    own = None
    if item.point is not None and item.error_m is not None and item.point_source is not None:
        own = Pin(point=item.point, error_m=item.error_m, source=item.point_source)
    pin = book.best(keys, given=given, found=own)
    if pin is None or pin.source is not PointSource.LEARNED_DOOR or not is_worth_moving(item, pin):
        return None
    return pin


def _teaches(delivered: Delivered) -> bool:
    item, proof = delivered.item, delivered.proof
    if proof.outcome != "delivered" or item.status is Status.HELD or proof.point is None:
        return False
    if item.household_key is None or item.commune_code is None:
        return False
    if proof.accuracy_m is None or proof.accuracy_m > WORST_ACCURACY_M:
        return False
    return proof.position_age_s is not None and proof.position_age_s <= _FRESH_S


def _is_in_commune(item: Item, proof: ProofInput, index: CommuneIndex) -> bool:
    if proof.point is None or item.commune_code is None:
        return False
    if index.at(proof.point) == item.commune_code:
        return True
    try:
        return index.metres_to(proof.point, [item.commune_code]) <= _OUTSIDE_M
    except KeyError:
        # A unit that has ended while the courier was on the way.
        return True


def _is_at_counter(delivered: Delivered, office: LonLat | None) -> bool:
    seen, home = delivered.proof.point, delivered.item.point
    if office is None or seen is None or metres_between(office, seen) > _COUNTER_M:
        return False
    return home is None or metres_between(office, home) > 2 * _COUNTER_M
