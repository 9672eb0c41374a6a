"""A person decides an address: the commune, and where they can the pin."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import CodedError, Problem, fail, problem
from core.scope import Scope
from geodata.address_text import household_key
from geodata.model import LonLat, PointSource
from geodata.points import DoorBook, DoorKeys, Pin
from tracking import errors, store, store_intake, store_offices, tariffs
from tracking.doors import correction, keep_lesson
from tracking.errors_custody import IN_A_BAG
from tracking.events import Draft, record_events
from tracking.intake_checks import is_in_vietnam
from tracking.model import EventKind, Item
from tracking.planned import locked

# A pin a dispatcher sets on the map, radius that holds the door in about 9 of 10 cases.
_SET_BY_HAND_ERROR_M = 50


def resolve_address(
    session: Session,
    *,
    scope: Scope,
    item_id: UUID,
    commune_code: str,
    point: LonLat,
    now: datetime,
    error_m: int = _SET_BY_HAND_ERROR_M,
    point_source: PointSource = PointSource.GIVEN,
) -> Item:
    """Decide where an item goes: it is READY at the office of its zone or commune, and leaves the queue. The
    citizen's own text is not touched. `error_m` and `point_source` belong to a candidate that was picked as it is.

    A paper that lies at an office stays with it: when another office must deliver it, it is FORWARDED there.

    Raises:
        CodedError: C1000 for an item out of reach, T1012 for a point abroad, T2001 when the item has gone out, T2004
            when no office covers the commune, T2403 when it is in a bag.
    """
    now = aware(now)
    item = locked(session, scope, [item_id])[item_id]
    if item.bagged_at is not None:
        raise fail(IN_A_BAG, item_code=item.item_code)
    coverage = store_offices.coverage_of(session, scope.province_code)
    household = household_key(item.addressee.name, item.addressee.phone, item.address, commune_code)
    keys = DoorKeys.of(household, item.address, commune_code)
    found = Pin(point=point, error_m=error_m, source=point_source)
    pin = found if point_source is PointSource.GIVEN else _learned(session, scope, keys, found, now)
    # The zone counts for communes that an office delivers to; of another nothing is known.
    known = commune_code in coverage.by_commune
    office_id = coverage.office_at(commune_code, pin.point, pin.source) if known else None
    if office_id is None or not is_in_vietnam(point):
        raise CodedError(_problems(office_id, commune_code, point))
    changes = {
        "office_id": office_id,
        "commune_code": commune_code,
        "lon": pin.point.lon,
        "lat": pin.point.lat,
        "error_m": pin.error_m,
        "point_source": pin.source.value,
        "household_key": household,
        "to_office_id": None,
    }
    data: dict[str, Any] = {"commune_code": commune_code, "point_source": pin.source.value, "error_m": pin.error_m}
    asked = tariffs.postage_decided_late(session, item, commune_code, coverage)
    if asked is not None:
        changes["postage_vnd"], data["postage"] = asked
    drafts = [Draft(item=item, kind=EventKind.ADDRESS_RESOLVED, occurred_at=now, data=data, changes=changes)]
    if office_id != item.office_id and _lies_at_its_office(item):
        # The paper does not fly: its office sends it in a bag.
        changes["office_id"] = item.office_id
        sent_on = {"to_office_id": office_id}
        told = {"to_office_id": str(office_id)}
        drafts.append(Draft(item=item, kind=EventKind.ITEM_FORWARDED, occurred_at=now, data=told, changes=sent_on))
    record_events(session, drafts, now=now, actor=scope.actor)
    store_intake.close_addresses(session, scope.province_code, [item_id], at=now, by=scope.actor)
    # Read without the office scope: the item may have gone to an office beyond the caller's reach.
    decided = store.find_any_item(session, scope.province_code, item_id) or item
    if point_source is PointSource.GIVEN:
        # What a person looked for on the map is worth as much as a correction: the next paper goes there by itself.
        keep_lesson(session, decided, correction(point, actor=scope.actor, now=now))
    return decided


def _lies_at_its_office(item: Item) -> bool:
    """Whether the office is known to have the paper: it received it, or a courier of its own took it out."""
    return item.received_at is not None or item.out_at is not None


def _learned(session: Session, scope: Scope, keys: DoorKeys, found: Pin, now: datetime) -> Pin:
    book = DoorBook.read(session, scope.province_code, [keys], now=now)
    return book.best(keys, given=None, found=found) or found


def _problems(office_id: UUID | None, commune_code: str, point: LonLat) -> list[Problem]:
    found = []
    if office_id is None:
        found.append(problem(errors.COMMUNE_UNKNOWN, pointer="commune_code", value=commune_code))
    if not is_in_vietnam(point):
        found.append(problem(errors.POINT_WRONG, pointer="point", lon=point.lon, lat=point.lat))
    return found
