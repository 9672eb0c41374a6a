"""Whether the windows told to citizens hold: learned on some days, asked on others, as wide as they must be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

import numpy as np

from bench.eta_world import Day
from core.clock import at_local, local_date
from geodata.communes import CommuneIndex
from geodata.learned_speeds import HourFactors
from geodata.track_times import band_of
from geodata.travel import RoadTravel
from routing.spread import Spread, learn_spreads, misses, spread_of, told

_AFTERNOON = time(13, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Unix seconds of arrival at each stop of one half-day: as expected when leaving, and as they were."""

    expected: tuple[int, ...]
    happened: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Share of arrivals inside the window told (before leaving, and on the way), and mean widths in minutes."""

    before_leaving: float
    on_the_way: float
    before_leaving_min: float
    next_stop_min: float
    seen: int


def foretold(days: Sequence[Day], travel: RoadTravel, hours: HourFactors) -> list[Round]:
    """Every half-day of these days with its expected arrivals; at doors everyone is given the mean time."""
    communes = CommuneIndex.bundled()
    doors = [
        (after.at - before.at).total_seconds() - before.seconds
        for day in days
        for before, after in zip(day.legs, day.legs[1:], strict=False)
        if _half(before.at) == _half(after.at)
    ]
    at_door_s, rounds = float(np.mean(doors)), []
    for day in days:
        for half in (False, True):
            legs = [leg for leg in day.legs if _half(leg.at) is half]
            clock, expected, happened = None, list[int](), list[int]()
            for leg in legs:
                clock = leg.at.timestamp() if clock is None else clock + at_door_s
                now = datetime.fromtimestamp(clock, tz=leg.at.tzinfo)
                clock += float(travel.route([leg.start, leg.end]).leg_seconds[0]) * hours.ratio(
                    communes.at(leg.end), band_of(now)
                )
                expected.append(round(clock))
                happened.append(round(leg.at.timestamp() + leg.seconds))
            if legs:
                rounds.append(Round(expected=tuple(expected), happened=tuple(happened)))
    return rounds


def held(learned_on: Sequence[Round], asked_on: Sequence[Round]) -> Held:
    """Learn windows from some rounds and ask them on others."""
    spreads = learn_spreads(miss for one in learned_on for miss in misses(one.expected, one.happened))
    whole = spread_of(spreads, 0)
    plan = [_inside(whole, e, h) for one in asked_on for e, h in zip(one.expected, one.happened, strict=True)]
    way = [inside for one in asked_on for inside in _on_the_way(one, spreads)]
    return Held(
        before_leaving=float(np.mean(plan)),
        on_the_way=float(np.mean(way)),
        before_leaving_min=_width_min(whole),
        next_stop_min=_width_min(spread_of(spreads, 1)),
        seen=len(plan) + len(way),
    )


def _on_the_way(one: Round, spreads: dict[int, Spread]) -> Iterator[bool]:
    for j, seen in enumerate(one.happened):
        for i in range(j + 1, len(one.happened)):
            expected = seen + one.expected[i] - one.expected[j]
            yield _inside(spread_of(spreads, i - j), expected, one.happened[i])


def _inside(spread: Spread, expected: int, happened: int) -> bool:
    first, last = told(expected, spread)
    return first <= happened <= last


def _width_min(spread: Spread) -> float:
    """Mean over the minutes of an hour, as told."""
    return float(np.mean([last - first for first, last in (told(at, spread) for at in range(0, 3_600, 60))])) / 60


def _half(at: datetime) -> bool:
    return at >= at_local(local_date(at), _AFTERNOON)
