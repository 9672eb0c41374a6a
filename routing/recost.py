"""Times and ways of routes whose doors moved: the same order, ridden anew.

A route that can no longer be ridden as planned keeps its order; its times say when the courier would come, and the
plan carries the broken rules, so a draft is not published as if nothing were wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from core.scope import system_scope
from routing import store, store_recost, store_routes
from routing.batch import Batch, build_problem, service_time
from routing.checker import check
from routing.drawing import draw_routes
from routing.gather import DayInput, gather
from routing.live import announce
from routing.model import Cost, Plan, Problem, Round, Route, Shift, Stop, Vehicle, Visit
from routing.objective import round_cost
from routing.run import PlanBusyError, Workshop
from routing.schedule import build_route
from routing.store import PlanKey
from routing.stored import PlanHead, PlanState, StoredRoute, StoredStop
from routing.timing import earliest_in
from tracking import service as tracking
from tracking.model import Item

_LIVING = (PlanState.DRAFT, PlanState.PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """A plan as read: its routes, whose wait, and what their stops hold."""

    head: PlanHead
    routes: tuple[StoredRoute, ...]
    stale: frozenset[UUID]
    items: Mapping[UUID, Item]
    day: DayInput


def recost_plan(workshop: Workshop, key: PlanKey) -> int:
    """Reckon the stale routes of a plan anew; returns how many. Safe to call any number of times.

    Raises:
        PlanBusyError: when the plan changed meanwhile; the next try sees the change.
    """
    standing = _read(workshop, key)
    if standing is None:
        return 0
    problem = _problem(workshop, standing)
    routes = [route for route in standing.routes if route.courier_id in standing.stale]
    ridden = [_ride(problem, route) for route in routes]
    plan = Plan(routes=tuple(ridden), unplanned=(), cost=sum((route.cost for route in ridden), Cost()))
    drawn = [
        replace(fresh, seq=old.seq)
        for fresh, old in zip(draw_routes(problem, plan, workshop.travel), routes, strict=True)
    ]
    own = _only(problem, routes)
    broken = [f"{v.rule} {v.where}: {v.detail}" for v in check(own, plan)]
    _store(workshop, key, standing, routes, drawn, broken)
    return len(drawn)


def _read(workshop: Workshop, key: PlanKey) -> _Standing | None:
    scope = system_scope(key.province_code)
    with workshop.database.reading() as session:
        head = store.head(session, scope, key.plan_id)
        if head is None or head.state not in _LIVING:
            return None
        routes = store_routes.routes(session, key)
        stale = store_recost.stale_couriers(session, key)
        wanted = [item_id for route in routes for stop in route.stops for item_id in stop.item_ids]
        day = gather(session, head)
        on_duty = {courier.id for courier in day.couriers}
        standing = _Standing(
            head=head,
            routes=tuple(route for route in routes if route.courier_id in on_duty),
            stale=frozenset(stale & on_duty),
            items=tracking.find_items(session, scope=scope, item_ids=wanted),
            day=day,
        )
    return standing if standing.stale else None


def _problem(workshop: Workshop, standing: _Standing) -> Problem:
    """The whole plan as a problem: what all do says what is a fair share."""
    stops = [stop for route in standing.routes for stop in route.stops]
    visits = tuple(_visit(stop, place, standing) for place, stop in enumerate(stops, 1))
    points = (standing.day.office.point, *(stop.point for stop in stops))
    return build_problem(
        Batch(visits=visits, points=points, left_out=()),
        office=standing.day.office,
        couriers=standing.day.couriers,
        travel=workshop.travel.matrix(points),
        day=standing.head.day,
        params=replace(standing.head.params, absent=frozenset()),
    )


def _visit(stop: StoredStop, place: int, standing: _Standing) -> Visit:
    items = [standing.items[one] for one in stop.item_ids if one in standing.items]
    return Visit(
        id=stop.stop.visit_id,
        item_ids=stop.item_ids,
        location=place,
        service_s=service_time(items, standing.day.service) if items else stop.service_s,
        prize=0,
        windows=stop.windows,
        load_items=stop.load_items,
        weight_g=sum(item.weight_g for item in items),
        papers=stop.papers,
        required=stop.required,
        due_on=stop.due_on,
        in_person=any(item.in_person for item in items),
        commune_code=stop.commune_code,
        error_m=stop.error_m,
    )


def _ride(problem: Problem, stored: StoredRoute) -> Route:
    """The stored order with the times of today's places."""
    visits = {visit.id: visit for visit in problem.visits}
    vehicle = next(one for one in problem.vehicles if one.courier_id == stored.courier_id)
    orders: dict[int, list[Visit]] = {}
    for stop in stored.stops:
        orders.setdefault(stop.stop.round, []).append(visits[stop.stop.visit_id])
    sound = build_route(problem, vehicle, orders)
    if sound is not None:
        return sound
    departures = {one.round.round: one.round.departure_s for one in stored.rounds}
    ridden = [_ride_anyway(problem, vehicle, number, order, departures) for number, order in sorted(orders.items())]
    return Route(
        courier_id=vehicle.courier_id,
        stops=tuple(stop for stops, _, _ in ridden for stop in stops),
        rounds=tuple(one for _, one, _ in ridden),
        cost=sum((cost for _, _, cost in ridden), Cost()),
    )


