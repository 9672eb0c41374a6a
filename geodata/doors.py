"""Learned doors: where a household truly lives, from the places at which its papers were handed over. Pure.

One bad fix must not move a door. So observations vote: those that agree within their accuracies form a group, the
group with the most weight is believed, and the door is its weighted geometric median (Weiszfeld's iteration, Tohoku
Math. J. 43, 1937). Weight halves every year. A person's correction wins over any number of fixes; a
citizen's word counts only where there is neither.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.clock import aware, local_date
from geodata.communes import METRES_PER_DEGREE, metres_between
from geodata.model import LonLat

# What a phone reports beyond this is no fix on a door.
WORST_ACCURACY_M = 60.0
_BEST_ACCURACY_M = 8.0
_HALF_LIFE_DAYS = 365.0
# Newest visits that vote: a household that has moved away is outvoted soon.
VOTES = 9
# Two fixes agree when they are no further apart than this many standard errors of their difference, and this at least.
_SIGMAS = 2.5
_AGREE_LEAST_M = 40.0
# A phone's accuracy is the radius of 68 % (1.51 standard deviations); 90 % are 2.15 of them.
_SHARE_90 = 2.146 / 1.510
# From the courier's pocket to the door.
_AT_THE_DOOR_M = 12.0
_LEAST_ERROR_M = 15
# A pin set by hand on the map or standing at the door.
CORRECTED_ERROR_M = 25
# A citizen may point from the café or the relative's house: little trust, whatever the phone says.
_PROPOSED_ERROR_M = 60
_DISPUTE_M = 150.0
_DISPUTE_VOTES = 3
# Groups nearly as heavy as the believed one make it doubtful.
_RIVAL_SHARE = 0.6
_MOST_ERROR_M = 2_000
_FRESH = timedelta(days=365)
_FORGOTTEN_AFTER = timedelta(days=5 * 365)
# Radius around the only known door of an alley or a hamlet.
_ALONE_M = {"alley": 150.0, "hamlet": 600.0}


class DoorKind(StrEnum):
    """Whose door it is: a household's, or the middle of an alley's or hamlet's doors."""

    HOUSEHOLD = "household"
    ALLEY = "alley"
    HAMLET = "hamlet"


class Teaching(StrEnum):
    """What taught it."""

    DELIVERY = "delivery"
    CORRECTION = "correction"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One lesson. `accuracy_m` is the radius of 68 %, `taught_by` the actor; forgotten ones have a time and a name."""

    id: UUID
    kind: Teaching
    point: LonLat
    accuracy_m: float
    taught_by: str
    observed_at: datetime
    recorded_at: datetime
    forgotten_at: datetime | None = None
    forgotten_by: str | None = None

    @property
    def sigma_m(self) -> float:
        """Accuracy within the bounds that are believed."""
        return min(max(self.accuracy_m, _BEST_ACCURACY_M), WORST_ACCURACY_M)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedDoor:
    """A door as learned. `error_m` holds it in about 9 of 10 cases; `lessons` agree on it, the newest at `seen_at` by
    `taught_by`. `disputed`: newer deliveries, or nearly as many, say otherwise."""

    point: LonLat
    error_m: int
    lessons: int
    seen_at: datetime
    taught_by: str
    kind: DoorKind = DoorKind.HOUSEHOLD
    corrected: bool = False
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class _Vote:
    """A visit with its weight, in metres east and north of the first."""

    of: Observation
    weight: float
    x: float
    y: float


def learned(observations: Iterable[Observation]) -> LearnedDoor | None:
    """The door a household's observations come to, in whatever order; None without one that is not forgotten."""
    held = sorted((o for o in observations if o.forgotten_at is None), key=lambda o: (aware(o.observed_at), o.id))
    corrections = [o for o in held if o.kind is Teaching.CORRECTION]
    visits = _visits([o for o in held if o.kind is Teaching.DELIVERY])
    if corrections:
        return _corrected(corrections, visits)
    if visits:
        return _agreed(_votes(visits))
    proposals = [o for o in held if o.kind is Teaching.PROPOSAL]
    return _proposed(proposals[-1]) if proposals else None


