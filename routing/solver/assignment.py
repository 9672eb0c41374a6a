"""What passes between the caller's process and an engine's."""

from dataclasses import dataclass

import orjson

from routing.model import Problem

Key = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How to search: exactly one of the two limits decides. `warm`: PyVRP begins with the given plan, not its own."""

    seconds: float | None
    iterations: int | None
    seed: int
    warm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What the parent asks of an engine; `start` is a feasible plan to begin with."""

    engine: str
    problem: Problem
    start: dict[Key, list[int]]
    search: Search


PYVRP, ORTOOLS = "pyvrp", "ortools"
# Ends the answers to one assignment.
DONE = b"null\n"


def encode(orders: dict[Key, list[int]]) -> bytes:
    """Orders as one JSON line."""
    return orjson.dumps([[v, s, order] for (v, s), order in orders.items()]) + b"\n"


def decode(line: bytes) -> dict[Key, list[int]]:
    """The orders of one line."""
    return {(v, s): order for v, s, order in orjson.loads(line)}
