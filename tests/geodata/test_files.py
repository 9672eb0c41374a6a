"""Files of features: what goes out comes back the same in every format; GDAL reads it too."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod
from shapely.geometry.base import BaseGeometry

from core.errors import CodedError
from geodata.files_crs import area_km2, in_metres
from geodata.files_features import Fault, Feature, Shape, shaped
from geodata.files_formats import FORMATS, read_features, write_features
from tests.geodata.made_reform import BINH_THANH, areas

SUFFIXES = (".gpkg", ".geojson", ".parquet", ".shp.zip", ".xlsx")
_TOLERANCE_DEG = 1e-7

lons, lats = st.floats(103, 109, allow_nan=False), st.floats(9, 22, allow_nan=False)
points = st.builds(shapely.Point, lons, lats)


@st.composite
def star(draw: st.DrawFn) -> shapely.MultiPolygon:
    """A polygon around a point, some with a hole, some of two parts."""
    x, y, size = draw(lons), draw(lats), draw(st.floats(0.01, 0.5))
    outer = shapely.Point(x, y).buffer(size, quad_segs=draw(st.integers(1, 12)))
    hole = shapely.Point(x, y).buffer(size / 3, quad_segs=2) if draw(st.booleans()) else shapely.Polygon()
    far = shapely.Point(x + 3 * size, y).buffer(size / 2) if draw(st.booleans()) else shapely.Polygon()
    whole = shapely.union(shapely.difference(outer, hole), far)
    return shapely.MultiPolygon(shapely.get_parts(whole).tolist())


_LETTERS = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂĐÊÔƠƯàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ0123456789,-./'’ "
)
texts = st.text(_LETTERS, min_size=1, max_size=400).map(str.strip).filter(bool)
records = st.fixed_dictionaries({"code": texts, "name": texts, "province_code": texts, "note": st.none() | texts})


def round_trip(folder: Path, suffix: str, features: Sequence[Feature], columns: Sequence[str]) -> Sequence[Feature]:
    """What a file gives back."""
    path = folder / f"{uuid4().hex}{suffix}"
    write_features(path, features, columns, layer="layer")
    return read_features(path).features


def agree(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    """The same corners within 1e-7 degrees, wherever a ring starts."""
    assert one is not None
    assert other is not None
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), _TOLERANCE_DEG))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(records, points), min_size=1, max_size=4))
def test_points_and_vietnamese_text_come_back_the_same(tmp_path: Path, suffix: str, rows: list[Any]) -> None:
    features = [Feature(index=i, values=values, geometry=shape) for i, (values, shape) in enumerate(rows)]
    back = round_trip(tmp_path, suffix, features, list(rows[0][0]))
    assert [dict(f.values) for f in back] == [dict(f.values) for f in features]
    assert all(agree(one.geometry, two.geometry) for one, two in zip(features, back, strict=True))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(star(), min_size=1, max_size=3))
def test_areas_with_holes_and_parts_come_back_the_same(
    tmp_path: Path, suffix: str, shapes: list[shapely.MultiPolygon]
) -> None:
    features = [Feature(index=i, values={"code": str(i)}, geometry=shape) for i, shape in enumerate(shapes)]
    back = [shaped(feature, Shape.AREA) for feature in round_trip(tmp_path, suffix, features, ["code"])]
    for one, two in zip(shapes, back, strict=True):
        assert not isinstance(two, Fault)
        assert agree(one, two)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_real_commune_comes_back_the_same(tmp_path: Path, suffix: str) -> None:
    whole = areas()[BINH_THANH]
    values = {"code": BINH_THANH, "full_name": "Phường Bình Thạnh", "province_code": "79"}
    (back,) = round_trip(tmp_path, suffix, [Feature(index=0, values=values, geometry=whole)], list(values))
    assert back.values == values
    found = shaped(back, Shape.AREA)
    assert not isinstance(found, Fault)
    assert area_km2(shapely.symmetric_difference(found, whole)) < 1e-6


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp.zip"])
def test_gdal_reads_what_is_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    values = {"code": "700000", "name": "Bưu cục Đắk Đoa", "province_code": "52"}
    feature = Feature(index=0, values=values, geometry=shapely.Point(108.1, 13.9))
    write_features(path, [feature], list(values), layer="offices")
    source = f"/vsizip/{path}" if suffix == ".shp.zip" else path
    info = pyogrio.read_info(source)
    frame = pyogrio.read_dataframe(source)
    assert CRS.from_user_input(info["crs"]).to_epsg() == 4326
    assert frame["name"][0] == "Bưu cục Đắk Đoa"
    assert (frame.geometry[0].x, frame.geometry[0].y) == pytest.approx((108.1, 13.9), abs=_TOLERANCE_DEG)


def test_a_shapefile_says_utf8_and_has_short_names(tmp_path: Path) -> None:
    path = tmp_path / "a.shp.zip"
    long = "Số 1, đường Trần Hưng Đạo, " * 30
    values = {"province_code": "52", "address": long.strip()}
    write_features(path, [Feature(index=0, values=values, geometry=shapely.Point(108, 14))], list(values), layer="x")
    with zipfile.ZipFile(path) as archive:
        assert archive.read("x.cpg").decode().strip() == "UTF-8"
        assert {"x.shp", "x.shx", "x.dbf", "x.prj", "x.cpg"} <= set(archive.namelist())
    frame = pyogrio.read_dataframe(f"/vsizip/{path}")
    assert list(frame.columns)[:3] == ["prov_code", "address", "address_2"]
    assert read_features(path).features[0].values == values


def test_geojson_is_rfc_7946(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    clockwise = shapely.Polygon([(106, 10), (106, 11), (107, 11), (107, 10)])
    write_features(path, [Feature(index=0, values={}, geometry=clockwise)], [], layer="x")
    content = json.loads(path.read_text())
    assert "crs" not in content
    assert shapely.LinearRing(content["features"][0]["geometry"]["coordinates"][0]).is_ccw


def test_geoparquet_carries_its_metadata(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_features(path, [Feature(index=0, values={"a": "b"}, geometry=shapely.Point(106, 10))], ["a"], layer="x")
    metadata = json.loads(pq.read_metadata(path).metadata[b"geo"])
    column = metadata["columns"][metadata["primary_column"]]
    assert column["encoding"] == "WKB"
    assert CRS.from_json_dict(column["crs"]).to_epsg() == 4326


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_layer_without_features_is_a_file_too(tmp_path: Path, suffix: str) -> None:
    assert round_trip(tmp_path, suffix, [], ["code", "name"]) == ()


def test_another_reference_system_is_turned_into_ours(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(108.0, 14.0)], crs="EPSG:4326")
    for epsg in (3405, 32649, 3857):
        path = tmp_path / f"{epsg}.gpkg"
        frame.to_crs(epsg).to_file(path)
        read = read_features(path)
        shape = read.features[0].geometry
        assert isinstance(shape, shapely.Point)
        assert (shape.x, shape.y) == pytest.approx((108.0, 14.0), abs=1e-8)
        assert read.crs == f"EPSG:{epsg}"


def test_without_a_reference_system_a_file_is_refused_until_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    metres = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(108.0, 14.0)], crs=4326).to_crs(3405)
    metres.to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(CodedError) as refused:
        read_features(path)
    assert refused.value.code == "G4003"
    shape = read_features(path, crs="EPSG:3405").features[0].geometry
    assert isinstance(shape, shapely.Point)
    assert (shape.x, shape.y) == pytest.approx((108.0, 14.0), abs=1e-8)


@pytest.mark.parametrize(("crs", "code"), [("EPSG:3405", "G4005"), ("EPSG:999999", "G4004"), ("Hệ tọa độ", "G4004")])
def test_a_named_system_that_cannot_be_is_refused(tmp_path: Path, crs: str, code: str) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(108.0, 14.0)], crs=4326).to_file(path)
    with pytest.raises(CodedError) as refused:
        read_features(path, crs=crs)
    assert refused.value.code == code
    assert read_features(path, crs="OGC:CRS84").features[0].geometry is not None


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.parquet", "a.shp.zip", "a.xlsx", "a.txt"])
def test_what_is_no_such_file_is_refused_with_a_code(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"not what it says")
    with pytest.raises(CodedError) as refused:
        read_features(path)
    assert refused.value.code == ("G4002" if name == "a.txt" else "G4001")


@pytest.mark.parametrize(
    ("shape", "code", "repaired"),
    [
        (None, "G4010", False),
        (shapely.Point(), "G4010", False),
        (shapely.Point(float("nan"), 10), "G4014", False),
        (shapely.LineString([(106, 10), (107, 11)]), "G4011", False),
        (shapely.Polygon([(106, 10), (107, 11), (107, 10), (106, 11)]), "G4012", True),
        (shapely.Polygon([(10, 106), (11, 106), (11, 107)]), "G4013", True),
        (shapely.Polygon([(2, 48), (3, 48), (3, 49)]), "G4013", False),
        (shapely.Polygon([(500_000, 1_500_000), (501_000, 1_500_000), (501_000, 1_501_000)]), "G4013", False),
    ],
)
def test_each_bad_geometry_is_named_with_a_way_to_mend_it(
    shape: BaseGeometry | None, code: str, repaired: bool
) -> None:
    found = shaped(Feature(index=0, values={}, geometry=shape), Shape.AREA)
    assert isinstance(found, Fault)
    assert found.problem.code == code
    mended = found.repair.geometry if found.repair is not None else None
    assert (mended is not None) == repaired
    if mended is not None:
        assert mended.is_valid
        assert not isinstance(shaped(Feature(index=0, values={}, geometry=mended), Shape.AREA), Fault)


def test_a_square_kilometre_is_one() -> None:
    """The oracle is the geodesic area on the ellipsoid."""
    square = shapely.box(106.0, 10.0, 106.01, 10.01)
    geodesic = abs(Geod(ellps="WGS84").geometry_area_perimeter(square)[0]) / 1e6
    assert area_km2(square) == pytest.approx(geodesic, rel=1e-3)
    assert in_metres(shapely.Point(106, 10), lon=106).bounds[0] == pytest.approx(609_000, abs=2_000)


def test_every_format_has_its_ending() -> None:
    assert set(FORMATS.values()) == {"gpkg", "geojson", "parquet", "shp", "xlsx"}
