"""Times for a way whose order is given and must be kept, whatever it breaks: least earliness and lateness."""

from collections.abc import Sequence
from dataclasses import dataclass


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
    # Loading CP-SAT takes longer than the rest of the web server, which names times and searches none.
    from routing.solver.eta_search import EtaSearch  # noqa: PLC0415

    search = EtaSearch(way)
    for goal in (search.misses, search.length, search.sum):
        if not search.push(goal):
            return None
    return search.etas()
