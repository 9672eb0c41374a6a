"""Tables of spreadsheets and CSV files as rows of plain values."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

# A cell of a spreadsheet holds 32,767 characters; longer text is cut into `wkt`, `wkt_2`, …
CELL_CHARACTERS = 32_000

# Number as a spreadsheet counts (headings are row 1) and values by heading.
NumberedRow = tuple[int, dict[str, Any]]


def sheet_names(path: Path) -> list[str]:
    """Names of the sheets of a workbook."""
    return list(_workbook(path).sheet_names)


def sheet_rows(path: Path, sheet: str | None = None) -> list[NumberedRow]:
    """Rows of a sheet (the first for None) by the headings of its first row; wholly empty rows are left out."""
    book = _workbook(path)
    cells = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)
    return list(_by_heading(cells))


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError as broken:
        raise ValueError(str(broken)) from broken


def csv_rows(path: Path) -> list[NumberedRow]:
    """Rows of a CSV file in UTF-8, comma or semicolon, by the headings of its first line."""
    csv.field_size_limit(1 << 28)
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        delimiter = ";" if first.count(";") > first.count(",") else ","
        return list(_by_heading(list(csv.reader(file, delimiter=delimiter))))


def _by_heading(cells: list[list[Any]]) -> Iterator[NumberedRow]:
    if not cells:
        return
    heads = [str(head).strip() for head in cells[0]]
    for number, row in enumerate(cells[1:], start=2):
        values = {head: plain(value) for head, value in zip(heads, row, strict=False) if head}
        if any(value is not None for value in values.values()):
            yield number, values


def plain(value: Any) -> Any:
    """A cell's value: text without spaces around, whole numbers as int, None for nothing."""
    # NaN and NaT, the empty cells of a data frame, are not equal to themselves.
    if value is None or value != value:  # noqa: PLR0124
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date | bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, str):
        return value.strip() or None
    return value


def joined_text(row: Mapping[str, Any], column: str) -> str | None:
    """Text that was cut into `column`, `column_2`, … because a cell holds only so much."""
    parts = [row.get(column)]
    while parts[-1] is not None:
        parts.append(row.get(f"{column}_{len(parts) + 1}"))
    text = "".join(str(part) for part in parts if part is not None)
    return text or None


def cut_text(column: str, text: str) -> dict[str, str]:
    """The reverse of `joined_text`; cut after commas, so that no cell begins or ends with a space that matters."""
    parts: list[str] = []
    while len(text) > CELL_CHARACTERS:
        end = text.rindex(",", 0, CELL_CHARACTERS) + 1
        parts.append(text[:end])
        text = text[end:].lstrip()
    parts.append(text)
    return {column if i == 0 else f"{column}_{i + 1}": part for i, part in enumerate(parts)}
