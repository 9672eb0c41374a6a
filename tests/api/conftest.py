"""Fixtures of the tests of the doors."""

from pathlib import Path

import pytest

from core.db import Database
from tests.api.house import House, build_house


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """A server with its people over a database of the test's own."""
    return build_house(database, tmp_path)
