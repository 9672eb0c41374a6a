"""A reform as the post lives it: offices' communes, couriers' homes, items, learned doors, taking it back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from sqlalchemy import text

from core.clock import local_date
from core.db import Database
from core.errors import CodedError
from core.ids import new_id
from geodata.communes import load_communes
from geodata.model import LonLat
from geodata.reform_read import read_tables
from geodata.units import units_of
from tests.cluster import create_database, drop_database
from tests.geodata.made_reform import BEN_THANH, BINH_THANH, SAI_GON, Tables, as_folder, first_reform, halves
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, Scene, build_scene, delivery, snapshot
from tracking import service, store_reform
from tracking.chain import verify_chain
from tracking.model import EventKind, Office, Person, Status
from tracking.reform import UpdateAnswer, apply_due, keep_units, revert_units, update_units

_LATER = NOW + timedelta(hours=3)
_DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def with_list(cluster_url: str, template: str) -> Iterator[str]:
    """A template of this module that has the bundled list."""
    name = f"t_{uuid4().hex[:16]}"
    db = Database(create_database(cluster_url, name, template), pool_size=1)
    with db.transaction() as session:
        load_communes(session)
    db.close()
    yield name
    drop_database(cluster_url, name)


@pytest.fixture
def scene(cluster_url: str, with_list: str) -> Iterator[Scene]:
    """The offices of Sài Gòn and Bình Thạnh, over a database of the test's own with the list in it."""
    name = f"t_{uuid4().hex[:16]}"
    db = Database(create_database(cluster_url, name, with_list), pool_size=3)
    yield build_scene(db)
    db.close()
    drop_database(cluster_url, name)


def load(scene: Scene, tables: Tables, folder: Path, *, now: Any = _LATER, dry_run: bool = False) -> UpdateAnswer:
    """Load a reform."""
    read = read_tables(as_folder(tables, folder / uuid4().hex))
    with scene.database.transaction() as session:
        return update_units(session, read, actor="user:admin", now=now, dry_run=dry_run)


def covers(scene: Scene) -> dict[str, str]:
    """Office code by commune."""
    with scene.database.reading() as session:
        return {c: office.code for office in service.list_offices(session, scope=SYSTEM) for c in office.commune_codes}


def history(scene: Scene, key: UUID) -> list[EventKind]:
    """Kinds of an item's events."""
    with scene.database.reading() as session:
        return [event.kind for event in service.item_history(session, scope=SYSTEM, item_id=key)]


def inside(half: int) -> LonLat:
    """A point in a half of the ward that is cut: 0 east, 1 west."""
    point = shapely.point_on_surface(halves()[half])
    return LonLat(lon=point.x, lat=point.y)


def in_binh_thanh(scene: Scene, **changes: Any) -> UUID:
    """A READY item of the ward that is cut."""
    address = "Tổ 7, phường Bình Thạnh, Thành phố Hồ Chí Minh"
    return scene.ready(1, **{"address": address, **changes})[0]


def test_offices_follow_the_land(scene: Scene, tmp_path: Path) -> None:
    answer = load(scene, first_reform(), tmp_path)
    assert answer.outcome == "applied"
    # Sài Gòn's code is now that of half of Bình Thạnh: coverage by code alone would have gone wrong.
    assert covers(scene) == {BEN_THANH: "700000", SAI_GON: "717000", BINH_THANH: "717000"}
    assert answer.report["coverage"]["needs_person"] == []
    made = dict(answer.report["list"])
    assert made.pop("places") > 0
    assert made == {"units": 4, "ended": 4 + 45 + 38, "carried": 45 + 38, "polygons_made": 2, "provinces": 1}


def test_a_commune_made_from_two_offices_land_goes_to_the_larger_and_is_reported(scene: Scene, tmp_path: Path) -> None:
    third = Office(
        id=new_id(), code="701000", name="Bến Thành", point=scene.office.point, phone="02838221677",
        commune_codes=(BEN_THANH,),
    )  # fmt: skip
    with scene.database.transaction() as session:
        service.save_office(session, scope=SYSTEM, office=third)
    answer = load(scene, first_reform(), tmp_path)
    (question,) = answer.report["coverage"]["needs_person"]
    assert (question["commune_code"], question["commune"]) == (BEN_THANH, "Phường Bến Nghé")
    assert set(question["km2"]) == {"700000", "701000"}
    assert question["office"] == max(question["km2"], key=lambda office: question["km2"][office])
    assert covers(scene)[BEN_THANH] == question["office"]


