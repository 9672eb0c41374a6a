"""Who may serve what, and what a round may hold: every rule of a plan that is not about time."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import zip_longest

from routing.model import Problem, Vehicle, Visit
from routing.way import Way, lookup

Amounts = tuple[int, ...]


def may_serve(problem: Problem, vehicle: Vehicle, index: int, visit: Visit) -> bool:
    """Whether day, skills, depot, locks and bans let the courier serve the visit in his round `index`."""
    known = lookup(problem)
    frozen_at = known.frozen_at.get(visit.id)
    if frozen_at is not None:
        return frozen_at == (vehicle.courier_id, index)
    under_way = known.frozen.get((vehicle.courier_id, index))
    if under_way is not None and under_way.on_board is not None and any(visit.brought):
        aboard = visit.id in under_way.on_board or visit.id in known.pickup_of
        if not aboard:
            return False
    if under_way is not None and under_way.left_s is not None and visit.ready_s > under_way.left_s:
        return False  # It was not there yet when he left.
    return (
        able(problem.day, vehicle, visit)
        and visit.depot in (None, vehicle.begins_at(index))
        and all(
            lock.courier_id == vehicle.courier_id and lock.round in (None, index)
            for lock in known.locks.get(visit.id, ())
        )
        and not any(
            ban.courier_id == vehicle.courier_id and ban.round in (None, index)
            for ban in known.forbidden.get(visit.id, ())
        )
    )


def able(day: date, vehicle: Vehicle, visit: Visit) -> bool:
    """Whether the day is right and the courier qualified."""
    if (visit.earliest_on is not None and day < visit.earliest_on) or (
        visit.latest_on is not None and day > visit.latest_on
    ):
        return False
    return visit.skills <= vehicle.skills and (vehicle.in_person or not visit.in_person)


def plus(a: Amounts, b: Amounts, sign: int = 1) -> Amounts:
    """Amounts added; the shorter is filled with zeros."""
    return tuple(x + sign * y for x, y in zip_longest(a, b, fillvalue=0))


def most_on_board(visits: Iterable[Visit]) -> Amounts:
    """What a round that made all of these visits could have on board at the most, whatever their order."""
    most: Amounts = ()
    for visit in visits:
        most = plus(most, tuple(max(pair) for pair in zip_longest(visit.brought, visit.collected, fillvalue=0)))
    return most


def loads(problem: Problem, order: Sequence[Visit]) -> list[Amounts]:
    """What is on board when the round leaves and after each stop."""
    pickup_of = lookup(problem).pickup_of
    on_board: Amounts = ()
    for visit in order:
        if visit.id not in pickup_of:
            on_board = plus(on_board, visit.brought)
    result = [on_board]
    for visit in order:
        on_board = plus(plus(on_board, visit.brought, -1), visit.collected)
        result.append(on_board)
    return result


def fits_load(problem: Problem, vehicle: Vehicle, order: Sequence[Visit]) -> bool:
    """Whether the load is within the courier's capacity at every moment of the round."""
    room = vehicle.capacity
    return all(
        amount <= most for on_board in loads(problem, order) for amount, most in zip(on_board, room, strict=False)
    )


def fits_limits(vehicle: Vehicle, way: Way) -> bool:
    """Whether the round keeps the courier's limits of tasks, riding and distance."""
    return (
        (vehicle.max_tasks is None or len(way.visits) <= vehicle.max_tasks)
        and (vehicle.max_travel_s is None or way.travel_s <= vehicle.max_travel_s)
        and (vehicle.max_distance_m is None or way.distance_m <= vehicle.max_distance_m)
    )


def pairs_hold(problem: Problem, order: Sequence[Visit]) -> bool:
    """Whether every pair with one visit in the round has both, collected before handed in."""
    known = lookup(problem)
    if not known.pickup_of:
        return True
    open_pairs = set()
    for visit in order:
        if visit.id in known.delivery_of:
            open_pairs.add(known.delivery_of[visit.id])
        elif visit.id in known.pickup_of:
            if visit.id not in open_pairs:
                return False
            open_pairs.remove(visit.id)
    return not open_pairs


def begins_as_frozen(problem: Problem, vehicle: Vehicle, index: int, order: Sequence[Visit]) -> bool:
    """Whether the round begins with what may not change."""
    frozen = lookup(problem).frozen.get((vehicle.courier_id, index))
    return frozen is None or tuple(v.id for v in order[: len(frozen.visit_ids)]) == frozen.visit_ids


def allowed(problem: Problem, vehicle: Vehicle, index: int, way: Way) -> bool:
    """Whether the round keeps every rule that is not about time; what is frozen is a fact and breaks none."""
    frozen = lookup(problem).frozen.get((vehicle.courier_id, index))
    if frozen is not None and len(way.visits) == len(frozen.visit_ids):
        return begins_as_frozen(problem, vehicle, index, way.visits)
    return (
        begins_as_frozen(problem, vehicle, index, way.visits)
        and all(may_serve(problem, vehicle, index, visit) for visit in way.visits)
        and fits_load(problem, vehicle, way.visits)
        and pairs_hold(problem, way.visits)
        and fits_limits(vehicle, way)
    )
