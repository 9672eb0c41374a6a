"""Times of orders that may break rules: ridden as far as they can be, so that people see what is wrong.

A round that no rule forbids is ridden by the schedule. Another is ridden under the same problem without the rules: its
last window open to the end, its shift without end, every load and every courier allowed; the checker then says, against
the real problem, what is broken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from routing.model import DAY_S, NO_LIMIT, Cost, Plan, Problem, Route, Shift, Unplanned, Vehicle, Visit
from routing.schedule import build_route
from routing.standing import RoundKey

_NO_END_S = 4 * DAY_S
Windows = tuple[tuple[int, int], ...]


def ride_route(problem: Problem, vehicle: Vehicle, orders: Mapping[int, Sequence[Visit]]) -> Route:
    """A courier's day in these orders, whatever it breaks."""
    sound = build_route(problem, vehicle, orders)
    if sound is not None:
        return sound
    lenient = _without_rules(problem, vehicle, [v for order in orders.values() for v in order])
    visits = {visit.id: visit for visit in lenient.visits}
    free = {index: [visits[visit.id] for visit in order] for index, order in orders.items()}
    ridden = build_route(lenient, lenient.vehicles[0], free)
    if ridden is None:
        raise AssertionError("a round without rules can be ridden")
    return ridden


def ride_plan(
    problem: Problem, orders: Mapping[RoundKey, Sequence[str]], known: Mapping[UUID, Route] | None = None
) -> Plan:
    """The plan of orders by visit id, what is in none of them unplanned. `known`: routes that need no new reckoning."""
    visits = {visit.id: visit for visit in problem.visits}
    ready = known or {}
    routes = []
    for vehicle in problem.vehicles:
        own = {n: [visits[v] for v in order] for (courier, n), order in orders.items() if courier == vehicle.courier_id}
        if any(own.values()):
            routes.append(ready.get(vehicle.courier_id) or ride_route(problem, vehicle, own))
    served = {stop.visit_id for route in routes for stop in route.stops}
    left = [visit for visit in problem.visits if visit.id not in served]
    return Plan(
        routes=tuple(routes),
        unplanned=tuple(Unplanned(visit_id=visit.id) for visit in left),
        cost=sum((route.cost for route in routes), Cost(unserved=sum(visit.prize for visit in left))),
        engine="dispatcher",
    )


def _without_rules(problem: Problem, vehicle: Vehicle, visits: Sequence[Visit]) -> Problem:
    """The problem of these visits and this courier alone, in which nothing is forbidden."""
    allowed = replace(
        vehicle,
        shifts=tuple(_endless(shift) for shift in vehicle.shifts),
        capacity_items=NO_LIMIT,
        capacity_g=NO_LIMIT,
        capacity_vnd=None,
        capacity_extra=(),
        skills=frozenset(skill for visit in visits for skill in visit.skills),
        in_person=True,
        max_tasks=None,
        max_travel_s=None,
        max_distance_m=None,
        max_duration_s=None,
    )
    return replace(
        problem,
        vehicles=(allowed,),
        visits=tuple(_welcome(visit) for visit in visits),
        pairs=(),
        locks=(),
        forbidden=(),
        frozen=tuple(replace(one, on_board=None) for one in problem.frozen),
    )


def _endless(shift: Shift) -> Shift:
    rests = tuple(replace(rest, windows=_open_ended(rest.windows)) for rest in shift.breaks)
    return replace(shift, legal_end_s=_NO_END_S, breaks=rests)


def _welcome(visit: Visit) -> Visit:
    return replace(visit, windows=_open_ended(visit.windows), depot=None, earliest_on=None, latest_on=None)


def _open_ended(windows: Windows) -> Windows:
    """Waiting for a window still makes sense; being late for the last one is only said."""
    if not windows:
        return windows
    *earlier, (start, _) = sorted(windows)
    return (*earlier, (start, _NO_END_S))
