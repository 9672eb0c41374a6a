"""Reading an uploaded sheet, XLSX or CSV, into a grid of cells with their places."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from core.errors import CodedError, fail
from tracking.errors import SHEET_TOO_LARGE, SHEET_UNREADABLE

Cell = str | int | float | bool | date | datetime | time | timedelta
Grid = list[list[Cell]]

BYTES_LIMIT = 20 * 1024 * 1024
ROWS_LIMIT = 5_000
_COLUMNS_LIMIT = 200
# A workbook is a zip: what it says it unpacks to is looked at before anything is unpacked.
_UNPACKED_LIMIT = 200 * 1024 * 1024
_ROWS_ABOVE_HEADER = 50


def read_grid(data: bytes) -> Grid:
    """The cells of the first sheet, row by row from A1; empty cells are `""`.

    Raises:
        CodedError: T1101 when it is neither, T1105 when it is too large.
    """
    if len(data) > BYTES_LIMIT:
        raise fail(SHEET_TOO_LARGE, limit=f"{BYTES_LIMIT // 1024**2} MB")
    grid = _xlsx(data) if data.startswith(b"PK\x03\x04") else _csv(data)
    if len(grid) > ROWS_LIMIT + _ROWS_ABOVE_HEADER:
        raise _too_many_rows()
    return grid


def cell_name(row: int, column: int) -> str:
    """The name of a cell, both counted from 0: (4, 2) is `C5`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _xlsx(data: bytes) -> Grid:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _UNPACKED_LIMIT:
            raise fail(SHEET_TOO_LARGE, limit=f"{_UNPACKED_LIMIT // 1024**2} MB")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        height, width = (edge + 1 for edge in sheet.end or (0, 0))
        if height > ROWS_LIMIT + _ROWS_ABOVE_HEADER or width > _COLUMNS_LIMIT:
            raise _too_many_rows()
        return [list(row) for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError, OSError):
        raise fail(SHEET_UNREADABLE) from None


def _too_many_rows() -> CodedError:
    return fail(SHEET_TOO_LARGE, limit=f"{ROWS_LIMIT} dòng × {_COLUMNS_LIMIT} cột")


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
