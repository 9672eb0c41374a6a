"""From VROOM's words to our problem: tasks become visits, shipments pairs, each vehicle a courier with one shift.

VROOM serves as many tasks as it can, those of high priority first, and only then makes the cost small: the prizes say
the same, one level above the other. Its times may count from anywhere; ours from the first moment anyone may move.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import gcd, lcm
from uuid import UUID

import numpy as np

from geodata.travel_values import TravelMatrix, TravelSource
from routing.model import OPEN, Break, Pair, Problem, Shift, Vehicle, Visit, Weights
from routing.vroom import request as vroom
from routing.vroom.ground import Ground
from routing.vroom.request import Task
from routing.vroom.review import break_windows

# The problem knows no day: it says only which seconds.
_DAY = date(2000, 1, 1)
_LARGEST_PRIZE = 1 << 39
# Hundredths of a cost unit are kept where kilometres are priced: legs are rounded one by one.
_FINE = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class Translated:
    """The problem, the second its clock starts at, and who is who."""

    problem: Problem
    origin: int
    ground: Ground
    tasks: dict[str, Task]
    vehicles: dict[UUID, vroom.Vehicle]


def to_problem(ground: Ground) -> Translated:
    """The planner's problem for a request without mistakes."""
    request = ground.request
    times = _Times.of(ground)
    scale = _scale(request.vehicles)
    ids = {vehicle.id: UUID(int=n + 1) for n, vehicle in enumerate(request.vehicles)}
    matrices = {_profile(v): _matrix(ground, v) for v in request.vehicles}
    prizes = _prizes(ground, scale)
    problem = Problem(
        day=_DAY,
        office_ids=(),
        visits=tuple(_visit(ground, task, times, prize) for task, prize in zip(ground.tasks, prizes, strict=True)),
        vehicles=tuple(_vehicle(ground, v, ids[v.id], times, scale) for v in request.vehicles),
        travel=next(iter(matrices.values())),
        profiles=matrices,
        points=ground.points,
        weights=_weights(ground, request.vehicles[0], scale),
        pairs=tuple(
            Pair(pickup_id=f"pickup/{one.pickup.id}", delivery_id=f"delivery/{one.delivery.id}")
            for one in request.shipments
        ),
        unfamiliar=_priced_tasks(ground, ids, scale),
    )
    return Translated(
        problem=problem,
        origin=times.origin,
        ground=ground,
        tasks=ground.task_of,
        vehicles={ids[v.id]: v for v in request.vehicles},
    )


