"""An agency's page at its endpoint, which is a real receiver, and the worker's part done when a test says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Browser, Locator, Page
from sqlalchemy import text

from core.clock import utc_now
from core.db import Database
from tests.api.house import PASSWORD, House
from tests.e2e.conftest import SLOW_MS
from tests.e2e.console_day import console_day
from tests.e2e.screen import screen, sign_in
from tests.tracking.feedback_receiver import Receiver, receiving
from tests.tracking.office_scene import PROVINCE
from tracking.feedback.drain import Deliverer, drain
from tracking.feedback.schedule import SCHEDULE_S
from tracking.store_endpoints import EndpointKey


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointLink:
    """What lies behind the page; `url` is the server's address."""

    house: House
    receiver: Receiver
    url: str
    id: UUID

    def happen(self) -> str:
        """A result is taken in; its dossier's code."""
        row = self.house.scene.row()
        self.house.scene.accept(row, now=self.house.clock.shows)
        return row.dossier_code

    def drain(self) -> None:
        """The worker sends what waits."""
        drain_once(self.house, self.id)

    def give_up(self) -> None:
        """What waits is at its last try, which fails."""
        self._write("UPDATE feedback_deliveries SET attempts = :last WHERE state = 'pending'", last=len(SCHEDULE_S) - 1)
        self.drain()
        self._write("UPDATE feedback_endpoints SET paused_until = NULL, failures = 0")

    def a_day_passes(self) -> None:
        """For the keys that were rotated; a receiver checks a signature's time against its own clock."""
        self._write("UPDATE feedback_endpoints SET previous_until = now() - interval '1 second'")

    def _write(self, statement: str, **values: object) -> None:
        with self.house.runtime.database.transaction() as session:
            session.execute(text(statement), values)


def drain_once(house: House, endpoint_id: UUID) -> None:
    """What the worker does for one endpoint."""
    deliverer = Deliverer(database=house.runtime.database, box=house.runtime.secrets, clock=utc_now, allow_private=True)
    drain(deliverer, EndpointKey(PROVINCE, endpoint_id))


@contextmanager
def endpoint_link(database: Database, folder: Path) -> Iterator[EndpointLink]:
    """An agency whose webhook is set, at the present time."""
    with receiving() as receiver, console_day(database, folder, allow_private_webhooks=True) as (day, url):
        day.house.clock.shows = utc_now()
        made = day.house.person("agency").post("/v1/endpoints", json={"url": receiver.url}).json()
        receiver.secrets.append(made["secret"])
        yield EndpointLink(house=day.house, receiver=receiver, url=url, id=UUID(made["endpoint"]["id"]))


@contextmanager
def connection_tab(chromium: Browser, url: str, **look: object) -> Iterator[Page]:
    """The tab «Kết nối» of somebody of the agency."""
    with screen(chromium, url, **look) as page:
        page.set_default_timeout(SLOW_MS)
        page.goto("/agency?tab=link")
        sign_in(page, "agency", PASSWORD)
        yield page


def card_of(page: Page, address: str) -> Locator:
    """The endpoint's card."""
    return page.get_by_role("article", name=address)