def test_items_on_their_way_get_their_commune_of_today(scene: Scene, tmp_path: Path) -> None:
    ready, planned, out = scene.ready(1)[0], scene.planned(1)[0], scene.out(1)[0]
    answer = load(scene, first_reform(), tmp_path)
    assert answer.report["items"]["mapped"] == 3
    for key, status in ((ready, Status.READY), (planned, Status.PLANNED), (out, Status.OUT)):
        item = scene.item(key)
        assert (item.status, item.commune_code) == (status, BEN_THANH)
        assert history(scene, key)[-1] is EventKind.COMMUNE_CHANGED


def test_what_is_delivered_keeps_the_commune_of_its_day(scene: Scene, tmp_path: Path) -> None:
    (key,) = scene.out(1)
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=delivery(key), now=_LATER)
    load(scene, first_reform(), tmp_path)
    assert scene.item(key).commune_code == SAI_GON


def test_items_of_a_unit_that_is_cut_go_by_their_pin_or_to_a_person(scene: Scene, tmp_path: Path) -> None:
    east, west = (in_binh_thanh(scene, point=inside(half)) for half in (0, 1))
    lost = in_binh_thanh(scene)
    answer = load(scene, first_reform(), tmp_path)
    counts = {name: count for name, count in answer.report["items"].items() if count}
    assert counts == {"mapped": 2, "queued": 1}
    assert scene.item(east).commune_code == SAI_GON
    assert scene.item(west).commune_code == BINH_THANH
    item = scene.item(lost)
    assert (item.status, item.commune_code, item.household_key) == (Status.ACCEPTED, None, None)
    with scene.database.reading() as session:
        (queued,) = service.address_queue(session, scope=SYSTEM, limit=10)
    assert {candidate["commune_code"] for candidate in queued.candidates} >= {SAI_GON, BINH_THANH}
    with scene.database.transaction() as session:
        decided = service.resolve_address(
            session, scope=SYSTEM, item_id=lost, commune_code=SAI_GON, point=inside(0), now=_LATER
        )
    assert (decided.status, decided.office_id) == (Status.READY, scene.other_office.id)


def test_a_planned_item_of_a_unit_that_is_cut_is_not_held_up(scene: Scene, tmp_path: Path) -> None:
    key = in_binh_thanh(scene)
    with scene.database.transaction() as session:
        service.mark_planned(
            session,
            scope=SYSTEM,
            assignments={key: scene.couriers[2].id},
            plan_id=new_id(),
            on=local_date(NOW),
            now=NOW,
        )
    answer = load(scene, first_reform(), tmp_path)
    assert answer.report["items"]["by_pin"] == 1
    item = scene.item(key)
    assert item.status is Status.PLANNED
    assert item.point is not None
    with scene.database.reading() as session:
        assert item.commune_code == units_of(session).index.at(item.point)


def test_a_learned_door_is_found_under_the_new_commune(scene: Scene, tmp_path: Path) -> None:
    """The next paper of the household, taken in after the reform, goes to where the last was handed over."""
    who: dict[str, Any] = {
        "address": "Số 9 Lê Lợi, phường Sài Gòn, TP.HCM",
        "addressee": Person(name="Trần Văn An", phone="0909123456"),
    }
    (key,) = scene.out(1, **who)
    door = LonLat(lon=106.7001, lat=10.7771)
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=delivery(key, point=door), now=_LATER)
    answer = load(scene, first_reform(), tmp_path)
    assert answer.report["items"]["doors"] == 1
    with scene.database.transaction() as session:
        (taken,) = service.accept_results(
            session, scope=SYSTEM, agency_id=scene.agency.id, rows=[scene.row(**who)], now=_LATER,
            resolver=units_of(session).resolver,
        )  # fmt: skip
    assert taken.item_id is not None
    item = scene.item(taken.item_id)
    assert item.commune_code == BEN_THANH
    assert item.point is not None
    assert (item.point.lon, item.point.lat) == pytest.approx((door.lon, door.lat), abs=1e-4)


def test_couriers_homes_follow(scene: Scene, tmp_path: Path) -> None:
    courier = replace(scene.couriers[0], home_commune_codes=(SAI_GON, BINH_THANH, "27259"))
    with scene.database.transaction() as session:
        service.save_courier(session, scope=SYSTEM, courier=courier)
    load(scene, first_reform(), tmp_path)
    with scene.database.reading() as session:
        now = service.find_courier(session, scope=SYSTEM, courier_id=courier.id)
    assert set(now.home_commune_codes) == {BEN_THANH, SAI_GON, BINH_THANH, "27259"}


def test_a_dry_run_tells_all_and_changes_nothing(scene: Scene, tmp_path: Path) -> None:
    scene.ready(2)
    in_binh_thanh(scene)
    before, covered = snapshot(scene), covers(scene)
    tried = load(scene, first_reform(), tmp_path, dry_run=True)
    assert (snapshot(scene), covers(scene)) == (before, covered)
    with scene.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM unit_editions")) == 0
    assert load(scene, first_reform(), tmp_path).report == tried.report


