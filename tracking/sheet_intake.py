"""Taking in a register list as XLSX or CSV: dry run, errors by cell, and the same file twice changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import ErrorSpec, Problem, fail, problem
from core.scope import Scope
from tracking import errors, sheet_cells
from tracking.intake import BATCH_LIMIT, Earlier, accept_rows
from tracking.intake_checks import check_row, label
from tracking.model import Person, ResultRow, RowAnswer, Window
from tracking.placing import Resolver
from tracking.sheet_columns import Layout, find_layout
from tracking.sheet_read import UPLOAD, Cell, Grid, Limits, read_grid

Parser = tuple[Callable[[Cell], Any], ErrorSpec]

_PARSERS: Mapping[str, Parser] = {
    "due_on": (sheet_cells.day, errors.DATE_WRONG),
    "ready_at": (sheet_cells.local_time, errors.DATE_WRONG),
    "window_start": (sheet_cells.local_time, errors.DATE_WRONG),
    "window_end": (sheet_cells.local_time, errors.DATE_WRONG),
    "weight_g": (sheet_cells.whole_number, errors.CELL_NOT_NUMBER),
    "papers": (sheet_cells.whole_number, errors.CELL_NOT_NUMBER),
    "state_fee_vnd": (sheet_cells.whole_number, errors.CELL_NOT_NUMBER),
    "postage_vnd": (sheet_cells.whole_number, errors.CELL_NOT_NUMBER),
    "in_person": (sheet_cells.yes_no, errors.CELL_NOT_YES_NO),
}
_DEFAULTS: Mapping[str, Any] = {
    "weight_g": 50,
    "papers": 1,
    "state_fee_vnd": 0,
    "postage_vnd": None,
    "in_person": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAnswer:
    """What became of a sheet. `answers` are in its order, `index` is the row number as the sheet shows it (from 1) and
    each problem points to its cell. After a dry run nothing was written.
    """

    dry_run: bool
    answers: tuple[RowAnswer, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows came to which outcome."""
        return dict(Counter(answer.outcome for answer in self.answers))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row of a list: where it stands (from 0), what could be read, and which cells could not."""

    place: int
    row: ResultRow
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A register list as it was read."""

    layout: Layout
    rows: tuple[SheetRow, ...]

    def parts(self, size: int = BATCH_LIMIT) -> Iterator[Sequence[SheetRow]]:
        """The rows in turns of `size`."""
        return (self.rows[start : start + size] for start in range(0, len(self.rows), size))


def accept_sheet(
    session: Session,
    *,
    scope: Scope,
    agency_id: UUID,
    data: bytes,
    resolver: Resolver,
    now: datetime,
    submitting_office_id: UUID | None = None,
    dry_run: bool = False,
) -> SheetAnswer:
    """Take in a register list, or with `dry_run` say what would become of it: the same path, rolled back.

    Raises:
        CodedError: T1101 to T1105 for the file as a whole, C1000 when the agency is not within reach.
    """
    sheet, into = read_sheet(data), Into(scope, agency_id, resolver, submitting_office_id)
    answers = (try_sheet if dry_run else _take)(session, sheet, into, now=now)
    return SheetAnswer(dry_run=dry_run, answers=tuple(answers))


@dataclass(frozen=True, slots=True)
class Into:
    """Who hands a list in, for which agency, and how its doors are found."""

    scope: Scope
    agency_id: UUID
    resolver: Resolver
    submitting_office_id: UUID | None = None


def try_sheet(session: Session, sheet: Sheet, into: Into, *, now: datetime) -> list[RowAnswer]:
    """What would become of a list: taken in and rolled back. Raises C1000 when the agency is not within reach."""
    savepoint = session.begin_nested()
    answers = _take(session, sheet, into, now=now)
    savepoint.rollback()
    born = {answer.item_id for answer in answers if answer.outcome == "created"}
    # Nothing that was created exists.
    return [replace(one, item_id=None, tracking_code=None) if one.item_id in born else one for one in answers]


def _take(session: Session, sheet: Sheet, into: Into, *, now: datetime) -> list[RowAnswer]:
    earlier: Earlier = {}
    return [answer for part in sheet.parts() for answer in accept_part(session, sheet, part, into, earlier, now=now)]


