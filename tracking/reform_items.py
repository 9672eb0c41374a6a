"""Items and learned doors when communes change: each keeps its place, and only the name of the place is another one."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.address_text import household_key
from geodata.communes import CommuneIndex
from geodata.model import LonLat, PointSource, Resolution
from geodata.points import DoorKeys
from geodata.reasons import SPLIT
from geodata.units import Units
from tracking import store_intake, store_reform
from tracking.doors import reckon
from tracking.events import Draft, record_events
from tracking.lifecycle import may
from tracking.model import EventKind, Item, Status
from tracking.store_reform import Lesson

# Pins that mark a door or its surroundings, not the middle of a commune.
_TELLING = frozenset({PointSource.GIVEN, PointSource.LEARNED_DOOR, PointSource.STREET, PointSource.PLACE})
# Nobody may wait for a person while the paper is on a plan, on the way or at the counter.
_ASKABLE = frozenset({Status.ACCEPTED, Status.READY})

_COUNTED = ("mapped", "queued", "by_pin", "asked_again", "doors", "doors_lost")

Targets = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class ItemsCarried:
    """What became of items and doors: counts, each item's new commune, and what stood before."""

    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(_COUNTED, 0)))
    homes: dict[tuple[str, str], str] = field(default_factory=dict)
    undo_items: list[dict[str, Any]] = field(default_factory=list)
    undo_lessons: list[dict[str, Any]] = field(default_factory=list)


def carry_items(session: Session, targets: Targets, units: Units, *, now: datetime, actor: str) -> ItemsCarried:
    """Give every item that is not yet delivered its commune of today, or put its address before a person.

    `targets` are the units that took the people of each ended unit. Doors learned go along, so that the next paper
    still finds them.
    """
    done = ItemsCarried()
    lessons = store_reform.lessons_in(session, targets)
    known = store_reform.items_of_households(session, {lesson.household_key for lesson in lessons})
    items = store_reform.lock_items_in(session, targets)
    drafts, queue = [], []
    for item in items:
        draft, row = _carried(item, targets[item.commune_code or ""], units, done, now)
        drafts.append(draft)
        queue += [row] if row is not None else []
    record_events(session, drafts, now=now, actor=actor)
    store_intake.queue_addresses(session, queue)
    _carry_lessons(session, lessons, known, targets, units.index, done)
    _ask_again(session, targets, units, done, now, {row["item_id"] for row in queue})
    return done


def _carried(
    item: Item, targets: Sequence[str], units: Units, done: ItemsCarried, now: datetime
) -> tuple[Draft, dict[str, Any] | None]:
    """The event that moves an item on, and its row in the address queue when a person must decide."""
    done.undo_items.append(_before(item))
    found = None if len(targets) == 1 else _resolved(item, units)
    home = targets[0] if found is None else _home(item, found, targets, units.index)
    if home is None and (item.status not in _ASKABLE or not may(item.status, EventKind.ADDRESS_QUESTIONED)):
        home = _nearest(item.point, targets, units.index)
        done.counts["by_pin"] += 1
    data: dict[str, Any] = {"from": item.commune_code, "to": home}
    changes: dict[str, Any]
    if home is not None:
        done.counts["mapped"] += 1
        done.homes[item.province_code, item.household_key or ""] = home
        household = household_key(item.addressee.name, item.addressee.phone, item.address, home)
        changes = {"commune_code": home, "household_key": household}
        return Draft(item=item, kind=EventKind.COMMUNE_CHANGED, occurred_at=now, data=data, changes=changes), None
    done.counts["queued"] += 1
    changes = {"commune_code": None, "household_key": None}
    draft = Draft(item=item, kind=EventKind.ADDRESS_QUESTIONED, occurred_at=now, data=data, changes=changes)
    return draft, _queue_row(item, found, now, reason=SPLIT)


def _before(item: Item) -> dict[str, Any]:
    return {
        "province_code": item.province_code,
        "id": str(item.id),
        "seq": item.event_seq + 1,
        "commune_code": item.commune_code,
        "household_key": item.household_key,
    }


def _resolved(item: Item, units: Units) -> Resolution:
    point = item.point if item.point_source in _TELLING else None
    return units.resolver.resolve(item.address, province_code=item.province_code, point=point)


def _home(item: Item, found: Resolution, targets: Sequence[str], index: CommuneIndex) -> str | None:
    """The one of several communes an item belongs to: its address says so, or its pin does without doubt."""
    if found.decided is not None and found.decided.commune_code in targets:
        return found.decided.commune_code
    if item.point is None or item.error_m is None or item.point_source not in _TELLING:
        return None
    here = index.at(item.point)
    others = [code for code in targets if code != here]
    return here if here in targets and index.metres_to(item.point, others) > item.error_m else None


