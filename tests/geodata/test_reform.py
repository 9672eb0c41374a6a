"""A reform in force: units by date, names old and new, the chain of vintages, provinces that merge."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
import shapely
from sqlalchemy import text

from core.db import Database
from geodata import reasons, store
from geodata.communes import load_communes
from geodata.gazetteer import Gazetteer
from geodata.model import LonLat, Vintage
from geodata.reform import apply_edition, edition_of, list_editions, stage, withdraw
from geodata.reform_read import read_tables
from geodata.units import Units, units_of
from tests.cluster import create_database, drop_database
from tests.geodata.made_reform import (
    BEN_THANH,
    BINH_CHANH,
    BINH_THANH,
    SAI_GON,
    Tables,
    areas,
    as_folder,
    first_reform,
    halves,
    second_reform,
)
from tests.geodata.postgis import commune_at
from tests.tracking.office_scene import NOW

_BEFORE, _AFTER = date(2026, 10, 31), date(2026, 11, 1)


def put_into_force(database: Database, tables: Tables, folder: Path) -> None:
    """Stage and apply a reform."""
    read = read_tables(as_folder(tables, folder))
    with database.transaction() as session:
        edition = stage(session, read, actor="test", now=NOW)
        apply_edition(session, edition.id, now=NOW)


@pytest.fixture(scope="module")
def reformed(cluster_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database in which the first reform is in force."""
    name = f"t_{uuid4().hex[:16]}"
    db = Database(create_database(cluster_url, name, template), pool_size=2)
    with db.transaction() as session:
        load_communes(session)
    put_into_force(db, first_reform(), tmp_path_factory.mktemp("reform") / "first")
    yield db
    db.close()
    drop_database(cluster_url, name)


@pytest.fixture(scope="module")
def units(reformed: Database) -> Units:
    """The list in force."""
    with reformed.reading() as session:
        return units_of(session)


def inner(shape: shapely.Geometry) -> LonLat:
    """A point inside."""
    point = shapely.point_on_surface(shape)
    return LonLat(lon=point.x, lat=point.y)


def test_which_commune_holds_a_point_depends_on_the_day(reformed: Database, units: Units) -> None:
    east, west = (inner(half) for half in halves())
    old_sai_gon = inner(areas()[SAI_GON])
    asked = [(old_sai_gon, SAI_GON, BEN_THANH), (east, BINH_THANH, SAI_GON), (west, BINH_THANH, BINH_THANH)]
    with reformed.reading() as session:
        for point, before, after in asked:
            assert commune_at(session, point, on=_BEFORE) == before
            assert commune_at(session, point, on=_AFTER) == after
            assert commune_at(session, point) == after
            assert units.index.at(point) == after


def test_units_are_told_apart_by_code_and_day(reformed: Database) -> None:
    with reformed.reading() as session:
        (old,) = store.communes_by_code(session, [SAI_GON], on=_BEFORE)
        (new,) = store.communes_by_code(session, [SAI_GON])
        chain = session.execute(
            text(
                "SELECT new_code, new_valid_from, share FROM commune_changes "
                "WHERE old_code = :code AND old_valid_from = '2025-07-01' ORDER BY new_code"
            ),
            {"code": BINH_THANH},
        ).all()
    assert (old.full_name, old.valid_from) == ("Phường Sài Gòn", date(2025, 7, 1))
    assert (new.full_name, new.valid_from) == ("Phường Bình Thạnh Đông", _AFTER)
    assert [tuple(row) for row in chain] == [(SAI_GON, _AFTER, 0.4), (BINH_THANH, _AFTER, 0.6)]


def test_one_code_is_in_force_once_on_every_day(reformed: Database) -> None:
    question = text(
        """
        SELECT count(*) FROM communes a JOIN communes b
          ON a.code = b.code AND a.valid_from < b.valid_from AND (a.valid_to IS NULL OR a.valid_to >= b.valid_from)
        """
    )
    with reformed.reading() as session:
        assert session.scalar(question) == 0
        assert session.scalar(text("SELECT count(*) FROM communes WHERE valid_to IS NULL")) == 3321 - 1 + 1


