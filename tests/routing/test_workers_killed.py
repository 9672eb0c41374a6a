"""Two workers that die by kill -9 at any moment, again and again: never two plans, never none."""

import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from routing import service, store
from routing.model import PlanParams
from routing.stored import ACTIVE, PlanState
from tests.routing.edit_scene import Editing, items_once
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import NOW, SYSTEM

pytestmark = pytest.mark.db

_ROOT = Path(__file__).parents[2]
_ROUNDS, _KILLS = 2, 3
_DEADLINE_S = 90.0
# A worker takes a second to load its code; after that it claims, reads, searches and stores.
_MOMENTS = (0.5, 4.5)


def _worker(planning: Planning) -> subprocess.Popen[bytes]:
    url = planning.scene.database.url
    return subprocess.Popen([sys.executable, "-m", "tests.routing.plan_worker", url], cwd=_ROOT)


def _recover(planning: Planning) -> None:
    """What a living worker does every minute, with the test's patience."""
    with planning.scene.database.transaction() as session:
        for lost in store.abandoned(session, silent_for=timedelta(seconds=2.5)):
            service.defer_plan(session, lost)


def _bring_about(planning: Planning, plan_id: UUID, rng: Random) -> PlanState:
    """Two workers at a time, the first few pairs killed at random moments, until the plan has ended."""
    deadline = time.monotonic() + _DEADLINE_S
    kills = _KILLS
    while True:
        pair = [_worker(planning) for _ in range(2)]
        until = time.monotonic() + (rng.uniform(*_MOMENTS) if kills else _DEADLINE_S)
        try:
            while time.monotonic() < min(until, deadline) and any(one.poll() is None for one in pair):
                time.sleep(0.02)
        finally:
            for one in pair:
                if one.poll() is None:
                    one.send_signal(signal.SIGKILL)
                one.wait()
        kills = max(0, kills - 1)
        state = planning.plan(plan_id).head.state
        if state not in ACTIVE:
            return state
        assert time.monotonic() < deadline, f"still {state} after many workers"
        _recover(planning)


def _alive(planning: Planning, *states: PlanState) -> list[UUID]:
    with planning.scene.database.reading() as session:
        return [head.id for head in service.list_plans(session, scope=SYSTEM) if head.state in states]


def test_a_plan_is_made_once_whoever_dies(planning: Planning) -> None:
    rng = Random(20261120)
    planning.items(12)
    for _ in range(_ROUNDS):
        plan_id = planning.request(PlanParams(seconds=1.0))
        assert _bring_about(planning, plan_id, rng) is PlanState.DRAFT
        assert _alive(planning, PlanState.DRAFT) == [plan_id]
        assert _alive(planning, *ACTIVE) == []
        items_once(Editing(planning=planning, plan_id=plan_id))
        assert planning.plan(plan_id).head.planned_items == 12


def test_a_new_rest_is_applied_once_whoever_dies(planning: Planning) -> None:
    rng = Random(7)
    planning.items(8)
    plan = Editing(planning=planning, plan_id=planning.draft().head.id)
    planning.publish(plan.plan())
    urgent = planning.scene.ready(2)
    with planning.scene.database.transaction() as session:
        params = PlanParams(seconds=1.0)
        job = service.request_replan(session, scope=plan.scope(), plan_id=plan.plan_id, params=params, now=NOW)
    assert _bring_about(planning, job.plan_id, rng) is PlanState.APPLIED
    assert [one.kind for one in plan.history()] == ["replan"]
    assert _alive(planning, PlanState.PUBLISHED) == [plan.plan_id]
    served = {item for route in plan.plan().routes for stop in route.stops for item in stop.item_ids}
    assert set(urgent) <= served
    items_once(plan)


def test_the_database_itself_refuses_a_second_active_plan(planning: Planning) -> None:
    """Not only the program: the partial unique index."""
    plan_id = planning.request()
    columns = "province_code, office_id, day, state, origin, version, params, phase, percent, heartbeat_at, cost"
    more = "violations, problems, visits, planned_items, unplanned_items, requested_at, requested_by, wishes"
    copy = text(
        f"INSERT INTO plans (id, {columns}, {more}) "  # noqa: S608  our own names
        f"SELECT gen_random_uuid(), {columns}, {more} FROM plans WHERE id = :id"
    )
    with pytest.raises(IntegrityError, match="uq_plans_active"), planning.scene.database.transaction() as session:
        session.execute(copy, {"id": plan_id})
