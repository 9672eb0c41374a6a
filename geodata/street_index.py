"""The index of the loaded OpenStreetMap file: an address text → a point inside its commune, with an error radius.

Nothing leaves the machine. Blocks of communes are read when first asked for; at most `KEPT` stay in memory.
"""

import time
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Protocol

import orjson
from rapidfuzz.distance import OSA

from geodata.model import LonLat, PointSource
from geodata.road_dataset import CURRENT, read_dataset, roads_dir
from geodata.street_archive import ensure_streets
from geodata.street_blocks import Block
from geodata.street_extract import MICRO
from geodata.street_lookup import Hint, Match, Plane, Spot, Street
from geodata.street_text import DoorWords, read_door

KEPT = 256
_LOOK_AGAIN_S = 2.0
# Shorter keys are too much alike for a slip of the pen to be told from another name.
_TYPO_LEAST = 8
_INITIALS_LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedPoint:
    """Where the map has an address. `error_m` is the radius that holds the door in about 9 of 10 cases."""

    point: LonLat
    error_m: int
    source: PointSource
    match: Match
    name: str


class Streets(Protocol):
    """What looks addresses up on a map."""

    def look_up(
        self, text: str, commune_code: str, *, near: LonLat | None = None, near_m: int = 0
    ) -> MappedPoint | None:
        """The door, street or place of `text` inside the commune; None when the map has none of them."""


class StreetIndex:
    """The index of one road file. Threads share it."""

    def __init__(self, archive: Path) -> None:
        self._archive = zipfile.ZipFile(archive)
        self._codes = frozenset(self._archive.namelist())
        self._block = lru_cache(maxsize=KEPT)(self._load)

    def __contains__(self, commune_code: str) -> bool:
        return commune_code in self._codes

    def look_up(
        self, text: str, commune_code: str, *, near: LonLat | None = None, near_m: int = 0
    ) -> MappedPoint | None:
        """The best point the map has for an address inside a commune.

        `near` with its radius `near_m` (the old commune's point) chooses among streets of one name and, on a long
        street, the part within the radius.
        """
        if commune_code not in self._codes:
            return None
        hint = None if near is None else Hint(near.lon * MICRO, near.lat * MICRO, near_m)
        spot = self._block(commune_code).find(text, hint)
        if spot is None:
            return None
        return MappedPoint(
            point=LonLat(lon=round(spot.x / MICRO, 6), lat=round(spot.y / MICRO, 6)),
            error_m=round(spot.radius_m),
            source=PointSource.PLACE if spot.match is Match.PLACE else PointSource.STREET,
            match=spot.match,
            name=spot.name,
        )

    def close(self) -> None:
        """Give the file back."""
        self._archive.close()

    def _load(self, commune_code: str) -> "_CommuneMap":
        return _CommuneMap(orjson.loads(self._archive.read(commune_code)))


class CurrentStreets:
    """The index of the road data in force under a data folder; follows a new import, answers None without roads."""

    def __init__(self, data_dir: Path) -> None:
        self._link = roads_dir(data_dir) / CURRENT
        self._lock = Lock()
        self._looked_at = float("-inf")
        self._import_id: str | None = None
        self._index: StreetIndex | None = None

    def look_up(
        self, text: str, commune_code: str, *, near: LonLat | None = None, near_m: int = 0
    ) -> MappedPoint | None:
        """As `StreetIndex.look_up`."""
        index = self._current()
        return None if index is None else index.look_up(text, commune_code, near=near, near_m=near_m)

    def open(self) -> None:
        """Read the index now, so that the first question does not wait."""
        self._current()

    def _current(self) -> StreetIndex | None:
        with self._lock:
            if time.monotonic() - self._looked_at < _LOOK_AGAIN_S:
                return self._index
            self._looked_at = time.monotonic()
            dataset = read_dataset(self._link)
            import_id = dataset.base_id if dataset is not None else None
            if import_id != self._import_id:
                # The one before is left to those who still ask it.
                self._index = StreetIndex(ensure_streets(dataset)) if dataset is not None else None
                self._import_id = import_id
            return self._index


class _CommuneMap:
    """One commune's block, indexed by key."""

    def __init__(self, block: Block) -> None:
        self._streets: dict[str, list[Street]] = defaultdict(list)
        self._initials: dict[str, set[str]] = defaultdict(set)
        self._places: dict[str, list[Spot]] = defaultdict(list)
        streets = [Street(raw) for raw in block["streets"]]
        for street in streets:
            self._streets[street.key].append(street)
            self._initials[_initials(street.name)].add(street.key)
        for street in streets:
            for alias in street.aliases:
                if alias not in self._streets:
                    self._streets[alias] = [street]
        for key, name, x, y, radius in block["places"]:
            self._places[key].append(Spot(x, y, radius, Match.PLACE, name))

    def find(self, text: str, hint: Hint | None) -> Spot | None:
        door = read_door(text)
        spots = [spot for reading in door.streets for spot in [self._street(reading, hint)] if spot is not None][:1]
        spots += [spot for key in door.places for spot in [self._place(key)] if spot is not None][:1]
        return min(spots, key=lambda spot: spot.radius_m, default=None)

    def _street(self, reading: DoorWords, hint: Hint | None) -> Spot | None:
        for key in self._keys(reading):
            streets = self._streets.get(key)
            if streets:
                return _best([street.find(reading, hint) for street in streets], streets, hint)
        return None

    def _keys(self, reading: DoorWords) -> Iterator[str]:
        yield from reading.keys()
        known = self._initials.get(reading.name[0], ()) if len(reading.name[0]) >= _INITIALS_LEAST else ()
        if len(known) == 1:
            yield next(iter(known))
        if len(reading.own) >= _TYPO_LEAST:
            near = [key for key in self._streets if OSA.distance(key, reading.own, score_cutoff=1) == 1]
            if len(near) == 1:
                yield near[0]

    def _place(self, key: str) -> Spot | None:
        found = self._places.get(key, [])
        if len(found) < 2:
            return found[0] if found else None
        return _together(found, Plane(found[0].y))


def _best(spots: list[Spot], streets: list[Street], hint: Hint | None) -> Spot:
    """Of streets of one name: the one that has the door, else the one by the hint, else the circle around all."""
    if len(spots) == 1:
        return spots[0]
    exact = [spot for spot in spots if spot.match is Match.EXACT]
    if len(exact) == 1:
        return exact[0]
    if hint is not None:
        inside = [spot for spot, street in zip(spots, streets, strict=True) if street.gap(hint) <= hint.radius_m]
        if len(inside) == 1:
            return inside[0]
        spots = inside or spots
    return _together(exact or spots, streets[0].plane)


def _together(spots: list[Spot], plane: Plane) -> Spot:
    """The spot in the middle of several, with a radius that holds them all."""

    def reach(spot: Spot) -> float:
        return max(plane.metres(spot.x, spot.y, one.x, one.y) + one.radius_m for one in spots)

    middle = min(spots, key=reach)
    return Spot(middle.x, middle.y, reach(middle), middle.match, middle.name)


def _initials(name: str) -> str:
    words = read_door(name).streets
    return "".join(word[0] for word in words[0].name) if words else ""
