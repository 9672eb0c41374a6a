"""Simulated couriers on real roads whose true speeds differ from the profile: their rides, and what their phones send.

Truth has a factor for the class of road, for the class at an hour, for the commune, and for each single segment; each
day is a little better or worse. True ways and times come from an osrm-routed of the true speeds of that hour. Phones
give a fix about every ten seconds with an error that wanders, and now and then one far off.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import httpx
import numpy as np
from numpy.typing import NDArray

from core.clock import at_local
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_programs import Programs
from geodata.road_dataset import RoadDataset
from geodata.road_segments import RoadClass, middles
from geodata.road_variants import SegmentSpeeds, index_of, make_variant
from geodata.segment_table import SegmentTable
from geodata.straight_line import haversine_m
from geodata.track_times import Band, Track, band_of

CLASS_FACTOR = {
    RoadClass.TRUNK: 1.35,
    RoadClass.PRIMARY: 1.45,
    RoadClass.SECONDARY: 1.3,
    RoadClass.TERTIARY: 1.15,
    RoadClass.UNCLASSIFIED: 1.05,
    RoadClass.RESIDENTIAL: 0.95,
    RoadClass.SERVICE: 0.9,
    RoadClass.ALLEY: 1.2,
    RoadClass.TRACK: 0.85,
}
# rush hours slow main roads, and lanes hardly
_RUSH = {Band.RUSH_MORNING: 1.35, Band.MORNING: 0.95, Band.AFTERNOON: 0.95, Band.RUSH_EVENING: 1.4}
_MAIN = frozenset({RoadClass.TRUNK, RoadClass.PRIMARY, RoadClass.SECONDARY, RoadClass.TERTIARY})
_LIVED_IN = frozenset({RoadClass.RESIDENTIAL, RoadClass.ALLEY, RoadClass.SERVICE, RoadClass.UNCLASSIFIED})
_FIX_S = 10.0
_METRES = 111_195.0
_BUILT_UP = (106.62, 10.74, 106.74, 10.84)
_BEAT_RADIUS_M = 2_500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One true ride between stops: when it began, in which band, and how long it took."""

    start: LonLat
    end: LonLat
    at: datetime
    band: Band
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A courier's day: what happened, and what the phone sent."""

    legs: tuple[Leg, ...]
    track: Track


@dataclass(frozen=True, slots=True)
class World:
    """True roads by band, places of doors in degrees of shape (n, 2), and a source of chance."""

    urls: dict[Band, str]
    doors: NDArray[np.float64]
    random: np.random.Generator

    def day(self, on: date, beat: int, *, stops: int) -> Day:
        """Ride a round of stops in a courier's beat, from 07:40, with a rest at noon."""
        mood = float(self.random.lognormal(0.0, 0.04))
        doors = self._round(beat, stops)
        at, legs, trail = at_local(on, time(7, 40)), [], [_Here(at_local(on, time(7, 20)).timestamp(), doors[0])]
        for start, end in pairwise(doors):
            if at >= at_local(on, time(11, 30)) > at - timedelta(hours=1):
                at = at_local(on, time(13, 30))
            band = band_of(at)
            ride = _ride(self.urls[band], start, end, mood, self.random)
            legs.append(Leg(start=start, end=end, at=at, band=band, seconds=ride[-1].at_s))
            trail += [_Here(at.timestamp() + here.at_s, here.point) for here in ride]
            at += timedelta(seconds=ride[-1].at_s + float(self.random.uniform(140, 420)))
        trail.append(_Here(at.timestamp(), doors[-1]))
        return Day(legs=tuple(legs), track=_phone(trail, self.random))

    def _round(self, beat: int, stops: int) -> list[LonLat]:
        """Other doors of the same beat every day, beside the road, in the order of the nearest next."""
        places = np.radians(self.doors)
        middle = places[np.random.default_rng(beat).integers(len(places))]
        near = self.doors[haversine_m(middle, places) < _BEAT_RADIUS_M]
        left = self.random.choice(near, stops + 1).tolist()
        order = [left.pop()]
        while left:
            here = np.radians(order[-1])
            order.append(left.pop(int(haversine_m(here, np.radians(np.array(left))).argmin())))
        return [LonLat(lon=round(lon, 6), lat=round(lat, 6)) for lon, lat in order]


