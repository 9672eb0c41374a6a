"""Whether a problem makes sense before anything is solved: every mistake at once, each with its code and place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

import numpy as np

from core.errors import ErrorSpec
from core.errors import Problem as Mistake
from core.errors import problem as mistake
from geodata.travel_values import TravelMatrix
from routing import errors
from routing.model import DAY_S, Forbidden, Frozen, Lock, PlanParams, Problem, Shift, Vehicle, Visit, Weights
from routing.schedule import time_round
from tracking.model import MOST_CASH_VND

# Sums of costs and loads stay far inside 64 bits, and a time inside OR-Tools' cumulated dimension.
_LARGEST = 10_000_000
_SPEED = (10, 1000)
_LIMITS = ("max_tasks", "max_travel_s", "max_distance_m", "max_duration_s")
# First and last of what a request may ask for; the doors say the same.
SECONDS = (0.2, 600.0)
ITERATIONS = (1, 1_000_000)
VALUE_S = (0, 3_600)
# A shift may end after midnight, not after the next noon.
_LATEST_S = DAY_S + DAY_S // 2


def validate(problem: Problem) -> list[Mistake]:
    """Everything wrong with the problem; empty when it can be solved. Pointers are JSON pointers into `Problem`."""
    found: list[Mistake] = [
        *_matrices(problem),
        *_duplicates(problem),
        *_assigned(problem),
        *_pairs(problem),
        *_frozen(problem),
        *_weights(problem.weights, "/weights"),
        *_amounts({"fair_work_s": problem.fair_work_s}, ""),
        *check_params(problem.params),
    ]
    # Without couriers nothing says how many further amounts there are.
    extra = max((len(vehicle.capacity_extra) for vehicle in problem.vehicles), default=None)
    for n, visit in enumerate(problem.visits):
        found += _visit(problem, visit, f"/visits/{n}", extra)
    for n, vehicle in enumerate(problem.vehicles):
        found += _vehicle(problem, vehicle, f"/vehicles/{n}", extra)
    # A round can be ridden only where its places, shifts and roads make sense.
    return found or list(_unridable(problem))


def check_params(params: PlanParams) -> list[Mistake]:
    """What is wrong with a request's limits."""
    found = []
    for name, value, (low, high) in (
        ("seconds", params.seconds, SECONDS),
        ("iterations", params.iterations, ITERATIONS),
        ("day_value_s", params.day_value_s, VALUE_S),
        ("familiarity_s", params.familiarity_s, VALUE_S),
    ):
        if value is not None and not low <= value <= high:
            found.append(
                mistake(errors.BAD_LIMIT, pointer=f"/params/{name}", field=name, value=value, low=low, high=high)
            )
    return found


def _matrices(problem: Problem) -> Iterator[Mistake]:
    yield from _matrix(problem, problem.travel, "/travel")
    for name, travel in problem.profiles.items():
        yield from _matrix(problem, travel, f"/profiles/{name}")


def _matrix(problem: Problem, travel: TravelMatrix, where: str) -> Iterator[Mistake]:
    size = len(problem.points)
    for name, values in (("seconds", travel.seconds), ("metres", travel.metres)):
        pointer = f"{where}/{name}"
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


def _assigned(problem: Problem) -> Iterator[Mistake]:
    """Locks and bans name what is there; a price of familiarity that names nobody counts for nothing."""
    visits = {visit.id for visit in problem.visits}
    rounds = {vehicle.courier_id: len(vehicle.shifts) for vehicle in problem.vehicles}
    given: tuple[tuple[str, Sequence[Lock | Forbidden], ErrorSpec], ...] = (
        ("locks", problem.locks, errors.LOCK_UNKNOWN),
        ("forbidden", problem.forbidden, errors.FORBIDDEN_UNKNOWN),
    )
    for name, ones, spec in given:
        for n, one in enumerate(ones):
            known = one.visit_id in visits and one.courier_id in rounds
            if not known or (one.round is not None and not 0 <= one.round < rounds[one.courier_id]):
                yield mistake(spec, pointer=f"/{name}/{n}", visit=one.visit_id)
    for (courier, visit_id), value in problem.unfamiliar.items():
        yield from _amounts({f"{courier}~{visit_id}": value}, "/unfamiliar")


