"""Iterated local search over PyVRP's moves, with an acceptance that knows how much of the search is spent.

PyVRP (Wouda, Lan & Kool, INFORMS J. Computing 36, 2024) accepts late: its history of 300 plans settles after some ten
thousand iterations, more than a few hundred stops get in a planner's ten seconds. Ours is record-to-record travel
(Dueck, J. Computational Physics 104, 1993): a neighbour is gone to when it is better than where we are, or less than a
slack above the best plan seen; the slack falls to nothing at the end of the time or of the iterations, fast at first, so
that a short search settles as a long one does. What was measured: decision 0011.
"""

from collections.abc import Callable

from pyvrp import PenaltyManager, PenaltyParams, ProblemData, RandomNumberGenerator, Solution
from pyvrp.search import OPERATORS, LocalSearch, NeighbourhoodParams, PerturbationManager, compute_neighbours

Spent = Callable[[], float]
"""Share of the search that is over, from 0 to 1; asked once before each iteration."""

# Slack at the beginning, in mean costs of riding to a stop: for a plan made from nothing, and for one to be bettered.
COLD, WARM = 2.0, 0.5


class Ils:
    """PyVRP's local search of one problem with its random numbers and penalties."""

    def __init__(self, data: ProblemData, seed: int, near: NeighbourhoodParams | None = None) -> None:
        self._data, self._rng = data, RandomNumberGenerator(seed=seed)
        neighbours = compute_neighbours(data, near or NeighbourhoodParams())
        self.moves = LocalSearch(data, self._rng, neighbours, PerturbationManager())
        for operator in OPERATORS:
            if operator.supports(data):
                self.moves.add_operator(operator(data))
        params = PenaltyParams()
        self.penalties = PenaltyManager(params.midpoint_penalties(data), params)

    def first(self, start: Solution | None = None) -> Solution:
        """A local optimum near `start`, near a random plan without one; it may break rules."""
        begin = Solution.make_random(self._data, self._rng) if start is None else start
        return self.moves(begin, self.penalties.max_cost_evaluator(), exhaustive=True)

    def run(
        self, start: Solution, *, spent: Spent, slack: float, on_best: Callable[[Solution], None] = lambda _: None
    ) -> Solution:
        """The best plan found from `start`; `slack` at the beginning in the cost of the plan.

        `on_best` is told of each better one that keeps every rule. Until there is one, slack is measured from the plan
        that breaks least.
        """
        best = record = here = start
        while (share := spent()) < 1.0:
            costs = self.penalties.cost_evaluator()
            found = self.moves(here, costs, exhaustive=False)
            self.penalties.register(found)
            reached = costs.penalised_cost(found)
            if costs.cost(found) < costs.cost(best):
                found = best = record = self._polished(found)
                reached = costs.penalised_cost(found)
                on_best(best)
            elif not best.is_feasible() and reached < costs.penalised_cost(record):
                record = found
            allowed = costs.penalised_cost(record) + slack * (1.0 - share) ** 2
            if reached < max(allowed, costs.penalised_cost(here)):
                here = found
        return best

    def _polished(self, found: Solution) -> Solution:
        """The plan after every move was tried, unless that breaks a rule."""
        tried = self.moves(found, self.penalties.cost_evaluator(), exhaustive=True)
        return tried if tried.is_feasible() else found
