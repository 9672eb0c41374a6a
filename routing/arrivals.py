"""When a courier should be at each door of a planned route: the plan, what has happened of it, and where he is now.

Every leg is as slow or fast as its hour was seen to be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from core.clock import instant
from geodata import store_learned
from geodata.learned_speeds import ALL_CLASSES, WHOLE_PROVINCE, HourFactors
from geodata.model import LonLat
from geodata.straight_line import StraightLine, radians
from geodata.track_times import band_of
from routing.stored import StoredRoute, StoredStop

_STRAIGHT = StraightLine()


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """What is known of a route by the second `now_s` of its day.

    `done`: visit → second of its proof. `seen`: second and place of a fresh position. Before the day nothing is.
    """

    now_s: int = 0
    done: Mapping[str, int] = field(default_factory=dict)
    seen: tuple[int, LonLat] | None = None


NOTHING_YET = SoFar()


def hour_factors(session: Session, province_code: str, route: StoredRoute) -> HourFactors:
    """How much slower or faster an hour is than the day where the route goes, as learned."""
    communes = {WHOLE_PROVINCE, *(stop.commune_code for stop in route.stops)}
    return HourFactors.of(
        store_learned.learned_speeds(session, province_code, communes=communes, road_class=ALL_CLASSES)
    )


def expected_arrivals(route: StoredRoute, day: date, hours: HourFactors, so_far: SoFar = NOTHING_YET) -> dict[str, int]:
    """Visit → second of the day: when it was made, else when it is expected.

    The plan's order and its time at each door stand; nobody leaves the office before the plan says so, and a round
    begins no earlier than the one before it is over. What has not happened by now happens from now on.
    """
    arrivals: dict[str, int] = {}
    back_s = 0
    for one in route.rounds:
        left_s = max(one.round.departure_s, back_s)
        walk = _Walk(day=day, hours=hours, so_far=so_far, left_s=left_s, planned_s=one.round.departure_s)
        for stored in route.stops:
            if stored.stop.round == one.round.round:
                arrivals[stored.stop.visit_id] = walk.arrive(stored)
        back_s = walk.clock_s + max(0, one.round.return_s - walk.planned_s)
    return arrivals


class _Walk:
    """A round being walked in the plan's order: `clock_s` is when, `planned_s` when it should have been."""

    def __init__(self, *, day: date, hours: HourFactors, so_far: SoFar, left_s: int, planned_s: int) -> None:
        self._day, self._hours, self._so_far = day, hours, so_far
        self.clock_s, self.planned_s = left_s, planned_s
        self._begun = self._waits = False

    def arrive(self, stored: StoredStop) -> int:
        """The second of the next stop, made or expected."""
        stop, made_s = stored.stop, self._so_far.done.get(stored.stop.visit_id)
        if made_s is None:
            arrival = self._expected(stored)
            opens_s = max((a for a, _ in stored.windows if a <= stop.start_s), default=0)
            self.clock_s = max(arrival, opens_s) + stop.departure_s - stop.start_s
            self._waits = True
        else:
            arrival = made_s
            # A stop made out of its turn does not bring the courier past the ones he left out.
            self.clock_s = max(self.clock_s, made_s) if self._waits else made_s
            self._begun = True
        self.planned_s = stop.departure_s
        return arrival

    def _expected(self, stored: StoredStop) -> int:
        leg_s = max(0, stored.stop.arrival_s - self.planned_s)
        ratio = self._hours.ratio(stored.commune_code, band_of(instant(self._day, self.clock_s)))
        arrival = self.clock_s + round(leg_s * ratio)
        if self._begun and not self._waits and self._so_far.seen is not None:
            at_s, place = self._so_far.seen
            arrival = at_s + _ride_s(place, stored.point)
        return max(arrival, self._so_far.now_s)


def ahead_of(route: StoredRoute, visit_id: str, so_far: SoFar) -> int:
    """How many stops of its round, with itself, are still to be made; 0 while none of the round is made yet."""
    [asked] = [one for one in route.stops if one.stop.visit_id == visit_id]
    stops = [one for one in route.stops if one.stop.round == asked.stop.round]
    if not any(one.stop.visit_id in so_far.done for one in stops):
        return 0
    return sum(one.stop.visit_id not in so_far.done and one.seq <= asked.seq for one in stops)


def _ride_s(here: LonLat, there: LonLat) -> int:
    metres = _STRAIGHT.metres(*radians([here, there]))
    return round(float(np.asarray(_STRAIGHT.seconds(metres))))
