"""Orders made without knowing every rule, made sound: what cannot be ridden is taken out and put where it fits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from routing.model import Problem
from routing.schedule import Orders, build_route
from routing.solver.assignment import Key
from routing.solver.insertion import insert_all
from routing.way import lookup, together

OnOrders = Callable[[dict[Key, list[int]]], None]
_Day = tuple[tuple[int, tuple[int, ...]], ...]


class Repair:
    """Tells orders only once they can be ridden. A courier's day seen before is not timed again."""

    def __init__(self, problem: Problem, on_orders: OnOrders) -> None:
        self._problem, self._on_orders = problem, on_orders
        self._sound: dict[tuple[int, _Day], dict[int, list[int]]] = {}

    def __call__(self, orders: Orders) -> None:
        """The orders with every day cut to what can be ridden, and what fell out inserted where it costs least."""
        kept: dict[Key, list[int]] = {}
        for v in range(len(self._problem.vehicles)):
            day = {s: order for (w, s), order in orders.items() if w == v and order}
            kept |= {(v, s): order for s, order in self._ridden(v, day).items()}
        whole = sum(map(len, kept.values())) == len(self._problem.visits)
        self._on_orders(kept if whole else insert_all(self._problem, kept))

    def _ridden(self, v: int, day: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
        key = v, tuple((s, tuple(order)) for s, order in sorted(day.items()))
        if key not in self._sound:
            whole = {s: [*order] for s, order in day.items()}
            self._sound[key] = whole if self._can_ride(v, whole) else self._cut(v, day)
        return self._sound[key]

    def _cut(self, v: int, day: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
        """The day built up stop by stop, pairs together, without those that break a rule where they stand."""
        known = lookup(self._problem)
        kept = {i for one in self._problem.frozen for i in map(known.index.__getitem__, one.visit_ids)}
        for unit in self._units(day):
            tried = kept | unit
            if self._can_ride(v, _only(day, tried)):
                kept = tried
        return _only(day, kept)

    def _units(self, day: Mapping[int, Sequence[int]]) -> Iterator[set[int]]:
        """Visits in the order in which they are begun, each with its other half."""
        for _, order in sorted(day.items()):
            for i in order:
                visit = self._problem.visits[i]
                both = together(self._problem, visit)
                if both[0] is visit:
                    yield {lookup(self._problem).index[one.id] for one in both}

    def _can_ride(self, v: int, day: Mapping[int, Sequence[int]]) -> bool:
        visits = {s: [self._problem.visits[i] for i in order] for s, order in day.items()}
        return build_route(self._problem, self._problem.vehicles[v], visits) is not None


def _only(day: Mapping[int, Sequence[int]], kept: AbstractSet[int]) -> dict[int, list[int]]:
    return {s: [i for i in order if i in kept] for s, order in day.items()}
