"""A made-up reform of real units, in every kind of file that may bring one.

In Ho Chi Minh City two wards merge (no polygon given), one is split in two with the code of one that ended, a commune
becomes a ward under its own code; Lai Châu and Điện Biên become one province with the code of one of them.
"""

import csv
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
import xlsxwriter
from shapely.geometry.base import BaseGeometry

from geodata.bundled import commune_records
from geodata.files_sheets import cut_text

SAI_GON, BEN_THANH, BINH_THANH, BINH_CHANH, XUAN_HOA = "26740", "26743", "26929", "27637", "27139"
DAY, SECOND_DAY = "2026-11-01", "2026-11-10"
_OLD = "2025-07-01"

Tables = dict[str, list[dict[str, Any]]]


@lru_cache(maxsize=1)
def areas() -> Mapping[str, BaseGeometry]:
    """Bundled polygons by code."""
    return {row["code"]: shapely.from_wkb(row["geometry"]) for row in commune_records("code", "geometry")}


@lru_cache(maxsize=1)
def halves() -> tuple[BaseGeometry, BaseGeometry]:
    """Bình Thạnh cut in two from north to south: east, west."""
    whole = areas()[BINH_THANH]
    west, south, east, north = whole.bounds
    cut = (west + east) / 2
    return shapely.intersection(whole, shapely.box(cut, south, east, north)), shapely.intersection(
        whole, shapely.box(west, south, cut, north)
    )


def first_reform() -> Tables:
    """The tables of the reform, geometry as shapes under `geometry`."""
    return deepcopy(_first())


def _first() -> Tables:
    east, west = halves()
    return {
        "about": [{"key": "title", "value": "Sắp xếp thử"}, {"key": "crs", "value": "EPSG:4326"}],
        "units": [
            _unit(BEN_THANH, "Bến Nghé", "Phường"),
            _unit(SAI_GON, "Bình Thạnh Đông", "Phường", east),
            _unit(BINH_THANH, "Bình Thạnh Tây", "Phường", west),
            _unit(BINH_CHANH, "Bình Chánh", "Phường"),
        ],
        "changes": [
            _change(SAI_GON, BEN_THANH, "full"),
            _change(BEN_THANH, BEN_THANH, "full"),
            _change(BINH_THANH, SAI_GON, "partial", 0.4),
            _change(BINH_THANH, BINH_THANH, "partial", 0.6),
            _change(BINH_CHANH, BINH_CHANH, "full"),
        ],
        "aliases": [{"code": BEN_THANH, "name": "Trung tâm Sài Gòn", "type": "Phường"}],
        "provinces": [{"code": "11", "name": "Tây Bắc", "type": "Tỉnh", "valid_from": DAY}],
        "province_changes": [
            {"old_code": "11", "old_valid_from": _OLD, "new_code": "11"},
            {"old_code": "12", "old_valid_from": _OLD, "new_code": "11"},
        ],
    }


def second_reform() -> Tables:
    """What the merged ward of the first reform goes into, nine days later."""
    return {
        "about": [{"key": "title", "value": "Sắp xếp thử, lần hai"}],
        "units": [_unit(BEN_THANH, "Đồng Khởi", "Phường") | {"valid_from": SECOND_DAY}],
        "changes": [
            _change(BEN_THANH, BEN_THANH, "full") | {"old_valid_from": DAY},
            _change(XUAN_HOA, BEN_THANH, "full"),
        ],
    }


def _unit(code: str, name: str, unit_type: str, geometry: BaseGeometry | None = None) -> dict[str, Any]:
    row = {"code": code, "name": name, "type": unit_type, "province_code": "79", "valid_from": DAY}
    return row | {"geometry": geometry}


def _change(old: str, new: str, kind: str, share: float | None = None) -> dict[str, Any]:
    return {"old_code": old, "old_valid_from": _OLD, "new_code": new, "kind": kind, "share": share}


def as_folder(tables: Tables, folder: Path) -> Path:
    """A folder of CSV files, polygons as WKT."""
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            made = [_as_text(row) for row in rows]
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in made for key in row)))
            writer.writeheader()
            writer.writerows(made)
    return folder


def as_workbook(tables: Tables, path: Path) -> Path:
    """One XLSX, polygons as WKT in as many cells as they need."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            made = [_as_text(row) for row in rows]
            heads = list(dict.fromkeys(key for row in made for key in row))
            sheet.write_row(0, 0, heads)
            for number, row in enumerate(made, start=1):
                sheet.write_row(number, 0, [row.get(head) for head in heads])
    return path


def as_geopackage(tables: Tables, path: Path) -> Path:
    """One GeoPackage: a layer of polygons, the other tables without geometry. Units lie in VN-2000 / UTM 48N."""
    for name, rows in tables.items():
        if name == "units":
            frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326").to_crs("EPSG:3405")
            frame.to_file(path, layer=name, driver="GPKG")
        else:
            pyogrio.write_dataframe(pd.DataFrame(rows), path, layer=name, driver="GPKG")
    return path


def _as_text(row: Mapping[str, Any]) -> dict[str, Any]:
    shape = row.get("geometry")
    text = {} if shape is None else cut_text("wkt", shapely.to_wkt(shape, rounding_precision=-1))
    return {key: value for key, value in row.items() if key != "geometry"} | text
