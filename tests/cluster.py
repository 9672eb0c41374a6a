"""One PostGIS server and one template database for a whole test run, shared by all its worker processes."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager
from procrastinate.testing import InMemoryConnector

import api.tables
import geodata.tables
import routing.tables
import tracking.tables
from api.embedded import Cluster, place_cluster
from api.migrate import migrate, newest_revision
from core.clock import utc_now
from core.db import Base, Database, ensure_partitions

# Naming the modules keeps the imports: they register every table.
_TABLES = (api.tables, geodata.tables, routing.tables, tracking.tables)

ROOT = Path(__file__).parents[1]
_PREFIX = "buuta-test-"
# A test's data need not outlive the run: no flush to disk, and many small connections.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "300",
}


def new_run_folder() -> Path:
    """A folder of this run with a short path (sockets lie in it), readable by the server's user.

    Folders that killed runs left behind are cleared away first, with their servers.
    """
    for old in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = old.name.removeprefix(_PREFIX).partition("-")[0]
        if old.is_dir() and old.stat().st_uid == os.geteuid() and not Path(f"/proc/{pid}").exists():
            end_run(old)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    return folder


def start_cluster(run: Path) -> str:
    """Address of the run's server; the first worker that asks starts it."""
    cluster = _cluster(run)
    cluster.start()
    return cluster.url


def end_run(run: Path) -> None:
    """Stop the run's server, if one was started, and remove its folder."""
    if (run / "pg/data").exists():
        _cluster(run).stop()
    shutil.rmtree(run, ignore_errors=True)


def _cluster(run: Path) -> Cluster:
    private_only = os.environ.get("BUUTA_PRIVATE_PACKAGES") == "1"
    return place_cluster(run, packages=ROOT / ".buuta/pkgs", private_only=private_only, settings=_SETTINGS)


def template_database(run: Path, admin_url: str) -> str:
    """Name of the template holding the whole schema; the first worker that asks builds it, the others wait."""
    name = template_name(run)
    with _locked(run / "template.lock"):
        made = run / "template.made"
        if not made.exists():
            _build_template(admin_url, name)
            made.touch()
    return name


def template_name(run: Path) -> str:
    """The name is the run's own, so that runs may share a given server."""
    return f"buuta_template_{run.name.removeprefix(_PREFIX).replace('-', '_').lower()}"


def create_database(admin_url: str, name: str, template: str = "template1") -> str:
    """Make a database and return its address."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        # Copying the files costs a third less than writing them through the log; before 15 it is the only way.
        copying = " STRATEGY file_copy" if admin.info.server_version >= 150_000 else ""
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{copying}'.encode())
    return _with_name(admin_url, name)


def drop_database(admin_url: str, name: str) -> None:
    """Remove a database with whatever is still connected to it."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _build_template(admin_url: str, name: str) -> None:
    drop_database(admin_url, name)
    db = Database(create_database(admin_url, name))
    if newest_revision() == "None":
        _create_from_metadata(db)
    else:
        migrate(db)
    db.close()


def _create_from_metadata(db: Database) -> None:
    """The schema while no migration is written."""
    with db.transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(SchemaManager(InMemoryConnector()).get_schema().replace("%", "%%"))
        ensure_partitions(session, utc_now())


def _with_name(url: str, name: str) -> str:
    info = {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(url).items()}
    return "postgresql:///" + name + "?" + "&".join(f"{k}={v}" for k, v in info.items() if k != "dbname")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def forget_given_server(run: Path, admin_url: str) -> None:
    """Take this run's template off a server that was given to us; it may be gone by now."""
    with suppress(psycopg.OperationalError):
        drop_database(admin_url, template_name(run))
