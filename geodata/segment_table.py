"""Directed road segments found by their two nodes, with the profile's speed, the kind of road and the commune."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.communes import CommuneIndex
from geodata.road_segments import RoadSegments, middles


@dataclass(frozen=True, eq=False, slots=True)
class SegmentTable:
    """Columns of shape (n,): nodes, km/h of the profile (`OPEN` where it has none), class, place in `communes`.

    A segment outside the country has the commune "".
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    kmh: NDArray[np.float64]
    road_class: NDArray[np.int64]
    commune: NDArray[np.int64]
    communes: tuple[str, ...]
    _nodes: NDArray[np.int64]
    _keys: NDArray[np.int64]

    @classmethod
    def of(cls, index: RoadSegments, communes: CommuneIndex) -> Self:
        """Both directions of every segment that are open; of two ways between the same nodes the faster one."""
        rows = np.asarray(index.rows)
        lon, lat = middles(rows).T
        codes, numbers = np.unique([code or "" for code in communes.at_many(lon, lat)], return_inverse=True)
        start, end = np.r_[rows["start"], rows["end"]], np.r_[rows["end"], rows["start"]]
        kmh = np.r_[rows["forward_kmh"], rows["backward_kmh"]].astype(np.float64)
        nodes = np.unique(start)
        keys = _keys(nodes, start, end)
        order = np.lexsort([-kmh, keys])
        first = np.r_[True, np.diff(keys[order]) > 0]
        chosen = order[first & (kmh[order] != 0)]
        road_class, number = np.tile(rows["road_class"], 2), np.tile(numbers, 2)
        return cls(
            start[chosen],
            end[chosen],
            kmh[chosen],
            road_class[chosen].astype(np.int64),
            number[chosen],
            tuple(codes.tolist()),
            nodes,
            keys[chosen],
        )

    def __len__(self) -> int:
        return len(self.start)

    def find(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of each pair of nodes, -1 where there is none."""
        if not len(self):
            return np.full(len(start), -1, dtype=np.int64)
        place = _place(self._keys, _keys(self._nodes, start, end))
        known = (self.start[place] == start) & (self.end[place] == end)
        return np.where(known, place, -1)


def _keys(nodes: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for a pair of nodes; pairs with an unknown node share theirs with others."""
    return _place(nodes, start) * len(nodes) + _place(nodes, end)


def _place(values: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each wanted value stands, or would stand, in sorted values."""
    place: NDArray[np.int64] = np.searchsorted(values, wanted).astype(np.int64)
    return np.minimum(place, len(values) - 1)
