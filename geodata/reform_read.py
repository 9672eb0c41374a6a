"""The tables of a reform file, whatever kind of file it is: XLSX, GeoPackage, a folder or zip of such and CSV files.

Tables are `units`, `changes`, `aliases`, `provinces`, `province_changes`, `about` (docs/units.md). Column names may be
the English ones or the Vietnamese ones of `COLUMNS`, in any spelling.
"""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import shapely
from pyproj import CRS
from shapely.errors import ShapelyError

from core.errors import Problem, fail, problem
from geodata import reform_errors as errors
from geodata.files_crs import crs_named, to_wgs84
from geodata.files_formats import BROKEN, check_size, first_line
from geodata.files_shapefile import read_shapefile
from geodata.files_sheets import NumberedRow, csv_rows, joined_text, plain, sheet_names, sheet_rows
from geodata.names import fold_key
from geodata.reform_tables import Row, Tables

TABLES = ("units", "changes", "aliases", "provinces", "province_changes", "about")

# Column → the headings it is known by besides its own name.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("mã", "mã đơn vị"),
    "name": ("tên", "tên gọi"),
    "type": ("loại", "loại đơn vị"),
    "province_code": ("mã tỉnh",),
    "valid_from": ("hiệu lực từ", "ngày hiệu lực"),
    "office_address": ("trụ sở",),
    "old_code": ("mã cũ",),
    "old_valid_from": ("hiệu lực cũ từ",),
    "new_code": ("mã mới",),
    "kind": ("cách chuyển",),
    "share": ("tỷ lệ dân",),
    "note": ("ghi chú",),
    "title": ("tiêu đề",),
    "crs": ("hệ tọa độ",),
    "key": ("mục",),
    "value": ("giá trị",),
}
_CANONICAL = {fold_key(heading): column for column, also in COLUMNS.items() for heading in (column, *also)}


def read_tables(path: Path, *, crs: str | None = None) -> Tables:
    """Every table of a reform file. `crs` says what coordinates are where the file does not.

    Raises:
        CodedError: G3001 when the file cannot be read at all, G4004 for an unknown `crs`, G4019 when it is too large.
    """
    tables = Tables()
    try:
        if path.is_file():
            check_size(path)
        if path.suffix.lower() == ".zip":
            _read_zip(path, tables)
        elif path.is_dir():
            _read_folder(path, tables)
        else:
            _read_file(path, tables)
    except BROKEN as broken:
        raise fail(errors.FILE_UNREADABLE, name=path.name, reason=first_line(broken)) from broken
    _place_units(tables, crs)
    return tables


def _read_zip(path: Path, tables: Tables) -> None:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
        inner = [p for p in Path(folder).iterdir() if not p.name.startswith(("__MACOSX", "."))]
        _read_folder(inner[0] if len(inner) == 1 and inner[0].is_dir() else Path(folder), tables)


def _read_folder(folder: Path, tables: Tables) -> None:
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in {".xlsx", ".gpkg", ".csv", ".geojson", ".parquet", ".shp"}:
            _read_file(path, tables)


def _read_file(path: Path, tables: Tables) -> None:
    match path.suffix.lower():
        case ".xlsx":
            for name in sheet_names(path):
                _put_rows(tables, name, sheet_rows(path, name), mark="!")
        case ".csv":
            _put_rows(tables, path.stem, csv_rows(path), mark="!")
        case ".gpkg":
            for name, _ in pyogrio.list_layers(path):
                _put_frame(tables, name, gpd.read_file(path, layer=name))
        case ".parquet":
            _put_frame(tables, path.stem, gpd.read_parquet(path))
        case ".shp":
            _put_frame(tables, path.stem, read_shapefile(path))
        case ".geojson":
            _put_frame(tables, path.stem, gpd.read_file(path))
        case other:
            raise ValueError(f"unknown kind of file {other or path.name}")


def _put_rows(tables: Tables, name: str, rows: list[NumberedRow], *, mark: str) -> None:
    table = name.strip().lower()
    if table not in TABLES:
        return
    made = tables.rows.setdefault(table, [])
    for number, values in rows:
        known = {_column(head): value for head, value in values.items() if value is not None}
        made.append(Row(pointer=f"{table}{mark}{number}", values=known))
        tables.columns.setdefault(table, set()).update(_column(head) for head in values)


def _put_frame(tables: Tables, name: str, frame: Any) -> None:
    table = name.strip().lower()
    if table not in TABLES:
        return
    geometry = frame.geometry if isinstance(frame, gpd.GeoDataFrame) else [None] * len(frame)
    crs = frame.crs if isinstance(frame, gpd.GeoDataFrame) else None
    if crs is None and any(g is not None for g in geometry):
        tables.problems.append(problem(errors.CRS_UNKNOWN, pointer=table))
    fields = [column for column in frame.columns if column != getattr(frame, "_geometry_column_name", "geometry")]
    tables.columns.setdefault(table, set()).update(_column(head) for head in fields)
    made = tables.rows.setdefault(table, [])
    for number, (record, shape) in enumerate(zip(frame[fields].to_dict("records"), geometry, strict=True)):
        values = {_column(str(head)): plain(value) for head, value in record.items()}
        here = None if shape is None or crs is None else to_wgs84(shape, CRS.from_user_input(crs))
        known = {column: value for column, value in values.items() if value is not None}
        made.append(Row(pointer=f"{table}[{number}]", values=known, geometry=here))


def _column(heading: str) -> str:
    return _CANONICAL.get(fold_key(heading), heading.strip().lower())


def _place_units(tables: Tables, given: str | None) -> None:
    """Geometry of units that is written as text."""
    rows = tables.rows.get("units", [])
    if not any("wkt" in row.values for row in rows):
        return
    named = given or tables.about().get("crs")
    if named is None:
        tables.problems.append(problem(errors.CRS_UNKNOWN, pointer="units"))
        return
    tables.rows["units"] = list(_with_wkt(rows, crs_named(named), tables.problems))


def _with_wkt(rows: list[Row], crs: CRS, problems: list[Problem]) -> Iterator[Row]:
    for row in rows:
        text = joined_text(row.values, "wkt")
        try:
            shape = None if text is None else to_wgs84(shapely.from_wkt(text), crs)
        except ShapelyError as broken:
            shape = None
            wanted = {"wanted_vi": "WKT", "wanted_en": "WKT"}
            reason = first_line(broken)[:80]
            problems.append(problem(errors.VALUE_WRONG, pointer=row.pointer, value=reason, column="wkt", **wanted))
        yield Row(pointer=row.pointer, values=row.values, geometry=shape)
