"""Riding a planned line: cut it at the stops, and say where one is after a share of a leg."""

import itertools
import math
from collections.abc import Sequence

from geodata.model import LonLat

_METRES_PER_DEGREE = 111_195.0
_SAME_PLACE_M = 25.0


def metres(a: LonLat, b: LonLat) -> float:
    """Distance on the local plane (equirectangular; within a city its error is below one in a thousand)."""
    east = (b.lon - a.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.hypot(east, b.lat - a.lat) * _METRES_PER_DEGREE


def legs(line: Sequence[LonLat], places: Sequence[LonLat]) -> list[list[LonLat]]:
    """The pieces of `line` between places visited in order; a leg is at least its two ends."""
    found, at = [], 0
    for here, there in itertools.pairwise(places):
        to = _reached(line, there, at)
        found.append([here, *line[at : to + 1], there])
        at = to
    return found


def _reached(line: Sequence[LonLat], place: LonLat, start: int) -> int:
    # The first time the line comes as near as it will: later passes of the same door belong to other legs.
    distances = [metres(point, place) for point in line[start:]]
    near = min(distances, default=0.0) + _SAME_PLACE_M
    return start + next((n for n, distance in enumerate(distances) if distance <= near), 0)


def along(leg: Sequence[LonLat], share: float) -> LonLat:
    """The place after `share` (0 to 1) of the leg's length."""
    pieces = [metres(a, b) for a, b in itertools.pairwise(leg)]
    left = share * sum(pieces)
    for (a, b), length in zip(itertools.pairwise(leg), pieces, strict=True):
        if left <= length and length > 0:
            part = left / length
            return LonLat(lon=a.lon + (b.lon - a.lon) * part, lat=a.lat + (b.lat - a.lat) * part)
        left -= length
    return leg[-1]
