"""`buuta serve`: the web server, with the database and, when asked, the worker it needs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Any

import typer
import uvicorn

from api import store_health
from api.commands.output import Exit, coded_errors
from api.free_address import require_free
from api.log import configure_logging
from api.migrate import migrate
from api.settings import Settings, load_settings
from api.wiring import database_of, roads_of
from core.children import die_with_parent
from core.db import Database
from geodata.communes import load_communes

_STOP_S = 10
# Seconds an idle connection is kept; the proxy of docker/Caddyfile lets go at 60.
KEEP_ALIVE_S = 75


def serve(
    host: Annotated[str | None, typer.Option(help="Địa chỉ · address to bind.")] = None,
    port: Annotated[int | None, typer.Option(help="Cổng · port to bind.")] = None,
    workers: Annotated[int | None, typer.Option(help="Số tiến trình web · web processes.")] = None,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Chạy cả bộ xử lý · run the worker too.")] = False,
) -> None:
    """Chạy máy chủ web · run the web server. Ctrl-C stops all it started."""
    # uvicorn gives the signal back once it has stopped: what was started here must still be stopped after it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(Exit.OK))
    with coded_errors(), ExitStack() as stack:
        settings = load_settings()
        configure_logging(settings)
        host, port = host or settings.host, port or settings.port
        require_free(host, port)
        url = stack.enter_context(database_of(settings))
        prepare(url)
        os.environ["BUUTA_DATABASE_URL"] = url
        if with_worker:
            stack.enter_context(worker_process(settings, url, stack))
        run(settings, host=host, port=port, workers=workers)


def prepare(url: str) -> None:
    """Bring the schema up to date, with its communes, before anything answers."""
    database = Database(url, pool_size=1)
    try:
        migrate(database)
        with database.transaction() as session:
            if not store_health.count_communes(session):
                load_communes(session)
    finally:
        database.close()


def run(settings: Settings, *, host: str, port: int, workers: int | None) -> None:
    """Serve until told to stop."""
    uvicorn.run(
        "api.serving:build",
        factory=True,
        host=host,
        port=port,
        workers=workers or settings.web_processes,
        **server_options(settings),
    )


def server_options(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves, whatever the address."""
    return {
        "log_config": None,
        "server_header": False,
        "access_log": False,
        # Whose word on a caller's address counts: limits on wrong tries go by it.
        "proxy_headers": True,
        "forwarded_allow_ips": list(settings.trusted_proxies),
        # Longer than any caller keeps an idle connection: who closes first must be the one who writes next,
        # or a write meets a closed connection (as a proxy's 502, or a caller's reset).
        "timeout_keep_alive": KEEP_ALIVE_S,
        # Live streams never end by themselves.
        "timeout_graceful_shutdown": 3,
        # A process that is still reading its files is not a dead one.
        "timeout_worker_healthcheck": 60,
    }


@contextmanager
def worker_process(settings: Settings, url: str, stack: ExitStack) -> Iterator[None]:
    """A worker of its own process, on the roads this process serves."""
    database = Database(url, pool_size=1)
    stack.callback(database.close)
    roads = stack.enter_context(roads_of(settings, database))
    if roads:
        # For the web processes too, which start later.
        os.environ["BUUTA_OSRM_URL"] = roads
    command = [sys.executable, "-m", "api.cli", "worker"]
    process = subprocess.Popen(command, preexec_fn=die_with_parent)  # noqa: PLW1509 - it only calls prctl(2), see there
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
