"""One commune's streets, doors and places as a block: what a look-up needs, small, in micro-degrees.

Pieces of one name that lie apart are streets of their own: a ward of today often has several `Đường số 5`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely import LineString

from geodata.street_extract import MICRO, Record
from geodata.street_text import house_path, place_key, street_name

# Metres in a micro-degree of latitude; of longitude times the cosine of the latitude.
_METRES = 0.111_132
_APART_M = 150.0
_BESIDE_M = 45.0
_SAME_DOOR_M = 60.0
_SAMPLE_M = 20.0
# A radius that holds 9 of 10 points of a line.
_SHARE = 90

Flat = list[int]
Block = dict[str, Any]
Samples = NDArray[np.float64]


@dataclass(slots=True)
class _Street:
    """A street being put together. Lines are flat lists x, y, x, y …; keys of `doors` and `alleys` are paths."""

    key: str
    name: str
    lines: list[Flat] = field(default_factory=list)
    alleys: dict[str, list[Flat]] = field(default_factory=lambda: defaultdict(list))
    doors: dict[str, list[int]] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Plane:
    """Micro-degrees to metres around a latitude."""

    shrink: float

    @property
    def _scale(self) -> Samples:
        return np.array([_METRES * self.shrink, _METRES], dtype=np.float64)

    def line(self, flat: Flat) -> LineString:
        return LineString(self.metres(np.array(flat, dtype=float).reshape(-1, 2)))

    def metres(self, micro: Samples) -> Samples:
        return np.multiply(micro, self._scale)

    def micro(self, metres: Samples) -> Samples:
        return np.divide(metres, self._scale)


def block_of(lines: Iterable[bytes]) -> Block:
    """The block of one commune from its extracted records."""
    records: dict[str, list[Record]] = defaultdict(list)
    for line in lines:
        record = orjson.loads(line)
        records[record[0]].append(record)
    plane = _Plane(float(np.cos(np.radians(_latitude(records)))))
    streets = _streets(records["s"], plane)
    _put_doors(records["n"], streets, plane)
    return {
        "streets": [_street_out(street, plane) for street in streets],
        "places": [[place_key(p[1][0]), p[1][0], *p[2:]] for p in records["p"] if len(place_key(p[1][0])) > 3],
    }


def _latitude(records: dict[str, list[Record]]) -> float:
    for kind, at in (("s", None), ("n", 4), ("p", 3)):
        for record in records[kind][:1]:
            return float((record[2][1] if at is None else record[at]) / MICRO)
    return 0.0


def _streets(records: Sequence[Record], plane: _Plane) -> list[_Street]:
    main: dict[str, _Street] = {}
    alleys: list[tuple[str, str, str, Flat]] = []
    for _, names, flat in records:
        own = street_name(names[0])
        if own is None:
            continue
        if own.alley:
            alleys.append((own.key, "/".join(own.alley), names[0], flat))
            continue
        street = main.setdefault(own.key, _Street(own.key, names[0]))
        street.lines.append(flat)
        street.aliases |= _aliases(own.key, names[1:])
    streets = [part for street in main.values() for part in _apart(street, plane)]
    _put_alleys(alleys, streets, plane)
    return streets


def _aliases(key: str, names: Sequence[str]) -> set[str]:
    others = (street_name(part) for name in names for part in name.split(";"))
    return {other.key for other in others if other is not None and not other.alley and other.key != key}


def _apart(street: _Street, plane: _Plane) -> Iterator[_Street]:
    """The street's groups of lines that lie apart."""
    lines = [plane.line(flat) for flat in street.lines]
    left = set(range(len(lines)))
    while left:
        group, open_ = set[int](), [left.pop()]
        while open_:
            here = open_.pop()
            group.add(here)
            near = {i for i in left if lines[i].dwithin(lines[here], _APART_M)}
            left -= near
            open_ += near
        own = [street.lines[i] for i in sorted(group)]
        yield _Street(street.key, street.name, own, aliases=street.aliases)


def _put_alleys(alleys: Sequence[tuple[str, str, str, Flat]], streets: list[_Street], plane: _Plane) -> None:
    """Give each alley to the nearest street of its name; a street that is only in its neighbour has alleys alone."""
    by_key: dict[str, list[_Street]] = defaultdict(list)
    for street in streets:
        by_key[street.key].append(street)
    for key, path, name, flat in alleys:
        if not by_key[key]:
            by_key[key].append(_Street(key, name))
            streets.append(by_key[key][0])
        _nearest(by_key[key], plane.line(flat), plane).alleys[path].append(flat)


