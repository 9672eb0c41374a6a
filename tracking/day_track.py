"""A courier's day as the office sees it: the track, where he stood and for how long, what the filters left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from core.clock import at_local
from core.scope import Scope
from geodata.model import LonLat
from geodata.straight_line import distance_m
from geodata.track_times import Track, stays
from tracking import store_positions, store_tracks
from tracking.model import Fix
from tracking.offices import find_courier
from tracking.positions import ACCEPTED
from tracking.store_tracks import DoorProof

# Phones in narrow streets wander some 30 m; the crossing lights of a town last less than two minutes.
STAY_RADIUS_M = 50.0
STAY_S = 120.0
# A proof is signed at the door or on the way back to the motorbike; a pin is where the house is, not the kerb.
_PROOF_SLACK = timedelta(seconds=60)
_DOOR_M = 60.0
# A line on a map needs no more.
_STEP_M = 15.0
_POINTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where a courier stood, from first to last fix within 50 m; `items` are id and code of the visit, if known."""

    start_at: datetime
    end_at: datetime
    point: LonLat
    items: tuple[tuple[UUID, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTrack:
    """Fixes by time, thinned to 15 m and 2,000; `accepted` and `filtered` count all that came."""

    fixes: tuple[Fix, ...]
    stays: tuple[Stay, ...]
    accepted: int
    filtered: Mapping[str, int]


def track_of_day(session: Session, *, scope: Scope, courier_id: UUID, day: date) -> DayTrack:
    """A courier's local day. Raises C1000 for a courier out of reach."""
    find_courier(session, scope=scope, courier_id=courier_id, on=day)
    start_at = at_local(day, time())
    period = start_at, start_at + timedelta(days=1)
    fixes = store_positions.track(session, scope.province_code, courier_id, *period)
    proofs = store_tracks.proofs_of(session, scope.province_code, courier_id, *period)
    counts = store_positions.counts_of_day(session, scope.province_code, courier_id, day)
    return DayTrack(
        fixes=tuple(thinned(fixes)),
        stays=tuple(with_doors(find_stays(fixes), proofs)),
        accepted=counts.pop(ACCEPTED),
        filtered={name: count for name, count in counts.items() if count},
    )


def find_stays(fixes: Sequence[Fix]) -> list[Stay]:
    """Stays of two minutes or more within 50 m of their first fix, by time; `point` is the middle of their fixes."""
    if not fixes:
        return []
    place = np.array([(fix.point.lon, fix.point.lat) for fix in fixes], dtype=np.float64)
    track = Track(
        at_s=np.array([fix.occurred_at.timestamp() for fix in fixes], dtype=np.float64),
        lon=place[:, 0],
        lat=place[:, 1],
        accuracy_m=np.zeros(len(fixes)),
    )
    found = []
    for first, last in stays(track, radius_m=STAY_RADIUS_M, least_s=STAY_S):
        lon, lat = place[first : last + 1].mean(axis=0).tolist()
        point = LonLat(lon=lon, lat=lat)
        found.append(Stay(start_at=fixes[first].occurred_at, end_at=fixes[last].occurred_at, point=point))
    return found


def with_doors(found: Sequence[Stay], proofs: Sequence[DoorProof]) -> list[Stay]:
    """Each stay with the items proved during it; where there are none, with those whose door lies within 60 m."""
    matched = []
    for stay in found:
        low, high = stay.start_at - _PROOF_SLACK, stay.end_at + _PROOF_SLACK
        here = [proof for proof in proofs if low <= proof.occurred_at <= high]
        here = here or [p for p in proofs if p.pin is not None and distance_m(p.pin, stay.point) <= _DOOR_M]
        items = dict.fromkeys((proof.item_id, proof.item_code) for proof in here)
        matched.append(Stay(start_at=stay.start_at, end_at=stay.end_at, point=stay.point, items=tuple(items)))
    return matched


def thinned(fixes: Sequence[Fix]) -> list[Fix]:
    """Fixes at least 15 m apart, with the first and the last, at most 2,000."""
    kept: list[Fix] = []
    for fix in fixes:
        if not kept or distance_m(kept[-1].point, fix.point) >= _STEP_M:
            kept.append(fix)
    if fixes and kept[-1] is not fixes[-1]:
        kept.append(fixes[-1])
    if len(kept) <= _POINTS:
        return kept
    return [kept[row] for row in np.linspace(0, len(kept) - 1, _POINTS).astype(int).tolist()]
