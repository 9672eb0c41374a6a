"""The embedded PostGIS: a private cluster in the data folder, reached by a Unix socket only.

Whoever starts the cluster stops it; a second start while it runs attaches. A cluster whose starter was killed is taken
over by the next one who comes, and one that was killed itself recovers on the next start.
"""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil
import psycopg

from api.cluster_place import PORT, Account, cluster_account, cluster_folder, socket_folder
from api.packages import PostgresPrograms, find_postgres
from api.setup_errors import CLUSTER_NOT_STARTED, NO_POSTGIS_HERE
from core.errors import fail

DATABASE = "buuta"
_ROLE = "buuta"
_START_DEADLINE_S = 60.0
_POLL_S = 0.05
# For a machine of 2 cores and some GB that also runs planner and server. Just-in-time compilation costs more than it
# saves on queries of milliseconds.
_SETTINGS: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_connections": "200",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # The server's log must not quote rows (DETAIL), values or statements: they hold names and addresses.
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One cluster: `folder` holds `data/`, `log` and locks; `socket` the socket, closed to other users.

    `settings` are PostgreSQL settings that win over ours. `account` is set when we are root.
    """

    programs: PostgresPrograms
    folder: Path
    socket: Path
    account: Account | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Address of the project's database in it."""
        return self._url(DATABASE)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def is_ready(self) -> bool:
        """Whether the server accepts connections (also when all of them are taken)."""
        return self._program("pg_isready", "-q", "-h", str(self.socket), "-p", str(PORT)) == 0

    def start(self) -> None:
        """Make the cluster if there is none and start it if it is not running. Raises A9003."""
        with self.locked():
            self.start_locked()

    def stop(self) -> None:
        """Stop it (open transactions are rolled back); nothing happens when it is not running."""
        with self.locked():
            self.stop_locked()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process at a time starts or stops the cluster."""
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def start_locked(self) -> None:
        """`start` for a caller who holds the lock."""
        if self.is_ready():
            return
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._drop_stale_lock()
        self._launch()
        self._create_database()

    def stop_locked(self) -> None:
        """`stop` for a caller who holds the lock."""
        self._program("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "30", "stop")

    def _url(self, database: str) -> str:
        return f"postgresql:///{database}?host={self.socket}&port={PORT}&user={_ROLE}"

    def _initialise(self) -> None:
        # Trust is right here: only this user and root can reach the socket's folder. A broken-off initdb leaves no
        # half cluster, because the folder gets its name only when it is whole.
        partial = self.folder / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        options = ["--username", _ROLE, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        if self.settings.get("fsync") == "off":
            options.append("--no-sync")
        if self._program("initdb", "-D", str(partial), *options) != 0:
            raise self._not_started()
        partial.rename(self.data)

    def _drop_stale_lock(self) -> None:
        """Remove a `postmaster.pid` whose number now belongs to another program (a restarted machine or container)."""
        lock = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError, psutil.Error):
            process = psutil.Process(int(lock.read_text().splitlines()[0]))
            if str(self.data) not in process.cmdline():
                lock.unlink()

    def _launch(self) -> None:
        own = {"listen_addresses": "", "unix_socket_directories": str(self.socket), "port": str(PORT)}
        options = " ".join(f"-c {name}='{value}'" for name, value in {**_SETTINGS, **self.settings, **own}.items())
        command = ["-D", str(self.data), "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", options, "start"]
        deadline = time.monotonic() + _START_DEADLINE_S
        # After kill -9 the orphaned backends hold the shared memory a moment longer and the first start is refused.
        while self._program("pg_ctl", *command) != 0 and not self.is_ready():
            if time.monotonic() > deadline or not self._is_held():
                raise self._not_started()
            time.sleep(_POLL_S)

    def _is_held(self) -> bool:
        """Whether the last start was refused because an earlier server's processes are still going."""
        return "is still in use" in self._last_lines() or "already exists" in self._last_lines()

    def _create_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as admin:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                admin.execute(f'CREATE DATABASE "{DATABASE}"'.encode())

    def _program(self, name: str, *arguments: str) -> int:
        # Output goes to a file, not a pipe: the server keeps what it inherits open for its whole life. A session of
        # its own: Ctrl-C in the terminal must reach our program, which then stops the cluster in order.
        with (self.folder / "output").open("w") as output:
            done = subprocess.run(
                [self.programs.path(name), *arguments],
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **self.programs.environment},
                cwd=self.folder,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                **(self.account.run_as() if self.account else {}),
            )
        return done.returncode

    def _not_started(self) -> Exception:
        return fail(CLUSTER_NOT_STARTED, folder=self.folder, reason=self._last_lines())

    def _last_lines(self) -> str:
        texts = [
            path.read_text(errors="replace") for name in ("output", "log") if (path := self.folder / name).exists()
        ]
        return " | ".join(line for text in texts for line in text.strip().splitlines()[-4:])


def place_cluster(
    data_dir: Path, *, packages: Path, private_only: bool = False, settings: Mapping[str, str] | None = None
) -> Cluster:
    """The cluster of a data folder, not started. `packages`: where the set-up unpacks packages. Raises A9002."""
    programs = find_postgres(packages, private_only=private_only)
    if programs is None:
        raise fail(NO_POSTGIS_HERE)
    account = cluster_account()
    folder = cluster_folder(data_dir, account)
    return Cluster(
        programs=programs,
        folder=folder,
        socket=socket_folder(folder, account),
        account=account,
        settings=settings or {},
    )


@contextmanager
def embedded_postgis(data_dir: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """A running PostGIS in `<data_dir>/pg` while the block lasts; yields the address of its database `buuta`."""
    private_only = os.environ.get("BUUTA_PRIVATE_PACKAGES") == "1"
    packages = Path(__file__).parents[1] / ".buuta/pkgs"
    cluster = place_cluster(data_dir, packages=packages, private_only=private_only, settings=settings)
    with (cluster.folder / "owner").open("a") as owner_file:
        with cluster.locked():
            owner = _claim(owner_file)
            cluster.start_locked()
        try:
            yield cluster.url
        finally:
            if owner:
                _stop_and_disown(cluster, owner_file)


def _claim(owner_file: IO[str]) -> bool:
    """Whether the cluster is ours to stop. The kernel frees the lock of an owner who was killed."""
    try:
        fcntl.flock(owner_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stop_and_disown(cluster: Cluster, owner_file: IO[str]) -> None:
    # Both under the lock: one who comes meanwhile waits, then owns the cluster it starts.
    with cluster.locked():
        cluster.stop_locked()
        fcntl.flock(owner_file, fcntl.LOCK_UN)
