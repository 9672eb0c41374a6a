"""Rounds over pairs as arrays, and the two cheapest places of one more pair, all places of a round tried at once.

A stretch of a round that is entered at `t` is left at `max(M, t + D)`, and can be ridden if `t <= L` (Vidal, Crainic,
Gendreau & Prins, Computers & OR 40, 2013, pp. 475-489); all stretches of a round are three running extremes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.model import Visit
from routing.solver.trips import Trip, Trips, capacity_left

Floats = NDArray[np.float32]
# Small numbers are quick; whole ones up to 2^24 are exact, and what is told is reckoned anew by who takes it.
_EXACT = np.float32
NEVER = 1e12
# A window that never closes.
_LATEST = 1 << 40
_BEFORE, _AFTER, _ZERO = _EXACT(-NEVER), _EXACT(NEVER), np.zeros(1, _EXACT)
_TRIANGLE = np.triu(np.ones((512, 512), dtype=bool))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Riding seconds with the set-up at the door, and costs, between free visits; then a trip's beginning and end."""

    seconds: Floats
    costs: Floats


class Ground:
    """The free visits of a problem by number, pairs among them, and trips that ride alike."""

    def __init__(self, trips: Trips) -> None:
        self.trips = trips
        visits = [trips.problem.visits[i] for i in trips.free]
        number = {i: n for n, i in enumerate(trips.free)}
        self.size = len(visits)
        self.pairs = [(number[p], number[d]) for p, d in trips.pairs]
        windows = [trips.windows(visit) or [(0, _LATEST)] for visit in visits]
        self.opens = np.array([own[0][0] for own in windows], _EXACT)
        self.closes = np.array([own[-1][1] for own in windows], _EXACT)
        self.service = np.array([visit.service_s for visit in visits], _EXACT)
        self.rise, self.room = self._that_binds(visits)
        self.prize: Mapping[int, int] = {p: visits[p].prize + visits[d].prize for p, d in self.pairs}
        self.allowed = {p: frozenset(trips.allowed[trips.free[p]]) for p, _ in self.pairs}
        self._locations = np.array([visit.location for visit in visits])
        self._setup = np.array([visit.setup_s for visit in visits])
        self._kinds: dict[tuple[object, ...], Kind] = {}
        self.kinds = [self._kind(trip) for trip in trips.trips]
        # Empty rounds of one likeness have the same room and price for whoever is allowed in both.
        self.likeness = [
            (id(kind), trip.shift, trip.vehicle.capacity, trip.opening)
            for kind, trip in zip(self.kinds, trips.trips, strict=True)
        ]
        self._empty: dict[int, PairRound] = {}

    def empty(self, number: int) -> "PairRound":
        """A trip with no visits yet, always the same one."""
        if number not in self._empty:
            self._empty[number] = PairRound(self, number, [])
        return self._empty[number]

    def _that_binds(self, visits: Sequence[Visit]) -> tuple[Floats, Floats]:
        """What comes on board at (visits, amounts) and the room of (trips, amounts), of amounts there may be too much
        of.
        """
        dims = range(max(len(trip.vehicle.capacity) for trip in self.trips.trips))
        rise = np.zeros((self.size + 2, len(dims)))
        for p, d in self.pairs:
            rise[p, : len(visits[p].collected)] = visits[p].collected
            rise[d] = -rise[p]
        room = np.array([[capacity_left(trip, which) for which in dims] for trip in self.trips.trips])
        binds = np.maximum(rise, 0).sum(axis=0) > room.min(axis=0)
        return rise[:, binds].astype(_EXACT), room[:, binds].astype(_EXACT)

    def _kind(self, trip: Trip) -> Kind:
        vehicle = trip.vehicle
        rides = (vehicle.profile, vehicle.speed_percent, vehicle.weights, trip.begins_at, trip.ends_at)
        key = (rides, self.trips.stranger(trip))
        if key not in self._kinds:
            self._kinds[key] = self._ridden(trip)
        return self._kinds[key]

    def _ridden(self, trip: Trip) -> Kind:
        """Visiting a stranger costs as much as the leg to him were dearer."""
        places = np.array([*self._locations, trip.begins_at or 0, trip.ends_at or 0])
        seconds, costs = (whole[np.ix_(places, places)] for whole in (self.trips.seconds(trip), self.trips.arcs(trip)))
        begin, end = self.size, self.size + 1
        if trip.begins_at is None:
            seconds[begin], costs[begin] = 0, 0
        if trip.ends_at is None:
            seconds[:, end], costs[:, end] = 0, 0
        moved = places[:, None] != places[None, : self.size]
        seconds[:, : self.size] += self._setup * (moved | (np.arange(len(places)) == begin)[:, None])
        costs[:, : self.size] += np.array(self.trips.stranger(trip), dtype=np.int64)
        return Kind(seconds=seconds.astype(_EXACT), costs=costs.astype(_EXACT))


