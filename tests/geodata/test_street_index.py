"""Looking up addresses on the bundled road file of Ho Chi Minh City; oracles are places read off the map."""

import os
import time
from pathlib import Path

import osmium
import pytest

from geodata.communes import CommuneIndex, metres_between
from geodata.model import LonLat, PointSource
from geodata.road_dataset import Bounds, RoadDataset, make_current, roads_dir, write_manifest
from geodata.street_archive import archive_of, build_streets, ensure_streets
from geodata.street_index import CurrentStreets, StreetIndex
from geodata.street_lookup import Match
from tests.geodata.hcm_streets import hcm_archive, hcm_streets
from tests.roads_fixture import HCM_PBF

SAI_GON = "26740"
# Middle of Nguyễn Huệ boulevard and of Bùi Viện street as any map shows them.
NGUYEN_HUE = LonLat(lon=106.7037, lat=10.7741)
BUI_VIEN, BEN_THANH = LonLat(lon=106.6935, lat=10.7672), "26743"


def mapped_doors() -> dict[tuple[str, str], LonLat]:
    """House numbers with street as the file has them, read by osmium alone: those that stand once."""
    found: dict[tuple[str, str], list[LonLat]] = {}
    for node in osmium.FileProcessor(str(HCM_PBF), osmium.osm.NODE).with_filter(
        osmium.filter.KeyFilter("addr:housenumber")
    ):
        street, number = str(node.tags.get("addr:street", "")), node.tags["addr:housenumber"]
        if len(street) > 5 and number.isdigit():
            found.setdefault((number, street), []).append(LonLat(lon=node.lon, lat=node.lat))  # type: ignore[union-attr]
    return {door: points[0] for door, points in found.items() if len(points) == 1}


def test_mapped_numbers_are_found_where_they_are_mapped() -> None:
    streets, communes = hcm_streets(), CommuneIndex.bundled()
    exact, off, asked = 0, 0, 0
    for (number, street), point in mapped_doors().items():
        code = communes.at(point)
        found = streets.look_up(f"{number} {street}", code) if code else None
        asked += 1
        if found is None or found.match is not Match.EXACT:
            continue
        exact += 1
        off += metres_between(point, found.point) > 60
    assert asked > 1_500
    assert exact / asked > 0.9
    assert off / exact < 0.03


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Huệ, phường Sài Gòn",
        "đường nguyen hue, p. Bến Nghé, Q1",
        "ĐƯỜNG NGUYỄN HUỆ, PHƯỜNG SÀI GÒN",
        "Nguyen Huê, Q.1",
    ],
)
def test_a_street_without_a_number_is_its_middle(text: str) -> None:
    found = hcm_streets().look_up(text, SAI_GON)
    assert found is not None
    assert found.source is PointSource.STREET
    assert metres_between(found.point, NGUYEN_HUE) <= found.error_m <= 800


def test_a_letter_wrong_in_a_long_name_still_finds_the_street() -> None:
    found = hcm_streets().look_up("Nguyễn Huê, phường Sài Gòn", SAI_GON)
    wrong = hcm_streets().look_up("Nguyễn Thi Minh Khay, phường Sài Gòn", SAI_GON)
    assert found is not None
    assert wrong is not None
    assert wrong.name == "Nguyễn Thị Minh Khai"


def test_an_alley_is_found_by_the_doors_and_lines_in_it() -> None:
    found = hcm_streets().look_up("40/999 Bùi Viện, phường Bến Thành", BEN_THANH)
    assert found is not None
    assert found.match in {Match.ALLEY, Match.MOUTH}
    assert metres_between(found.point, BUI_VIEN) < 500


def test_a_street_the_map_does_not_have_gives_nothing() -> None:
    assert hcm_streets().look_up("12 đường Không Có Thật Xyz, phường Sài Gòn", SAI_GON) is None
    assert hcm_streets().look_up("Số 5, tổ 3, khu phố 77, phường Sài Gòn", SAI_GON) is None
    assert hcm_streets().look_up("Nguyễn Huệ", "99999") is None


