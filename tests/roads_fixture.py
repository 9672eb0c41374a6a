"""Real roads for tests: the bundled file built once into `.buuta/test-roads`, and an osrm-routed on it.

The folder's name carries the hash of file, profile and programs, so a change of any of them builds anew.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shapely import Polygon, box

from core.errors import CodedError
from geodata.osrm import OsrmServer
from geodata.osrm_programs import Programs, find_programs
from geodata.road_dataset import RoadDataset
from geodata.road_errors import IMPORT_RUNNING
from geodata.roads import import_roads
from geodata.travel import RoadTravel

ROOT = Path(__file__).parents[1]
HCM_PBF = ROOT / "geodata" / "data" / "roads" / "hcm_2018.osm.pbf"
HCM_CENTRE = box(106.66, 10.75, 106.74, 10.81)
_WAIT_S = 180.0


@pytest.fixture(scope="session")
def road_programs() -> Programs:
    """OSRM's programs as the set-up installs them; without them the test fails and says how to get them."""
    return find_programs(ROOT / ".buuta")


@pytest.fixture(scope="session")
def road_dataset(road_programs: Programs) -> RoadDataset:
    """The bundled file of Ho Chi Minh City as routing data, without a basemap."""
    return _built(ROOT / ".buuta" / "test-roads", road_programs)


@pytest.fixture(scope="session")
def clipped_dataset(road_programs: Programs) -> RoadDataset:
    """The bundled file clipped to the middle of the city."""
    return _built(ROOT / ".buuta" / "test-roads-centre", road_programs, area=HCM_CENTRE)


@pytest.fixture(scope="session")
def osrm(road_dataset: RoadDataset, road_programs: Programs) -> Iterator[OsrmServer]:
    """A running osrm-routed on the bundled file, for the whole run. Do not stop or kill it."""
    with OsrmServer(road_dataset.folder, programs=road_programs) as server:
        yield server


@pytest.fixture
def road_travel(osrm: OsrmServer) -> Iterator[RoadTravel]:
    """Travel times on the bundled file, without a cache."""
    travel = RoadTravel(osrm.url)
    yield travel
    travel.close()


def _built(data_dir: Path, programs: Programs, *, area: Polygon | None = None) -> RoadDataset:
    deadline = time.monotonic() + _WAIT_S
    while True:
        try:
            return import_roads(HCM_PBF, data_dir, area=area, basemap=False, programs=programs)
        except CodedError as error:
            # another worker of this run is building it
            if error.code != IMPORT_RUNNING.code or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
