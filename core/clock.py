"""Instants and local dates: `*_at` are aware UTC instants, `*_on` are dates in Vietnam."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import define, fail

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

Clock = Callable[[], datetime]

NO_OFFSET = define(
    "C1001",
    422,
    vi="Thời điểm «{value}» thiếu múi giờ (ví dụ 2026-11-20T08:30:00+07:00).",
    en="The time “{value}” has no offset (for example 2026-11-20T08:30:00+07:00).",
)


def utc_now() -> datetime:
    """The present instant. Only the outermost layer (api, commands) calls it; everything else takes `now`."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The date in Vietnam at an aware instant."""
    return aware(moment).astimezone(VIETNAM).date()


def at_local(day: date, clock_time: time) -> datetime:
    """The UTC instant of a wall-clock time in Vietnam on a day."""
    return datetime.combine(day, clock_time, VIETNAM).astimezone(UTC)


def aware(moment: datetime) -> datetime:
    """The instant in UTC; raises C1001 when it has no offset."""
    if moment.tzinfo is None:
        raise fail(NO_OFFSET, value=moment.isoformat())
    return moment.astimezone(UTC)


def instant(day: date, second: int) -> datetime:
    """The UTC instant of a second of a local day, as plans count it."""
    return (datetime.combine(day, time(), VIETNAM) + timedelta(seconds=second)).astimezone(UTC)


def second_of(day: date, moment: datetime) -> int:
    """Seconds from the local midnight of `day` to an aware instant; negative before, beyond 86,400 after."""
    return int((moment - datetime.combine(day, time(), VIETNAM)).total_seconds())
