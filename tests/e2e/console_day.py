"""A dispatcher's office behind a server in this process: a clock that stands, items at doors of their own, people."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn
from sqlalchemy import text

from api.runtime import WebOptions
from core.db import Database
from geodata.straight_line import StraightLine
from routing.run import Workshop
from routing.stored import PlanState
from tests.api.house import House, build_house
from tests.e2e.server import WEB, build_pages
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import NOW, TODAY, delivery
from tracking import service

ITEMS = 8
AMBIGUOUS = "Số 5 Lê Lợi, phường Sài Gòn, phường Bình Thạnh, Thành phố Hồ Chí Minh"
_START_S = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleDay:
    """What the tests of the console do behind the screen. `items` wait at the first office, due on the day itself."""

    house: House
    planning: Planning
    items: tuple[UUID, ...]

    def planning_id(self) -> UUID:
        """The published plan of the day."""
        with self.house.runtime.database.reading() as session:
            found = session.execute(text("SELECT id FROM plans WHERE state = 'published'"))
            return UUID(str(found.scalar_one()))

    def plans_that_wait(self) -> list[UUID]:
        """Plans asked for and not begun."""
        with self.house.runtime.database.reading() as session:
            return list(session.execute(text("SELECT id FROM plans WHERE state = 'queued'")).scalars())

    def work(self) -> None:
        """What the worker does: make every plan that waits."""
        for plan_id in self.plans_that_wait():
            assert self.planning.run(plan_id) is PlanState.DRAFT

    def publish(self) -> None:
        """The day's plan, made and published without the screen."""
        self.planning.publish(self.planning.draft())

    def deliver(self, item_id: UUID) -> None:
        """The courier who has it planned takes it out and delivers it."""
        scene = self.planning.scene
        courier_id = scene.item(item_id).courier_id
        number = next(index for index, courier in enumerate(scene.couriers) if courier.id == courier_id)
        scene.take_out([item_id], number)
        with scene.database.transaction() as session:
            proof = delivery(item_id, occurred_at=NOW)
            service.record_proof(session, scope=scene.courier_scope(number), proof=proof, now=NOW)


@contextmanager
def console_day(database: Database, folder: Path, **more: Any) -> Iterator[tuple[ConsoleDay, str]]:
    """An office of two couriers with items that wait, and the address of its server while the block lasts.

    `more` are further `WebOptions`.
    """
    build_pages()
    house = build_house(database, folder, lambda: WebOptions(web_dist=WEB / "dist", data_dir=folder, **more))
    shop = Workshop(database=database, travel=StraightLine(), clock=house.clock)
    planning = Planning(scene=house.scene, shop=shop)
    with _served(house) as url:
        items = planning.items(ITEMS, due_on=TODAY)
        yield ConsoleDay(house=house, planning=planning, items=tuple(items)), url


@contextmanager
def _served(house: House) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(house.app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + _START_S
        while not server.started:
            assert thread.is_alive(), "the server ended while it started"
            assert time.monotonic() < deadline, "the server did not start"
            thread.join(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
