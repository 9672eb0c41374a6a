"""Shapefiles: names of columns hold 10 characters, text 254 bytes of an encoding that only the .cpg file tells.

Long text is cut over several columns (`address`, `address_2`), long names have the short form of `SHORT`.
"""

import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd

from core.errors import fail
from geodata import files_errors as errors
from geodata.files_features import Feature

SHORT: Mapping[str, str] = {"province_code": "prov_code"}
_LONG = {short: column for column, short in SHORT.items()}
_DBF_BYTES = 254
# Where a .dbf says the length of its headings.
_HEADINGS_LENGTH = slice(8, 10)

Values = dict[str, Any]


def read_shapefile(path: Path) -> Any:
    """The data frame of a Shapefile, in a ZIP or not.

    Raises:
        CodedError: G4008.
    """
    if path.suffix.lower() == ".shp":
        return gpd.read_file(path, encoding=_encoding(path, path.name))
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
        found = sorted(p for p in Path(folder).rglob("*.[sS][hH][pP]") if not p.name.startswith("."))
        if len(found) != 1:
            raise ValueError(f"{len(found)} Shapefiles in it, wanted 1")
        return gpd.read_file(found[0], encoding=_encoding(found[0], path.name))


def _encoding(path: Path, name: str) -> str | None:
    """None: as its .cpg says. Without one, what is UTF-8 is read so; other letters would be read wrong in silence."""
    beside = {other.suffix.lower(): other for other in path.parent.glob(f"{path.stem}.*")}
    if ".cpg" in beside or ".dbf" not in beside:
        return None
    content = beside[".dbf"].read_bytes()
    records = content[int.from_bytes(content[_HEADINGS_LENGTH], "little") :]
    try:
        records.decode("utf-8")
    except UnicodeDecodeError:
        raise fail(errors.ENCODING_MISSING, name=name) from None
    return "UTF-8"


def write_shapefile(folder: Path, features: Sequence[Feature], columns: Sequence[str], layer: str) -> Path:
    """A ZIP of the Shapefile's parts; the .cpg says UTF-8."""
    parts = [Feature(index=f.index, values=_cut(f.values, columns), geometry=f.geometry) for f in features]
    names = list(dict.fromkeys(name for part in parts for name in part.values)) or list(_cut({}, columns))
    inner = folder / "parts"
    inner.mkdir()
    with warnings.catch_warnings():
        # A layer without features has no geometry type to tell.
        warnings.simplefilter("ignore", UserWarning)
        frame_of(parts, names).to_file(inner / f"{layer}.shp", engine="pyogrio", encoding="UTF-8")
    target = folder / f"{layer}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(inner.iterdir()):
            archive.write(path, path.name)
    return target


def frame_of(features: Sequence[Feature], columns: Sequence[str]) -> Any:
    """Features as a data frame, EPSG:4326."""
    values = {column: [feature.values.get(column) for feature in features] for column in columns}
    return gpd.GeoDataFrame(values, geometry=[feature.geometry for feature in features], crs="EPSG:4326")


def whole_text(values: Values) -> Values:
    """Columns by their long names, and text that was cut in one piece again."""
    whole = {_LONG.get(column, column): value for column, value in values.items()}
    for column in tuple(whole):
        number, short = 2, SHORT.get(column, column)
        while (part := _part(short, number)) in whole and part != column:
            more = whole.pop(part)
            whole[column] = f"{whole[column] or ''}{more}" if more is not None else whole[column]
            number += 1
    return whole


def _part(column: str, number: int) -> str:
    return f"{column[:8]}_{number}"


def _cut(values: Mapping[str, Any], columns: Sequence[str]) -> Values:
    cut: Values = {}
    for column in columns:
        value, name = values.get(column), SHORT.get(column, column)
        pieces = list(_byte_pieces(value)) if isinstance(value, str) else [value]
        for number, piece in enumerate(pieces, start=1):
            cut[name if number == 1 else _part(name, number)] = piece
    return cut


def _byte_pieces(text: str) -> Iterator[str]:
    """Pieces of at most 254 bytes of UTF-8; none ends or begins with a space, which the format would lose."""
    while len(text.encode()) > _DBF_BYTES:
        end = min(len(text), _DBF_BYTES)
        while end > 1 and (len(text[:end].encode()) > _DBF_BYTES or " " in text[end - 1 : end + 1]):
            end -= 1
        yield text[:end]
        text = text[end:]
    yield text
