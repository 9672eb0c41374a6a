"""What the engines are given: every round as a trip over the visits that are still free.

A frozen beginning is left out: the trip starts where and when it ends. Clocks of the engines stand at the end of the
set-up, which makes the set-up part of the leg that leads to a door; a window is moved by it. Where two visits share a
place the window's end is not moved, so that no engine ever finds a start which is too late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from routing.model import NO_LIMIT, Break, Problem, Shift, Vehicle, Visit
from routing.objective import arc_costs, round_opened, stranger
from routing.rules import Amounts, fits_limits, fits_load, loads, may_serve, plus
from routing.schedule import Orders
from routing.timing import time_way
from routing.way import lookup, way_of, weights_of

Ints = NDArray[np.int64]
Key = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A round as engines see it. Places are matrix indices, None where open; `prefix` are the frozen visits.

    `fixed_start`: the courier is under way and cannot leave later. `used` are amounts of capacity the frozen part has
    taken, `on_board` what it carries on from there, `work_s` and `tasks` what it has already cost.
    """

    key: Key
    vehicle: Vehicle
    shift: Shift
    begins_at: int | None
    ends_at: int | None
    start_s: int
    last_s: int
    fixed_start: bool
    prefix: tuple[int, ...]
    used: Amounts
    on_board: Amounts
    work_s: int
    travel_s: int
    distance_m: int
    breaks: tuple[Break, ...]
    opening: int


class Trips:
    """All trips of a problem, the free visits, and who may ride to whom."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._known = lookup(problem)
        self.trips = [
            _trip(problem, v, s) for v, vehicle in enumerate(problem.vehicles) for s in range(len(vehicle.shifts))
        ]
        begun = {i for trip in self.trips for i in trip.prefix}
        self._shared = _shared_places(problem)
        self.allowed = self._allowed(begun)
        self._drop_half_pairs(begun)
        self.free = [i for i, trips in enumerate(self.allowed) if trips]

    def arcs(self, trip: Trip) -> Ints:
        """(n, n) cost of riding between places for this courier."""
        return arc_costs(self.problem, trip.vehicle)

    def seconds(self, trip: Trip) -> Ints:
        """(n, n) riding seconds for this courier."""
        return self._known.seconds(trip.vehicle)

    def stranger(self, trip: Trip) -> tuple[int, ...]:
        """What each free visit costs because this courier makes it."""
        return tuple(stranger(self.problem, trip.vehicle, self.problem.visits[i]) for i in self.free)

    def windows(self, visit: Visit) -> list[tuple[int, int]]:
        """Windows of the end of the set-up, in order and merged, without those over before the items are ready."""
        lead = visit.setup_s
        moved = 0 if visit.location in self._shared else lead
        merged: list[tuple[int, int]] = []
        for a, b in sorted(window for window in visit.windows if window[1] >= visit.ready_s):
            first, last = a + lead, max(b + moved, a + lead)
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = merged[-1][0], max(merged[-1][1], last)
            else:
                merged.append((first, last))
        return merged

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Pairs both of whose visits are free: (pickup, delivery)."""
        index, free = self._known.index, set(self.free)
        named = [(index[pair.pickup_id], index[pair.delivery_id]) for pair in self.problem.pairs]
        return [(p, d) for p, d in named if p in free and d in free]

    @cached_property
    def owed(self) -> dict[int, int]:
        """Deliveries whose pickup is made already: visit → the trip that must make it."""
        return {i: n for n, trip in enumerate(self.trips) for i in _owed(self.problem, trip.prefix)}

    @cached_property
    def waits(self) -> bool:
        """Whether anyone may have to wait; without windows opening inside a round he can always leave later."""
        opens = {a for i in self.free for a, _ in self.problem.visits[i].windows}
        return any(t.fixed_start or t.breaks or any(t.start_s < a < t.last_s for a in opens) for t in self.trips)

    def whole(self, orders: Orders) -> dict[Key, list[int]]:
        """The orders with the frozen beginnings put back."""
        result = {key: [*order] for key, order in orders.items()}
        for trip in self.trips:
            if trip.prefix:
                result[trip.key] = [*trip.prefix, *result.get(trip.key, ())]
        return result

    def rest(self, orders: Orders) -> dict[Key, list[int]]:
        """The orders without the frozen beginnings."""
        return {trip.key: [*orders.get(trip.key, ())][len(trip.prefix) :] for trip in self.trips}

    def _allowed(self, begun: set[int]) -> list[list[int]]:
        """For each visit the trips that could make it if they had no other; rounds that are alike are asked once."""
        alike: dict[tuple[object, ...], list[int]] = {}
        for n, trip in enumerate(self.trips):
            alike.setdefault(_likeness(trip), []).append(n)
        kinds, lists = list(alike.values()), dict[tuple[int, ...], list[int]]()
        allowed: list[list[int]] = []
        for i, visit in enumerate(self.problem.visits):
            if i in begun:
                allowed.append([])
            elif visit.id in self._known.locks or visit.id in self._known.forbidden:
                allowed.append([n for n, trip in enumerate(self.trips) if self._could(trip, visit)])
            else:
                good = tuple(k for k, trips in enumerate(kinds) if self._could(self.trips[trips[0]], visit))
                if good not in lists:
                    lists[good] = sorted(n for k in good for n in kinds[k])
                allowed.append(lists[good])
        return allowed

    def _could(self, trip: Trip, visit: Visit) -> bool:
        return may_serve(self.problem, trip.vehicle, trip.key[1], visit) and self._alone(trip, visit)

    def _alone(self, trip: Trip, visit: Visit) -> bool:
        problem = self.problem
        pickup = self._known.pickup_of.get(visit.id)
        delivery = self._known.delivery_of.get(visit.id)
        order = [problem.visits[i] for i in trip.prefix]
        begun = {v.id for v in order}
        names = [name for name in (pickup, visit.id, delivery) if name is not None and name not in begun]
        order += [problem.visits[self._known.index[name]] for name in names]
        way = way_of(problem, trip.vehicle, trip.key[1], order)
        return (
            fits_load(problem, trip.vehicle, order)
            and fits_limits(trip.vehicle, way)
            and time_way(problem, trip.vehicle, trip.key[1], way) is not None
        )

    def _drop_half_pairs(self, begun: set[int]) -> None:
        index = self._known.index
        for pair in self.problem.pairs:
            p, d = index[pair.pickup_id], index[pair.delivery_id]
            if p in begun:
                continue
            both = sorted(set(self.allowed[p]) & set(self.allowed[d]))
            self.allowed[p] = self.allowed[d] = both


