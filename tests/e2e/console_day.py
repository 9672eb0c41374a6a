"""A dispatcher's office on a real server: items at doors of their own, people who sign in."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from api import store
from api.identity import User
from api.roles import Role
from core.clock import local_date, utc_now
from core.db import Database
from core.ids import new_id
from routing import service as routing
from routing.stored import PlanState
from tests.api.house import PASSWORD, password_hash
from tests.routing.planning_scene import QUICK, Planning, build_planning
from tests.tracking.office_scene import DOOR, PROVINCE, delivery
from tracking import service

DISPATCHER = "dieuphoi"
MANAGER = "quanly"
AMBIGUOUS = "Số 5 Lê Lợi, phường Sài Gòn, phường Bình Thạnh, Thành phố Hồ Chí Minh"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleDay:
    """What the tests of the console do behind the screen."""

    planning: Planning

    def work(self) -> None:
        """What the worker does: make every plan that waits."""
        with self.planning.scene.database.reading() as session:
            query = text("SELECT id FROM plans WHERE state = 'queued'")
            waiting: list[UUID] = list(session.execute(query).scalars())
        for plan_id in waiting:
            assert self.planning.run(plan_id, clock=utc_now) is PlanState.DRAFT

    def waits_for_work(self) -> bool:
        """Whether a plan waits for the worker."""
        with self.planning.scene.database.reading() as session:
            return bool(session.execute(text("SELECT count(*) FROM plans WHERE state = 'queued'")).scalar_one())

    def publish(self) -> None:
        """The day's plan, made and published without the screen."""
        now = utc_now()
        plan_id = self.planning.request(QUICK, now=now, day=local_date(now))
        self.work()
        version = self.planning.plan(plan_id).head.version
        scene = self.planning.scene
        with scene.database.transaction() as session:
            routing.publish_plan(session, scope=scene.dispatcher, plan_id=plan_id, version=version, now=utc_now())

    def deliver(self, item_id: UUID) -> None:
        """The courier who has it planned takes it out and delivers it."""
        scene, now = self.planning.scene, utc_now()
        courier_id = scene.item(item_id).courier_id
        number = next(index for index, courier in enumerate(scene.couriers) if courier.id == courier_id)
        scene.take_out([item_id], number, now=now)
        with scene.database.transaction() as session:
            proof = delivery(item_id, occurred_at=now, point=DOOR)
            service.record_proof(session, scope=scene.courier_scope(number), proof=proof, now=now)


def build_console_day(database: Database, *, items: int = 8) -> tuple[ConsoleDay, list[UUID]]:
    """An office with two couriers and items due today, a dispatcher and a manager."""
    day = ConsoleDay(planning=build_planning(database))
    scene, now = day.planning.scene, utc_now()
    made = day.planning.items(items, due_on=local_date(now), ready_at=now - timedelta(hours=20))
    with database.transaction() as session:
        for login, role in ((DISPATCHER, Role.DISPATCHER), (MANAGER, Role.MANAGER)):
            user = User(
                id=new_id(),
                province_code=PROVINCE,
                login=login,
                name=f"Người {login}",
                role=role,
                language="vi",
                office_ids=(scene.office.id,),
            )
            store.add_user(session, user, password_hash=password_hash(), now=now)
    return day, made


__all__ = ["AMBIGUOUS", "DISPATCHER", "MANAGER", "PASSWORD", "ConsoleDay", "build_console_day"]
