"""The reader: fits the mentions of a text to units of both lists and adds up what each reading costs."""

from collections.abc import Iterable, Sequence

from geodata.address_words import AddressWords
from geodata.gazetteer import Gazetteer, Unit, UnitKind
from geodata.mentions import Kind, Mention, MentionFinder
from geodata.model import Vintage
from geodata.readings import Costs, DistrictMention, Reading, Readings


class Reader:
    """Reads texts against one gazetteer."""

    def __init__(self, gazetteer: Gazetteer, costs: Costs | None = None) -> None:
        self.gazetteer = gazetteer
        self.costs = costs or Costs()
        self.districts_in: dict[str, tuple[str, ...]] = _district_keys(gazetteer)
        self.keys_in: dict[str, tuple[str, ...]] = {p: tuple(k) for p, k in gazetteer.units_by_province.items()}
        self.keys_of_district: dict[str, tuple[str, ...]] = {
            d: tuple(k) for d, k in gazetteer.units_by_district.items()
        }

    def read(self, text: AddressWords, hint: str | None) -> Readings:
        """Every reading of a text; `hint` is the province of today to look in when the text names none."""
        return _OneText(self, text, hint).readings()


def _district_keys(gazetteer: Gazetteer) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for key, names in gazetteer.districts.items():
        for name in names:
            found.setdefault(name.district.new_province, set()).add(key)
    return {province: tuple(sorted(keys)) for province, keys in found.items()}


