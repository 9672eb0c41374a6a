"""The clock of an engine that knows no breaks: it stands still while everybody rests.

Where all who are on the road at some moment may rest then, and equally long, the engine's day is that much shorter,
and its plan can be ridden: who is serving at that moment rests right after. Breaks that are not shared only make the
longest round shorter; what that gets wrong is repaired.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from routing.model import Break
from routing.solver.trips import Trip

Window = tuple[int, int]
_Rest = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Clock:
    """`rests` are the common ones: when they begin and how long they take, in order; seconds of the day."""

    rests: tuple[_Rest, ...]

    def at(self, instant: int) -> int:
        """What the engine's clock shows."""
        return instant - sum(min(max(0, instant - begin), lasts) for begin, lasts in self.rests)

    def span(self, trip: Trip) -> tuple[int, int]:
        """From when to when a round lasts; one under way that can no longer be back in time ends at once."""
        return self.at(trip.start_s), self.at(max(trip.start_s, trip.last_s))

    def unknown(self, trip: Trip) -> int:
        """Seconds of the round's breaks at which the clock does not stand still for it."""
        known = sum(lasts for begin, lasts in self.rests if trip.start_s <= begin < trip.last_s)
        return max(0, sum(one.duration_s for one in trip.breaks) - known)


def clock_of(trips: Sequence[Trip], windows: Collection[Window]) -> Clock:
    """The clock of these rounds; it stands still where that costs visits with these windows least."""
    left = [list(trip.breaks) for trip in trips]
    rests: list[_Rest] = []
    while (found := _common(trips, left, windows)) is not None:
        rests.append(found)
        for trip, breaks in zip(trips, left, strict=True):
            taken = _taken(breaks, *found) if _is_out(trip, found[0]) else None
            if taken is not None:
                breaks.remove(taken)
    return Clock(tuple(sorted(rests)))


def _common(trips: Sequence[Trip], left: Sequence[Sequence[Break]], windows: Collection[Window]) -> _Rest | None:
    """The rest all may take that are out then: the least harm, then farthest from the ends of anyone's window."""
    kinds = {one for breaks in left for one in breaks}
    moments = {((a + b) // 2, one.duration_s) for one in kinds for a, b in one.windows}
    moments |= {(edge, one.duration_s) for one in kinds for window in one.windows for edge in window}
    able = [(rest, slack) for rest in sorted(moments) if (slack := _slack(trips, left, rest)) is not None]
    return min(able, key=lambda one: (_harm(one[0], windows), -one[1]), default=(None, 0))[0]


def _harm(rest: _Rest, windows: Collection[Window]) -> float:
    """How much of the windows it covers, each counted as one."""
    begin, lasts = rest
    return sum(max(0, min(b, begin + lasts) - max(a, begin)) / max(1, b - a) for a, b in windows)


def _slack(trips: Sequence[Trip], left: Sequence[Sequence[Break]], rest: _Rest) -> int | None:
    """How much earlier or later it could begin for everybody; None where someone on the road may not take it."""
    slacks = []
    for trip, breaks in zip(trips, left, strict=True):
        if _is_out(trip, rest[0]):
            taken = _taken(breaks, *rest)
            if taken is None:
                return None
            slacks.append(max(min(rest[0] - a, b - rest[0]) for a, b in taken.windows))
    return min(slacks, default=None)


def _is_out(trip: Trip, moment: int) -> bool:
    return trip.start_s <= moment < trip.last_s


def _taken(breaks: Sequence[Break], begin: int, lasts: int) -> Break | None:
    """The first break that may begin at the moment and is as long."""
    able = (one for one in breaks if one.duration_s == lasts and any(a <= begin <= b for a, b in one.windows))
    return next(able, None)
