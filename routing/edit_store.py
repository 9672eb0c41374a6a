"""An appraised edit written down: routes, what is left out, version, the items behind, and who is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.clock import aware
from core.scope import Scope
from geodata.straight_line import StraightLine
from routing import errors_edits, store_routes, store_versions
from routing.appraise import Appraisal
from routing.desk import Desk
from routing.drawing import draw_routes
from routing.errors import reason
from routing.explain import explain
from routing.live import announce
from routing.model import Plan, Problem, Reason, Unplanned
from routing.packing import pack
from routing.repin import defer_recost
from routing.standing import Change, wishes_of
from routing.store import PlanKey
from routing.store_versions import PlanVersion
from routing.stored import PlanHead, PlanState, StoredRound, StoredRoute, StoredUnplanned, assignments
from tracking import service as tracking


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What history says of an edit; `concerns` None: of itself."""

    kind: str
    command: str
    details: Mapping[str, Any]
    change: Change
    concerns: int | None = None


def write_edit(
    session: Session, scope: Scope, *, desk: Desk, appraisal: Appraisal, made: Written, now: datetime
) -> int:
    """Write an edit as the plan's next version, which is returned. The plan's row must be held by this transaction."""
    head, key, routes, base = desk.head, desk.key, desk.routes, desk.base
    version = head.version + 1
    if desk.grown:
        store_versions.save_problem(session, key, pack(base), estimated=desk.estimated)
    after = _routes_after(session, key, routes, appraisal)
    left = _left_after(session, key, appraisal)
    store_versions.replace_unplanned(session, key, left)
    values = {
        "version": version,
        "cost": appraisal.after.cost.terms(),
        "violations": list(appraisal.violations),
        "wishes": wishes_of(appraisal.standing),
        "visits": len(base.visits),
        "planned_items": sum(len(stop.item_ids) for route in after for stop in route.stops),
        "unplanned_items": sum(len(one.item_ids) for one in left),
    }
    store_versions.write_head(session, key, values)
    store_versions.add_version(
        session,
        key,
        PlanVersion(
            version=version,
            kind=made.kind,
            concerns=version if made.concerns is None else made.concerns,
            command=made.command,
            details=made.details,
            changes=made.change,
            difference=appraisal.difference,
            made_at=aware(now),
            made_by=scope.actor,
        ),
    )
    if head.state is PlanState.PUBLISHED:
        _reassign(session, scope, head, routes, after, now)
    defer_recost(session, key)
    announce(session, head, head.state, now=now, kind="plan_edited")
    return version


def _routes_after(
    session: Session, key: PlanKey, routes: Sequence[StoredRoute], appraisal: Appraisal
) -> list[StoredRoute]:
    """The plan's routes with those that changed drawn plain, until a worker has asked the roads and marked the
    dearest stops."""
    stored = {route.courier_id: route for route in routes}
    after = {route.courier_id: route.stops for route in appraisal.after.routes}
    before = {courier: tuple(stop.stop for stop in route.stops) for courier, route in stored.items()}
    changed = {courier for courier in {*before, *after} if before.get(courier) != after.get(courier)}
    fresh = Plan(
        routes=tuple(route for route in appraisal.after.routes if route.courier_id in changed),
        unplanned=(),
        cost=appraisal.after.cost,
    )
    seq = store_versions.next_seq(session, key)
    drawn: list[StoredRoute] = []
    for route in draw_routes(appraisal.problem, fresh, StraightLine(), ranked=False):
        old = stored.get(route.courier_id)
        drawn.append(_with_old_lines(replace(route, seq=old.seq if old else seq), old))
        seq += old is None
    store_versions.replace_routes(session, key, drawn, couriers=changed, stale=[route.courier_id for route in drawn])
    kept = [route for route in routes if route.courier_id not in changed]
    return [*kept, *drawn]


def _with_old_lines(route: StoredRoute, old: StoredRoute | None) -> StoredRoute:
    """Rounds whose order is the same keep their way on the road."""
    if old is None:
        return route
    lines = {_order(old, one): one for one in old.rounds}
    rounds = []
    for one in route.rounds:
        same = lines.get(_order(route, one))
        rounds.append(one if same is None else replace(one, line=same.line, travel_source=same.travel_source))
    return replace(route, rounds=tuple(rounds))


def _order(route: StoredRoute, one: StoredRound) -> tuple[object, ...]:
    return one.round.round, *((s.stop.visit_id, s.point) for s in route.stops if s.stop.round == one.round.round)


def _left_after(session: Session, key: PlanKey, appraisal: Appraisal) -> list[StoredUnplanned]:
    """What the plan leaves out now: who was left out before keeps his reasons, who is new gets his own."""
    problem, standing = appraisal.problem, appraisal.standing
    served = {stop.visit_id for route in appraisal.after.routes for stop in route.stops}
    items = {item for visit in problem.visits for item in visit.item_ids}
    before = store_routes.unplanned(session, key)
    outside = [one for one in before if one.visit_id is None and not items & set(one.item_ids)]
    reasons = {one.visit_id: one.reasons for one in before if one.visit_id is not None}
    left = [visit for visit in problem.visits if visit.id not in served]
    unknown = [
        v.id for v in left if v.id not in standing.dropped and (v.id not in reasons or _was_dropped(reasons[v.id]))
    ]
    told = _explained(problem, appraisal.after, unknown)
    dropped = (reason(errors_edits.DROPPED),)
    found = [
        StoredUnplanned(
            visit_id=visit.id,
            item_ids=visit.item_ids,
            reasons=dropped if visit.id in standing.dropped else told.get(visit.id) or reasons[visit.id],
        )
        for visit in left
    ]
    return [*found, *outside]


def _was_dropped(reasons: Iterable[Reason]) -> bool:
    return any(one.code == errors_edits.DROPPED.code for one in reasons)


def _explained(problem: Problem, plan: Plan, visit_ids: Iterable[str]) -> dict[str, tuple[Reason, ...]]:
    wanted = tuple(Unplanned(visit_id=visit_id) for visit_id in visit_ids)
    return {one.visit_id: one.reasons for one in explain(problem, replace(plan, unplanned=wanted)).unplanned}


def _reassign(
    session: Session,
    scope: Scope,
    head: PlanHead,
    before: Iterable[StoredRoute],
    after: Iterable[StoredRoute],
    now: datetime,
) -> None:
    """A published plan's items follow: planned for whoever has them now, off the plan when nobody has."""
    old, new = assignments(before), assignments(after)
    moved = {item: courier for item, courier in new.items() if old.get(item) != courier}
    tracking.mark_planned(session, scope=scope, assignments=moved, plan_id=head.id, on=head.day, now=now)
    tracking.release(session, scope=scope, item_ids=[item for item in old if item not in new], now=now)
