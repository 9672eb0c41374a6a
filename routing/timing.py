"""When a round whose order is given leaves, serves, rests and is back: the cheapest times there are.

Times are found by passing the earliest (latest) clock along the way, one for each number of breaks already taken; a
break on a leg may interrupt the ride. Both passes are exact because a later clock never helps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from routing.model import Break, Frozen, Problem, Shift, Vehicle, Weights
from routing.way import Way, frozen_of, weights_of

Windows = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A feasible round: seconds of the day; `breaks` are the starts of all breaks of the shift."""

    departure_s: int
    arrivals: tuple[int, ...]
    starts: tuple[int, ...]
    return_s: int
    wait_s: int
    breaks: tuple[int, ...]


def earliest_in(windows: Windows, at: int) -> int | None:
    """First second not before `at` inside a window; no windows mean any time."""
    if not windows:
        return at
    return min((max(at, a) for a, b in windows if at <= b), default=None)


def latest_in(windows: Windows, limit: int) -> int | None:
    """Last second not after `limit` inside a window."""
    if not windows:
        return limit
    return max((min(b, limit) for a, b in windows if a <= limit), default=None)


def price(weights: Weights, shift: Shift, *, wait_s: int, return_s: int) -> tuple[int, int, int]:
    """Cost seconds of waiting, overtime and finishing late."""
    return (
        weights.wait_per_s * wait_s,
        weights.overtime_per_s * max(0, return_s - shift.end_s),
        weights.finish_per_h * max(0, return_s - shift.start_s) // 3600,
    )


def time_way(problem: Problem, vehicle: Vehicle, index: int, way: Way, *, after_s: int = 0) -> Timed | None:
    """The cheapest times of a round that may leave from `after_s` on, or None when it cannot be ridden.

    Waiting as a function of the departure is least at the first departure there is, or where a stop (or break) meets
    the opening of one of its windows after the latest possible departure. Of equally cheap times those back first are
    taken; when another round must follow, those back first always.
    """
    shift, weights = vehicle.shifts[index], weights_of(problem, vehicle)
    clock = _Clock(way, shift, frozen_of(problem, vehicle, index), after_s)
    hurried = index + 1 < len(vehicle.shifts) and vehicle.shifts[index + 1].start_s < shift.last_s
    best, best_rank = None, None
    for departure in clock.departures(price_of_waiting=weights.wait_per_s, shortest=vehicle.max_duration_s is not None):
        timed = clock.ride(departure)
        if timed is None or _too_long(vehicle, clock, timed):
            continue
        cost = sum(price(weights, shift, wait_s=timed.wait_s, return_s=timed.return_s))
        rank = (timed.return_s if hurried else 0, cost, timed.return_s, -timed.departure_s)
        if best_rank is None or rank < best_rank:
            best, best_rank = timed, rank
    return best


def _too_long(vehicle: Vehicle, clock: "_Clock", timed: Timed) -> bool:
    longest = vehicle.max_duration_s
    return longest is not None and not clock.only_frozen and timed.return_s - timed.departure_s > longest


