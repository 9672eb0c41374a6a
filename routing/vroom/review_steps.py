"""Routes a caller has in mind: steps that name what is there, once each, in a form that can be driven."""

from collections import Counter
from collections.abc import Iterator

from core.errors import Problem as Mistake
from core.errors import problem as mistake
from routing import errors_vroom as errors
from routing.vroom.request import Request, Task, Vehicle

_TIMES = ("service_at", "service_after", "service_before")


def review_steps(request: Request, tasks: list[Task]) -> list[Mistake]:
    """What is wrong with the steps of the vehicles."""
    found: list[Mistake] = []
    known = {task.key for task in tasks}
    seen: Counter[str] = Counter()
    for n, vehicle in enumerate(request.vehicles):
        found += _names(vehicle, f"/vehicles/{n}/steps", known, seen)
        found += _order(vehicle, f"/vehicles/{n}/steps")
        if not request.options.c:
            found += _times(vehicle, f"/vehicles/{n}/steps")
    if request.options.c and not any(vehicle.steps for vehicle in request.vehicles):
        found.append(mistake(errors.NO_STEPS, pointer="/options/c"))
    return found


def _names(vehicle: Vehicle, pointer: str, known: set[str], seen: Counter[str]) -> Iterator[Mistake]:
    breaks = {f"break/{rest.id}" for rest in vehicle.breaks}
    own: Counter[str] = Counter()
    for n, step in enumerate(vehicle.steps):
        if step.type in ("start", "end"):
            continue
        key = f"{step.type}/{step.id}"
        counted = own if step.type == "break" else seen
        counted[key] += 1
        if key not in (breaks if step.type == "break" else known):
            yield mistake(errors.STEP_UNKNOWN, pointer=f"{pointer}/{n}/id", type=step.type, id=step.id)
        elif counted[key] == 2:
            yield mistake(errors.STEP_TWICE, pointer=f"{pointer}/{n}/id", type=step.type, id=step.id)


def _order(vehicle: Vehicle, pointer: str) -> Iterator[Mistake]:
    last = len(vehicle.steps) - 1
    for n, step in enumerate(vehicle.steps):
        if (step.type == "start" and n != 0) or (step.type == "end" and n != last):
            yield mistake(errors.STEP_ORDER, pointer=f"{pointer}/{n}")


def _times(vehicle: Vehicle, pointer: str) -> Iterator[Mistake]:
    for n, step in enumerate(vehicle.steps):
        for name in _TIMES:
            if getattr(step, name) is not None:
                yield mistake(errors.STEP_TIME_UNUSED, pointer=f"{pointer}/{n}/{name}", field=name)