def test_the_same_file_again_changes_nothing_and_another_is_refused(scene: Scene, tmp_path: Path) -> None:
    scene.ready(1)
    load(scene, first_reform(), tmp_path)
    before = snapshot(scene)
    assert load(scene, first_reform(), tmp_path).outcome == "unchanged"
    assert snapshot(scene) == before
    other = first_reform()
    other["units"][0]["name"] = "Bến Nghé Một"
    with pytest.raises(CodedError) as refused:
        load(scene, other, tmp_path)
    assert refused.value.code == "G3023"


def test_a_reform_of_the_future_waits_for_its_day(scene: Scene, tmp_path: Path) -> None:
    (key,) = scene.ready(1)
    early = NOW - timedelta(days=60)
    assert load(scene, first_reform(), tmp_path, now=early).outcome == "staged"
    assert load(scene, first_reform(), tmp_path, now=early).outcome == "staged"
    with scene.database.transaction() as session:
        assert apply_due(session, now=early) == []
    assert scene.item(key).commune_code == SAI_GON
    with scene.database.transaction() as session:
        assert keep_units(session, now=NOW) == 1
    assert scene.item(key).commune_code == BEN_THANH


def test_what_came_in_by_the_list_of_before_is_carried_by_the_next_round(scene: Scene, tmp_path: Path) -> None:
    load(scene, _without_reuse(), tmp_path)
    (late,) = scene.ready(1, office_code="700000")
    assert scene.item(late).commune_code == SAI_GON
    with scene.database.transaction() as session:
        assert keep_units(session, now=_LATER + timedelta(minutes=30)) == 1
        assert keep_units(session, now=_LATER + timedelta(minutes=31)) == 0
    assert scene.item(late).commune_code == BEN_THANH


def _without_reuse() -> Tables:
    tables = first_reform()
    tables["units"][1]["code"] = tables["changes"][2]["new_code"] = "26941"
    return tables


def test_taking_it_back_brings_everything_back(scene: Scene, tmp_path: Path) -> None:
    ready, lost = scene.ready(1)[0], in_binh_thanh(scene)
    before = {key: scene.item(key) for key in (ready, lost)}
    covered = covers(scene)
    load(scene, first_reform(), tmp_path)
    with scene.database.transaction() as session:
        revert_units(session, _DAY, actor="user:admin", now=_LATER)
    assert covers(scene) == covered
    for key, was in before.items():
        now = scene.item(key)
        same = (now.status, now.commune_code, now.household_key, now.office_id, now.point)
        assert same == (was.status, was.commune_code, was.household_key, was.office_id, was.point)
    with scene.database.reading() as session:
        assert units_of(session).resolver.resolve("phường Sài Gòn, TP.HCM", province_code=PROVINCE).decided is not None
        assert session.scalar(text("SELECT count(*) FROM communes WHERE valid_to IS NOT NULL")) == 0
    # And it may be loaded again.
    assert load(scene, first_reform(), tmp_path).outcome == "applied"


def test_what_is_in_use_is_not_taken_back(scene: Scene, tmp_path: Path) -> None:
    (key,) = scene.ready(1)
    load(scene, first_reform(), tmp_path)
    scene.plan([key], now=_LATER)
    with pytest.raises(CodedError) as refused, scene.database.transaction() as session:
        revert_units(session, _DAY, actor="user:admin", now=_LATER)
    assert refused.value.code == "G3024"
    assert covers(scene)[BEN_THANH] == "700000"


def test_the_chain_of_every_item_holds_after_a_reform(scene: Scene, tmp_path: Path) -> None:
    keys = [*scene.ready(2), in_binh_thanh(scene)]
    load(scene, first_reform(), tmp_path)
    with scene.database.transaction() as session:
        revert_units(session, _DAY, actor="user:admin", now=_LATER)
    with scene.database.reading() as session:
        for key in keys:
            events = service.item_history(session, scope=SYSTEM, item_id=key)
            assert verify_chain(events, head=scene.item(key).last_hash) == []


def test_more_items_than_a_statement_has_parameters(scene: Scene) -> None:
    """PostgreSQL takes 65,535 of them; a city has more papers on their way."""
    (key,) = scene.ready(1)
    many = [{"province_code": PROVINCE, "id": str(one)} for one in (key, *(uuid4() for _ in range(70_000)))]
    with scene.database.transaction() as session:
        assert set(store_reform.items_by_id(session, many)) == {key}
        since, ids = NOW - timedelta(days=1), [UUID(one["id"]) for one in many]
        assert store_reform.resolved_since(session, [SAI_GON], ids, since=since) == []
