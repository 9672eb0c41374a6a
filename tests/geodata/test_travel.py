"""Travel times from real roads, against osrm-routed's own answers and against geodesy."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Geod

from geodata import travel as travel_module
from geodata.matrix_cache import MatrixCache, matrix_key
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_client import decode_polyline6
from geodata.osrm_programs import Programs
from geodata.road_dataset import RoadDataset
from geodata.straight_line import StraightLine
from geodata.travel import RoadTravel, TravelMatrix, TravelSource

LONGITUDES = st.floats(102.1, 109.5, allow_nan=False)
LATITUDES = st.floats(8.3, 23.4, allow_nan=False)
POINTS = st.lists(st.builds(LonLat, lon=LONGITUDES, lat=LATITUDES), min_size=2, max_size=12)


def _doors(osrm: OsrmServer, count: int, *, seed: int) -> list[LonLat]:
    """Points on roads of the city, spread evenly: random places moved to the nearest road of the connected network."""
    random = np.random.default_rng(seed)
    doors: list[LonLat] = []
    with httpx.Client(base_url=osrm.url, trust_env=False) as client:
        while len(doors) < count:
            lon, lat = random.uniform(106.62, 106.74), random.uniform(10.74, 10.84)
            # a route, unlike `nearest`, passes over roads that lead nowhere
            waypoint = client.get(f"/route/v1/driving/{lon},{lat};106.70,10.775").json()["waypoints"][0]
            if waypoint["distance"] < 300:
                lon, lat = waypoint["location"]
                doors.append(LonLat(lon=lon, lat=lat))
    return doors


@pytest.fixture(scope="module")
def doors(osrm: OsrmServer) -> list[LonLat]:
    return _doors(osrm, 130, seed=7)


@pytest.fixture(scope="module")
def matrix(osrm: OsrmServer, doors: list[LonLat]) -> TravelMatrix:
    travel = RoadTravel(osrm.url)
    found = travel.matrix(doors)
    travel.close()
    return found


def _raw_table(osrm: OsrmServer, points: list[LonLat]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One plain request to osrm-routed, its answer as it is."""
    where = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in points)
    url = f"{osrm.url}/table/v1/driving/{where}?annotations=duration,distance"
    answer = httpx.get(url, timeout=60, trust_env=False).json()
    return np.array(answer["durations"], dtype=float), np.array(answer["distances"], dtype=float)


