"""A real PostGIS: built once into a template, cloned for each test that asks for it.

`BUUTA_TEST_DATABASE_URL` names a server to use; else one is started for the run in a temporary folder, by the first
test that needs it, in whichever worker process that is. The controller of the run ends it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from core.db import Database
from tests.cluster import (
    ROOT,
    create_database,
    drop_database,
    end_run,
    forget_given_server,
    new_run_folder,
    start_cluster,
    template_database,
)

pytest_plugins = ["tests.roads_fixture"]

# No test is timed: a busy machine fails none. The same code is tried with the same examples; `make nightly` looks for
# new ones.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("nightly", settings.get_profile("house"), derandomize=False)
settings.load_profile(os.environ.get("BUUTA_PROPERTIES", "house"))

_RUN = "BUUTA_TEST_RUN"
_GIVEN = "BUUTA_TEST_DATABASE_URL"


def pytest_configure(config: pytest.Config) -> None:
    """Open the run; worker processes inherit its folder from the controller."""
    # Programs that the machine lacked and the set-up brought, for runs without the Makefile.
    os.environ["PATH"] = f"{ROOT / '.buuta/bin'}:{os.environ['PATH']}"
    if not hasattr(config, "workerinput"):
        os.environ[_RUN] = str(new_run_folder())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the run: its server, its template, its folder."""
    run = os.environ.get(_RUN)
    if run is None or hasattr(config, "workerinput"):
        return
    given = os.environ.get(_GIVEN)
    if given and (Path(run) / "template.made").exists():
        forget_given_server(Path(run), given)
    end_run(Path(run))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a database needs the PostGIS of the run: it carries the mark `db` without saying so."""
    for item in items:
        if "cluster_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.db)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """Folder of this test run, shared by its worker processes."""
    return Path(os.environ[_RUN])


@pytest.fixture(scope="session")
def cluster_url(run_folder: Path) -> str:
    """Admin address of the server of this run."""
    return os.environ.get(_GIVEN) or start_cluster(run_folder)


@pytest.fixture(scope="session")
def template(cluster_url: str, run_folder: Path) -> str:
    """Name of the template database holding the schema."""
    return template_database(run_folder, cluster_url)


@pytest.fixture
def database(cluster_url: str, template: str) -> Iterator[Database]:
    """A database of this test's own."""
    name = f"t_{uuid4().hex[:16]}"
    db = Database(create_database(cluster_url, name, template), pool_size=4)
    yield db
    db.close()
    drop_database(cluster_url, name)
