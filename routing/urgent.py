"""Items that came in, and couriers who came on duty, after the plan was made, in its frozen problem.

Their legs are estimated from the nearest known door, so that an edit needs no road server; a worker reckons them on
roads afterwards (`routing.recost`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from geodata.model import LonLat
from geodata.straight_line import StraightLine, haversine_m, radians
from geodata.travel_values import TravelMatrix, TravelSource
from routing.batch import Batch, fair_work, vehicle_of
from routing.familiarity import Known
from routing.model import Problem, Vehicle, Visit
from tracking.model import Courier


def with_visits(problem: Problem, found: Batch, known: Known) -> tuple[Problem, tuple[str, ...]]:
    """The problem with a batch's visits added behind its own, and their ids; a household that has one gets another."""
    taken = {visit.id for visit in problem.visits}
    first = len(problem.points)
    added: list[Visit] = []
    for visit in found.visits:
        name = _free_name(visit.id, taken)
        taken.add(name)
        added.append(replace(visit, id=name, location=first + len(added)))
    doors = [found.points[visit.location] for visit in found.visits]
    bigger = replace(
        problem,
        visits=(*problem.visits, *added),
        points=(*problem.points, *doors),
        travel=with_points(problem.travel, problem.points, doors),
        unfamiliar={**problem.unfamiliar, **_prices(problem.vehicles, added, doors, known)},
    )
    return bigger, tuple(visit.id for visit in added)


def with_couriers(problem: Problem, couriers: Iterable[Courier], known: Known) -> Problem:
    """The problem with couriers who came on duty after it was made; the work is shared anew."""
    added = [vehicle_of(courier, known) for courier in couriers]
    if not added:
        return problem
    crew = (*problem.vehicles, *added)
    doors = [problem.points[visit.location] for visit in problem.visits]
    return replace(
        problem,
        vehicles=crew,
        fair_work_s=fair_work(problem.visits, crew, problem.travel),
        unfamiliar={**problem.unfamiliar, **_prices(added, problem.visits, doors, known)},
    )


def _prices(
    vehicles: Iterable[Vehicle], visits: Iterable[Visit], doors: Iterable[LonLat], known: Known
) -> dict[tuple[UUID, str], int]:
    by_visit = {visit.id: door for visit, door in zip(visits, doors, strict=True)}
    return known.prices([vehicle.courier_id for vehicle in vehicles], by_visit)


def with_points(travel: TravelMatrix, points: Sequence[LonLat], doors: Sequence[LonLat]) -> TravelMatrix:
    """The matrix with rows and columns for further doors: by straight line to the nearest known point, then as from
    there."""
    known, line = list(points), StraightLine()
    seconds, metres = travel.seconds, travel.metres
    for door in doors:
        at = haversine_m(radians([door]), radians(known))
        nearest = int(at.argmin())
        gap_m = float(at[nearest]) * line.detour
        gap_s = line.seconds(np.array([gap_m]))[0]
        seconds, metres = _grown(seconds, nearest, round(float(gap_s))), _grown(metres, nearest, round(gap_m))
        known.append(door)
    source = travel.source if travel.source is TravelSource.STRAIGHT_LINE else TravelSource.MIXED
    return replace(
        travel,
        seconds=seconds,
        metres=metres,
        source=source,
        off_road=(*travel.off_road, *range(len(points), len(known))),
    )


def _grown(values: NDArray[np.int32], nearest: int, gap: int) -> NDArray[np.int32]:
    grown = np.zeros((len(values) + 1, len(values) + 1), dtype=values.dtype)
    grown[:-1, :-1] = values
    grown[-1, :-1] = values[nearest] + gap
    grown[:-1, -1] = values[:, nearest] + gap
    return grown


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}~{number}", number + 1
    return free
