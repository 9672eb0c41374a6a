"""Tables of a reform file → a `Reform`, and everything that is wrong with single cells."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from core.errors import Problem, problem
from geodata import reform_errors as errors
from geodata.model import ChangeKind
from geodata.names import fold_key
from geodata.reform_tables import Row, Tables
from geodata.reform_values import Alias, Change, NewProvince, NewUnit, ProvinceChange, Reform, UnitKey

_REQUIRED = {
    "units": ("code", "name", "type", "province_code", "valid_from"),
    "changes": ("old_code", "old_valid_from", "new_code", "kind"),
    "aliases": ("code", "name"),
    "provinces": ("code", "name", "type", "valid_from"),
    "province_changes": ("old_code", "old_valid_from", "new_code"),
}
UNIT_TYPES = {fold_key(name): name for name in ("Xã", "Phường", "Đặc khu")}
PROVINCE_TYPES = {fold_key(name): name for name in ("Tỉnh", "Thành phố")}
_KINDS = {fold_key(kind.value): kind for kind in ChangeKind} | {
    fold_key("toàn bộ"): ChangeKind.FULL,
    fold_key("một phần"): ChangeKind.PARTIAL,
    fold_key("một phần diện tích"): ChangeKind.PARTIAL_AREA,
    fold_key("một phần diện tích, toàn bộ dân số"): ChangeKind.PARTIAL_AREA_ALL_PEOPLE,
    fold_key("một phần dân số"): ChangeKind.PARTIAL_PEOPLE,
}
_LOCAL_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_NEVER = date(1900, 1, 1)
_T = TypeVar("_T")


def parse_reform(tables: Tables) -> tuple[Reform, list[Problem]]:
    """The reform as far as it can be read, and all problems of its cells. A cell that is wrong leaves its row out."""
    parser = _Parser(tables)
    return parser.reform(), parser.problems


class _Parser:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.problems: list[Problem] = list(tables.problems)
        self.dates: set[date] = set()

    def reform(self) -> Reform:
        if not any(self.tables.rows.get(name) for name in _REQUIRED):
            self.problems.append(problem(errors.EMPTY_REFORM))
        units = [self._unit(row) for row in self._rows("units")]
        provinces = [self._province(row) for row in self._rows("provinces")]
        if len(self.dates) > 1:
            days = ", ".join(str(day) for day in sorted(self.dates))
            self.problems.append(problem(errors.DATES_DIFFER, dates=days))
        return Reform(
            valid_from=max(self.dates, default=_NEVER),
            title=self.tables.about().get("title", ""),
            units=_known(units),
            changes=_known([self._change(row) for row in self._rows("changes")]),
            provinces=_known(provinces),
            province_changes=_known([self._province_change(row) for row in self._rows("province_changes")]),
            aliases=_known([self._alias(row) for row in self._rows("aliases")]),
        )

    def _rows(self, table: str) -> Iterator[Row]:
        """Rows of a table that has all its columns."""
        rows = self.tables.rows.get(table, [])
        missing = [c for c in _REQUIRED[table] if c not in self.tables.columns.get(table, ())]
        if rows and missing:
            self.problems += [
                problem(errors.COLUMN_MISSING, pointer=table, table=table, column=column) for column in missing
            ]
            return
        yield from rows

    def _unit(self, row: Row) -> NewUnit | None:
        code, province = self._code(row, "code", 5), self._code(row, "province_code", 2)
        name, unit_type = self._text(row, "name"), self._choice(row, "type", UNIT_TYPES)
        valid_from = self._day(row, "valid_from")
        if valid_from is not None:
            self.dates.add(valid_from)
        if code is None or province is None or name is None or unit_type is None or valid_from is None:
            return None
        address = row.values.get("office_address")
        return NewUnit(
            code=code,
            name=name,
            unit_type=unit_type,
            province_code=province,
            office_address=None if address is None else str(address),
            area=row.geometry,
            pointer=row.pointer,
        )

    def _change(self, row: Row) -> Change | None:
        code, day = self._code(row, "old_code", 5), self._day(row, "old_valid_from")
        kind = self._choice(row, "kind", _KINDS)
        share = self._share(row)
        if code is not None and row.values.get("new_code") is None:
            self.problems.append(problem(errors.CHANGE_WITHOUT_TARGET, pointer=row.pointer, code=code))
            return None
        new_code = self._code(row, "new_code", 5)
        if code is None or day is None or kind is None or new_code is None:
            return None
        note = row.values.get("note")
        return Change(
            old=UnitKey(code, day),
            new_code=new_code,
            kind=kind,
            share=share,
            note=None if note is None else str(note),
            pointer=row.pointer,
        )

    def _province(self, row: Row) -> NewProvince | None:
        code, name = self._code(row, "code", 2), self._text(row, "name")
        unit_type, valid_from = self._choice(row, "type", PROVINCE_TYPES), self._day(row, "valid_from")
        if valid_from is not None:
            self.dates.add(valid_from)
        if code is None or name is None or unit_type is None or valid_from is None:
            return None
        return NewProvince(code=code, name=name, unit_type=unit_type, pointer=row.pointer)

    def _province_change(self, row: Row) -> ProvinceChange | None:
        code, day = self._code(row, "old_code", 2), self._day(row, "old_valid_from")
        if code is not None and row.values.get("new_code") is None:
            self.problems.append(problem(errors.CHANGE_WITHOUT_TARGET, pointer=row.pointer, code=code))
            return None
        new_code = self._code(row, "new_code", 2)
        if code is None or day is None or new_code is None:
            return None
        return ProvinceChange(old=UnitKey(code, day), new_code=new_code, pointer=row.pointer)

    def _alias(self, row: Row) -> Alias | None:
        code, name = self._code(row, "code", 5), self._text(row, "name")
        unit_type = self._choice(row, "type", UNIT_TYPES) if row.values.get("type") is not None else ""
        if code is None or name is None or unit_type is None:
            return None
        return Alias(code=code, name=name, unit_type=unit_type, pointer=row.pointer)

    def _code(self, row: Row, column: str, digits: int) -> str | None:
        """A code; a spreadsheet that took it for a number has lost its leading zeros."""
        text = str(row.values.get(column, "")).strip()
        if text.isdigit() and len(text) <= digits:
            return text.zfill(digits)
        self._wrong(row, column, f"mã {digits} chữ số", f"a code of {digits} digits")
        return None

    def _text(self, row: Row, column: str) -> str | None:
        value = row.values.get(column)
        text = "" if value is None else " ".join(str(value).split())
        if text and len(text) <= 200 and text.isprintable():
            return text
        self._wrong(row, column, "một tên", "a name")
        return None

    def _choice(self, row: Row, column: str, choices: dict[str, Any]) -> Any:
        found = choices.get(fold_key(str(row.values.get(column, ""))))
        if found is None:
            names = ", ".join(str(choice) for choice in dict.fromkeys(choices.values()))
            self._wrong(row, column, names, names)
        return found

    def _day(self, row: Row, column: str) -> date | None:
        value = row.values.get(column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        written = str(value or "").strip()
        local = _LOCAL_DATE.match(written)
        try:
            if local:
                return date(int(local[3]), int(local[2]), int(local[1]))
            return date.fromisoformat(written[:10])
        except ValueError:
            self._wrong(row, column, "ngày, như 2027-01-01 hay 01/01/2027", "a day such as 2027-01-01")
            return None

    def _share(self, row: Row) -> float | None:
        value = row.values.get("share")
        if value is None:
            return None
        try:
            share = float(str(value).replace(",", "."))
        except ValueError:
            share = -1.0
        if 0 <= share <= 1:
            return share
        self._wrong(row, "share", "số từ 0 đến 1", "a number from 0 to 1")
        return None

    def _wrong(self, row: Row, column: str, vi: str, en: str) -> None:
        value = row.values.get(column, "")
        self.problems.append(
            problem(errors.VALUE_WRONG, pointer=row.pointer, value=value, column=column, wanted_vi=vi, wanted_en=en)
        )


def _known(found: Sequence[_T | None]) -> tuple[_T, ...]:
    return tuple(one for one in found if one is not None)