def test_the_land_is_the_same_before_and_after(reformed: Database) -> None:
    in_force = "valid_from <= :on AND (valid_to IS NULL OR valid_to >= :on)"
    total = f"SELECT sum(ST_Area(area::geography)) / 1e6 FROM communes WHERE {in_force}"  # noqa: S608  from above
    with reformed.reading() as session:
        before, after = (session.scalar(text(total), {"on": on}) for on in (_BEFORE, _AFTER))
    assert before is not None
    assert after == pytest.approx(before, rel=1e-6)


@pytest.mark.parametrize(
    ("address", "code", "reason"),
    [
        ("Phường Bến Nghé, Thành phố Hồ Chí Minh", BEN_THANH, reasons.NEW_NAME),
        ("12 Lê Lợi, phường Sài Gòn, TP.HCM", BEN_THANH, reasons.ENDED_NAME),
        ("12 Lê Lợi, P. Bến Thành, TP.HCM", BEN_THANH, None),
        ("phuong ben nghe, quan 1, tp ho chi minh", BEN_THANH, reasons.OLD_NAME),
        ("phường Trung tâm Sài Gòn, TP.HCM", BEN_THANH, reasons.ENDED_NAME),
        ("phường Bình Thạnh Đông, TP.HCM", SAI_GON, reasons.NEW_NAME),
        ("phường Bình Thạnh Tây, TP.HCM", BINH_THANH, reasons.NEW_NAME),
        ("xã Bình Chánh, TP.HCM", BINH_CHANH, None),
        ("phường Bình Chánh, TP.HCM", BINH_CHANH, reasons.NEW_NAME),
        ("xã Sìn Hồ, tỉnh Lai Châu", None, None),
    ],
)  # fmt: skip
def test_every_name_leads_to_the_unit_in_force(
    units: Units, address: str, code: str | None, reason: str | None
) -> None:
    found = units.resolver.resolve(address, province_code="79" if code else None)
    assert found.decided is not None, found
    if code is not None:
        assert found.decided.commune_code == code
    if reason is not None:
        assert found.decided.reason == reason


def test_a_former_name_of_a_split_unit_is_for_a_person_unless_a_point_tells(units: Units) -> None:
    address = "phường Bình Thạnh, TP.HCM"
    found = units.resolver.resolve(address, province_code="79")
    assert (found.decided, found.reason) == (None, reasons.SPLIT)
    assert {candidate.commune_code for candidate in found.candidates[:2]} == {SAI_GON, BINH_THANH}
    east = units.resolver.resolve(address, province_code="79", point=inner(halves()[0]))
    assert east.decided is not None
    assert east.decided.commune_code == SAI_GON


def test_an_address_of_2020_into_a_unit_that_is_cut_now_is_for_a_person(units: Units) -> None:
    """Ward 12 of Bình Thạnh district went whole into the ward that was cut in two since."""
    found = units.resolver.resolve("Phường 12, quận Bình Thạnh, TP.HCM", province_code="79")
    assert (found.decided, found.reason) == (None, reasons.SPLIT)
    assert {candidate.commune_code for candidate in found.candidates[:2]} == {SAI_GON, BINH_THANH}


def test_a_merged_province_is_found_by_its_names_and_its_old_codes(units: Units) -> None:
    new = units.resolver.resolve("xã Sìn Hồ, tỉnh Tây Bắc")
    former = units.resolver.resolve("xã Sìn Hồ, tỉnh Lai Châu")
    hinted = units.resolver.resolve("xã Sìn Hồ", province_code="12")
    for found in (new, former, hinted):
        assert found.decided is not None, found
        assert found.decided.province_code == "11"
    assert new.decided is not None
    assert new.decided.vintage is Vintage.NEW
    assert units.gazetteer.communes[new.decided.commune_code].commune.province == "Tây Bắc"


def test_a_merged_province_holds_the_communes_of_both(reformed: Database) -> None:
    with reformed.reading() as session:
        now, before = store.communes_of(session, "11"), store.communes_of(session, "11", on=_BEFORE)
        gone = store.communes_of(session, "12")
        areas_km2 = session.execute(
            text("SELECT valid_from, ST_Area(area::geography) / 1e6 FROM provinces WHERE code IN ('11', '12')")
        ).all()
    assert (len(now), len(before), len(gone)) == (45 + 38, 45, 0)
    made = sum(km2 for day, km2 in areas_km2 if day == _AFTER)
    assert made == pytest.approx(sum(km2 for day, km2 in areas_km2 if day != _AFTER), rel=1e-4)


