"""Turning a cell into a value: text, whole number, yes or no, date, local time. Pure.

A sheet has no offsets: its times are wall-clock times of Vietnam.
"""

import re
from datetime import date, datetime, time, timedelta

from core.clock import VIETNAM
from tracking.fields import folded
from tracking.sheet_read import Cell

_SHEET_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheet serial dates (ECMA-376, 1900 base)
_SERIALS = range(20_000, 80_000)  # 1954 to 2119
_DATE = re.compile(r"^(?:(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2}))$")
_TIME = re.compile(r"^(\d{1,2})[:hH](\d{2})(?::(\d{2}))?$")
_GROUPED = re.compile(r"^\d{1,3}([.,])\d{3}(?:\1\d{3})*$")
_WHOLE = re.compile(r"^-?\d+(?:[.,]0+)?$")
_UNITS = re.compile(r"(?:vnđ|vnd|đồng|đ|gram|gam|gr|g)$", re.IGNORECASE)
_YES = frozenset({"x", "co", "yes", "y", "true", "1", "✓", "✔", "dung"})
_NO = frozenset({"", "khong", "no", "n", "false", "0", "-", "sai"})


def text_of(cell: Cell) -> str:
    """The cell as text; a number that a spreadsheet made of digits loses its `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in the cell."""
    return isinstance(cell, str) and not cell.strip()


def whole_number(cell: Cell) -> int | None:
    """A whole number, also with a unit and grouped digits (`26.000 đ`); None when it is none."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if float(cell).is_integer() else None
    text = _UNITS.sub("", text_of(cell).strip()).strip().replace(" ", "").replace("\u00a0", "")
    if _GROUPED.match(text):
        return int(re.sub(r"[.,]", "", text))
    return int(re.split(r"[.,]", text)[0]) if _WHOLE.match(text) else None


def yes_no(cell: Cell) -> bool | None:
    """`có`, `x`, `1` … or `không`, nothing, `0` …; None when it is neither."""
    word = folded(text_of(cell)).strip()
    if word in _YES:
        return True
    return False if word in _NO else None


def day(cell: Cell) -> date | None:
    """A date: a date cell, its serial number, `20/11/2026` or `2026-11-20`; None when it is none."""
    at = local_time(cell)
    return at.astimezone(VIETNAM).date() if at is not None else None


def local_time(cell: Cell) -> datetime | None:
    """An instant: as `day`, with a time behind it if any (else midnight), or ISO 8601 with its own offset."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=VIETNAM)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), VIETNAM)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_serial(float(cell))
    return _from_text(text_of(cell).strip()) if isinstance(cell, str) else None


def _from_serial(serial: float) -> datetime | None:
    if int(serial) not in _SERIALS:
        return None
    seconds = round((serial % 1) * 86_400)
    return datetime.combine(_SHEET_EPOCH + timedelta(days=int(serial)), time(), VIETNAM) + timedelta(seconds=seconds)


def _from_text(text: str) -> datetime | None:
    if re.match(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", text):
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return None
        return at if at.tzinfo else at.replace(tzinfo=VIETNAM)
    words = text.split()
    found = _DATE.match(words[0]) if words else None
    if found is None or len(words) > 2:
        return None
    day_, month, year = (found[1], found[2], found[3]) if found[3] else (found[6], found[5], found[4])
    return _combined(int(year), int(month), int(day_), words[1] if len(words) == 2 else "0:00")


def _combined(year: int, month: int, day_: int, clock: str) -> datetime | None:
    found = _TIME.match(clock)
    if found is None:
        return None
    try:
        return datetime(year, month, day_, int(found[1]), int(found[2]), int(found[3] or 0), tzinfo=VIETNAM)
    except ValueError:
        return None
