"""Finding a door on a commune's streets: the mapped number, else between known numbers, else the alley, the street.

Radii hold the door in about 9 of 10 cases; the constants are measured by leaving mapped numbers out
(`tests/geodata/test_street_radius.py`).
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from geodata.street_text import DoorWords

_METRES = 0.111_132
# A mapped number stands at the house or its gate.
EXACT_M = 25
_SUFFIX_M = 40
# Between two known numbers: this, and this share of their distance.
_BETWEEN_M, _BETWEEN_SHARE = 20.0, 0.35
# In an alley beyond the known numbers: this, and metres for each number away.
_BEYOND_M, _PER_NUMBER_M = 40.0, 4.0
# Houses are about 4 m wide and numbered odd and even across the street: two known numbers may lie this far apart.
_STRETCH_M, _STRETCH_PER_NUMBER_M = 120.0, 12.0
# An alley known by its doors or its line, and one of which only the mouth is known.
_ALLEY_M = 40.0
_MOUTH_M = 170.0
_STREET_M = 30.0
_LONG_M = 200


class Match(StrEnum):
    """How a door was found, best first."""

    EXACT = "exact"
    BETWEEN = "between"
    ALLEY = "alley"
    MOUTH = "mouth"
    STREET = "street"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in micro-degrees, how far the door may lie from it in metres, and how it was found."""

    x: float
    y: float
    radius_m: float
    match: Match
    name: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Where the address lies roughly: the old commune's point and radius."""

    x: float
    y: float
    radius_m: float


class Plane:
    """Distances in metres between micro-degrees around a latitude."""

    def __init__(self, y: float) -> None:
        self._x = _METRES * math.cos(math.radians(y / 1e6))

    def metres(self, x: float, y: float, to_x: float, to_y: float) -> float:
        return math.hypot((to_x - x) * self._x, (to_y - y) * _METRES)


