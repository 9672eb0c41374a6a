"""A solved plan as it is stored: stops with their doors, rounds with their way on the road, what is left out."""

from collections.abc import Sequence
from uuid import UUID

from geodata.travel_values import TravelSource, TravelTimes
from routing.batch import unresolved
from routing.explain import dearest
from routing.model import Plan, Problem, Route, Stop, Vehicle, Visit
from routing.stored import StoredRound, StoredRoute, StoredStop, StoredUnplanned

_DOUBT = (TravelSource.ROAD, TravelSource.MIXED, TravelSource.STRAIGHT_LINE)


def draw_routes(problem: Problem, plan: Plan, travel: TravelTimes, *, ranked: bool = True) -> list[StoredRoute]:
    """Every route with the geometry of its rounds (one question to the road server per round).

    `ranked`: with the dearest stops of each route marked, which takes longer than all the rest.
    """
    visits = {visit.id: visit for visit in problem.visits}
    vehicles = {vehicle.courier_id: vehicle for vehicle in problem.vehicles}
    return [
        StoredRoute(
            courier_id=route.courier_id,
            seq=seq,
            stops=_stops(problem, route, visits, dearest(problem, route) if ranked else ()),
            rounds=_rounds(problem, route, visits, vehicles[route.courier_id], travel),
            cost=route.cost.terms(),
        )
        for seq, route in enumerate(plan.routes)
    ]


def left_out(
    problem: Problem, plan: Plan, refused: Sequence[StoredUnplanned], queued: Sequence[UUID]
) -> list[StoredUnplanned]:
    """What stays today: visits without room, items without a place or for a later day, the address queue."""
    visits = {visit.id: visit for visit in problem.visits}
    stays = [
        StoredUnplanned(visit_id=left.visit_id, item_ids=visits[left.visit_id].item_ids, reasons=left.reasons)
        for left in plan.unplanned
    ]
    return [*stays, *refused, *unresolved(queued)]


def _stops(problem: Problem, route: Route, visits: dict[str, Visit], dear: Sequence[str]) -> tuple[StoredStop, ...]:
    ranks = {visit_id: rank for rank, visit_id in enumerate(dear, 1)}
    return tuple(
        _stop(problem, seq, stop, visits[stop.visit_id], ranks.get(stop.visit_id))
        for seq, stop in enumerate(route.stops, 1)
    )


def _stop(problem: Problem, seq: int, stop: Stop, visit: Visit, rank: int | None) -> StoredStop:
    return StoredStop(
        stop=stop,
        seq=seq,
        item_ids=visit.item_ids,
        point=problem.points[visit.location],
        error_m=visit.error_m,
        commune_code=visit.commune_code,
        service_s=stop.departure_s - stop.start_s,
        windows=visit.windows,
        required=visit.required,
        due_on=visit.due_on,
        load_items=visit.load_items,
        papers=visit.papers,
        dear_rank=rank,
    )


def _rounds(
    problem: Problem, route: Route, visits: dict[str, Visit], vehicle: Vehicle, travel: TravelTimes
) -> tuple[StoredRound, ...]:
    drawn = []
    for one in route.rounds:
        stops = [stop for stop in route.stops if stop.round == one.round]
        places = [vehicle.depot, *(visits[stop.visit_id].location for stop in stops), vehicle.depot]
        way = travel.route([problem.points[place] for place in places])
        # The times come from the matrix, the line from the route: the weaker of both sources is what is said.
        source = max(way.source, problem.travel.source, key=_DOUBT.index)
        drawn.append(StoredRound(round=one, line=way.line, travel_source=source.value))
    return tuple(drawn)
