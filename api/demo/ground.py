"""The demo's ground: PostGIS, a database for this day, the road file turned into roads and tiles.

The slow part (migrations and communes) is kept in a template database and cloned, so a second start is warm.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from api.demo import store
from api.embedded import embedded_postgis
from api.errors import DEMO_DATABASE_IN_USE
from api.migrate import migrate
from core.db import Database
from core.errors import fail
from geodata.communes import load_communes

DATABASE = "buuta_demo"
ROAD_FILE = Path(str(files("geodata"))) / "data" / "roads" / "hcm_2018.osm.pbf"

Say = Callable[[str], None]


@contextmanager
def demo_database(data_dir: Path, given_url: str | None, say: Say) -> Iterator[str]:
    """Address of a database with schema and communes and nothing else, while the block lasts.

    With a given PostGIS that database is used as it is, once, and only when it holds no items (A7001).
    """
    if given_url:
        _prepare(given_url, say)
        if store.is_used(_plain(given_url)):
            raise fail(DEMO_DATABASE_IN_USE)
        yield given_url
        return
    say("PostGIS nhúng · embedded PostGIS")
    with embedded_postgis(data_dir) as url:
        try:
            yield _fresh_clone(url, say)
        finally:
            # The next day begins on a fresh one; else the server would write all of it to the disk before it ends.
            with suppress(psycopg.OperationalError), psycopg.connect(_named(url, "postgres"), autocommit=True) as admin:
                store.drop(admin, DATABASE)


def _fresh_clone(url: str, say: Say) -> str:
    template = f"buuta_ground_{_ground_hash()}"
    with psycopg.connect(_named(url, "postgres"), autocommit=True) as admin:
        if not store.exists(admin, template):
            # Built under another name and renamed when whole: a broken-off start leaves no half template.
            building = f"{template}_building"
            store.create(admin, building)
            _prepare(_named(url, building), say)
            store.rename(admin, building, template)
        store.create(admin, DATABASE, template)
    return _named(url, DATABASE)


def _prepare(url: str, say: Say) -> None:
    database = Database(url, pool_size=2)
    try:
        say("lược đồ dữ liệu · schema")
        migrate(database)
        say("3.321 xã, phường, đặc khu · communes")
        with database.transaction() as session:
            load_communes(session)
    finally:
        database.close()


def _ground_hash() -> str:
    """Changes with the migrations and the bundled communes."""
    digest = hashlib.sha256()
    folders = (
        (Path(str(files("api"))) / "migrations", "*.*"),
        (Path(str(files("geodata"))) / "data" / "vietnam", "*"),
    )
    for folder, pattern in folders:
        for path in sorted(p for p in folder.rglob(pattern) if p.is_file() and "__pycache__" not in p.parts):
            digest.update(path.name.encode())
            digest.update(hashlib.file_digest(path.open("rb"), "sha256").digest())
    return digest.hexdigest()[:16]


def _plain(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme.split('+')[0]}://{rest}"


def _named(url: str, name: str) -> str:
    info = conninfo_to_dict(_plain(url))
    return f"postgresql:///{name}?" + "&".join(f"{key}={value}" for key, value in info.items() if key != "dbname")
