"""The order of sources of a pin, and pins from the loaded map."""

from datetime import UTC, datetime
from itertools import combinations

import pytest

from geodata.communes import metres_between
from geodata.doors import LearnedDoor
from geodata.model import LonLat, PointSource
from geodata.points import DoorBook, DoorKeys, Pin, StreetResolver, best_point
from geodata.resolver import AddressResolver
from tests.geodata.hcm_streets import hcm_streets

NOW = datetime(2026, 11, 20, tzinfo=UTC)
KEYS = DoorKeys.of("a" * 32, "145/17/24 Lê Lợi, P5", "26740")


def place(number: int) -> LonLat:
    return LonLat(lon=106.0 + number / 100, lat=10.0)


def learned(number: int, error_m: int, seen_at: datetime = NOW) -> LearnedDoor:
    return LearnedDoor(point=place(number), error_m=error_m, lessons=1, seen_at=seen_at, taught_by="user:1")


STREET = Pin(point=place(4), error_m=300, source=PointSource.STREET)
SOURCES = {
    "given": place(1),
    "household": learned(2, 20),
    "area": learned(3, 150),
    "mapped": STREET,
    "commune": Pin(point=place(5), error_m=3_000, source=PointSource.COMMUNE),
}


@pytest.mark.parametrize("count", range(1, 6))
def test_the_first_known_source_in_order_is_taken(count: int) -> None:
    for names in combinations(SOURCES, count):
        pin = best_point(**{name: SOURCES[name] for name in names})  # type: ignore[arg-type]
        assert pin is not None
        assert pin.point == place(list(SOURCES).index(names[0]) + 1)


def test_nothing_known_is_no_pin() -> None:
    assert best_point() is None


def test_a_house_number_on_the_map_goes_before_the_neighbours_door() -> None:
    house = Pin(point=place(4), error_m=25, source=PointSource.STREET)
    assert best_point(area=learned(3, 150), mapped=house) == house
    pin = best_point(household=learned(2, 40), area=learned(3, 150), mapped=house)
    assert pin is not None
    assert pin.source is PointSource.LEARNED_DOOR


def test_the_book_knows_households_before_alleys_and_forgets_the_old() -> None:
    assert KEYS.area is not None
    doors = {KEYS.household: learned(2, 20), KEYS.area: learned(3, 150)}
    own = DoorBook(doors, NOW).best(KEYS, given=None, found=STREET)
    alley = DoorBook({KEYS.area: doors[KEYS.area]}, NOW).best(KEYS, given=None, found=STREET)
    old = DoorBook({KEYS.household: learned(2, 20, datetime(2020, 1, 1, tzinfo=UTC))}, NOW)
    assert [pin and pin.point for pin in (own, alley)] == [place(2), place(3)]
    assert old.best(KEYS, given=None, found=STREET) == STREET


def test_resolved_addresses_are_pinned_to_the_map() -> None:
    plain = AddressResolver.bundled()
    text = "45 đường Nguyễn Huệ, phường Bến Nghé, Quận 1, TP.HCM"
    rough, fine = plain.resolve(text), StreetResolver(plain, hcm_streets()).resolve(text)
    assert rough.decided is not None
    assert fine.decided is not None
    assert fine.decided.commune_code == rough.decided.commune_code
    assert fine.decided.point_source is PointSource.STREET
    assert fine.decided.error_m < rough.decided.error_m
    assert metres_between(fine.decided.point, LonLat(lon=106.7037, lat=10.7741)) < 500
    assert fine.decided in fine.candidates


def test_what_the_map_does_not_know_stays_as_it_was() -> None:
    plain = AddressResolver.bundled()
    text = "Tổ 99, ấp Không Có Thật, xã Củ Chi, TP.HCM"
    assert StreetResolver(plain, hcm_streets()).resolve(text) == plain.resolve(text)
