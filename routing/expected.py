"""When a paper on today's route comes to its door, as a window that nine in ten keep."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import instant, local_date, second_of
from core.scope import Scope, system_scope
from geodata.model import LonLat
from routing import service, store_spread
from routing.arrivals import SoFar, ahead_of, expected_arrivals, hour_factors
from routing.spread import spread_of, told
from routing.stored import StoredRoute
from tracking import service as tracking
from tracking.model import Item, Status
from tracking.public_values import PublicView

_ON_A_ROUTE = frozenset({Status.PLANNED, Status.OUT})
# An older position says nothing of where the courier is by now.
FRESH = timedelta(minutes=10)


def expected_window(session: Session, view: PublicView, now: datetime) -> tuple[datetime, datetime] | None:
    """The window of a paper that is on today's published route and not yet at its door; None for any other."""
    if view.status not in _ON_A_ROUTE or view.courier_id is None:
        return None
    return _window(session, view.province_code, view.courier_id, view.item_id, now)


def window_of(session: Session, item: Item, now: datetime) -> tuple[datetime, datetime] | None:
    """The same of an item."""
    if item.status not in _ON_A_ROUTE or item.courier_id is None:
        return None
    return _window(session, item.province_code, item.courier_id, item.id, now)


def _window(
    session: Session, province_code: str, courier_id: UUID, item_id: UUID, now: datetime
) -> tuple[datetime, datetime] | None:
    today, scope = local_date(now), system_scope(province_code)
    found = service.routes_of_courier(session, scope=scope, courier_id=courier_id, day=today)
    if found is None:
        return None
    visit_id = next((one.stop.visit_id for one in found.route.stops if item_id in one.item_ids), None)
    if visit_id is None:
        return None
    so_far = so_far_of(session, scope, found.route, now)
    hours = hour_factors(session, province_code, found.route)
    arrival_s = expected_arrivals(found.route, today, hours, so_far)[visit_id]
    spread = spread_of(store_spread.spreads(session, province_code), ahead_of(found.route, visit_id, so_far))
    # What has not come by now comes from now on.
    kept = replace(spread, early_s=min(spread.early_s, arrival_s - so_far.now_s))
    first_s, last_s = told(arrival_s, replace(kept, late_s=max(kept.late_s, -kept.early_s)))
    return instant(today, first_s), instant(today, last_s)


def so_far_of(session: Session, scope: Scope, route: StoredRoute, now: datetime) -> SoFar:
    """What has happened of a route of today."""
    today = local_date(now)
    items = tracking.find_items(session, scope=scope, item_ids=[item for stop in route.stops for item in stop.item_ids])
    made = {item: at for item, at in tracking.last_proofs(session, items.values()).items() if local_date(at) == today}
    done = {
        one.stop.visit_id: max(second_of(today, made[item]) for item in one.item_ids if item in made)
        for one in route.stops
        if any(item in made for item in one.item_ids)
    }
    fix = _fresh_fix(session, scope, route.courier_id, now)
    return SoFar(now_s=second_of(today, now), done=done, seen=fix)


def _fresh_fix(session: Session, scope: Scope, courier_id: UUID, now: datetime) -> tuple[int, LonLat] | None:
    fixes = tracking.courier_track(session, scope=scope, courier_id=courier_id, start_at=now - FRESH, end_at=now)
    return (second_of(local_date(now), fixes[-1].occurred_at), fixes[-1].point) if fixes else None
