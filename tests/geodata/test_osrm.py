"""The supervised server: crash, change-over, stop, and no orphan."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from core.errors import CodedError
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_programs import Programs
from geodata.road_dataset import CURRENT, RoadDataset, make_current, roads_dir
from geodata.travel import RoadTravel, TravelSource
from tests.roads_fixture import ROOT

pytestmark = pytest.mark.osrm

POINTS = [LonLat(lon=106.68 + 0.01 * step, lat=10.77 + 0.005 * (step % 3)) for step in range(5)]
_WITHIN_S = 20.0


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, f"not within {_WITHIN_S:.0f} s: {what}"
        threading.Event().wait(0.02)


def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _serves(server: OsrmServer, dataset: RoadDataset) -> bool:
    return server.health().dataset == dataset.id


def test_it_listens_on_loopback_only(osrm: OsrmServer) -> None:
    health = osrm.health()
    assert health.up
    assert health.pid is not None
    listening = [c for c in psutil.Process(health.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert {connection.laddr for connection in listening} == {("127.0.0.1", osrm.port)}


def test_after_kill_9_it_is_back_and_a_question_meanwhile_is_answered_from_the_road(
    road_dataset: RoadDataset, road_programs: Programs
) -> None:
    with OsrmServer(road_dataset.folder, programs=road_programs) as server:
        travel = RoadTravel(server.url)
        before = travel.route(POINTS)
        first = server.health().pid
        assert first is not None
        for restarts in (1, 2):
            pid = server.health().pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert travel.route(POINTS) == before
            _until(lambda: server.health().up, "restart")
            health = server.health()
            assert (health.restarts, health.problem) == (restarts, "osrm-routed ended with code -9")
            assert health.pid != pid
        travel.close()


def test_a_change_over_while_questions_run_loses_none(
    tmp_path: Path, road_dataset: RoadDataset, clipped_dataset: RoadDataset, road_programs: Programs
) -> None:
    whole, clipped = (_in_folder(roads_dir(tmp_path), dataset) for dataset in (road_dataset, clipped_dataset))
    make_current(whole)
    with OsrmServer(whole.folder.parent / CURRENT, programs=road_programs) as server:
        asker = _Asker(server.url)
        asker.start()
        _until(lambda: len(asker.sources) > 5, "first answers")
        for dataset in (clipped, whole):
            old = server.health().pid
            assert old is not None
            make_current(dataset)
            _until(partial(_serves, server, dataset), "change-over")
            _until(partial(_gone, old), "end of the old process")
            _until(partial(asker.answered_more_than, len(asker.sources) + 5), "answers after it")
        asker.stop()
        assert set(asker.sources) == {TravelSource.ROAD}
        assert server.health().restarts == 0


def _in_folder(folder: Path, dataset: RoadDataset, *, name: str | None = None) -> RoadDataset:
    """The dataset linked into another roads folder, there called by `name`."""
    name = name or dataset.id
    folder.mkdir(exist_ok=True)
    if not (folder / name).exists():
        (folder / name).symlink_to(dataset.folder)
    return replace(dataset, id=name, folder=folder / name)


class _Asker(threading.Thread):
    """Asks for routes without a pause and keeps each answer's source."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.sources: list[TravelSource] = []
        self._url = url
        self._ended = threading.Event()

    def run(self) -> None:
        travel = RoadTravel(self._url, patience_s=10)
        while not self._ended.is_set():
            self.sources.append(travel.route(POINTS).source)
            self.sources.append(travel.matrix(POINTS).source)
        travel.close()

    def answered_more_than(self, count: int) -> bool:
        return len(self.sources) > count

    def stop(self) -> None:
        self._ended.set()
        self.join()


def test_new_data_that_does_not_start_leaves_the_old_serving(
    tmp_path: Path, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    whole = _in_folder(roads_dir(tmp_path), road_dataset)
    make_current(whole)
    broken = whole.folder.parent / "broken"
    broken.mkdir()
    manifest = (road_dataset.folder / "manifest.json").read_text()
    (broken / "manifest.json").write_text(manifest.replace(road_dataset.id, "broken"))
    with OsrmServer(whole.folder.parent / CURRENT, programs=road_programs) as server:
        make_current(_in_folder(broken.parent, road_dataset, name="broken"))
        _until(lambda: server.health().problem == "dataset broken did not start", "refusal")
        health = server.health()
        assert (health.up, health.dataset) == (True, road_dataset.id)


def test_stop_ends_the_process(road_dataset: RoadDataset, road_programs: Programs) -> None:
    server = OsrmServer(road_dataset.folder, programs=road_programs)
    server.start()
    pid = server.health().pid
    assert pid is not None
    server.stop()
    assert _gone(pid)
    assert not server.health().up
    server.stop()


_PARENT = """
import sys
from pathlib import Path
from geodata.osrm import OsrmServer
from geodata.osrm_programs import Programs
server = OsrmServer(Path(sys.argv[1]), programs=Programs(bin_dir=Path(sys.argv[2]), lua_dir=Path(sys.argv[3])))
server.start()
print(server.health().pid, flush=True)
sys.stdin.read()
"""


def test_kill_9_of_the_parent_leaves_no_orphan(road_dataset: RoadDataset, road_programs: Programs) -> None:
    folders = [str(road_dataset.folder), str(road_programs.bin_dir), str(road_programs.lua_dir)]
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, *folders], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not _gone(pid)
        parent.kill()
    _until(lambda: _gone(pid), "end of the child")


def test_without_road_data_it_says_so(tmp_path: Path, road_programs: Programs) -> None:
    server = OsrmServer(tmp_path / CURRENT, programs=road_programs)
    with pytest.raises(CodedError) as error:
        server.start()
    assert error.value.code == "G2009"


def test_a_port_in_use_is_refused_instead_of_shared(road_dataset: RoadDataset, road_programs: Programs) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CodedError) as error:
            OsrmServer(road_dataset.folder, other.getsockname()[1], programs=road_programs)
    assert error.value.code == "G2010"


def test_data_that_cannot_be_served_ends_in_a_coded_error(
    tmp_path: Path, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    (tmp_path / "manifest.json").write_bytes((road_dataset.folder / "manifest.json").read_bytes())
    with pytest.raises(CodedError) as error:
        OsrmServer(tmp_path, programs=road_programs).start(timeout_s=1.0)
    assert error.value.code == "G2010"
    assert "ended with code" in str(error.value)
