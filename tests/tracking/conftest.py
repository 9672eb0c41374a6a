"""Fixtures of the tests of tracking."""

import pytest

from core.db import Database
from tests.tracking.office_scene import Scene, build_scene


@pytest.fixture
def scene(database: Database) -> Scene:
    """Two offices, three couriers and an agency in a database of the test's own."""
    return build_scene(database)
