"""A plan of ours as trips in VROOM's words: when each ride, rest and wait of a round happens."""

from collections.abc import Iterator, Sequence

from routing.model import Plan, Route, Stop
from routing.vroom.problem import Translated, breaks_in_turn
from routing.vroom.request import Break, Vehicle
from routing.vroom.trips import Call, Trip, place_of, steps_of


def trips_of(translated: Translated, plan: Plan) -> list[Trip]:
    """The trips of a plan, in the order of the vehicles of the request."""
    trips = {}
    for route in plan.routes:
        vehicle = translated.vehicles[route.courier_id]
        calls = list(_calls(translated, vehicle, route))
        trips[vehicle.id] = Trip(vehicle=vehicle, steps=tuple(steps_of(translated.ground, vehicle, calls)))
    return [trips[vehicle.id] for vehicle in translated.ground.request.vehicles if vehicle.id in trips]


def _calls(translated: Translated, vehicle: Vehicle, route: Route) -> Iterator[Call]:
    """Start, stops and rests by time, then the end. A rest before leaving is taken at the start, and ends the trip
    when it is taken after coming back."""
    [driven] = route.rounds
    origin = translated.origin
    rests = _rests(vehicle, [start + origin for start in driven.breaks])
    leaves = min([driven.departure_s + origin, *(at for at, _ in rests)])
    yield Call(type="start", at=leaves)
    place, free_at = translated.ground.start(vehicle), leaves
    seconds = translated.ground.seconds_of(vehicle)
    for call in [*_stops(translated, route.stops), Call(type="end", at=driven.return_s + origin)]:
        here = place_of(translated.ground, vehicle, call)
        ride = 0 if here is None or place is None else int(seconds[place, here])
        last = call.type == "end"
        while rests and (last or rests[0][0] < call.at):
            at, rest = rests.pop(0)
            ridden = min(ride, at - free_at)
            yield Call(type="break", at=at, rest=rest, before=ridden)
            ride, free_at = ride - ridden, at + rest.service
        at = free_at + ride if last else call.at
        yield Call(type=call.type, at=at, task=call.task, before=ride)
        place = place if here is None else here
        free_at = at + _busy(route.stops, call)


def _stops(translated: Translated, stops: Sequence[Stop]) -> Iterator[Call]:
    for stop in stops:
        task = translated.tasks[stop.visit_id]
        yield Call(type=task.kind, at=stop.start_s + translated.origin, task=task)


def _busy(stops: Sequence[Stop], call: Call) -> int:
    return next((s.departure_s - s.start_s for s in stops if call.task and s.visit_id == call.task.key), 0)


def _rests(vehicle: Vehicle, starts: Sequence[int]) -> list[tuple[int, Break]]:
    in_turn = [vehicle.breaks[n] for n, _ in breaks_in_turn(vehicle)]
    return list(zip(starts, in_turn, strict=True))
