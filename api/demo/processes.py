"""The demo's own server and worker: started with the demo's clock, stopped whatever happens."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.setup_errors import DEMO_BROKEN, DEMO_RUNNING
from core.children import die_with_parent
from core.errors import fail

_START_S = 180.0
_STOP_S = 15.0
_POLL_S = 0.1


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the demo's folder while the block lasts; the kernel gives it back when its holder is killed.

    Raises:
        CodedError: A9009 when another demo holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "running").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            held.seek(0)
            raise fail(DEMO_RUNNING, pid=held.read().strip()) from taken
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


@contextmanager
def running(
    commands: Mapping[Path, list[str]], environment: Mapping[str, str]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`buuta <arguments>` for each log file while the block lasts, its output in that file."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for log, arguments in commands.items():
            started.append(_start(arguments, environment, log))
        yield started
    finally:
        stop(started)


def _start(arguments: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches the demo alone, which then stops its processes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "api.cli", *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Killed without a word, the demo must leave no server behind that holds its port.
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it only calls prctl(2), see there
        )


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end at the same time, then end the whole group of each that has not."""
    alive = [process for process in processes if process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + _STOP_S
    for process in alive:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until `url` answers 200; raises A9010 with the end of its log when the process ends before or takes too long."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(_POLL_S)
    raise fail(DEMO_BROKEN, folder=log.parent, reason=log.read_text(errors="replace")[-3000:])
