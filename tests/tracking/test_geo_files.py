"""Offices, beats and zones as map files: out and in again changes nothing; each bad feature is named, or all go in."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.db import Database
from core.errors import CodedError
from core.ids import new_id
from core.scope import Scope
from geodata import store, store_zones
from geodata.communes import load_communes
from geodata.files import ImportAnswer, refused_features
from geodata.files_communes import export_communes, import_communes
from geodata.files_features import Feature, Features
from geodata.files_formats import read_features, write_features
from geodata.model import LonLat
from geodata.units import units_of
from geodata.zones import Beat, Zone
from tests.cluster import create_database, drop_database
from tests.geodata.made_reform import areas
from tests.tracking.office_scene import BINH_THANH, NOW, PROVINCE, SAI_GON, SYSTEM, Scene, build_scene
from tracking import service
from tracking.geo_beats import BEATS, export_beats, import_beats
from tracking.geo_offices import OFFICES, export_offices, import_offices
from tracking.geo_zones import ZONES, export_zones, import_zones

SUFFIXES = (".gpkg", ".geojson", ".parquet", ".shp.zip", ".xlsx")
_SQUARE = shapely.MultiPolygon([shapely.box(106.70, 10.77, 106.71, 10.78)])
_ELSEWHERE = shapely.MultiPolygon([shapely.box(106.72, 10.77, 106.73, 10.78)])
Import = Callable[..., ImportAnswer]


@pytest.fixture(scope="module")
def scene(cluster_url: str, template: str) -> Iterator[Scene]:
    """Two offices, three couriers with homes and beats, two zones, and the list of communes."""
    name = f"t_{uuid4().hex[:16]}"
    db = Database(create_database(cluster_url, name, template), pool_size=2)
    with db.transaction() as session:
        load_communes(session)
    made = build_scene(db)
    with db.transaction() as session:
        _furnish(session, made)
    yield made
    db.close()
    drop_database(cluster_url, name)


def _furnish(session: Session, scene: Scene) -> None:
    long = "Số 1, " + ("đường Trần Hưng Đạo " * 8).strip()
    named = replace(scene.office, name="Bưu cục Đắk Đoa – K'Dang", address=long, phone="0283822", cut_off=time(6, 45))
    service.save_office(session, scope=SYSTEM, office=named)
    homes = replace(scene.couriers[0], home_commune_codes=(SAI_GON, BINH_THANH))
    service.save_courier(session, scope=SYSTEM, courier=homes)
    beat = Beat(courier_id=scene.couriers[1].id, area=_SQUARE)
    store_zones.put_beat(session, PROVINCE, beat, at=NOW, by="test")
    for n, (name, office) in enumerate((("Vùng Đa Kao", scene.office), ("Vùng Cầu Bông", scene.other_office))):
        area = shapely.MultiPolygon([shapely.box(106.6 + n / 10, 10.7, 106.65 + n / 10, 10.8)])
        zone = Zone(id=new_id(NOW), name=name, office_id=office.id, area=area)
        store_zones.put_zone(session, PROVINCE, zone, at=NOW, by="test")


_LAYERS: dict[str, tuple[Any, Callable[[Session, Scope], list[Feature]], Import]] = {
    "offices": (OFFICES, export_offices, import_offices),
    "beats": (BEATS, export_beats, import_beats),
    "zones": (ZONES, export_zones, import_zones),
}


def exported(scene: Scene, name: str) -> list[Feature]:
    """A layer's features."""
    with scene.database.reading() as session:
        return _LAYERS[name][1](session, SYSTEM)


def imported(scene: Scene, name: str, features: Features | list[Feature], *, keep: bool = False) -> ImportAnswer:
    """Take features in; taken back afterwards unless kept."""
    if isinstance(features, list):
        columns = dict.fromkeys(column for feature in features for column in feature.values)
        features = Features(columns=tuple(columns), features=tuple(features))
    with scene.database.transaction() as session:
        outer = session.begin_nested()
        answer = _LAYERS[name][2](session, SYSTEM, features, now=NOW)
        if not keep:
            outer.rollback()
    return answer


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", list(_LAYERS))
def test_out_and_in_again_changes_nothing(scene: Scene, tmp_path: Path, name: str, suffix: str) -> None:
    path, features = tmp_path / f"x{suffix}", exported(scene, name)
    write_features(path, features, _LAYERS[name][0].columns, layer=name)
    answer = imported(scene, name, read_features(path))
    assert [one.as_dict() for one in answer.refused] == []
    assert answer.counts["unchanged"] == sum(answer.counts.values()) == len(features)
    assert len(features) >= 2


