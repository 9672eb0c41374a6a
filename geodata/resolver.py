"""The address resolver: a text in old, new or mixed form → ranked communes, and one of them only when it is safe.

Nothing leaves the machine. An address the machine does not decide goes to a person's queue.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from geodata import reasons
from geodata.address_words import AddressWords, read_words
from geodata.communes import CommuneIndex, metres_between
from geodata.gazetteer import Gazetteer, UnitKind
from geodata.gazetteer_build import bundled_gazetteer
from geodata.model import Candidate, LonLat, PointSource, Resolution, Vintage
from geodata.reader import Reader
from geodata.readings import Costs, Reading, Readings
from geodata.villages import VillageMatch, match_villages

_MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """When the machine decides alone: the best reading costs at most `most`, and every reading within `margin` of it
    leads to the same commune."""

    most: float = 0.75
    margin: float = 0.4


class AddressResolver:
    """Reads addresses against both lists of units; immutable, so threads share one."""

    def __init__(
        self, gazetteer: Gazetteer, index: CommuneIndex, *, costs: Costs | None = None, safety: Safety | None = None
    ) -> None:
        self._gazetteer = gazetteer
        self._index = index
        self._reader = Reader(gazetteer, costs)
        self._safety = safety or Safety()

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "AddressResolver":
        """The resolver of the files shipped with the package, made once and shared."""
        return cls(bundled_gazetteer(), CommuneIndex.bundled())

    def resolve(self, text: str, *, province_code: str | None = None, point: LonLat | None = None) -> Resolution:
        """Read one address.

        `province_code` (of the 34) is where to look when the text names no province. `point` settles a doubt between
        the candidates when it lies in one of them; it never brings in a commune the text does not speak of.
        """
        words = read_words(text)
        if not len(words):
            return Resolution(text=text, candidates=(), decided=None, reason=reasons.NOT_FOUND)
        readings = self._reader.read(words, province_code)
        best = _best_by_commune(readings.found)
        if not best:
            return Resolution(text=text, candidates=(), decided=None, reason=reasons.NOT_FOUND)
        return self._judge(text, words, readings, best, point)

    def _judge(
        self, text: str, words: AddressWords, readings: Readings, best: dict[str, Reading], point: LonLat | None
    ) -> Resolution:
        ranked = sorted(best, key=lambda code: (best[code].cost, code))[:_MOST_CANDIDATES]
        lowest = best[ranked[0]].cost
        level = [code for code in ranked if best[code].cost <= lowest + self._safety.margin]
        villages = match_villages(words, [r.ward for r in readings.found], self._gazetteer, level)
        made = {code: self._candidate(code, best[code], readings, villages.get(code)) for code in ranked}
        sure = lowest <= self._safety.most
        if sure and len(level) == 1:
            return self._resolution(text, made, level[0], made[level[0]].reason)
        if sure:
            split = all(best[code].unit is best[level[0]].unit for code in level)
            settled = self._settled(level, best[level[0]], villages if split else {}, point)
            if settled is not None:
                code, reason = settled
                made[code] = replace(made[code], reason=reason)
                return self._resolution(text, made, code, reason)
        return Resolution(
            text=text, candidates=tuple(made.values()), decided=None, reason=_doubt(level, best, sure=sure)
        )

    def _resolution(self, text: str, made: dict[str, Candidate], code: str, reason: str) -> Resolution:
        ordered = (made[code], *(c for k, c in made.items() if k != code))
        return Resolution(text=text, candidates=ordered, decided=made[code], reason=reason)

    def _settled(
        self, level: list[str], first: Reading, villages: dict[str, VillageMatch], point: LonLat | None
    ) -> tuple[str, str] | None:
        """The one commune of several that a point or a village singles out, with the reason."""
        if point is not None:
            code = self._index.at(point)
            return (code, reasons.BY_POINT) if code in level and code is not None else None
        if len(villages) == 1:
            ((code, village),) = villages.items()
            if village.telling and self._is_of(village, first, code, level):
                return code, reasons.BY_PLACE
        return None

    def _is_of(self, village: VillageMatch, reading: Reading, code: str, level: list[str]) -> bool:
        """Whether a village lies where the split unit was, and clearly on one side of where it was cut."""
        unit, new = reading.unit, self._gazetteer.communes[code]
        if unit is None or unit.point is None:
            return False
        reach = radius_m(new.area_km2 / new.n_sources) + village.error_m
        others = [c for c in level if c != code]
        near = metres_between(unit.point, village.point) <= reach
        return near and self._index.metres_to(village.point, others) > village.error_m

    def _candidate(self, code: str, reading: Reading, readings: Readings, village: VillageMatch | None) -> Candidate:
        new = self._gazetteer.communes[code]
        point, error_m, source = self._pin(code, reading, village)
        return Candidate(
            commune_code=code,
            commune_full_name=new.commune.full_name,
            province_code=new.commune.province_code,
            vintage=reading.vintage,
            matched=_matched(reading, readings, village),
            score=round(math.exp(-reading.cost), 3),
            reason=_reason(reading),
            point=point,
            error_m=error_m,
            point_source=source,
        )

    def _pin(self, code: str, reading: Reading, village: VillageMatch | None) -> tuple[LonLat, int, PointSource]:
        new = self._gazetteer.communes[code]
        if village is not None:
            return village.point, village.error_m, PointSource.PLACE
        unit = reading.unit
        if unit is not None and unit.kind is not UnitKind.NEW and unit.point is not None and unit.targets == (code,):
            return unit.point, radius_m(new.area_km2 / new.n_sources), PointSource.OLD_COMMUNE
        return new.commune.point, radius_m(new.area_km2), PointSource.COMMUNE


def radius_m(area_km2: float) -> int:
    """Radius that holds about 9 of 10 doors of a unit around its inner point: of a disc of twice the unit's area."""
    return max(300, round(math.sqrt(2 * area_km2 / math.pi) * 1000))


