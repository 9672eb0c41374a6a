"""Where the tasks of a request are: coordinates or indices, and matrices that fit them."""

from collections.abc import Iterator

from core.errors import Problem as Mistake
from core.errors import problem as mistake
from routing import errors_vroom as errors
from routing.vroom.request import Matrix, Place, Request, Rows, Task

Located = tuple[str, str, Place | None, int | None]


def located(request: Request, tasks: list[Task]) -> Iterator[Located]:
    """Every place of the request: pointer of its owner, field, coordinates, index."""
    for task in tasks:
        yield task.pointer, "location", task.body.location, task.body.location_index
    for n, vehicle in enumerate(request.vehicles):
        for field, place, index in (
            ("start", vehicle.start, vehicle.start_index),
            ("end", vehicle.end, vehicle.end_index),
        ):
            if place is not None or index is not None:
                yield f"/vehicles/{n}", field, place, index


def review_places(request: Request, tasks: list[Task]) -> list[Mistake]:
    """What is wrong with places and matrices."""
    found = [*_profiles(request), *_ends(request)]
    sizes = [len(rows) for one in request.travel.values() for rows in (one.durations, one.distances, one.costs) if rows]
    size = sizes[0] if sizes else 0
    if request.matrices is None:
        found += [] if request.matrix is None else _rows("/matrix", "durations", request.matrix, size)
    for profile, one in (request.matrices or {}).items():
        found += _shape(profile, one, size)
    for pointer, field, place, index in located(request, tasks):
        if request.travel and index is None:
            found.append(mistake(errors.NO_PLACE, pointer=pointer, field=f"{field}_index"))
        elif request.travel and index is not None and index >= size:
            found.append(mistake(errors.OUTSIDE_MATRIX, pointer=f"{pointer}/{field}_index", index=index, size=size))
        elif not request.travel and place is None:
            found.append(mistake(errors.NO_PLACE, pointer=pointer, field=field))
    return [*found, *_distances(request, tasks)]


def all_coordinates(request: Request, tasks: list[Task]) -> bool:
    """Whether every place is known by coordinates, whatever else is known."""
    return all(place is not None for _, _, place, _ in located(request, tasks))


def _profiles(request: Request) -> Iterator[Mistake]:
    if request.matrices is not None and request.matrix is not None:
        yield mistake(errors.TWO_MATRICES, pointer="/matrix")
    if not request.travel:
        return
    for n, vehicle in enumerate(request.vehicles):
        if vehicle.profile not in request.travel:
            yield mistake(errors.SOME_PROFILES, pointer=f"/vehicles/{n}/profile", profile=vehicle.profile)


def _ends(request: Request) -> Iterator[Mistake]:
    for n, vehicle in enumerate(request.vehicles):
        if all(end is None for end in (vehicle.start, vehicle.start_index, vehicle.end, vehicle.end_index)):
            yield mistake(errors.NO_END, pointer=f"/vehicles/{n}", id=vehicle.id)


def _shape(profile: str, one: Matrix, size: int) -> Iterator[Mistake]:
    at = f"/matrices/{profile.replace('~', '~0').replace('/', '~1')}"
    if one.durations is None:
        yield mistake(errors.NO_DURATIONS, pointer=at, profile=profile)
    for name, rows in (("durations", one.durations), ("distances", one.distances), ("costs", one.costs)):
        if rows is not None:
            yield from _rows(f"{at}/{name}", name, rows, size)


def _rows(pointer: str, name: str, rows: Rows, size: int) -> Iterator[Mistake]:
    if not rows or len(rows) != size or any(len(row) != size for row in rows):
        yield mistake(errors.WRONG_MATRIX, pointer=pointer, name=name, size=max(size, 1))


def _distances(request: Request, tasks: list[Task]) -> Iterator[Mistake]:
    """Metres come from a matrix, or from coordinates by our roads."""
    if all_coordinates(request, tasks):
        return
    if request.options.g:
        yield mistake(errors.NO_COORDINATES, pointer="/options/g")
    for n, vehicle in enumerate(request.vehicles):
        own = request.travel.get(vehicle.profile)
        if own is not None and own.distances is None:
            if vehicle.costs.per_km:
                yield mistake(errors.NO_DISTANCES, pointer=f"/vehicles/{n}/costs/per_km", field="per_km")
            if vehicle.max_distance is not None:
                yield mistake(errors.NO_DISTANCES, pointer=f"/vehicles/{n}/max_distance", field="max_distance")