def _consistent(gazetteer: Gazetteer) -> None:
    """Every name leads to units in force, every index to the same units, every province to one in force."""
    provinces = {known.commune.province_code for known in gazetteer.communes.values()}
    everything = [unit for same in gazetteer.units.values() for unit in same]
    assert {code for unit in everything for code in unit.targets} <= set(gazetteer.communes)
    assert {unit.new_province for unit in everything} <= provinces
    assert set(gazetteer.units_by_province) <= provinces
    assert {code for name in gazetteer.provinces.values() for code in (*name.new, *name.scope)} <= provinces
    for district in gazetteer.whole_districts.values():
        assert district.targets <= set(gazetteer.communes)
        assert district.new_province in provinces
    assert set(gazetteer.places) <= set(gazetteer.communes)
    for key, same in gazetteer.units.items():
        for unit in same:
            assert unit in gazetteer.units_by_province[unit.new_province][key]


def test_nothing_in_the_gazetteer_points_to_what_ended(units: Units) -> None:
    _consistent(units.gazetteer)
    before = Units.bundled().gazetteer
    assert sum(len(p) for keys in units.gazetteer.places.values() for p in keys.values()) == sum(
        len(p) for keys in before.places.values() for p in keys.values()
    )


def test_units_that_the_reform_does_not_touch_are_the_same_objects(units: Units) -> None:
    before, after = Units.bundled().gazetteer, units.gazetteer
    shared = {id(unit) for same in before.units.values() for unit in same} & {
        id(unit) for same in after.units.values() for unit in same
    }
    assert len(shared) > 14_000


def test_places_of_the_database_lie_in_units_in_force(reformed: Database) -> None:
    question = text(
        "SELECT count(*) FROM places WHERE commune_code NOT IN (SELECT code FROM communes WHERE valid_to IS NULL)"
    )
    with reformed.reading() as session:
        assert session.scalar(question) == 0
        astray = session.scalar(
            text(
                """
                SELECT count(*) FROM places p JOIN communes c ON c.code = p.commune_code AND c.valid_to IS NULL
                WHERE c.valid_from = '2026-11-01' AND ST_Distance(c.area::geography, p.point::geography) > 300
                """
            )
        )
    assert astray == 0


def test_a_second_reform_follows_the_first_and_both_are_taken_back(reformed: Database, tmp_path: Path) -> None:
    """Ward Bến Nghé of 2020 → Sài Gòn (2025) → Bến Nghé → Đồng Khởi; then as before, to the last row."""
    with reformed.reading() as session:
        first, places = units_of(session), _places(reformed)
    put_into_force(reformed, second_reform(), tmp_path / "second")
    with reformed.reading() as session:
        second = units_of(session)
    _consistent(second.gazetteer)
    for address in (
        "phường Bến Nghé, quận 1, TP.HCM",
        "phường Sài Gòn, TP.HCM",
        "phường Bến Nghé, TP.HCM",
        "phường Đồng Khởi, TP.HCM",
        "phường Xuân Hòa, TP.HCM",
    ):
        found = second.resolver.resolve(address, province_code="79")
        assert found.decided is not None, found
        assert found.decided.commune_full_name == "Phường Đồng Khởi"
    assert second.origins[BEN_THANH] == (SAI_GON, BEN_THANH, "27139")
    with reformed.transaction() as session:
        withdraw(session, edition_of(session, date(2026, 11, 10)), now=NOW)
    with reformed.reading() as session:
        assert units_of(session).stamp == first.stamp
        assert [edition.state for edition in list_editions(session)] == ["applied", "reverted"]
    assert _places(reformed) == places


def _places(database: Database) -> list[tuple[int, str]]:
    with database.reading() as session:
        return [tuple(row) for row in session.execute(text("SELECT id, commune_code FROM places ORDER BY id"))]


def test_another_process_sees_the_list_without_a_restart(reformed: Database) -> None:
    other = Database(reformed.url, pool_size=1)
    try:
        with other.reading() as session:
            assert units_of(session).resolver.resolve("phường Bến Nghé, TP.HCM", province_code="79").decided is not None
    finally:
        other.close()
