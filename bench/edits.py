"""How long a dispatcher waits for an edit and for a new plan of the rest: 300 stops, 10 couriers, a real PostgreSQL.

Each edit is timed whole: reading the plan and its frozen problem, reckoning, checking, writing, the commit. Travel is
by straight line, so the bench needs no road server; no edit asks one.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from datetime import time as clock_time
from functools import partial
from random import Random
from uuid import UUID

import numpy as np

from bench.report import Bar, Report, arguments, show
from bench.tracking_ground import DOOR, PROVINCE, SYSTEM, Ground, ground
from core.clock import at_local, local_date, utc_now
from core.ids import new_id
from core.scope import Scope
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from routing import editing, service
from routing.commands import (
    Command,
    DropStops,
    InsertStops,
    LockStops,
    MoveStops,
    ReorderRound,
    SplitRound,
    SwapRoutes,
    UnlockStops,
)
from routing.editing import EditRequest
from routing.model import PlanParams
from routing.run import Workshop, run_plan
from routing.store import PlanKey
from routing.stored import PlanState, StoredPlan, StoredRoute
from tracking import service as tracking
from tracking.model import Courier, ResultRow

STOPS, COURIERS = 300, 10
# A town's office: doors within seven kilometres.
_ACROSS = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class _Office:
    """The day's plan and what is done to it."""

    place: Ground
    shop: Workshop
    scope: Scope
    now: datetime
    plan_id: UUID

    def plan(self) -> StoredPlan:
        with self.place.database.reading() as session:
            return service.get_plan(session, scope=self.scope, plan_id=self.plan_id)

    def edit(self, command: Command, version: int) -> None:
        asked = EditRequest(version=version, command=command, allow=frozenset({"window", "overtime"}))
        with self.place.database.transaction() as session:
            editing.apply_edit(session, scope=self.scope, plan_id=self.plan_id, asked=asked, now=self.now)

    def preview(self, command: Command, version: int) -> None:
        asked = EditRequest(version=version, command=command)
        with self.place.database.reading() as session:
            editing.preview_edit(session, scope=self.scope, plan_id=self.plan_id, asked=asked, now=self.now)


def _open(place: Ground, seconds: float) -> _Office:
    """Items at doors of their own, couriers, a draft, published."""
    now = at_local(local_date(utc_now()), clock_time(6, 45))
    couriers = [
        Courier(id=new_id(), office_id=place.courier.office_id, name=f"Bưu tá {n}") for n in range(COURIERS - 1)
    ]
    with place.database.transaction() as session:
        for courier in couriers:
            tracking.save_courier(session, scope=SYSTEM, courier=courier)
    accepted = now - timedelta(hours=12)
    place.accept(_rows(place, STOPS, seed=1, now=accepted), accepted)
    scope = Scope(province_code=PROVINCE, actor="user:bench", office_ids=frozenset({place.courier.office_id}))
    shop = Workshop(database=place.database, travel=StraightLine(), clock=lambda: now)
    with place.database.transaction() as session:
        job = service.request_plan(
            session,
            scope=scope,
            office_id=place.courier.office_id,
            day=local_date(now),
            params=PlanParams(seconds=seconds),
            now=now,
        )
    key = PlanKey(province_code=PROVINCE, plan_id=job.plan_id)
    assert run_plan(shop, key) is PlanState.DRAFT
    office = _Office(place=place, shop=shop, scope=scope, now=now, plan_id=job.plan_id)
    with place.database.transaction() as session:
        version = service.get_plan(session, scope=scope, plan_id=job.plan_id).head.version
        service.publish_plan(session, scope=scope, plan_id=job.plan_id, version=version, now=now)
    return office


def _rows(place: Ground, count: int, *, seed: int, now: datetime) -> list[ResultRow]:
    """Results at doors of their own, handed in some hours before `now`."""
    rng = Random(seed)

    def door() -> LonLat:
        return LonLat(lon=DOOR.lon + rng.uniform(-1, 1) * _ACROSS, lat=DOOR.lat + rng.uniform(-1, 1) * _ACROSS)

    ready_at = now - timedelta(hours=3)
    return [replace(row, point=door(), ready_at=ready_at) for row in place.rows(count, first=seed * 10_000)]


