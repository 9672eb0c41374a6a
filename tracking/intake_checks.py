"""One row of a hand-in: its normal form, its digest, and everything that is wrong with it. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.errors import ErrorSpec, Problem, problem
from core.ids import is_valid_s10
from geodata.model import LonLat
from tracking import errors, fields
from tracking.canonical import canonical
from tracking.model import Person, ResultRow, Window
from tracking.notifications.contacts import email_of
from tracking.notifications.errors import EMAIL_WRONG

LEGS = ("return", "collect")
_DOSSIER_CODE_LIMIT = 64
_TEXT_LIMITS = {"procedure": 500, "addressee.name": 200, "address": 500, "item_code": 40, "receipt_code": 60}
_NUMBERS = {
    "weight_g": (1, 31_500),  # the postal law's largest letter-post and parcel item, grams
    "papers": (1, 999),
    "state_fee_vnd": (0, 10_000_000_000),
    "postage_vnd": (0, 100_000_000),
}
_NAMES = {
    "dossier_code": "Mã hồ sơ",
    "procedure": "Thủ tục",
    "addressee.name": "Họ tên",
    "address": "Địa chỉ",
    "due_on": "Ngày hẹn trả",
    "ready_at": "Ngày có kết quả",
    "weight_g": "Khối lượng (g)",
    "papers": "Số giấy tờ",
    "state_fee_vnd": "Lệ phí",
    "postage_vnd": "Cước",
    "item_code": "Mã bưu gửi",
    "receipt_code": "Mã biên nhận",
    "reduction": "Đối tượng miễn giảm",
    "window": "Khung giờ hẹn",
}
_LEAST_WINDOW = timedelta(minutes=30)
# A dossier system dates results by the day; tomorrow is a wrong clock, later is a wrong row.
_READY_SLACK = timedelta(days=1)
_VIETNAM = (LonLat(lon=102.0, lat=6.0), LonLat(lon=118.0, lat=23.6))  # mainland, islands and the two archipelagos


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """A row in normal form. It may be taken when `problems` is empty; `digest` tells a repeat from a change, `postage`
    how that came about.
    """

    index: int
    row: ResultRow
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    digest: str
    postage: Mapping[str, Any] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes two rows of one agency the same: dossier code and leg."""
        return self.row.dossier_code, self.row.leg


def check_row(index: int, row: ResultRow, *, now: datetime) -> CheckedRow:
    """Normalise a row and find all its problems at once."""
    code, known_form = fields.dossier_code(row.dossier_code)
    phone, email = fields.phone(row.addressee.phone), email_of(row.email)
    tidy = replace(
        row,
        dossier_code=code,
        procedure=fields.name(row.procedure),
        addressee=Person(name=fields.name(row.addressee.name), phone=phone or ""),
        ready_at=_utc(row.ready_at),
        window=_utc_window(row.window),
        item_code=fields.item_code(row.item_code) if row.item_code else None,
        receipt_code=(row.receipt_code or "").strip() or None,
        reduction=(row.reduction or "").strip() or None,
        email=email or "",
    )
    found = [*_texts(tidy), *_numbers(tidy), *_times(tidy, now), *_place(tidy)]
    if phone is None:
        found.append(problem(errors.PHONE_WRONG, pointer="addressee.phone", value=row.addressee.phone))
    if tidy.leg not in LEGS:
        found.append(problem(errors.LEG_UNKNOWN, pointer="leg", value=tidy.leg))
    # A paper is not kept back by an address that only messages need.
    warned = [problem(EMAIL_WRONG, pointer="email", value=row.email)] if email is None else []
    return CheckedRow(
        index=index,
        row=tidy,
        problems=tuple(found),
        warnings=(*_warnings(tidy, known_form=known_form, phone=phone), *warned),
        digest="" if found else digest_of(tidy),
    )


def digest_of(row: ResultRow) -> str:
    """SHA-256 over the canonical JSON of a normalised row."""
    window = row.window and [row.window.start_at.isoformat(), row.window.end_at.isoformat()]
    content: list[Any] = [
        row.dossier_code,
        row.leg,
        row.procedure,
        row.addressee.name,
        row.addressee.phone,
        row.address,
        row.due_on and row.due_on.isoformat(),
        row.ready_at and row.ready_at.isoformat(),
        row.office_code,
        row.item_code,
        row.weight_g,
        row.papers,
        row.state_fee_vnd,
        row.postage_vnd,
        row.in_person,
        row.point and [row.point.lon, row.point.lat],
        window,
    ]
    # Only where there are any: rows from before they were known keep their digest.
    content += [row.receipt_code] if row.receipt_code else []
    content += [{"email": row.email}] if row.email else []
    content += [{"reduction": row.reduction}] if row.reduction else []
    return hashlib.sha256(canonical(content)).hexdigest()


