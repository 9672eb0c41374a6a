"""Times and ways of routes whose doors moved or that were edited: the same order, ridden anew.

A route that can no longer be ridden as planned keeps its order; its times say when the courier would come, and the
plan carries the broken rules, so a draft is not published as if nothing were wrong.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from core.scope import system_scope
from geodata.learned_service import ServiceFactors
from routing import store, store_recost, store_routes, store_versions
from routing.batch import time_at_door
from routing.checker import check
from routing.day_progress import DayProgress, progress_of
from routing.drawing import draw_routes
from routing.gather import day_rules
from routing.live import announce
from routing.model import Cost, Plan, Problem, Route, Visit
from routing.packing import pack, unpack
from routing.ride import ride_route
from routing.run import PlanBusyError, Workshop
from routing.standing import Standing, decided, standing_of
from routing.store import PlanKey
from routing.stored import LIVING, PlanHead, PlanState, StoredRoute, StoredStop
from tracking import service as tracking
from tracking.model import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A plan as read: its routes, whose wait, its problem, and what its stops hold."""

    head: PlanHead
    routes: tuple[StoredRoute, ...]
    stale: frozenset[UUID]
    problem: Problem
    estimated: bool
    items: Mapping[UUID, Item]
    service: ServiceFactors
    progress: DayProgress


def recost_plan(workshop: Workshop, key: PlanKey) -> int:
    """Reckon the stale routes of a plan anew; returns how many. Safe to call any number of times.

    Raises:
        PlanBusyError: when the plan changed meanwhile; the next try sees the change.
    """
    read = _read(workshop, key)
    if read is None:
        return 0
    base = _at_the_doors(workshop, read)
    standing = read.progress.reordered(standing_of(read.head.wishes, read.routes))
    problem = decided(read.progress.told(base), standing)
    before = [route for route in read.routes if route.courier_id in read.stale]
    ridden = [_ride(problem, standing, route.courier_id) for route in before]
    plan = Plan(routes=tuple(ridden), unplanned=(), cost=sum((route.cost for route in ridden), Cost()))
    drawn = [
        replace(fresh, seq=old.seq)
        for fresh, old in zip(draw_routes(problem, plan, workshop.travel), before, strict=True)
    ]
    broken = [f"{v.rule} {v.where}: {v.detail}" for v in check(_only(problem, before), plan)]
    _store(workshop, key, read, None if base is read.problem else base, before, drawn, broken)
    return len(drawn)


def _read(workshop: Workshop, key: PlanKey) -> _Read | None:
    scope = system_scope(key.province_code)
    with workshop.database.reading() as session:
        head = store.head(session, scope, key.plan_id)
        stale = store_recost.stale_couriers(session, key)
        kept = store_versions.load_problem(session, key)
        if head is None or head.state not in LIVING or not stale or kept is None:
            return None
        routes = store_routes.routes(session, key)
        wanted = [item_id for route in routes for stop in route.stops for item_id in stop.item_ids]
        problem, progress = unpack(kept[0]), DayProgress()
        if head.state is PlanState.PUBLISHED:
            standing = standing_of(head.wishes, routes)
            progress = progress_of(session, scope, head, standing, problem, now=workshop.clock())
        return _Read(
            head=head,
            routes=routes,
            stale=frozenset(stale),
            problem=problem,
            progress=progress,
            estimated=kept[1],
            items=tracking.find_items(session, scope=scope, item_ids=wanted),
            service=day_rules(session, key.province_code).service,
        )


def _at_the_doors(workshop: Workshop, read: _Read) -> Problem:
    """The problem with every door where its stop is now; the same object when none moved and no leg is an estimate."""
    stops = {stop.stop.visit_id: stop for route in read.routes for stop in route.stops}
    points, visits = list(read.problem.points), list(read.problem.visits)
    households = Counter(visit.location for visit in visits)
    for n, visit in enumerate(visits):
        stop = stops.get(visit.id)
        if stop is not None and stop.point != points[visit.location]:
            location = visit.location
            if households[location] > 1:
                # The others of the house stay where they are.
                households[location] -= 1
                location = len(points)
                points.append(stop.point)
            points[location] = stop.point
            visits[n] = _moved(visit, stop, location, read)
    if tuple(points) == read.problem.points and not read.estimated:
        return read.problem
    return replace(
        read.problem, visits=tuple(visits), points=tuple(points), travel=workshop.travel.matrix(tuple(points))
    )


def _moved(visit: Visit, stop: StoredStop, location: int, read: _Read) -> Visit:
    """The visit at a door known better or worse: what it takes follows."""
    items = [read.items[one] for one in stop.item_ids if one in read.items]
    setup_s, service_s = time_at_door(items, read.service) if items else (visit.setup_s, visit.service_s)
    return replace(visit, location=location, error_m=stop.error_m, setup_s=setup_s, service_s=service_s)


def _ride(problem: Problem, standing: Standing, courier_id: UUID) -> Route:
    """The courier's orders with the times of today's places."""
    visits = {visit.id: visit for visit in problem.visits}
    vehicle = next(one for one in problem.vehicles if one.courier_id == courier_id)
    own = {n: [visits[v] for v in order] for (courier, n), order in standing.orders.items() if courier == courier_id}
    return ride_route(problem, vehicle, own)


def _only(problem: Problem, routes: Sequence[StoredRoute]) -> Problem:
    """The part of the problem these routes answer for; the fair share stays that of all."""
    served = {stop.stop.visit_id for route in routes for stop in route.stops}
    return replace(problem, visits=tuple(visit for visit in problem.visits if visit.id in served))


def _store(
    workshop: Workshop,
    key: PlanKey,
    read: _Read,
    problem: Problem | None,
    before: Sequence[StoredRoute],
    after: Sequence[StoredRoute],
    broken: Sequence[str],
) -> None:
    scope = system_scope(key.province_code)
    with workshop.database.transaction() as session:
        head = store.head(session, scope, key.plan_id, lock=True)
        if head is None or head.state not in LIVING:
            return
        if head.version != read.head.version:
            raise PlanBusyError
        for route in after:
            store_recost.save_route(session, key, route, stale=False)
        if problem is not None:
            store_versions.save_problem(session, key, pack(problem))
        if all(_same_times(old, new) for old, new in zip(before, after, strict=True)):
            # Only the lines are new: what somebody has just looked at still stands.
            announce(session, head, head.state, now=workshop.clock(), kind="plan_drawn")
            return
        touched = {str(route.courier_id) for route in after}
        kept = [one for one in head.violations if not any(courier in one for courier in touched)]
        store_recost.next_version(session, key, cost=_cost(head, before, after), violations=[*kept, *broken])
        announce(session, head, head.state, now=workshop.clock())


def _cost(head: PlanHead, before: Sequence[StoredRoute], after: Sequence[StoredRoute]) -> dict[str, int]:
    cost = dict(head.cost)
    for sign, routes in ((-1, before), (1, after)):
        for route in routes:
            for term, value in route.cost.items():
                cost[term] = cost.get(term, 0) + sign * value
    return cost


def _same_times(old: StoredRoute, new: StoredRoute) -> bool:
    return [stop.stop for stop in old.stops] == [stop.stop for stop in new.stops] and [
        one.round for one in old.rounds
    ] == [one.round for one in new.rounds]
