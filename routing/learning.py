"""The nightly lesson: yesterday's tracks become seconds on roads and at doors, these become learned speeds and times.

The two last days are read each night, since phones without signal send late; a day read again replaces itself. Roads
change a second or two after the lesson: the keeper of the road data sees the new version.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.clock import Clock, at_local, local_date
from core.db import Database
from core.jobs import JOBS
from geodata import store_learned
from geodata.communes import CommuneIndex
from geodata.learned_service import SeenVisit, learn_service
from geodata.learned_speeds import learn
from geodata.osrm_client import OsrmDown
from geodata.road_dataset import current_dataset
from geodata.road_segments import RoadSegments
from geodata.road_variants import base_of
from geodata.segment_table import SegmentTable
from geodata.track_times import Matcher, SegmentTimes, joined, read_track
from geodata.travel import RoadTravel
from geodata.travel_values import TravelTimes
from routing import store
from routing.day_record import NO_TIMES, DayRecord
from routing.punctuality import learn_windows
from routing.visit_times import seen_visits
from tracking import store_tracks
from tracking.store_tracks import DoorRecord

READ_DAYS = 2
KEPT_DAYS = 56
HALF_LIFE_DAYS = 21.0

_LOG = structlog.get_logger("routing")
_configured: list["Lesson"] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """What tracks are read with."""

    table: SegmentTable
    matcher: Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What learning needs from the process it happens in."""

    database: Database
    travel: TravelTimes
    data_dir: Path
    clock: Clock


def configure(lesson: Lesson) -> None:
    """Give the job what it needs; a worker calls this once before it starts."""
    _configured[:] = [lesson]


@JOBS.periodic(cron="15 19 * * *")  # 02:15 in Vietnam
@JOBS.task(name="routing.learn", queue="housekeeping", queueing_lock="routing.learn")
def learn_nightly(timestamp: int) -> int:  # noqa: ARG001  procrastinate gives every periodic job its time
    """Learn from the last days in every province; returns how many provinces."""
    lesson = _configured[0]
    with lesson.database.reading() as session:
        provinces = store.provinces(session)
    for province_code in provinces:
        learn_province(lesson, province_code, today=local_date(lesson.clock()))
    return len(provinces)


def learn_province(lesson: Lesson, province_code: str, *, today: date) -> None:
    """Read the last days anew, and learn from all that are kept."""
    roads = roads_of(lesson)
    for age in range(READ_DAYS, 0, -1):
        try:
            read_day(lesson, province_code, today - timedelta(days=age), roads)
        except OsrmDown as down:
            _LOG.warning("tracks not read", province=province_code, problem=str(down))
    with lesson.database.transaction() as session:
        oldest = today - timedelta(days=KEPT_DAYS)
        store_learned.forget_days(session, province_code, before=oldest)
        kept = [
            (day, DayRecord(content=times)) for day, times in store_learned.days(session, province_code, since=oldest)
        ]
        service = learn_service(visit for _, record in kept for visit in record.visits())
        store_learned.put_service(session, province_code, service)
        if roads is not None:
            parts = [record.times(roads.table, weight=_weight(today - day)) for day, record in kept]
            store_learned.put_roads(session, province_code, learn(joined(parts), roads.table), lesson.clock())
    learn_windows(lesson.database, province_code, today=today)


def read_day(lesson: Lesson, province_code: str, day: date, roads: Roads | None) -> None:
    """Keep what a day's tracks said. Raises OsrmDown when the road server does not answer."""
    start_at = at_local(day, time())
    end_at = start_at + timedelta(days=1)
    parts: list[SegmentTimes] = []
    visits: list[SeenVisit] = []
    fixes = 0
    with lesson.database.reading() as session:
        records = _by_courier(session, province_code, (start_at, end_at))
        couriers = store_tracks.couriers_seen(session, province_code, start_at, end_at)
    for courier_id in couriers:
        with lesson.database.reading() as session:
            track = store_tracks.track(session, province_code, courier_id, start_at, end_at)
        fixes += len(track)
        visits += seen_visits(track, records.get(courier_id, []))
        if roads is not None:
            parts.append(read_track(track, roads.table, roads.matcher))
    times = joined(parts).summed() if parts else NO_TIMES
    record = DayRecord.of(times, roads.table if roads else None, visits)
    with lesson.database.transaction() as session:
        store_learned.put_day(
            session,
            province_code,
            day,
            fixes=fixes,
            matched_s=float(times.observed_s.sum()),
            times=record.content,
            now=lesson.clock(),
        )


def roads_of(lesson: Lesson) -> Roads | None:
    """Road server and segments; None where there are none, or they were imported before there were indexes."""
    dataset = current_dataset(lesson.data_dir)
    index = RoadSegments.of(base_of(dataset)) if dataset else None
    if index is None or not isinstance(lesson.travel, RoadTravel):
        return None
    return Roads(table=SegmentTable.of(index, CommuneIndex.bundled()), matcher=lesson.travel)


def _by_courier(
    session: Session, province_code: str, period: tuple[datetime, datetime]
) -> dict[UUID, list[DoorRecord]]:
    found: dict[UUID, list[DoorRecord]] = {}
    for record in store_tracks.doors(session, province_code, *period):
        found.setdefault(record.courier_id, []).append(record)
    return found


def _weight(age: timedelta) -> float:
    return float(0.5 ** (age.days / HALF_LIFE_DAYS))
