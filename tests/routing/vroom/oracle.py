"""Reads a request and an answer in VROOM's JSON and finds what is broken; knows nothing of the code under test.

Only for requests with matrices. Times may differ from the matrix by a second for each leg: VROOM counts in hundredths.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Json = dict[str, Any]


def broken_in(request: Json, answer: Json) -> list[str]:
    """Every rule of the request that the answer breaks."""
    found: list[str] = []
    vehicles = {one["id"]: one for one in request["vehicles"]}
    tasks = tasks_in(request)
    for route in answer["routes"]:
        vehicle = vehicles[route["vehicle"]]
        found += [f"vehicle {vehicle['id']}: {said}" for said in _route(request, tasks, vehicle, route)]
    seen = [key(step) for route in answer["routes"] for step in route["steps"] if key(step) in tasks]
    seen += [key(one) for one in answer["unassigned"]]
    if sorted(seen) != sorted(tasks):
        found.append("tasks are lost or stand twice")
    if len({route["vehicle"] for route in answer["routes"]}) != len(answer["routes"]):
        found.append("a vehicle has two routes")
    if answer["summary"]["cost"] != sum(route["cost"] for route in answer["routes"]):
        found.append("the summary's cost is not that of the routes")
    return found


def tasks_in(request: Json) -> dict[tuple[str, int], Json]:
    """Every task by type and id, with what shipments share."""
    tasks = {("job", one["id"]): one for one in request.get("jobs", [])}
    for shipment in request.get("shipments", []):
        shared = {name: shipment[name] for name in ("skills", "priority") if name in shipment}
        amount = shipment.get("amount", [])
        tasks["pickup", shipment["pickup"]["id"]] = {**shipment["pickup"], **shared, "pickup": amount}
        tasks["delivery", shipment["delivery"]["id"]] = {**shipment["delivery"], **shared, "delivery": amount}
    return tasks


def key(step: Json) -> tuple[str, int]:
    """Type and id of a step or an unassigned task."""
    return step["type"], step.get("id", -1)


def served(answer: Json) -> int:
    """How many tasks are in routes."""
    return sum(step["type"] in ("job", "pickup", "delivery") for route in answer["routes"] for step in route["steps"])


def _route(request: Json, tasks: dict[tuple[str, int], Json], vehicle: Json, route: Json) -> Iterator[str]:
    steps, matrices = route["steps"], request["matrices"][vehicle.get("profile", "car")]
    if (steps[0]["type"], steps[-1]["type"]) != ("start", "end"):
        yield "start and end are not at the ends"
    yield from _clock(vehicle, steps, tasks, matrices["durations"])
    yield from _load(vehicle, steps, tasks)
    yield from _limits(vehicle, route, tasks, matrices)
    done = [key(step) for step in steps if key(step) in tasks]
    for n, one in enumerate(done):
        if one[0] == "delivery" and (_pickup_of(request, one) not in done[:n]):
            yield f"{one} before its pickup"
        if not set(tasks[one].get("skills", [])) <= set(vehicle.get("skills", [])):
            yield f"{one} without the skills"
    if sum(one[0] == "pickup" for one in done) != sum(one[0] == "delivery" for one in done):
        yield "half a shipment"
    rests = sorted(step["id"] for step in steps if step["type"] == "break")
    if rests != sorted(rest["id"] for rest in vehicle.get("breaks", [])):
        yield "not every break is taken once"
    if any(step["violations"] for step in steps) or route["violations"]:
        yield "violations are told"


def _pickup_of(request: Json, delivery: tuple[str, int]) -> tuple[str, int]:
    return next(("pickup", s["pickup"]["id"]) for s in request["shipments"] if s["delivery"]["id"] == delivery[1])


def _clock(vehicle: Json, steps: list[Json], tasks: Any, durations: Any) -> Iterator[str]:
    """Arrival follows from what was before; everything begins in a window; waiting and riding add up."""
    opens, closes = vehicle.get("time_window", (0, 2**60))
    if steps[0]["arrival"] < opens or steps[-1]["arrival"] + steps[-1].get("service", 0) > closes:
        yield "outside the vehicle's hours"
    slowness = round(100 / vehicle.get("speed_factor", 1.0)) / 100
    rests = {("break", rest["id"]): rest for rest in vehicle.get("breaks", [])}
    free_at, ridden, place, met, owed = steps[0]["arrival"], 0, steps[0].get("location_index"), None, 0.0
    for n, step in enumerate(steps):
        here = step.get("location_index", place) if step["type"] != "break" else place
        if step["type"] != "break" and place is not None:
            owed += durations[place][here] * slowness
            if not -n - 1.0 <= step["duration"] - owed <= n + 1.0:
                yield f"step {n}: ridden {step['duration']}, the matrix says {owed}"
        if abs(step["arrival"] - free_at - (step["duration"] - ridden)) > 1:
            yield f"step {n}: arrives {step['arrival']}, free at {free_at}"
        begins = step["arrival"] + step["waiting_time"]
        yield from (f"step {n}: {said}" for said in _at_the_stop(step, {**tasks, **rests}.get(key(step), {}), begins))
        if key(step) in tasks:
            yield from (f"step {n}: {said}" for said in _set_up(step, tasks[key(step)], here, place, met))
            met = here
        place, ridden = here, step["duration"]
        free_at = begins + step["setup"] + step["service"]


def _at_the_stop(step: Json, asked: Json, begins: int) -> Iterator[str]:
    windows = asked.get("time_windows", [[0, 2**60]])
    if step["waiting_time"] < 0 or not any(start <= begins <= end for start, end in windows):
        yield f"begins at {begins}, not in {windows}"
    if step["service"] != asked.get("service", 0):
        yield f"service {step['service']}"


def _set_up(step: Json, asked: Json, here: Any, place: Any, met: Any) -> Iterator[str]:
    if here != place and step["setup"] != asked.get("setup", 0):
        yield "no set-up after a move"
    if met is not None and here == met and step["setup"]:
        yield "set-up without a move"


def _load(vehicle: Json, steps: list[Json], tasks: Any) -> Iterator[str]:
    room = vehicle.get("capacity", [])
    load = [0] * len(room)
    for step in steps:
        if step["type"] == "job":
            load = [a + b for a, b in zip(load, _amounts(tasks[key(step)], "delivery", room), strict=True)]
    for n, step in enumerate(steps):
        if key(step) in tasks:
            brought = _amounts(tasks[key(step)], "delivery", room)
            taken = _amounts(tasks[key(step)], "pickup", room)
            load = [a - b + c for a, b, c in zip(load, brought, taken, strict=True)]
        if any(amount > most for amount, most in zip(load, room, strict=True)):
            yield f"step {n}: load {load} of {room}"
        if room and step["load"] != load:
            yield f"step {n}: says load {step['load']}, is {load}"


def _amounts(task: Json, name: str, room: list[int]) -> list[int]:
    return task.get(name) or [0] * len(room)


def _limits(vehicle: Json, route: Json, tasks: Any, matrices: Json) -> Iterator[str]:
    steps = route["steps"]
    done = [step for step in steps if key(step) in tasks]
    if len(done) > vehicle.get("max_tasks", 10**9):
        yield "too many tasks"
    if route["duration"] > vehicle.get("max_travel_time", 10**9):
        yield "too much riding"
    places = [step["location_index"] for step in steps if "location_index" in step]
    legs = list(pairwise(places))
    metres = sum(matrices["distances"][a][b] for a, b in legs) if "distances" in matrices else 0
    if metres > vehicle.get("max_distance", 10**9):
        yield "too far"
    costs = vehicle.get("costs", {})
    if "costs" in matrices:
        expected = sum(matrices["costs"][a][b] for a, b in legs)
    else:
        expected = route["duration"] * costs.get("per_hour", 3600) / 3600 + metres * costs.get("per_km", 0) / 1000
    if abs(expected + costs.get("fixed", 0) - route["cost"]) > 2:
        yield f"cost {route['cost']}, recomputed {expected + costs.get('fixed', 0)}"
