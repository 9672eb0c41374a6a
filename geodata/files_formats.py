"""Reading and writing features: GeoPackage, GeoJSON, GeoParquet, Shapefile (zipped), XLSX.

Nothing is written but EPSG:4326. What is read says its reference system itself or is refused; it is kept in EPSG:4326.
Names of columns are read in small letters, text in NFC.
"""

import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
import xlsxwriter
from pyarrow.lib import ArrowException
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from core.errors import fail
from geodata import files_errors as errors
from geodata.files_crs import crs_named, same_crs, to_wgs84
from geodata.files_features import Feature, Features
from geodata.files_shapefile import Values, frame_of, read_shapefile, whole_text, write_shapefile
from geodata.files_sheets import cut_text, joined_text, plain, sheet_names, sheet_rows

# Format by the end of a file's name, longest first.
FORMATS: Mapping[str, str] = {
    ".shp.zip": "shp",
    ".geojson": "geojson",
    ".json": "geojson",
    ".geoparquet": "parquet",
    ".parquet": "parquet",
    ".gpkg": "gpkg",
    ".xlsx": "xlsx",
    ".zip": "shp",
    ".shp": "shp",
}
# Files of a province have a few MB; the content of a ZIP counts too, or a small file would fill the memory.
LIMIT_MB = 1024
# What the libraries raise for a file that is not what its name says.
BROKEN = (OSError, ValueError, KeyError, zipfile.BadZipFile, DataSourceError, DataLayerError, ArrowException)


def format_of(path: Path) -> str:
    """The format a file's name says.

    Raises:
        CodedError: G4002.
    """
    for suffix, name in FORMATS.items():
        if path.name.lower().endswith(suffix):
            return name
    raise fail(errors.FORMAT_UNKNOWN, name=path.name, known=", ".join(FORMATS))


def read_features(path: Path, *, crs: str | None = None, limit_mb: int = LIMIT_MB) -> Features:
    """Every feature of a file, in EPSG:4326. `crs` is for files that do not say theirs.

    Raises:
        CodedError: G4001 unreadable, G4002, G4003 no reference system, G4004 an unknown one, G4005 when the file says
            another one than `crs`, G4006 no geometry, G4008 text of an unknown encoding, G4019 too large.
    """
    given = None if crs is None else crs_named(crs)
    kind = format_of(path)
    try:
        check_size(path, limit_mb)
        if kind == "xlsx":
            return _read_sheet(path, given)
        if kind == "shp":
            return _of_frame(path, read_shapefile(path), given, tidy=whole_text)
        frame = gpd.read_parquet(path) if kind == "parquet" else gpd.read_file(path)
    except BROKEN as broken:
        raise fail(errors.FILE_UNREADABLE, name=path.name, reason=first_line(broken)) from broken
    return _of_frame(path, frame, given)


def write_features(path: Path, features: Sequence[Feature], columns: Sequence[str], *, layer: str) -> None:
    """Write features, EPSG:4326, in the format the file's name says; the file appears whole or not at all.

    Raises:
        CodedError: G4002, G4009 when the folder cannot be written.
    """
    kind = format_of(path)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            made = Path(folder) / f"{layer}.{kind}"
            if kind == "xlsx":
                _write_sheet(made, features, columns)
            elif kind == "shp":
                made = write_shapefile(Path(folder), features, columns, layer)
            else:
                _write_frame(made, kind, frame_of(features, columns), layer)
            made.replace(path)
    except OSError as broken:
        raise fail(errors.FILE_UNWRITABLE, name=path.name, reason=broken.strerror or str(broken)) from broken


def first_line(broken: BaseException) -> str:
    """What a library says of a broken file, in one line; its type where it says nothing."""
    return next(iter(str(broken).splitlines()), type(broken).__name__)


def check_size(path: Path, limit_mb: int = LIMIT_MB) -> None:
    """Raises G4019 for a file that is too large, packed or unpacked."""
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = max(size, sum(entry.file_size for entry in archive.infolist()))
    if size > limit_mb << 20:
        raise fail(errors.TOO_LARGE, name=path.name, limit_mb=limit_mb)