class _OneText:
    """The work on one text."""

    def __init__(self, reader: Reader, text: AddressWords, hint: str | None) -> None:
        self.reader = reader
        self.gazetteer = reader.gazetteer
        self.costs = reader.costs
        self.text = text
        self.finder = MentionFinder(text, reader.gazetteer)
        self.provinces = self.finder.provinces()
        self.hinted = not self.provinces and hint is not None
        self.scope = self._scope(hint)
        self.old_provinces = {code for _, name in self.provinces for code in name.old}
        self.new_provinces = {code for _, name in self.provinces for code in name.new}
        self.districts = self._districts()
        self.wards: list[Mention] = []

    def _scope(self, hint: str | None) -> tuple[str, ...]:
        named = {code for _, name in self.provinces for code in name.scope}
        if named:
            return tuple(sorted(named))
        return (hint,) if hint is not None and hint in self.gazetteer.units_by_province else ()

    def readings(self) -> Readings:
        result = Readings(self.provinces)
        self.wards = [w for w in self.finder.wards(_Known(self.gazetteer, self.scope)) if not self._is_province(w)]
        result.found = [r for ward in self.wards for r in self._of_ward(ward)]
        best = min((r.cost for r in result.found), default=9.0)
        if best > self.costs.letter:
            result.found += self._misspelled()
        result.found += self._of_districts(min((r.cost for r in result.found), default=9.0))
        result.found += self._districts_read_as_wards(result.found)
        return result

    def _is_province(self, ward: Mention) -> bool:
        """An untyped name already read as the province is not a commune of that name as well."""
        return ward.kind is not Kind.TYPED and any(m.overlaps(ward) for m, _ in self.provinces)

    # -- districts ----------------------------------------------------------------------------------------------------

    def _districts(self) -> list[DistrictMention]:
        mentions = self.finder.districts(_KnownDistricts(self.gazetteer, self.scope), self._district_keys)
        found = []
        for mention in mentions:
            other = [m for m, _ in self.provinces if m.overlaps(mention)]
            if all(m.kind is Kind.TYPED and "thanhpho" in m.types for m in other):
                costs = self._district_costs(mention)
                if costs:
                    sure = mention.kind is Kind.TYPED and len(other) < max(1, len(self.provinces))
                    found.append(DistrictMention(mention, costs, sure))
        return found

    def _district_keys(self) -> Sequence[str]:
        return [key for province in self.scope for key in self.reader.districts_in.get(province, ())]

    def _district_costs(self, mention: Mention) -> dict[str, float]:
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

    def _of_districts(self, best: float) -> Iterable[Reading]:
        """A district alone: enough where all of it went into one commune, else a list for a person."""
        for found in self.districts:
            if found.may_be_province:
                continue
            untyped = 0.0 if found.mention.kind is Kind.TYPED else self.costs.district_missing
            for code, cost_of_name in found.costs.items():
                district = self.gazetteer.whole_districts[code]
                single = len(district.targets) == 1
                if single or best > self.costs.district_only:
                    cost = cost_of_name + untyped
                    cost += self.costs.whole_district if single else self.costs.district_only
                    yield Reading(None, district, None, cost, tuple(sorted(district.targets)), Vintage.OLD)

    def _districts_read_as_wards(self, found: Sequence[Reading]) -> list[Reading]:
        """`thôn 3, Phú Thiện, Gia Lai`: an untyped name may be the former district, its commune left out."""
        more = []
        for district in self.districts:
            if district.mention.kind is Kind.SEGMENT and not self._serves_as_district(district, found):
                for code, cost in district.costs.items():
                    whole = self.gazetteer.whole_districts[code]
                    cost_of_both = cost + self.costs.district_or_ward
                    more.append(Reading(None, whole, None, cost_of_both, tuple(sorted(whole.targets)), Vintage.OLD))
        return more

    def _serves_as_district(self, district: DistrictMention, found: Sequence[Reading]) -> bool:
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

    # -- wards --------------------------------------------------------------------------------------------------------

    def _of_ward(self, ward: Mention, letters: int = 0) -> Iterable[Reading]:
        for unit in self.gazetteer.units_named(ward.key, self.scope):
            reading = self._reading(ward, unit, letters)
            if reading is not None:
                yield reading

    def _misspelled(self) -> list[Reading]:
        found: list[Reading] = []
        for mention, letters in self.finder.misspelled_wards(self._ward_keys()):
            found += self._of_ward(mention, letters)
        return found

    def _ward_keys(self) -> Sequence[str]:
        """Names to look among for a misspelled one: of the districts named and today's communes, else the province."""
        keys: list[str] = []
        provinces = set(self.scope)
        typed = [d for d in self.districts if d.sure]
        if typed:
            for found in typed:
                for code in found.costs:
                    keys += self.reader.keys_of_district.get(code, ())
                    keys += [self.gazetteer.communes[t].unit.key for t in self.gazetteer.whole_districts[code].targets]
            return keys
        for province in provinces:
            keys += self.reader.keys_in[province]
        return keys

    def _reading(self, ward: Mention, unit: Unit, letters: int) -> Reading | None:
        cost = self._name_cost(ward, unit, letters) + self._type_cost(ward, unit)
        if unit.kind is UnitKind.NEW:
            district, more, mixed = self._district_of_new(ward, unit)
        else:
            district, more, mixed = self._district_of_old(ward, unit)
        cost += more
        more, otherwise = self._province_cost(unit)
        cost += more + self._hint_cost(ward, unit)
        targets, more, narrowed = self._other_wards(ward, unit)
        cost += more
        mixed = mixed or otherwise or narrowed
        vintage = Vintage.MIXED if mixed else Vintage.NEW if unit.kind is UnitKind.NEW else Vintage.OLD
        whole = self.gazetteer.whole_districts[district] if district is not None else None
        return Reading(unit, whole, ward, max(cost, 0.0), targets, vintage, letters > 0, narrowed)

    def _name_cost(self, ward: Mention, unit: Unit, letters: int) -> float:
        costs = self.costs
        if letters:
            return costs.letter + (letters - 1) * costs.second_letter
        cost = 0.0
        if unit.toned and ward.toned != unit.toned:
            cost = costs.toned_otherwise if self.text.marked else costs.unmarked
        if not ward.closed:
            cost += costs.open_name
        return cost

    def _type_cost(self, ward: Mention, unit: Unit) -> float:
        costs = self.costs
        if ward.kind is Kind.WEAK:
            return costs.weak
        if not ward.types:
            return costs.segment
        if not unit.type or unit.type in ward.types:
            return 0.0
        if unit.kind is UnitKind.NEW and "thitran" in ward.types:
            return costs.no_such_type
        return costs.other_type

    def _district_of_old(self, ward: Mention, unit: Unit) -> tuple[str | None, float, bool]:
        costs = self.costs
        typed_elsewhere = False
        best: float | None = None
        for found in self.districts:
            if found.mention.overlaps(ward):
                continue
            cost = found.costs.get(unit.district or "")
            if cost is not None:
                best = cost if best is None else min(best, cost)
            elif found.sure:
                typed_elsewhere = True
        former = costs.alias if unit.kind is UnitKind.ALIAS else 0.0
        if best is not None:
            return unit.district, best + former, False
        former = costs.alias_alone if unit.kind is UnitKind.ALIAS else 0.0
        if typed_elsewhere:
            return None, costs.district_conflict + former, False
        return None, costs.district_missing + former + self._unread_districts(ward), False

    def _unread_districts(self, ward: Mention) -> float:
        """A district name alone in a segment after the ward that fits nothing."""
        unread = any(d.mention.start >= ward.end and d.mention.kind is not Kind.TYPED for d in self.districts)
        return self.costs.district_unread if unread else 0.0

    def _district_of_new(self, ward: Mention, unit: Unit) -> tuple[str | None, float, bool]:
        costs = self.costs
        districts = self.gazetteer.communes[unit.targets[0]].districts
        best: tuple[float, str] | None = None
        strange = 0.0
        for found in self.districts:
            if found.mention.overlaps(ward) or found.may_be_province:
                continue
            fitting = [(cost, code) for code, cost in found.costs.items() if code in districts]
            if fitting:
                best = min(fitting) if best is None else min(best, *fitting)
            elif found.sure:
                strange = max(strange, costs.district_conflict)
            elif found.mention.kind is not Kind.TYPED and found.mention.start >= ward.end:
                strange = max(strange, costs.district_unread)
        if best is not None:
            return best[1], costs.district_on_new + best[0], True
        return None, strange, False

    def _province_cost(self, unit: Unit) -> tuple[float, bool]:
        costs = self.costs
        if not self.provinces:
            return (costs.province_hinted if self.hinted else costs.province_missing), False
        if unit.kind is UnitKind.NEW:
            if unit.province in self.new_provinces:
                return 0.0, False
            made_there = self.gazetteer.communes[unit.targets[0]].old_provinces & self.old_provinces
            return (costs.province_vintage if made_there else costs.province_conflict), True
        if unit.province in self.old_provinces:
            return 0.0, False
        return (costs.province_vintage if unit.new_province in self.new_provinces else costs.province_conflict), True

    def _hint_cost(self, ward: Mention, unit: Unit) -> float:
        if ward.hint is None:
            return 0.0
        fits = (ward.hint == "new") == (unit.kind is UnitKind.NEW)
        return 0.0 if fits else self.costs.hint_conflict

    def _other_wards(self, ward: Mention, unit: Unit) -> tuple[tuple[str, ...], float, bool]:
        """What other commune names of the text say: `xã Ia Ake (nay là xã Phú Thiện)` narrows a split."""
        targets, cost, narrowed = unit.targets, 0.0, False
        for other in self.wards:
            if other.overlaps(ward):
                continue
            if other.kind is not Kind.TYPED:
                cost += self._read_as_district(other, ward)
                continue
            agreed = self._agreed(other, unit)
            if agreed is None:
                cost += self.costs.other_ward_unread
            elif agreed:
                targets, narrowed = agreed, True
        return targets, cost, narrowed

    def _read_as_district(self, other: Mention, ward: Mention) -> float:
        """`Ia Ake, Phú Thiện`: to read the second name as the commune leaves a commune of that district unread."""
        if ward.kind is Kind.TYPED or other.kind is not Kind.SEGMENT or other.start > ward.start:
            return 0.0
        same = [d for d in self.districts if d.mention.start == ward.start]
        inside = {code for d in same for code in d.costs}
        fits = any(u.district in inside for u in self.gazetteer.units_named(other.key, self.scope))
        return self.costs.segment_ward_unread if fits else 0.0

    def _agreed(self, other: Mention, unit: Unit) -> tuple[str, ...] | None:
        """Communes both names lead to; None when they have nothing in common."""
        common: set[str] = set()
        for second in self.gazetteer.units_named(other.key, self.scope):
            if second.kind is not unit.kind:
                common.update(set(unit.targets) & set(second.targets))
        return tuple(sorted(common)) or None


class _KnownDistricts:
    """Names of districts within a scope, asked with `in`."""

    __slots__ = ("_names", "_scope")

    def __init__(self, gazetteer: Gazetteer, scope: tuple[str, ...]) -> None:
        self._names = gazetteer.districts
        self._scope = scope

    def __contains__(self, key: object) -> bool:
        names = self._names.get(key)  # type: ignore[call-overload]
        return names is not None and (not self._scope or any(n.district.new_province in self._scope for n in names))


class _Known:
    """Names of units within a scope, asked with `in`."""

    __slots__ = ("_maps",)

    def __init__(self, gazetteer: Gazetteer, scope: tuple[str, ...]) -> None:
        self._maps = [gazetteer.units_by_province[p] for p in scope] if scope else [gazetteer.units]

    def __contains__(self, key: object) -> bool:
        return any(key in names for names in self._maps)
