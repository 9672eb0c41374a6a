"""A page of a published list: rows and the cursor to ask on with. Pure."""

from dataclasses import dataclass

import orjson

from core.errors import CodedError, fail
from tracking.sources.errors import NOT_A_PAGE

_LONGEST_CURSOR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows as they came, and the cursor behind them; None leaves the cursor where it is."""

    rows: tuple[object, ...]
    next: str | None


def read_page(body: bytes, *, most_rows: int) -> Page:
    """Read `{"rows": […], "next": "…"}`. Raises T5101, which says what is wrong with it."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as broken:
        raise _wrong("không phải là JSON", "it is no JSON") from broken
    if not isinstance(content, dict) or not isinstance(content.get("rows"), list):
        raise _wrong("không có danh sách «rows»", "it has no list “rows”")
    rows, cursor = content["rows"], content.get("next")
    if len(rows) > most_rows:
        raise _wrong(f"có hơn {most_rows} dòng", f"it has more than {most_rows} rows")
    if cursor is not None and not _is_cursor(cursor):
        raise _wrong("con trỏ «next» không đúng", "its cursor “next” is none")
    return Page(rows=tuple(rows), next=cursor)


def is_last(page: Page, *, asked_with: str | None) -> bool:
    """Whether there is nothing behind the page for now."""
    return not page.rows or page.next is None or page.next == asked_with


def too_long() -> CodedError:
    """The error of a page that was cut off."""
    return _wrong("quá lớn hoặc tải quá chậm", "it is too large or comes too slowly")


def _is_cursor(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_CURSOR and "\0" not in value


def _wrong(why: str, why_en: str) -> CodedError:
    return fail(NOT_A_PAGE, why=why, why_en=why_en)
