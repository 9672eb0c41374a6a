"""An office whose items can be planned: the scene of tracking, with doors apart from each other and a workshop."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from core.db import Database
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from routing import service
from routing.model import PlanParams
from routing.run import Workshop, run_plan
from routing.store import PlanKey
from routing.stored import PlanHead, PlanState, StoredPlan
from tests.tracking.office_scene import NOW, PROVINCE, TODAY, Scene, build_scene

QUICK = PlanParams(iterations=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What the tests of planning do with an office."""

    scene: Scene
    shop: Workshop

    def items(self, count: int, **changes: Any) -> list[UUID]:
        """READY items at doors of their own within two kilometres of the office."""
        rng = Random(count)
        made = []
        for _ in range(count):
            door = LonLat(lon=106.7025 + rng.uniform(-0.02, 0.02), lat=10.7799 + rng.uniform(-0.02, 0.02))
            made += self.scene.ready(1, **{"point": door, **changes})
        return made

    def request(self, params: PlanParams = QUICK, *, now: datetime = NOW, **changes: Any) -> UUID:
        """Ask as the dispatcher."""
        wanted = {"office_id": self.scene.office.id, "day": TODAY, "scope": self.scene.dispatcher, **changes}
        with self.scene.database.transaction() as session:
            return service.request_plan(session, params=params, now=now, **wanted).plan_id

    def run(self, plan_id: UUID, **changes: Any) -> PlanState | None:
        """What the worker does."""
        return run_plan(replace(self.shop, **changes), key(plan_id))

    def draft(self) -> StoredPlan:
        """A plan asked for and made."""
        plan_id = self.request()
        assert self.run(plan_id) is PlanState.DRAFT
        return self.plan(plan_id)

    def plan(self, plan_id: UUID) -> StoredPlan:
        """The plan as it stands."""
        with self.scene.database.reading() as session:
            return service.get_plan(session, scope=self.scene.dispatcher, plan_id=plan_id)

    def publish(self, plan: StoredPlan, *, version: int | None = None) -> PlanHead:
        """Publish as the dispatcher."""
        given = plan.head.version if version is None else version
        with self.scene.database.transaction() as session:
            return service.publish_plan(
                session, scope=self.scene.dispatcher, plan_id=plan.head.id, version=given, now=NOW
            )


def key(plan_id: UUID) -> PlanKey:
    return PlanKey(province_code=PROVINCE, plan_id=plan_id)


def build_planning(database: Database) -> Planning:
    shop = Workshop(database=database, travel=StraightLine(), clock=lambda: NOW + timedelta(minutes=1))
    return Planning(scene=build_scene(database), shop=shop)
