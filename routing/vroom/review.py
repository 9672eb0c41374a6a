"""Whether a request makes sense and can be answered: every mistake at once, each with its code and JSON pointer."""

from collections import Counter
from collections.abc import Iterable, Iterator

from core.errors import Problem as Mistake
from core.errors import problem as mistake
from routing import errors_vroom as errors
from routing.vroom.request import Request, Task, Vehicle, dimensions, tasks_of
from routing.vroom.review_places import review_places
from routing.vroom.review_steps import review_steps

MOST_TASKS = 2000
MOST_VEHICLES = 500


def review(request: Request) -> list[Mistake]:
    """What is wrong with the request or not supported; empty when it can be answered."""
    tasks = tasks_of(request)
    found = [*_size(request, tasks)]
    if found:
        return found
    found += [*_ids(request), *_amounts(request), *review_places(request, tasks)]
    for task in tasks:
        found += _windows(task.body.time_windows, f"{task.pointer}/time_windows")
    for n, vehicle in enumerate(request.vehicles):
        found += [*_hours(vehicle, f"/vehicles/{n}"), *_costs(request, vehicle, f"/vehicles/{n}")]
    found += review_steps(request, tasks)
    return found if request.options.c else [*found, *_only_in_plan_mode(request, tasks)]


def _size(request: Request, tasks: list[Task]) -> Iterator[Mistake]:
    if not request.vehicles:
        yield mistake(errors.NO_VEHICLE, pointer="/vehicles")
    if not tasks:
        yield mistake(errors.NO_TASK, pointer="/jobs")
    for count, what, most, pointer in (
        (len(tasks), "tasks", MOST_TASKS, "/jobs"),
        (len(request.vehicles), "vehicles", MOST_VEHICLES, "/vehicles"),
    ):
        if count > most:
            yield mistake(errors.TOO_MANY_PARTS, pointer=pointer, count=count, what=what, most=most)


def _ids(request: Request) -> Iterator[Mistake]:
    groups: list[tuple[str, str, list[int]]] = [
        ("/vehicles", "vehicle", [vehicle.id for vehicle in request.vehicles]),
        ("/jobs", "job", [job.id for job in request.jobs]),
        ("/shipments", "pickup", [one.pickup.id for one in request.shipments]),
        ("/shipments", "delivery", [one.delivery.id for one in request.shipments]),
    ]
    groups += [
        (f"/vehicles/{n}/breaks", "break", [rest.id for rest in vehicle.breaks])
        for n, vehicle in enumerate(request.vehicles)
    ]
    for pointer, what, ids in groups:
        for one, count in Counter(ids).items():
            if count > 1:
                yield mistake(errors.TWICE, pointer=pointer, what=what, id=one)


def _amounts(request: Request) -> Iterator[Mistake]:
    """Arrays of one length; a task may leave them out, a vehicle may not when anything is carried."""
    wanted = dimensions(request)
    for n, job in enumerate(request.jobs):
        for field in ("amount", "delivery", "pickup"):
            yield from _length(f"/jobs/{n}/{field}", field, getattr(job, field) or (), wanted)
    for n, shipment in enumerate(request.shipments):
        yield from _length(f"/shipments/{n}/amount", "amount", shipment.amount or (), wanted)
    for n, vehicle in enumerate(request.vehicles):
        if wanted and not vehicle.capacity:
            lacks = {"what": "capacity", "given": 0, "wanted": wanted}
            yield mistake(errors.WRONG_LENGTH, pointer=f"/vehicles/{n}/capacity", **lacks)
        yield from _length(f"/vehicles/{n}/capacity", "capacity", vehicle.capacity or (), wanted)
        for b, rest in enumerate(vehicle.breaks):
            yield from _length(f"/vehicles/{n}/breaks/{b}/max_load", "max_load", rest.max_load or (), wanted)


def _length(pointer: str, what: str, given: tuple[int, ...], wanted: int) -> Iterator[Mistake]:
    if len(given) not in (0, wanted):
        yield mistake(errors.WRONG_LENGTH, pointer=pointer, what=what, given=len(given), wanted=wanted)


def _windows(windows: Iterable[tuple[int, int]], pointer: str) -> Iterator[Mistake]:
    for n, (start, end) in enumerate(windows):
        if end < start:
            yield mistake(errors.REVERSED, pointer=f"{pointer}/{n}", start=start, end=end)


def _hours(vehicle: Vehicle, pointer: str) -> Iterator[Mistake]:
    if vehicle.time_window is not None:
        start, end = vehicle.time_window
        if end < start:
            yield mistake(errors.REVERSED, pointer=f"{pointer}/time_window", start=start, end=end)
            return
    for n, rest in enumerate(vehicle.breaks):
        wrong = [*_windows(rest.time_windows, f"{pointer}/breaks/{n}/time_windows")]
        yield from wrong
        if not wrong and not break_windows(vehicle, n):
            yield mistake(errors.BREAK_OUTSIDE, pointer=f"{pointer}/breaks/{n}", id=rest.id, vehicle=vehicle.id)


def break_windows(vehicle: Vehicle, n: int) -> tuple[tuple[int, int], ...]:
    """When break `n` may begin so that it begins and ends within the vehicle's hours."""
    rest = vehicle.breaks[n]
    windows = rest.time_windows or ((0, 2**40),)
    if vehicle.time_window is None:
        return windows
    opens, closes = vehicle.time_window[0], vehicle.time_window[1] - rest.service
    cut = ((max(start, opens), min(end, closes)) for start, end in windows)
    return tuple((start, end) for start, end in cut if start <= end)


def _costs(request: Request, vehicle: Vehicle, pointer: str) -> Iterator[Mistake]:
    own = request.travel.get(vehicle.profile)
    if own is None or own.costs is None:
        return
    if vehicle.costs.per_hour != 3600 or vehicle.costs.per_km:
        yield mistake(errors.COSTS_TWICE, pointer=f"{pointer}/costs", id=vehicle.id)
    if vehicle.max_distance is not None:
        yield mistake(errors.COSTS_AND_DISTANCE, pointer=f"{pointer}/max_distance")


def _only_in_plan_mode(request: Request, tasks: list[Task]) -> Iterator[Mistake]:
    """What the planner cannot weigh, though a given order can be timed with it."""
    for task in tasks:
        for name, by in (("setup", Task.setup_by), ("service", Task.service_by)):
            if len({by(task, vehicle) for vehicle in request.vehicles}) > 1:
                yield mistake(errors.TIMES_PER_TYPE, pointer=f"{task.pointer}/{name}_per_type")
    for n, vehicle in enumerate(request.vehicles):
        priced = vehicle.costs.per_task_hour and any(task.setup_by(vehicle) for task in tasks)
        if priced:
            yield mistake(errors.SETUP_PRICED, pointer=f"/vehicles/{n}/costs/per_task_hour")
        for b, rest in enumerate(vehicle.breaks):
            if rest.max_load is not None and any(
                most < room for most, room in zip(rest.max_load, vehicle.capacity or (), strict=False)
            ):
                yield mistake(errors.LOAD_AT_BREAK, pointer=f"/vehicles/{n}/breaks/{b}/max_load")