def _likeness(trip: Trip) -> tuple[object, ...]:
    """Rounds with the same likeness can make the same visits alone."""
    if trip.prefix or trip.fixed_start:
        return (trip.key,)
    nobody = replace(trip.vehicle, courier_id=UUID(int=0), home_communes=frozenset(), fixed_cost=0)
    return nobody, trip.key[1]


def _shared_places(problem: Problem) -> set[int]:
    seen, shared = set[int](), set[int]()
    for visit in problem.visits:
        (shared if visit.location in seen else seen).add(visit.location)
    return shared


def _owed(problem: Problem, prefix: Sequence[int]) -> list[int]:
    known = lookup(problem)
    begun = {problem.visits[i].id for i in prefix}
    return [
        known.index[known.delivery_of[v]] for v in begun if v in known.delivery_of and known.delivery_of[v] not in begun
    ]


def _trip(problem: Problem, v: int, s: int) -> Trip:
    vehicle, known = problem.vehicles[v], lookup(problem)
    shift = vehicle.shifts[s]
    frozen = known.frozen.get((vehicle.courier_id, s))
    prefix = () if frozen is None else tuple(known.index[name] for name in frozen.visit_ids)
    begins_at, start_s, last_s = vehicle.begins_at(s), shift.start_s, shift.last_s
    fixed_start = frozen is not None and frozen.left_s is not None
    visits = [problem.visits[i] for i in prefix]
    way = way_of(problem, vehicle, s, visits)
    breaks = shift.breaks
    if frozen is not None and (prefix or fixed_start):
        timed = time_way(problem, vehicle, s, way)
        start_s, begins_at = (
            frozen.free_s if fixed_start else start_s,
            begins_at if frozen.place is None else frozen.place,
        )
        if len(prefix) > len(frozen.done):
            start_s = start_s if timed is None else timed.starts[-1] + way.service_s[-1]
            begins_at = visits[-1].location
        elif frozen.done and frozen.place is None:
            begins_at = visits[-1].location
        last_s = max(last_s, timed.return_s if timed is not None else last_s)
        breaks = shift.breaks[
            sum(at < start_s for at in (timed.breaks if timed is not None else frozen.breaks_taken)) :
        ]
    return Trip(
        key=(v, s),
        vehicle=vehicle,
        shift=shift,
        begins_at=begins_at,
        ends_at=vehicle.ends_at(s),
        start_s=start_s,
        last_s=last_s,
        fixed_start=fixed_start or bool(prefix),
        prefix=prefix,
        used=_total(visits),
        on_board=_carried(problem, visits),
        work_s=sum(way.leg_s[:-1]) + sum(way.service_s),
        travel_s=sum(way.leg_s[:-1]),
        distance_m=sum(way.leg_m[:-1]),
        breaks=breaks,
        opening=0 if prefix else round_opened(problem, vehicle, s),
    )


def _total(visits: Sequence[Visit]) -> Amounts:
    total: Amounts = ()
    for visit in visits:
        total = plus(total, visit.brought)
    return total


def _carried(problem: Problem, visits: Sequence[Visit]) -> Amounts:
    """Collected so far and not handed in."""
    return loads(problem, visits)[-1]


def capacity_left(trip: Trip, which: int) -> int:
    """Room for amounts the free visits bring, or that the round carries already: facts fit, and leave no room then."""
    used = trip.used[which] if which < len(trip.used) else 0
    carried = trip.on_board[which] if which < len(trip.on_board) else 0
    return max(carried, min(trip.vehicle.capacity[which], NO_LIMIT) - used, 0)


def waiting_price(problem: Problem, trip: Trip) -> int:
    """Cost seconds of a second of waiting."""
    return weights_of(problem, trip.vehicle).wait_per_s