def _ride_anyway(
    problem: Problem, vehicle: Vehicle, number: int, order: Sequence[Visit], departures: Mapping[int, int]
) -> tuple[list[Stop], Round, Cost]:
    """A round whatever it breaks: it leaves as planned, and where a window is missed the courier comes late."""
    alone = build_route(problem, vehicle, {number: order})
    if alone is not None:
        return list(alone.stops), alone.rounds[0], alone.cost
    shift: Shift = vehicle.shifts[number]
    seconds, metres = problem.travel.seconds, problem.travel.metres
    clock = departure = departures.get(number, shift.start_s)
    stops, place, travel_s, distance_m = [], vehicle.depot, 0, 0
    for visit in order:
        leg_s = int(seconds[place, visit.location])
        travel_s, distance_m = travel_s + leg_s, distance_m + int(metres[place, visit.location])
        arrival = clock + leg_s
        start = earliest_in(visit.windows, arrival) or arrival
        clock, place = start + visit.service_s, visit.location
        stops.append(
            Stop(
                visit_id=visit.id,
                round=number,
                arrival_s=arrival,
                wait_s=start - arrival,
                start_s=start,
                departure_s=clock,
            )
        )
    home_s = int(seconds[place, vehicle.depot])
    one = Round(
        round=number,
        departure_s=departure,
        return_s=clock + home_s,
        travel_s=travel_s + home_s,
        distance_m=distance_m + int(metres[place, vehicle.depot]),
        service_s=sum(visit.service_s for visit in order),
        wait_s=sum(stop.wait_s for stop in stops),
        load_items=sum(visit.load_items for visit in order),
        load_g=sum(visit.weight_g for visit in order),
    )
    return stops, one, round_cost(problem, vehicle, number, order, wait_s=one.wait_s, return_s=one.return_s)


def _only(problem: Problem, routes: Sequence[StoredRoute]) -> Problem:
    """The part of the problem these routes answer for; the fair share stays that of all."""
    served = {stop.stop.visit_id for route in routes for stop in route.stops}
    return replace(problem, visits=tuple(visit for visit in problem.visits if visit.id in served))


def _store(
    workshop: Workshop,
    key: PlanKey,
    standing: _Standing,
    before: Sequence[StoredRoute],
    after: Sequence[StoredRoute],
    broken: Sequence[str],
) -> None:
    scope = system_scope(key.province_code)
    cost = dict(standing.head.cost)
    for sign, routes in ((-1, before), (1, after)):
        for route in routes:
            for term, value in route.cost.items():
                cost[term] = cost.get(term, 0) + sign * value
    touched = {str(route.courier_id) for route in after}
    kept = [one for one in standing.head.violations if not any(courier in one for courier in touched)]
    with workshop.database.transaction() as session:
        head = store.head(session, scope, key.plan_id, lock=True)
        if head is None or head.state not in _LIVING:
            return
        if head.version != standing.head.version:
            raise PlanBusyError
        for route in after:
            store_recost.save_route(session, key, route, stale=False)
        store_recost.next_version(session, key, cost=cost, violations=[*kept, *broken])
        announce(session, head, head.state, now=workshop.clock())