def test_an_empty_province_is_made_from_the_files_of_another(scene: Scene, tmp_path: Path) -> None:
    """What was exported makes the same offices and zones where there were none."""
    path = tmp_path / "o.gpkg"
    features = exported(scene, "offices")
    write_features(path, features, OFFICES.columns, layer="offices")
    with scene.database.transaction() as session:
        whole = session.begin_nested()
        session.execute(text("TRUNCATE office_communes, couriers, offices CASCADE"))
        answer = import_offices(session, SYSTEM, read_features(path), now=NOW)
        again = export_offices(session, SYSTEM)
        whole.rollback()
    assert answer.counts["created"] == len(features)
    assert [feature.values for feature in again] == [feature.values for feature in features]


def test_the_beat_of_a_courier_is_drawn_or_the_union_of_the_homes(scene: Scene) -> None:
    by_id = {feature.values["courier_id"]: feature for feature in exported(scene, "beats")}
    homes, drawn, none = (by_id[str(courier.id)] for courier in scene.couriers)
    union = shapely.union(areas()[SAI_GON], areas()[BINH_THANH])
    assert homes.geometry is not None
    assert shapely.symmetric_difference(homes.geometry, union).area < 1e-9
    assert (homes.values["area"], drawn.values["area"]) == ("communes", "drawn")
    assert drawn.geometry is not None
    assert drawn.geometry.equals(_SQUARE)
    assert none.geometry is None


def test_a_beat_drawn_elsewhere_moves_and_none_takes_it_away(scene: Scene) -> None:
    one = next(f for f in exported(scene, "beats") if f.values["area"] == "drawn")
    moved = replace(one, geometry=_ELSEWHERE)
    away = replace(one, geometry=None, values={**one.values, "area": None})
    for feature, count in ((moved, 1), (away, 0)):
        with scene.database.transaction() as session:
            outer = session.begin_nested()
            answer = import_beats(session, SYSTEM, Features(columns=BEATS.columns, features=(feature,)), now=NOW)
            standing = store_zones.beats(session, PROVINCE, [UUID(one.values["courier_id"])])
            outer.rollback()
        assert answer.counts["updated"] == 1, answer.refused
        assert len(standing) == count
        assert all(beat.area.equals(_ELSEWHERE) for beat in standing.values())


def office(**changes: Any) -> Feature:
    """A new office's feature."""
    values = {"code": "709999", "name": "Bưu cục mới", "communes": "27259"} | changes
    geometry = values.pop("geometry", shapely.Point(106.70, 10.76))
    return Feature(index=changes.get("index", 0), values=values, geometry=geometry)


@pytest.mark.parametrize(
    ("feature", "codes"),
    [
        (office(geometry=None), {"G4010"}),
        (office(geometry=shapely.Point(10.76, 106.70)), {"G4013"}),
        (office(geometry=shapely.box(106, 10, 107, 11)), {"G4011"}),
        (office(name=""), {"T1001"}),
        (office(communes="27259;99999"), {"G4017"}),
        (office(communes=SAI_GON), {"T3002"}),
        (office(cut_off="sáng"), {"G4015"}),
        (office(cut_off="sáng", communes="99998 99999", id="7"), {"G4015", "G4017"}),
        (office(geometry=shapely.Point(105.84, 21.02)), {"G4021"}),
        (office(geometry=None, name=None, code=None), {"G4010", "T1001"}),
    ],
)
def test_each_fault_of_an_office_is_told_with_the_geometrys(scene: Scene, feature: Feature, codes: set[str]) -> None:
    answer = imported(scene, "offices", [feature])
    assert answer.counts["refused"] == 1
    assert {found.code for found in answer.refused[0].problems} == codes


def zone(index: int, west: float, south: float = 10.75, **values: Any) -> Feature:
    """A zone of about a square kilometre."""
    shape = values.pop("geometry", shapely.box(west, south, west + 0.01, south + 0.01))
    return Feature(index=index, values={"name": f"Vùng {index}", "office": "700000"} | values, geometry=shape)