def corrected_error_m(accuracy_m: float) -> int:
    """Radius of a correction: standing at the door a phone may be less exact than a pin on the map."""
    return max(CORRECTED_ERROR_M, math.ceil(accuracy_m))


def proposed_error_m(accuracy_m: float) -> int:
    """Radius in metres of 9 of 10 doors around a place that a citizen shows with an accuracy (68 %)."""
    return max(_PROPOSED_ERROR_M, math.ceil(_SHARE_90 * accuracy_m))


def middle_of(doors: Sequence[LearnedDoor], kind: DoorKind) -> LearnedDoor | None:
    """Where to look in an alley or hamlet for a door not known yet: the median of the known ones, in any order."""
    if not doors:
        return None
    ordered = sorted(doors, key=lambda d: (d.point.lon, d.point.lat, aware(d.seen_at)))
    places = [_plane(ordered[0].point, door.point) for door in ordered]
    x, y = _median(places, [1.0] * len(places))
    point = _unplane(ordered[0].point, x, y)
    gaps = sorted(metres_between(point, door.point) + door.error_m for door in ordered)
    spread = gaps[math.ceil(0.9 * len(gaps)) - 1]
    newest = max(ordered, key=lambda d: aware(d.seen_at))
    radius = max(spread, _ALONE_M[kind] / math.sqrt(len(doors)))
    return LearnedDoor(
        point=point,
        error_m=min(_MOST_ERROR_M, math.ceil(radius)),
        lessons=len(doors),
        seen_at=newest.seen_at,
        taught_by=newest.taught_by,
        kind=kind,
    )


def accuracy_of(error_m: float) -> float:
    """The accuracy (68 %) of a place whose radius in metres holds 9 of 10."""
    return error_m / _SHARE_90


def aged(door: LearnedDoor, now: datetime) -> LearnedDoor | None:
    """The door as believed today: nobody there for a year doubles its radius each further year, after five it is
    gone."""
    age = aware(now) - aware(door.seen_at)
    if age > _FORGOTTEN_AFTER:
        return None
    if age <= _FRESH:
        return door
    error_m = math.ceil(door.error_m * 2 ** ((age - _FRESH) / _FRESH))
    return replace(door, error_m=min(_MOST_ERROR_M, error_m))


def agree_within_m(one: Observation, other: Observation) -> float:
    """How far apart two fixes of one door may lie."""
    return max(_AGREE_LEAST_M, _SIGMAS * math.hypot(one.sigma_m, other.sigma_m) / 1.510)


def _visits(deliveries: Sequence[Observation]) -> list[Observation]:
    """The best fix of each visit: several papers handed over by one courier on one day are one lesson, not several."""
    best: dict[tuple[object, str], Observation] = {}
    for one in deliveries:
        visit = (local_date(one.observed_at), one.taught_by)
        known = best.get(visit)
        if known is None or (one.sigma_m, one.id) < (known.sigma_m, known.id):
            best[visit] = one
    return sorted(best.values(), key=lambda o: (aware(o.observed_at), o.id))[-VOTES:]


def _votes(visits: Sequence[Observation]) -> list[_Vote]:
    origin, newest = visits[0].point, visits[-1].observed_at
    votes = []
    for one in visits:
        days = (newest - one.observed_at) / timedelta(days=1)
        x, y = _plane(origin, one.point)
        votes.append(_Vote(one, 0.5 ** (days / _HALF_LIFE_DAYS), x, y))
    return votes


