"""Trips as VROOM's answer: summary, routes and steps with its keys, what stays unassigned with our reasons."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from core.errors import Problem as Note
from geodata.model import LonLat
from geodata.travel_values import TravelTimes
from routing.rules import plus
from routing.vroom.ground import Ground
from routing.vroom.polyline import encode
from routing.vroom.request import Task
from routing.vroom.trips import Broken, Load, Trip

Json = dict[str, Any]


def answer_of(
    ground: Ground, trips: Sequence[Trip], why: Mapping[str, Sequence[Note]], travel: TravelTimes, notes: Sequence[Note]
) -> Json:
    """The whole answer; `why` has reasons by task for those left out."""
    driven = {task.key for trip in trips for task in trip.tasks}
    left = [task for task in ground.tasks if task.key not in driven]
    draw = _drawer(travel) if ground.request.options.g else None
    routes = [_route(ground, trip, draw) for trip in trips]
    return {
        "code": 0,
        "summary": _summary(ground, trips, routes, len(left)),
        "unassigned": [_unassigned(ground, task, why.get(task.key, ())) for task in left],
        "routes": routes,
        "notes": [note.as_dict() for note in notes],
    }


def _summary(ground: Ground, trips: Sequence[Trip], routes: Sequence[Json], unassigned: int) -> Json:
    summary: Json = {
        "cost": sum(route["cost"] for route in routes),
        "routes": len(routes),
        "unassigned": unassigned,
    }
    if ground.dimensions:
        for name in ("delivery", "pickup", "amount"):
            summary[name] = list(_total(ground, [tuple(route[name]) for route in routes]))
    for name in ("setup", "service", "duration", "waiting_time", "priority"):
        summary[name] = sum(route[name] for route in routes)
    if all("distance" in route for route in routes):
        summary["distance"] = sum(route["distance"] for route in routes)
    summary["violations"] = _violations([one for trip in trips for one in _all_broken(trip)])
    return summary


def _route(ground: Ground, trip: Trip, draw: Callable[[Sequence[LonLat]], str] | None) -> Json:
    vehicle, last = trip.vehicle, trip.steps[-1]
    route: Json = {"vehicle": vehicle.id, "cost": cost_of(ground, trip)}
    if vehicle.description is not None:
        route["description"] = vehicle.description
    if ground.dimensions:
        route["delivery"] = list(_total(ground, [task.delivery for task in trip.tasks]))
        route["pickup"] = list(_total(ground, [task.pickup for task in trip.tasks]))
        route["amount"] = route["delivery"]
    route["setup"] = sum(step.setup for step in trip.steps)
    route["service"] = sum(step.service for step in trip.steps)
    route["duration"] = last.duration
    route["waiting_time"] = sum(step.waiting for step in trip.steps)
    route["priority"] = sum(task.priority for task in trip.tasks)
    knows_metres = ground.metres_of(vehicle) is not None
    if knows_metres:
        route["distance"] = last.distance
    route["steps"] = [_step(ground, trip, n, knows_metres) for n in range(len(trip.steps))]
    route["violations"] = _violations(_all_broken(trip))
    if draw is not None:
        places = [place for n in range(len(trip.steps)) if (place := _told_place(trip, n)) is not None]
        route["geometry"] = draw([ground.points[place] for place in places])
    return route


def cost_of(ground: Ground, trip: Trip) -> int:
    """VROOM's cost of a trip, rounded to whole units; riding, tasks and the vehicle itself."""
    legs, vehicle = ground.leg_cost(trip.vehicle), trip.vehicle
    places = [step.place for step in trip.steps if step.place is not None]
    scaled = sum(int(legs[a, b]) for a, b in pairwise(places))
    busy = sum(step.setup + step.service for step in trip.steps if step.call.task is not None)
    scaled += vehicle.costs.per_task_hour * busy
    return vehicle.costs.fixed + (scaled + 1800) // 3600


def _step(ground: Ground, trip: Trip, n: int, knows_metres: bool) -> Json:
    step = trip.steps[n]
    told: Json = {"type": step.call.type}
    told.update(_whereabouts(ground, trip, n))
    described = step.call.task.body if step.call.task is not None else step.call.rest
    if described is not None:
        told["id"] = described.id
        if described.description is not None:
            told["description"] = described.description
    told |= {"setup": step.setup, "service": step.service, "waiting_time": step.waiting}
    if step.call.type == "job":
        told["job"] = told["id"]
    if ground.dimensions:
        told["load"] = list(step.load)
    told |= {"arrival": step.arrival, "duration": step.duration, "violations": _violations(step.violations)}
    if knows_metres:
        told["distance"] = step.distance
    return told


def _told_place(trip: Trip, n: int) -> int | None:
    """An open start is where the first task is, an open end where the last one was."""
    step = trip.steps[n]
    if step.place is not None or step.call.type == "break":
        return step.place
    places = [one.place for one in trip.steps if one.place is not None]
    return None if not places else places[0 if step.call.type == "start" else -1]


def _whereabouts(ground: Ground, trip: Trip, n: int) -> Json:
    place = _told_place(trip, n)
    if place is None:
        return {}
    return _where(ground, place, _location(trip, n))


def _location(trip: Trip, n: int) -> tuple[float, float] | None:
    """The coordinates as the caller wrote them."""
    step, vehicle = trip.steps[n], trip.vehicle
    if step.call.task is not None:
        return step.call.task.body.location
    own = vehicle.start if step.call.type == "start" else vehicle.end
    if step.place is not None or not trip.tasks:
        return own
    return trip.tasks[0 if step.call.type == "start" else -1].body.location


def _where(ground: Ground, place: int, location: tuple[float, float] | None) -> Json:
    told: Json = {} if location is None else {"location": list(location)}
    return {**told, "location_index": place} if ground.request.travel else told


def _unassigned(ground: Ground, task: Task, reasons: Sequence[Note]) -> Json:
    told: Json = {"id": task.body.id, "type": task.kind}
    told |= _where(ground, ground.task_place(task), task.body.location)
    if task.body.description is not None:
        told["description"] = task.body.description
    return {**told, "reasons": [reason.as_dict() for reason in reasons]}


def _total(ground: Ground, amounts: Sequence[Load]) -> Load:
    total: Load = (0,) * ground.dimensions
    for one in amounts:
        total = plus(total, one)
    return total


def _all_broken(trip: Trip) -> list[Broken]:
    return [*(one for step in trip.steps for one in step.violations), *trip.violations]


def _violations(broken: Sequence[Broken]) -> list[Json]:
    """By cause, seconds added up."""
    by_cause: dict[str, Json] = {}
    for one in broken:
        told = by_cause.setdefault(one.cause, {"cause": one.cause})
        if one.duration is not None:
            told["duration"] = told.get("duration", 0) + one.duration
    return list(by_cause.values())


def _drawer(travel: TravelTimes) -> Callable[[Sequence[LonLat]], str]:
    return lambda points: encode(travel.route(points).line)