def test_a_file_goes_in_whole_or_not_at_all(scene: Scene, tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(106.67, 10.75), (106.68, 10.76), (106.68, 10.75), (106.67, 10.76)])
    rows = [zone(0, 106.66), zone(1, 0, geometry=bow_tie, name="Chữ ký"), zone(2, 106.68)]
    before = [feature.values for feature in exported(scene, "zones")]
    answer = imported(scene, "zones", rows, keep=True)
    assert answer.counts == {"created": 2, "updated": 0, "unchanged": 0, "refused": 1, "removed": 0}
    assert not answer.is_written
    assert [feature.values for feature in exported(scene, "zones")] == before
    (refused,) = answer.refused
    told = refused.as_dict()
    assert (told["index"], told["id"], told["errors"][0]["code"]) == (1, "Chữ ký", "G4012")
    mended = shapely.from_wkt(told["repair"]["wkt"])
    assert mended.is_valid
    back, columns = refused_features(answer)
    path = tmp_path / "refused.gpkg"
    write_features(path, back, columns, layer="refused")
    frame = gpd.read_file(path)
    assert frame.geometry[0].equals_exact(bow_tie, 1e-9)
    assert (frame["name"][0], frame["err_code"][0]) == ("Chữ ký", "G4012")
    # The suggestion taken, all of it goes in.
    again = imported(scene, "zones", [rows[0], replace(refused.feature, geometry=mended), rows[2]])
    assert again.is_written, again.refused
    assert again.counts["created"] == 3


@pytest.mark.parametrize(
    ("features", "codes"),
    [
        ([zone(0, 106.66, office="709998")], {0: {"G4017"}}),
        ([zone(0, 106.66, name=None, office=None, id="x")], {0: {"G4015", "G4017"}}),
        ([zone(0, 106.66), zone(1, 106.68, name="Vùng 0")], {1: {"G4016"}}),
        ([zone(0, 105.84, 21.02)], {0: {"G4021"}}),
        ([zone(0, 106.66), zone(1, 106.665, office="717000")], {0: {"G4022"}, 1: {"G4022"}}),
        # Inside a zone of the other office that stands and is not in the file.
        ([zone(0, 106.71)], {0: {"G4022"}}),
        ([zone(0, 106.66), zone(1, 106.665)], {}),
        ([zone(0, 106.66), zone(1, 106.67, office="717000")], {}),
    ],
)
def test_what_is_wrong_with_a_zone_is_told(scene: Scene, features: list[Feature], codes: dict[int, set[str]]) -> None:
    answer = imported(scene, "zones", features)
    assert {one.feature.index: {found.code for found in one.problems} for one in answer.refused} == codes


def test_zones_that_a_whole_file_does_not_name_are_removed(scene: Scene) -> None:
    first, *others = exported(scene, "zones")
    with scene.database.transaction() as session:
        outer = session.begin_nested()
        features = Features(columns=ZONES.columns, features=(first,))
        answer = import_zones(session, SYSTEM, features, now=NOW, is_whole=True)
        standing = export_zones(session, SYSTEM)
        outer.rollback()
    assert answer.counts == {"created": 0, "updated": 0, "unchanged": 1, "refused": 0, "removed": len(others)}
    assert [feature.values for feature in standing] == [first.values]


def test_a_commune_goes_from_one_office_to_another_whichever_stands_first(scene: Scene) -> None:
    offices = exported(scene, "offices")
    swapped = [f.values["communes"] for f in reversed(offices)]
    for rows in (offices, offices[::-1]):
        moved = [replace(f, values={**f.values, "communes": swapped[offices.index(f)]}) for f in rows]
        answer = imported(scene, "offices", moved)
        assert answer.counts["updated"] == len(offices), [one.as_dict() for one in answer.refused]


def test_an_office_named_by_its_id_may_have_another_code(scene: Scene) -> None:
    one, two = exported(scene, "offices")
    renamed = replace(one, values={**one.values, "code": "701234"})
    assert imported(scene, "offices", [renamed]).counts["updated"] == 1
    taken = imported(scene, "offices", [replace(one, values={**one.values, "code": two.values["code"]})])
    assert {found.code for found in taken.refused[0].problems} == {"T3001"}
    twice = imported(scene, "offices", [one, renamed])
    assert {found.code for found in twice.refused[0].problems} == {"G4016"}


