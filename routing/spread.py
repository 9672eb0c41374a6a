"""How early and how late couriers come against what was expected of them: what makes a citizen's window honest.

A window is learned, not wished: of all misses seen with as many stops still to go, the middle nine in ten, counted as a
split conformal interval (Vovk, Gammerman & Shafer 2005, Algorithmic Learning in a Random World; Lei et al., JASA 113,
2018): with n misses the bounds are the ones in place floor((n+1)α/2) and ceil((n+1)(1-α/2)), which holds the promised
share for any distribution as long as tomorrow is like the days before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

COVERED = 0.9
# Stops still to go, counting the one that is asked about; a class reaches to the next one's beginning. 0 is the plan
# alone: the round has not been begun.
CLASSES = (0, 1, 2, 3, 5, 9, 17)
# Fewer misses bound nothing: 19 are the least of which nine in ten can be told at all.
ENOUGH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Nine in ten come between `early_s` before (negative: after) and `late_s` after the expected; `seen` misses."""

    early_s: int
    late_s: int
    seen: int = 0


# A window below half an hour is told in steps of five minutes, any other in quarters of an hour.
_SHORT_S, _SHORT_GRAIN_S, _GRAIN_S = 1_800, 300, 900
# Where nothing was seen yet: half an hour early to an hour late.
UNKNOWN = Spread(early_s=1_800, late_s=3_600)


def class_of(ahead: int) -> int:
    """The class of so many stops to go."""
    return max(one for one in CLASSES if one <= ahead)


def misses(expected: Sequence[int], happened: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    """(class, seconds late) of one round: each stop against the plan, and against the plan moved by each stop before.

    `expected` are seconds of the day in the order of the plan; `happened` what became of them, None where unknown.
    """
    made = [(n, at) for n, at in enumerate(happened) if at is not None]
    for n, at in made:
        yield 0, at - expected[n]
    for k, (before, seen_at) in enumerate(made):
        for ahead, (n, at) in enumerate(made[k + 1 :], start=1):
            if at >= seen_at and n > before:
                yield class_of(ahead), at - seen_at - (expected[n] - expected[before])


def learn_spreads(seen: Iterable[tuple[int, int]]) -> dict[int, Spread]:
    """Spreads by class, of the classes of which enough was seen."""
    late: dict[int, list[int]] = defaultdict(list)
    for one, seconds in seen:
        late[one].append(seconds)
    return {one: _middle(sorted(found)) for one, found in late.items() if len(found) >= ENOUGH}


def _middle(found: Sequence[int]) -> Spread:
    n, outside = len(found), (1 - COVERED) / 2
    first = max(1, floor((n + 1) * outside))
    last = min(n, ceil((n + 1) * (1 - outside)))
    return Spread(early_s=-found[first - 1], late_s=found[last - 1], seen=n)


def spread_of(spreads: Mapping[int, Spread], ahead: int) -> Spread:
    """The spread for so many stops to go; of the nearest class beyond where this one is not known."""
    own = class_of(ahead)
    # The plan alone (class 0) is the widest of all.
    further = [one for one in CLASSES if one >= own and ahead] + [0]
    return next((spreads[one] for one in further if one in spreads), UNKNOWN)


def told(expected_s: int, spread: Spread) -> tuple[int, int]:
    """First and last second of the window as people are told it: outwards, in five minutes while it is short."""
    first, last = expected_s - spread.early_s, expected_s + spread.late_s
    grain = _SHORT_GRAIN_S if last - first < _SHORT_S else _GRAIN_S
    return first - first % grain, last + -last % grain
