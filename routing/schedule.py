"""Routes and plans from orders: the cheapest times of each round, its totals and its cost."""

from collections.abc import Mapping, Sequence

from routing.model import Cost, Plan, Problem, Round, Route, Stop, Unplanned, Vehicle, Visit
from routing.objective import way_cost
from routing.rules import allowed
from routing.timing import Timed, time_way
from routing.way import Way, lookup, way_of

# Visits by (vehicle index, shift index), each in the order of riding, as indices into `problem.visits`.
Orders = Mapping[tuple[int, int], Sequence[int]]


def time_round(
    problem: Problem, vehicle: Vehicle, index: int, order: Sequence[Visit], *, after_s: int = 0
) -> Timed | None:
    """The cheapest feasible times of the courier's round `index` in that order, or None."""
    return time_way(problem, vehicle, index, way_of(problem, vehicle, index, order), after_s=after_s)


def build_route(problem: Problem, vehicle: Vehicle, orders: Mapping[int, Sequence[Visit]]) -> Route | None:
    """A courier's day from the order of each of his rounds; None when a rule is broken or a round cannot be ridden."""
    stops: list[Stop] = []
    rounds: list[Round] = []
    cost, after_s = Cost(), 0
    frozen = lookup(problem).frozen
    for index in range(len(vehicle.shifts)):
        order = orders.get(index, ())
        fixed = frozen.get((vehicle.courier_id, index))
        if not order and (fixed is None or not fixed.visit_ids):
            continue
        way = way_of(problem, vehicle, index, order)
        timed = (
            time_way(problem, vehicle, index, way, after_s=after_s) if allowed(problem, vehicle, index, way) else None
        )
        if timed is None:
            return None
        rests = zip(timed.breaks, vehicle.shifts[index].breaks, strict=True)
        free_s = max([timed.return_s, *(start + rest.duration_s for start, rest in rests)])
        after_s = free_s + vehicle.reload_s
        stops += _stops(index, way, timed)
        rounds.append(_round(problem, index, way, timed))
        cost += way_cost(problem, vehicle, index, way, wait_s=timed.wait_s, return_s=timed.return_s)
    return Route(courier_id=vehicle.courier_id, stops=tuple(stops), rounds=tuple(rounds), cost=cost)


def _stops(index: int, way: Way, timed: Timed) -> list[Stop]:
    return [
        Stop(
            visit_id=visit.id,
            round=index,
            arrival_s=arrival,
            wait_s=start - arrival,
            start_s=start,
            departure_s=start + service_s,
        )
        for visit, arrival, start, service_s in zip(
            way.visits, timed.arrivals, timed.starts, way.service_s, strict=True
        )
    ]


def _round(problem: Problem, index: int, way: Way, timed: Timed) -> Round:
    loaded = [visit for visit in way.visits if visit.id not in lookup(problem).pickup_of]
    return Round(
        round=index,
        departure_s=timed.departure_s,
        return_s=timed.return_s,
        travel_s=way.travel_s,
        distance_m=way.distance_m,
        service_s=sum(way.service_s),
        wait_s=timed.wait_s,
        load_items=sum(v.load_items for v in loaded),
        load_g=sum(v.weight_g for v in loaded),
        breaks=timed.breaks,
    )


def build_plan(problem: Problem, orders: Orders, *, engine: str = "") -> Plan | None:
    """The plan of the given orders, what is in none of them unplanned; None when a round cannot be ridden."""
    routes = []
    by_vehicle: dict[int, dict[int, list[Visit]]] = {}
    for (v, r), order in orders.items():
        by_vehicle.setdefault(v, {})[r] = [problem.visits[i] for i in order]
    for number, vehicle in enumerate(problem.vehicles):
        route = build_route(problem, vehicle, by_vehicle.get(number, {}))
        if route is None:
            return None
        if route.stops:
            routes.append(route)
    return assemble(problem, routes, engine=engine)


def assemble(problem: Problem, routes: Sequence[Route], *, engine: str = "") -> Plan:
    """The plan of these routes; visits in none of them are unplanned at the cost of their prize."""
    served = {stop.visit_id for route in routes for stop in route.stops}
    left = [visit for visit in problem.visits if visit.id not in served]
    cost = sum((route.cost for route in routes), Cost(unserved=sum(v.prize for v in left)))
    return Plan(
        routes=tuple(routes),
        unplanned=tuple(Unplanned(visit_id=v.id) for v in left),
        cost=cost,
        engine=engine,
    )


def orders_of(problem: Problem, plan: Plan) -> dict[tuple[int, int], list[int]]:
    """The orders of a plan: the inverse of `build_plan`."""
    couriers = {vehicle.courier_id: n for n, vehicle in enumerate(problem.vehicles)}
    visits = lookup(problem).index
    orders: dict[tuple[int, int], list[int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            orders.setdefault((couriers[route.courier_id], stop.round), []).append(visits[stop.visit_id])
    return orders
