"""A plan to be edited: the planning scene with edits, their oracle, and what couriers do during the day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.scope import Scope
from routing import editing
from routing.commands import Command
from routing.editing import EditAnswer, EditRequest
from routing.packing import unpack
from routing.store_versions import PlanVersion, load_problem
from routing.stored import StoredPlan, StoredStop
from tests.routing.planning_scene import Planning, key
from tests.tracking.office_scene import NOW, PROVINCE, delivery
from tracking import service as tracking

OTHER = "user:second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """What the tests of edits do with one plan."""

    planning: Planning
    plan_id: UUID

    def plan(self) -> StoredPlan:
        """The plan as it stands."""
        return self.planning.plan(self.plan_id)

    def scope(self, actor: str | None = None) -> Scope:
        """The dispatcher, or a second one of the same office."""
        mine = self.planning.scene.dispatcher
        return Scope(province_code=PROVINCE, actor=actor or mine.actor, office_ids=mine.office_ids)

    def edit(
        self,
        command: Command,
        *,
        version: int | None = None,
        allow: tuple[str, ...] = (),
        actor: str | None = None,
        now: datetime = NOW,
    ) -> EditAnswer:
        """Apply, on the version as it stands unless told."""
        given = self.plan().head.version if version is None else version
        asked = EditRequest(version=given, command=command, allow=frozenset(allow))
        with self.planning.scene.database.transaction() as session:
            return editing.apply_edit(session, scope=self.scope(actor), plan_id=self.plan_id, asked=asked, now=now)

    def preview(
        self, command: Command, *, version: int | None = None, allow: tuple[str, ...] = (), now: datetime = NOW
    ) -> EditAnswer:
        """The same without writing, in a session that cannot write."""
        given = self.plan().head.version if version is None else version
        asked = EditRequest(version=given, command=command, allow=frozenset(allow))
        with self.planning.scene.database.reading() as session:
            return editing.preview_edit(session, scope=self.scope(), plan_id=self.plan_id, asked=asked, now=now)

    def undo(self, actor: str | None = None, now: datetime = NOW) -> EditAnswer:
        with self.planning.scene.database.transaction() as session:
            return editing.undo_edit(session, scope=self.scope(actor), plan_id=self.plan_id, now=now)

    def redo(self, actor: str | None = None, now: datetime = NOW) -> EditAnswer:
        with self.planning.scene.database.transaction() as session:
            return editing.redo_edit(session, scope=self.scope(actor), plan_id=self.plan_id, now=now)

    def history(self) -> list[PlanVersion]:
        with self.planning.scene.database.reading() as session:
            return editing.list_versions(session, scope=self.scope(), plan_id=self.plan_id)

    def order(self, courier: int, number: int = 0) -> list[str]:
        """Visit ids of a round of the scene's courier."""
        courier_id = self.planning.scene.couriers[courier].id
        return [
            stop.stop.visit_id
            for route in self.plan().routes
            if route.courier_id == courier_id
            for stop in route.stops
            if stop.stop.round == number
        ]

    def courier(self, number: int) -> UUID:
        return self.planning.scene.couriers[number].id

    def deliver(self, courier: int, visit_ids: list[str], *, first_at: datetime) -> None:
        """The courier loads all of his route and delivers these, five minutes apart."""
        scene = self.planning.scene
        stops = {
            stop.stop.visit_id: stop
            for route in self.plan().routes
            for stop in route.stops
            if route.courier_id == scene.couriers[courier].id
        }
        mine = [item for stop in stops.values() for item in stop.item_ids]
        waiting = [item for item in mine if scene.item(item).holder_courier_id is None]
        scene.take_out(waiting, courier, now=first_at - timedelta(minutes=20))
        for n, visit_id in enumerate(visit_ids):
            at = first_at + n * timedelta(minutes=5)
            for item in stops[visit_id].item_ids:
                proof = delivery(item, occurred_at=at, point=stops[visit_id].point)
                with scene.database.transaction() as session:
                    tracking.record_proof(session, scope=scene.courier_scope(courier), proof=proof, now=at)


def draft(planning: Planning, count: int = 14, **changes: object) -> Editing:
    """A draft of so many doors."""
    planning.items(count, **changes)
    return Editing(planning=planning, plan_id=planning.draft().head.id)


def stops_of(plan: StoredPlan) -> dict[str, StoredStop]:
    """Every stop by its visit."""
    return {stop.stop.visit_id: stop for route in plan.routes for stop in route.stops}


def items_once(editing_: Editing) -> None:
    """The invariant behind every edit: each visit of the frozen problem stands on one route or among the left out,
    and what is stored is what its own parts add up to.
    """
    plan = editing_.plan()
    with editing_.planning.scene.database.reading() as session:
        kept = load_problem(session, key(editing_.plan_id))
    assert kept is not None
    known = {visit.id for visit in unpack(kept[0]).visits}
    on_route = [stop.stop.visit_id for route in plan.routes for stop in route.stops]
    left = [one.visit_id for one in plan.unplanned if one.visit_id is not None]
    assert sorted([*on_route, *left]) == sorted(known)
    for route in plan.routes:
        assert [stop.seq for stop in route.stops] == list(range(1, len(route.stops) + 1))
        assert route.stops
    assert len({route.seq for route in plan.routes}) == len(plan.routes)
    for term, value in plan.head.cost.items():
        if term != "unserved":
            assert value == sum(route.cost[term] for route in plan.routes)
    assert plan.head.planned_items == sum(len(stop.item_ids) for route in plan.routes for stop in route.stops)
