"""The rows of a register list that were refused, as a list to be mended: wrong cells marked, and why."""

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter

from core.errors import Problem
from tracking.model import RowAnswer
from tracking.sheet_cells import text_of
from tracking.sheet_columns import COLUMNS, Column, find_layout
from tracking.sheet_read import UPLOAD, Cell, Limits, cell_name, read_grid

FAULTS = "Cần sửa"  # no column of the register list: the mended file is taken in as it is
_Problems = Mapping[str | None, Sequence[Problem]]


def marked_xlsx(data: bytes, answers: Sequence[RowAnswer], limits: Limits = UPLOAD) -> bytes:
    """A workbook with the rejected rows of a list in the template's columns; every other row is left out.

    `answers` are those of `accept_sheet` for the same `data`, read within the same limits. Texts stay as they were
    written, so nothing is lost.
    """
    grid, out = read_grid(data, limits), io.BytesIO()
    places = find_layout(grid).places
    refused = [answer for answer in answers if answer.outcome == "rejected"]
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách ĐK chuyển phát")
        heading = book.add_format({"bold": True, "bg_color": "#FFE9A8", "border": 1, "text_wrap": True})
        wrong = book.add_format({"bg_color": "#FFC7CE", "num_format": "@"})
        plain = book.add_format({"num_format": "@"})
        for place, title in enumerate([*(column.heading for column in COLUMNS), FAULTS]):
            sheet.write_string(0, place, title, heading)
            sheet.set_column(place, place, max(12, len(title) + 2))
        sheet.freeze_panes(1, 1)
        for row, answer in enumerate(refused, start=1):
            cells, faults = grid[answer.index - 1], _by_cell(answer.problems)
            for place, column in enumerate(COLUMNS):
                found = faults.get(_name(answer, column, places), ())
                sheet.write_string(row, place, _text(cells, places.get(column.field)), wrong if found else plain)
                if found:
                    sheet.write_comment(row, place, "\n".join(one.text("vi") for one in found))
            sheet.write_string(row, len(COLUMNS), " ".join(one.text("vi") for one in answer.problems))
    return out.getvalue()


def _by_cell(problems: Sequence[Problem]) -> _Problems:
    found: dict[str | None, list[Problem]] = defaultdict(list)
    for one in problems:
        found[one.pointer].append(one)
    return found


def _name(answer: RowAnswer, column: Column, places: Mapping[str, int]) -> str:
    place = places.get(column.field)
    return "" if place is None else cell_name(answer.index - 1, place)


def _text(cells: Sequence[Cell], place: int | None) -> str:
    """The cell as text that is read back as the same value."""
    cell = cells[place] if place is not None and place < len(cells) else ""
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return text_of(cell)
