"""What tracks teach: pure rules on made-up roads, and real osrm-routed on real ones."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

from core.db import Database
from core.scope import Scope
from geodata import closures, store_learned
from geodata.closure_shapes import Drawing
from geodata.closure_values import ClosureKind
from geodata.communes import CommuneIndex
from geodata.learned_speeds import HourFactors, LearnedRoads, LearnedSpeed, communes_in, learn, speeds_of
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_client import MatchedLeg
from geodata.osrm_programs import Programs
from geodata.road_dataset import RoadDataset, current_dataset
from geodata.road_keeper import RoadKeeper
from geodata.road_segments import RoadClass
from geodata.road_variants import index_of, make_variant
from geodata.segment_table import SegmentTable
from geodata.track_times import Band, SegmentTimes, Track, band_of, read_track, stays
from geodata.travel import RoadTravel
from tests.geodata.roads_copy import copied

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
A, B = LonLat(lon=106.668, lat=10.775), LonLat(lon=106.712, lat=10.782)
_METRES = 111_195.0
_CLASSES = (RoadClass.PRIMARY, RoadClass.RESIDENTIAL)


def made_table(segments: int = 6) -> SegmentTable:
    """Segments n → n + 1 by turns of two classes, the first half in commune "1", the rest in "2"."""
    start = np.arange(segments, dtype=np.int64)
    nodes = np.arange(segments + 1, dtype=np.int64)
    return SegmentTable(
        start,
        start + 1,
        np.full(segments, 36.0),
        np.array([_CLASSES[n % 2] for n in range(segments)], dtype=np.int64),
        (start >= segments // 2).astype(np.int64),
        ("1", "2"),
        nodes,
        start * len(nodes) + start + 1,
    )


def times(*entries: tuple[int, float, float], band: Band = Band.MORNING) -> SegmentTimes:
    """Row, observed and expected seconds of each entry."""
    rows, observed, expected = zip(*entries, strict=True)
    return SegmentTimes(
        row=np.array(rows, dtype=np.int64),
        band=np.full(len(rows), int(band)),
        observed_s=np.array(observed, dtype=np.float64),
        expected_s=np.array(expected, dtype=np.float64),
    )


def factor(learned: LearnedRoads, code: str, road_class: int, band: int = Band.DAY) -> float:
    return next(
        one.factor for one in learned.speeds if (one.commune_code, one.road_class, one.band) == (code, road_class, band)
    )


def test_much_riding_teaches_the_class_and_little_hardly_moves_it() -> None:
    much = learn(times((0, 300_000, 200_000)), made_table())
    little = learn(times((0, 150, 100)), made_table())
    assert factor(much, "", RoadClass.PRIMARY) == pytest.approx(1.5, abs=0.01)
    assert 1.0 < factor(little, "", RoadClass.PRIMARY) < 1.06
    assert factor(much, "1", RoadClass.PRIMARY) == pytest.approx(1.5, abs=0.01)


def test_a_class_nobody_rode_takes_the_factor_of_the_province_in_that_province_only() -> None:
    table = made_table()
    learned = learn(times((0, 300_000, 200_000)), table)
    speeds = speeds_of(learned, table, frozenset({"1"}))
    assert dict(zip(speeds.start.tolist(), np.round(speeds.kmh).tolist(), strict=True)) == {0: 24, 1: 24, 2: 24}


def test_a_segment_differs_from_its_kind_only_where_it_was_ridden() -> None:
    table = made_table()
    learned = learn(times((0, 9_000, 3_000), (2, 300_000, 300_000)), table)
    own = dict(zip(learned.start.tolist(), learned.factor.tolist(), strict=True))
    assert own[0] > 2.7
    assert own[2] == pytest.approx(1.0, abs=0.03)
    assert set(own) == {0, 2}


def test_old_days_weigh_less() -> None:
    table = made_table()
    old, new = times((0, 20_000, 10_000)), times((0, 10_000, 10_000))
    faded = replace(old, observed_s=old.observed_s / 8, expected_s=old.expected_s / 8)
    both = SegmentTimes(
        row=np.r_[faded.row, new.row],
        band=np.r_[faded.band, new.band],
        observed_s=np.r_[faded.observed_s, new.observed_s],
        expected_s=np.r_[faded.expected_s, new.expected_s],
    )
    assert factor(learn(both, table), "", RoadClass.PRIMARY) < 1.12


def test_hours_are_a_pattern_on_the_days_level() -> None:
    slow, fast = times((0, 300_000, 200_000), band=Band.RUSH_MORNING), times((0, 200_000, 200_000))
    both = SegmentTimes(
        row=np.r_[slow.row, fast.row],
        band=np.r_[slow.band, fast.band],
        observed_s=np.r_[slow.observed_s, fast.observed_s],
        expected_s=np.r_[slow.expected_s, fast.expected_s],
    )
    hours = HourFactors.of(learn(both, made_table()).speeds)
    assert hours.ratio("1", Band.RUSH_MORNING) == pytest.approx(1.2, abs=0.01)
    assert hours.ratio("1", Band.MORNING) == pytest.approx(0.8, abs=0.01)
    assert hours.ratio("9", Band.MORNING) == hours.ratio(None, Band.MORNING) == pytest.approx(0.8, abs=0.01)
    assert hours.ratio("1", Band.AFTERNOON) == 1.0
    assert HourFactors.of(()).ratio("1", Band.MORNING) == 1.0


entries = st.lists(st.tuples(st.integers(0, 5), st.floats(0.1, 1e5), st.floats(0.1, 1e5)), min_size=1, max_size=20)


@given(entries)
def test_no_track_makes_a_road_absurd(seen: list[tuple[int, float, float]]) -> None:
    table = made_table()
    learned = learn(times(*seen), table)
    assert all(0.4 <= one.factor <= 4.0 for one in learned.speeds)
    ratios = [observed / expected for _, observed, expected in seen]
    whole = factor(learned, "", 0)
    assert min(0.4, *ratios, 1.0) - 0.01 <= whole <= max(*ratios, 1.0) + 0.01
    speeds = speeds_of(learned, table, frozenset({"1", "2"}))
    assert ((speeds.kmh >= 3) & (speeds.kmh <= 70)).all()


@given(st.lists(st.tuples(st.integers(-1, 8), st.integers(-1, 8)), min_size=1, max_size=30))
def test_pairs_of_nodes_are_found_as_a_dictionary_finds_them(pairs: list[tuple[int, int]]) -> None:
    table = made_table()
    known = {(int(a), int(b)): n for n, (a, b) in enumerate(zip(table.start, table.end, strict=True))}
    starts, ends = (np.array(nodes, dtype=np.int64) for nodes in zip(*pairs, strict=True))
    assert table.find(starts, ends).tolist() == [known.get(pair, -1) for pair in pairs]


def test_the_version_changes_with_the_content() -> None:
    one, two = (learn(times((0, observed, 200_000)), made_table()) for observed in (300_000, 310_000))
    assert one.version == learn(times((0, 300_000, 200_000)), made_table()).version != two.version


@pytest.mark.parametrize(
    ("clock", "band"),
    [
        ("2026-11-20T08:59:59+07:00", Band.RUSH_MORNING),
        ("2026-11-20T09:00:00+07:00", Band.MORNING),
        ("2026-11-20T06:00:00+00:00", Band.AFTERNOON),
        ("2026-11-20T16:00:00+07:00", Band.RUSH_EVENING),
    ],
)
def test_bands_are_local_hours(clock: str, band: Band) -> None:
    assert band_of(datetime.fromisoformat(clock)) is band


def track(*places: tuple[float, float, float], accuracy_m: float = 5.0) -> Track:
    """A track from seconds, and metres east and north of `A`."""
    at_s, east, north = (np.array(values, dtype=np.float64) for values in zip(*places, strict=True))
    shrink = float(np.cos(np.radians(A.lat)))
    return Track(
        at_s=NOW.timestamp() + at_s,
        lon=A.lon + east / (_METRES * shrink),
        lat=A.lat + north / _METRES,
        accuracy_m=np.full(len(at_s), accuracy_m),
    )


def test_a_red_light_is_riding_and_a_visit_is_a_stand() -> None:
    light = [(t, min(t, 100) * 6.0 + max(0, t - 160) * 6.0, 0.0) for t in range(0, 300, 10)]
    visit = [(t, min(t, 100) * 6.0 + max(0, t - 300) * 6.0, 0.0) for t in range(0, 450, 10)]
    assert stays(track(*light)) == []
    [(first, last)] = stays(track(*visit))
    assert (first, last) == (10, 30)


class _Recorder:
    """A matcher that keeps what it is asked and matches nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def match(
        self,
        points: Sequence[LonLat],  # noqa: ARG002  the protocol's
        at_s: Sequence[int],
        radius_m: Sequence[float],  # noqa: ARG002  the protocol's
    ) -> list[MatchedLeg]:
        self.asked.append(tuple(at - int(NOW.timestamp()) for at in at_s))
        return []