class Street:
    """One street of a commune as its block holds it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.key: str = raw["k"]
        self.name: str = raw["n"]
        self.aliases: list[str] = raw["o"]
        self._lines: list[list[int]] = raw["l"]
        self._centre: list[int] = raw["c"]
        self._doors: dict[str, list[int]] = raw["d"]
        self._alleys: dict[str, list[Any]] = raw["a"]
        self.plane = Plane(self._centre[1])

    def find(self, door: DoorWords, hint: Hint | None) -> Spot:
        """The best spot for a door on this street."""
        if door.has_house:
            exact = self._exact(door.path)
            if exact is not None:
                return exact
        if door.alley:
            return self._in_alley(door, hint)
        if door.has_house:
            return self._between("", door.path[-1]) or self.line(hint)
        return self.line(hint)

    def line(self, hint: Hint | None = None) -> Spot:
        """The middle of the street's line, of the part within the hint's radius when there is one."""
        x, y, radius = self._centre
        if hint is not None and radius > _LONG_M:
            near = [p for p in self._points() if self.plane.metres(*p, hint.x, hint.y) <= hint.radius_m]
            if near:
                x, y, radius = _middle(near, self.plane)
        return Spot(x, y, _STREET_M + radius, Match.STREET, self.name)

    def gap(self, hint: Hint) -> float:
        """Metres from the street's middle to the hint."""
        return self.plane.metres(self._centre[0], self._centre[1], hint.x, hint.y)

    def _points(self) -> Iterator[tuple[int, int]]:
        for flat in self._lines:
            yield from zip(flat[0::2], flat[1::2], strict=True)

    def _exact(self, path: Sequence[str]) -> Spot | None:
        at = self._doors.get("/".join(path))
        if at is not None:
            return Spot(at[0], at[1], EXACT_M, Match.EXACT, self.name)
        plain = path[-1].rstrip("abcdefghiklmnopqrstuvwxyz")
        at = self._doors.get("/".join((*path[:-1], plain))) if plain else None
        return None if at is None else Spot(at[0], at[1], _SUFFIX_M, Match.EXACT, self.name)

    def _in_alley(self, door: DoorWords, hint: Hint | None) -> Spot:
        for depth in range(len(door.alley), 0, -1):
            alley = "/".join(door.alley[:depth])
            house = door.path[depth] if len(door.path) > depth else None
            spot = (house and self._near(alley, house)) or self._whole_alley(alley)
            if spot is not None:
                deeper = _ALLEY_M * (len(door.alley) - depth)
                return Spot(spot.x, spot.y, spot.radius_m + deeper, Match.ALLEY, self.name)
        spot = self._between("", door.alley[0]) or self.line(hint)
        match = Match.STREET if spot.match is Match.STREET else Match.MOUTH
        return Spot(spot.x, spot.y, spot.radius_m + _MOUTH_M, match, self.name)

    def _whole_alley(self, alley: str) -> Spot | None:
        """The alley by its own line, else by the doors known in it."""
        mapped = self._alleys.get(alley)
        if mapped is not None:
            return Spot(mapped[0], mapped[1], _ALLEY_M + mapped[2], Match.ALLEY, self.name)
        within = [(at[0], at[1]) for path, at in self._doors.items() if path.startswith(f"{alley}/")]
        if not within:
            return None
        x, y, radius = _middle(within, self.plane)
        return Spot(x, y, 2 * _ALLEY_M + radius, Match.ALLEY, self.name)

    @cached_property
    def _numbers(self) -> dict[str, dict[int, list[tuple[int, int, int]]]]:
        """Known numbers by alley (empty: the street) and parity, in order: number, x, y."""
        found: dict[str, dict[int, list[tuple[int, int, int]]]] = {}
        for path, (x, y) in self._doors.items():
            alley, _, last = path.rpartition("/")
            number = _value(last)
            if number is not None:
                found.setdefault(alley, {0: [], 1: []})[number % 2].append((number, x, y))
        for sides in found.values():
            for side in sides.values():
                side.sort()
        return found

    def _between(self, alley: str, house: str) -> Spot | None:
        """Between the two nearest known numbers of the same side."""
        number, sides = _value(house), self._numbers.get(alley)
        if number is None or sides is None:
            return None
        side = sides[number % 2]
        after = bisect_left(side, (number,))
        if after in (0, len(side)):
            return None
        (low, x, y), (high, to_x, to_y) = side[after - 1], side[after]
        share = (number - low) / (high - low) if high > low else 0.5
        gap = self.plane.metres(x, y, to_x, to_y)
        if gap > _STRETCH_M + _STRETCH_PER_NUMBER_M * (high - low):
            # The two are not on one stretch: one of them is mapped wrong, or the street counts anew.
            return None
        radius = _BETWEEN_M + _BETWEEN_SHARE * gap
        return Spot(x + share * (to_x - x), y + share * (to_y - y), radius, Match.BETWEEN, self.name)

    def _near(self, alley: str, house: str) -> Spot | None:
        """Between known numbers of an alley, else at the nearest known one of either side."""
        spot, number = self._between(alley, house), _value(house)
        known = [one for side in self._numbers.get(alley, {}).values() for one in side]
        if spot is not None or number is None or not known:
            return spot
        nearest, x, y = min(known, key=lambda one: abs(one[0] - number))
        return Spot(x, y, _BEYOND_M + _PER_NUMBER_M * abs(nearest - number), Match.ALLEY, self.name)


def _value(number: str) -> int | None:
    digits = number.rstrip("abcdefghiklmnopqrstuvwxyz")
    return int(digits) if digits.isdecimal() and len(digits) < 6 else None


def _middle(points: Iterable[tuple[int, int]], plane: Plane) -> tuple[int, int, int]:
    """The point nearest to the mean, and the radius that holds 9 of 10 of the points."""
    every = list(points)
    mean_x, mean_y = [sum(p[i] for p in every) / len(every) for i in (0, 1)]
    x, y = min(every, key=lambda p: plane.metres(p[0], p[1], mean_x, mean_y))
    gaps = sorted(plane.metres(*p, x, y) for p in every)
    return round(x), round(y), round(gaps[math.ceil(0.9 * len(gaps)) - 1])