def _best_by_commune(found: Iterable[Reading]) -> dict[str, Reading]:
    best: dict[str, Reading] = {}
    for reading in found:
        for code in reading.targets:
            known = best.get(code)
            if known is None or reading.cost < known.cost:
                best[code] = reading
    return best


def _matched(reading: Reading, readings: Readings, village: VillageMatch | None) -> tuple[str, ...]:
    parts = [] if village is None else [village.name]
    if reading.unit is not None:
        parts.append(reading.unit.full_name)
    if reading.district is not None:
        parts.append(reading.district.full_name)
    parts += [name.full_name for _, name in readings.provinces]
    return tuple(dict.fromkeys(parts))


def _reason(reading: Reading) -> str:
    if reading.unit is None:
        return reasons.WHOLE_DISTRICT if len(reading.targets) == 1 else reasons.DISTRICT_ONLY
    if reading.misspelled:
        return reasons.MISSPELLED
    if reading.unit.kind is UnitKind.ALIAS:
        return reasons.FORMER_NAME
    if reading.unit.kind is UnitKind.FORMER and reading.vintage is not Vintage.MIXED:
        return reasons.ENDED_NAME
    if reading.vintage is Vintage.MIXED:
        return reasons.MIXED
    return reasons.NEW_NAME if reading.unit.kind is UnitKind.NEW else reasons.OLD_NAME


def _doubt(level: list[str], best: dict[str, Reading], *, sure: bool) -> str:
    first = best[level[0]]
    if first.unit is None:
        return reasons.DISTRICT_ONLY
    if not sure:
        return reasons.UNSURE
    if all(best[code].unit is first.unit for code in level):
        return reasons.SPLIT
    kinds = {best[code].unit.kind for code in level if best[code].unit is not None}  # type: ignore[union-attr]
    return reasons.NAME_REUSED if UnitKind.NEW in kinds and len(kinds) > 1 else reasons.SEVERAL
