"""The one door to the engines: `solve(problem)` gives the best plan found within a limit."""

from routing.model import Plan, Problem
from routing.solver.limit import Limit, OnProgress, Progress, seconds_for
from routing.solver.portfolio import run

__all__ = ["Limit", "OnProgress", "Progress", "seconds_for", "solve"]


def _silent(_: Progress) -> None:
    pass


def solve(problem: Problem, *, stop: Limit, seed: int = 1, on_progress: OnProgress = _silent) -> Plan:
    """Plan a valid problem (`routing.validate`): always a feasible plan, the better the longer it may search.

    A first plan stands within milliseconds; `stop.seconds` is wall time and held within half a second. With
    `stop.iterations` alone the same seed gives the same plan. Visits left out carry no reasons yet
    (`routing.explain`).
    """
    return run(problem, stop, seed, on_progress)