def test_every_point_lies_in_or_at_the_edge_of_its_commune() -> None:
    streets, communes = hcm_streets(), CommuneIndex.bundled()
    for name in (
        "Lê Lợi",
        "Nguyễn Huệ",
        "Hai Bà Trưng",
        "Võ Văn Kiệt",
        "Cách Mạng Tháng Tám",
        "Quốc lộ 22",
        "đường số 5",
    ):
        for code in (SAI_GON, BEN_THANH, "27568", "26842"):
            found = streets.look_up(name, code)
            assert found is None or communes.metres_to(found.point, [code]) < 30, (name, code)


def test_the_old_commune_narrows_a_long_street() -> None:
    whole = hcm_streets().look_up("Nguyễn Ảnh Thủ, xã Bà Điểm", "27592")
    assert whole is not None
    near = LonLat(lon=whole.point.lon + 0.006, lat=whole.point.lat)
    narrowed = hcm_streets().look_up("Nguyễn Ảnh Thủ, xã Bà Điểm", "27592", near=near, near_m=900)
    assert narrowed is not None
    assert narrowed.error_m <= whole.error_m
    assert metres_between(narrowed.point, near) <= metres_between(whole.point, near)


def test_two_thousand_look_ups_a_second() -> None:
    streets = hcm_streets()
    names = ("Lê Lợi", "Hai Bà Trưng", "hẻm 45 Cống Quỳnh", "đường số 5", "Bùi Thị Xuân")
    texts = [
        (f"{n} {name}, phường Bến Thành, Quận 1", code)
        for n in range(200)
        for name in names
        for code in (SAI_GON, BEN_THANH)
    ]
    streets.look_up("Lê Lợi", SAI_GON)
    began = time.process_time()
    for text, code in texts:
        streets.look_up(text, code)
    assert len(texts) / (time.process_time() - began) >= 2_000


def _dataset(data_dir: Path, name: str) -> RoadDataset:
    folder = roads_dir(data_dir) / name
    folder.mkdir(parents=True)
    os.link(HCM_PBF, folder / "roads.osm.pbf")
    dataset = RoadDataset(
        id=name, folder=folder, source_name="x", source_sha256="", profile_sha256="", counts={}, seconds={}, files={},
        bounds=Bounds(west=0, south=0, east=0, north=0),
    )  # fmt: skip
    write_manifest(dataset)
    return dataset


def test_the_index_in_force_follows_the_roads_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.street_index._LOOK_AGAIN_S", 0.0)
    streets = CurrentStreets(tmp_path)
    assert streets.look_up("Nguyễn Huệ", SAI_GON) is None
    full, empty = _dataset(tmp_path, "full"), _dataset(tmp_path, "empty")
    os.link(hcm_archive(), archive_of(full.folder))
    with StreetWriter(archive_of(empty.folder)):
        pass
    make_current(full)
    assert streets.look_up("Nguyễn Huệ", SAI_GON) is not None
    make_current(empty)
    assert streets.look_up("Nguyễn Huệ", SAI_GON) is None


class StreetWriter:
    """An empty archive."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        nothing = self._path.with_name("nothing.osm.pbf")
        with osmium.SimpleWriter(str(nothing)):
            pass
        build_streets(nothing, self._path)

    def __exit__(self, *_: object) -> None:
        return None


def test_an_index_there_already_is_not_built_again(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path, "one")
    os.link(hcm_archive(), archive_of(dataset.folder))
    before = archive_of(dataset.folder).stat()
    assert ensure_streets(dataset).stat().st_mtime_ns == before.st_mtime_ns


def test_closing_gives_the_file_back() -> None:
    own = StreetIndex(hcm_archive())
    assert SAI_GON in own
    own.close()
    with pytest.raises(ValueError, match="closed"):
        own.look_up("Nguyễn Huệ", SAI_GON)
