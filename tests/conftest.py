"""A real PostGIS: built once into a template, cloned for each test that asks for it."""

import os
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from core.db import Database
from tests.cluster import build_template, start_cluster


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """Admin address of the server: `BUUTA_TEST_DATABASE_URL`, else a private cluster started for this run."""
    given = os.environ.get("BUUTA_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with start_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def template(cluster_url: str) -> str:
    """Name of the template database holding schema and communes."""
    return build_template(cluster_url)


@pytest.fixture
def database(cluster_url: str, template: str) -> Iterator[Database]:
    """A database of this test's own."""
    name = f"t_{uuid4().hex[:16]}"
    with psycopg.connect(cluster_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    db = Database(_with_name(cluster_url, name), pool_size=4)
    yield db
    db.close()
    with psycopg.connect(cluster_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _with_name(url: str, name: str) -> str:
    info = psycopg.conninfo.conninfo_to_dict(url)
    query = "&".join(f"{k}={v}" for k, v in info.items() if k != "dbname")
    return f"postgresql:///{name}?{query}"
