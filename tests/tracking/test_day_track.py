"""Stays against the plain definition, thinning, and the counts of a day by filter."""

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.model import LonLat
from geodata.straight_line import distance_m
from tests.tracking.office_scene import DOOR, NOW
from tracking.day_track import STAY_RADIUS_M, STAY_S, find_stays, thinned
from tracking.model import Fix
from tracking.position_filters import FILTERS
from tracking.tables_positions import PositionDayRow

_STEP = st.tuples(
    st.integers(1, 90), st.sampled_from([0.0, 4.0, 20.0, 60.0, 300.0]), st.floats(0, 6.283), st.integers(1, 12)
)


def walk(steps: list[tuple[int, float, float, int]]) -> list[Fix]:
    """Stretches of equal steps: seconds between fixes, metres, direction, how many."""
    fixes, at, lon, lat = [], NOW, DOOR.lon, DOOR.lat
    for seconds, metres, direction, count in steps:
        for _ in range(count):
            fixes.append(Fix(occurred_at=at, point=LonLat(lon=lon, lat=lat)))
            at += timedelta(seconds=seconds)
            lon += metres * float(np.cos(direction)) / 109_370
            lat += metres * float(np.sin(direction)) / 110_600
    return fixes


def plain_stays(fixes: list[Fix]) -> list[tuple[int, int]]:
    """Li et al.'s definition word by word: of all pairs that qualify the earliest first, then the longest."""
    pairs = [
        (i, j)
        for i in range(len(fixes))
        for j in range(i, len(fixes))
        if all(distance_m(fixes[i].point, fixes[k].point) <= STAY_RADIUS_M for k in range(i, j + 1))
        and (fixes[j].occurred_at - fixes[i].occurred_at).total_seconds() >= STAY_S
    ]
    found: list[tuple[int, int]] = []
    for i in range(len(fixes)):
        ends = [j for first, j in pairs if first == i]
        if ends and (not found or i > found[-1][1]):
            found.append((i, max(ends)))
    return found


@given(st.lists(_STEP, max_size=6))
def test_stays_are_those_of_the_definition(steps: list[tuple[int, float, float, int]]) -> None:
    fixes = walk(steps)
    found = [(stay.start_at, stay.end_at) for stay in find_stays(fixes)]
    assert found == [(fixes[i].occurred_at, fixes[j].occurred_at) for i, j in plain_stays(fixes)]


def test_five_minutes_at_a_door_are_one_stay_and_a_red_light_is_none() -> None:
    fixes = walk([(10, 80.0, 0.0, 6), (10, 1.0, 0.0, 31), (10, 80.0, 0.0, 6), (10, 1.0, 0.0, 10), (10, 80.0, 0.0, 6)])
    [stay] = find_stays(fixes)
    assert 300 <= (stay.end_at - stay.start_at).total_seconds() <= 320
    assert distance_m(stay.point, fixes[20].point) < STAY_RADIUS_M


@given(st.lists(_STEP, max_size=8))
def test_a_thinned_track_never_strays_from_the_whole_one(steps: list[tuple[int, float, float, int]]) -> None:
    fixes = walk(steps)
    kept = thinned(fixes)
    assert kept == sorted({fix.occurred_at: fix for fix in kept}.values(), key=lambda fix: fix.occurred_at)
    assert all(min(distance_m(fix.point, one.point) for one in kept) < 15 for fix in fixes)
    assert not fixes or (kept[0], kept[-1]) == (fixes[0], fixes[-1])


def test_a_long_day_is_drawn_with_two_thousand_points() -> None:
    fixes = walk([(3, 20.0, 0.5, 9_000)])
    kept = thinned(fixes)
    assert len(kept) == 2_000
    assert (kept[0], kept[-1]) == (fixes[0], fixes[-1])


def test_every_filter_has_its_column() -> None:
    columns = {column.name for column in PositionDayRow.__table__.columns}
    assert columns == {*FILTERS, "province_code", "courier_id", "day", "accepted", "coarse_at"}
