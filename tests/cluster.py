"""Starting a PostGIS server for a test run and building the template database in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from procrastinate.schema import SchemaManager
from procrastinate.testing import InMemoryConnector

import tracking.tables  # noqa: F401  the four imports register every table
from core.clock import utc_now
from core.db import Base, Database, ensure_partitions


@contextmanager
def start_cluster() -> Iterator[str]:
    raise NotImplementedError("set BUUTA_TEST_DATABASE_URL")
    yield ""


def build_template(admin_url: str) -> str:
    name = f"buuta_template_{os.getpid()}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
    info = psycopg.conninfo.conninfo_to_dict(admin_url)
    query = "&".join(f"{k}={v}" for k, v in info.items() if k != "dbname")
    db = Database(f"postgresql:///{name}?{query}")
    with db.transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(SchemaManager(InMemoryConnector()).get_schema().replace("%", "%%"))
        ensure_partitions(session, utc_now())
    db.close()
    return name