@pytest.mark.osrm
@pytest.mark.parametrize("block", [1_000, 40], ids=["two blocks", "sixteen blocks"])
def test_blocks_put_together_are_what_one_request_gives(
    osrm: OsrmServer, doors: list[LonLat], monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(travel_module, "BLOCK_POINTS", block)
    travel = RoadTravel(osrm.url)
    found = travel.matrix(doors)
    travel.close()
    seconds, metres = _raw_table(osrm, doors)
    assert found.source == TravelSource.ROAD
    assert {found.seconds.dtype.name, found.metres.dtype.name} == {"int32"}
    assert np.abs(found.seconds - seconds).max() <= 0.5
    assert np.abs(found.metres - metres).max() <= 0.5


@pytest.mark.osrm
def test_a_matrix_of_roads_is_not_symmetric_and_has_a_zero_diagonal(matrix: TravelMatrix) -> None:
    assert (matrix.seconds != matrix.seconds.T).mean() > 0.5
    assert not matrix.seconds.diagonal().any()
    assert not matrix.metres.diagonal().any()


@pytest.mark.osrm
def test_no_detour_is_quicker_than_the_way_itself(matrix: TravelMatrix) -> None:
    # the quickest way by a third point costs its turn there at most; private ground is disliked, not slower
    by_third = (matrix.seconds[:, :, None] + matrix.seconds[None, :, :]).min(axis=1)
    assert (matrix.seconds <= by_third + 30).mean() > 0.995


@pytest.mark.osrm
def test_roads_are_longer_than_the_line_and_speeds_are_those_of_a_motorbike(
    matrix: TravelMatrix, doors: list[LonLat]
) -> None:
    line = _geodesic(doors)
    apart = line > 500
    assert (matrix.metres[apart] >= line[apart] - 15).all()
    kmh = matrix.metres[apart] * 3.6 / matrix.seconds[apart]
    assert np.percentile(kmh, 1) > 12
    assert np.percentile(kmh, 99) < 48


@pytest.mark.osrm
def test_the_legs_of_a_route_are_the_figures_of_the_matrix(
    road_travel: RoadTravel, matrix: TravelMatrix, doors: list[LonLat]
) -> None:
    route = road_travel.route(doors[:60])
    steps = np.arange(59)
    assert route.source == TravelSource.ROAD
    assert np.abs(np.array(route.leg_seconds) - matrix.seconds[steps, steps + 1]).max() <= 1
    # of two ways that are equally quick either may be answered
    assert np.allclose(route.leg_metres, matrix.metres[steps, steps + 1], rtol=0.01, atol=1)


@pytest.mark.osrm
def test_the_line_of_a_route_starts_and_ends_at_its_points_and_is_as_long_as_its_legs(
    road_travel: RoadTravel, doors: list[LonLat]
) -> None:
    route = road_travel.route(doors[:10])
    assert _apart(route.line[0], doors[0]) < 20
    assert _apart(route.line[-1], doors[9]) < 20
    length = sum(_apart(a, b) for a, b in zip(route.line, route.line[1:], strict=False))
    assert length == pytest.approx(sum(route.leg_metres), rel=0.01)


SEA = LonLat(lon=107.6, lat=10.0)
"""Fifty kilometres off the coast, far outside the bundled file."""


@pytest.mark.osrm
def test_a_point_off_the_road_is_served_by_straight_line_alone(
    road_travel: RoadTravel, matrix: TravelMatrix, doors: list[LonLat]
) -> None:
    points = [*doors[:5], SEA, *doors[5:9]]
    found = road_travel.matrix(points)
    straight = StraightLine().matrix(points)
    assert (found.source, found.off_road, found.unreachable_pairs) == (TravelSource.MIXED, (5,), 0)
    assert (found.seconds[5] == straight.seconds[5]).all()
    assert (found.metres[:, 5] == straight.metres[:, 5]).all()
    others = np.delete(np.delete(found.seconds, 5, axis=0), 5, axis=1)
    assert np.abs(others - matrix.seconds[:9, :9]).max() <= 1


@pytest.mark.osrm
def test_a_route_with_a_point_off_the_road_is_straight_only_there(road_travel: RoadTravel, doors: list[LonLat]) -> None:
    points = [doors[0], doors[1], SEA, doors[2], doors[3]]
    route = road_travel.route(points)
    road = road_travel.route(doors[:2])
    straight = StraightLine().route([doors[1], SEA, doors[2]])
    assert route.source == TravelSource.MIXED
    assert route.leg_seconds[0] == road.leg_seconds[0]
    assert route.leg_seconds[1:3] == straight.leg_seconds
    assert SEA in route.line


@pytest.mark.osrm
def test_only_points_off_the_road_make_a_straight_line_matrix(road_travel: RoadTravel) -> None:
    assert road_travel.matrix([SEA, LonLat(lon=107.7, lat=9.9)]).source == TravelSource.STRAIGHT_LINE


@pytest.mark.osrm
def test_ground_between_door_and_road_costs_time(road_travel: RoadTravel, osrm: OsrmServer) -> None:
    far, snap_m = _far_door(osrm)
    town = LonLat(lon=106.70, lat=10.775)
    found = road_travel.matrix([town, far])
    seconds, metres = _raw_table(osrm, [town, far])
    town_m = _snap_m(osrm, town)
    access = max(0, snap_m - 30) + max(0, town_m - 30)
    assert found.source == TravelSource.ROAD
    assert found.metres[0, 1] == pytest.approx(metres[0, 1] + access, abs=1)
    assert found.seconds[0, 1] == pytest.approx(seconds[0, 1] + access * 3.6 / 8, abs=1)


def _snap_m(osrm: OsrmServer, point: LonLat) -> float:
    url = f"{osrm.url}/nearest/v1/driving/{point.lon},{point.lat}"
    return float(httpx.get(url, trust_env=False).json()["waypoints"][0]["distance"])


def _far_door(osrm: OsrmServer) -> tuple[LonLat, float]:
    """A place in the fields 300-800 m from any road, and that distance."""
    for step in range(200):
        point = LonLat(lon=106.55 + 0.001 * step, lat=10.68)
        if 300 < (snap_m := _snap_m(osrm, point)) < 800:
            return point, snap_m
    raise AssertionError("no such place in the file")


@pytest.mark.osrm
@pytest.mark.parametrize("count", [0, 1])
def test_no_pair_no_question(road_travel: RoadTravel, doors: list[LonLat], count: int) -> None:
    found = road_travel.matrix(doors[:count])
    assert (found.seconds.shape, found.source) == ((count, count), TravelSource.ROAD)
    assert road_travel.route(doors[:count]).leg_seconds == ()


@pytest.mark.osrm
def test_the_same_points_on_the_same_roads_come_from_the_cache(
    osrm: OsrmServer, tmp_path: Path, doors: list[LonLat]
) -> None:
    travel = RoadTravel(osrm.url, tmp_path)
    first = travel.matrix(doors[:20])
    [stored] = tmp_path.glob("*.npz")
    # put another answer where the first was kept: only a reader of the cache gives it back
    MatrixCache(tmp_path).put(stored.stem, _marked(first))
    assert travel.matrix(doors[:20]).unreachable_pairs == 77
    assert travel.matrix(doors[1:21]).unreachable_pairs == 0
    stored.write_bytes(b"damaged")
    assert (travel.matrix(doors[:20]).seconds == first.seconds).all()
    travel.close()


def _marked(matrix: TravelMatrix) -> TravelMatrix:
    return TravelMatrix(seconds=matrix.seconds, metres=matrix.metres, source=matrix.source, unreachable_pairs=77)


def test_the_cache_stays_within_its_size_and_drops_what_was_used_longest_ago(tmp_path: Path) -> None:
    matrix = StraightLine().matrix([LonLat(lon=106 + i / 100, lat=10) for i in range(50)])
    size = 2 * 50 * 50 * 4
    cache = MatrixCache(tmp_path, limit_bytes=4 * size)
    for key in "abc":
        cache.put(key, matrix)
    assert cache.get("a") is not None
    cache.put("d", matrix)
    assert [cache.get(key) is not None for key in "abcd"] == [True, False, True, True]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 4 * size


@given(points=POINTS, dataset=st.sampled_from(["one", "two"]), settings=st.sampled_from(["x", "y"]))
def test_a_key_changes_with_roads_points_order_and_settings(points: list[LonLat], dataset: str, settings: str) -> None:
    key = matrix_key(dataset, points, settings=settings)
    assert key == matrix_key(dataset, list(points), settings=settings)
    assert key != matrix_key(dataset + "'", points, settings=settings)
    assert key != matrix_key(dataset, points, settings=settings + "'")
    if [point.lon for point in points] != [point.lon for point in reversed(points)]:
        turned = matrix_key(dataset, points[::-1], settings=settings)
        assert (turned == key) == (np.rint(_array(points) * 1e6) == np.rint(_array(points[::-1]) * 1e6)).all()


def _array(points: list[LonLat]) -> NDArray[np.float64]:
    return np.array([(point.lon, point.lat) for point in points])


@pytest.mark.osrm
def test_without_a_server_the_straight_line_answers_and_says_so(
    road_dataset: RoadDataset, road_programs: Programs, doors: list[LonLat]
) -> None:
    server = OsrmServer(road_dataset.folder, programs=road_programs)
    travel = RoadTravel(server.url, patience_s=0.0, retry_after_s=0.0)
    expected = StraightLine().matrix(doors[:4])
    down = travel.matrix(doors[:4])
    assert (down.source, down.off_road) == (TravelSource.STRAIGHT_LINE, (0, 1, 2, 3))
    assert (down.seconds == expected.seconds).all()
    assert travel.route(doors[:4]).source == TravelSource.STRAIGHT_LINE
    assert not travel.health().up
    server.start()
    assert travel.matrix(doors[:4]).source == TravelSource.ROAD
    assert travel.health().dataset == road_dataset.id
    server.stop()
    travel.close()


class _Talker(BaseHTTPRequestHandler):
    """A server that answers, but not as osrm-routed does."""

    def do_GET(self) -> None:
        self.send_response(502)
        self.end_headers()
        self.wfile.write(b"<html>Bad Gateway</html>")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.do_GET()

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def talker() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Talker)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_nonsense_from_the_server_counts_as_down(talker: str, doors_apart: list[LonLat]) -> None:
    travel = RoadTravel(talker, patience_s=0.0)
    assert travel.matrix(doors_apart).source == TravelSource.STRAIGHT_LINE
    assert travel.route(doors_apart).source == TravelSource.STRAIGHT_LINE
    assert "JSON" in str(travel.health().problem)
    travel.close()


