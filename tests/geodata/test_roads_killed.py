"""kill -9 in the middle of an import: what was in force stays, and the next import goes on and finishes."""

import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from geodata.osrm import OsrmServer
from geodata.osrm_programs import Programs
from geodata.road_dataset import current_dataset, roads_dir
from geodata.roads import PHASES, import_roads
from geodata.travel import RoadTravel, TravelSource
from tests.geodata.made_roads import MadeMap, at
from tests.roads_fixture import ROOT

pytestmark = pytest.mark.osrm

_DYING = """
import os, signal, sys
from pathlib import Path
from geodata.osrm_programs import Programs
from geodata.roads import import_roads

def report(step):
    if (step.phase, step.percent) == (sys.argv[5], 100):
        os.kill(os.getpid(), signal.SIGKILL)

programs = Programs(bin_dir=Path(sys.argv[3]), lua_dir=Path(sys.argv[4]))
import_roads(Path(sys.argv[1]), Path(sys.argv[2]), basemap=False, programs=programs, progress=report)
"""


def _map(path: Path, *, length_m: float) -> Path:
    roads = MadeMap()
    for n in range(6):
        roads.way([(0, n * 200), (length_m, n * 200)], {"highway": "residential"})
        roads.way([(n * 200, 0), (n * 200, 1_000)], {"highway": "tertiary"})
    return roads.write(path)


@pytest.mark.parametrize("phase", PHASES[:-1])
def test_killed_after_any_phase(phase: str, tmp_path: Path, road_programs: Programs) -> None:
    data_dir = tmp_path / "data"
    first = import_roads(_map(tmp_path / "a.osm.pbf", length_m=1_000), data_dir, basemap=False, programs=road_programs)
    other = _map(tmp_path / "b.osm.pbf", length_m=1_200)
    places = [str(other), str(data_dir), str(road_programs.bin_dir), str(road_programs.lua_dir)]
    ended = subprocess.run([sys.executable, "-c", _DYING, *places, phase], cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert current_dataset(data_dir) == first
    done = _phases_done(data_dir, first.id)
    second = import_roads(other, data_dir, basemap=False, programs=road_programs)
    assert set(done) == set(PHASES[: PHASES.index(phase) + 1])
    assert {name: second.seconds[name] for name in done} == done
    assert current_dataset(data_dir) == second
    with OsrmServer(second.folder, programs=road_programs) as server:
        travel = RoadTravel(server.url)
        assert travel.route([at(0, 0), at(1_200, 0)]).source is TravelSource.ROAD
        travel.close()


def _phases_done(data_dir: Path, other_than: str) -> dict[str, float]:
    """Phases of the unfinished import, with the seconds they took."""
    [unfinished] = [
        folder
        for folder in roads_dir(data_dir).iterdir()
        if folder.is_dir() and not folder.is_symlink() and folder.name != other_than
    ]
    state = unfinished / "phases.json"
    return (
        {name: entry["seconds"] for name, entry in orjson.loads(state.read_bytes()).items()} if state.exists() else {}
    )
