"""The complete model in OR-Tools' routing library; runs inside the child process only.

Every round (a courier's half-day) is a vehicle of its own that leaves the depot and returns, so the load is taken anew
and the midday return needs no further rule. Service is no term of our objective: where waiting is priced by the span
of a round, the service inside the span is given back through the prizes, so both objectives differ by a constant.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.model import Problem, Visit
from routing.objective import arc_costs, round_opened, stranger
from routing.rules import fits_load, may_serve
from routing.schedule import Orders, time_round
from routing.solver.assignment import Key, Search

OnOrders = Callable[[dict[Key, list[int]]], None]
# About ten branches lead to a solution.
_BRANCHES = 100
# Only a net under a run that is limited by solutions.
_NO_TIME_LIMIT_S = 120.0


class OrToolsModel:
    """A problem as an OR-Tools model: nodes are the depots, then the visits that some round can serve alone."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._keys = [(v, s) for v, vehicle in enumerate(problem.vehicles) for s in range(len(vehicle.shifts))]
        self._allowed = self._allowed_rounds()
        self._served = [i for i, rounds in enumerate(self._allowed) if rounds]
        self._depots = sorted({vehicle.depot for vehicle in problem.vehicles})
        visits = [problem.visits[i] for i in self._served]
        self._places = np.array([*self._depots, *(v.location for v in visits)], dtype=np.int64)
        depots = [self._depots.index(problem.vehicles[v].depot) for v, _ in self._keys]
        self._manager = pywrapcp.RoutingIndexManager(len(self._places), len(self._keys), depots, depots)
        self._model = pywrapcp.RoutingModel(self._manager)
        self._waits = self._waiting_possible(visits)
        self._add_costs(visits)
        self._add_times(visits)
        self._add_work(visits)
        self._add_loads(visits)
        self._add_choices()

    def solve(self, start: Orders, search: Search, on_orders: OnOrders) -> None:
        """Search from the given orders and report each better solution."""
        if len(self._served) < 2:
            # Insertion has already found the best place of a single visit.
            return
        parameters = _parameters(search)
        self._model.AddAtSolutionCallback(_Reporter(self, on_orders))
        self._model.CloseModelWithParameters(parameters)
        self._model.solver().ReSeed(search.seed)
        if search.iterations is not None:
            # A guided search that finds nothing new counts no solutions and would go on for ever.
            self._model.AddSearchMonitor(self._model.solver().BranchesLimit(search.iterations * _BRANCHES))
        first = self._model.ReadAssignmentFromRoutes(self._as_routes(start), True)
        if first is None:
            self._model.SolveWithParameters(parameters)
        else:
            self._model.SolveFromAssignmentWithParameters(first, parameters)

    def current_cost(self) -> int:
        """The model's own objective of the solution just found."""
        return int(self._model.CostVar().Min())

    def current_orders(self) -> dict[Key, list[int]]:
        """The solution just found."""
        orders = {}
        for vehicle, key in enumerate(self._keys):
            order, index = [], self._model.NextVar(self._model.Start(vehicle)).Value()
            while not self._model.IsEnd(index):
                order.append(self._served[self._manager.IndexToNode(index) - len(self._depots)])
                index = self._model.NextVar(index).Value()
            if order:
                orders[key] = order
        return orders

    def _allowed_rounds(self) -> list[list[int]]:
        problem, allowed = self._problem, []
        for visit in problem.visits:
            rounds = []
            for number, (v, s) in enumerate(self._keys):
                vehicle = problem.vehicles[v]
                able = may_serve(problem, vehicle, s, visit) and fits_load(problem, vehicle, [visit])
                if able and time_round(problem, vehicle, s, [visit]) is not None:
                    rounds.append(number)
            allowed.append(rounds)
        return allowed

    def _waiting_possible(self, visits: Sequence[Visit]) -> bool:
        """Whether some window opens inside a shift; without one a round that waits can always leave later."""
        opens = {a for visit in visits for a, _ in visit.windows}
        shifts = [self._problem.vehicles[v].shifts[s] for v, s in self._keys]
        return any(shift.start_s < a < shift.end_s for a in opens for shift in shifts)

    def _between(self, values: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """From places to nodes."""
        return values[np.ix_(self._places, self._places)].astype(np.int64)

    def _add_costs(self, visits: Sequence[Visit]) -> None:
        base = self._between(arc_costs(self._problem, self._problem.vehicles[0]))
        if self._waits:
            # The span of a round already prices its riding once.
            base = base - self._problem.weights.wait_per_s * self._between(self._problem.travel.seconds)
        evaluators: dict[tuple[int, ...], int] = {}
        for number, (v, s) in enumerate(self._keys):
            strange = tuple(stranger(self._problem, self._problem.vehicles[v], visit) for visit in visits)
            if strange not in evaluators:
                onto = np.array([0] * len(self._depots) + list(strange), dtype=np.int64)
                evaluators[strange] = self._model.RegisterTransitMatrix((base + onto[None, :]).tolist())
            self._model.SetArcCostEvaluatorOfVehicle(evaluators[strange], number)
            self._model.SetFixedCostOfVehicle(round_opened(self._problem, self._problem.vehicles[v], s), number)

    def _legs_with_service(self, visits: Sequence[Visit]) -> list[list[int]]:
        service = np.array([0] * len(self._depots) + [v.service_s for v in visits], dtype=np.int64)
        legs = self._between(self._problem.travel.seconds) + service[:, None]
        return [list(map(int, row)) for row in legs]

    def _add_times(self, visits: Sequence[Visit]) -> None:
        horizon = max(self._problem.vehicles[v].shifts[s].end_s for v, s in self._keys)
        transit = self._model.RegisterTransitMatrix(self._legs_with_service(visits))
        self._model.AddDimension(transit, horizon, horizon, False, "time")
        time = self._model.GetDimensionOrDie("time")
        for number, (v, s) in enumerate(self._keys):
            shift = self._problem.vehicles[v].shifts[s]
            for index in (self._model.Start(number), self._model.End(number)):
                time.CumulVar(index).SetRange(shift.start_s, shift.end_s)
            if self._waits:
                time.SetSpanCostCoefficientForVehicle(self._problem.weights.wait_per_s, number)
        for node, visit in enumerate(visits, len(self._depots)):
            _bound(time.CumulVar(self._manager.NodeToIndex(node)), visit, horizon)

    def _add_work(self, visits: Sequence[Visit]) -> None:
        """Riding and service without waiting: the balance term."""
        fair, weight = self._problem.fair_work_s, self._problem.weights.balance_per_s
        longest = max(s.end_s - s.start_s for v in self._problem.vehicles for s in v.shifts)
        if not weight or fair >= longest:
            return
        transit = self._model.RegisterTransitMatrix(self._legs_with_service(visits))
        self._model.AddDimension(transit, 0, longest, True, "work")
        work = self._model.GetDimensionOrDie("work")
        for number in range(len(self._keys)):
            work.SetCumulVarSoftUpperBound(self._model.End(number), fair, weight)

    def _add_loads(self, visits: Sequence[Visit]) -> None:
        nothing = [0] * len(self._depots)
        vehicles = [self._problem.vehicles[v] for v, _ in self._keys]
        for name, load, room in (
            ("items", [v.load_items for v in visits], [vehicle.capacity_items for vehicle in vehicles]),
            ("grams", [v.weight_g for v in visits], [vehicle.capacity_g for vehicle in vehicles]),
        ):
            transit = self._model.RegisterUnaryTransitVector(nothing + load)
            self._model.AddDimensionWithVehicleCapacity(transit, 0, room, True, name)

    def _add_choices(self) -> None:
        for node, visit_index in enumerate(self._served, len(self._depots)):
            visit, index = self._problem.visits[visit_index], self._manager.NodeToIndex(node)
            given_back = self._problem.weights.wait_per_s * visit.service_s if self._waits else 0
            self._model.AddDisjunction([index], visit.prize + given_back)
            rounds = self._allowed[visit_index]
            if len(rounds) < len(self._keys):
                # -1 is "by no vehicle"; the model's own SetAllowedVehiclesForIndex takes no Python list in 9.15.
                self._model.VehicleVar(index).SetValues([-1, *rounds])

    def _as_routes(self, orders: Orders) -> list[list[int]]:
        nodes = {visit: node for node, visit in enumerate(self._served, len(self._depots))}
        return [[self._manager.NodeToIndex(nodes[i]) for i in orders.get(key, ())] for key in self._keys]


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


def _bound(start: pywrapcp.IntVar, visit: Visit, horizon: int) -> None:
    """Several windows are one range with the times between them taken out."""
    windows = sorted((max(a, 0), min(b, horizon)) for a, b in visit.windows if a <= horizon and b >= 0)
    if not windows:
        return
    start.SetRange(windows[0][0], max(b for _, b in windows))
    end = windows[0][1]
    for a, b in windows[1:]:
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
