"""SQL of what tracks teach: seconds by day, learned roads, learned service times."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.learned_service import LearnedService
from geodata.learned_speeds import LearnedRoads, LearnedSpeed, packed, unpacked
from geodata.tables_roads import LearnedSegmentsRow, LearnedServiceRow, LearnedSpeedRow, TrackDayRow


def put_day(
    session: Session, province_code: str, ridden_on: date, *, fixes: int, matched_s: float, times: bytes, now: datetime
) -> None:
    """Keep what a day's tracks said, in place of what an earlier reading of that day said."""
    values = {"fixes": fixes, "matched_s": matched_s, "times": times, "learned_at": now}
    statement = upsert(TrackDayRow).values(province_code=province_code, ridden_on=ridden_on, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["province_code", "ridden_on"], set_=values))


def days(session: Session, province_code: str, *, since: date) -> list[tuple[date, bytes]]:
    """Days kept from `since` on, by date, with their times."""
    query = select(TrackDayRow.ridden_on, TrackDayRow.times).where(
        TrackDayRow.province_code == province_code, TrackDayRow.ridden_on >= since
    )
    return [(row.ridden_on, row.times) for row in session.execute(query.order_by(TrackDayRow.ridden_on))]


def forget_days(session: Session, province_code: str, *, before: date) -> None:
    """Drop days too old to weigh anything."""
    session.execute(
        delete(TrackDayRow).where(TrackDayRow.province_code == province_code, TrackDayRow.ridden_on < before)
    )


def put_roads(session: Session, province_code: str, learned: LearnedRoads, now: datetime) -> None:
    """Replace what was learned of a province's roads."""
    session.execute(delete(LearnedSpeedRow).where(LearnedSpeedRow.province_code == province_code))
    rows = [
        {
            "province_code": province_code,
            "commune_code": speed.commune_code,
            "road_class": speed.road_class,
            "band": speed.band,
            "factor": speed.factor,
            "observed_s": speed.observed_s,
        }
        for speed in learned.speeds
    ]
    if rows:
        session.execute(insert(LearnedSpeedRow), rows)
    values = {
        "version": learned.version,
        "segments": packed(start=learned.start, end=learned.end, factor=learned.factor),
        "learned_at": now,
    }
    statement = upsert(LearnedSegmentsRow).values(province_code=province_code, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["province_code"], set_=values))


def versions(session: Session) -> dict[str, str]:
    """Version of what was learned by province."""
    query = select(LearnedSegmentsRow.province_code, LearnedSegmentsRow.version)
    return {row.province_code: row.version for row in session.execute(query)}


def learned_speeds(
    session: Session, province_code: str, *, communes: Iterable[str] | None = None, road_class: int | None = None
) -> tuple[LearnedSpeed, ...]:
    """Factors by commune, class and band: all of a province, or of some communes or one class."""
    query = select(LearnedSpeedRow).where(LearnedSpeedRow.province_code == province_code)
    if communes is not None:
        query = query.where(LearnedSpeedRow.commune_code.in_(list(communes)))
    if road_class is not None:
        query = query.where(LearnedSpeedRow.road_class == road_class)
    return tuple(
        LearnedSpeed(
            commune_code=row.commune_code,
            road_class=row.road_class,
            band=row.band,
            factor=row.factor,
            observed_s=row.observed_s,
        )
        for row in session.scalars(
            query.order_by(LearnedSpeedRow.commune_code, LearnedSpeedRow.road_class, LearnedSpeedRow.band)
        )
    )


def learned_roads(session: Session, province_code: str) -> LearnedRoads | None:
    """All that was learned of a province's roads; None when nothing was."""
    content = session.scalar(
        select(LearnedSegmentsRow.segments).where(LearnedSegmentsRow.province_code == province_code)
    )
    if content is None:
        return None
    columns = unpacked(content)
    return LearnedRoads(
        speeds=learned_speeds(session, province_code),
        start=columns["start"].astype("int64"),
        end=columns["end"].astype("int64"),
        factor=columns["factor"].astype("float64"),
    )


def put_service(session: Session, province_code: str, learned: Sequence[LearnedService]) -> None:
    """Replace what was learned of a province's service times."""
    session.execute(delete(LearnedServiceRow).where(LearnedServiceRow.province_code == province_code))
    rows = [
        {
            "province_code": province_code,
            "commune_code": one.commune_code,
            "error_class": one.error_class,
            "factor": one.factor,
            "visits": one.visits,
        }
        for one in learned
    ]
    if rows:
        session.execute(insert(LearnedServiceRow), rows)


def learned_service(session: Session, province_code: str) -> tuple[LearnedService, ...]:
    """Service factors by commune and class of pin error."""
    query = select(LearnedServiceRow).where(LearnedServiceRow.province_code == province_code)
    return tuple(
        LearnedService(commune_code=row.commune_code, error_class=row.error_class, factor=row.factor, visits=row.visits)
        for row in session.scalars(query.order_by(LearnedServiceRow.commune_code, LearnedServiceRow.error_class))
    )