class PairRound:
    """One trip's order of visits, by their numbers, with every stretch of it. It never changes, so what a pair would
    cost in it is reckoned once.
    """

    def __init__(self, ground: Ground, number: int, order: Sequence[int]) -> None:
        self.ground, self.number, self.order = ground, number, list(order)
        trip, kind = ground.trips.trips[number], ground.kinds[number]
        places = np.array([ground.size, *order, ground.size + 1])
        stops, k = places[1:-1], len(places)
        before, after = places[:-1], places[1:]
        opens = np.array([trip.start_s, *ground.opens[stops], 0], _EXACT)
        closes = np.array([NEVER, *ground.closes[stops], trip.last_s], _EXACT)
        service = np.array([0, *ground.service[stops], 0], _EXACT)
        reached = np.concatenate((_ZERO, (kind.seconds[before, after] + service[:-1]).cumsum()))
        within, left = _TRIANGLE[:k, :k], reached + service
        leave = np.maximum.accumulate(np.where(within, opens - reached, _BEFORE), axis=1) + left
        reach = np.minimum.accumulate(np.where(within, closes - reached, _AFTER), axis=1) + reached[:, None]
        # Row a, column b: the stretch from the stop after place a to the stop before place b.
        self._started = leave[0, :-1]
        self._leave, self._reach, self._add = leave[1:, :-1], reach[1:, :-1], (left - reached[:, None])[1:, :-1]
        self._kind, self._before, self._after = kind, before, after
        self._late, self._legs = reach[1:, -1], kind.costs[before, after]
        load = ground.rise[before].cumsum(axis=0)
        most = np.maximum.accumulate(np.where(within[:-1, :-1, None], load, _BEFORE), axis=1)
        self._free = np.where(within[:-1, :-1, None], ground.room[number] - most, _EXACT(-1))
        self._found: dict[int, tuple[float, int, int]] = {}
        self.cost = int(self._legs.sum()) + (trip.opening if order else 0)

    def places(self, pickup: int, delivery: int) -> tuple[float, int, int]:
        """The least cost that the pair adds, and before which stops of the order its halves come; `NEVER` without
        room.
        """
        if pickup not in self._found:
            self._found[pickup] = self._tried(pickup, delivery)
        return self._found[pickup]

    def with_pair(self, pickup: int, delivery: int, before: int, then: int) -> "PairRound":
        """The round with the pair at the places found."""
        order = self.order
        whole = [*order[:before], pickup, *order[before:then], delivery, *order[then:]]
        return PairRound(self.ground, self.number, whole)

    def _tried(self, pickup: int, delivery: int) -> tuple[float, int, int]:
        ground, before, after = self.ground, self._before, self._after
        seconds, costs = self._kind.seconds, self._kind.costs
        reached = self._started + seconds[before, pickup]
        collected = np.maximum(reached, ground.opens[pickup])
        in_time = collected <= ground.closes[pickup]
        if not in_time.any():
            return NEVER, 0, 0
        leaves = collected + ground.service[pickup]
        enters = (leaves + seconds[pickup, after])[:, None]
        handed = np.maximum(self._leave, enters + self._add) + seconds[before, delivery]
        np.fill_diagonal(handed, leaves + seconds[pickup, delivery])
        np.maximum(handed, ground.opens[delivery], out=handed)
        sound = (enters <= self._reach) & in_time[:, None] & (handed <= ground.closes[delivery])
        sound &= handed + (ground.service[delivery] + seconds[delivery, after]) <= self._late
        sound &= (ground.rise[pickup] <= self._free).all(axis=2)
        to_pickup, from_delivery = costs[before, pickup] - self._legs, costs[delivery, after]
        first = to_pickup + costs[pickup, after]
        second = costs[before, delivery] + from_delivery - self._legs
        added = first[:, None] + second
        np.fill_diagonal(added, to_pickup + costs[pickup, delivery] + from_delivery)
        added[~sound] = _AFTER
        place = int(added.argmin())
        return float(added.flat[place]), place // len(before), place % len(before)