def _commands(plan: StoredPlan, urgent: UUID) -> Iterator[Command]:
    """One of each kind, over the longest routes as they stand."""
    one, other, third, fourth = sorted(plan.routes, key=lambda route: -len(route.stops))[:4]
    number = _longest_round(one)
    first = [stop.stop.visit_id for stop in one.stops if stop.stop.round == number]
    yield MoveStops(visit_ids=(first[0],), courier_id=other.courier_id)
    yield ReorderRound(courier_id=one.courier_id, round=number, visit_ids=(*first[2:], first[1]))
    yield LockStops(visit_ids=tuple(first[1:4]))
    yield UnlockStops(visit_ids=tuple(first[1:4]))
    yield SwapRoutes(courier_id=other.courier_id, other_id=third.courier_id)
    # After the exchange the third rides what the other had.
    half = _longest_round(other)
    yield SplitRound(
        courier_id=third.courier_id, round=half, position=3, to_courier_id=third.courier_id, to_round=1 - half
    )
    yield DropStops(visit_ids=(fourth.stops[0].stop.visit_id,))
    yield InsertStops(item_ids=(urgent,))


def _longest_round(route: StoredRoute) -> int:
    [(number, _)] = Counter(stop.stop.round for stop in route.stops).most_common(1)
    return number


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(*, rounds: int, seconds: float) -> Report:
    """All kinds of edits, each previewed and made; then the new rest."""
    times: dict[str, list[float]] = {}
    worked: list[float] = []
    with ground() as place:
        office = _open(place, seconds)
        # What a server has done before: statements prepared, code loaded.
        lock = LockStops(visit_ids=(office.plan().routes[-1].stops[0].stop.visit_id,))
        office.edit(lock, office.plan().head.version)
        stops = sum(len(route.stops) for route in office.plan().routes)
        for turn in range(rounds):
            [urgent] = place.accept(_rows(place, 1, seed=100 + turn, now=office.now), office.now)
            for command in _commands(office.plan(), urgent):
                version, name = office.plan().head.version, type(command).__name__
                times.setdefault("preview", []).append(_timed(partial(office.preview, command, version)))
                started = time.process_time()
                times.setdefault(name, []).append(_timed(partial(office.edit, command, version)))
                worked.append(time.process_time() - started)
        place.accept(_rows(place, 5, seed=900, now=office.now), office.now)
        replan_s = _timed(lambda: _replan(office))
    edits = [value for name, values in times.items() if name != "preview" for value in values]
    return Report(
        name="edits",
        figures={
            "stops": stops,
            "couriers": COURIERS,
            "edits": len(edits),
            **{f"{name}_s": round(float(np.median(values)), 3) for name, values in times.items()},
            "edit_median_s": round(float(np.median(edits)), 3),
            "edit_slowest_s": round(max(edits), 3),
            "edit_cpu_slowest_s": round(max(worked), 3),
            "replan_s": round(replan_s, 2),
        },
        bars=(
            Bar("edit of 300 stops, 95th percentile, s", round(float(np.percentile(edits, 95)), 3), 0.3),
            Bar("preview, 95th percentile, s", round(float(np.percentile(times["preview"], 95)), 3), 0.3),
            Bar("new plan of the rest, s", round(replan_s, 2), 5.0),
        ),
    )


def _replan(office: _Office) -> None:
    with office.place.database.transaction() as session:
        job = service.request_replan(session, scope=office.scope, plan_id=office.plan_id, now=office.now)
    assert run_plan(office.shop, PlanKey(province_code=PROVINCE, plan_id=job.plan_id)) is PlanState.APPLIED


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    report = measure(rounds=1 if asked.quick else 4, seconds=4.0 if asked.quick else 10.0)
    return show(report, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
