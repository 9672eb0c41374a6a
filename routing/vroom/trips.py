"""A vehicle's way as VROOM tells it: steps with arrival, waiting, riding so far and load."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from routing.rules import plus
from routing.vroom.ground import Ground
from routing.vroom.request import Break, Task, Vehicle

Cause = Literal[
    "delay",
    "lead_time",
    "load",
    "max_tasks",
    "skills",
    "precedence",
    "missing_break",
    "max_travel_time",
    "max_distance",
    "max_load",
]
Load = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A constraint not met; seconds for what is early or late."""

    cause: Cause
    duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Something a vehicle does on its way, in order; `start` and `end` have neither task nor rest.

    `before` is the part of the leg from the last place that is ridden before it, `at` when it begins.
    """

    type: Literal["start", "job", "pickup", "delivery", "break", "end"]
    at: int
    task: Task | None = None
    rest: Break | None = None
    before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A call with all that is told of it; `duration` and `distance` are riding since the start."""

    call: Call
    place: int | None
    arrival: int
    waiting: int
    setup: int
    service: int
    duration: int
    distance: int
    load: Load
    violations: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A vehicle's whole way, with the violations that belong to no single step."""

    vehicle: Vehicle
    steps: tuple[Step, ...]
    violations: tuple[Broken, ...] = ()

    @property
    def tasks(self) -> list[Task]:
        """Tasks in order."""
        return [step.call.task for step in self.steps if step.call.task is not None]


def steps_of(ground: Ground, vehicle: Vehicle, calls: Sequence[Call]) -> list[Step]:
    """Every call with arrival, waiting, riding so far and load; a break may lie within a ride."""
    metres = ground.metres_of(vehicle)
    load = first_load(ground, calls)
    place, free_at = ground.start(vehicle), calls[0].at
    riding = distance = 0
    steps: list[Step] = []
    for call in calls:
        here = place_of(ground, vehicle, call)
        riding += call.before
        arrival = free_at + call.before
        setup = service = 0
        if call.rest is not None:
            service = call.rest.service
        if call.task is not None:
            setup, service = times_at(vehicle, call.task, moved=here != place or not _met_task(steps))
            load = _after(load, call.task)
        if here is not None:
            if metres is not None and place is not None:
                distance += int(metres[place, here])
            place = here
        steps.append(
            Step(
                call=call,
                place=here,
                arrival=arrival,
                waiting=call.at - arrival,
                setup=setup,
                service=service,
                duration=riding,
                distance=distance,
                load=load,
            )
        )
        free_at = call.at + setup + service
    return steps


def times_at(vehicle: Vehicle, task: Task, *, moved: bool) -> tuple[int, int]:
    """Set-up, only after a move, and service."""
    return task.setup_by(vehicle) if moved else 0, task.service_by(vehicle)


def place_of(ground: Ground, vehicle: Vehicle, call: Call) -> int | None:
    """Where a call happens; None on the way or at an open end."""
    if call.task is not None:
        return ground.task_place(call.task)
    return {"start": ground.start(vehicle), "end": ground.end(vehicle)}.get(call.type)


def first_load(ground: Ground, calls: Sequence[Call]) -> Load:
    """What is on board at the start: all that jobs have delivered."""
    load: Load = (0,) * ground.dimensions
    for call in calls:
        if call.task is not None and call.task.kind == "job":
            load = plus(load, call.task.delivery)
    return load


def _after(load: Load, task: Task) -> Load:
    # A given route may hand over what was never picked up: then nothing is on board to go.
    handed = tuple(max(0, amount) for amount in plus(load, task.delivery, -1))
    return plus(handed, task.pickup)


def _met_task(steps: Sequence[Step]) -> bool:
    return any(step.call.task is not None for step in steps)
