"""Learned speeds: how much longer, or shorter, roads take than the profile says.

The factor of a road is a mean of what was ridden there and of what is known of its kind, weighted by seconds ridden
(empirical Bayes shrinkage, Efron & Morris 1975): from the profile to the province, to the class of road, to that class
in the commune, to the single directed segment. So one slow morning on one lane moves that lane a little and its kind
hardly at all, and a class nobody has ridden yet takes the province's factor.
"""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata import bundled
from geodata.road_segments import RoadClass
from geodata.road_variants import SegmentSpeeds
from geodata.segment_table import SegmentTable
from geodata.track_times import Band, SegmentTimes, totals

# seconds of riding that weigh as much as what is known from the step before
_PROVINCE_S = 1_800.0
_CLASS_S = 1_800.0
_COMMUNE_S = 1_800.0
_BAND_S = 1_800.0
_SEGMENT_S = 180.0
# what no ordinary road does to a motorbike, up or down
_LEAST, _MOST = 0.4, 4.0
_SLOWEST_KMH, _FASTEST_KMH = 3.0, 70.0
# a segment's own factor is kept where somebody rode it this long, in seconds of the profile
_RIDDEN_S = 10.0
ALL_CLASSES = 0
WHOLE_PROVINCE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedSpeed:
    """Time on a class of road in a commune and band, as a multiple of the profile's, and the seconds ridden behind it.

    `road_class` 0 is all classes, `band` 0 the whole day, an empty commune the whole province.
    """

    commune_code: str
    road_class: int
    band: int
    factor: float
    observed_s: float


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class LearnedRoads:
    """All that is known of a province's roads: factors by commune and class, and of single directed segments."""

    speeds: tuple[LearnedSpeed, ...]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    factor: NDArray[np.float64]

    @property
    def version(self) -> str:
        """Hash of the content."""
        digest = hashlib.sha256(repr(self.speeds).encode())
        for column in (self.start, self.end, self.factor):
            digest.update(np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()[:16]


def learn(times: SegmentTimes, table: SegmentTable) -> LearnedRoads:
    """Factors from seconds on segments; `times` may hold a segment many times, and weigh old days less."""
    sums = _Sums(times, table)
    factors = _Factors(sums)
    rows, place = np.unique(times.row, return_inverse=True)
    observed = totals(place, times.observed_s, len(rows))
    expected = totals(place, times.expected_s, len(rows))
    known = factors.day[table.commune[rows], table.road_class[rows]]
    own = _shrunk(observed, expected, known, _SEGMENT_S)
    kept = expected >= _RIDDEN_S
    return LearnedRoads(
        speeds=factors.rows(table.communes, sums),
        start=table.start[rows[kept]],
        end=table.end[rows[kept]],
        factor=np.round(own[kept], 3),
    )


def speeds_of(learned: LearnedRoads, table: SegmentTable, communes: frozenset[str]) -> SegmentSpeeds:
    """Speed of every segment of these communes that differs from the profile's, for `osrm-customize`."""
    by_class = np.ones((len(table.communes), max(RoadClass) + 1))
    known = {(speed.commune_code, speed.road_class): speed.factor for speed in learned.speeds if speed.band == Band.DAY}
    for number, code in enumerate(table.communes):
        for road_class in RoadClass if code in communes else ():
            general = known.get((WHOLE_PROVINCE, road_class), known.get((WHOLE_PROVINCE, ALL_CLASSES), 1.0))
            by_class[number, road_class] = known.get((code, road_class), general)
    factor = by_class[table.commune, table.road_class]
    own = table.find(learned.start, learned.end)
    factor[own[own >= 0]] = learned.factor[own >= 0]
    here = np.array([code in communes for code in table.communes])[table.commune]
    kmh = np.clip(table.kmh / factor, _SLOWEST_KMH, _FASTEST_KMH)
    changed = here & (table.kmh > 0) & (np.abs(kmh - table.kmh) > 0.05)
    return SegmentSpeeds(start=table.start[changed], end=table.end[changed], kmh=kmh[changed])


def communes_in(province_code: str) -> frozenset[str]:
    """Codes of a province's communes in force."""
    records = bundled.commune_records("code", "province_code")
    return frozenset(record["code"] for record in records if record["province_code"] == province_code)


@dataclass(frozen=True, slots=True)
class HourFactors:
    """How much slower or faster an hour is than the day: what a leg's time from the roads is multiplied by."""

    speeds: dict[tuple[str, int, int], float]

    @classmethod
    def of(cls, learned: tuple[LearnedSpeed, ...]) -> "HourFactors":
        """From what was learned."""
        return cls({(one.commune_code, one.road_class, one.band): one.factor for one in learned})

    def ratio(self, commune_code: str | None, band: Band) -> float:
        """Of a commune, or of the province where the commune is not known; 1 where nothing is known."""
        for code in (commune_code or WHOLE_PROVINCE, WHOLE_PROVINCE):
            at_hour = self.speeds.get((code, ALL_CLASSES, int(band)))
            by_day = self.speeds.get((code, ALL_CLASSES, int(Band.DAY)))
            if at_hour is not None and by_day is not None:
                return at_hour / by_day
        return 1.0


def packed(**columns: NDArray[np.generic]) -> bytes:
    """Arrays as one compressed file."""
    sink = io.BytesIO()
    np.savez_compressed(sink, **columns)  # type: ignore[arg-type]
    return sink.getvalue()


def unpacked(content: bytes) -> dict[str, NDArray[np.generic]]:
    """The arrays of `packed`."""
    with np.load(io.BytesIO(content)) as stored:
        return {name: stored[name] for name in stored.files}


class _Sums:
    """Observed and expected seconds by commune, class and band, shape (communes, classes + 1, bands)."""

    def __init__(self, times: SegmentTimes, table: SegmentTable) -> None:
        self.shape = len(table.communes), max(RoadClass) + 1, len(Band)
        place = np.ravel_multi_index((table.commune[times.row], table.road_class[times.row], times.band), self.shape)
        size = int(np.prod(self.shape))
        self.observed = totals(place, times.observed_s, size).reshape(self.shape)
        self.expected = totals(place, times.expected_s, size).reshape(self.shape)
        # class 0 and band 0 hold the sums over all of them
        for sums in (self.observed, self.expected):
            sums[:, ALL_CLASSES] = sums.sum(axis=1)
            sums[:, :, Band.DAY] = sums.sum(axis=2)


class _Factors:
    """Factors by (commune, class, band) and by (class, band) of the province, each shrunk to the one before it."""

    def __init__(self, sums: _Sums) -> None:
        observed, expected = sums.observed.sum(axis=0), sums.expected.sum(axis=0)
        province = _shrunk(observed[ALL_CLASSES, Band.DAY], expected[ALL_CLASSES, Band.DAY], 1.0, _PROVINCE_S)
        by_class = _shrunk(observed[:, Band.DAY], expected[:, Band.DAY], province, _CLASS_S)
        self.province = _shrunk(observed, expected, by_class[:, None], _BAND_S)
        self.province[:, Band.DAY] = by_class
        day = _shrunk(sums.observed[..., Band.DAY], sums.expected[..., Band.DAY], by_class, _COMMUNE_S)
        # a commune's hours start from the province's pattern of the day on the commune's own level
        pattern = self.province / by_class[:, None]
        self.commune = _shrunk(sums.observed, sums.expected, day[..., None] * pattern, _COMMUNE_S)
        self.commune[..., Band.DAY] = day

    @property
    def day(self) -> NDArray[np.float64]:
        """Whole-day factors, shape (communes, classes + 1)."""
        return self.commune[..., Band.DAY]

    def rows(self, communes: tuple[str, ...], sums: _Sums) -> tuple[LearnedSpeed, ...]:
        """One row wherever somebody rode."""
        whole = _rows(WHOLE_PROVINCE, self.province, sums.observed.sum(axis=0))
        return tuple(
            whole
            + [row for n, code in enumerate(communes) for row in _rows(code, self.commune[n], sums.observed[n]) if code]
        )


def _rows(code: str, factors: NDArray[np.float64], observed: NDArray[np.float64]) -> list[LearnedSpeed]:
    return [
        LearnedSpeed(
            commune_code=code,
            road_class=road_class,
            band=band,
            factor=round(float(factors[road_class, band]), 3),
            observed_s=round(float(observed[road_class, band]), 1),
        )
        for road_class, band in np.argwhere(observed > 0).tolist()
    ]


def _shrunk(
    observed: NDArray[np.float64], expected: NDArray[np.float64], known: NDArray[np.float64] | float, weight_s: float
) -> NDArray[np.float64]:
    """The mean of the ratio seen and the one known, by seconds, within what roads can do."""
    return np.clip((observed + weight_s * known) / (expected + weight_s), _LEAST, _MOST)
