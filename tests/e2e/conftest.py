"""What the tests of the screens share: the browser, an office with its day, a dispatcher's page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.db import Database
from tests.e2e.console_day import ConsoleDay, console_day
from tests.e2e.screen import browser, screen

SLOW_MS = 20_000
# The machine may be shared by a whole test run.
expect.set_options(timeout=SLOW_MS)
Office = tuple[ConsoleDay, str]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    """Eight items of an office of two couriers, and the address of its server."""
    with console_day(database, tmp_path) as served:
        yield served


@pytest.fixture
def page(chromium: Browser, office: Office) -> Iterator[Page]:
    with screen(chromium, office[1]) as shown:
        shown.set_default_timeout(SLOW_MS)
        yield shown
