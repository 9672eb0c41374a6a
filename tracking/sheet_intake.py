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
from tracking.intake import accept_rows
from tracking.intake_checks import check_row, label
from tracking.model import Person, ResultRow, RowAnswer, Window
from tracking.placing import Resolver
from tracking.sheet_columns import Layout, find_layout
from tracking.sheet_read import Cell, Grid, read_grid

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
_DEFAULTS: Mapping[str, Any] = {"weight_g": 50, "papers": 1, "state_fee_vnd": 0, "postage_vnd": 0, "in_person": False}


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
class _SheetRow:
    place: int
    row: ResultRow
    problems: tuple[Problem, ...]


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
    now = aware(now)
    grid = read_grid(data)
    layout = find_layout(grid)
    rows = list(_rows(grid, layout))
    if not rows:
        raise fail(errors.SHEET_EMPTY)
    good = [row for row in rows if not row.problems]
    savepoint = session.begin_nested() if dry_run else None
    accepted = accept_rows(
        session,
        scope=scope,
        agency_id=agency_id,
        rows=[row.row for row in good],
        resolver=resolver,
        now=now,
        submitting_office_id=submitting_office_id,
    )
    if savepoint is not None:
        savepoint.rollback()
    by_place = {row.place: answer for row, answer in zip(good, accepted, strict=True)}
    answers = [by_place.get(row.place) or _rejected(row, now) for row in rows]
    shown = [_at_cells(answer, row.place, layout, dry_run=dry_run) for answer, row in zip(answers, rows, strict=True)]
    return SheetAnswer(dry_run=dry_run, answers=tuple(shown))


def _rows(grid: Grid, layout: Layout) -> Iterator[_SheetRow]:
    for place, cells in enumerate(grid):
        if place > layout.header_row and not all(sheet_cells.is_blank(cell) for cell in cells):
            yield _row(place, cells, layout)


def _row(place: int, cells: Sequence[Cell], layout: Layout) -> _SheetRow:
    values: dict[str, Any] = dict(_DEFAULTS)
    problems: list[Problem] = []
    for field, column in layout.places.items():
        cell = cells[column] if column < len(cells) else ""
        parse, spec = _PARSERS.get(field, (sheet_cells.text_of, errors.MISSING_VALUE))
        if sheet_cells.is_blank(cell):
            continue
        value = parse(cell)
        if value is None:
            problems.append(problem(spec, pointer=field, field=label(field), value=sheet_cells.text_of(cell)[:60]))
        values[field] = value
    if ("window_start" in values) is not ("window_end" in values):
        problems.append(problem(errors.WINDOW_WRONG, pointer="window_start"))
    return _SheetRow(place=place, row=_result_row(values), problems=tuple(problems))


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
        **numbers,
    )


def _rejected(row: _SheetRow, now: datetime) -> RowAnswer:
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


def _at_cells(answer: RowAnswer, place: int, layout: Layout, *, dry_run: bool) -> RowAnswer:
    """The answer with row numbers and cell names; after a dry run without ids of what does not exist."""
    is_phantom = dry_run and answer.outcome == "created"
    return replace(
        answer,
        index=place + 1,
        item_id=None if is_phantom else answer.item_id,
        tracking_code=None if is_phantom else answer.tracking_code,
        problems=_pointed(answer.problems, place, layout),
        warnings=_pointed(answer.warnings, place, layout),
    )


def _pointed(problems: Iterable[Problem], place: int, layout: Layout) -> tuple[Problem, ...]:
    def field(pointer: str | None) -> str:
        return "window_start" if pointer == "window" else pointer or ""

    return tuple(replace(p, pointer=layout.cell(place, field(p.pointer))) for p in problems)
