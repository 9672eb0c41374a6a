"""The motorbike profile on a made-up map: expectations reckoned by hand from metres and the table of docs/roads.md."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_programs import PROFILES, Programs
from geodata.roads import import_roads
from geodata.travel import RoadRoute, RoadTravel, TravelSource
from tests.geodata.made_roads import MadeMap, at
from tests.roads_fixture import ROOT

pytestmark = pytest.mark.osrm

# tags of a straight road of 1,000 m, and the speed in km/h it must be driven at
SPEEDS = [
    ({"highway": "trunk"}, 48),
    ({"highway": "primary"}, 40),
    ({"highway": "secondary"}, 36),
    ({"highway": "tertiary"}, 32),
    ({"highway": "unclassified"}, 28),
    ({"highway": "residential"}, 24),
    ({"highway": "service"}, 18),
    ({"highway": "service", "service": "alley"}, 15),
    ({"highway": "living_street"}, 15),
    ({"highway": "track"}, 18),
    ({"highway": "track", "surface": "dirt"}, 18),
    ({"highway": "track", "tracktype": "grade5"}, 10),
    ({"highway": "track", "surface": "concrete"}, 24),
    ({"highway": "path"}, 14),
    ({"highway": "path", "surface": "mud"}, 7),
    ({"highway": "residential", "surface": "unpaved"}, 22),
    ({"highway": "residential", "surface": "laterite;gravel"}, 24),
    ({"highway": "residential", "surface": "asphalt"}, 24),
    ({"highway": "tertiary", "smoothness": "very_bad"}, 15),
    ({"highway": "primary", "maxspeed": "20"}, 20),
    ({"highway": "residential", "maxspeed": "60"}, 24),
    ({"highway": "footway"}, 5),
    ({"highway": "footway", "motorcycle": "yes"}, 12),
    ({"highway": "pedestrian"}, 5),
    ({"highway": "residential", "motor_vehicle": "no"}, 5),
    ({"highway": "residential", "access": "private"}, 24),
    ({"highway": "trunk", "motorroad": "yes", "motorcycle": "designated"}, 48),
    ({"highway": "tertiary", "bridge": "yes", "width": "2"}, 15),
]
CLOSED = [
    {"highway": "motorway"},
    {"highway": "motorway_link"},
    {"highway": "trunk", "motorroad": "yes"},
    {"highway": "trunk", "motorcycle": "no"},
    {"highway": "steps"},
    {"highway": "footway", "foot": "no"},
    {"highway": "residential", "access": "no"},
    {"highway": "service", "service": "emergency_access"},
    {"highway": "proposed"},
]
ROAD = {"highway": "unclassified"}
_LANE_M = 3_000.0


def _lane(number: int) -> float:
    """Each case lies on its own line, so far from the next that no point is put on another's road."""
    return number * _LANE_M


def _made() -> MadeMap:
    made = MadeMap()
    for number, (tags, _) in enumerate(SPEEDS):
        made.way([(0, _lane(number)), (1_000, _lane(number))], tags)
    for number, tags in enumerate(CLOSED):
        y = -_lane(number + 1)
        made.way([(0, y), (200, y)], ROAD)
        made.way([(200, y), (800, y)], tags)
        made.way([(800, y), (1_000, y)], ROAD)
    _one_way(made, 20_000)
    _ferry(made, 30_000)
    _obstacles(made, 40_000)
    _private_short_cut(made, 50_000)
    _turn_rule(made, 60_000)
    return made


def _one_way(made: MadeMap, x: float) -> None:
    made.way([(x, 0), (x + 1_000, 0)], {**ROAD, "oneway": "yes"})
    made.way([(x + 1_000, 0), (x + 1_000, 500), (x, 500), (x, 0)], ROAD)


def _ferry(made: MadeMap, x: float) -> None:
    made.way([(x, 0), (x + 500, 0)], ROAD)
    made.way([(x + 500, 0), (x + 1_500, 0)], {"route": "ferry", "name": "Phà Cát Lái"})
    made.way([(x + 1_500, 0), (x + 2_000, 0)], ROAD)


def _obstacles(made: MadeMap, x: float) -> None:
    for number, tags in enumerate(({"highway": "traffic_signals"}, {"barrier": "gate"}, {"barrier": "bollard"})):
        made.node(x + 500, _lane(number), tags)
        made.way([(x, _lane(number)), (x + 500, _lane(number)), (x + 1_000, _lane(number))], ROAD)


def _private_short_cut(made: MadeMap, x: float) -> None:
    made.way([(x - 500, 0), (x, 0)], ROAD)
    made.way([(x, 0), (x + 400, 0)], {"highway": "residential", "access": "private"})
    made.way([(x, 0), (x, 200), (x + 400, 200), (x + 400, 0)], ROAD)
    made.way([(x + 400, 0), (x + 900, 0)], ROAD)


def _turn_rule(made: MadeMap, x: float) -> None:
    south = made.way([(x, -500), (x, 0)], ROAD)
    west = made.way([(x, 0), (x - 500, 0)], ROAD)
    made.way([(x, 0), (x, 500), (x - 500, 500), (x - 500, 0)], ROAD)
    made.forbid_turn(south, (x, 0), west)


