"""Times for a way whose order is given and must be kept, whatever it breaks: least earliness and lateness.

Three searches one after the other (CP-SAT): the sum of what is early or late, then the length of the way, then all
moments as early as they can be. Each keeps what the one before reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something to happen on the way: when it should (`windows`, none: any time), when it must (`low` to `high`).

    It keeps busy for `busy_s`. `ride_s` is the leg that ends here; a `pause` lies within the leg of the next moment
    that is none, part of which may be ridden before it.
    """

    windows: tuple[tuple[int, int], ...] = ()
    low: int | None = None
    high: int | None = None
    busy_s: int = 0
    ride_s: int = 0
    pause: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Eta:
    """When the moment begins, and how much of the leg was ridden right before it."""

    at: int
    ridden_s: int


def times_of(way: Sequence[Moment]) -> list[Eta] | None:
    """The best times of the way; None when what must be cannot be. Seconds from any origin, never negative."""
    search = _Search(way)
    for goal in (search.misses, search.length, search.sum):
        if not search.push(goal):
            return None
    return search.etas()


class _Search:
    def __init__(self, way: Sequence[Moment]) -> None:
        self._model, self._solver = cp_model.CpModel(), cp_model.CpSolver()
        self._solver.parameters.num_workers = 1
        self._solver.parameters.max_time_in_seconds = _SECONDS
        last = _end(way)
        self._at = [self._model.new_int_var(*_hard(one, last), f"at {n}") for n, one in enumerate(way)]
        self._ridden = self._rides(way)
        for n in range(1, len(way)):
            self._model.add(self._at[n] >= self._at[n - 1] + way[n - 1].busy_s + self._ridden[n])
        self.misses = cp_model.LinearExpr.sum(self._misses(way, last))
        self.length = self._at[-1] - self._at[0]
        self.sum = cp_model.LinearExpr.sum(self._at)

    def push(self, goal: cp_model.LinearExprT) -> bool:
        """Make the goal as small as possible and keep it so."""
        self._model.minimize(goal)
        status = self._solver.solve(self._model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False
        self._model.add(goal <= round(self._solver.objective_value))
        return True

    def etas(self) -> list[Eta]:
        value = self._solver.value
        return [Eta(at=value(at), ridden_s=value(ridden)) for at, ridden in zip(self._at, self._ridden, strict=True)]

    def _rides(self, way: Sequence[Moment]) -> list[cp_model.IntVar]:
        """What is ridden right before each moment: a leg is shared by the pauses in it."""
        ridden = [self._model.new_int_var(0, _leg(way, n), f"ridden {n}") for n in range(len(way))]
        begin = 0
        for n, one in enumerate(way):
            if not one.pause:
                self._model.add(cp_model.LinearExpr.sum(ridden[begin : n + 1]) == one.ride_s)
                begin = n + 1
        return ridden

    def _misses(self, way: Sequence[Moment], last: int) -> list[cp_model.IntVar]:
        """Distance of each moment from its nearest window."""
        misses = []
        for n, one in enumerate(way):
            if one.windows:
                inside = cp_model.Domain.from_intervals([list(window) for window in one.windows])
                wanted = self._model.new_int_var_from_domain(inside, f"wanted {n}")
                miss = self._model.new_int_var(0, max(last, inside.max()), f"miss {n}")
                self._model.add(miss >= wanted - self._at[n])
                self._model.add(miss >= self._at[n] - wanted)
                misses.append(miss)
        return misses


def _leg(way: Sequence[Moment], n: int) -> int:
    """The leg on which moment `n` lies or ends."""
    return next((one.ride_s for one in way[n:] if not one.pause), 0)


def _end(way: Sequence[Moment]) -> int:
    """When all is done at the latest if nobody waits after the last opening."""
    opens = [a for one in way for a, _ in one.windows]
    opens += [hard for one in way for hard in (one.low, one.high) if hard is not None]
    return max(opens, default=0) + sum(one.busy_s + one.ride_s for one in way)


def _hard(one: Moment, last: int) -> tuple[int, int]:
    low, high = one.low or 0, one.high if one.high is not None else last
    return (low, high) if low <= high else (0, -1)
