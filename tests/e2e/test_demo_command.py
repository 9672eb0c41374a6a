"""`buuta demo` as a person runs it: a process of its own with its own PostGIS, to its end, and broken off by Ctrl-C."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.day_folder import day_folder

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.osrm]

COMMAND = ("demo", "--once", "--port", "0", "--plan-seconds", "3", "--speed")
# The first run on a machine makes the roads.
END_S = 400.0
STOP_S = 20.0
RIDING = re.compile(r"● [1-9]\d* đã phát")
STARTED = ("api.cli serve", "api.cli worker", "postgres", "osrm-routed")
Address = tuple[str, int]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with day_folder() as data_dir:
        yield data_dir


def environment_of(data_dir: Path) -> dict[str, str]:
    """On an embedded PostGIS of its own."""
    own = {key: value for key, value in os.environ.items() if not key.endswith("DATABASE_URL")}
    return own | {"BUUTA_DATA_DIR": str(data_dir), "COLUMNS": "200"}


def command(speed: int = 1500) -> list[str]:
    return [str(Path(sys.executable).with_name("buuta")), *COMMAND, str(speed)]


@contextmanager
def demo(data_dir: Path, log: Path, speed: int = 1500) -> Iterator[psutil.Popen]:
    """The demo; a test that fails leaves nothing of it behind."""
    with log.open("wb") as output:
        process = psutil.Popen(
            command(speed),
            env=environment_of(data_dir),
            stdout=output,
            stderr=subprocess.STDOUT,
            # As a shell starts what runs in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        )
    try:
        yield process
    finally:
        for one in [*descendants(process), *postgis(data_dir), *([process] if process.poll() is None else [])]:
            one.kill()
        process.wait()


def descendants(process: psutil.Popen) -> list[psutil.Process]:
    """All that it started, and what that started."""
    return list(process.children(recursive=True)) if process.poll() is None else []


def postgis(data_dir: Path) -> list[psutil.Process]:
    """The embedded cluster with its sessions: a daemon, so nobody's child."""
    pid_file = data_dir / "pg" / "data" / "postmaster.pid"
    if not pid_file.exists():
        return []
    postmaster = psutil.Process(int(pid_file.read_text().split()[0]))
    assert postmaster.name() == "postgres"
    return [postmaster, *postmaster.children(recursive=True)]


def said(log: Path) -> str:
    return log.read_text(errors="replace")


def test_a_whole_day_ends_by_itself_and_prints_its_sum(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "demo.log"
    with demo(folder, log) as process:
        assert process.wait(END_S) == 0, said(log)[-4000:]
    numbers = {name: sum_of(name, said(log)) for name in ("results in", "delivered", "attempts failed")}
    assert numbers["results in"] == 400
    assert numbers["delivered"] + numbers["attempts failed"] == 400
    assert sum_of("dossiers at 10", said(log)) == numbers["delivered"]
    assert sum_of("out of order", said(log)) == sum_of("not ended as it should", said(log)) == 0


def sum_of(name: str, text: str) -> int:
    """A number of the table at the end by its English name."""
    found = re.search(rf"· {name} *│ (\d+) ", text)
    assert found, f"no {name} in\n{text[-4000:]}"
    return int(found[1])


def test_ctrl_c_while_couriers_ride_leaves_no_process_and_no_socket(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "demo.log"
    with demo(folder, log) as process:
        wait_until_riding(process, log)
        started = [*descendants(process), *postgis(folder)]
        commands = [" ".join(words(one)) for one in started]
        assert [part for part in STARTED if not any(part in command for command in commands)] == []
        addresses, sockets = listening([process, *started])
        assert len(addresses) >= 2
        assert sockets, "PostGIS listens on a socket file"
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_S) == 0, said(log)[-4000:]
        assert still_running(started) == []
    assert [address for address in addresses if answers(address)] == []
    assert [path for path in sockets if path.exists()] == []
    assert "Đã dừng mọi thứ" in said(log)


def test_after_kill_9_the_next_day_begins_as_if_nothing_had_been(folder: Path, tmp_path: Path) -> None:
    log, third = tmp_path / "demo.log", tmp_path / "third.log"
    with demo(folder, log, speed=300) as process:
        wait_until_riding(process, log)
        clock = (folder / "demo" / "clock").read_bytes()
        second = subprocess.run(command(), env=environment_of(folder), capture_output=True, text=True, check=False)
        assert second.returncode == 4, second.stderr
        assert "A9009" in second.stderr
        assert str(process.pid) in second.stderr
        assert "Traceback" not in second.stderr
        assert (folder / "demo" / "clock").read_bytes() == clock
        # The one that runs goes on: the other has touched nothing of it.
        wait_until(lambda: RIDING.findall(said(log))[-1] != RIDING.findall(said(log))[0], process, log)
        own = [one for one in descendants(process) if "postgres" not in " ".join(words(one))]
        process.kill()
        process.wait()
        assert still_running(own, STOP_S) == []
    with demo(folder, third) as process:
        assert process.wait(END_S) == 0, said(third)[-4000:]
    assert sum_of("not ended as it should", said(third)) == 0


def wait_until_riding(process: psutil.Popen, log: Path) -> None:
    """Until somebody has delivered something."""
    wait_until(lambda: RIDING.search(said(log)) is not None, process, log)


def wait_until(condition: Callable[[], bool], process: psutil.Popen, log: Path) -> None:
    """Until it holds, while the demo runs."""
    deadline = time.monotonic() + END_S
    while not condition():
        assert process.poll() is None, f"the demo ended by itself:\n{said(log)[-4000:]}"
        assert time.monotonic() < deadline, said(log)[-4000:]
        try:
            # Waiting for its end is also the pause between two looks.
            process.wait(0.2)
        except psutil.TimeoutExpired:
            continue


def words(process: psutil.Process) -> list[str]:
    """Its command; nothing if it has ended meanwhile."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


def listening(processes: list[psutil.Process]) -> tuple[set[Address], set[Path]]:
    """TCP addresses and socket files that they wait on."""
    addresses: set[Address] = set()
    sockets: set[Path] = set()
    for one in chain.from_iterable(connections(process) for process in processes):
        if one.status == psutil.CONN_LISTEN:
            addresses.add((one.laddr.ip, one.laddr.port))
        elif isinstance(one.laddr, str) and one.laddr.startswith("/"):
            sockets.add(Path(one.laddr))
    return addresses, sockets


def connections(process: psutil.Process) -> list[Any]:
    """All that it has open; none if it has ended meanwhile (a short-lived helper of the day)."""
    try:
        return list(process.net_connections("all"))
    except psutil.NoSuchProcess:
        return []


def still_running(processes: list[psutil.Process], within_s: float = 1.0) -> list[psutil.Process]:
    """Those that have not ended by then; an ended one whose parent has not asked for its exit code (a zombie) has.

    PostGIS is a daemon: its parent is the machine's first process, which in many containers never asks. `pg_ctl stop`
    returns when the lock file is gone, an instant before the process is.
    """
    psutil.wait_procs([one for one in processes if not has_ended(one)], timeout=within_s)
    return [one for one in processes if not has_ended(one)]


def has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def answers(address: Address) -> bool:
    """Whether somebody takes a connection there."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(address) == 0
