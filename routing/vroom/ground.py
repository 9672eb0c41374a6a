"""The ground a request stands on: places by index, and what riding between them takes for each vehicle."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.errors import Problem as Note
from core.errors import problem as note
from geodata.model import LonLat
from geodata.travel_values import TravelSource, TravelTimes
from routing import errors_vroom as errors
from routing.vroom.request import Place, Request, Rows, Task, Vehicle, dimensions, tasks_of
from routing.vroom.review_places import all_coordinates, located

Ints = NDArray[np.int64]
_NOWHERE = LonLat(lon=0.0, lat=0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """Places are indices into `points`. `metres` by profile is empty when nobody knows distances.

    `roads` is None when the caller brought all he needs: then no road was asked.
    """

    request: Request
    tasks: list[Task]
    points: tuple[LonLat, ...]
    durations: dict[str, Ints]
    metres: dict[str, Ints]
    costs: dict[str, Ints]
    roads: TravelSource | None
    index_of: dict[Place, int]

    def place(self, location: Place | None, index: int | None) -> int | None:
        """Its index; None when neither is given."""
        if self.request.travel:
            return index
        return None if location is None else self.index_of[location]

    def task_place(self, task: Task) -> int:
        """Where the task is."""
        place = self.place(task.body.location, task.body.location_index)
        if place is None:
            raise ValueError(f"{task.key} is nowhere")
        return place

    def start(self, vehicle: Vehicle) -> int | None:
        """Where the vehicle begins, None when that is open."""
        return self.place(vehicle.start, vehicle.start_index)

    def end(self, vehicle: Vehicle) -> int | None:
        """Where the vehicle ends, None when that is open."""
        return self.place(vehicle.end, vehicle.end_index)

    def seconds_of(self, vehicle: Vehicle) -> Ints:
        """Riding seconds of this vehicle, rounded up leg by leg: nobody comes later than he is told."""
        key = vehicle.profile, vehicle.slowness
        if key not in self._seconds:
            self._seconds[key] = -(-self.durations[vehicle.profile] * vehicle.slowness // 100)
        return self._seconds[key]

    def metres_of(self, vehicle: Vehicle) -> Ints | None:
        """Metres of this vehicle's legs, None when nobody knows them."""
        return self.metres.get(vehicle.profile)

    def leg_cost(self, vehicle: Vehicle) -> Ints:
        """3600 times the cost of each leg."""
        if vehicle.profile in self.costs:
            return self.costs[vehicle.profile] * 3600
        cost = self.seconds_of(vehicle) * vehicle.costs.per_hour
        metres = self.metres_of(vehicle)
        if vehicle.costs.per_km and metres is not None:
            # per km and 3600: 3.6 for each metre.
            cost = cost + metres * vehicle.costs.per_km * 18 // 5
        return cost

    @cached_property
    def dimensions(self) -> int:
        """How many amounts are counted."""
        return dimensions(self.request)

    @cached_property
    def task_of(self) -> dict[str, Task]:
        """Tasks by their key."""
        return {task.key: task for task in self.tasks}

    @cached_property
    def _seconds(self) -> dict[tuple[str, int], Ints]:
        return {}

    def notes(self) -> list[Note]:
        """What the caller should know about the travel times."""
        found = []
        if self.roads is TravelSource.STRAIGHT_LINE:
            found.append(note(errors.STRAIGHT))
        if self.roads is TravelSource.MIXED:
            found.append(note(errors.PARTLY_STRAIGHT))
        if self.roads in (TravelSource.ROAD, TravelSource.MIXED) and not self.request.travel:
            found += [note(errors.ONE_PROFILE, profile=name) for name in sorted(self.durations)]
        return found


def ground_of(request: Request, travel: TravelTimes) -> Ground:
    """The ground of a request without mistakes; roads are asked only for what the caller did not bring."""
    tasks = tasks_of(request)
    if not request.travel:
        return _on_roads(request, tasks, travel)
    profiles = {vehicle.profile for vehicle in request.vehicles}
    given = {name: one for name, one in request.travel.items() if name in profiles}
    durations = {name: _ints(one.durations or ()) for name, one in given.items()}
    metres = {name: _ints(one.distances) for name, one in given.items() if one.distances is not None}
    size = len(next(iter(durations.values())))
    at = {index: place for _, _, place, index in located(request, tasks) if place is not None and index is not None}
    points = tuple(_point(at[n]) if n in at else _NOWHERE for n in range(size))
    roads = None
    if _needs_metres(request, metres) and all_coordinates(request, tasks):
        used = sorted(at)
        asked = travel.matrix([points[n] for n in used])
        roads, whole = asked.source, np.zeros((size, size), dtype=np.int64)
        whole[np.ix_(used, used)] = asked.metres
        metres = {**dict.fromkeys(profiles, whole), **metres}
    return Ground(
        request=request,
        tasks=tasks,
        points=points,
        durations=durations,
        metres=metres,
        costs={name: _ints(one.costs) for name, one in given.items() if one.costs is not None},
        roads=roads,
        index_of={},
    )


def _on_roads(request: Request, tasks: list[Task], travel: TravelTimes) -> Ground:
    places = list(dict.fromkeys(place for _, _, place, _ in located(request, tasks) if place is not None))
    points = tuple(_point(place) for place in places)
    asked = travel.matrix(points)
    profiles = {vehicle.profile for vehicle in request.vehicles}
    return Ground(
        request=request,
        tasks=tasks,
        points=points,
        durations=dict.fromkeys(profiles, asked.seconds.astype(np.int64)),
        metres=dict.fromkeys(profiles, asked.metres.astype(np.int64)),
        costs={},
        roads=asked.source,
        index_of={place: n for n, place in enumerate(places)},
    )


def _needs_metres(request: Request, known: dict[str, Ints]) -> bool:
    lacking = [vehicle for vehicle in request.vehicles if vehicle.profile not in known]
    return any(request.options.g or v.costs.per_km or v.max_distance is not None for v in lacking)


def _point(place: Place) -> LonLat:
    return LonLat(lon=place[0], lat=place[1])


def _ints(rows: Rows) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(len(rows), -1)