def _agreed(votes: Sequence[_Vote]) -> LearnedDoor:
    groups = [[other for other in votes if _agree(vote, other)] for vote in votes]
    support = [sum(vote.weight for vote in group) for group in groups]
    # Of groups of one weight the one around the newest fix.
    believed = max(range(len(votes)), key=lambda i: (round(support[i], 9), i))
    group = groups[believed]
    x, y = _median([(v.x, v.y) for v in group], [v.weight / v.of.sigma_m**2 for v in group])
    point = _unplane(votes[0].of.point, x, y)
    inside = {id(vote) for vote in group}
    rivals = [
        metres_between(point, vote.of.point)
        for i, vote in enumerate(votes)
        if id(vote) not in inside and support[i] >= _RIVAL_SHARE * support[believed]
    ]
    newest = max(group, key=lambda vote: (aware(vote.of.observed_at), vote.of.id)).of
    return LearnedDoor(
        point=point,
        error_m=min(_MOST_ERROR_M, math.ceil(max([_error_m(group), *rivals]))),
        lessons=len(group),
        seen_at=newest.observed_at,
        taught_by=newest.taught_by,
        disputed=bool(rivals),
    )


def _agree(one: _Vote, other: _Vote) -> bool:
    return math.hypot(one.x - other.x, one.y - other.y) <= agree_within_m(one.of, other.of)


def _error_m(group: Sequence[_Vote]) -> float:
    """90 % radius of the mean of independent fixes, and the steps from where the phone was to the door."""
    information = sum(1 / vote.of.sigma_m**2 for vote in group)
    return max(_LEAST_ERROR_M, math.hypot(_AT_THE_DOOR_M, _SHARE_90 / math.sqrt(information)))


def _corrected(corrections: Sequence[Observation], visits: Sequence[Observation]) -> LearnedDoor:
    newest = corrections[-1]
    since = [one for one in visits if one.observed_at > newest.observed_at]
    away = _agreed(_votes(since)) if len(since) >= _DISPUTE_VOTES else None
    disputed = (
        away is not None and away.lessons >= _DISPUTE_VOTES and metres_between(away.point, newest.point) > _DISPUTE_M
    )
    return LearnedDoor(
        point=newest.point,
        error_m=corrected_error_m(newest.accuracy_m),
        lessons=1,
        seen_at=max([newest.observed_at, *(one.observed_at for one in since if _same_place(one, newest))]),
        taught_by=newest.taught_by,
        corrected=True,
        disputed=disputed,
    )


def _proposed(newest: Observation) -> LearnedDoor:
    return LearnedDoor(
        point=newest.point,
        error_m=min(_MOST_ERROR_M, proposed_error_m(newest.accuracy_m)),
        lessons=1,
        seen_at=newest.observed_at,
        taught_by=newest.taught_by,
    )


def _same_place(one: Observation, correction: Observation) -> bool:
    return metres_between(one.point, correction.point) <= _DISPUTE_M


def _median(places: Sequence[tuple[float, float]], weights: Sequence[float]) -> tuple[float, float]:
    """Weighted geometric median; of two places the weighted mean, for any point between them is a median."""
    total = sum(weights)
    x, y = (sum(w * p[i] for w, p in zip(weights, places, strict=True)) / total for i in (0, 1))
    if len(places) < 3:
        return x, y
    for _ in range(60):
        pulls = [w / max(math.hypot(p[0] - x, p[1] - y), 0.01) for w, p in zip(weights, places, strict=True)]
        total = sum(pulls)
        to_x, to_y = (sum(w * p[i] for w, p in zip(pulls, places, strict=True)) / total for i in (0, 1))
        moved, x, y = math.hypot(to_x - x, to_y - y), to_x, to_y
        if moved < 0.01:
            break
    return x, y


def _plane(origin: LonLat, point: LonLat) -> tuple[float, float]:
    shrink = math.cos(math.radians(origin.lat))
    return (point.lon - origin.lon) * shrink * METRES_PER_DEGREE, (point.lat - origin.lat) * METRES_PER_DEGREE


def _unplane(origin: LonLat, x: float, y: float) -> LonLat:
    shrink = math.cos(math.radians(origin.lat))
    lon = origin.lon + x / (METRES_PER_DEGREE * shrink)
    return LonLat(lon=round(lon, 7), lat=round(origin.lat + y / METRES_PER_DEGREE, 7))
