"""How long visits really lasted: from coming near the door to leaving it, seen in the courier's own track."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from geodata.learned_service import SeenVisit
from geodata.straight_line import StraightLine, haversine_m
from geodata.track_times import GAP_S, Track, stays
from routing.batch import FOUND_WITHIN_M, SEARCH_MAX_S, standard_service
from tracking.store_tracks import DoorRecord

# proofs of one household further apart than this are two visits
_ONE_VISIT_S = 1_200.0
# phone and courier are a little apart in time: the photo is taken on the way back to the motorbike
_NEAR_S = 60.0
_DOOR_STAY_S = 20.0
_APPROACH = StraightLine()


@dataclass(frozen=True, slots=True)
class _Visit:
    records: tuple[DoorRecord, ...]

    @property
    def error_m(self) -> int:
        return min(record.error_m for record in self.records)

    @property
    def standard_s(self) -> int:
        has_money = any(record.has_money for record in self.records)
        return standard_service(len(self.records), error_m=self.error_m, has_money=has_money)


def seen_visits(track: Track, records: Iterable[DoorRecord]) -> list[SeenVisit]:
    """The visits of one courier's day that the track shows; those it does not show are left out."""
    stood = stays(track, least_s=_DOOR_STAY_S)
    found = []
    for visit in _visits(records):
        seen_s = _seen_s(track, stood, visit)
        if seen_s is not None:
            found.append(
                SeenVisit(
                    commune_code=visit.records[0].commune_code,
                    error_m=visit.error_m,
                    standard_s=visit.standard_s,
                    seen_s=seen_s,
                )
            )
    return found


def _visits(records: Iterable[DoorRecord]) -> Iterator[_Visit]:
    by_time = sorted(records, key=lambda record: record.occurred_at)
    for _, of_door in groupby(by_time, key=lambda record: record.household_key):
        one: list[DoorRecord] = []
        for record in of_door:
            if one and (record.occurred_at - one[-1].occurred_at).total_seconds() > _ONE_VISIT_S:
                yield _Visit(tuple(one))
                one = []
            one.append(record)
        yield _Visit(tuple(one))


def _seen_s(track: Track, stood: Sequence[tuple[int, int]], visit: _Visit) -> float | None:
    """Seconds at and around the door beyond what the way to the pin takes; None when no stand covers the proof."""
    first_s, last_s = (record.occurred_at.timestamp() for record in (visit.records[0], visit.records[-1]))
    covering = [
        (first, last)
        for first, last in stood
        if track.at_s[first] - _NEAR_S <= last_s and track.at_s[last] + _NEAR_S >= first_s
    ]
    if not covering:
        return None
    first, last = covering[0][0], covering[-1][1]
    entered = _entered(track, first, visit)
    approach_s = visit.error_m * _APPROACH.detour * 3.6 / _APPROACH.kmh if entered < first else 0.0
    # the stand began and ended somewhere between two fixes
    between_s = float(np.median(np.diff(track.at_s[first : last + 1]))) if last > first else 0.0
    stood_s = float(track.at_s[last] - track.at_s[first]) + between_s
    return max(stood_s, stood_s + float(track.at_s[first] - track.at_s[entered]) - approach_s)


def _entered(track: Track, first: int, visit: _Visit) -> int:
    """The fix with which the courier came into the circle in which the door had to be looked for."""
    if visit.error_m <= FOUND_WITHIN_M:
        return first
    pin = np.radians([visit.records[0].pin.lon, visit.records[0].pin.lat])
    entered = first
    while entered > 0 and _is_searching(track, entered - 1, first, pin, visit.error_m):
        entered -= 1
    return entered


def _is_searching(track: Track, fix: int, stand: int, pin: NDArray[np.float64], error_m: int) -> bool:
    near = haversine_m(pin, np.radians([track.lon[fix], track.lat[fix]])) <= error_m
    no_gap = track.at_s[fix + 1] - track.at_s[fix] <= GAP_S
    return bool(near and no_gap and track.at_s[stand] - track.at_s[fix] <= 2 * SEARCH_MAX_S)