@dataclass(frozen=True)
class _Clock:
    """The passes over one way. Leg `n` leads to stop `n`, the last one home; labels are by breaks taken."""

    way: Way
    shift: Shift
    frozen: Frozen | None
    after_s: int

    @cached_property
    def under_way(self) -> bool:
        return self.frozen is not None and self.frozen.left_s is not None

    @cached_property
    def fixed(self) -> int:
        """How many stops at the beginning are frozen: their windows bind no more."""
        return 0 if self.frozen is None else len(self.frozen.visit_ids)

    @cached_property
    def only_frozen(self) -> bool:
        return self.frozen is not None and len(self.way.visits) == self.fixed

    @cached_property
    def first_s(self) -> int:
        """The earliest departure (or when the courier rides on)."""
        if self.frozen is not None and self.under_way:
            return self.frozen.free_s
        return max([self.shift.start_s, self.after_s, *(visit.ready_s for visit in self.way.visits)])

    @cached_property
    def breaks(self) -> Sequence[Break]:
        taken = 0 if self.frozen is None else len(self.frozen.breaks_taken)
        return self.shift.breaks[taken:]

    def windows(self, n: int) -> Windows:
        return () if n < self.fixed else self.way.visits[n].windows

    def departures(self, *, price_of_waiting: int, shortest: bool) -> Iterator[int]:
        """Departures worth trying, the first one first."""
        yield self.first_s
        if self.under_way or not (price_of_waiting or shortest or self.breaks):
            return
        first = self.ride(self.first_s)
        if first is not None and not first.wait_s and not self.breaks:
            return
        seen = {self.first_s}
        for departure in self._turning_points():
            if departure > self.first_s and departure not in seen:
                seen.add(departure)
                yield departure

    def ride(self, departure: int) -> Timed | None:
        """The earliest times when leaving at this second."""
        labels = self._forward(departure)
        if labels is None:
            return None
        limit = None if self.only_frozen else self.shift.last_s
        best: tuple[int, int, tuple[int, ...]] | None = None
        for taken, back in labels[-1].items():
            if limit is not None and back > limit:
                continue
            rest = self._rest_after(back, taken)
            if rest is not None and (best is None or (back, taken) < best[:2]):
                best = back, taken, rest
        return None if best is None else self._timed(departure, labels, best)

    def _rest_after(self, back: int, taken: int) -> tuple[int, ...] | None:
        """Starts of the breaks left when the courier is back."""
        starts, at = [], back
        for rest in self.breaks[taken:]:
            start = earliest_in(rest.windows, at)
            if start is None:
                return None
            starts.append(start)
            at = start + rest.duration_s
        return tuple(starts)

    def _rest_before(self) -> list[int]:
        """Starts of the breaks taken as early as possible in the shift."""
        starts, at = [], self.shift.start_s
        for rest in self.breaks:
            start = earliest_in(rest.windows, at)
            if start is None:
                break
            starts.append(start)
            at = start + rest.duration_s
        return starts

    def _rested(self, starts: Sequence[int], departure: int) -> int:
        """How many of these breaks are over by the departure."""
        ends = [start + rest.duration_s for start, rest in zip(starts, self.breaks, strict=False)]
        return 0 if self.under_way else sum(end <= departure for end in ends)

    def _forward(self, departure: int) -> list[dict[int, int]] | None:
        """Earliest clock on leaving the depot, each stop, and at home; None when a stop cannot be reached in time."""
        way, labels = self.way, []
        now = dict.fromkeys(range(self._rested(self._rest_before(), departure) + 1), departure)
        labels.append(now)
        for n in range(way.done, len(way.leg_s)):
            then: dict[int, int] = {}
            for taken, at in now.items():
                for more, (ready, _) in enumerate(self._leg(at, way.leg_s[n], taken)):
                    clock = ready
                    if n < len(way.visits):
                        start = earliest_in(self.windows(n), ready)
                        if start is None:
                            break
                        clock = start + way.service_s[n]
                    then[taken + more] = min(then.get(taken + more, clock), clock)
            if not then:
                return None
            now = then
            labels.append(now)
        return labels

    def _leg(self, at: int, leg_s: int, taken: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Ready at the end of the leg with 0, 1, … breaks on it, and their starts."""
        yield at + leg_s, ()
        starts: tuple[int, ...] = ()
        free, rested = at, 0
        for rest in self.breaks[taken:]:
            start = earliest_in(rest.windows, free)
            if start is None:
                return
            starts = (*starts, start)
            free, rested = start + rest.duration_s, rested + rest.duration_s
            yield max(at + leg_s + rested, free), starts

    def _timed(self, departure: int, labels: list[dict[int, int]], best: tuple[int, int, tuple[int, ...]]) -> Timed:
        """Follow the labels back."""
        way, (back, taken, rests) = self.way, best
        arrivals, starts = [], []
        wait_s, clock = 0, back
        for n in range(len(way.leg_s) - 1, way.done - 1, -1):
            label, started = labels[n - way.done], clock - (way.service_s[n] if n < len(way.visits) else 0)
            before, leg_starts, rested = self._came_from(label, n, taken, started)
            wait = started - label[before] - way.leg_s[n] - rested
            if n < len(way.visits):
                starts.append(started)
                arrivals.append(started - wait)
            wait_s += wait
            rests, taken, clock = (*leg_starts, *rests), before, label[before]
        early = self._rest_before()[:taken]
        done = self.frozen.done if self.frozen is not None else ()
        had = self.frozen.breaks_taken if self.frozen is not None else ()
        left = self.frozen.left_s if self.frozen is not None else None
        return Timed(
            departure_s=departure if left is None else left,
            arrivals=(*(stop.arrival_s for stop in done), *reversed(arrivals)),
            starts=(*(stop.start_s for stop in done), *reversed(starts)),
            return_s=back,
            wait_s=wait_s + sum(stop.wait_s for stop in done),
            breaks=(*had, *early, *rests),
        )

    def _came_from(self, label: dict[int, int], n: int, taken: int, started: int) -> tuple[int, tuple[int, ...], int]:
        for before, at in label.items():
            for more, (ready, starts) in enumerate(self._leg(at, self.way.leg_s[n], before)):
                begin = earliest_in(self.windows(n), ready) if n < len(self.way.visits) else ready
                if before + more == taken and begin == started:
                    return before, starts, sum(rest.duration_s for rest in self.breaks[before:taken])
        raise AssertionError("a label comes from another")

    def _turning_points(self) -> Iterator[int]:
        """The latest departures that bring the courier to an opening of a stop or a break, and the ends of breaks."""
        way = self.way
        for n, visit in enumerate(way.visits):
            for opening, _ in visit.windows if n >= self.fixed else ():
                for taken in range(len(self.breaks) + 1):
                    yield from self._backward(n, opening, taken)
        for last, rest in enumerate(self.breaks):
            for opening, _ in rest.windows:
                for n in range(len(way.leg_s)):
                    yield from self._before_break(n, opening, last)
        for start, rest in zip(self._rest_before(), self.breaks, strict=False):
            yield start + rest.duration_s

    def _before_break(self, n: int, opening: int, last: int) -> Iterator[int]:
        """Departures from which break `last` is reached at its opening on leg `n`."""
        limit: int | None = opening
        for taken in range(last, -1, -1):
            if limit is None:
                return
            if n:
                yield from self._backward(n - 1, limit - self.way.service_s[n - 1], taken)
            else:
                yield limit
            rest = self.breaks[taken - 1] if taken else None
            limit = None if rest is None else latest_in(rest.windows, limit - rest.duration_s)

    def _backward(self, position: int, start: int, taken: int) -> Iterator[int]:
        """Latest departures that let stop `position` begin by `start` with `taken` breaks behind the courier."""
        way = self.way
        now = {taken: start}
        for n in range(position, -1, -1):
            latest: dict[int, int] = {}
            for had, limit in now.items():
                at = latest_in(self.windows(n), limit) if n < position else limit
                if at is None:
                    continue
                for before, leaves in self._leg_back(at, way.leg_s[n], had):
                    begins = leaves - (way.service_s[n - 1] if n else 0)
                    latest[before] = max(latest.get(before, begins), begins)
            now = latest
        yield from now.values()

    def _leg_back(self, by: int, leg_s: int, taken: int) -> Iterator[tuple[int, int]]:
        """Latest second the leg may begin, with the number of breaks taken before it."""
        yield taken, by - leg_s
        limit, rested = by, 0
        for had in range(taken - 1, -1, -1):
            rest = self.breaks[had]
            start = latest_in(rest.windows, limit - rest.duration_s)
            if start is None:
                return
            limit, rested = start, rested + rest.duration_s
            yield had, min(by - leg_s - rested, limit)
