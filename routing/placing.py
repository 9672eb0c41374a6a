"""The cheapest place for one visit among rounds that stand: bounded by the legs, decided by the schedule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.model import Problem, Vehicle, Visit
from routing.objective import arc_costs, round_opened, stranger
from routing.ride import ride_route
from routing.schedule import build_route
from routing.standing import RoundKey, Standing
from routing.way import weights_of

# A round of many stops with tight windows: what the legs promise best is tried first, the rest is given up.
_TRIED_AT_MOST = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a round and the cost seconds it adds; position 0 is first."""

    key: RoundKey
    position: int
    added: int


def cheapest_place(
    problem: Problem, standing: Standing, visit: Visit, rounds: Iterable[RoundKey], fixed: Mapping[RoundKey, int]
) -> Place | None:
    """The feasible place that adds least in any of the rounds; None when none can take the visit.

    `fixed`: how many stops at the beginning of a round have nothing put between them.
    """
    visits = {one.id: one for one in problem.visits}
    couriers = {vehicle.courier_id: vehicle for vehicle in problem.vehicles}
    offers = []
    for key in rounds:
        vehicle = couriers[key[0]]
        own = {n: [visits[v] for v in order] for (c, n), order in standing.orders.items() if c == key[0]}
        order = own.get(key[1], [])
        today = ride_route(problem, vehicle, own)
        for position, bound in _bounds(problem, vehicle, key[1], order, visit, fixed.get(key, 0)):
            offers.append((bound - _may_save(problem, vehicle, today.wait_s), key, position, own, today.cost.total))
    offers.sort(key=lambda offer: (offer[0], offer[2]))
    best: Place | None = None
    for bound, key, position, own, cost in offers[:_TRIED_AT_MOST]:
        if best is not None and bound >= best.added:
            break
        order = own.get(key[1], [])
        tried = build_route(problem, couriers[key[0]], {**own, key[1]: [*order[:position], visit, *order[position:]]})
        if tried is not None and (best is None or tried.cost.total - cost < best.added):
            best = Place(key=key, position=position, added=tried.cost.total - cost)
    return best


def _bounds(
    problem: Problem, vehicle: Vehicle, index: int, order: Sequence[Visit], visit: Visit, fixed: int
) -> Iterator[tuple[int, int]]:
    """(position, cost seconds the legs alone add there)."""
    costs = arc_costs(problem, vehicle)
    places = [vehicle.begins_at(index), *(one.location for one in order), vehicle.ends_at(index)]
    more = stranger(problem, vehicle, visit) + (0 if order else round_opened(problem, vehicle, index))

    def leg(start: int | None, end: int | None) -> int:
        return 0 if start is None or end is None else int(costs[start, end])

    for position, (before, after) in enumerate(pairwise(places)):
        if position >= fixed:
            yield position, more + leg(before, visit.location) + leg(visit.location, after) - leg(before, after)


def _may_save(problem: Problem, vehicle: Vehicle, wait_s: int) -> int:
    """A stop may fill time that is waited away now."""
    return weights_of(problem, vehicle).wait_per_s * wait_s
