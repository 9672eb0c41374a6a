"""When a search stops, and what it tells while it runs."""

from collections.abc import Callable
from dataclasses import dataclass

from routing.model import Cost


def never() -> bool:
    """A search nobody cancels."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Users give time, tests give iterations (the same plan on every machine); of both, what comes first ends it.

    `seconds` is wall time and is held within half a second. `cancelled` is asked about ten times a second; once it
    answers yes the best plan so far is returned. ValueError without either: the search would never end.
    """

    seconds: float | None = None
    iterations: int | None = None
    cancelled: Callable[[], bool] = never
    workers: int = 2

    def __post_init__(self) -> None:
        if self.seconds is None and self.iterations is None:
            raise ValueError("a search needs seconds or iterations to end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The state of a search: seconds since its start, best cost so far (by term too), the engine that found it."""

    elapsed_s: float
    best_cost: int
    engine: str
    cost: Cost


OnProgress = Callable[[Progress], None]


def seconds_for(visits: int) -> float:
    """Search time that brings an office day near its ten-minute plan: 1 s for a handful of visits, 10 s from 100 on."""
    return min(10.0, 1.0 + 0.09 * visits)
