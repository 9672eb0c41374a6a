"""When the courier should be at the door, as an honest window around the time expected at that hour."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import instant, local_date
from core.scope import system_scope
from routing import service
from routing.arrivals import expected_arrivals, hour_factors
from tracking.model import PublicView, Status

_ON_A_ROUTE = frozenset({Status.PLANNED, Status.OUT})
# What happens at the doors before is not known: half an hour early to an hour late, on quarters of an hour.
_EARLY = timedelta(minutes=30)
_LATE = timedelta(minutes=60)
_QUARTER_S = 900


def expected_window(session: Session, view: PublicView, now: datetime) -> tuple[datetime, datetime] | None:
    """The window of a paper that is on today's published route; None for any other."""
    if view.status not in _ON_A_ROUTE or view.courier_id is None:
        return None
    today, scope = local_date(now), system_scope(view.province_code)
    found = service.routes_of_courier(session, scope=scope, courier_id=view.courier_id, day=today)
    if found is None:
        return None
    arrivals = expected_arrivals(found.route, today, hour_factors(session, view.province_code, found.route))
    for stop in found.route.stops:
        if view.item_id in stop.item_ids:
            arrival = instant(today, arrivals[stop.stop.visit_id])
            return _quarter(arrival - _EARLY, up=False), _quarter(arrival + _LATE, up=True)
    return None


def _quarter(moment: datetime, *, up: bool) -> datetime:
    over = timedelta(seconds=moment.timestamp() % _QUARTER_S)
    return moment - over + (timedelta(seconds=_QUARTER_S) if up and over else timedelta())
