"""What passes between the caller's process and an engine's."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import orjson

from routing.model import Problem

Key = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How to search; of two limits, what comes first ends it. `warm`: PyVRP begins with the given plan, not its own;
    `patient`: it accepts as suits a long search.

    `until`: the moment of the machine's monotonic clock at which the caller stops listening; loading an engine and
    handing a large problem over take their part of the time.
    """

    seconds: float | None
    iterations: int | None
    seed: int
    warm: bool = False
    patient: bool = False
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What the parent asks of an engine; `start` is a feasible plan to begin with."""

    engine: str
    problem: Problem
    start: dict[Key, list[int]]
    search: Search


def spending(search: Search) -> Callable[[], float]:
    """Begins the search; how much of it is over, from 0 to 1, by the limit that will end it. Asked once before each
    iteration.
    """
    began, done = time.monotonic(), count()

    def share() -> float:
        by_clock = 0.0 if search.seconds is None else (time.monotonic() - began) / search.seconds
        by_count = 0.0 if search.iterations is None else next(done) / max(1, search.iterations)
        return max(by_clock, by_count)

    return share


PYVRP, ORTOOLS, PAIRS = "pyvrp", "ortools", "pairs"


def encode(ticket: int, orders: dict[Key, list[int]] | None) -> bytes:
    """The answer to the assignment of this number as one JSON line; None ends the answers to it."""
    told = None if orders is None else [[v, s, order] for (v, s), order in orders.items()]
    return orjson.dumps([ticket, told]) + b"\n"


def decode(line: bytes) -> tuple[int, dict[Key, list[int]] | None]:
    """Ticket and orders of one line."""
    ticket, told = orjson.loads(line)
    return ticket, None if told is None else {(v, s): order for v, s, order in told}
