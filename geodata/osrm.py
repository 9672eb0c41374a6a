"""A supervised osrm-routed on loopback: started, watched, restarted, changed over to new road data without a gap.

One thread owns the process. That matters: the kernel ties the child to the thread that started it (see
`die_with_parent`), so neither kill -9 of this process nor a forgotten `stop` leaves an orphan behind.
A change-over uses SO_REUSEPORT, which osrm-routed sets on its socket: the new process listens on the same port beside
the old one, and the old one is ended when the new one answers. A question that is cut off there is asked again by
`RoadTravel`.
"""

import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from core.children import die_with_parent
from core.errors import fail
from core.ports import free_port
from geodata.osrm_client import OsrmClient, OsrmDown, OsrmRefused
from geodata.osrm_programs import Programs
from geodata.road_dataset import RoadDataset, read_dataset
from geodata.road_errors import NO_DATASET, SERVER_NOT_READY

MAX_POINTS = 10_000
MAX_ROUTE_POINTS = 1_000
_TICK_S = 0.1
_READY_S = 120.0
_BACK_OFF_S = 0.2
_BACK_OFF_MAX_S = 10.0
# a process that ran this long was well: the next restart is prompt again
_WELL_S = 30.0
_STOP_S = 5.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHealth:
    """`pid` and `dataset` of the process that answers, None while none does; `restarts` since the start."""

    up: bool
    pid: int | None
    dataset: str | None
    restarts: int
    problem: str | None


@dataclass(slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    dataset: RoadDataset
    since: float

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


class OsrmServer:
    """osrm-routed for the dataset in `dataset_dir`: a dataset's folder, or the `current` link, which is then followed.

    Binds 127.0.0.1 unless another address is given. `port` None takes a free one.
    """

    def __init__(
        self,
        dataset_dir: Path,
        port: int | None = None,
        *,
        programs: Programs,
        threads: int = 2,
        host: str = "127.0.0.1",
    ) -> None:
        self._dataset_dir = dataset_dir
        self._programs = programs
        self._threads = threads
        self._host = host
        self.port = _own_port(port)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._client = OsrmClient(self.url)
        self._running: _Running | None = None
        self._refused: Path | None = None
        self._restarts = 0
        self._back_off_s = _BACK_OFF_S
        self._not_before = 0.0
        self._problem: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, timeout_s: float = 60.0) -> None:
        """Start and wait until it answers. Raises G2009 without road data, G2010 when it does not get ready."""
        if read_dataset(self._dataset_dir) is None:
            raise fail(NO_DATASET)
        self._thread = threading.Thread(target=self._supervise, name="osrm-supervisor", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + timeout_s
        while not self.health().up:
            if time.monotonic() > deadline:
                self.stop()
                raise fail(SERVER_NOT_READY, seconds=timeout_s, reason=self._problem or "no answer")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process and its supervisor; harmless when already stopped."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._client.close()

    def health(self) -> ServerHealth:
        """Asks the process now."""
        running = self._running
        up = running is not None and running.alive and self._answering() is not None
        return ServerHealth(
            up=up,
            pid=running.process.pid if running and up else None,
            dataset=running.dataset.id if running and up else None,
            restarts=self._restarts,
            problem=self._problem,
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _supervise(self) -> None:
        try:
            while not self._stopping.is_set():
                self._tick()
                self._wake.wait(_TICK_S)
                self._wake.clear()
        finally:
            if self._running is not None:
                _end(self._running.process)
                self._running = None

    def _tick(self) -> None:
        running = self._running
        if running is not None and not running.alive:
            self._note_crash(running)
        if self._running is None:
            self._start_when_due()
        elif self._link_moved(self._running):
            self._change_over(self._running)

    def _note_crash(self, dead: _Running) -> None:
        self._problem = f"osrm-routed ended with code {dead.process.returncode}"
        if time.monotonic() - dead.since > _WELL_S:
            self._back_off_s = _BACK_OFF_S
        self._not_before = time.monotonic() + self._back_off_s
        self._back_off_s = min(2 * self._back_off_s, _BACK_OFF_MAX_S)
        self._restarts += 1
        self._running = None
        _log.warning("osrm_ended", code=dead.process.returncode, pid=dead.process.pid, restarts=self._restarts)

    def _start_when_due(self) -> None:
        dataset = read_dataset(self._dataset_dir)
        if dataset is not None and time.monotonic() >= self._not_before:
            self._running = self._spawn(dataset)

    def _link_moved(self, running: _Running) -> bool:
        folder = self._dataset_dir.resolve()
        return folder not in {running.dataset.folder, self._refused}

    def _change_over(self, old: _Running) -> None:
        dataset = read_dataset(self._dataset_dir)
        if dataset is None:
            return
        fresh = self._spawn(dataset)
        if self._answers_from(fresh):
            self._running = fresh
            _end(old.process)
            _log.info("osrm_changed_over", dataset=dataset.id, pid=fresh.process.pid)
        else:
            # the old data keeps serving until the link moves again
            self._refused = dataset.folder
            self._problem = f"dataset {dataset.id} did not start"
            _end(fresh.process)
            _log.error("osrm_dataset_refused", dataset=dataset.id)

    def _answers_from(self, fresh: _Running) -> bool:
        deadline = time.monotonic() + _READY_S
        while fresh.alive and time.monotonic() < deadline and not self._stopping.is_set():
            # both processes listen; a new connection falls to either of them
            client = OsrmClient(self.url)
            try:
                if client.dataset() == fresh.dataset.id:
                    return True
            except (OsrmDown, OsrmRefused):
                pass
            finally:
                client.close()
            time.sleep(0.02)
        return False

    def _spawn(self, dataset: RoadDataset) -> _Running:
        # request lines hold where citizens live: nothing below a warning is logged
        quiet = ["--verbosity", "WARNING"]
        limits = ["--max-table-size", str(MAX_POINTS), "--max-viaroute-size", str(MAX_ROUTE_POINTS)]
        limits += ["--max-matching-size", str(MAX_ROUTE_POINTS)]
        where = ["--ip", self._host, "--port", str(self.port), "--threads", str(self._threads)]
        command = [str(self._programs.path("osrm-routed")), "--algorithm", "MLD", *where, *limits, *quiet]
        with (dataset.folder / "routed.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, str(dataset.graph)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it only calls prctl(2), see there
            )
        return _Running(process, dataset, time.monotonic())

    def _answering(self) -> str | None:
        try:
            return self._client.dataset()
        except (OsrmDown, OsrmRefused):
            return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _own_port(wanted: int | None) -> int:
    """A port nobody listens on. Raises G2010: osrm-routed itself would silently share the port of another one."""
    try:
        return free_port(wanted or 0)
    except OSError as error:
        raise fail(SERVER_NOT_READY, seconds=0, reason=f"port {wanted}: {error.strerror}") from error
