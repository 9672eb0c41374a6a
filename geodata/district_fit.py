"""Districts of the three-level list in a text: which they may be, and what each costs a reading."""

from collections.abc import Callable, Iterable, Sequence

from geodata.gazetteer import Gazetteer, ProvinceName, Unit, UnitKind
from geodata.mentions import Kind, Mention, MentionFinder
from geodata.model import Vintage
from geodata.readings import Costs, DistrictMention, Reading


class DistrictFit:
    """The districts named in one text, within the provinces of today in `scope` (all when empty)."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        costs: Costs,
        finder: MentionFinder,
        *,
        provinces: list[tuple[Mention, ProvinceName]],
        scope: tuple[str, ...],
        keys: Callable[[], Sequence[str]],
    ) -> None:
        """`keys` gives the names of the districts in scope, for misspelled ones."""
        self.gazetteer = gazetteer
        self.costs = costs
        self.provinces = provinces
        self.scope = scope
        self.found = self._find(finder, keys)

    def _find(self, finder: MentionFinder, keys: Callable[[], Sequence[str]]) -> list[DistrictMention]:
        mentions = finder.districts(_Known(self.gazetteer, self.scope), keys)
        found = []
        for mention in mentions:
            other = [m for m, _ in self.provinces if m.overlaps(mention)]
            if all(m.kind is Kind.TYPED and "thanhpho" in m.types for m in other):
                costs = self._costs_of(mention)
                if costs or (mention.kind is Kind.TYPED and not other):
                    sure = mention.kind is Kind.TYPED and len(other) < max(1, len(self.provinces))
                    found.append(DistrictMention(mention, costs, sure, mention.key in self.gazetteer.districts))
        return found

    def _costs_of(self, mention: Mention) -> dict[str, float]:
        names = [
            n
            for n in self.gazetteer.districts.get(mention.key, ())
            if not self.scope or n.district.new_province in self.scope
        ]
        typed = {n.type for n in names if n.own}
        costs: dict[str, float] = {}
        for name in names:
            cost = 0.0 if mention.toned else self.costs.district_letter
            if mention.types and name.type not in mention.types:
                twin = bool(mention.types & typed)
                cost += self.costs.district_other_twin if twin else self.costs.district_other_type
            if not name.own:
                cost += self.costs.district_former
            if mention.marked and mention.toned != name.toned:
                cost += self.costs.district_toned_otherwise
            code = name.district.code
            costs[code] = min(cost, costs.get(code, 9.0))
        return costs

    def of_old(self, ward: Mention, unit: Unit) -> tuple[str | None, float, bool]:
        """The district a former unit is read with, if any, what it costs, and whether that mixes the lists."""
        costs = self.costs
        strange = 0.0
        best: float | None = None
        surely = False
        for found in self.found:
            if found.mention.overlaps(ward):
                continue
            cost = found.costs.get(unit.district or "")
            if cost is not None:
                best = cost if best is None else min(best, cost)
                surely = surely or not found.may_be_province
            elif found.sure:
                strange = max(strange, self._misfit(found))
        former = costs.alias if unit.kind is UnitKind.ALIAS else 0.0
        if best is not None and (surely or not strange):
            return unit.district, best + former, False
        former = costs.alias_alone if unit.kind is UnitKind.ALIAS else 0.0
        if strange >= costs.district_conflict:
            return None, strange + former, False
        return None, costs.district_missing + former + strange + self._unread(ward), False

    def _misfit(self, found: DistrictMention) -> float:
        """What a district with its type word costs where it does not fit: little when it is in no list."""
        return self.costs.district_conflict if found.known else self.costs.district_unread

    def _unread(self, ward: Mention) -> float:
        """A district name alone in a segment after the ward that fits nothing."""
        unread = any(d.mention.start >= ward.end and d.mention.kind is not Kind.TYPED for d in self.found)
        return self.costs.district_unread if unread else 0.0

    def of_new(self, ward: Mention, unit: Unit) -> tuple[str | None, float, bool]:
        """The same for a unit of today, which has no district: one it was made from mixes the lists."""
        costs = self.costs
        districts = self.gazetteer.communes[unit.targets[0]].districts
        best: tuple[float, str] | None = None
        strange = 0.0
        for found in self.found:
            if found.mention.overlaps(ward) or found.may_be_province:
                continue
            fitting = [(cost, code) for code, cost in found.costs.items() if code in districts]
            if fitting:
                best = min(fitting) if best is None else min(best, *fitting)
            elif found.sure:
                strange = max(strange, self._misfit(found))
            elif found.mention.kind is not Kind.TYPED and found.mention.start >= ward.end:
                strange = max(strange, costs.district_unread)
        if best is not None:
            return best[1], costs.district_on_new + best[0], True
        return None, strange, False

    def alone(self, best: float, wards: Sequence[Mention]) -> Iterable[Reading]:
        """A district alone: enough where all of it went into one commune, else a list for a person."""
        for found in self.found:
            if found.may_be_province:
                continue
            untyped = 0.0 if found.mention.kind is Kind.TYPED else self.costs.district_missing
            # A commune that is known, but not of this district, speaks against it.
            untyped += self.costs.other_ward_unread if any(w.kind is Kind.TYPED for w in wards) else 0.0
            for code, cost_of_name in found.costs.items():
                district = self.gazetteer.whole_districts[code]
                single = len(district.targets) == 1
                if single or best > self.costs.district_only:
                    cost = cost_of_name + untyped
                    cost += self.costs.whole_district if single else self.costs.district_only
                    yield Reading(None, district, None, cost, tuple(sorted(district.targets)), Vintage.OLD)

    def read_as_wards(self, found: Sequence[Reading]) -> list[Reading]:
        """`thôn 3, Phú Thiện, Gia Lai`: an untyped name may be the former district, its commune left out."""
        more = []
        for district in self.found:
            if district.mention.kind is Kind.SEGMENT and not self._serves(district, found):
                for code, cost in district.costs.items():
                    whole = self.gazetteer.whole_districts[code]
                    cost_of_both = cost + self.costs.district_or_ward
                    more.append(Reading(None, whole, None, cost_of_both, tuple(sorted(whole.targets)), Vintage.OLD))
        return more

    def _serves(self, district: DistrictMention, found: Sequence[Reading]) -> bool:
        return any(
            r.ward is not None
            and (
                r.ward.kind is Kind.TYPED
                or (
                    r.district is not None
                    and r.district.code in district.costs
                    and not r.ward.overlaps(district.mention)
                )
            )
            for r in found
        )


class _Known:
    """Names of districts within a scope, asked with `in`."""

    __slots__ = ("_names", "_scope")

    def __init__(self, gazetteer: Gazetteer, scope: tuple[str, ...]) -> None:
        self._names = gazetteer.districts
        self._scope = scope

    def __contains__(self, key: object) -> bool:
        names = self._names.get(key)  # type: ignore[call-overload]
        return names is not None and (not self._scope or any(n.district.new_province in self._scope for n in names))
