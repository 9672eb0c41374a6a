"""The demo's own server and worker: started with the demo's clock, stopped whatever happens."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

_START_S = 180.0
_STOP_S = 15.0
_POLL_S = 0.1


class NotStarted(RuntimeError):
    """A process of the demo ended or did not answer in time; the message has the end of its log."""


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
    """Until `url` answers 200; raises `NotStarted` when the process ends before or takes too long."""
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
    raise NotStarted(f"{' '.join(map(str, process.args))}\n{log.read_text(errors='replace')[-3000:]}")  # type: ignore[arg-type]
