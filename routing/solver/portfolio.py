"""The search: insertion at once, then engines side by side, each in a process of its own, then parts of a large day."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from routing.model import Plan, Problem
from routing.schedule import Orders
from routing.solver.assignment import ORTOOLS, PAIRS, PYVRP, Assignment, Key, Search
from routing.solver.crew import Crew, crew
from routing.solver.features import can_guide, is_all_pairs, limits_riding, whole_fits
from routing.solver.incumbent import Incumbent
from routing.solver.insertion import insert_all
from routing.solver.limit import Limit, OnProgress
from routing.solver.parts import Part, cut, neighbourhoods
from routing.solver.trips import Trips

_POLL_S = 0.1
# Telling the last solutions and filling the last gaps happens inside the limit.
_CLOSING_S = 0.15
# Up to this size the two engines search side by side: each finds optima that the other misses. So they do where riding
# is limited, which PyVRP only guesses at.
_SMALL = 30
# From this size on parts of the day are searched by themselves.
_LARGE = 900
# The whole is searched for this share of the time first.
_WHOLE_SHARE = 0.15
_PART_S = 6.0
# A search of so many seconds is long, and a round of more stops than that.
_LONG_S = 30.0
_LONG_ROUND = 30
# First plans end after these shares of the time: in neighbourhoods, then what found no room in its own.
_FIRST_SHARE, _AGAIN_SHARE = 0.25, 0.35
# Insertion looks at every visit and every place at once up to this size, and at neighbourhoods of this size beyond.
_AT_ONCE = 200
_NEIGHBOURHOOD = 100


def run(problem: Problem, limit: Limit, seed: int, on_progress: OnProgress) -> Plan:
    """The best plan found within the limit."""
    incumbent = Incumbent(problem, on_progress)
    moments = _Moments(time.monotonic(), limit.seconds)
    engine = PYVRP if can_guide(problem) else ORTOOLS
    if not _worth_searching(problem, incumbent, limit):
        incumbent.offer(first_plan(problem, moments), "insertion")
        return incumbent.best
    with crew(max(1, limit.workers), engine) as workers:
        search = _Searching(problem, incumbent, limit, workers, engine, seed)
        # The engines load meanwhile.
        incumbent.offer(first_plan(problem, moments), "insertion")
        if len(problem.visits) > _AT_ONCE:
            # What found no room in its own neighbourhood.
            incumbent.offer(insert_all(problem, incumbent.orders(), until=moments.at(_AGAIN_SHARE)), "insertion")
        in_parts = goes_in_parts(problem, limit, incumbent.orders())
        if not in_parts or whole_fits(problem):
            search.begin(incumbent.orders(), share=_WHOLE_SHARE if in_parts else 1.0)
            search.whole()
        if in_parts:
            search.parts()
    if len(problem.visits) <= _AT_ONCE:
        last = insert_all(problem, incumbent.orders(), until=moments.at(1.0))
        incumbent.offer(last, incumbent.best.engine)
    return incumbent.best


@dataclass(frozen=True, slots=True)
class _Moments:
    """Shares of the whole time as moments of the machine's monotonic clock; there are none without a limit."""

    began: float
    seconds: float | None

    def at(self, share: float) -> float | None:
        return None if self.seconds is None else self.began + share * self.seconds


def first_plan(problem: Problem, moments: _Moments) -> dict[Key, list[int]]:
    """Orders within two seconds at any size: insertion, in neighbourhoods where the day is large. Where rules make it
    slow (breaks, too much to do) it ends at its share of the time, each neighbourhood at its own.
    """
    if len(problem.visits) <= _AT_ONCE or problem.frozen or problem.pairs or not problem.vehicles:
        return insert_all(problem, until=moments.at(_FIRST_SHARE))
    orders: dict[Key, list[int]] = {}
    parts = neighbourhoods(problem, _NEIGHBOURHOOD)
    for number, part in enumerate(parts, start=1):
        until = moments.at(_FIRST_SHARE * number / len(parts))
        orders = part.put_back(orders, insert_all(part.problem, until=until))
    return orders


def goes_in_parts(problem: Problem, limit: Limit, orders: Orders) -> bool:
    """Whether the day is so large that its parts are searched by themselves."""
    if len(problem.visits) < _LARGE or limit.iterations is not None:
        return False
    stays_whole = _is_patient(limit, orders) and len(problem.visits) <= 2 * _LARGE and whole_fits(problem)
    return not stays_whole


def _is_patient(limit: Limit, orders: Orders) -> bool:
    """Whether a long search has few and long rounds before it: they change slowly, and a part has too few of them."""
    rounds = [len(order) for order in orders.values() if order]
    return limit.seconds is not None and limit.seconds >= _LONG_S and sum(rounds) > _LONG_ROUND * len(rounds)