def test_who_sees_one_office_changes_no_other(scene: Scene) -> None:
    """The scope decides what goes out and what may come in."""
    scope = Scope(province_code=PROVINCE, actor="user:1", office_ids=frozenset({scene.office.id}))
    every = {name: exported(scene, name) for name in _LAYERS}
    with scene.database.transaction() as session:
        mine = {name: _LAYERS[name][1](session, scope) for name in _LAYERS}
        files = {name: Features(columns=tuple(f[0].values), features=tuple(f)) for name, f in every.items()}
        beats = import_beats(session, scope, files["beats"], now=NOW)
        with pytest.raises(CodedError) as zones:
            import_zones(session, scope, files["zones"], now=NOW)
        strange = replace(every["offices"][1], values={**every["offices"][1].values, "name": "Của tôi"})
        offices = import_offices(session, scope, Features(columns=OFFICES.columns, features=(strange,)), now=NOW)
    strangers = {str(one.id) for one in scene.couriers if one.office_id != scene.office.id}
    assert [f.values["code"] for f in mine["offices"]] == ["700000"]
    assert {f.values["office"] for f in (*mine["beats"], *mine["zones"])} == {"700000"}
    assert strangers
    assert {one.key for one in beats.refused} == strangers
    assert {found.code for one in beats.refused for found in one.problems} == {"G4017"}
    assert zones.value.code == "C1000"
    assert "C1000" in {found.code for found in offices.refused[0].problems}


def test_a_beat_names_a_courier_that_is(scene: Scene) -> None:
    lost = Feature(index=0, values={"courier_id": str(uuid4()), "homes": ""})
    wrong = Feature(index=1, values={"courier_id": "Lan", "homes": ""})
    answer = imported(scene, "beats", [lost, wrong])
    assert [one.problems[0].code for one in answer.refused] == ["G4017", "G4015"]


def test_a_dry_run_of_an_import_keeps_nothing(scene: Scene) -> None:
    with scene.database.transaction() as session:
        features = Features(columns=("code", "name", "communes"), features=(office(),))
        answer = import_offices(session, SYSTEM, features, now=NOW, dry_run=True)
    assert (answer.counts["created"], answer.dry_run) == (1, True)
    assert "709999" not in {feature.values["code"] for feature in exported(scene, "offices")}


@pytest.mark.parametrize("suffix", [".gpkg", ".shp.zip"])
def test_communes_come_out_and_better_polygons_go_in(scene: Scene, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"c{suffix}"
    with scene.database.reading() as session:
        features = export_communes(session, SYSTEM)
    write_features(path, features, list(features[0].values), layer="communes")
    with scene.database.transaction() as session:
        again = import_communes(session, SYSTEM, read_features(path), now=NOW, dry_run=True)
    assert again.counts == {"created": 0, "updated": 0, "unchanged": 168, "refused": 0}


def test_a_better_polygon_is_used_at_once_and_another_communes_is_refused(scene: Scene) -> None:
    area = areas()[SAI_GON]
    grown = shapely.MultiPolygon([area.buffer(0.0008)])
    wrong = Feature(index=1, values={"code": BINH_THANH}, geometry=area)
    named = Feature(index=2, values={"code": "26743", "name": "Sài Gòn"}, geometry=areas()["26743"])
    better = Feature(index=0, values={"code": SAI_GON, "name": "Phường Sài Gòn"}, geometry=grown)
    beyond = shapely.point_on_surface(shapely.difference(grown, area))
    with scene.database.transaction() as session:
        outer = session.begin_nested()
        bad = Features(columns=("code", "name"), features=(better, wrong, named))
        refused = import_communes(session, SYSTEM, bad, now=NOW)
        untouched = store.commune_areas(session, [SAI_GON])[SAI_GON]
        good = Features(columns=("code", "name"), features=(better,))
        answer = import_communes(session, SYSTEM, good, now=NOW)
        index = units_of(session).index
        known = store.commune_areas(session, [SAI_GON])[SAI_GON]
        outer.rollback()
    assert [one.problems[0].code for one in refused.refused] == ["G4020", "G4018"]
    assert not shapely.geometry.shape(untouched).contains(beyond)
    assert answer.counts["updated"] == 1
    assert shapely.geometry.shape(known).contains(beyond)
    assert index.metres_to(LonLat(lon=beyond.x, lat=beyond.y), [SAI_GON]) == 0