@contextmanager
def true_world(base: RoadDataset, table: SegmentTable, programs: Programs, *, seed: int) -> Iterator[World]:
    """An osrm-routed for each band of hours, on variants of the base made from true speeds."""
    random = np.random.default_rng(seed)
    own = random.lognormal(0.0, 0.15, len(table)) * random.lognormal(0.0, 0.12, len(table.communes))[table.commune]
    with ExitStack() as stack:
        urls = {}
        for band, rush in _RUSH.items():
            kmh = table.kmh / (own * _class_factors(table, rush))
            rideable = table.kmh > 0
            speeds = SegmentSpeeds(start=table.start[rideable], end=table.end[rideable], kmh=kmh[rideable].clip(2, 75))
            variant = make_variant(base, f"{seed:015x}{int(band)}", speeds, programs=programs)
            urls[band] = stack.enter_context(OsrmServer(variant.folder, programs=programs, threads=1)).url
        yield World(urls, _doors(base), random)


def _doors(base: RoadDataset) -> NDArray[np.float64]:
    """Places on lanes and alleys in the built-up middle of the file."""
    rows = np.asarray(index_of(base).rows)
    places = middles(rows[np.isin(rows["road_class"], list(_LIVED_IN))])
    west, south, east, north = _BUILT_UP
    inside = (places >= (west, south)).all(axis=1) & (places <= (east, north)).all(axis=1)
    return places[inside]


def _class_factors(table: SegmentTable, rush: float) -> NDArray[np.float64]:
    factors = np.ones(max(RoadClass) + 1)
    for road_class, factor in CLASS_FACTOR.items():
        factors[road_class] = factor * (rush if road_class in _MAIN else 1 + (rush - 1) / 4)
    return factors[table.road_class]


@dataclass(frozen=True, slots=True)
class _Here:
    at_s: float
    point: LonLat


def _ride(url: str, start: LonLat, end: LonLat, mood: float, random: np.random.Generator) -> list[_Here]:
    """Places on the way with seconds since its start; turns and lights are waited for at junctions along it."""
    asked = f"{url}/route/v1/driving/{start.lon},{start.lat};{end.lon},{end.lat}"
    answer = httpx.get(asked, params={"annotations": "true", "geometries": "geojson", "overview": "full"}).json()
    leg = answer["routes"][0]["legs"][0]
    line = answer["routes"][0]["geometry"]["coordinates"]
    pieces = np.array(leg["annotation"]["duration"]) * mood
    waiting = np.zeros(len(pieces))
    turns_s = max(0.0, leg["duration"] - sum(leg["annotation"]["duration"]))
    halts = max(1, round(turns_s / 15))
    np.add.at(waiting, random.integers(0, len(pieces), halts), turns_s / halts)
    seconds = np.r_[0.0, np.cumsum(pieces + waiting)]
    places = [LonLat(lon=lon, lat=lat) for lon, lat in line[: len(seconds)]]
    return [_Here(float(at_s), place) for at_s, place in zip(seconds[: len(places)], places, strict=True)]


def _phone(trail: Sequence[_Here], random: np.random.Generator) -> Track:
    """Fixes along the trail: an error that wanders over minutes, noise of each fix, one in a hundred far off."""
    at_s = np.array([here.at_s for here in trail])
    fixes_s = np.arange(at_s[0], at_s[-1], _FIX_S) + random.uniform(-2, 2, int(np.ceil((at_s[-1] - at_s[0]) / _FIX_S)))
    lon = np.interp(fixes_s, at_s, [here.point.lon for here in trail])
    lat = np.interp(fixes_s, at_s, [here.point.lat for here in trail])
    accuracy = random.uniform(4, 12, len(fixes_s))
    error = _wandering(len(fixes_s), random) + random.normal(0, 3, (len(fixes_s), 2))
    error[random.random(len(fixes_s)) < 0.01] *= 12
    shrink = np.cos(np.radians(lat))
    return Track(
        at_s=fixes_s, lon=lon + error[:, 0] / (_METRES * shrink), lat=lat + error[:, 1] / _METRES, accuracy_m=accuracy
    )


def _wandering(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Metres east and north: a first-order autoregressive error of 5 m that changes within a minute or two."""
    error = np.zeros((count, 2))
    for step in range(1, count):
        error[step] = 0.9 * error[step - 1] + random.normal(0, 5 * np.sqrt(1 - 0.81), 2)
    return error
