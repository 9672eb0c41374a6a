"""Expected arrivals follow the hour."""

from dataclasses import replace

import numpy as np
import pytest

from core.clock import second_of
from geodata import store_learned
from geodata.learned_speeds import ALL_CLASSES, HourFactors, LearnedRoads, LearnedSpeed
from geodata.track_times import Band
from routing.arrivals import expected_arrivals, hour_factors
from tests.routing.edit_scene import draft
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import NOW, PROVINCE, TODAY

pytestmark = pytest.mark.db


def test_legs_take_as_long_as_their_hour(planning: Planning) -> None:
    route = draft(planning, 8).plan().routes[0]
    planned = {one.stop.visit_id: one.stop.arrival_s for one in route.stops}
    assert expected_arrivals(route, TODAY, HourFactors({})) == planned
    speeds = {("", 0, int(band)): 1.0 for band in Band}
    assert expected_arrivals(route, TODAY, HourFactors(speeds)) == planned
    rush = HourFactors({**speeds, ("", 0, int(Band.RUSH_MORNING)): 1.5})
    late = expected_arrivals(route, TODAY, rush)
    first, second = route.stops[0].stop, route.stops[1].stop
    out_s = route.rounds[0].round.departure_s
    assert out_s < second_of(TODAY, NOW) + 3_600
    leg_s, next_s = first.arrival_s - out_s, second.arrival_s - first.departure_s
    assert late[first.visit_id] == out_s + round(1.5 * leg_s)
    assert late[second.visit_id] == late[first.visit_id] + first.departure_s - first.start_s + round(1.5 * next_s)


def test_only_what_was_learned_where_the_route_goes_is_read(planning: Planning) -> None:
    route = draft(planning, 3).plan().routes[0]
    [here] = {one.commune_code for one in route.stops}
    speeds = tuple(
        LearnedSpeed(commune_code=code, road_class=road_class, band=band, factor=1.25, observed_s=900.0)
        for code in ("", here, "00001")
        for road_class in (ALL_CLASSES, 3)
        for band in Band
    )
    none = np.array([], dtype=np.int64)
    with planning.scene.database.transaction() as session:
        learned = LearnedRoads(speeds=speeds, start=none, end=none, factor=none.astype(np.float64))
        store_learned.put_roads(session, PROVINCE, learned, NOW)
    with planning.scene.database.reading() as session:
        found = hour_factors(session, PROVINCE, route)
    assert set(found.speeds) == {(code, ALL_CLASSES, int(band)) for code in ("", here) for band in Band}


def test_a_slow_hour_before_an_appointment_is_taken_from_the_waiting(planning: Planning) -> None:
    route = draft(planning, 4).plan().routes[0]
    first, *rest = route.stops
    opens = first.stop.arrival_s + 1_200
    waiting = replace(
        first,
        windows=((opens, opens + 3_600),),
        stop=replace(first.stop, wait_s=1_200, start_s=opens, departure_s=opens + 210),
    )
    later = [
        replace(one, stop=replace(one.stop, arrival_s=one.stop.arrival_s + 1_200, start_s=one.stop.start_s + 1_200))
        for one in rest[:1]
    ]
    shown = replace(route, stops=(waiting, *later))
    slow = HourFactors({("", 0, int(band)): 1.5 if band is Band.RUSH_MORNING else 1.0 for band in Band})
    found = expected_arrivals(shown, TODAY, slow)
    assert first.stop.arrival_s < found[first.stop.visit_id] < opens