def _nearest(streets: Sequence[_Street], thing: shapely.Geometry, plane: _Plane) -> _Street:
    if len(streets) == 1:
        return streets[0]
    return min(streets, key=lambda street: min((plane.line(f).distance(thing) for f in street.lines), default=np.inf))


class _Nearby:
    """The nearest named way to a number that names no street, with the alley it is."""

    def __init__(self, streets: Sequence[_Street], plane: _Plane) -> None:
        self._ways = [(street, "", flat) for street in streets for flat in street.lines]
        self._ways += [(s, path, flat) for s in streets for path, flats in s.alleys.items() for flat in flats]
        self._tree = shapely.STRtree([plane.line(flat) for _, _, flat in self._ways])

    def at(self, point: shapely.Point) -> tuple[_Street, str] | None:
        if not self._ways:
            return None
        hits = self._tree.query_nearest(point, max_distance=_BESIDE_M, all_matches=False)
        return self._ways[hits[0]][:2] if len(hits) else None


def _put_doors(records: Sequence[Record], streets: Sequence[_Street], plane: _Plane) -> None:
    by_key: dict[str, list[_Street]] = defaultdict(list)
    for street in streets:
        for key in (street.key, *street.aliases):
            by_key[key].append(street)
    nearby = _Nearby(streets, plane)
    moved: set[tuple[int, str]] = set()
    for _, number, street_text, x, y in records:
        path = house_path(number)
        if path is None:
            continue
        point = shapely.Point(plane.metres(np.array([x, y], dtype=float)))
        found = _given(by_key, street_text, path, point, plane) or _beside(nearby, path, point)
        if found is None:
            continue
        street, door = found
        known = street.doors.setdefault(door, [x, y])
        if (
            np.hypot(*(plane.metres(np.array(known, dtype=float)) - plane.metres(np.array([x, y], float))))
            > _SAME_DOOR_M
        ):
            moved.add((id(street), door))
    for street in streets:
        # One number at two places: neither is to be trusted.
        street.doors = {door: at for door, at in street.doors.items() if (id(street), door) not in moved}


def _given(
    by_key: dict[str, list[_Street]], text: str | None, path: tuple[str, ...], point: shapely.Point, plane: _Plane
) -> tuple[_Street, str] | None:
    named = street_name(text) if text else None
    if named is None or not by_key.get(named.key):
        return None
    whole = path if path[: len(named.alley)] == named.alley else (*named.alley, *path)
    return _nearest(by_key[named.key], point, plane), "/".join(whole)


def _beside(nearby: _Nearby, path: tuple[str, ...], point: shapely.Point) -> tuple[_Street, str] | None:
    found = nearby.at(point)
    if found is None:
        return None
    street, alley = found
    within = tuple(alley.split("/")) if alley else ()
    if path[: len(within)] == within:
        return street, "/".join(path)
    return (street, "/".join((*within, *path))) if len(path) == 1 else None


def _street_out(street: _Street, plane: _Plane) -> Block:
    out: Block = {"k": street.key, "n": street.name, "l": street.lines, "d": street.doors, "o": sorted(street.aliases)}
    out["a"] = {path: [*_centre(flats, plane), flats] for path, flats in street.alleys.items()}
    flats = street.lines or [flat for flats in street.alleys.values() for flat in flats]
    out["c"] = _centre(flats, plane)
    return out


def _centre(flats: Sequence[Flat], plane: _Plane) -> Flat:
    """The point of the lines nearest to their middle, and the radius in metres that holds 9 of 10 of their points."""
    samples = np.vstack([_sampled(plane.line(flat)) for flat in flats])
    gaps = np.hypot(*(samples - samples.mean(axis=0)).T)
    middle = samples[int(gaps.argmin())]
    radius = float(np.percentile(np.hypot(*(samples - middle).T), _SHARE))
    x, y = np.round(plane.micro(middle)).astype(int).tolist()
    return [x, y, round(radius)]


def _sampled(line: LineString) -> Samples:
    count = max(2, int(line.length / _SAMPLE_M) + 1)
    return shapely.get_coordinates(line.interpolate(np.linspace(0, line.length, count)))