def _nearest(point: LonLat | None, targets: Sequence[str], index: CommuneIndex) -> str:
    if point is None:
        return targets[0]
    return min(targets, key=lambda code: (index.metres_to(point, [code]), code))


def _queue_row(item: Item, found: Resolution | None, now: datetime, *, reason: str) -> dict[str, Any]:
    candidates = [asdict(candidate) for candidate in found.candidates] if found is not None else []
    return {
        "province_code": item.province_code,
        "item_id": item.id,
        "address": item.address,
        "reason": reason,
        "candidates": candidates,
        "created_at": now,
    }


def _ask_again(
    session: Session, targets: Targets, units: Units, done: ItemsCarried, now: datetime, fresh: Container[UUID]
) -> None:
    """Addresses that waited before: their candidates were communes that are no more."""
    rows = []
    for item in store_reform.queued_about(session, targets):
        if item.id not in fresh:
            found = _resolved(item, units)
            rows.append(_queue_row(item, found, now, reason=found.reason))
    done.counts["asked_again"] = len(rows)
    store_intake.queue_addresses(session, rows)


def _carry_lessons(
    session: Session,
    lessons: Sequence[Lesson],
    known: Mapping[tuple[str, str], Item],
    targets: Targets,
    index: CommuneIndex,
    done: ItemsCarried,
) -> None:
    moved: list[Lesson] = []
    items: list[Item] = []
    households: dict[tuple[str, str], list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        households[lesson.province_code, lesson.household_key].append(lesson)
    for household, mine in households.items():
        item = known.get(household)
        if item is None:
            done.counts["doors_lost"] += 1
            continue
        home = done.homes.get(household) or _nearest(mine[-1].point, targets[mine[-1].commune_code], index)
        key = household_key(item.addressee.name, item.addressee.phone, item.address, home)
        items.append(replace(item, household_key=key, commune_code=home))
        area = DoorKeys.of(key, item.address, home).area
        moved += [replace(one, household_key=key, area_key=area, commune_code=home) for one in mine]
    done.counts["doors"] += len(items)
    before = {lesson.id: lesson for lesson in lessons}
    done.undo_lessons += [_lesson_out(before[one.id], one) for one in moved]
    _rekey(session, [before[one.id] for one in moved], moved, items)


def _rekey(session: Session, before: Sequence[Lesson], after: Sequence[Lesson], items: Iterable[Item]) -> None:
    """Know lessons by other keys, and write what they come to now."""
    store_reform.put_lessons(session, after)
    for province in {one.province_code for one in before}:
        gone = {k for one in before if one.province_code == province for k in (one.household_key, one.area_key) if k}
        store_reform.drop_doors(session, province, gone)
    for item in items:
        reckon(session, item, DoorKeys.of(item.household_key or "", item.address, item.commune_code or ""))


def _lesson_out(before: Lesson, after: Lesson) -> dict[str, Any]:
    return {
        "province_code": before.province_code,
        "id": str(before.id),
        "before": [before.household_key, before.area_key, before.commune_code],
        "after": [after.household_key, after.area_key, after.commune_code],
        "point": [before.point.lon, before.point.lat],
    }


def return_items(session: Session, undo: Mapping[str, Any], *, now: datetime, actor: str) -> None:
    """Give items and doors back what stood before a reform."""
    before = {UUID(row["id"]): row for row in undo["items"]}
    items = store_reform.items_by_id(session, undo["items"])
    drafts = [_returned(items[key], row, now) for key, row in before.items()]
    record_events(session, drafts, now=now, actor=actor)
    for province in {row["province_code"] for row in before.values()}:
        mine = [key for key, row in before.items() if row["province_code"] == province]
        store_intake.close_addresses(session, province, mine, at=now, by=actor)
    was, now_known = ([_lesson_in(row, side) for row in undo["lessons"]] for side in ("before", "after"))
    known = store_reform.items_of_households(session, {lesson.household_key for lesson in was})
    _rekey(session, now_known, was, known.values())


def _returned(item: Item, row: Mapping[str, Any], now: datetime) -> Draft:
    """A queued item is READY again; any other one is where it was."""
    kind = EventKind.COMMUNE_CHANGED if item.commune_code is not None else EventKind.ADDRESS_RESOLVED
    changes = {"commune_code": row["commune_code"], "household_key": row["household_key"]}
    data = {"from": item.commune_code, "to": row["commune_code"]}
    return Draft(item=item, kind=kind, occurred_at=now, data=data, changes=changes)


def _lesson_in(row: Mapping[str, Any], side: str) -> Lesson:
    household, area, commune = row[side]
    lon, lat = row["point"]
    return Lesson(
        province_code=row["province_code"],
        id=UUID(row["id"]),
        household_key=household,
        area_key=area,
        commune_code=commune,
        point=LonLat(lon=lon, lat=lat),
    )