@dataclass(frozen=True, kw_only=True)
class _Times:
    """The span in which everything can happen: whoever can be served at all can be served before its end.

    After the last opening nobody waits, so from then on the sum of all work bounds what is left.
    """

    origin: int
    lower: int
    end: int

    @classmethod
    def of(cls, ground: Ground) -> "_Times":
        request = ground.request
        rests = [(vehicle, n) for vehicle in request.vehicles for n in range(len(vehicle.breaks))]
        opens = [a for task in ground.tasks for a, _ in task.body.time_windows]
        opens += [a for vehicle, n in rests for a, _ in break_windows(vehicle, n)]
        hours = [vehicle.time_window[0] for vehicle in request.vehicles if vehicle.time_window is not None]
        slowest = max(int(ground.seconds_of(vehicle).max(initial=0)) for vehicle in request.vehicles)
        work = slowest * (len(ground.tasks) + 1)
        work += sum(max(task.setup_by(v) + task.service_by(v) for v in request.vehicles) for task in ground.tasks)
        work += sum(vehicle.breaks[n].service for vehicle, n in rests)
        lower = max(0, min([*opens, *hours], default=0) - work)
        free = [lower] if len(hours) < len(request.vehicles) else []
        return cls(origin=min([*hours, *free]), lower=lower, end=max([0, *opens, *hours]) + work + 1)

    def windows(self, windows: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Windows by our clock; what opens after the end of everything never opens."""
        return tuple((a - self.origin, min(b, self.end) - self.origin) for a, b in windows if a <= self.end)


def _profile(vehicle: vroom.Vehicle) -> str:
    return f"{vehicle.profile} {vehicle.slowness}"


def _matrix(ground: Ground, vehicle: vroom.Vehicle) -> TravelMatrix:
    """Costs of the caller's own take the place of metres: nothing else then asks for metres."""
    seconds = ground.seconds_of(vehicle)
    metres = ground.costs.get(vehicle.profile, ground.metres.get(vehicle.profile))
    return TravelMatrix(
        seconds=seconds.astype(np.int32),
        metres=(np.zeros_like(seconds) if metres is None else metres).astype(np.int32),
        source=ground.roads or TravelSource.ROAD,
    )


def _scale(vehicles: Iterable[vroom.Vehicle]) -> int:
    """Cost seconds of one unit of VROOM's cost, so that all prices are whole numbers."""
    prices = [vehicle.costs for vehicle in vehicles]
    whole = lcm(*(3600 // gcd(3600, price.per_hour) for price in prices))
    fine = any(price.per_km or price.per_task_hour for price in prices)
    return whole * _FINE if fine and whole < _FINE else whole


def _weights(ground: Ground, vehicle: vroom.Vehicle, scale: int) -> Weights:
    own_costs = vehicle.profile in ground.costs
    return Weights(
        travel_per_s=0 if own_costs else vehicle.costs.per_hour * scale // 3600,
        distance_per_km=scale * (1000 if own_costs else vehicle.costs.per_km),
        wait_per_s=0,
        round_opened=0,
        away_per_visit=0,
        balance_per_s=0,
    )


def _prizes(ground: Ground, scale: int) -> list[int]:
    """One task more is worth any detour, a higher sum of priorities any number of tasks."""
    priorities = [task.priority for task in ground.tasks]
    step = gcd(*priorities) or 1
    levels = [priority // step for priority in priorities]
    legs = [ground.leg_cost(vehicle) for vehicle in ground.request.vehicles]
    dearest = np.maximum.reduce(list({id(one): one for one in legs}.values())).max(axis=0)
    fixed = sum(vehicle.costs.fixed for vehicle in ground.request.vehicles)
    whole = sum(int(dearest[ground.task_place(task)]) for task in ground.tasks)
    whole += len(legs) * int(dearest.max())
    task_hours = max(vehicle.costs.per_task_hour for vehicle in ground.request.vehicles)
    whole += task_hours * sum(task.body.service for task in ground.tasks)
    unit = (whole // 3600 + fixed + 1) * scale
    above = len(levels) + 1
    unit = max(1, min(unit, _LARGEST_PRIZE // (1 + above * max(levels))))
    return [unit * (1 + above * level) for level in levels]


def _priced_tasks(ground: Ground, ids: dict[int, UUID], scale: int) -> dict[tuple[UUID, str], int]:
    """Where an hour at the tasks costs more with one vehicle than with another."""
    rates = {vehicle.id: vehicle.costs.per_task_hour for vehicle in ground.request.vehicles}
    if len(set(rates.values())) == 1:
        return {}
    return {
        (ids[vehicle.id], task.key): rates[vehicle.id] * task.service_by(vehicle) * scale // 3600
        for vehicle in ground.request.vehicles
        for task in ground.tasks
        if rates[vehicle.id]
    }


def _visit(ground: Ground, task: Task, times: _Times, prize: int) -> Visit:
    anyone = ground.request.vehicles[0]
    brought, collected = _padded(task.delivery), _padded(task.pickup)
    extra = max(0, ground.dimensions - 2)
    windows = times.windows(task.body.time_windows)
    if task.body.time_windows and not windows:
        windows = ((-1, -1),)
    return Visit(
        id=task.key,
        item_ids=(),
        location=ground.task_place(task),
        setup_s=task.setup_by(anyone),
        service_s=task.service_by(anyone),
        prize=prize,
        windows=windows,
        load_items=brought[0],
        weight_g=brought[1],
        load_extra=brought[2:] if task.delivery else (0,) * extra,
        collect_items=collected[0],
        collect_g=collected[1],
        collect_extra=collected[2:] if task.pickup else (0,) * extra,
        skills=frozenset(map(str, task.skills)),
    )


def _padded(amounts: tuple[int, ...]) -> tuple[int, ...]:
    return *amounts, *(0,) * (2 - len(amounts))


def _vehicle(ground: Ground, vehicle: vroom.Vehicle, courier_id: UUID, times: _Times, scale: int) -> Vehicle:
    start, end = ground.start(vehicle), ground.end(vehicle)
    room = _padded(vehicle.capacity or ())
    opens, closes = vehicle.time_window or (times.lower, times.end)
    shift = Shift(
        start_s=opens - times.origin,
        end_s=min(closes, times.end) - times.origin,
        breaks=tuple(
            Break(windows=times.windows(windows), duration_s=vehicle.breaks[n].service)
            for n, windows in breaks_in_turn(vehicle)
        ),
        begins_at=OPEN if start is None else start,
        ends_at=OPEN if end is None else end,
    )
    return Vehicle(
        courier_id=courier_id,
        depot=next(place for place in (start, end) if place is not None),
        # Hours without a length hold no round.
        shifts=(shift,) if shift.start_s < shift.end_s else (),
        capacity_items=room[0],
        capacity_g=room[1],
        capacity_extra=room[2:],
        skills=frozenset(map(str, vehicle.skills)),
        profile=_profile(vehicle),
        fixed_cost=vehicle.costs.fixed * scale,
        weights=_weights(ground, vehicle, scale),
        max_tasks=vehicle.max_tasks,
        max_travel_s=vehicle.max_travel_time,
        max_distance_m=vehicle.max_distance,
    )


def breaks_in_turn(vehicle: vroom.Vehicle) -> list[tuple[int, tuple[tuple[int, int], ...]]]:
    """Index and windows of a vehicle's breaks in the order they are taken."""
    windows = [(n, break_windows(vehicle, n)) for n in range(len(vehicle.breaks))]
    return sorted(windows, key=lambda one: (one[1][0], one[1][-1][1]))