def test_a_track_is_cut_at_stands_and_gaps_without_the_steps_next_to_a_stand() -> None:
    riding = [(t, t * 6.0, 0.0) for t in range(0, 100, 10)]
    standing = [(t, 600.0, 0.0) for t in range(100, 300, 10)]
    again = [(t, 600.0 + (t - 300) * 6.0, 0.0) for t in range(310, 400, 10)]
    after_gap = [(t, 600.0 + (t - 300) * 6.0, 0.0) for t in range(500, 560, 10)]
    recorder = _Recorder()
    found = read_track(track(*riding, *standing, *again, *after_gap), made_table(), recorder)
    assert len(found.row) == 0
    first, second, third = recorder.asked
    assert (first[0], second[-1], third) == (0, 390, tuple(range(500, 560, 10)))
    assert 80 <= first[-1] <= 90
    assert 310 <= second[0] <= 320


def test_a_fix_each_second_is_thinned() -> None:
    recorder = _Recorder()
    read_track(track(*[(t, t * 6.0, 0.0) for t in range(60)]), made_table(), recorder)
    assert recorder.asked == [tuple(range(0, 60, 4))]


@contextmanager
def _served(dataset: RoadDataset, programs: Programs) -> Iterator[RoadTravel]:
    with OsrmServer(dataset.folder, programs=programs) as server:
        travel = RoadTravel(server.url)
        yield travel
        travel.close()


