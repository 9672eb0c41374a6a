"""An agency's list as XLSX or CSV: dossier codes, the state they think, the due date if there is one, and whatever else
a register list says of a result.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.errors import CodedError, Problem, problem
from tracking import errors as row_errors
from tracking import fields, sheet_cells
from tracking.model import ResultRow
from tracking.reconcile.errors import LISTED_TWICE, UNKNOWN_STATE
from tracking.reconcile.values import PORTAL, Held, Listed
from tracking.sheet_columns import COLUMNS, HEADING, Column, Layout, find_layout
from tracking.sheet_intake import read_row
from tracking.sheet_read import Cell, read_grid

_COLUMNS = (
    Column(field="state", heading="Trạng thái", aliases=("Trạng thái hồ sơ", "Tình trạng", "status"), required=True),
    *(replace(column, required=column.field == "dossier_code") for column in COLUMNS),
)
# The portals' own words, and those of a list that knows the post.
_WORDS: Mapping[str, Held] = {
    **dict.fromkeys(("da xu ly xong", "cho tra ket qua", "dang phat", "giao buu dien", "with_post"), Held.WITH_POST),
    **dict.fromkeys(("da tra ket qua", "da tra", "da giao", "delivered"), Held.DELIVERED),
    **dict.fromkeys(("khong duoc tiep nhan", "cong dan yeu cau rut ho so", "da rut", "rut ho so"), Held.CANCELLED),
    **dict.fromkeys(("dung xu ly", "huy", "da huy", "cancelled"), Held.CANCELLED),
    **dict.fromkeys(("moi dang ky", "duoc tiep nhan", "dang xu ly", "unfinished"), Held.UNFINISHED),
    **dict.fromkeys(("yeu cau bo sung giay to", "yeu cau thuc hien nghia vu tai chinh"), Held.UNFINISHED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A dossier of a list, and where it stands in it: a cell or a JSON pointer."""

    place: str
    code: str
    listed: Listed


def read_list(data: bytes) -> dict[str, Listed]:
    """The dossiers of a sheet by code.

    Raises:
        CodedError: T1101, T1105 for what is no sheet, T1102 and T1103 for missing and doubled columns, T5205, T1001,
            T1005, T5204 for rows.
    """
    grid = read_grid(data)
    layout = find_layout(grid, _COLUMNS)
    rows: list[ListRow] = []
    problems: list[Problem] = []
    for number in range(layout.header_row + 1, len(grid)):
        if all(sheet_cells.is_blank(cell) for cell in grid[number]):
            continue
        found = _row(grid[number], number, layout)
        if isinstance(found, ListRow):
            rows.append(found)
        else:
            problems += found
    if problems:
        raise CodedError(problems)
    return gathered(rows)


def gathered(rows: Sequence[ListRow]) -> dict[str, Listed]:
    """The rows by code; the same row twice is one. Raises T5204 for each code that stands with different content."""
    found: dict[str, Listed] = {}
    problems = []
    for row in rows:
        code, _ = fields.dossier_code(row.code)
        if found.setdefault(code, row.listed) != row.listed:
            problems.append(problem(LISTED_TWICE, pointer=row.place, value=code))
    if problems:
        raise CodedError(problems)
    return found


def _row(cells: Sequence[Cell], number: int, layout: Layout) -> ListRow | list[Problem]:
    def cell(field: str) -> Cell:
        place = layout.places.get(field)
        return cells[place] if place is not None and place < len(cells) else ""

    code, held = sheet_cells.text_of(cell("dossier_code")).strip(), state_of(cell("state"))
    due = sheet_cells.day(cell("due_on"))
    problems = list(_wrong(cell, number, layout, code=code, held=held, due=due))
    if problems or held is None:
        return problems
    listed = Listed(held=held, due_on=due, row=_result(cells, number, layout))
    return ListRow(place=layout.cell(number, "dossier_code"), code=code, listed=listed)


def _result(cells: Sequence[Cell], number: int, layout: Layout) -> ResultRow | None:
    """The result, where the row says to whom or where; None also where a cell of it cannot be read."""
    found = read_row(number, cells, layout)
    is_told = found.row.address or found.row.addressee.name
    return found.row if is_told and not found.problems else None


def _wrong(
    cell: Callable[[str], Cell],
    number: int,
    layout: Layout,
    *,
    code: str,
    held: Held | None,
    due: date | None,
) -> Iterator[Problem]:
    def at(field: str) -> str:
        return layout.cell(number, field)

    if not code:
        yield problem(row_errors.MISSING_VALUE, pointer=at("dossier_code"), field=HEADING["dossier_code"])
    if held is None:
        yield problem(UNKNOWN_STATE, pointer=at("state"), value=sheet_cells.text_of(cell("state"))[:60])
    if due is None and not sheet_cells.is_blank(cell("due_on")):
        value = sheet_cells.text_of(cell("due_on"))[:60]
        yield problem(row_errors.DATE_WRONG, pointer=at("due_on"), field=HEADING["due_on"], value=value)


def state_of(cell: Cell) -> Held | None:
    """What a list's state means: a portal's number, or its words; None when it means nothing to us."""
    number = sheet_cells.whole_number(cell)
    return PORTAL.get(number) if number is not None else _WORDS.get(fields.folded(sheet_cells.text_of(cell)))
