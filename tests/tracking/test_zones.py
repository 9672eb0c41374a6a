"""Zones: a commune that two offices share. The pin says whose the paper is; where it says nothing, the commune does."""

from datetime import timedelta

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodedError
from core.ids import new_id
from geodata import store_zones
from geodata.model import LonLat, PointSource
from geodata.zones import Ground, Zone
from tests.tracking.office_scene import DOOR, NOW, PROVINCE, SAI_GON, SYSTEM, Scene, item_id
from tracking import service

# Around the middle of ward Sài Gòn, which the first office has.
_AREA = shapely.MultiPolygon([shapely.box(DOOR.lon - 0.005, DOOR.lat - 0.005, DOOR.lon + 0.005, DOOR.lat + 0.005)])
_INSIDE, _OUTSIDE = LonLat(lon=DOOR.lon + 0.004, lat=DOOR.lat), LonLat(lon=DOOR.lon + 0.006, lat=DOOR.lat)

lons, lats = st.floats(106, 107), st.floats(10, 11)
boxes = st.builds(lambda x, y, w: shapely.box(x, y, x + w, y + w), lons, lats, st.floats(0.01, 1))


@pytest.fixture
def shared(scene: Scene) -> Scene:
    """The other office has a zone inside the first office's commune."""
    zone = Zone(id=new_id(NOW), name="Vùng Bến Nghé", office_id=scene.other_office.id, area=_AREA)
    with scene.database.transaction() as session:
        store_zones.put_zone(session, PROVINCE, zone, at=NOW, by="test")
    return scene


def test_a_pin_in_a_zone_goes_to_the_zones_office(shared: Scene) -> None:
    answers = shared.accept(shared.row(point=_INSIDE), shared.row(point=_OUTSIDE))
    inside, outside = (shared.item(item_id(answer)) for answer in answers)
    assert (inside.office_id, inside.commune_code) == (shared.other_office.id, SAI_GON)
    assert (outside.office_id, outside.commune_code) == (shared.office.id, SAI_GON)


def test_the_middle_of_a_commune_says_nothing_of_its_zones(shared: Scene) -> None:
    (answer,) = shared.accept(shared.row())
    item = shared.item(item_id(answer))
    assert (item.point, item.point_source) == (DOOR, PointSource.COMMUNE)
    assert item.office_id == shared.office.id


def test_a_door_that_a_person_sets_goes_by_the_zone_and_so_does_the_next_paper(shared: Scene) -> None:
    row = shared.row(address="Số 7 Lê Lợi")
    (asked,) = shared.accept(row)
    with shared.database.transaction() as session:
        item = service.resolve_address(
            session, scope=SYSTEM, item_id=item_id(asked), commune_code=SAI_GON, point=_INSIDE, now=NOW
        )
    assert item.office_id == shared.other_office.id
    known = shared.row(address="Số 8 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh")
    (first,) = shared.accept(known)
    with shared.database.transaction() as session:
        service.resolve_address(
            session, scope=SYSTEM, item_id=item_id(first), commune_code=SAI_GON, point=_INSIDE, now=NOW
        )
    (again,) = shared.accept(shared.row(address=known.address), now=NOW + timedelta(hours=1))
    learned = shared.item(item_id(again))
    assert (learned.point_source, learned.office_id) == (PointSource.LEARNED_DOOR, shared.other_office.id)


def test_a_zone_makes_no_commune_known(shared: Scene) -> None:
    (asked,) = shared.accept(shared.row(address="Số 7 Lê Lợi"))
    with shared.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.resolve_address(
            session, scope=SYSTEM, item_id=item_id(asked), commune_code="99999", point=_INSIDE, now=NOW
        )
    assert refused.value.code == "T2004"


@given(st.lists(boxes, max_size=6), lons, lats)
def test_the_ground_finds_what_holds_a_point(areas: list[shapely.Polygon], lon: float, lat: float) -> None:
    """The oracle compares numbers."""
    held = [
        n
        for n, area in enumerate(areas)
        if area.bounds[0] <= lon <= area.bounds[2] and area.bounds[1] <= lat <= area.bounds[3]
    ]
    assert Ground(areas).holding(LonLat(lon=lon, lat=lat)) == held
