"""Tracks grow coarse when their time is over, not before the lesson has read them for the last time."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import text

from core.clock import at_local
from geodata import store_learned
from geodata.model import LonLat
from tests.tracking.office_scene import PROVINCE, SYSTEM, Scene
from tracking import service
from tracking.coarse import coarsen_days
from tracking.model import Fix

DAY = date(2026, 11, 30)
START = at_local(DAY, time(8))


def night(days: int) -> datetime:
    return at_local(DAY + timedelta(days=days), time(3))


def ride(scene: Scene, start: datetime, *, now: datetime, count: int = 60) -> list[Fix]:
    fixes = [
        Fix(
            occurred_at=start + timedelta(minutes=n),
            point=LonLat(lon=106.701234 + n / 2000, lat=10.776543),
            accuracy_m=5.0,
            speed_mps=8.0,
            battery_pct=50,
        )
        for n in range(count)
    ]
    with scene.database.transaction() as session:
        courier_id = scene.couriers[0].id
        answer = service.record_positions(session, scope=SYSTEM, courier_id=courier_id, fixes=fixes, now=now)
        assert answer.accepted == count
    return fixes


def learn(scene: Scene, *, days: int) -> None:
    with scene.database.transaction() as session:
        at = at_local(DAY + timedelta(days=days), time(2, 15))
        store_learned.put_day(session, PROVINCE, DAY, fixes=60, matched_s=0.0, times=b"", now=at)


def coarsen(scene: Scene, *, days: int) -> int:
    return coarsen_days(scene.database, now=night(days), precise_days=1, read_days=2)


def track(scene: Scene) -> list[Fix]:
    with scene.database.reading() as session:
        start = at_local(DAY, time())
        end = start + timedelta(days=2)
        return service.courier_track(session, scope=SYSTEM, courier_id=scene.couriers[0].id, start_at=start, end_at=end)


def test_a_day_that_was_read_twice_keeps_one_rounded_fix_a_quarter(scene: Scene) -> None:
    """The next day begins in another month's partition and stays exact."""
    fixes = ride(scene, START, now=night(1))
    later = ride(scene, START + timedelta(days=1), now=night(2))
    learn(scene, days=1)
    assert (coarsen(scene, days=1), coarsen(scene, days=2)) == (0, 0)
    assert track(scene) == [*fixes, *later]
    learn(scene, days=2)
    assert coarsen(scene, days=2) == 1
    kept = track(scene)
    assert [fix.occurred_at for fix in kept[:4]] == [START + timedelta(minutes=15 * n) for n in range(4)]
    assert kept[4:] == later
    for fix, exact in zip(kept[:4], fixes[::15], strict=True):
        assert fix.point == LonLat(lon=round(exact.point.lon, 3), lat=round(exact.point.lat, 3))
        assert (fix.accuracy_m, fix.speed_mps, fix.battery_pct) == (100.0, None, None)
    assert coarsen(scene, days=2) == 0


def test_the_last_position_grows_coarse_too_and_a_late_batch_is_caught_the_next_night(scene: Scene) -> None:
    ride(scene, START, now=night(1), count=20)
    learn(scene, days=2)
    assert coarsen(scene, days=2) == 1
    with scene.database.reading() as session:
        [last] = service.last_positions(session, scope=SYSTEM)
    assert last.fix.point.lat == 10.777
    ride(scene, START + timedelta(hours=2), now=night(2), count=20)
    learn(scene, days=3)
    assert coarsen(scene, days=3) == 1
    assert len(track(scene)) == 4


def test_where_lessons_fail_a_week_is_the_end(scene: Scene) -> None:
    ride(scene, START, now=night(1))
    assert coarsen(scene, days=7) == 0
    assert coarsen(scene, days=8) == 1
    with scene.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM positions")) == 4