def _pairs(problem: Problem) -> Iterator[Mistake]:
    visits = Counter(visit.id for visit in problem.visits)
    named = Counter(name for pair in problem.pairs for name in (pair.pickup_id, pair.delivery_id))
    for n, pair in enumerate(problem.pairs):
        ends = (pair.pickup_id, pair.delivery_id)
        if any(name not in visits or named[name] > 1 for name in ends):
            yield mistake(errors.PAIR_WRONG, pointer=f"/pairs/{n}", pickup=ends[0], delivery=ends[1])


def _frozen(problem: Problem) -> Iterator[Mistake]:
    visits = {visit.id for visit in problem.visits}
    rounds = {vehicle.courier_id: vehicle.shifts for vehicle in problem.vehicles}
    named = Counter(v for one in problem.frozen for v in one.visit_ids)
    twice = Counter((one.courier_id, one.round) for one in problem.frozen)
    for n, one in enumerate(problem.frozen):
        shifts = rounds.get(one.courier_id, ())
        sound = 0 <= one.round < len(shifts) and twice[one.courier_id, one.round] == 1
        sound = sound and len(one.breaks_taken) <= len(shifts[one.round].breaks)
        sound = sound and all(v in visits and named[v] == 1 for v in one.visit_ids)
        if not sound or not _in_order(one):
            yield mistake(errors.FROZEN_WRONG, pointer=f"/frozen/{n}", courier=one.courier_id, round=one.round)
        if one.place is not None:
            yield from _place(problem, one.place, f"/frozen/{n}/place")


def _unridable(problem: Problem) -> Iterator[Mistake]:
    """Frozen stops break no rule by themselves, but a break may have no place beside them."""
    vehicles = {vehicle.courier_id: vehicle for vehicle in problem.vehicles}
    visits = {visit.id: visit for visit in problem.visits}
    for n, one in enumerate(problem.frozen):
        order = [visits[v] for v in one.visit_ids]
        if time_round(problem, vehicles[one.courier_id], one.round, order) is None:
            yield mistake(errors.FROZEN_UNRIDABLE, pointer=f"/frozen/{n}", courier=one.courier_id, round=one.round)


def _in_order(one: Frozen) -> bool:
    """Stops made follow each other in time, and only a courier under way has made any."""
    if one.left_s is None:
        return not one.done and one.place is None and not one.breaks_taken
    moments = [one.left_s]
    for stop in one.done:
        moments += [stop.arrival_s, stop.start_s, stop.departure_s]
    return moments == sorted(moments) and moments[-1] <= one.free_s


def _visit(problem: Problem, visit: Visit, pointer: str, extra: int | None) -> Iterator[Mistake]:
    yield from _place(problem, visit.location, f"{pointer}/location")
    if visit.depot is not None:
        yield from _place(problem, visit.depot, f"{pointer}/depot")
    amounts = {
        "service_s": visit.service_s,
        "setup_s": visit.setup_s,
        "prize": visit.prize,
        "load_items": visit.load_items,
        "weight_g": visit.weight_g,
        "collect_items": visit.collect_items,
        "collect_g": visit.collect_g,
        "ready_s": visit.ready_s,
        **{f"load_extra/{n}": amount for n, amount in enumerate(visit.load_extra)},
        **{f"collect_extra/{n}": amount for n, amount in enumerate(visit.collect_extra)},
    }
    yield from _amounts(amounts, pointer)
    yield from _amounts({"collect_vnd": visit.collect_vnd}, pointer, high=MOST_CASH_VND)
    for name, given in (("load_extra", visit.load_extra), ("collect_extra", visit.collect_extra)):
        if extra is not None and len(given) not in (0, extra):
            yield mistake(errors.DIMENSIONS, pointer=f"{pointer}/{name}", given=len(given), wanted=extra)
    if visit.earliest_on and visit.latest_on and visit.latest_on < visit.earliest_on:
        pair = {"first": visit.earliest_on, "last": visit.latest_on}
        yield mistake(errors.DAYS_REVERSED, pointer=f"{pointer}/latest_on", **pair)
    yield from _windows(visit.windows, pointer)


