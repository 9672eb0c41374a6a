"""The way of one round: the legs and the time at each stop that an order of visits means for a courier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from routing.model import Forbidden, Frozen, Lock, Problem, Vehicle, Visit, Weights

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A round's visits with the leg to each and the leg back (`leg_s[-1]`), and the seconds spent at each.

    Legs to or from an open end are zero. `done` counts the visits made already; the leg to the next one begins where
    the courier is now.
    """

    visits: tuple[Visit, ...]
    leg_s: tuple[int, ...]
    leg_m: tuple[int, ...]
    service_s: tuple[int, ...]
    done: int

    @property
    def travel_s(self) -> int:
        return sum(self.leg_s)

    @property
    def distance_m(self) -> int:
        return sum(self.leg_m)

    @property
    def work_s(self) -> int:
        """Riding and service."""
        return sum(self.leg_s) + sum(self.service_s)


class Lookup:
    """What is asked of a problem again and again, by key."""

    def __init__(self, problem: Problem) -> None:
        self._travel = {"": problem.travel, **problem.profiles}
        self._seconds: dict[tuple[str, int], Ints] = {}
        self._metres: dict[str, Ints] = {}
        self.pickup_of = {pair.delivery_id: pair.pickup_id for pair in problem.pairs}
        self.delivery_of = {pair.pickup_id: pair.delivery_id for pair in problem.pairs}
        self.frozen: Mapping[tuple[UUID, int], Frozen] = {(one.courier_id, one.round): one for one in problem.frozen}
        self.frozen_at = {v: key for key, one in self.frozen.items() for v in one.visit_ids}
        self.locks: dict[str, list[Lock]] = {}
        self.forbidden: dict[str, list[Forbidden]] = {}
        for lock in problem.locks:
            self.locks.setdefault(lock.visit_id, []).append(lock)
        for ban in problem.forbidden:
            self.forbidden.setdefault(ban.visit_id, []).append(ban)
        self._problem = problem

    @cached_property
    def index(self) -> dict[str, int]:
        """Visit id → its index."""
        return {visit.id: n for n, visit in enumerate(self._problem.visits)}

    def seconds(self, vehicle: Vehicle) -> Ints:
        """(n, n) riding seconds of this courier, rounded up where he is not as fast as the matrix."""
        key = vehicle.profile, vehicle.speed_percent
        if key not in self._seconds:
            base = self._travel[vehicle.profile].seconds.astype(np.int64)
            speed = vehicle.speed_percent
            self._seconds[key] = base if speed == 100 else -(-base * 100 // speed)
        return self._seconds[key]

    def metres(self, vehicle: Vehicle) -> Ints:
        """(n, n) metres of this courier's legs."""
        if vehicle.profile not in self._metres:
            self._metres[vehicle.profile] = self._travel[vehicle.profile].metres.astype(np.int64)
        return self._metres[vehicle.profile]


_LOOKUPS: WeakKeyDictionary[Problem, Lookup] = WeakKeyDictionary()


def lookup(problem: Problem) -> Lookup:
    """The problem's lookup, made once."""
    found = _LOOKUPS.get(problem)
    if found is None:
        found = _LOOKUPS[problem] = Lookup(problem)
    return found


def weights_of(problem: Problem, vehicle: Vehicle) -> Weights:
    """The courier's own weights or the problem's."""
    return vehicle.weights or problem.weights


def frozen_of(problem: Problem, vehicle: Vehicle, index: int) -> Frozen | None:
    """What of the round may not change."""
    return lookup(problem).frozen.get((vehicle.courier_id, index))


def way_of(problem: Problem, vehicle: Vehicle, index: int, order: Sequence[Visit]) -> Way:
    """The way of a round in that order, whether or not any rule allows it."""
    known = lookup(problem)
    seconds, metres = known.seconds(vehicle), known.metres(vehicle)
    frozen = known.frozen.get((vehicle.courier_id, index))
    done = 0 if frozen is None else min(len(frozen.done), len(order))
    at = vehicle.begins_at(index)
    leg_s, leg_m, service_s = [], [], []
    for n, visit in enumerate(order):
        if frozen is not None and frozen.place is not None and n == done:
            at = frozen.place
        leg_s.append(0 if at is None else int(seconds[at, visit.location]))
        leg_m.append(0 if at is None else int(metres[at, visit.location]))
        setup_s = 0 if n and order[n - 1].location == visit.location else visit.setup_s
        service_s.append(setup_s + visit.service_s)
        at = visit.location
    if frozen is not None and frozen.place is not None and len(order) == done:
        at = frozen.place
    home = vehicle.ends_at(index)
    leg_s.append(0 if home is None or at is None else int(seconds[at, home]))
    leg_m.append(0 if home is None or at is None else int(metres[at, home]))
    return Way(visits=tuple(order), leg_s=tuple(leg_s), leg_m=tuple(leg_m), service_s=tuple(service_s), done=done)


def together(problem: Problem, visit: Visit) -> list[Visit]:
    """The visit, with its other half if it is one of a pair, in the order they must be made."""
    known = lookup(problem)
    first = known.pickup_of.get(visit.id, visit.id)
    last = known.delivery_of.get(visit.id, visit.id)
    return [problem.visits[known.index[name]] for name in dict.fromkeys((first, last))]
