"""In whose hands the stops of published plans lay: couriers who know the place, who are at home there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from math import cos, pi
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.communes import METRES_PER_DEGREE
from geodata.model import LonLat
from geodata.straight_line import haversine_m, radians
from geodata.zones import Beat
from routing.familiarity import AT_HOME, NEAR_M, REMEMBERED, PastStop


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Stops of one courier or of all, of one day or of many.

    `familiar`: he had been near at least `AT_HOME` times in the weeks before. `known`: someone of the office had been
    near; `same`: of these, the one who came last is the one who came again. `placed`: stops of couriers who have a home
    beat; `home`: of these, those that lie in it.
    """

    stops: int = 0
    familiar: int = 0
    known: int = 0
    same: int = 0
    placed: int = 0
    home: int = 0

    @property
    def familiar_share(self) -> float:
        """Share of stops in familiar hands."""
        return self.familiar / self.stops if self.stops else 0.0

    @property
    def stability(self) -> float | None:
        """Share of the known places that kept their courier; None where no place was known."""
        return self.same / self.known if self.known else None

    @property
    def home_share(self) -> float | None:
        """Share of stops in the courier's home beat; None where no courier has one."""
        return self.home / self.placed if self.placed else None

    def __add__(self, other: "Hands") -> "Hands":
        return Hands(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


@dataclass(frozen=True, kw_only=True, eq=False)
class Homes:
    """Where couriers are at home now: in their drawn beat, else in whole communes; one with neither has none."""

    beats: Mapping[UUID, Beat] = field(default_factory=dict)
    communes: Mapping[UUID, frozenset[str]] = field(default_factory=dict)

    def hold(self, stop: PastStop) -> bool | None:
        """Whether a stop lies in its courier's home beat; None when he has none."""
        if (beat := self.beats.get(stop.courier_id)) is not None:
            return bool(beat.area.intersects(shapely.Point(stop.point.lon, stop.point.lat)))
        communes = self.communes.get(stop.courier_id)
        return stop.commune_code in communes if communes else None


NO_HOMES = Homes()


def in_hands(
    stops: Iterable[PastStop], *, first_on: date, last_on: date, homes: Homes = NO_HOMES
) -> dict[tuple[date, UUID], Hands]:
    """For each day and courier, how many stops of the period were in which hands.

    `stops` are those of one office and reach back `REMEMBERED` before the period.
    """
    ordered = sorted(stops, key=lambda stop: stop.day)
    at = radians([stop.point for stop in ordered])
    days = np.array([stop.day.toordinal() for stop in ordered])
    couriers = np.array([stop.courier_id.int for stop in ordered], dtype=object)
    found: dict[tuple[date, UUID], Hands] = defaultdict(Hands)
    tree = shapely.STRtree([shapely.Point(stop.point.lon, stop.point.lat) for stop in ordered])
    for n, stop in enumerate(ordered):
        if first_on <= stop.day <= last_on:
            since, until = np.searchsorted(days, [(stop.day - REMEMBERED).toordinal(), days[n]])
            around = tree.query(_around(stop.point))
            before = around[(around >= since) & (around < until)]
            near = before[haversine_m(at[before], at[n]) <= NEAR_M]
            own = int((couriers[near] == stop.courier_id.int).sum())
            at_home = homes.hold(stop)
            found[stop.day, stop.courier_id] += Hands(
                stops=1,
                familiar=int(own >= AT_HOME),
                known=int(len(near) > 0),
                same=int(len(near) > 0 and _came_last(days, couriers, near, stop.courier_id)),
                placed=int(at_home is not None),
                home=int(at_home is True),
            )
    return dict(found)


def by_day(hands: Mapping[tuple[date, UUID], Hands]) -> dict[date, Hands]:
    """All couriers of each day together, days ascending."""
    found: dict[date, Hands] = defaultdict(Hands)
    for (day, _), one in sorted(hands.items(), key=lambda pair: pair[0][0]):
        found[day] += one
    return dict(found)


def by_courier(hands: Mapping[tuple[date, UUID], Hands]) -> dict[UUID, Hands]:
    """All days of each courier together."""
    found: dict[UUID, Hands] = defaultdict(Hands)
    for (_, courier_id), one in hands.items():
        found[courier_id] += one
    return dict(found)


def _around(place: LonLat) -> shapely.Polygon:
    """A box, degrees, that holds all that is near a place and little more."""
    north = 1.01 * NEAR_M / METRES_PER_DEGREE
    east = north / cos(pi * place.lat / 180)
    return shapely.box(place.lon - east, place.lat - north, place.lon + east, place.lat + north)


def _came_last(days: NDArray[np.int64], couriers: NDArray[np.object_], near: NDArray[np.int64], courier: UUID) -> bool:
    """Whether the courier was near on the last day anyone was."""
    last = near[days[near] == days[near].max()]
    return bool((couriers[last] == courier.int).any())
