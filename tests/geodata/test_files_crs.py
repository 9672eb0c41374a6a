"""Reference systems of files: said by the file or by who reads it, never guessed; VN-2000 by the law's parameters."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from core.errors import CodedError
from geodata.files_formats import read_features


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


# VN-2000 → WGS 84, decision 05/2007/QĐ-BTNMT (EPSG:6960): metres, seconds of arc, parts in a million.
_SHIFT_M = (-191.90441429, -39.30318279, -111.45032835)
_TURN_S = (-0.00928836, 0.01975479, -0.00427372)
_SCALE_PPM = 0.252906278


def wgs84_of_vn2000(lon: float, lat: float) -> tuple[float, float]:
    """The seven parameters worked out by hand, without PROJ; the ellipsoid of VN-2000 is that of WGS 84."""
    a, f = 6_378_137.0, 1 / 298.257223563
    e2 = f * (2 - f)
    phi, lam = np.radians([lat, lon])
    n = a / np.sqrt(1 - e2 * np.sin(phi) ** 2)
    there = np.array([n * np.cos(phi) * np.cos(lam), n * np.cos(phi) * np.sin(lam), n * (1 - e2) * np.sin(phi)])
    rx, ry, rz = np.radians(np.array(_TURN_S) / 3600)
    turn = np.array([[1, rz, -ry], [-rz, 1, rx], [ry, -rx, 1]])
    x, y, z = np.array(_SHIFT_M) + (1 + _SCALE_PPM * 1e-6) * (turn @ there)
    phi = np.arctan2(z, np.hypot(x, y) * (1 - e2))
    for _ in range(10):
        n = a / np.sqrt(1 - e2 * np.sin(phi) ** 2)
        phi = np.arctan2(z + e2 * n * np.sin(phi), np.hypot(x, y))
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(phi))


@pytest.mark.parametrize(
    ("epsg", "middle"), [(4756, None), (3405, 105.0), (3406, 111.0), (9210, 105.75), (9217, 108.25)]
)
def test_vn2000_is_moved_by_the_laws_seven_parameters(tmp_path: Path, epsg: int, middle: float | None) -> None:
    """A reader that takes VN-2000 for WGS 84 errs by 190 m. On the middle meridian, northing is the scaled arc."""
    lon, lat = middle or 107.5, 16.25
    path = tmp_path / "a.gpkg"
    northing = float(Geod(ellps="WGS84").line_length([lon, lon], [0, lat]))
    scale = 0.9996 if epsg in (3405, 3406) else 0.9999
    place = shapely.Point(lon, lat) if middle is None else shapely.Point(500_000, northing * scale)
    gpd.GeoDataFrame({"code": ["1"]}, geometry=[place], crs=epsg).to_file(path)
    found = read_features(path)
    x, y = shapely.get_coordinates(found.features[0].geometry)[0]
    expected = wgs84_of_vn2000(lon, lat)
    metres = Geod(ellps="WGS84").line_length([x, expected[0]], [y, expected[1]])
    assert metres < 1.0
    assert Geod(ellps="WGS84").line_length([x, lon], [y, lat]) > 150
    assert found.crs == f"EPSG:{epsg}"


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".shp"])
def test_no_format_is_taken_for_wgs84_in_silence(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    frame = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(108, 14)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        frame.to_parquet(path) if suffix == ".parquet" else frame.to_file(path)
    with pytest.raises(CodedError) as refused:
        read_features(path)
    assert refused.value.code == "G4003"


def test_a_system_without_a_place_on_the_earth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    local = CRS.from_wkt('LOCAL_CS["Bản vẽ",UNIT["metre",1]]')
    gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(1, 2)], crs=local).to_parquet(path)
    with pytest.raises(CodedError) as refused:
        read_features(path)
    assert refused.value.code == "G4004"
