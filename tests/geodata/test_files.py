"""Files of features: what goes out comes back the same in every format; GDAL reads it too."""

import json
import unicodedata
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
import xlsxwriter
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
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(records, points), min_size=1, max_size=4))
def test_points_and_vietnamese_text_come_back_the_same(tmp_path: Path, suffix: str, rows: list[Any]) -> None:
    features = [Feature(index=i, values=values, geometry=shape) for i, (values, shape) in enumerate(rows)]
    back = round_trip(tmp_path, suffix, features, list(rows[0][0]))
    assert [dict(f.values) for f in back] == [dict(f.values) for f in features]
    assert all(agree(one.geometry, two.geometry) for one, two in zip(features, back, strict=True))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
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


def test_a_shapefile_without_its_encoding_is_read_as_utf8_or_refused(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"TEN": ["Xã Đắk Đoa"]}, geometry=[shapely.Point(108, 14)], crs=4326)
    path = tmp_path / "a.shp"
    frame.to_file(path, encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    assert dict(read_features(path).features[0].values) == {"ten": "Xã Đắk Đoa"}
    records = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(records.replace("Xã".encode(), "Xã ".encode("latin-1")))
    with pytest.raises(CodedError) as refused:
        read_features(path)
    assert refused.value.code == "G4008"


def test_letters_apart_from_their_marks_are_put_together(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    apart = unicodedata.normalize("NFD", "Bưu cục Thủ Đức")
    gpd.GeoDataFrame({"Name": [apart]}, geometry=[shapely.Point(106, 10)], crs=4326).to_file(path)
    assert dict(read_features(path).features[0].values) == {"name": "Bưu cục Thủ Đức"}


def test_columns_that_only_look_cut_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    values = {"name": ["Một"], "name_2": ["Hai"]}
    gpd.GeoDataFrame(values, geometry=[shapely.Point(106, 10)], crs=4326).to_file(path)
    assert dict(read_features(path).features[0].values) == {"name": "Một", "name_2": "Hai"}


def sheet(path: Path, rows: Sequence[Sequence[Any]], crs: str | None = "EPSG:4326") -> Path:
    """A workbook as a person makes it."""
    with xlsxwriter.Workbook(path) as book:
        first = book.add_worksheet("Bưu cục")
        for number, row in enumerate(rows):
            first.write_row(number, 0, row)
        if crs is not None:
            about = book.add_worksheet("about")
            about.write_row(0, 0, ("key", "value"))
            about.write_row(1, 0, ("crs", crs))
    return path


def test_a_workbook_of_a_person_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [("Code", "Lon", "Lat"), (700000, "106,7025", 10.7799), (700001, "kinh độ", 10.0), (700002, None, None)]
    with pytest.raises(CodedError) as unsaid:
        read_features(sheet(path, rows, crs=None))
    assert unsaid.value.code == "G4003"
    one, wrong, none = read_features(sheet(path, rows)).features
    assert one.text("code") == "700000"
    assert agree(one.geometry, shapely.Point(106.7025, 10.7799))
    faults = [shaped(feature, Shape.POINT) for feature in (wrong, none)]
    assert [fault.problem.code for fault in faults if isinstance(fault, Fault)] == ["G4014", "G4010"]
    with pytest.raises(CodedError) as bare:
        read_features(sheet(path, [("code", "name"), (1, "a")]))
    assert bare.value.code == "G4006"


def test_a_workbook_in_metres_of_vn2000_is_turned(tmp_path: Path) -> None:
    wkt = "POLYGON ((600000 1190000, 601000 1190000, 601000 1191000, 600000 1190000))"
    path = sheet(tmp_path / "a.xlsx", [("name", "wkt"), ("Vùng", wkt)], crs="EPSG:9210")
    found = shaped(read_features(path).features[0], Shape.AREA)
    assert not isinstance(found, Fault)
    assert found is not None
    assert abs(Geod(ellps="WGS84").geometry_area_perimeter(found)[0]) == pytest.approx(500_000, rel=1e-3)


def test_gdal_reads_what_is_written_into_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    values = {"code": "0012", "name": "=1+1", "note": "Đắk Đoa"}
    write_features(path, [Feature(index=0, values=values, geometry=shapely.Point(108, 14))], list(values), layer="x")
    frame = pyogrio.read_dataframe(path, layer="features")
    assert list(frame.columns) == ["code", "name", "note", "lon", "lat"]
    assert list(frame.iloc[0]) == ["0012", "=1+1", "Đắk Đoa", 108, 14]
    assert ["crs", "EPSG:4326"] in pyogrio.read_dataframe(path, layer="about").to_numpy().tolist()


@pytest.mark.parametrize("suffix", [".geojson", ".shp.zip", ".xlsx"])
def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path, suffix: str) -> None:
    """A ZIP by what it holds: a megabyte of one letter packs into a kilobyte."""
    path = tmp_path / f"a{suffix}"
    notes = [{"note": f"{n}" + "a" * 30_000} for n in range(60)]
    point = shapely.Point(108, 14)
    write_features(path, [Feature(index=0, values=v, geometry=point) for v in notes], ["note"], layer="x")
    assert (suffix == ".geojson") == (path.stat().st_size > 1 << 20)
    with pytest.raises(CodedError) as refused:
        read_features(path, limit_mb=1)
    assert refused.value.code == "G4019"


def test_heights_are_dropped_and_single_parts_are_parts() -> None:
    high = shapely.Polygon([(106, 10, 5), (107, 10, 5), (107, 11, 5)])
    made = shaped(Feature(index=0, values={}, geometry=shapely.force_2d(high)), Shape.AREA)
    assert not isinstance(made, Fault)
    point = shaped(Feature(index=0, values={}, geometry=shapely.MultiPoint([(106, 10)])), Shape.POINT)
    assert isinstance(point, shapely.Point)
    two = shaped(Feature(index=0, values={}, geometry=shapely.MultiPoint([(106, 10), (107, 10)])), Shape.POINT)
    assert isinstance(two, Fault)
    assert two.problem.code == "G4011"


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet", ".shp"])
def test_a_file_with_heights_is_read_flat(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    frame = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(108, 14, 700)], crs=4326)
    frame.to_parquet(path) if suffix == ".parquet" else frame.to_file(path)
    shape = read_features(path).features[0].geometry
    assert shape is not None
    assert not shape.has_z
    assert agree(shape, shapely.Point(108, 14))


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CodedError) as refused:
        write_features(tmp_path / "no" / "a.gpkg", [], ["code"], layer="x")
    assert refused.value.code == "G4009"
