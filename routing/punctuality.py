"""What proofs say of how well arrivals were expected: the misses of past days, and the windows learned from them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import at_local, second_of
from core.db import Database
from routing import store_routes, store_spread
from routing.arrivals import expected_arrivals, hour_factors
from routing.spread import learn_spreads, misses
from routing.stored import StoredRoute
from tracking import store_tracks

LOOKED_BACK = timedelta(days=28)


def learn_windows(database: Database, province_code: str, *, today: date) -> None:
    """Learn how early and late couriers come from the days before `today`."""
    seen: list[tuple[int, int]] = []
    with database.reading() as session:
        plans = store_spread.ridden_plans(
            session, province_code, since=today - LOOKED_BACK, until=today - timedelta(days=1)
        )
    for day, key in plans:
        with database.reading() as session:
            routes = store_routes.routes(session, key)
            items = [item for route in routes for stop in route.stops for item in stop.item_ids]
            start_at = at_local(day, time())
            made = store_tracks.first_at_door(session, province_code, items, start_at, start_at + timedelta(days=1))
            for route in routes:
                seen += _of_route(session, province_code, route, day, made)
    with database.transaction() as session:
        store_spread.put_spreads(session, province_code, learn_spreads(seen))


def _of_route(
    session: Session, province_code: str, route: StoredRoute, day: date, made: dict[UUID, datetime]
) -> Iterator[tuple[int, int]]:
    expected = expected_arrivals(route, day, hour_factors(session, province_code, route))
    for one in route.rounds:
        stops = [stop for stop in route.stops if stop.stop.round == one.round.round]
        happened = [min((made[item] for item in stop.item_ids if item in made), default=None) for stop in stops]
        yield from misses(
            [expected[stop.stop.visit_id] for stop in stops],
            [None if at is None else second_of(day, at) for at in happened],
        )