def _ridden(travel: RoadTravel, *, slower: float, seed: int) -> Track:
    """A phone on the way from A to B and back that takes `slower` times the profile's seconds, and its turns."""
    random = np.random.default_rng(seed)
    answer = travel._osrm._ask(
        "GET",
        f"/route/v1/driving/{A.lon},{A.lat};{B.lon},{B.lat};{A.lon},{A.lat}"
        "?annotations=true&geometries=geojson&overview=full",
    )["routes"][0]
    pieces = np.concatenate([leg["annotation"]["duration"] for leg in answer["legs"]])
    line = np.array(answer["geometry"]["coordinates"])[: len(pieces) + 1]
    turns_s = sum(leg["duration"] for leg in answer["legs"]) - pieces.sum()
    at_s = np.r_[0, np.cumsum(pieces)] * slower + np.linspace(0, turns_s, len(pieces) + 1)
    fixes_s = np.arange(0, at_s[-1], 8.0)
    lon, lat = (np.interp(fixes_s, at_s, line[:, axis]) for axis in (0, 1))
    shift = random.normal(0, 6 / _METRES, (2, len(fixes_s)))
    return Track(
        at_s=NOW.timestamp() + fixes_s, lon=lon + shift[0], lat=lat + shift[1], accuracy_m=np.full(len(fixes_s), 6.0)
    )


@pytest.mark.osrm
@pytest.mark.parametrize("slower", [0.8, 1.0, 1.6])
def test_a_matched_track_shows_how_much_longer_it_took(
    slower: float, road_dataset: RoadDataset, road_travel: RoadTravel
) -> None:
    table = SegmentTable.of(index_of(road_dataset), CommuneIndex.bundled())
    found = [read_track(_ridden(road_travel, slower=slower, seed=seed), table, road_travel) for seed in range(3)]
    observed, expected = (
        sum(float(getattr(one, name).sum()) for one in found) for name in ("observed_s", "expected_s")
    )
    assert expected > 3 * 1_200
    assert observed / expected == pytest.approx(slower, rel=0.07)
    assert set(np.concatenate([one.band for one in found]).tolist()) <= {Band.AFTERNOON, Band.RUSH_EVENING}


