"""Whether a problem makes sense before anything is solved: every mistake at once, each with its code and place."""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from core.errors import Problem as Mistake
from core.errors import problem as mistake
from routing import errors
from routing.model import DAY_S, PlanParams, Problem, Vehicle, Visit

# Sums of costs and loads stay far inside 64 bits, and a time inside OR-Tools' cumulated dimension.
_LARGEST = 10_000_000
_SECONDS = (0.2, 600.0)
_ITERATIONS = (1, 1_000_000)
# A shift may end after midnight, not after the next noon.
_LATEST_S = DAY_S + DAY_S // 2


def validate(problem: Problem) -> list[Mistake]:
    """Everything wrong with the problem; empty when it can be solved. Pointers are JSON pointers into `Problem`."""
    found: list[Mistake] = [*_matrix(problem), *_duplicates(problem), *_locks(problem), *check_params(problem.params)]
    for n, visit in enumerate(problem.visits):
        found += _visit(problem, visit, f"/visits/{n}")
    for n, vehicle in enumerate(problem.vehicles):
        found += _vehicle(problem, vehicle, f"/vehicles/{n}")
    return found


def check_params(params: PlanParams) -> list[Mistake]:
    """What is wrong with a request's limits."""
    found = []
    for name, value, (low, high) in (
        ("seconds", params.seconds, _SECONDS),
        ("iterations", params.iterations, _ITERATIONS),
    ):
        if value is not None and not low <= value <= high:
            found.append(
                mistake(errors.BAD_LIMIT, pointer=f"/params/{name}", field=name, value=value, low=low, high=high)
            )
    return found


def _matrix(problem: Problem) -> Iterator[Mistake]:
    size = len(problem.points)
    for name, values in (("seconds", problem.travel.seconds), ("metres", problem.travel.metres)):
        pointer = f"/travel/{name}"
        if values.shape != (size, size):
            yield mistake(errors.MATRIX_SHAPE, pointer=pointer, shape=values.shape, points=size)
            continue
        negative = int(np.count_nonzero(values < 0))
        if negative:
            yield mistake(errors.MATRIX_VALUES, pointer=pointer, count=negative)
        if size and int(values.max()) > _LARGEST:
            yield mistake(errors.TOO_LARGE, pointer=pointer, what=name, value=int(values.max()), high=_LARGEST)


def _duplicates(problem: Problem) -> Iterator[Mistake]:
    groups: tuple[tuple[str, Iterable[object]], ...] = (
        ("/visits", (v.id for v in problem.visits)),
        ("/visits", (i for v in problem.visits for i in v.item_ids)),
        ("/vehicles", (v.courier_id for v in problem.vehicles)),
    )
    for pointer, values in groups:
        for value, count in Counter(values).items():
            if count > 1:
                yield mistake(errors.DUPLICATE, pointer=pointer, value=value)


def _locks(problem: Problem) -> Iterator[Mistake]:
    visits = {visit.id for visit in problem.visits}
    rounds = {vehicle.courier_id: len(vehicle.shifts) for vehicle in problem.vehicles}
    for n, lock in enumerate(problem.locks):
        known = lock.visit_id in visits and lock.courier_id in rounds
        if not known or (lock.round is not None and not 0 <= lock.round < rounds[lock.courier_id]):
            yield mistake(errors.LOCK_UNKNOWN, pointer=f"/locks/{n}", visit=lock.visit_id)


def _visit(problem: Problem, visit: Visit, pointer: str) -> Iterator[Mistake]:
    yield from _place(problem, visit.location, f"{pointer}/location")
    amounts = {
        "service_s": visit.service_s,
        "prize": visit.prize,
        "load_items": visit.load_items,
        "weight_g": visit.weight_g,
    }
    yield from _amounts(amounts, pointer)
    for n, (start, end) in enumerate(visit.windows):
        if end < start:
            yield mistake(errors.WINDOW_REVERSED, pointer=f"{pointer}/windows/{n}", start=start, end=end)


def _vehicle(problem: Problem, vehicle: Vehicle, pointer: str) -> Iterator[Mistake]:
    yield from _place(problem, vehicle.depot, f"{pointer}/depot")
    yield from _amounts({"capacity_items": vehicle.capacity_items, "capacity_g": vehicle.capacity_g}, pointer)
    free_from = 0
    for n, shift in enumerate(vehicle.shifts):
        if not free_from <= shift.start_s < shift.end_s <= _LATEST_S:
            yield mistake(errors.SHIFT_WRONG, pointer=f"{pointer}/shifts/{n}", start=shift.start_s, end=shift.end_s)
        free_from = max(free_from, shift.end_s)


def _place(problem: Problem, index: int, pointer: str) -> Iterator[Mistake]:
    if not 0 <= index < len(problem.points):
        yield mistake(errors.NO_SUCH_PLACE, pointer=pointer, index=index, size=len(problem.points))


def _amounts(amounts: dict[str, int], pointer: str) -> Iterator[Mistake]:
    for name, value in amounts.items():
        if value < 0:
            yield mistake(errors.NEGATIVE, pointer=f"{pointer}/{name}", what=name, value=value)
        elif value > _LARGEST:
            yield mistake(errors.TOO_LARGE, pointer=f"{pointer}/{name}", what=name, value=value, high=_LARGEST)
