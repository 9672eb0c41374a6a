"""When a courier should be at each door of a planned route, every leg as slow or fast as its hour was seen to be."""

from datetime import date

from sqlalchemy.orm import Session

from core.clock import instant
from geodata import store_learned
from geodata.learned_speeds import ALL_CLASSES, WHOLE_PROVINCE, HourFactors
from geodata.track_times import band_of
from routing.stored import StoredRoute


def hour_factors(session: Session, province_code: str, route: StoredRoute) -> HourFactors:
    """How much slower or faster an hour is than the day where the route goes, as learned."""
    communes = {WHOLE_PROVINCE, *(stop.commune_code for stop in route.stops)}
    return HourFactors.of(
        store_learned.learned_speeds(session, province_code, communes=communes, road_class=ALL_CLASSES)
    )


def expected_arrivals(route: StoredRoute, day: date, hours: HourFactors) -> dict[str, int]:
    """Visit → second of the day. The plan's order, its departures from the office and its time at each door stand."""
    arrivals: dict[str, int] = {}
    for one in route.rounds:
        planned = clock = one.round.departure_s
        for stored in route.stops:
            stop = stored.stop
            if stop.round != one.round.round:
                continue
            leg_s = max(0, stop.arrival_s - planned)
            clock += round(leg_s * hours.ratio(stored.commune_code, band_of(instant(day, clock))))
            arrivals[stop.visit_id] = clock
            opens_s = max((a for a, _ in stored.windows if a <= stop.start_s), default=0)
            clock = max(clock, opens_s) + stop.departure_s - stop.start_s
            planned = stop.departure_s
    return arrivals
