"""The nightly lesson in a real database: tracks and proofs in, speeds and service times out, plans with them."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text

from core.clock import at_local
from core.db import Database
from geodata import store_learned
from geodata.communes import CommuneIndex
from geodata.learned_service import LearnedService, ServiceFactors
from geodata.learned_speeds import ALL_CLASSES, HourFactors
from geodata.model import LonLat
from geodata.road_dataset import RoadDataset
from geodata.straight_line import StraightLine
from geodata.track_times import Band, Track
from geodata.travel import RoadTravel
from geodata.travel_values import TravelTimes
from routing.batch import standard_service, time_at_door
from routing.gather import gather
from routing.learning import Lesson, learn_province, read_day
from routing.visit_times import seen_visits
from tests.geodata.roads_copy import copied
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import PROVINCE, SYSTEM, Scene, delivery
from tracking import service
from tracking.model import Fix
from tracking.store_tracks import DoorRecord

RIDDEN_ON = date(2026, 11, 20)
NIGHT = at_local(RIDDEN_ON + timedelta(days=1), time(2, 15))
START = at_local(RIDDEN_ON, time(8, 0))
DEPOT, DOOR = LonLat(lon=106.668, lat=10.775), LonLat(lon=106.7025, lat=10.7799)
_METRES = 111_195.0


def lesson(database: Database, travel: TravelTimes, data_dir: Path) -> Lesson:
    return Lesson(database=database, travel=travel, data_dir=data_dir, clock=lambda: NIGHT)


def ride(travel: RoadTravel, *, slower: float, stand_s: float) -> list[Fix]:
    """From the depot to the door, a stand there, and back, a fix every eight seconds."""
    there, back = (travel._osrm._ask("GET", _question(a, b))["routes"][0] for a, b in ((DEPOT, DOOR), (DOOR, DEPOT)))
    at_s, places = np.array([0.0]), np.array([[DEPOT.lon, DEPOT.lat]])
    for route in (there, back):
        leg = route["legs"][0]
        pieces = np.array(leg["annotation"]["duration"])
        turns_s = leg["duration"] - pieces.sum()
        seconds = np.r_[0, np.cumsum(pieces)] * slower + np.linspace(0, turns_s, len(pieces) + 1)
        at_s = np.r_[at_s, at_s[-1] + (stand_s if route is back else 1.0) + seconds]
        places = np.r_[places, np.array(route["geometry"]["coordinates"])[: len(seconds)]]
    fixes_s = np.arange(0, at_s[-1], 8.0)
    lon, lat = (np.interp(fixes_s, at_s, places[:, axis]) for axis in (0, 1))
    return [
        Fix(occurred_at=START + timedelta(seconds=float(t)), point=LonLat(lon=float(x), lat=float(y)), accuracy_m=6.0)
        for t, x, y in zip(fixes_s, lon, lat, strict=True)
    ]


def _question(a: LonLat, b: LonLat) -> str:
    return f"/route/v1/driving/{a.lon},{a.lat};{b.lon},{b.lat}?annotations=true&geometries=geojson&overview=full"


def put_track(scene: Scene, courier_id: UUID, fixes: list[Fix]) -> None:
    with scene.database.transaction() as session:
        answer = service.record_positions(session, scope=SYSTEM, courier_id=courier_id, fixes=fixes, now=NIGHT)
    assert answer.accepted == len(fixes)


@pytest.mark.osrm
def test_a_night_of_learning_makes_roads_slower_and_read_again_counts_once(
    tmp_path: Path, planning: Planning, road_dataset: RoadDataset, road_travel: RoadTravel
) -> None:
    scene = planning.scene
    copied(road_dataset, tmp_path)
    for courier in scene.couriers[:2]:
        put_track(scene, courier.id, ride(road_travel, slower=1.6, stand_s=300.0))
    class_room = lesson(scene.database, road_travel, tmp_path)
    learn_province(class_room, PROVINCE, today=RIDDEN_ON + timedelta(days=1))
    with scene.database.reading() as session:
        first = store_learned.learned_speeds(session, PROVINCE)
        ridden = session.execute(text("SELECT ridden_on, fixes, matched_s FROM track_days ORDER BY 1")).all()
    whole = next(one for one in first if (one.commune_code, one.road_class, one.band) == ("", 0, 0))
    assert 1.3 < whole.factor < 1.6
    assert [row.ridden_on for row in ridden] == [RIDDEN_ON - timedelta(days=1), RIDDEN_ON]
    assert ridden[0].fixes == 0
    assert ridden[1].fixes > 300
    assert {one.commune_code for one in first if one.commune_code} <= set(_communes_on_the_way())
    assert HourFactors.of(first).ratio("", Band.DAY) == 1.0
    assert any(one.road_class == ALL_CLASSES and one.band != Band.DAY for one in first)
    learn_province(class_room, PROVINCE, today=RIDDEN_ON + timedelta(days=1))
    with scene.database.reading() as session:
        assert store_learned.learned_speeds(session, PROVINCE) == first


def _communes_on_the_way() -> list[str | None]:
    """Communes around the two places, from the polygons."""
    lon, lat = (np.ravel(grid) for grid in np.meshgrid(np.linspace(106.66, 106.71, 60), np.linspace(10.765, 10.79, 60)))
    return CommuneIndex.bundled().at_many(lon, lat)


def test_without_roads_only_visits_are_learned(tmp_path: Path, planning: Planning) -> None:
    learn_province(lesson(planning.scene.database, StraightLine(), tmp_path), PROVINCE, today=RIDDEN_ON)
    with planning.scene.database.reading() as session:
        assert store_learned.versions(session) == {}
        assert store_learned.learned_service(session, PROVINCE) == ()


def stood(scene: Scene, courier_id: UUID, *, stand_s: float, keys: list[UUID]) -> None:
    """The courier rides up, stands at the door, and rides on; proofs in the middle of the stand."""
    fixes = []
    for n in range(int((stand_s + 400) / 8)):
        at = n * 8.0
        east = min(at, 200) * 6.0 + max(0.0, at - 200 - stand_s) * 6.0
        place = LonLat(lon=DOOR.lon + (east - 1_200.0) / (_METRES * 0.9824), lat=DOOR.lat)
        fixes.append(Fix(occurred_at=START + timedelta(seconds=at), point=place, accuracy_m=5.0))
    put_track(scene, courier_id, fixes)
    for key in keys:
        with scene.database.transaction() as session:
            proof = delivery(key, occurred_at=START + timedelta(seconds=200 + stand_s / 2), point=DOOR)
            service.record_proof(session, scope=scene.courier_scope(0), proof=proof, now=NIGHT)


def test_long_visits_make_later_plans_allow_more_time(tmp_path: Path, planning: Planning) -> None:
    scene = planning.scene
    keys = scene.out(2, point=DOOR)
    stood(scene, scene.couriers[0].id, stand_s=620.0, keys=keys)
    read_day(lesson(scene.database, StraightLine(), tmp_path), PROVINCE, RIDDEN_ON, None)
    learn_province(lesson(scene.database, StraightLine(), tmp_path), PROVINCE, today=RIDDEN_ON + timedelta(days=1))
    with scene.database.reading() as session:
        learned = store_learned.learned_service(session, PROVINCE)
    assert {one.visits for one in learned} <= {1, 2}
    general = next(one for one in learned if one.commune_code == "" and one.error_class == -1)
    assert general.factor > 1.02
    [fresh] = planning.items(1)
    with scene.database.transaction() as session:
        strong = [LearnedService(commune_code="", error_class=-1, factor=2.0, visits=500)]
        store_learned.put_service(session, PROVINCE, strong)
    slow = planning.draft()
    stop = next(stop for route in slow.routes for stop in route.stops if fresh in stop.item_ids)
    assert stop.service_s == 2 * sum(time_at_door([scene.item(fresh)]))
    with scene.database.reading() as session:
        assert gather(session, slow.head).service == ServiceFactors.of(strong)


def _track(*places: tuple[float, float]) -> Track:
    """Seconds after `START`, and metres east of the door."""
    at_s, east = (np.array(values) for values in zip(*places, strict=True))
    lon = DOOR.lon + east / (_METRES * 0.9824)
    return Track(
        at_s=START.timestamp() + at_s, lon=lon, lat=np.full(len(lon), DOOR.lat), accuracy_m=np.full(len(lon), 5.0)
    )


def _record(after_s: float, *, error_m: int = 0, household: str = "h") -> DoorRecord:
    return DoorRecord(
        courier_id=UUID(int=1),
        household_key=household,
        occurred_at=START + timedelta(seconds=after_s),
        commune_code="26740",
        pin=DOOR,
        error_m=error_m,
        has_money=False,
    )


def test_a_visit_lasts_from_the_stand_to_the_ride_on() -> None:
    track = _track(*[(t, min(0.0, t * 6.0 - 600.0) + max(0.0, t - 400.0) * 6.0) for t in range(0, 600, 10)])
    [visit] = seen_visits(track, [_record(300), _record(330)])
    assert visit.seen_s == pytest.approx(310, abs=15)
    assert (visit.commune_code, visit.standard_s) == ("26740", standard_service(2, error_m=0, has_money=False))


def test_searching_for_a_badly_known_door_is_part_of_the_visit() -> None:
    # into the circle of 300 m, 240 s up and down in it, then the stand
    wandering = [(t, -250.0 + 150.0 * ((t // 40) % 2) + 3.0 * (t % 40)) for t in range(60, 300, 10)]
    track = _track(
        *[(t, -600.0 + t * 6.0) for t in range(0, 60, 10)],
        *wandering,
        *[(t, 0.0) for t in range(300, 500, 10)],
        *[(t, (t - 490) * 6.0) for t in range(500, 600, 10)],
    )
    [known] = seen_visits(track, [_record(400)])
    [vague] = seen_visits(track, [_record(400, error_m=300)])
    assert known.seen_s == pytest.approx(200, abs=15)
    # the way from the edge of the circle to the pin, about 52 s, belongs to the ride
    assert vague.seen_s == pytest.approx(200 + 240 - 52, abs=30)


def test_a_proof_the_track_does_not_show_teaches_nothing() -> None:
    riding = _track(*[(t, t * 6.0) for t in range(0, 600, 10)])
    assert seen_visits(riding, [_record(300)]) == []


def test_the_same_household_hours_later_is_another_visit() -> None:
    places = [(t, (0.0 if (t % 4_000) < 300 else 2_000.0)) for t in range(0, 4_600, 10)]
    assert len(seen_visits(_track(*places), [_record(100), _record(4_100)])) == 2


def test_days_too_old_are_dropped(tmp_path: Path, planning: Planning) -> None:
    old = RIDDEN_ON - timedelta(days=100)
    with planning.scene.database.transaction() as session:
        store_learned.put_day(session, PROVINCE, old, fixes=1, matched_s=1.0, times=b"", now=_instant(old))
    learn_province(lesson(planning.scene.database, StraightLine(), tmp_path), PROVINCE, today=RIDDEN_ON)
    with planning.scene.database.reading() as session:
        assert old not in {day for day, _ in store_learned.days(session, PROVINCE, since=old)}


def _instant(day: date) -> datetime:
    return at_local(day, time())