@pytest.fixture
def doors_apart() -> list[LonLat]:
    return [LonLat(lon=106.7, lat=10.77), LonLat(lon=106.72, lat=10.79)]


@given(points=POINTS)
def test_the_straight_line_agrees_with_the_ellipsoid(points: list[LonLat]) -> None:
    found = StraightLine(detour=1.0, kmh=36.0).matrix(points)
    line = _geodesic(points)
    assert np.allclose(found.metres, line, rtol=0.006, atol=1)
    # 36 km/h is 10 m a second
    assert np.abs(found.seconds * 10 - found.metres).max() <= 10
    assert (found.seconds == found.seconds.T).all()


@given(points=POINTS)
def test_straight_legs_are_the_matrix_beside_its_diagonal(points: list[LonLat]) -> None:
    straight = StraightLine()
    route, matrix = straight.route(points), straight.matrix(points)
    assert np.abs(np.array(route.leg_seconds) - matrix.seconds.diagonal(1)).max() <= 1
    assert route.line == tuple(points)


def _geodesic(points: list[LonLat]) -> NDArray[np.float64]:
    at = _array(points)
    count = len(at)
    one, other = np.repeat(at, count, axis=0), np.tile(at, (count, 1))
    metres = Geod(ellps="WGS84").inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[2]
    return np.asarray(metres).reshape(count, count)


def _apart(a: LonLat, b: LonLat) -> float:
    return float(Geod(ellps="WGS84").inv(a.lon, a.lat, b.lon, b.lat)[2])


@given(st.lists(st.tuples(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000)), max_size=30))
def test_a_polyline_is_read_as_it_was_written(points: list[tuple[int, int]]) -> None:
    found = decode_polyline6(_encoded(points))
    assert np.rint(found * 1e6).astype(int).tolist() == [[lon, lat] for lat, lon in points]


def _encoded(points: list[tuple[int, int]]) -> str:
    """Google's encoded polyline algorithm, step by step, on (latitude, longitude) in millionths of a degree."""
    text = ""
    before = (0, 0)
    for point in points:
        for value, last in zip(point, before, strict=True):
            step = value - last
            bits = ~(step << 1) if step < 0 else step << 1
            while bits >= 0x20:
                text += chr((0x20 | (bits & 0x1F)) + 63)
                bits >>= 5
            text += chr(bits + 63)
        before = point
    return text