def _windows(windows: Iterable[tuple[int, int]], pointer: str) -> Iterator[Mistake]:
    for n, (start, end) in enumerate(windows):
        if end < start:
            yield mistake(errors.WINDOW_REVERSED, pointer=f"{pointer}/windows/{n}", start=start, end=end)


def _vehicle(problem: Problem, vehicle: Vehicle, pointer: str, extra: int | None) -> Iterator[Mistake]:
    yield from _place(problem, vehicle.depot, f"{pointer}/depot")
    limits = {name: getattr(vehicle, name) for name in _LIMITS}
    amounts = {
        "capacity_items": vehicle.capacity_items,
        "capacity_g": vehicle.capacity_g,
        "fixed_cost": vehicle.fixed_cost,
        "reload_s": vehicle.reload_s,
        **{f"capacity_extra/{n}": amount for n, amount in enumerate(vehicle.capacity_extra)},
        **{name: value for name, value in limits.items() if value is not None},
    }
    yield from _amounts(amounts, pointer)
    yield from _amounts({"capacity_vnd": vehicle.capacity_vnd or 0}, pointer, high=MOST_CASH_VND)
    if len(vehicle.capacity_extra) != extra:
        given = len(vehicle.capacity_extra)
        yield mistake(errors.DIMENSIONS, pointer=f"{pointer}/capacity_extra", given=given, wanted=extra)
    if vehicle.profile and vehicle.profile not in problem.profiles:
        yield mistake(errors.PROFILE_UNKNOWN, pointer=f"{pointer}/profile", profile=vehicle.profile)
    low, high = _SPEED
    if not low <= vehicle.speed_percent <= high:
        field = {"field": "speed_percent", "value": vehicle.speed_percent}
        yield mistake(errors.BAD_LIMIT, pointer=f"{pointer}/speed_percent", **field, low=low, high=high)
    if vehicle.weights is not None:
        yield from _weights(vehicle.weights, f"{pointer}/weights")
    for n, shift in enumerate(vehicle.shifts):
        before = vehicle.shifts[n - 1] if n else shift
        yield from _shift(problem, shift, before, f"{pointer}/shifts/{n}")


def _shift(problem: Problem, shift: Shift, before: Shift, pointer: str) -> Iterator[Mistake]:
    in_turn = before.start_s <= shift.start_s and before.last_s <= shift.last_s
    if not (0 <= shift.start_s < shift.end_s <= shift.last_s <= _LATEST_S and in_turn):
        yield mistake(errors.SHIFT_WRONG, pointer=pointer, start=shift.start_s, end=shift.last_s)
    for name, end in (("begins_at", shift.begins_at), ("ends_at", shift.ends_at)):
        if isinstance(end, int):
            yield from _place(problem, end, f"{pointer}/{name}")
    for n, rest in enumerate(shift.breaks):
        yield from _amounts({"duration_s": rest.duration_s}, f"{pointer}/breaks/{n}")
        yield from _windows(rest.windows, f"{pointer}/breaks/{n}")


def _weights(weights: Weights, pointer: str) -> Iterator[Mistake]:
    yield from _amounts({one.name: getattr(weights, one.name) for one in fields(weights)}, pointer)


def _place(problem: Problem, index: int, pointer: str) -> Iterator[Mistake]:
    if not 0 <= index < len(problem.points):
        yield mistake(errors.NO_SUCH_PLACE, pointer=pointer, index=index, size=len(problem.points))


def _amounts(amounts: dict[str, int], pointer: str, *, high: int = _LARGEST) -> Iterator[Mistake]:
    for name, value in amounts.items():
        if value < 0:
            yield mistake(errors.NEGATIVE, pointer=f"{pointer}/{name}", what=name, value=value)
        elif value > high:
            yield mistake(errors.TOO_LARGE, pointer=f"{pointer}/{name}", what=name, value=value, high=high)
