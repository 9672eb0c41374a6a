"""Reading an uploaded sheet, XLSX or CSV, into a grid of cells with their places."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from core.errors import CodedError, fail
from tracking.errors import SHEET_TOO_LARGE, SHEET_UNREADABLE

Cell = str | int | float | bool | date | datetime | time | timedelta
Grid = list[list[Cell]]

_MEGABYTE = 1024**2
_COLUMNS_LIMIT = 200
_ROWS_ABOVE_HEADER = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a list may be. A workbook is a zip: what it says it unpacks to is looked at before it is unpacked."""

    rows: int
    megabytes: int
    unpacked_megabytes: int

    @property
    def height(self) -> int:
        """Rows with those above the header."""
        return self.rows + _ROWS_ABOVE_HEADER


# What is uploaded is answered while somebody waits; a file on the server is taken in part by part.
UPLOAD = Limits(rows=5_000, megabytes=20, unpacked_megabytes=200)
FILE = Limits(rows=200_000, megabytes=200, unpacked_megabytes=2_000)


def read_grid(data: bytes, limits: Limits = UPLOAD) -> Grid:
    """The cells of the first sheet, row by row from A1; empty cells are `""`.

    Raises:
        CodedError: T1101 when it is neither, T1105 when it is too large.
    """
    if len(data) > limits.megabytes * _MEGABYTE:
        raise _too_many_bytes(limits.megabytes)
    grid = _xlsx(data, limits) if data.startswith(b"PK\x03\x04") else _csv(data)
    if len(grid) > limits.height:
        raise _too_many_rows(limits)
    return grid


def cell_name(row: int, column: int) -> str:
    """The name of a cell, both counted from 0: (4, 2) is `C5`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _xlsx(data: bytes, limits: Limits) -> Grid:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > limits.unpacked_megabytes * _MEGABYTE:
            raise _too_many_bytes(limits.unpacked_megabytes)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        height, width = (edge + 1 for edge in sheet.end or (0, 0))
        if height > limits.height or width > _COLUMNS_LIMIT:
            raise _too_many_rows(limits)
        return [list(row) for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError, OSError):
        raise fail(SHEET_UNREADABLE) from None


def _too_many_rows(limits: Limits) -> CodedError:
    return fail(SHEET_TOO_LARGE, limit=f"{limits.rows} dòng × {_COLUMNS_LIMIT} cột")


def _too_many_bytes(megabytes: int) -> CodedError:
    return fail(SHEET_TOO_LARGE, limit=f"{megabytes} MB")


def _csv(data: bytes) -> Grid:
    text = _decoded(data)
    if "\x00" in text:
        raise fail(SHEET_UNREADABLE)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))]
    except csv.Error:
        raise fail(SHEET_UNREADABLE) from None


def _decoded(data: bytes) -> str:
    """By byte order mark, else UTF-8, else Windows-1258 (what older office programs write for Vietnamese)."""
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise fail(SHEET_UNREADABLE)


def _encodings(data: bytes) -> Iterator[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    elif data[1:2] == b"\x00":
        yield "utf-16-le"
    else:
        yield "utf-8-sig"
        yield "cp1258"


def _delimiter(text: str) -> str:
    """The separator that stands most often in the fullest of the first lines."""
    lines = text.splitlines()[:_ROWS_ABOVE_HEADER]
    return max(",;\t", key=lambda mark: max((line.count(mark) for line in lines), default=0))