def says_the_same(row: ResultRow, digest: str) -> bool:
    """Whether a row repeats what was handed in. One that names no postage does not contradict a nought: that is how
    such rows were written down before a tariff decided.
    """
    is_open = row.postage_vnd is None
    return digest_of(row) == digest or (is_open and digest_of(replace(row, postage_vnd=0)) == digest)


def label(field: str) -> str:
    """The field's name as the register list has it."""
    return _NAMES.get(field, field)


def _problem(spec: ErrorSpec, field: str, **values: object) -> Problem:
    return problem(spec, pointer=field, field=label(field), **values)


def _texts(row: ResultRow) -> Iterator[Problem]:
    texts = {
        "dossier_code": row.dossier_code,
        "procedure": row.procedure,
        "addressee.name": row.addressee.name,
        "address": row.address,
    }
    for field, text in texts.items():
        if not text.strip():
            yield _problem(errors.MISSING_VALUE, field)
    texts |= {name: getattr(row, name) or "" for name in ("item_code", "office_code", "receipt_code", "reduction")}
    for field, text in texts.items():
        if not fields.is_printable(text):
            yield _problem(errors.TEXT_NOT_PRINTABLE, field)
        elif len(text) > _TEXT_LIMITS.get(field, _DOSSIER_CODE_LIMIT):
            yield _too_long(field, text)


def _too_long(field: str, text: str) -> Problem:
    if field == "dossier_code":
        return _problem(errors.DOSSIER_CODE_TOO_LONG, field, value=f"{text[:20]}…", limit=_DOSSIER_CODE_LIMIT)
    return _problem(errors.TEXT_TOO_LONG, field, limit=_TEXT_LIMITS.get(field, _DOSSIER_CODE_LIMIT))


def _numbers(row: ResultRow) -> Iterator[Problem]:
    for field, (low, high) in _NUMBERS.items():
        value = getattr(row, field)
        if value is not None and not low <= value <= high:
            yield _problem(errors.NUMBER_OUT_OF_RANGE, field, low=low, high=high, value=value)


def _times(row: ResultRow, now: datetime) -> Iterator[Problem]:
    if row.due_on is None:
        yield _problem(errors.MISSING_VALUE, "due_on")
    elif not is_due_day(row.due_on):
        yield _problem(errors.DATE_WRONG, "due_on", value=row.due_on.isoformat())
    yield from _ready_time(row.ready_at, now)
    if row.window is not None:
        yield from _window(row.window)


def is_due_day(day: date) -> bool:
    """Whether a due date is one that somebody can have meant."""
    return date(2000, 1, 1) <= day <= date(2100, 1, 1)


def _ready_time(ready_at: datetime | None, now: datetime) -> Iterator[Problem]:
    if ready_at is None:
        yield _problem(errors.MISSING_VALUE, "ready_at")
    elif ready_at.tzinfo is None:
        yield _problem(errors.TIME_WITHOUT_OFFSET, "ready_at", value=ready_at.isoformat())
    elif ready_at > now + _READY_SLACK:
        yield _problem(errors.READY_IN_FUTURE, "ready_at", value=ready_at.isoformat())


def _window(window: Window) -> Iterator[Problem]:
    for at in (window.start_at, window.end_at):
        if at.tzinfo is None:
            yield _problem(errors.TIME_WITHOUT_OFFSET, "window", value=at.isoformat())
            return
    if window.end_at - window.start_at < _LEAST_WINDOW:
        yield _problem(errors.WINDOW_WRONG, "window")


def _place(row: ResultRow) -> Iterator[Problem]:
    if row.point is not None and not is_in_vietnam(row.point):
        yield problem(errors.POINT_WRONG, pointer="point", lon=row.point.lon, lat=row.point.lat)


def is_in_vietnam(point: LonLat) -> bool:
    """Whether the point lies in the country's bounding box, its islands included; false for NaN."""
    low, high = _VIETNAM
    return low.lon <= point.lon <= high.lon and low.lat <= point.lat <= high.lat


def _warnings(row: ResultRow, *, known_form: bool, phone: str | None) -> Iterator[Problem]:
    if not known_form:
        yield problem(errors.DOSSIER_CODE_UNKNOWN_FORM, pointer="dossier_code", value=row.dossier_code)
    if phone == "":
        yield problem(errors.PHONE_MISSING, pointer="addressee.phone")
    if row.item_code and not is_valid_s10(row.item_code):
        yield problem(errors.ITEM_CODE_CHECK_DIGIT, pointer="item_code", value=row.item_code)


def _utc(at: datetime | None) -> datetime | None:
    # One instant written with two offsets is one instant: the digest must not see a change.
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else at


def _utc_window(window: Window | None) -> Window | None:
    if window is None or window.start_at.tzinfo is None or window.end_at.tzinfo is None:
        return window
    return Window(start_at=window.start_at.astimezone(UTC), end_at=window.end_at.astimezone(UTC))
