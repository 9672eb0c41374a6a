"""SQL of making past tracks coarse."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_DUE = text("""
    SELECT days.province_code, days.courier_id, days.day
    FROM position_days AS days
    WHERE days.coarse_at IS NULL AND days.day < :before AND (days.day < :at_last OR EXISTS (
        SELECT FROM track_days AS lesson
        WHERE lesson.province_code = days.province_code AND lesson.ridden_on = days.day
          AND lesson.learned_at AT TIME ZONE 'Asia/Ho_Chi_Minh' >= days.day + CAST(:read_days AS integer)))
    ORDER BY days.day, days.province_code, days.courier_id
    LIMIT :most
""")
_OWN = "province_code = :province_code AND courier_id = :courier_id"
_WITHIN = f"{_OWN} AND occurred_at >= :start_at AND occurred_at < :end_at"
_ROUNDED = """
    lon = round(CAST(lon AS numeric), 3), lat = round(CAST(lat AS numeric), 3), accuracy_m = greatest(accuracy_m, 100),
    speed_mps = NULL, heading_deg = NULL, battery_pct = NULL
"""
_LOCK = text(f"SELECT FROM position_days WHERE {_OWN} AND day = :day FOR UPDATE")
_THIN = text(f"""
    DELETE FROM positions WHERE {_WITHIN} AND occurred_at NOT IN (
        SELECT min(occurred_at) FROM positions WHERE {_WITHIN}
        GROUP BY date_bin('15 minutes', occurred_at, TIMESTAMPTZ '2000-01-01 00:00Z'))
""")  # noqa: S608  our own text
_ROUND = text(f"UPDATE positions SET {_ROUNDED} WHERE {_WITHIN}")  # noqa: S608  our own text
_ROUND_LAST = text(f"UPDATE last_positions SET {_ROUNDED} WHERE {_WITHIN}")  # noqa: S608  our own text
_DONE = text(f"UPDATE position_days SET coarse_at = :now WHERE {_OWN} AND day = :day")  # noqa: S608  our own text


def due_days(
    session: Session, *, before: date, at_last: date, read_days: int, most: int
) -> list[tuple[str, UUID, date]]:
    """Precise days before `before` that the lesson has read for the last time, or that lie before `at_last`."""
    values = {"before": before, "at_last": at_last, "read_days": read_days, "most": most}
    return [(row.province_code, row.courier_id, row.day) for row in session.execute(_DUE, values)]


def coarsen(
    session: Session, key: tuple[str, UUID, date], *, start_at: datetime, end_at: datetime, now: datetime
) -> None:
    """One fix a quarter of an hour, rounded to 0.001° (about 100 m), without speed, heading and battery.

    The row of the day is held: a batch that comes late waits, and opens the day again.
    """
    province_code, courier_id, day = key
    values: dict[str, Any] = {"province_code": province_code, "courier_id": courier_id, "day": day}
    values |= {"start_at": start_at, "end_at": end_at, "now": now}
    for statement in (_LOCK, _THIN, _ROUND, _ROUND_LAST, _DONE):
        session.execute(statement, {name: values[name] for name in statement.compile().params})