@pytest.mark.osrm
def test_a_track_far_from_any_road_teaches_nothing(road_dataset: RoadDataset, road_travel: RoadTravel) -> None:
    table = SegmentTable.of(index_of(road_dataset), CommuneIndex.bundled())
    at_sea = track(*[(t, 4e5 + t * 6.0, 0.0) for t in range(0, 100, 10)])
    assert len(read_track(at_sea, table, road_travel).row) == 0


def _learned(value: float) -> LearnedRoads:
    empty = np.empty(0, dtype=np.int64)
    general = LearnedSpeed(commune_code="", road_class=0, band=0, factor=value, observed_s=1e5)
    return LearnedRoads(speeds=(general,), start=empty, end=empty, factor=np.empty(0))


@pytest.mark.osrm
def test_roads_learned_to_be_twice_as_slow_take_twice_as_long_less_turns(
    tmp_path: Path, road_dataset: RoadDataset, road_programs: Programs, road_travel: RoadTravel
) -> None:
    base = copied(road_dataset, tmp_path)
    table = SegmentTable.of(index_of(base), CommuneIndex.bundled())
    leg = road_travel._osrm._ask("GET", f"/route/v1/driving/{A.lon},{A.lat};{B.lon},{B.lat}?annotations=true")
    moving = sum(leg["routes"][0]["legs"][0]["annotation"]["duration"])
    before = road_travel.route([A, B]).leg_seconds[0]
    speeds = speeds_of(_learned(2.0), table, communes_in("79"))
    with _served(make_variant(base, "c" * 16, speeds, programs=road_programs), road_programs) as travel:
        after = travel.route([A, B]).leg_seconds[0]
    # another way may now be quicker: never slower than twice the old one
    assert before + 0.9 * moving < after <= before + 1.01 * moving


@pytest.mark.osrm
def test_closures_hold_on_top_of_what_is_learned_and_go_again_without_it(
    tmp_path: Path, database: Database, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    base = copied(road_dataset, tmp_path)
    ring = ((106.69, 10.77), (106.70, 10.77), (106.70, 10.79), (106.69, 10.79))
    scope = Scope(province_code="79", actor="user:x")
    keeper = RoadKeeper(database, tmp_path, programs=road_programs, clock=lambda: NOW)
    with database.transaction() as session:
        store_learned.put_roads(session, "79", _learned(2.0), NOW)
    assert keeper.look()
    slow = current_dataset(tmp_path)
    with database.transaction() as session:
        drawn = closures.draw_closure(
            session,
            scope=scope,
            drawing=Drawing(corners=ring),
            kind=ClosureKind.FLOOD,
            starts_at=NOW,
            ends_at=None,
            note="",
            now=NOW,
        )
    assert keeper.look()
    closed = current_dataset(tmp_path)
    assert slow is not None
    assert closed is not None
    with _served(slow, road_programs) as travel:
        learned_s = travel.route([A, B]).leg_seconds[0]
    with _served(closed, road_programs) as travel:
        route = travel.route([A, B])
    assert not LineString([(p.lon, p.lat) for p in route.line]).intersects(Polygon(ring))
    assert route.leg_seconds[0] > learned_s
    with database.transaction() as session:
        closures.remove_closure(session, scope=scope, closure_id=drawn.id, now=NOW)
    assert keeper.look()
    assert current_dataset(tmp_path) == slow
    assert slow.base == base.id


def test_what_is_learned_comes_back_from_the_database_as_it_went_in(database: Database) -> None:
    learned = learn(times((0, 9_000, 3_000), (2, 300_000, 300_000)), made_table())
    with database.transaction() as session:
        store_learned.put_roads(session, "79", _learned(2.0), NOW)
        store_learned.put_roads(session, "79", learned, NOW)
        found = store_learned.learned_roads(session, "79")
        assert store_learned.versions(session) == {"79": learned.version}
        assert store_learned.learned_roads(session, "80") is None
    assert found is not None
    assert found.version == replace(learned, speeds=tuple(sorted(learned.speeds, key=_key))).version


def _key(speed: LearnedSpeed) -> tuple[str, int, int]:
    return speed.commune_code, speed.road_class, speed.band
