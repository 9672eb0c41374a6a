"""The real program for tests that come in through its doors: `buuta serve` on a free port, the pages built."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from core.db import Database
from core.ports import free_port

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
_START_S = 240.0
_STOP_S = 10.0
_BUILD_S = 300.0
_SOURCES = (
    "src",
    "public",
    "courier.html",
    "console.html",
    "reports.html",
    "agency.html",
    "vite.config.ts",
    "package-lock.json",
)


@contextmanager
def served(database: Database, folder: Path, **environment: str) -> Iterator[str]:
    """Address of a server over the database while the block lasts; its log lies in `folder/server.log`."""
    build_pages()
    port = free_port()
    given = {"BUUTA_DATABASE_URL": database.url, "BUUTA_DATA_DIR": str(folder / "data"), "BUUTA_PORT": str(port)}
    with (folder / "server.log").open("wb") as log:
        command = [str(Path(sys.executable).parent / "buuta"), "serve"]
        process = subprocess.Popen(command, env={**os.environ, **given, **environment}, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_up(process, url, folder / "server.log")
            yield url
        finally:
            _stop(process)


def build_pages() -> None:
    """Build the pages unless they are newer than their sources; of several test processes one builds."""
    with (WEB / "node_modules" / ".build.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_fresh():
            npm = shutil.which("npm") or "npm"
            subprocess.run([npm, "run", "build"], cwd=WEB, check=True, timeout=_BUILD_S, capture_output=True)


def _is_fresh() -> bool:
    built = WEB / "dist" / "sw-courier.js"
    if not built.exists():
        return False
    made_at = built.stat().st_mtime
    roots = [WEB / name for name in _SOURCES]
    files = (file for root in roots for file in ([root] if root.is_file() else root.rglob("*")))
    return all(file.stat().st_mtime <= made_at for file in files)


def _wait_until_up(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/healthz", timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        try:
            # Waiting for its end is also the pause between two questions.
            process.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
