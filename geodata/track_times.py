"""From a courier's track to seconds on road segments: what riding took beside what the profile expects.

A track is cut where the courier stands still, each piece is matched to the roads (`osrm-routed`, hidden Markov model of
Newson & Krumm 2009), and the observed seconds of some 30 s of riding at a time are spread over the segments ridden.
Noise of single fixes cancels out within such a stretch, for a position too far on shortens the next step by as much.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.clock import VIETNAM
from geodata.model import LonLat
from geodata.osrm_client import MatchedLeg
from geodata.segment_table import SegmentTable
from geodata.straight_line import haversine_m

# standing within this radius for this long is a stop, not traffic: red lights are shorter
STAY_RADIUS_M = 30.0
STAY_S = 75.0
GAP_S = 90.0
LEAST_FIXES = 4
LEAST_STEP_S = 4.0
STRETCH_S = 30.0
# a stretch ridden at a third or three times the expected pace is a detour, a talk at the kerb, or a bad match
SLOWEST, FASTEST = 3.0, 1 / 3
_MATCH_POINTS = 500
_CONFIDENCE = 0.05


class Band(IntEnum):
    """Hours of the day that are learned apart, local time; DAY is all of them together."""

    DAY = 0
    RUSH_MORNING = 1
    MORNING = 2
    AFTERNOON = 3
    RUSH_EVENING = 4


_BAND_OF_HOUR = [Band.RUSH_MORNING] * 9 + [Band.MORNING] * 4 + [Band.AFTERNOON] * 3 + [Band.RUSH_EVENING] * 8


def band_of(instant: datetime) -> Band:
    """The band of an aware instant: before 9:00, to 13:00, to 16:00, after."""
    return _BAND_OF_HOUR[instant.astimezone(VIETNAM).hour]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Track:
    """Fixes of one courier by time: Unix seconds, degrees, accuracy in metres (1 sigma), all float64 of shape (n,)."""

    at_s: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.at_s)

    def part(self, chosen: NDArray[np.int64]) -> "Track":
        """Some fixes of it."""
        values = self.at_s[chosen], self.lon[chosen], self.lat[chosen], self.accuracy_m[chosen]
        return Track(at_s=values[0], lon=values[1], lat=values[2], accuracy_m=values[3])


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class SegmentTimes:
    """Seconds on directed segments, all of shape (n,): `row` of the segment table, band, observed and expected."""

    row: NDArray[np.int64]
    band: NDArray[np.int64]
    observed_s: NDArray[np.float64]
    expected_s: NDArray[np.float64]

    def summed(self) -> "SegmentTimes":
        """One entry for each segment and band."""
        keys, place = np.unique(self.row * len(Band) + self.band, return_inverse=True)
        return SegmentTimes(
            row=keys // len(Band),
            band=keys % len(Band),
            observed_s=totals(place, self.observed_s, len(keys)),
            expected_s=totals(place, self.expected_s, len(keys)),
        )


def totals(place: NDArray[np.int64], seconds: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Sum of the seconds at each of `size` places."""
    return np.bincount(place, seconds, size).astype(np.float64)


class Matcher(Protocol):
    """What puts fixes on roads."""

    def match(self, points: Sequence[LonLat], at_s: Sequence[int], radius_m: Sequence[float]) -> list[MatchedLeg]:
        """The steps between fixes that were put on roads."""
        ...


def read_track(track: Track, table: SegmentTable, matcher: Matcher) -> SegmentTimes:
    """Seconds by segment of one courier's track."""
    found = [times for piece in _pieces(track) for times in _piece_times(piece, table, matcher)]
    return joined(found).summed()


def joined(parts: Sequence[SegmentTimes]) -> SegmentTimes:
    """All of them as one."""
    empty = np.empty(0)
    return SegmentTimes(
        row=np.concatenate([empty.astype(np.int64), *(part.row for part in parts)]),
        band=np.concatenate([empty.astype(np.int64), *(part.band for part in parts)]),
        observed_s=np.concatenate([empty, *(part.observed_s for part in parts)]),
        expected_s=np.concatenate([empty, *(part.expected_s for part in parts)]),
    )


