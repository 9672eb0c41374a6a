"""Fixtures of the tests of tracking."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.db import Database
from tests.tracking.audit_scene import Place, build_place
from tests.tracking.notification_scene import Provider, Telling, providing
from tests.tracking.office_scene import Scene, build_scene


@pytest.fixture
def scene(database: Database) -> Scene:
    """Two offices, three couriers and an agency in a database of the test's own."""
    return build_scene(database)


@pytest.fixture
def place(scene: Scene, tmp_path: Path) -> Place:
    """Three items, one delivered with a photo, one attempted, one waiting; all of it under yesterday's root."""
    return build_place(scene, tmp_path)


@pytest.fixture
def sms() -> Iterator[Provider]:
    """A provider of short messages."""
    with providing() as provider:
        yield provider


@pytest.fixture
def telling(scene: Scene, sms: Provider) -> Telling:
    """Everything is told by one provider of short messages."""
    made = Telling(scene)
    made.channel("sms", url=sms.url)
    made.policy(channels=("sms",))
    return made