def _of_frame(path: Path, frame: Any, given: CRS | None, *, tidy: Callable[[Values], Values] = dict) -> Features:
    if not isinstance(frame, gpd.GeoDataFrame):
        raise fail(errors.NO_GEOMETRY, name=path.name)
    crs = _settled(path, None if frame.crs is None else CRS.from_user_input(frame.crs), given)
    shapes = frame.geometry
    values = frame.drop(columns=shapes.name)
    columns = [str(column).strip().lower() for column in values.columns]
    made = []
    for index, (row, shape) in enumerate(zip(values.itertuples(index=False, name=None), shapes, strict=True)):
        known = {column: _composed(plain(value)) for column, value in zip(columns, row, strict=True)}
        made.append(Feature(index=index, values=tidy(known), geometry=_placed(shape, crs)))
    names = tidy(dict.fromkeys(columns))
    return Features(columns=tuple(names), features=tuple(made), crs=crs.to_string())


def _composed(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _settled(path: Path, own: CRS | None, given: CRS | None) -> CRS:
    if own is not None and given is not None and not same_crs(own, given):
        raise fail(errors.CRS_CONTRADICTED, own=own.to_string(), given=given.to_string())
    chosen = own or given
    if chosen is None:
        raise fail(errors.CRS_MISSING, name=path.name)
    return chosen


def _placed(shape: BaseGeometry | None, crs: CRS) -> BaseGeometry | None:
    return None if shape is None else to_wgs84(shapely.force_2d(shape), crs)


def _read_sheet(path: Path, given: CRS | None) -> Features:
    names = sheet_names(path)
    about = {str(r.get("key")): str(r.get("value")) for _, r in sheet_rows(path, "about")} if "about" in names else {}
    own = crs_named(about["crs"]) if "crs" in about else None
    rows = [
        (number, {head.lower(): _composed(value) for head, value in row.items()})
        for number, row in sheet_rows(path, next(name for name in names if name != "about"))
    ]
    columns = list(dict.fromkeys(column for _, row in rows for column in row))
    if rows and "wkt" not in columns and not {"lon", "lat"} <= set(columns):
        raise fail(errors.NO_GEOMETRY, name=path.name)
    crs = _settled(path, own, given)
    made = tuple(_of_row(number - 2, row, crs) for number, row in rows)
    return Features(columns=tuple(columns), features=made, crs=crs.to_string(), about=about)


def _of_row(index: int, row: Mapping[str, Any], crs: CRS) -> Feature:
    values = {column: value for column, value in row.items() if column not in ("lon", "lat") and column[:3] != "wkt"}
    text = joined_text(row, "wkt")
    if text is None and row.get("lon") is not None and row.get("lat") is not None:
        text = f"POINT ({_decimal(row['lon'])} {_decimal(row['lat'])})"
    try:
        shape = None if text is None else _placed(shapely.from_wkt(text), crs)
    except ShapelyError:
        return Feature(index=index, values=values, unreadable=text)
    return Feature(index=index, values=values, geometry=shape)


def _decimal(value: Any) -> str:
    """A coordinate as a person types it: a comma may be the decimal point."""
    return str(value).strip().replace(",", ".")


def _write_frame(path: Path, kind: str, frame: Any, layer: str) -> None:
    if kind == "parquet":
        frame.to_parquet(path)
    elif kind == "gpkg":
        frame.to_file(path, driver="GPKG", layer=layer, engine="pyogrio")
    else:
        # RFC 7946: WGS 84, outer rings counter-clockwise. Nine decimals are a tenth of a millimetre.
        frame.to_file(path, driver="GeoJSON", engine="pyogrio", RFC7946="YES", COORDINATE_PRECISION="9")


def _write_sheet(path: Path, features: Sequence[Feature], columns: Sequence[str]) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("features")
        rows = [{column: f.values.get(column) for column in columns} | _coordinates(f.geometry) for f in features]
        heads = list(dict.fromkeys([*columns, *(head for row in rows for head in row)]))
        sheet.write_row(0, 0, heads)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row.get(head) for head in heads])
        sheet.freeze_panes(1, 0)
        about = book.add_worksheet("about")
        for number, pair in enumerate((("key", "value"), ("crs", "EPSG:4326"))):
            about.write_row(number, 0, pair)


def _coordinates(shape: BaseGeometry | None) -> dict[str, Any]:
    if shape is None or shape.is_empty:
        return {}
    if isinstance(shape, shapely.Point):
        return {"lon": shape.x, "lat": shape.y}
    return cut_text("wkt", shapely.to_wkt(shape, rounding_precision=-1, trim=True))
