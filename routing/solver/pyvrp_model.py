"""What PyVRP can express of a problem, and the way there and back; runs inside the child process only.

PyVRP (Wouda, Lan & Kool, INFORMS J. Computing 36, 2024; iterated local search since 0.13) minimises distance + duration
+ overtime + fixed costs + prizes left lying. Our riding cost, strangers included, is its distance; waiting is priced by
its duration, whose riding and service are given back; unequal work by its overtime. Several windows are alternative
clients of a group, rounds that follow each other at any time are reloads, pairs are shipments.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyvrp

from routing.model import Problem, Visit
from routing.rules import most_on_board
from routing.schedule import Orders
from routing.solver.assignment import Key
from routing.solver.clock import clock_of
from routing.solver.features import overlapping
from routing.solver.trips import Trip, Trips, capacity_left, waiting_price
from routing.way import lookup, weights_of

_EVER = int(np.iinfo(np.int64).max)
# A round this long is bound by nothing.
_UNBOUND_S = 10_000_000
# From this prize on a visit that has a place is kept in: the search need not ask whether to drop it.
_MUST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Type:
    """Trips PyVRP cannot tell apart; the inner lists are the rounds of one courier that follow each other."""

    kind: pyvrp.VehicleType
    trips: list[list[int]]


class PyVrpModel:
    """A problem as PyVRP's data, and its solutions as orders."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._view = problem, Trips(problem)
        self._known = lookup(problem)
        windows = [window for i in self._view.free for window in self._view.windows(problem.visits[i])]
        self._clock = clock_of(self._view.trips, windows)
        paired = {i for pair in self._view.pairs for i in pair}
        self._single = [i for i in self._view.free if i not in paired]
        ends = [end for trip in self._view.trips for end in (trip.begins_at, trip.ends_at)]
        self._ends = list(dict.fromkeys(ends))
        self._stops = [*self._single, *(i for pair in self._view.pairs for i in pair)]
        width = max((len(trip.vehicle.capacity) for trip in self._view.trips), default=0)
        most = most_on_board(problem.visits[i] for i in self._stops)[:width]
        self._dims = [which for which, amount in enumerate(most) if self._binds(which, amount)]
        self._counts_tasks = any(trip.vehicle.max_tasks is not None for trip in self._view.trips)
        self._data: pyvrp.ProblemData | None = None

    @property
    def stops(self) -> list[int]:
        """Visits in the order of PyVRP's places: single ones, then pairs."""
        return self._stops

    @cached_property
    def musts(self) -> set[int]:
        """Visits whose prize no day could be worth leaving."""
        return {i for i in self._stops if self._problem.visits[i].prize >= _MUST}

    @cached_property
    def dear(self) -> set[int]:
        """Visits whose prize is above what it costs to ride to them alone: `musts` and mostly all others."""
        ways: dict[tuple[object, ...], tuple[Trip, Any]] = {}
        for trip in self._view.trips:
            alike = trip.begins_at, trip.ends_at, trip.vehicle.profile, trip.vehicle.weights, trip.opening
            ways.setdefault(alike, (trip, self._view.arcs(trip)))
        return self.musts | {i for i in self._stops if self._problem.visits[i].prize > self._alone(i, ways.values())}

    def _alone(self, i: int, ways: Iterable[tuple[Trip, Any]]) -> int:
        place, costs = self._problem.visits[i].location, []
        for trip, arcs in ways:
            out = 0 if trip.begins_at is None else int(arcs[trip.begins_at, place])
            home = 0 if trip.ends_at is None else int(arcs[place, trip.ends_at])
            costs.append(out + home + trip.opening)
        return min(costs, default=0)

    def ride_cost(self, plan: pyvrp.Solution) -> float:
        """Mean cost of riding and waiting to a stop."""
        visits = [self._problem.visits[i] for i in self._stops]
        service = self._given_back * sum(visit.setup_s + visit.service_s for visit in visits)
        return max(1.0, (plan.distance_cost() + plan.duration_cost() - service) / len(visits))

    def build(self, must: AbstractSet[int]) -> pyvrp.ProblemData:
        """The problem in PyVRP's terms; the visits of `must` have to be made.

        PyVRP asks of every other visit again and again whether to drop it, which makes it three to five times slower.
        """
        clients, groups = self._clients(must)
        visits: dict[str, Any] = {"clients": clients, "groups": groups, "shipments": self._shipments(must)}
        # The matrices are what takes the time; they are the same whatever must be made.
        self._data = self._fleet(visits) if self._data is None else self._data.replace(**visits)
        return self._data

    def _fleet(self, visits: dict[str, Any]) -> pyvrp.ProblemData:
        self._profiles: dict[tuple[object, ...], int] = {}
        distances, durations = list[Any](), list[Any]()
        self._types = self._vehicle_types(distances, durations)
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(len(self._ends) + len(self._stops))],
            depots=[pyvrp.Depot(location=n) for n in range(len(self._ends))],
            vehicle_types=[one.kind for one in self._types],
            distance_matrices=distances,
            duration_matrices=durations,
            **visits,
        )

    @cached_property
    def _given_back(self) -> int:
        """What a second of service is given back at: the dearest price of waiting."""
        return max((self._price_of_waiting(trip) for trip in self._view.trips), default=0)

    def _binds(self, which: int, most: int) -> bool:
        """Whether an amount could exceed anyone's capacity at all."""
        rooms = [capacity_left(t, which) - _at(t.on_board, which) for t in self._view.trips]
        return most > min(rooms, default=0)

    def _price_of_waiting(self, trip: Trip) -> int:
        weights = weights_of(self._problem, trip.vehicle)
        return min(waiting_price(self._problem, trip), weights.travel_per_s) if self._view.waits else 0

    def _profile(self, trip: Trip, number: int, distances: list[Any], durations: list[Any]) -> int:
        """Matrices of a courier: what he may not serve is far away."""
        vehicle, wait = trip.vehicle, self._price_of_waiting(trip)
        banned = tuple(n for n, i in enumerate(self._stops) if number not in self._allowed_sets[i])
        strange = tuple(self._strange(trip, i) for i in self._stops)
        key = vehicle.profile, vehicle.speed_percent, vehicle.weights, strange, banned
        if key in self._profiles:
            return self._profiles[key]
        ends, visits = len(self._ends), [self._problem.visits[i] for i in self._stops]
        places = np.array([0 if e is None else e for e in self._ends] + [v.location for v in visits], dtype=np.int64)
        grid = np.ix_(places, places)
        seconds = self._view.seconds(trip)[grid]
        distance = self._view.arcs(trip)[grid] - wait * seconds
        nowhere = np.array([e is None for e in self._ends] + [False] * len(visits), dtype=bool)
        for values in (seconds, distance):
            values[nowhere, :] = 0
            values[:, nowhere] = 0
        setup = np.array([0] * ends + [v.setup_s for v in visits], dtype=np.int64)
        apart = places[:, None] != places[None, :]
        apart[:ends, :] = True
        distance[:, ends:] += np.array(strange, dtype=np.int64)[None, :] + (wait * setup[None, :] * ~apart)[:, ends:]
        # Whose waiting is cheaper than others' pays less for service in his duration than is given back.
        busy = np.array([v.setup_s + v.service_s for v in visits], dtype=np.int64)
        distance[:, ends:] += (self._given_back - wait) * busy[None, :]
        distance[:, [ends + n for n in banned]] += self._far
        duration = seconds + setup[None, :] * apart
        np.fill_diagonal(distance, 0)
        np.fill_diagonal(duration, 0)
        self._profiles[key] = len(distances)
        distances.append(distance)
        durations.append(duration)
        return self._profiles[key]

    def _strange(self, trip: Trip, visit: int) -> int:
        return self._stranger_of(trip)[visit]

    def _stranger_of(self, trip: Trip) -> dict[int, int]:
        courier = trip.key[0]
        if courier not in self._strangers:
            self._strangers[courier] = dict(zip(self._view.free, self._view.stranger(trip), strict=True))
        return self._strangers[courier]

    def _vehicle_types(self, distances: list[Any], durations: list[Any]) -> list[_Type]:
        self._allowed_sets = {i: set(self._view.allowed[i]) for i in self._stops}
        self._strangers: dict[int, dict[int, int]] = {}
        self._far = 2 * max(self._problem.visits[i].prize for i in self._stops) + 1_000_000
        kinds: dict[tuple[object, ...], list[list[int]]] = {}
        made: dict[tuple[object, ...], dict[str, Any]] = {}
        for rounds in self._sequences():
            profile = self._profile(self._view.trips[rounds[0]], rounds[0], distances, durations)
            options = {**self._options(rounds), "profile": profile}
            key = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in options.items())
            made.setdefault(key, options)
            kinds.setdefault(key, []).append(rounds)
        return [
            _Type(kind=pyvrp.VehicleType(num_available=len(trips), **made[key]), trips=trips)
            for key, trips in kinds.items()
        ]

    def _sequences(self) -> list[list[int]]:
        """Trips one by one, but those of a courier whose rounds follow each other at any time together."""
        found: list[list[int]] = []
        for number, trip in enumerate(self._view.trips):
            if trip.key[1] and overlapping(trip.vehicle):
                found[-1].append(number)
            else:
                found.append([number])
        return found

    def _options(self, rounds: list[int]) -> dict[str, Any]:
        trip = self._view.trips[rounds[0]]
        begin, end = self._ends.index(trip.begins_at), self._ends.index(trip.ends_at)
        start_s, last_s = self._clock.span(trip)
        unbound = last_s - start_s >= _UNBOUND_S
        options: dict[str, Any] = {
            "capacity": self._capacity(trip),
            "start_depot": begin,
            "end_depot": end,
            "fixed_cost": trip.opening,
            "tw_early": 0 if unbound else start_s,
            "tw_late": _EVER if unbound else last_s,
            "unit_duration_cost": self._price_of_waiting(trip),
            "initial_load": [_at(trip.on_board, which) for which in self._dims] + [0] * self._counts_tasks,
            "start_late": start_s if trip.fixed_start else None,
            **self._overtime(trip, last_s - start_s, unbound=unbound),
            **self._longest_way(trip),
        }
        if len(rounds) > 1:
            options |= {"reload_depots": [begin], "max_reloads": len(rounds) - 1}
        return options

    def _capacity(self, trip: Trip) -> list[int]:
        room = [capacity_left(trip, which) for which in self._dims]
        most = trip.vehicle.max_tasks
        tasks = len(self._stops) if most is None else max(0, most - len(trip.prefix))
        return room + [tasks] * self._counts_tasks

    def _overtime(self, trip: Trip, span: int, *, unbound: bool) -> dict[str, int]:
        """Unequal work or, where that is not asked, work beyond the shift, at its price; a hard limit of the round."""
        weights, legal = weights_of(self._problem, trip.vehicle), span - (trip.last_s - trip.shift.end_s)
        longest = span if trip.vehicle.max_duration_s is None else min(span, trip.vehicle.max_duration_s)
        longest = max(0, longest - self._clock.unknown(trip))
        fair = max(0, self._problem.fair_work_s - trip.work_s)
        normal, price = longest, 0
        if weights.balance_per_s and fair < longest:
            normal, price = fair, weights.balance_per_s
        elif weights.overtime_per_s and legal < longest:
            normal, price = max(0, legal), weights.overtime_per_s
        if unbound and normal == span:
            return {}
        return {"shift_duration": normal, "max_overtime": longest - normal, "unit_overtime_cost": price}

    def _longest_way(self, trip: Trip) -> dict[str, int]:
        """About what a round may cost whose riding is limited: a second and a metre cost as they do on the average."""
        vehicle, costs = trip.vehicle, self._view.arcs(trip) - self._price_of_waiting(trip) * self._view.seconds(trip)
        most = []
        if vehicle.max_travel_s is not None:
            left_s = max(0, vehicle.max_travel_s - trip.travel_s)
            most.append(left_s * costs.sum() / max(1, self._view.seconds(trip).sum()))
        if vehicle.max_distance_m is not None:
            left_m = max(0, vehicle.max_distance_m - trip.distance_m)
            most.append(left_m * costs.sum() / max(1, self._known.metres(vehicle).sum()))
        return {"max_distance": int(min(most) + self._beside(trip))} if most else {}

    def _beside(self, trip: Trip) -> float:
        """What PyVRP's distance of a round of middling length holds that is not riding."""
        wait, visits = self._price_of_waiting(trip), [self._problem.visits[i] for i in self._stops]
        served = sum(wait * v.setup_s + (self._given_back - wait) * (v.setup_s + v.service_s) for v in visits)
        return (served + sum(self._strange(trip, i) for i in self._stops)) / len(self._view.trips)

    def _clients(self, must: AbstractSet[int]) -> tuple[list[pyvrp.Client], list[pyvrp.ClientGroup]]:
        clients, groups, self._visit_of = list[pyvrp.Client](), list[pyvrp.ClientGroup](), list[int]()
        price = self._given_back
        for n, i in enumerate(self._single, len(self._ends)):
            visit = self._problem.visits[i]
            windows = self._windows(visit)
            group = len(groups) if len(windows) > 1 else None
            for a, b in windows:
                client = pyvrp.Client(
                    location=n,
                    delivery=[_at(visit.brought, which) for which in self._dims] + [1] * self._counts_tasks,
                    pickup=[_at(visit.collected, which) for which in self._dims] + [0] * self._counts_tasks,
                    service_duration=visit.service_s,
                    tw_early=a,
                    tw_late=b,
                    release_time=self._clock.at(visit.ready_s),
                    prize=visit.prize + price * (visit.service_s + visit.setup_s),
                    required=i in must and group is None,
                    group=group,
                )
                clients.append(client)
                self._visit_of.append(i)
            if group is not None:
                members = list(range(len(clients) - len(windows), len(clients)))
                groups.append(pyvrp.ClientGroup(members, required=i in must))
        return clients, groups

    def _shipments(self, must: AbstractSet[int]) -> list[pyvrp.Shipment]:
        price = self._given_back
        made = []
        for n, (p, d) in enumerate(self._view.pairs):
            pickup, delivery = self._problem.visits[p], self._problem.visits[d]
            place = len(self._ends) + len(self._single) + 2 * n
            (early, late), (soon, end) = self._from_to(pickup), self._from_to(delivery)
            busy = pickup.service_s + pickup.setup_s + delivery.service_s + delivery.setup_s
            made.append(
                pyvrp.Shipment(
                    pickup_location=place,
                    delivery_location=place + 1,
                    pickup_tw_early=early,
                    pickup_tw_late=late,
                    pickup_service_duration=pickup.service_s,
                    delivery_tw_early=soon,
                    delivery_tw_late=end,
                    delivery_service_duration=delivery.service_s,
                    amount=[_at(pickup.collected, which) for which in self._dims] + [0] * self._counts_tasks,
                    prize=pickup.prize + delivery.prize + price * busy,
                    required=p in must,
                )
            )
        return made

    def _windows(self, visit: Visit) -> list[tuple[int, int]]:
        """When the visit may be made, by the engine's clock; at least one window."""
        windows = self._view.windows(visit)
        return [(max(self._clock.at(a), 0), max(self._clock.at(b), 0)) for a, b in windows] or [(0, _EVER)]

    def _from_to(self, visit: Visit) -> tuple[int, int]:
        """One window over all there are: a half of a pair has no more in PyVRP."""
        windows = self._windows(visit)
        return windows[0][0], windows[-1][1]

    def solution(self, data: pyvrp.ProblemData, start: Orders) -> pyvrp.Solution:
        """The orders as a solution of what was built; the window a visit is served in is not known, so by its first."""
        first = {i: n for n, i in reversed(list(enumerate(self._visit_of)))}
        halves = {
            i: (kind, n) for n, pair in enumerate(self._view.pairs) for kind, i in zip(_HALVES, pair, strict=True)
        }
        rest, routes = self._view.rest(start), []
        for number, one in enumerate(self._types):
            for rounds in one.trips:
                activities: list[pyvrp.Activity] = []
                for order in (rest[self._view.trips[n].key] for n in rounds):
                    if order and activities:
                        activities.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, one.kind.start_depot))
                    activities += [
                        pyvrp.Activity(*(halves[i] if i in halves else (pyvrp.ActivityType.CLIENT, first[i])))
                        for i in order
                    ]
                if activities:
                    routes.append(pyvrp.Route(data, activities, number))
        return pyvrp.Solution(data, routes)

    def keeps_bans(self, solution: pyvrp.Solution) -> bool:
        """Whether nobody makes a visit he may not make: to PyVRP that is only far away, and what must be made is made
        there rather than not at all.
        """
        if solution.distance_cost() < self._far:
            return True
        return all(
            self._types[route.vehicle_type()].trips[0][0] in self._allowed_sets[i]
            for route in solution.routes()
            for order in self._rounds(route)
            for i in order
        )

    def orders(self, solution: pyvrp.Solution) -> dict[Key, list[int]]:
        """What each round makes, frozen beginnings included: the inverse of `solution`."""
        free = [iter(one.trips) for one in self._types]
        orders: dict[Key, list[int]] = {}
        for route in solution.routes():
            rounds = next(free[route.vehicle_type()])
            for number, order in zip(rounds, self._rounds(route), strict=False):
                orders[self._view.trips[number].key] = order
        return self._view.whole(orders)

    def _rounds(self, route: pyvrp.Route) -> Iterator[list[int]]:
        order: list[int] = []
        for activity in route:
            if activity.is_depot():
                if order:
                    yield order
                order = []
            elif activity.is_client():
                order.append(self._visit_of[activity.idx])
            else:
                order.append(self._view.pairs[activity.idx][0 if activity.is_pickup() else 1])
        if order:
            yield order


_HALVES = (pyvrp.ActivityType.PICKUP, pyvrp.ActivityType.DELIVERY)


def _at(amounts: Sequence[int], which: int) -> int:
    return amounts[which] if which < len(amounts) else 0
