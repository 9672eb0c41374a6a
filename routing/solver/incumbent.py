"""The best plan so far, kept outside of the engines and re-timed and re-priced by us."""

import time
from collections.abc import Mapping, Sequence

from routing.model import Cost, Plan, Problem, Route, Unplanned
from routing.schedule import Orders, assemble, build_route, orders_of
from routing.solver.assignment import Key
from routing.solver.insertion import frozen_orders
from routing.solver.limit import OnProgress, Progress

_MOST_ROUTES = 20_000
Day = tuple[tuple[int, tuple[int, ...]], ...]


class Incumbent:
    """What an engine claims is rebuilt from its orders; what cannot be ridden is ignored."""

    def __init__(self, problem: Problem, on_progress: OnProgress) -> None:
        self._problem, self._on_progress = problem, on_progress
        self._started = time.monotonic()
        self._routes: dict[tuple[int, Day], Route | None] = {}
        self.best = self._rebuilt(frozen_orders(problem), "empty") or empty_plan(problem)

    def offer(self, orders: Orders, engine: str) -> bool:
        """Take the orders if they are feasible and better."""
        plan = self._rebuilt(orders, engine)
        if plan is None or plan.cost.total >= self.best.cost.total:
            return False
        self.best = plan
        self.report()
        return True

    def orders(self) -> dict[Key, list[int]]:
        """The orders of the best plan."""
        return orders_of(self._problem, self.best)

    def report(self) -> None:
        """Tell the caller where the search stands."""
        cost = self.best.cost
        told = Progress(elapsed_s=self.elapsed(), best_cost=cost.total, engine=self.best.engine, cost=cost)
        self._on_progress(told)

    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self._started

    def _rebuilt(self, orders: Orders, engine: str) -> Plan | None:
        """The plan of these orders; a courier's day seen before is not timed again."""
        days: dict[int, dict[int, Sequence[int]]] = {}
        for (v, s), order in orders.items():
            if order:
                days.setdefault(v, {})[s] = order
        for one in self._problem.frozen:
            days.setdefault(next(v for v, c in enumerate(self._problem.vehicles) if c.courier_id == one.courier_id), {})
        routes = [self._route(v, day) for v, day in sorted(days.items())]
        sound = [route for route in routes if route is not None]
        if len(sound) < len(routes):
            return None
        return assemble(self._problem, [route for route in sound if route.stops], engine=engine)

    def _route(self, v: int, rounds: Mapping[int, Sequence[int]]) -> Route | None:
        day: Day = tuple((s, tuple(order)) for s, order in sorted(rounds.items()))
        if (v, day) not in self._routes:
            if len(self._routes) >= _MOST_ROUTES:
                self._routes.clear()
            visits = {s: [self._problem.visits[i] for i in order] for s, order in day}
            self._routes[v, day] = build_route(self._problem, self._problem.vehicles[v], visits)
        return self._routes[v, day]


def empty_plan(problem: Problem) -> Plan:
    """Nobody goes out: always feasible, and all that is left when there are no couriers."""
    unplanned = tuple(Unplanned(visit_id=visit.id) for visit in problem.visits)
    cost = Cost(unserved=sum(visit.prize for visit in problem.visits))
    return Plan(routes=(), unplanned=unplanned, cost=cost, engine="empty")
