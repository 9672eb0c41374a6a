"""Who knows which place: learned from past routes, priced in the plan. What came of it: `routing.hands`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from geodata.model import LonLat
from geodata.straight_line import haversine_m, radians
from geodata.zones import Beat, Ground
from routing.objective import WEIGHTS

REMEMBERED = timedelta(days=56)
# Doors this near to each other are one place to a courier: the same lanes, the same neighbours to ask.
NEAR_M = 300.0
# After so many visits near a door a courier is at home there.
AT_HOME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStop:
    """A stop of a published plan: which day, which courier, where."""

    day: date
    courier_id: UUID
    point: LonLat
    commune_code: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What is known of who knows which place: drawn beats, stops of past routes, and what a stranger costs there.

    `price_s`: cost seconds of a visit in hands that have never been near. A visit outside a drawn beat costs as much as
    one outside the home communes, for which the beat stands.
    """

    beats: tuple[Beat, ...] = ()
    past: tuple[PastStop, ...] = ()
    price_s: int = 0

    def prices(self, couriers: Sequence[UUID], doors: Mapping[str, LonLat]) -> dict[tuple[UUID, str], int]:
        """What visits cost couriers who do not know the place: (courier, visit) → cost seconds, above nothing."""
        costs = self._outside(couriers, doors)
        for pair, cost in strangeness(self.past, couriers, doors, self.price_s).items():
            costs[pair] = costs.get(pair, 0) + cost
        return costs

    def _outside(self, couriers: Sequence[UUID], doors: Mapping[str, LonLat]) -> dict[tuple[UUID, str], int]:
        drawn = [beat for beat in self.beats if beat.courier_id in couriers]
        ground = Ground(beat.area for beat in drawn)
        inside = {visit_id: ground.holding(door) for visit_id, door in doors.items()}
        return {
            (beat.courier_id, visit_id): WEIGHTS.away_per_visit
            for n, beat in enumerate(drawn)
            for visit_id, holding in inside.items()
            if n not in holding
        }


NOTHING_KNOWN = Known()


def strangeness(
    past: Iterable[PastStop], couriers: Sequence[UUID], doors: Mapping[str, LonLat], price_s: int
) -> dict[tuple[UUID, str], int]:
    """What a visit costs a courier who does not know the place: (courier, visit) → cost seconds.

    `price_s` in hands that have never been near, less with each visit before, nothing from `AT_HOME` on. A place nobody
    knows costs nobody anything: it must not be left for that.
    """
    if not price_s or not doors:
        return {}
    by_courier: dict[UUID, list[LonLat]] = defaultdict(list)
    for stop in past:
        by_courier[stop.courier_id].append(stop.point)
    ids, at = list(doors), radians(list(doors.values()))
    known = np.array([_visits_near(at, by_courier.get(courier, [])) for courier in couriers]).reshape(-1, len(ids))
    lacking = 1 - np.minimum(known, AT_HOME) / AT_HOME
    priced = np.rint(price_s * lacking * known.any(axis=0)).astype(int)
    return {
        (courier, visit_id): int(priced[c, n])
        for c, courier in enumerate(couriers)
        for n, visit_id in enumerate(ids)
        if priced[c, n]
    }


def _visits_near(doors: NDArray[np.float64], places: Sequence[LonLat]) -> NDArray[np.int64]:
    """How many of the places lie near each door, shape (doors,)."""
    if not places:
        return np.zeros(len(doors), dtype=np.int64)
    near: NDArray[np.int64] = (haversine_m(doors[:, None], radians(places)[None, :]) <= NEAR_M).sum(axis=1)
    return near