def _worth_searching(problem: Problem, incumbent: Incumbent, limit: Limit) -> bool:
    """Insertion is already the best for a single visit, and there must be time to start a process."""
    has_time = limit.seconds is None or limit.seconds - incumbent.elapsed() > 2 * _CLOSING_S
    rounds = sum(len(vehicle.shifts) for vehicle in problem.vehicles)
    if len(problem.visits) < 2 or not rounds or not has_time or limit.cancelled():
        return False
    return len(problem.visits) > _AT_ONCE or bool(Trips(problem).free)


@dataclass
class _Searching:
    """One search with its crew."""

    problem: Problem
    incumbent: Incumbent
    limit: Limit
    workers: Crew
    engine: str
    seed: int
    deadline: float | None = None
    engines: dict[int, str] = field(default_factory=dict)

    def left(self) -> float | None:
        """Seconds until the search must end."""
        return None if self.limit.seconds is None else self.limit.seconds - self.incumbent.elapsed() - _CLOSING_S

    def begin(self, start: dict[Key, list[int]], *, share: float) -> None:
        """Let every worker search the whole day for a share of the time, with a seed of its own; every other one may
        have patience.
        """
        left = self.left()
        if left is not None:
            left *= share
        self.deadline = None if left is None else time.monotonic() + left
        self.engines = dict.fromkeys(range(len(self.workers)), self.engine)
        if len(self.engines) > 1:
            self.engines[len(self.engines) - 1] = self._beside()
        for worker, engine in self.engines.items():
            search = Search(
                seconds=left,
                iterations=self.limit.iterations,
                seed=self.seed + worker,
                patient=worker % 2 == 1 and _is_patient(self.limit, start),
                until=self.deadline,
            )
            self.workers.ask(worker, Assignment(engine=engine, problem=self.problem, start=start, search=search))

    def _beside(self) -> str:
        """The engine of the last of several workers."""
        if is_all_pairs(self.problem):
            return PAIRS
        both = len(self.problem.visits) <= _SMALL or limits_riding(self.problem)
        return ORTOOLS if both else self.engine

    def whole(self) -> None:
        """Take what the workers find for the whole day."""
        self._listen(set(self.engines), self.deadline, self.engines)

    def _listen(self, busy: set[int], deadline: float | None, engines: dict[int, str]) -> None:
        """Take what the workers find until all have ended, time is over, or the caller has had enough."""
        held: dict[int, dict[Key, list[int]]] = {}
        while busy and (deadline is None or time.monotonic() < deadline) and not self.limit.cancelled():
            said = self.workers.answers(_POLL_S)
            for answer in said:
                if answer.orders is not None and deadline is None:
                    # With iterations the plan must not hang on who was faster: the last word of each, in their order.
                    held[answer.worker] = answer.orders
                elif answer.orders is not None:
                    self.incumbent.offer(answer.orders, engines[answer.worker])
                busy -= {answer.worker} if answer.ended else set()
            if not said:
                self.incumbent.report()
        for worker, orders in sorted(held.items()):
            self.incumbent.offer(orders, engines[worker])

    def parts(self) -> None:
        """Groups of routes searched by themselves from the plan as it stands, cut differently each time."""
        turn = 0
        while (left := self.left()) is not None and left > 1.0 and not self.limit.cancelled():
            parts = cut(self.problem, self.incumbent.orders(), turn=turn, workers=len(self.workers))
            if not parts or not self._round_of(parts, turn):
                return
            turn += 1

    def _round_of(self, parts: Sequence[Part], turn: int) -> bool:
        """Every part once, as many at a time as there are workers; False when no worker is left."""
        waiting, working, alive = list(enumerate(parts)), dict[int, tuple[int, Part]](), set(range(len(self.workers)))
        while (waiting or working) and alive:
            left = self.left()
            if left is None or left <= 0 or self.limit.cancelled():
                return True
            for worker in sorted(alive - working.keys()):
                if waiting and left > 0.5:
                    number, part = waiting.pop(0)
                    seconds = min(_PART_S, left)
                    seed, until = self.seed + 97 * turn + number, time.monotonic() + seconds
                    search = Search(seconds=seconds, iterations=None, seed=seed, warm=True, until=until)
                    task = Assignment(engine=self.engine, problem=part.problem, start=part.start, search=search)
                    working[worker] = self.workers.ask(worker, task), part
            if not working:
                return True
            for answer in self.workers.answers(_POLL_S):
                alive -= {answer.worker} if answer.broken else set()
                ticket, asked = working.get(answer.worker, (0, parts[0]))
                # A worker may still tell the end of what it was asked before.
                if answer.orders is not None and answer.ticket == ticket:
                    orders = asked.put_back(self.incumbent.orders(), answer.orders)
                    self.incumbent.offer(orders, f"{self.engine} parts")
                if answer.broken or (answer.ended and answer.ticket == ticket):
                    working.pop(answer.worker, None)
        return bool(alive)