@pytest.fixture(scope="module")
def travel(tmp_path_factory: pytest.TempPathFactory, road_programs: Programs) -> Iterator[RoadTravel]:
    folder = tmp_path_factory.mktemp("made-roads")
    pbf = _made().write(folder / "made.osm.pbf")
    dataset = import_roads(pbf, folder, basemap=False, programs=road_programs)
    with OsrmServer(dataset.folder, programs=road_programs) as server:
        travel = RoadTravel(server.url)
        yield travel
        travel.close()


def _leg(travel: RoadTravel, start: LonLat, end: LonLat) -> RoadRoute:
    return travel.route([start, end])


@pytest.mark.parametrize(
    ("number", "kmh"), [(n, kmh) for n, (_, kmh) in enumerate(SPEEDS)], ids=[str(tags) for tags, _ in SPEEDS]
)
def test_a_kind_of_road_is_driven_at_the_speed_of_the_table(travel: RoadTravel, number: int, kmh: int) -> None:
    route = _leg(travel, at(0, _lane(number)), at(1_000, _lane(number)))
    assert route.source == TravelSource.ROAD
    assert route.leg_metres[0] == pytest.approx(1_000, abs=3)
    assert route.leg_seconds[0] == pytest.approx(3_600 / kmh, rel=0.02, abs=1)


@pytest.mark.parametrize("number", range(len(CLOSED)), ids=[str(tags) for tags in CLOSED])
def test_a_closed_road_gives_no_way_and_the_answer_says_so(travel: RoadTravel, number: int) -> None:
    y = -_lane(number + 1)
    start, end = at(10, y), at(990, y)
    assert _leg(travel, start, end).source == TravelSource.STRAIGHT_LINE
    matrix = travel.matrix([start, end])
    assert (matrix.source, matrix.unreachable_pairs, matrix.off_road) == (TravelSource.MIXED, 2, ())


def test_a_one_way_street_is_obeyed(travel: RoadTravel) -> None:
    west, east = at(20_000, 0), at(21_000, 0)
    assert _leg(travel, west, east).leg_metres[0] == pytest.approx(1_000, abs=3)
    assert _leg(travel, east, west).leg_metres[0] == pytest.approx(2_000, abs=5)


def test_a_ferry_costs_the_wait_and_the_crossing(travel: RoadTravel) -> None:
    route = _leg(travel, at(30_000, 0), at(32_000, 0))
    # two rides of 500 m at 28 km/h, 420 s until the boat leaves, 1,000 m at 10 km/h, 5 s to ride off
    assert route.leg_seconds[0] == pytest.approx(2 * 500 * 3.6 / 28 + 420 + 360 + 5, abs=4)


@pytest.mark.parametrize(("number", "delay_s"), [(0, 15), (1, 8), (2, 5)], ids=["lights", "gate", "bollard"])
def test_an_obstacle_costs_its_delay(travel: RoadTravel, number: int, delay_s: int) -> None:
    route = _leg(travel, at(40_000, _lane(number)), at(41_000, _lane(number)))
    assert route.leg_seconds[0] == pytest.approx(1_000 * 3.6 / 28 + delay_s, abs=2)


def test_private_ground_is_no_short_cut_but_can_be_delivered_to(travel: RoadTravel) -> None:
    past = _leg(travel, at(49_500, 0), at(50_900, 0))
    assert past.leg_metres[0] == pytest.approx(500 + 800 + 500, abs=5)
    inside = _leg(travel, at(49_500, 0), at(50_200, 0))
    assert inside.leg_metres[0] == pytest.approx(700, abs=5)


def test_a_forbidden_turn_is_not_taken(travel: RoadTravel) -> None:
    turning = _leg(travel, at(60_000, -500), at(59_500, 0))
    # round the block, or past the crossing and back: never 1,000 m straight through
    assert turning.leg_metres[0] > 1_200
    assert _leg(travel, at(59_500, 0), at(60_000, -500)).leg_metres[0] == pytest.approx(1_000, abs=5)


def test_the_documented_table_is_the_table_of_the_profile() -> None:
    documented = _documented()
    assert documented
    assert documented == _in_lua((PROFILES / "motorbike_speeds.lua").read_text(encoding="utf-8"))


def _documented() -> dict[str, float]:
    """Rows `| highway | trunk | 48 | reason |` of docs/roads.md."""
    text = Path(ROOT / "docs" / "roads.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| `([\w:-]+)` \| ([\d.]+) \| \S.* \|$", text, re.MULTILINE)
    return {f"{section}.{name}": float(value) for section, name, value in rows}


def _in_lua(text: str) -> dict[str, float]:
    """`section.name` to number; numbers outside any section are of section `all`."""
    found: dict[str, float] = {}
    text = re.sub(r"--.*", "", text)
    for section, body in re.findall(r"(\w+)\s*=\s*\{([^{}]*)\}", text):
        for quoted, bare, value in re.findall(r'(?:\["([^"]+)"\]|(\w+))\s*=\s*([\d.]+)', body):
            found[f"{section}.{quoted or bare}"] = float(value)
    outside = re.sub(r"\w+\s*=\s*\{[^{}]*\}", "", text)
    for name, value in re.findall(r"(\w+)\s*=\s*([\d.]+)", outside):
        found[f"all.{name}"] = float(value)
    return found
