"""Iterated local search over PyVRP's moves, with an acceptance that knows how much of the search is spent.

PyVRP (Wouda, Lan & Kool, INFORMS J. Computing 36, 2024) accepts late: its history of 300 plans settles after some ten
thousand iterations, more than a few hundred stops get in a planner's ten seconds: `Late`, for long searches. Else we
travel from record to record with a slack that falls to nothing at the end of the time or of the iterations, so that a
short search settles as a long one does. What was measured: decision 0011.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pyvrp import CostEvaluator, PenaltyManager, PenaltyParams, ProblemData, RandomNumberGenerator, Solution
from pyvrp.search import OPERATORS, LocalSearch, NeighbourhoodParams, PerturbationManager, compute_neighbours

Spent = Callable[[], float]
"""Share of the search that is over, from 0 to 1; asked once before each iteration."""

# Slack at the beginning, in mean costs of riding to a stop: for a plan made from nothing, and for one to be bettered.
COLD, WARM = 2.0, 0.5
# So many plans ago, as PyVRP has it.
_AGO = 300


@dataclass(frozen=True, slots=True)
class Found:
    """What an iteration came to: the plan found, the one it was found from, the best so far, their prices, and how much
    of the search is over, from 0 to 1.
    """

    plan: Solution
    here: Solution
    record: Solution
    costs: CostEvaluator
    share: float


class Acceptance(Protocol):
    """Whether the search goes on from what it found, or from where it was."""

    def takes(self, found: Found) -> bool:
        """Asked once for each iteration."""
        ...


class RecordToRecord:
    """What is better than where we are, or less than a slack above the best (Dueck, J. Comput. Physics 104, 1993).

    The slack, in the cost of the plan, falls to nothing at the end, fast at first.
    """

    def __init__(self, slack: float) -> None:
        self._slack = slack

    def takes(self, found: Found) -> bool:
        """As `Acceptance`."""
        price = found.costs.penalised_cost
        allowed = price(found.record) + self._slack * (1.0 - found.share) ** 2
        return price(found.plan) < max(allowed, price(found.here))


class Late:
    """What is better than where we are, or were so many plans ago (Burke & Bykov, EJOR 258, 2017)."""

    def __init__(self) -> None:
        self._past: list[Solution] = []
        self._at = 0

    def takes(self, found: Found) -> bool:
        """As `Acceptance`."""
        if len(self._past) < _AGO:
            self._past.append(found.plan)
            return True
        price = found.costs.penalised_cost
        reached, standing, ago = price(found.plan), price(found.here), price(self._past[self._at])
        taken = reached < max(standing, ago)
        if (reached if taken else standing) < ago:
            self._past[self._at] = found.plan if taken else found.here
        self._at = (self._at + 1) % _AGO
        return taken


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
        self, start: Solution, *, spent: Spent, accept: Acceptance, on_best: Callable[[Solution], None] = lambda _: None
    ) -> Solution:
        """The best plan found from `start`.

        `on_best` is told of each better one that keeps every rule. Until there is one, the record is the plan that
        breaks least.
        """
        best = record = here = start
        while (share := spent()) < 1.0:
            costs = self.penalties.cost_evaluator()
            found = self.moves(here, costs, exhaustive=False)
            self.penalties.register(found)
            if costs.cost(found) < costs.cost(best):
                found = best = record = self._polished(found)
                on_best(best)
            elif not best.is_feasible() and costs.penalised_cost(found) < costs.penalised_cost(record):
                record = found
            if accept.takes(Found(found, here, record, costs, share)):
                here = found
        return best

    def _polished(self, found: Solution) -> Solution:
        """The plan after every move was tried, unless that breaks a rule."""
        tried = self.moves(found, self.penalties.cost_evaluator(), exhaustive=True)
        return tried if tried.is_feasible() else found
