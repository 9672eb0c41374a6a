"""A day searched with PyVRP's moves: first as if all that is worth its way had to be made, then as the prizes say.

Runs inside the child process only. PyVRP is slow where visits may be dropped and fast where they may not, and nearly
always the best plan drops nothing that is worth the way alone.
"""

import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pyvrp

from routing.model import Problem
from routing.schedule import Orders
from routing.solver.assignment import Key, Search, spending
from routing.solver.features import can_express
from routing.solver.ils import COLD, WARM, Acceptance, Ils, Late, RecordToRecord
from routing.solver.pyvrp_model import PyVrpModel
from routing.solver.repair import Repair

OnOrders = Callable[[dict[Key, list[int]]], None]
# Better solutions come by the hundred in the first seconds; telling each would cost more than it is worth.
_TELL_EVERY_S = 0.1
# With less than everything in the plan we come from: nothing sound by this share of the search, and prizes decide.
_GIVE_UP = 0.25
# From here on prizes decide where not all that is worth its way has to be made.
_PRIZES = 0.85


class _Teller:
    """Tells better solutions, not more often than they can be used."""

    def __init__(self, tell: Callable[[pyvrp.Solution], None]) -> None:
        self._tell = tell
        self._untold: pyvrp.Solution | None = None
        self._told_at = 0.0

    def tell(self, best: pyvrp.Solution) -> None:
        """Hold this one, and tell it if the last was told long enough ago."""
        self._untold = best
        self.remind()

    def remind(self) -> None:
        """Tell what is held once it is time."""
        if self._untold is not None and time.monotonic() - self._told_at >= _TELL_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Tell what is not told yet."""
        if self._untold is not None:
            self._tell(self._untold)
            self._untold, self._told_at = None, time.monotonic()


class _Spent:
    """How much of the whole search is over; what is held may be told whenever that is asked."""

    def __init__(self, search: Search, teller: _Teller) -> None:
        self.teller, self._spent = teller, spending(search)

    def share(self) -> float:
        """From 0 to 1."""
        self.teller.remind()
        return self._spent()


class PyVrpSearch:
    """The engine the child process asks."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._model = problem, PyVrpModel(problem)

    def solve(self, start: Orders, search: Search, on_orders: OnOrders) -> None:
        """Search and report better solutions; `search.warm`: from the given orders."""
        model = self._model
        if not model.stops:
            return
        tell = on_orders if can_express(self._problem) else Repair(self._problem, on_orders)
        teller = _Teller(lambda best: tell(model.orders(best)))
        told = _Spent(search, teller)
        served, begin = {i for order in start.values() for i in order}, start if search.warm else None
        ends = 1.0 if model.dear == model.musts else _PRIZES
        give_up = None if model.dear <= served else _GIVE_UP
        accept = Late() if search.patient else None
        best = self._phase(model.dear, begin, search.seed, told, until=ends, give_up=give_up, accept=accept)
        if best is not None:
            served, begin = set(model.dear), model.orders(best)
        must = model.musts if model.musts <= served else set[int]()
        self._phase(must, begin, search.seed, told, until=1.0)
        teller.flush()

    def _phase(
        self,
        must: AbstractSet[int],
        start: Orders | None,
        seed: int,
        told: _Spent,
        *,
        until: float,
        give_up: float | None = None,
        accept: Acceptance | None = None,
    ) -> pyvrp.Solution | None:
        """The best plan that keeps every rule, None without one; ends at `until` of the whole search.

        Without a sound plan it ends at `give_up` already.
        """
        begun, best = told.share(), None
        if begun >= until:
            return None
        data = self._model.build(must)
        ils = Ils(data, seed)
        first = None if start is None else self._model.solution(data, start)
        if first is None or not first.is_complete():
            first = ils.first(first)

        def found(solution: pyvrp.Solution) -> None:
            nonlocal best
            if self._model.keeps_bans(solution):
                best = solution
                told.teller.tell(solution)

        def spent() -> float:
            share = told.share()
            if give_up is not None and best is None and share >= give_up:
                return 1.0
            return (share - begun) / (until - begun)

        if first.is_feasible():
            found(first)
        slack = (COLD if start is None else WARM) * self._model.ride_cost(first)
        ils.run(first, spent=spent, accept=accept or RecordToRecord(slack), on_best=found)
        return best