def stays(track: Track, *, radius_m: float = STAY_RADIUS_M, least_s: float = STAY_S) -> list[tuple[int, int]]:
    """First and last fix of each time the courier stood still.

    Stay points of Li et al., Mining user similarity based on location history (ACM GIS 2008): a run of fixes within
    `radius_m` of its first that lasts `least_s`. The stay ends with its last fix, not with the one after it: a silence
    belongs to no place.
    """
    places = np.radians(np.stack([track.lon, track.lat], axis=1))
    found, first = [], 0
    while first < len(track) - 1:
        # nobody stands longer than an hour of fixes without being looked at again
        near = haversine_m(places[first], places[first : first + 3_600]) <= radius_m
        last = first + (len(near) if near.all() else int(near.argmin())) - 1
        if track.at_s[last] - track.at_s[first] >= least_s:
            found.append((first, last))
            first = last + 1
        else:
            first += 1
    return found


def _pieces(track: Track) -> Iterator[Track]:
    """Riding between stands and gaps, thinned; the steps next to a stand are left out: part of them was standing."""
    riding = np.ones(len(track), dtype=bool)
    for first, last in stays(track):
        riding[max(first - 1, 0) + 1 : last + 1] = False
    rows = np.flatnonzero(riding)
    breaks = np.flatnonzero((np.diff(rows) > 1) | (np.diff(track.at_s[rows]) > GAP_S)) + 1
    for piece in np.split(rows, breaks):
        kept = _thinned(track, piece)
        for start in range(0, len(kept), _MATCH_POINTS - 1):
            part = kept[start : start + _MATCH_POINTS]
            if len(part) >= LEAST_FIXES:
                yield track.part(part)


def _thinned(track: Track, piece: NDArray[np.int64]) -> NDArray[np.int64]:
    """Fixes at least 4 s apart: between nearer ones there is more noise than way."""
    kept, last_s = [], -np.inf
    for row in piece.tolist():
        if track.at_s[row] - last_s >= LEAST_STEP_S:
            kept.append(row)
            last_s = track.at_s[row]
    return np.array(kept, dtype=np.int64)


def _piece_times(piece: Track, table: SegmentTable, matcher: Matcher) -> Iterator[SegmentTimes]:
    points = [LonLat(lon=lon, lat=lat) for lon, lat in zip(piece.lon.tolist(), piece.lat.tolist(), strict=True)]
    radius = np.clip(piece.accuracy_m, 4.0, 40.0).tolist()
    legs = matcher.match(points, np.rint(piece.at_s).astype(int).tolist(), radius)
    band = band_of(datetime.fromtimestamp(float(piece.at_s[0]), VIETNAM))
    steps = [_step(leg, piece, table) for leg in legs]
    for stretch in _stretches([step for step in steps if step is not None]):
        yield _spread(stretch, band)


@dataclass(frozen=True, eq=False, slots=True)
class _Step:
    """One matched step: rows of its segments, seconds the profile takes on each, seconds it took without turns."""

    first: int
    last: int
    rows: NDArray[np.int64]
    expected_s: NDArray[np.float64]
    observed_s: float


def _step(leg: MatchedLeg, piece: Track, table: SegmentTable) -> _Step | None:
    """The step, or None where the match cannot be trusted or the profile has no speed."""
    rows = table.find(leg.nodes[:-1], leg.nodes[1:])
    if leg.confidence < _CONFIDENCE or (rows < 0).any():
        return None
    kmh = table.kmh[rows]
    if (kmh <= 0).any():
        return None
    taken = float(piece.at_s[leg.last] - piece.at_s[leg.first])
    return _Step(leg.first, leg.last, rows, leg.metres * 3.6 / kmh, taken - leg.turn_s)


def _stretches(steps: Sequence[_Step]) -> Iterator[list[_Step]]:
    """Neighbouring steps until enough riding is together; what is left over at a break is too little to tell."""
    stretch: list[_Step] = []
    for step in steps:
        if stretch and step.first != stretch[-1].last:
            stretch = []
        stretch.append(step)
        if sum(float(one.expected_s.sum()) for one in stretch) >= STRETCH_S:
            yield stretch
            stretch = []


def _spread(stretch: Sequence[_Step], band: Band) -> SegmentTimes:
    rows = np.concatenate([step.rows for step in stretch])
    expected = np.concatenate([step.expected_s for step in stretch])
    ratio = sum(step.observed_s for step in stretch) / float(expected.sum())
    return SegmentTimes(
        row=rows,
        band=np.full(len(rows), int(band)),
        observed_s=expected * min(max(ratio, FASTEST), SLOWEST),
        expected_s=expected,
    )
