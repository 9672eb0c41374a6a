"""What a dispatcher draws as an area: strips of the right width in metres, and what is no area."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geodata.closure_shapes import Drawing, area_of
from geodata.communes import metres_between
from geodata.model import LonLat

RING = ((106.70, 10.77), (106.71, 10.77), (106.71, 10.78), (106.70, 10.78))
Corners = tuple[tuple[float, float], ...]


@given(
    lon=st.floats(102.2, 109.3),
    lat=st.floats(8.6, 23.3),
    bearing=st.floats(0, 2 * math.pi),
    length_m=st.floats(20, 3_000),
    width_m=st.floats(4, 200),
    along=st.floats(0, 1),
)
def test_a_line_closes_a_strip_of_its_width_in_metres_wherever_it_lies(
    lon: float, lat: float, bearing: float, length_m: float, width_m: float, along: float
) -> None:
    start = LonLat(lon=lon, lat=lat)
    end = _away(start, bearing, length_m)
    area, mistakes = area_of(Drawing(corners=[(start.lon, start.lat), (end.lon, end.lat)], width_m=width_m))
    assert mistakes == []
    middle = _away(start, bearing, along * length_m)
    for side in (-math.pi / 2, math.pi / 2):
        for share, inside in ((0.9, True), (1.1, False)):
            beside = _away(middle, bearing + side, share * width_m / 2)
            assert area.contains(Point(beside.lon, beside.lat)) is inside


def _away(start: LonLat, bearing: float, metres: float) -> LonLat:
    """A place so far off by the haversine's own measure, found by halving."""
    low, high = 0.0, metres / 50_000
    for _ in range(60):
        middle = (low + high) / 2
        there = LonLat(lon=start.lon + middle * math.sin(bearing), lat=start.lat + middle * math.cos(bearing))
        low, high = (middle, high) if metres_between(start, there) < metres else (low, middle)
    return LonLat(lon=start.lon + low * math.sin(bearing), lat=start.lat + low * math.cos(bearing))


@pytest.mark.parametrize("corners", [((106.7, 10.7),), ((106.7, 10.7), (106.7, 10.7))])
def test_a_line_needs_two_points(corners: Corners) -> None:
    assert [one.code for one in area_of(Drawing(corners=corners, width_m=10))[1]] == ["G2017"]


def test_a_ring_of_road_leaves_what_it_surrounds_open() -> None:
    area, _ = area_of(Drawing(corners=[*RING, RING[0]], width_m=20))
    assert len(area.interiors) == 1
    assert not area.contains(Point(106.705, 10.775))
