"""Communes in memory and in PostGIS: which one holds a point, and loading the bundled lists."""

import random
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.db import Database
from geodata import store
from geodata.bundled import REFORM_ON, change_records, commune_records
from geodata.communes import CommuneIndex, load_communes
from geodata.model import LonLat
from tests.cluster import create_database, drop_database
from tests.geodata.postgis import commune_at

_IN_PLEIKU = LonLat(lon=108.0, lat=13.98)
_AT_SEA = LonLat(lon=112.5, lat=13.0)


@pytest.fixture(scope="module")
def loaded(cluster_url: str, template: str) -> Iterator[Database]:
    """A database of this module with the communes loaded once."""
    name = f"t_{uuid4().hex[:16]}"
    db = Database(create_database(cluster_url, name, template), pool_size=2)
    with db.transaction() as session:
        load_communes(session)
    yield db
    db.close()
    drop_database(cluster_url, name)


def _random_points(count: int) -> list[LonLat]:
    rng = random.Random(7)
    centres = [LonLat(lon=r["rep_lon"], lat=r["rep_lat"]) for r in commune_records("rep_lon", "rep_lat")]
    chosen = rng.choices(centres, k=count)
    return [LonLat(lon=c.lon + rng.gauss(0, 0.03), lat=c.lat + rng.gauss(0, 0.03)) for c in chosen]


def test_the_index_agrees_with_a_scan_of_every_polygon() -> None:
    shapes = {r["code"]: shapely.from_wkb(r["geometry"]) for r in commune_records("code", "geometry")}
    for point in _random_points(12):
        here = shapely.points(point.lon, point.lat)
        holding = sorted(code for code, shape in shapes.items() if shape.intersects(here))
        assert CommuneIndex.bundled().at(point) == (holding[0] if holding else None)


def test_every_commune_holds_its_own_point() -> None:
    index = CommuneIndex.bundled()
    assert len(index) == 3321
    for row in commune_records("code", "rep_lon", "rep_lat"):
        assert index.at(LonLat(lon=row["rep_lon"], lat=row["rep_lat"])) == row["code"]


def test_the_open_sea_is_in_no_commune() -> None:
    assert CommuneIndex.bundled().at(_AT_SEA) is None


def test_distance_to_a_commune_is_zero_inside_and_metres_outside() -> None:
    index = CommuneIndex.bundled()
    code = index.at(_IN_PLEIKU)
    assert code is not None
    assert index.metres_to(_IN_PLEIKU, [code]) == 0
    assert index.metres_to(_IN_PLEIKU, []) == float("inf")
    # Pleiku to the north of Hà Nội is about 780 km on the great circle.
    assert index.metres_to(_IN_PLEIKU, ["00004"]) == pytest.approx(815_000, rel=0.06)


def test_loading_again_changes_nothing(loaded: Database) -> None:
    with loaded.transaction() as session:
        before = session.scalar(text("SELECT sum(xmin::text::bigint) FROM communes"))
        assert load_communes(session) == 3321
        assert session.scalar(text("SELECT sum(xmin::text::bigint) FROM communes")) == before


def test_every_list_is_loaded_whole(loaded: Database) -> None:
    with loaded.reading() as session:
        counts = {
            table: session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608  names from this list
            for table in ("provinces", "communes", "old_units", "commune_changes", "places")
        }
        gone = session.scalar(
            text("SELECT count(*) FROM commune_changes WHERE new_code NOT IN (SELECT code FROM communes)")
        )
        orphans = session.scalar(
            text("SELECT count(*) FROM commune_changes WHERE old_code NOT IN (SELECT code FROM old_units)")
        )
        invalid = session.scalar(text("SELECT count(*) FROM communes WHERE NOT ST_IsValid(area)"))
    assert counts["provinces"] == 34
    assert counts["communes"] == 3321
    assert counts["commune_changes"] == sum(1 for _ in change_records()) == 10_571
    assert counts["old_units"] == 10_041
    assert (counts["places"] or 0) > 40_000
    assert (gone, orphans, invalid) == (0, 0, 0)


def test_the_database_and_the_index_name_the_same_commune(loaded: Database) -> None:
    index = CommuneIndex.bundled()
    with loaded.reading() as session:
        for point in [*_random_points(150), _AT_SEA]:
            assert commune_at(session, point) == index.at(point)


def test_a_day_before_the_reform_has_no_communes_of_today(loaded: Database) -> None:
    with loaded.reading() as session:
        assert commune_at(session, _IN_PLEIKU, on=date(2025, 6, 30)) is None
        assert commune_at(session, _IN_PLEIKU, on=REFORM_ON) == commune_at(session, _IN_PLEIKU)


def test_communes_of_a_province_are_counted_as_the_government_counts_them(loaded: Database) -> None:
    with loaded.reading() as session:
        counted = {code: len(store.communes_of(session, code)) for code in ("52", "42", "25")}
        named = store.communes_by_code(session, ["24043", "99999"])
        areas = store.commune_areas(session, ["24043"], tolerance_deg=0.001)
    assert counted == {"52": 135, "42": 69, "25": 148}
    assert [c.full_name for c in named] == ["Xã Phú Thiện"]
    assert named[0].province == "Gia Lai"
    shape = shapely.geometry.shape(areas["24043"])
    assert shape.contains(shapely.points(named[0].point.lon, named[0].point.lat))


def test_a_code_names_one_commune_in_force(loaded: Database) -> None:
    columns = "province_code, province_valid_from, name, full_name, unit_type, name_key, office_address, area, point"
    twice = (
        f"INSERT INTO communes (code, valid_from, {columns}) "  # noqa: S608  columns from above
        f"SELECT code, date '2030-01-01', {columns} FROM communes WHERE code = '24043'"
    )
    with pytest.raises(IntegrityError, match="uq_communes_in_force"), loaded.transaction() as session:
        session.execute(text(twice))
