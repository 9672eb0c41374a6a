"""Fixtures of the tests of planning."""

import pytest

from core.db import Database
from tests.routing.planning_scene import Planning, build_planning


@pytest.fixture
def planning(database: Database) -> Planning:
    """An office with two couriers and items at real doors, in a database of the test's own."""
    return build_planning(database)
