"""The complete model in OR-Tools' routing library; runs inside the child process only.

Every round (a courier's half-day) is a vehicle of its own. Service is no term of our objective: where waiting is priced
by the span of a round, the service inside the span is given back through the prizes, so both objectives differ by a
constant. Only the price of finishing late, a hundredth of the paid time, is left to the schedule.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.model import Break, Problem
from routing.schedule import Orders
from routing.solver.assignment import Key, Search
from routing.solver.trips import Trip, Trips, capacity_left, waiting_price
from routing.way import lookup, weights_of

OnOrders = Callable[[dict[Key, list[int]]], None]
# About ten branches lead to a solution.
_BRANCHES = 100
# Only a net under a run that is limited by solutions.
_NO_TIME_LIMIT_S = 120.0
_EVER = 1 << 40


class OrToolsModel:
    """A problem as an OR-Tools model: nodes are the ends of rounds, then the free visits."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._view = Trips(problem)
        self._trips, self._served = self._view.trips, self._view.free
        ends = [end for trip in self._trips for end in (trip.begins_at, trip.ends_at)]
        self._ends = list(dict.fromkeys(ends))
        self._visits = [problem.visits[i] for i in self._served]
        self._open = np.array([end is None for end in self._ends] + [False] * len(self._visits), dtype=bool)
        places = [0 if end is None else end for end in self._ends]
        self._places = np.array([*places, *(v.location for v in self._visits)], dtype=np.int64)
        starts = [self._ends.index(trip.begins_at) for trip in self._trips]
        stops = [self._ends.index(trip.ends_at) for trip in self._trips]
        self._manager = pywrapcp.RoutingIndexManager(len(self._places), len(self._trips), starts, stops)
        self._model = pywrapcp.RoutingModel(self._manager)
        self._transits: dict[tuple[object, ...], int] = {}
        self._prices_span = self._view.waits
        prices = [waiting_price(problem, trip) for trip in self._trips]
        self._given_back = max(prices, default=0) if self._prices_span else 0
        self._add_costs()
        self._add_times()
        self._add_sums()
        self._add_loads()
        self._add_choices()
        self._add_pairs()

    def solve(self, start: Orders, search: Search, on_orders: OnOrders) -> None:
        """Search from the given orders and report each better solution."""
        if not self._served:
            return
        parameters = _parameters(search)
        self._model.AddAtSolutionCallback(_Reporter(self, on_orders))
        self._model.CloseModelWithParameters(parameters)
        self._model.solver().ReSeed(search.seed)
        if search.iterations is not None:
            # A guided search that finds nothing new counts no solutions and would go on for ever.
            self._model.AddSearchMonitor(self._model.solver().BranchesLimit(search.iterations * _BRANCHES))
        first = self._model.ReadAssignmentFromRoutes(self._as_routes(start), True) if start else None
        if first is None:
            self._model.SolveWithParameters(parameters)
        else:
            self._model.SolveFromAssignmentWithParameters(first, parameters)

    def current_cost(self) -> int:
        """The model's own objective of the solution just found."""
        return int(self._model.CostVar().Min())

    def current_orders(self) -> dict[Key, list[int]]:
        """The solution just found, frozen beginnings included."""
        orders = {}
        for number, trip in enumerate(self._trips):
            order, index = [], self._model.NextVar(self._model.Start(number)).Value()
            while not self._model.IsEnd(index):
                order.append(self._served[self._manager.IndexToNode(index) - len(self._ends)])
                index = self._model.NextVar(index).Value()
            if order:
                orders[trip.key] = order
        return self._view.whole(orders)

    def _index(self, visit: int) -> int:
        return int(self._manager.NodeToIndex(len(self._ends) + self._served.index(visit)))

    def _between(self, values: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """From places to nodes; nothing leads to or from an open end."""
        found = values[np.ix_(self._places, self._places)].astype(np.int64)
        found[self._open, :] = 0
        found[:, self._open] = 0
        return found

    def _register(self, key: tuple[object, ...], values: Callable[[], NDArray[np.int64]]) -> int:
        if key not in self._transits:
            self._transits[key] = self._model.RegisterTransitMatrix(values().tolist())
        return self._transits[key]

    def _leads(self) -> NDArray[np.int64]:
        """(nodes, nodes) set-up at the second of two visits, none when both are at one place."""
        setup = np.array([0] * len(self._ends) + [v.setup_s for v in self._visits], dtype=np.int64)
        apart = self._places[:, None] != self._places[None, :]
        apart[: len(self._ends), :] = True
        leads: NDArray[np.int64] = setup[None, :] * apart
        return leads

    def _add_costs(self) -> None:
        for number, trip in enumerate(self._trips):
            strange, wait = self._view.stranger(trip), waiting_price(self._problem, trip) * self._prices_span

            def costs(trip: Trip = trip, strange: tuple[int, ...] = strange, wait: int = wait) -> NDArray[np.int64]:
                # The span of a round already prices its riding once, and the set-up that a shared place saves.
                base = self._between(self._view.arcs(trip) - wait * self._view.seconds(trip))
                setup = np.array([0] * len(self._ends) + [v.setup_s for v in self._visits], dtype=np.int64)
                saved = wait * (setup[None, :] - self._leads())
                # Whose waiting is cheaper than others' pays less for service in his span than is given back.
                busy = np.array([0] * len(self._ends) + [v.setup_s + v.service_s for v in self._visits], dtype=np.int64)
                even = (self._given_back - wait) * busy[None, :]
                return base + saved + even + np.array([0] * len(self._ends) + list(strange), dtype=np.int64)[None, :]

            vehicle = trip.vehicle
            key = ("cost", vehicle.profile, vehicle.speed_percent, vehicle.weights, strange)
            self._model.SetArcCostEvaluatorOfVehicle(self._register(key, costs), number)
            self._model.SetFixedCostOfVehicle(trip.opening, number)

    def _riding(self, trip: Trip, *, service: bool) -> int:
        vehicle = trip.vehicle

        def legs() -> NDArray[np.int64]:
            seconds = self._between(self._view.seconds(trip))
            if not service:
                return seconds
            own = np.array([0] * len(self._ends) + [v.service_s for v in self._visits], dtype=np.int64)
            return seconds + own[:, None] + self._leads()

        return self._register(("s", vehicle.profile, vehicle.speed_percent, service), legs)

    def _add_times(self) -> None:
        horizon = max(trip.last_s for trip in self._trips)
        transits = [self._riding(trip, service=True) for trip in self._trips]
        self._model.AddDimensionWithVehicleTransits(transits, horizon, horizon, False, "time")
        time = self._model.GetDimensionOrDie("time")
        for number, trip in enumerate(self._trips):
            begin, end = self._model.Start(number), self._model.End(number)
            time.CumulVar(begin).SetRange(trip.start_s, trip.start_s if trip.fixed_start else trip.last_s)
            time.CumulVar(end).SetRange(trip.start_s, trip.last_s)
            weights = weights_of(self._problem, trip.vehicle)
            if self._prices_span:
                time.SetSpanCostCoefficientForVehicle(weights.wait_per_s, number)
            if weights.overtime_per_s and trip.last_s > trip.shift.end_s:
                time.SetCumulVarSoftUpperBound(end, trip.shift.end_s, weights.overtime_per_s)
            if trip.vehicle.max_duration_s is not None and not trip.prefix:
                time.SetSpanUpperBoundForVehicle(trip.vehicle.max_duration_s, number)
            if trip.breaks:
                self._add_breaks(time, number, trip, horizon)
        for node, visit in enumerate(self._visits, len(self._ends)):
            _bound(time.CumulVar(self._manager.NodeToIndex(node)), self._view.windows(visit), horizon)
        self._add_turns(time)
        self._add_releases(time)

    def _add_breaks(self, time: pywrapcp.RoutingDimension, number: int, trip: Trip, horizon: int) -> None:
        solver = self._model.solver()
        intervals = []
        for n, rest in enumerate(trip.breaks):
            name = f"break {number}.{n}"
            latest = max((b for _, b in rest.windows), default=horizon)
            interval = solver.FixedDurationIntervalVar(trip.shift.start_s, latest, rest.duration_s, False, name)
            _bound(interval.StartExpr().Var(), _sorted(rest), max(latest, horizon))
            intervals.append(interval)
        for before, after in pairwise(intervals):
            solver.Add(after.StartExpr() >= before.EndExpr())
        service = [0] * self._model.Size()
        for node, visit in enumerate(self._visits, len(self._ends)):
            service[self._manager.NodeToIndex(node)] = visit.service_s
        time.SetBreakIntervalsOfVehicle(intervals, number, service)

    def _add_turns(self, time: pywrapcp.RoutingDimension) -> None:
        """A courier's next round begins when the one before is back and loaded, where their shifts overlap."""
        solver = self._model.solver()
        for n, (before, after) in enumerate(pairwise(self._trips)):
            same = before.key[0] == after.key[0] and not after.fixed_start
            if same and before.last_s + before.vehicle.reload_s > after.start_s:
                end, begin = time.CumulVar(self._model.End(n)), time.CumulVar(self._model.Start(n + 1))
                solver.Add(begin >= end + before.vehicle.reload_s)

    def _add_releases(self, time: pywrapcp.RoutingDimension) -> None:
        """No round leaves before what it brings is there."""
        solver = self._model.solver()
        starts = [solver.IntConst(_EVER), *(time.CumulVar(self._model.Start(n)) for n in range(len(self._trips)))]
        for node, visit in enumerate(self._visits, len(self._ends)):
            if visit.ready_s:
                vehicle = self._model.VehicleVar(self._manager.NodeToIndex(node))
                solver.Add(solver.Element(starts, (vehicle + 1).Var()) >= visit.ready_s)

    def _add_sums(self) -> None:
        """Riding and service without waiting (the balance term), and the limits of a round."""
        vehicles = [trip.vehicle for trip in self._trips]
        longest = max(trip.last_s for trip in self._trips)
        prices = [weights_of(self._problem, vehicle).balance_per_s for vehicle in vehicles]
        if any(prices) and any(self._problem.fair_work_s < t.last_s - t.start_s + t.work_s for t in self._trips):
            transits = [self._riding(trip, service=True) for trip in self._trips]
            self._model.AddDimensionWithVehicleTransits(transits, 0, longest, True, "work")
            work = self._model.GetDimensionOrDie("work")
            for number, (trip, price) in enumerate(zip(self._trips, prices, strict=True)):
                fair = max(0, self._problem.fair_work_s - trip.work_s)
                work.SetCumulVarSoftUpperBound(self._model.End(number), fair, price)
        if any(vehicle.max_travel_s is not None for vehicle in vehicles):
            room = [_left(t.vehicle.max_travel_s, t.travel_s) for t in self._trips]
            transits = [self._riding(trip, service=False) for trip in self._trips]
            self._model.AddDimensionWithVehicleTransitAndCapacity(transits, 0, room, True, "riding")
        if any(vehicle.max_distance_m is not None for vehicle in vehicles):
            room = [_left(t.vehicle.max_distance_m, t.distance_m) for t in self._trips]
            known = lookup(self._problem)
            transits = [
                self._register(("m", v.profile), lambda v=v: self._between(known.metres(v)))  # type: ignore[misc]
                for v in vehicles
            ]
            self._model.AddDimensionWithVehicleTransitAndCapacity(transits, 0, room, True, "metres")
        if any(vehicle.max_tasks is not None for vehicle in vehicles):
            room = [_left(t.vehicle.max_tasks, len(t.prefix)) for t in self._trips]
            one = self._model.RegisterUnaryTransitVector([0] * len(self._ends) + [1] * len(self._visits))
            self._model.AddDimensionWithVehicleCapacity(one, 0, room, True, "tasks")

    def _add_loads(self) -> None:
        known = lookup(self._problem)
        nothing = [0] * len(self._ends)
        for which in range(max(len(trip.vehicle.capacity) for trip in self._trips)):
            brought = [_at(v.brought, which) for v in self._visits]
            collected = [_at(v.collected, which) for v in self._visits]
            loaded = [0 if v.id in known.pickup_of else b for v, b in zip(self._visits, brought, strict=True)]
            room = [capacity_left(trip, which) for trip in self._trips]
            if sum(loaded):
                transit = self._model.RegisterUnaryTransitVector(nothing + loaded)
                self._model.AddDimensionWithVehicleCapacity(transit, 0, room, True, f"loaded {which}")
            if any(collected) or any(_at(trip.on_board, which) for trip in self._trips):
                net = [c - b for b, c in zip(brought, collected, strict=True)]
                self._add_board(which, nothing + net, room, loaded=bool(sum(loaded)))

    def _add_board(self, which: int, net: list[int], room: list[int], *, loaded: bool) -> None:
        """What is on board along the way: it begins with all that is brought from the depot."""
        transit = self._model.RegisterUnaryTransitVector(net)
        self._model.AddDimensionWithVehicleCapacity(transit, 0, room, False, f"board {which}")
        board = self._model.GetDimensionOrDie(f"board {which}")
        for number, trip in enumerate(self._trips):
            begin = board.CumulVar(self._model.Start(number))
            carried = _at(trip.on_board, which)
            if loaded:
                total = self._model.GetDimensionOrDie(f"loaded {which}").CumulVar(self._model.End(number))
                self._model.solver().Add(begin == total + carried)
            else:
                begin.SetValue(carried)

    def _add_choices(self) -> None:
        owed = self._view.owed
        for node, visit_index in enumerate(self._served, len(self._ends)):
            visit, index = self._problem.visits[visit_index], self._manager.NodeToIndex(node)
            rounds = self._view.allowed[visit_index]
            if visit_index in owed:
                self._model.VehicleVar(index).SetValue(owed[visit_index])
                continue
            self._model.AddDisjunction([index], visit.prize + self._given_back * (visit.service_s + visit.setup_s))
            if len(rounds) < len(self._trips):
                # -1 is "by no vehicle"; the model's own SetAllowedVehiclesForIndex takes no Python list in 9.15.
                self._model.VehicleVar(index).SetValues([-1, *rounds])

    def _add_pairs(self) -> None:
        solver, time = self._model.solver(), self._model.GetDimensionOrDie("time")
        for pickup, delivery in self._view.pairs:
            a, b = self._index(pickup), self._index(delivery)
            self._model.AddPickupAndDelivery(a, b)
            solver.Add(self._model.VehicleVar(a) == self._model.VehicleVar(b))
            solver.Add(time.CumulVar(a) <= time.CumulVar(b))

    def _as_routes(self, orders: Orders) -> list[list[int]]:
        nodes = {visit: node for node, visit in enumerate(self._served, len(self._ends))}
        rest = self._view.rest(orders)
        return [[self._manager.NodeToIndex(nodes[i]) for i in rest[trip.key]] for trip in self._trips]


class _Reporter:
    """Called at each solution; the cost is compared first because most solutions of a guided search are worse."""

    def __init__(self, model: OrToolsModel, on_orders: OnOrders) -> None:
        self._model, self._on_orders = model, on_orders
        self._best: int | None = None

    def __call__(self) -> None:
        cost = self._model.current_cost()
        if self._best is None or cost < self._best:
            self._best = cost
            self._on_orders(self._model.current_orders())


def _left(most: int | None, spent: int) -> int:
    return _EVER if most is None else max(0, most - spent)


def _at(amounts: Sequence[int], which: int) -> int:
    return amounts[which] if which < len(amounts) else 0


def _sorted(rest: Break) -> list[tuple[int, int]]:
    return sorted(rest.windows)


def _bound(start: pywrapcp.IntVar, windows: Sequence[tuple[int, int]], horizon: int) -> None:
    """Several windows are one range with the times between them taken out."""
    within = [(max(a, 0), min(b, horizon)) for a, b in windows if a <= horizon and b >= 0]
    if not within:
        return
    start.SetRange(within[0][0], max(b for _, b in within))
    end = within[0][1]
    for a, b in within[1:]:
        if a > end + 1:
            start.RemoveInterval(end + 1, a - 1)
        end = max(end, b)


def _parameters(search: Search) -> object:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    # Without a metaheuristic the search ends at the first local optimum.
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    seconds = _NO_TIME_LIMIT_S if search.seconds is None else search.seconds
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    if search.iterations is not None:
        parameters.solution_limit = search.iterations
    return parameters
