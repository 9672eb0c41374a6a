"""SQL of what stands beside a proof: the courier's nearest ones of the day, and the same photo at another household."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.clock import at_local, local_date
from tracking.proof_beside import Moment, Shown
from tracking.store import point_of
from tracking.tables_custody import HAPPENED, PHOTOS

_NEAREST = """(
    SELECT {happened} AS at, p.clock_offset_s, p.lon, p.lat, p.accuracy_m, p.position_age_s
    FROM proofs p
    WHERE p.province_code = :province AND p.courier_id = asked.courier_id AND p.{known} IS NOT NULL
      AND {happened} >= asked.{first} AND {happened} {until} asked.{last}
    ORDER BY {happened} {way} LIMIT 1)"""
_BEFORE = {"first": "day_at", "until": "<=", "last": "at", "way": "DESC"}
_AFTER = {"first": "at", "until": "<", "last": "end_at", "way": "ASC"}
_SIDES = " UNION ALL ".join(
    _NEAREST.format(happened=HAPPENED, known=known, **side)
    for known in ("lon", "clock_offset_s")
    for side in (_BEFORE, _AFTER)
)
_BESIDE = text(f"""
    SELECT DISTINCT asked.courier_id, beside.*
    FROM unnest(CAST(:couriers AS uuid[]), CAST(:days AS timestamp[]), CAST(:ats AS timestamp[]),
                CAST(:ends AS timestamp[])) AS asked (courier_id, day_at, at, end_at)
    CROSS JOIN LATERAL ({_SIDES}) AS beside
""")  # noqa: S608  nothing but constants of the tables
# By the hash alone first (OFFSET keeps it first): planned while a month's table is new, the whole of it would be read.
_REUSED = text(f"""
    SELECT asked.sha256, asked.item_id
    FROM unnest(CAST(:hashes AS text[]), CAST(:items AS uuid[]), CAST(:homes AS text[]))
        AS asked (sha256, item_id, household_key)
    WHERE EXISTS (
        SELECT FROM (SELECT p.province_code, p.item_id FROM proofs p WHERE {PHOTOS} ? asked.sha256 OFFSET 0) AS p
        JOIN items i ON i.province_code = p.province_code AND i.id = p.item_id
        WHERE p.province_code = :province AND p.item_id <> asked.item_id
          AND (asked.household_key IS NULL OR i.household_key IS DISTINCT FROM asked.household_key))
""")  # noqa: S608  two constants of the tables


def moments_beside(session: Session, province_code: str, moments: Sequence[Moment]) -> list[Moment]:
    """Of each moment's courier and local day the nearest recorded ones before and after, with a position and with a
    clock.
    """
    if not moments:
        return []
    days = [local_date(one.at) for one in moments]
    asked = {
        "province": province_code,
        "couriers": [one.courier_id for one in moments],
        "days": [_plain(at_local(day, time())) for day in days],
        "ats": [_plain(one.at) for one in moments],
        "ends": [_plain(at_local(day + timedelta(days=1), time())) for day in days],
    }
    return [_moment(row) for row in session.execute(_BESIDE, asked)]


def reused_photos(session: Session, province_code: str, photos: Sequence[Shown]) -> list[Shown]:
    """Those of the photos that a recorded proof shows for another household."""
    if not photos:
        return []
    asked = {
        "province": province_code,
        "hashes": [one.sha256 for one in photos],
        "items": [one.item_id for one in photos],
        "homes": [one.household_key for one in photos],
    }
    found = {(row.sha256, row.item_id) for row in session.execute(_REUSED, asked)}
    return [one for one in photos if (one.sha256, one.item_id) in found]


def _plain(at: datetime) -> datetime:
    """The form that the index keeps: UTC without its name."""
    return at.replace(tzinfo=None)


def _moment(row: Row[Any]) -> Moment:
    return Moment(
        courier_id=row.courier_id,
        at=row.at.replace(tzinfo=UTC),
        clock_offset_s=row.clock_offset_s,
        point=point_of(row.lon, row.lat),
        accuracy_m=row.accuracy_m,
        position_age_s=row.position_age_s,
    )
