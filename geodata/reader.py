"""The reader: fits the mentions of a text to units of both lists and adds up what each reading costs."""

from collections.abc import Iterable, Sequence

from geodata.address_words import AddressWords
from geodata.district_fit import DistrictFit
from geodata.gazetteer import Gazetteer, ProvinceName, Unit, UnitKind
from geodata.mentions import Kind, Mention, MentionFinder
from geodata.model import Vintage
from geodata.readings import Costs, Reading, Readings

# Units written without a district.
_TWO_LEVELS = frozenset({UnitKind.NEW, UnitKind.FORMER})


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
        self._look(hint)
        if self._is_elsewhere():
            # A district elsewhere outweighs the office's province, and a village called like a province.
            self._look(None, provinces=[])
        self.old_provinces = {code for _, name in self.provinces for code in name.old}
        self.new_provinces = {code for _, name in self.provinces for code in name.new}
        self.wards: list[Mention] = []

    def _look(self, hint: str | None, provinces: list[tuple[Mention, ProvinceName]] | None = None) -> None:
        """Find provinces (unless given) and districts."""
        self.finder = MentionFinder(self.text, self.gazetteer)
        self.provinces = self.finder.provinces() if provinces is None else provinces
        self.hinted = not self.provinces and hint is not None
        self.scope = self._scope(hint)
        self.districts = DistrictFit(
            self.gazetteer,
            self.costs,
            self.finder,
            provinces=self.provinces,
            scope=self.scope,
            keys=lambda: [key for province in self.scope for key in self.reader.districts_in.get(province, ())],
        )

    def _is_elsewhere(self) -> bool:
        """Whether the provinces looked in were not surely named and a district with its type word lies in another."""
        sure = any(m.kind is Kind.TYPED or m.end == len(self.text) for m, _ in self.provinces)
        return bool(self.scope) and not sure and any(d.known and not d.costs for d in self.districts.found)

    def _scope(self, hint: str | None) -> tuple[str, ...]:
        named = {code for _, name in self.provinces for code in name.scope}
        if named:
            return tuple(sorted(named))
        if hint is None:
            return ()
        hinted = self.gazetteer.successors.get(hint, (hint,))
        return tuple(code for code in hinted if code in self.gazetteer.units_by_province)

    def readings(self) -> Readings:
        result = Readings(self.provinces)
        self.wards = [w for w in self.finder.wards(_Known(self.gazetteer, self.scope)) if not self._is_province(w)]
        result.found = [r for ward in self.wards for r in self._of_ward(ward)]
        best = min((r.cost for r in result.found), default=9.0)
        if best > self.costs.letter:
            result.found += self._misspelled()
        best = min((r.cost for r in result.found), default=9.0)
        result.found += self.districts.alone(best, self.wards)
        result.found += self.districts.read_as_wards(result.found)
        return result

    def _is_province(self, ward: Mention) -> bool:
        """An untyped name already read as the province is not a commune of that name as well."""
        return ward.kind is not Kind.TYPED and any(m.overlaps(ward) for m, _ in self.provinces)

    def _of_ward(self, ward: Mention, letters: int = 0) -> Iterable[Reading]:
        for unit in self.gazetteer.units_named(ward.key, self.scope):
            yield self._reading(ward, unit, letters)

    def _misspelled(self) -> list[Reading]:
        found: list[Reading] = []
        for mention, letters in self.finder.misspelled_wards(self._ward_keys()):
            found += self._of_ward(mention, letters)
        return found

    def _ward_keys(self) -> Sequence[str]:
        """Names to look among for a misspelled one: of the districts named and today's communes, else the province."""
        keys: list[str] = []
        provinces = set(self.scope)
        typed = [d for d in self.districts.found if d.sure and d.costs]
        if typed:
            for found in typed:
                for code in found.costs:
                    keys += self.reader.keys_of_district.get(code, ())
                    keys += [self.gazetteer.communes[t].unit.key for t in self.gazetteer.whole_districts[code].targets]
            return keys
        for province in provinces:
            keys += self.reader.keys_in[province]
        return keys

    def _reading(self, ward: Mention, unit: Unit, letters: int) -> Reading:
        cost = self._name_cost(ward, unit, letters) + self._type_cost(ward, unit)
        if unit.kind in _TWO_LEVELS:
            district, more, mixed = self.districts.of_new(ward, unit)
        else:
            district, more, mixed = self.districts.of_old(ward, unit)
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
            # A name that is right elsewhere in the province is hardly a slip.
            right = any(w.start == ward.start and w.end == ward.end for w in self.wards)
            return costs.letter + (letters - 1) * costs.second_letter + (costs.right_elsewhere if right else 0.0)
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
        if unit.kind in _TWO_LEVELS and "thitran" in ward.types:
            return costs.no_such_type
        return costs.other_type

    def _province_cost(self, unit: Unit) -> tuple[float, bool]:
        costs = self.costs
        if not self.provinces:
            return (costs.province_hinted if self.hinted else costs.province_missing), False
        if unit.kind is UnitKind.NEW:
            if unit.province in self.new_provinces:
                return 0.0, False
            made_there = self.gazetteer.communes[unit.targets[0]].old_provinces & self.old_provinces
            return (costs.province_vintage if made_there else costs.province_conflict), True
        if unit.province in (self._former_provinces() if unit.kind is UnitKind.FORMER else self.old_provinces):
            return 0.0, False
        return (costs.province_vintage if unit.new_province in self.new_provinces else costs.province_conflict), True

    def _former_provinces(self) -> set[str]:
        """Codes a unit of a past two-level list may be written with: ended provinces carry their day with the code."""
        return self.new_provinces | {code for code in self.old_provinces if "@" in code}

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
        same = [d for d in self.districts.found if d.mention.start == ward.start]
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


class _Known:
    """Names of units within a scope, asked with `in`."""

    __slots__ = ("_maps",)

    def __init__(self, gazetteer: Gazetteer, scope: tuple[str, ...]) -> None:
        self._maps = [gazetteer.units_by_province[p] for p in scope] if scope else [gazetteer.units]

    def __contains__(self, key: object) -> bool:
        return any(key in names for names in self._maps)
