"""`buuta roads serve` as a program: from a closure drawn at the door to the avoided route, and a whole end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from core.ports import free_port
from geodata.model import LonLat
from geodata.osrm_programs import Programs
from geodata.road_dataset import RoadDataset
from geodata.travel import RoadTravel
from tests.api.house import House
from tests.geodata.roads_copy import copied
from tests.roads_fixture import ROOT
from tests.tracking.office_scene import NOW

pytestmark = pytest.mark.osrm

RING = [[106.70, 10.77], [106.71, 10.77], [106.71, 10.78], [106.70, 10.78]]
THROUGH = [LonLat(lon=106.698, lat=10.775), LonLat(lon=106.712, lat=10.775)]
_WITHIN_S = 60.0


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, f"not within {_WITHIN_S:.0f} s: {what}"
        threading.Event().wait(0.05)


@contextmanager
def _serving(house: House, data_dir: Path, port: int, programs: Programs) -> Iterator[subprocess.Popen[bytes]]:
    own = {
        "BUUTA_DATABASE_URL": house.runtime.database.url,
        "BUUTA_DATA_DIR": str(data_dir),
        # the programs as an image has them: on PATH
        "PATH": f"{programs.bin_dir}:{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "api.cli", "roads", "serve", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, **own}, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def test_from_drawing_to_the_avoided_route_and_back(
    house: House, tmp_path: Path, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    copied(road_dataset, tmp_path)
    port = free_port()
    dispatcher = house.person("dispatcher")
    travel = RoadTravel(f"http://127.0.0.1:{port}", patience_s=20)

    def crosses() -> bool:
        return any(106.7005 < p.lon < 106.7095 and 10.7705 < p.lat < 10.7795 for p in travel.route(THROUGH).line)

    with _serving(house, tmp_path, port, road_programs) as process:
        _until(lambda: _answers(port), "start")
        assert crosses()
        drawn_at = time.monotonic()
        body = {"area": RING, "starts_at": NOW.isoformat(), "note": "ngập"}
        drawn = dispatcher.post("/v1/closures", json=body).json()
        _until(lambda: not crosses(), "avoided")
        took_s = time.monotonic() - drawn_at
        [shown] = dispatcher.get("/v1/closures").json()["closures"]
        assert (shown["state"], shown["segments"] > 300) == ("in_force", True)
        assert dispatcher.delete(f"/v1/closures/{drawn['id']}").status_code == 204
        _until(crosses, "open again")
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert not any(child.is_running() for child in children)
    travel.close()
    # 10 s is the bar on a machine that does little else; a whole test run may share this one
    assert took_s < 30


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/nearest/v1/driving/106.7,10.77", trust_env=False).is_success
    except httpx.HTTPError:
        return False