def read_sheet(data: bytes, limits: Limits = UPLOAD) -> Sheet:
    """Read a register list.

    Raises:
        CodedError: T1101 to T1105.
    """
    grid = read_grid(data, limits)
    layout = find_layout(grid)
    rows = tuple(_rows(grid, layout))
    if not rows:
        raise fail(errors.SHEET_EMPTY)
    return Sheet(layout=layout, rows=rows)


def accept_part(
    session: Session, sheet: Sheet, part: Sequence[SheetRow], into: Into, earlier: Earlier, *, now: datetime
) -> list[RowAnswer]:
    """Take in the next rows of a list; one answer for each. `earlier` is empty before the first part and remembers
    which dossiers the list has named. What was taken in another time is `unchanged`.

    Raises:
        CodedError: C1000 when the agency is not within reach.
    """
    now = aware(now)
    good = [row for row in part if not row.problems]
    accepted = accept_rows(
        session,
        scope=into.scope,
        agency_id=into.agency_id,
        rows=[row.row for row in good],
        places=[row.place for row in good],
        earlier=earlier,
        resolver=into.resolver,
        now=now,
        submitting_office_id=into.submitting_office_id,
    )
    by_place = {answer.index: answer for answer in accepted}
    return [_at_cells(by_place.get(row.place) or _rejected(row, now), row.place, sheet.layout) for row in part]


def _rows(grid: Grid, layout: Layout) -> Iterator[SheetRow]:
    for place, cells in enumerate(grid):
        if place > layout.header_row and not all(sheet_cells.is_blank(cell) for cell in cells):
            yield read_row(place, cells, layout)


def read_row(place: int, cells: Sequence[Cell], layout: Layout) -> SheetRow:
    """What a row (from 0) says of a result; columns that `layout` has not are empty."""
    values: dict[str, Any] = dict(_DEFAULTS)
    problems: list[Problem] = []
    for name, column in layout.places.items():
        cell = cells[column] if column < len(cells) else ""
        parse, spec = _PARSERS.get(name, (sheet_cells.text_of, errors.MISSING_VALUE))
        if sheet_cells.is_blank(cell):
            continue
        value = parse(cell)
        if value is None:
            problems.append(problem(spec, pointer=name, field=label(name), value=sheet_cells.text_of(cell)[:60]))
        values[name] = value
    if ("window_start" in values) is not ("window_end" in values):
        problems.append(problem(errors.WINDOW_WRONG, pointer="window_start"))
    return SheetRow(place=place, row=_result_row(values), problems=tuple(problems))


def _result_row(values: Mapping[str, Any]) -> ResultRow:
    """A row of what could be read; what could not has its problem already and a value that raises no second one."""
    start_at, end_at = values.get("window_start"), values.get("window_end")
    numbers = {name: _DEFAULTS[name] if values[name] is None else values[name] for name in _DEFAULTS}
    return ResultRow(
        dossier_code=values.get("dossier_code", ""),
        procedure=values.get("procedure", ""),
        addressee=Person(name=values.get("addressee.name", ""), phone=values.get("addressee.phone", "")),
        address=values.get("address", ""),
        due_on=values.get("due_on"),
        ready_at=values.get("ready_at"),
        office_code=(values.get("office_code") or "").strip() or None,
        item_code=values.get("item_code"),
        window=Window(start_at=start_at, end_at=end_at) if start_at and end_at else None,
        receipt_code=values.get("receipt_code"),
        email=values.get("email", ""),
        reduction=values.get("reduction"),
        **numbers,
    )


def _rejected(row: SheetRow, now: datetime) -> RowAnswer:
    """A row with a cell that could not be read: that, and all that is wrong with the rest."""
    checked = check_row(row.place, row.row, now=now)
    known = {p.pointer for p in row.problems}
    others = [p for p in checked.problems if p.pointer not in known]
    return RowAnswer(
        index=row.place,
        outcome="rejected",
        dossier_code=checked.row.dossier_code,
        problems=(*row.problems, *others),
        warnings=checked.warnings,
    )


def _at_cells(answer: RowAnswer, place: int, layout: Layout) -> RowAnswer:
    """The answer with row numbers and cell names."""
    return replace(
        answer,
        index=place + 1,
        problems=_pointed(answer.problems, place, layout),
        warnings=_pointed(answer.warnings, place, layout),
    )


def _pointed(problems: Iterable[Problem], place: int, layout: Layout) -> tuple[Problem, ...]:
    def field(pointer: str | None) -> str:
        return "window_start" if pointer == "window" else pointer or ""

    return tuple(replace(p, pointer=layout.cell(place, field(p.pointer))) for p in problems)
