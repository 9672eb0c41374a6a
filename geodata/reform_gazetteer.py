"""The gazetteer after a reform: names of what ended stay, and lead to the units of today.

Units whose two-level list is past are FORMER. The chain of vintages is followed at once: where a commune of before
2025 led to a unit that ends now, it leads to that unit's successors. Nothing is changed in place; what the reform does
not touch is shared with the gazetteer before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from geodata.communes import CommuneIndex
from geodata.files_crs import area_km2
from geodata.gazetteer import (
    District,
    DistrictName,
    Gazetteer,
    NewCommune,
    Place,
    ProvinceName,
    Unit,
    UnitKind,
)
from geodata.gazetteer_build import PROVINCE_NICKNAMES, by_key, first_names, split_type
from geodata.model import ChangeKind, Commune, LonLat
from geodata.names import fold_key, toned_key
from geodata.reform_values import NewUnit, Reform


def reformed(before: Gazetteer, reform: Reform, index: CommuneIndex) -> Gazetteer:
    """The gazetteer from the day of a reform on; `index` has the units of that day."""
    return _Reforming(before, reform, index).gazetteer()


@dataclass(slots=True)
class _Reforming:
    before: Gazetteer
    reform: Reform
    index: CommuneIndex

    def gazetteer(self) -> Gazetteer:
        fresh = {unit.code: _fresh(unit) for unit in self.reform.units}
        communes = {c: known for c, known in self.before.communes.items() if c not in self.reform.ended}
        names = {known.commune.province_code: known.commune.province for known in communes.values()}
        names |= {province.code: province.name for province in self.reform.provinces}
        communes |= {u.code: self._commune(u, fresh[u.code], names[u.province_code]) for u in self.reform.units}
        home = {code: known.commune.province_code for code, known in communes.items()}
        units = [*self._kept(home, fresh), *fresh.values(), *first_names(fresh.values()), *self._aliases(fresh)]
        districts = {code: self._district(d, home) for code, d in self.before.whole_districts.items()}
        return Gazetteer(
            communes=communes,
            provinces=self._provinces(),
            districts=_renewed(self.before.districts, districts),
            units=by_key(units),
            units_by_province=_by_province(units, home),
            units_by_district=self._by_district(units),
            whole_districts=districts,
            places=self._places(),
            successors=self._successors(),
        )

    def _lead(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Units of the day that took the people of units of the day before."""
        return tuple(sorted({new for code in codes for new in self.reform.people_targets.get(code, (code,))}))

    def _provinces_after(self, codes: Iterable[str]) -> frozenset[str]:
        return frozenset(new for code in codes for new in self.reform.successors.get(code, (code,)))

    def _kept(self, home: Mapping[str, str], fresh: Mapping[str, Unit]) -> Iterator[Unit]:
        """Every name of before, leading on; a unit that only has new borders keeps no former self."""
        for unit in (unit for same in self.before.units.values() for unit in same):
            targets = self._lead(unit.targets)
            if unit.kind is UnitKind.NEW and unit.code in self.reform.ended:
                former = self._former(unit, targets, home)
                if not _is_same_name(former, fresh):
                    yield former
            elif any(code in fresh for code in targets) or self._of_former(unit) != unit.province:
                yield replace(unit, targets=targets, new_province=home[targets[0]], province=self._of_former(unit))
            else:
                yield unit

    def _former(self, unit: Unit, targets: tuple[str, ...], home: Mapping[str, str]) -> Unit:
        province = self._former_key(unit.province)
        new = home[targets[0]]
        return replace(unit, kind=UnitKind.FORMER, targets=targets, province=province, new_province=new)

    def _of_former(self, unit: Unit) -> str:
        """The province a unit that was FORMER before is written with: it may end now."""
        return self._former_key(unit.province) if unit.kind is UnitKind.FORMER else unit.province

    def _former_key(self, province: str) -> str:
        """A province that ends is from now on known by code and day: the code may name another one tomorrow."""
        ended = self.reform.ended_provinces.get(province)
        return province if ended is None else f"{ended.code}@{ended.valid_from}"

    def _commune(self, unit: NewUnit, fresh: Unit, province: str) -> NewCommune:
        sources = [self.before.communes[change.old.code] for change in self.reform.by_new[unit.code]]
        whole = {c.old.code for c in self.reform.by_new[unit.code] if c.kind is ChangeKind.FULL}
        homes = {s.commune.province_code for s in sources}
        ended = {self._former_key(code) for code in homes & set(self.reform.ended_provinces)}
        commune = Commune(
            code=unit.code,
            valid_from=self.reform.valid_from,
            name=unit.name,
            full_name=unit.full_name,
            unit_type=unit.unit_type,
            province_code=unit.province_code,
            province=province,
            point=fresh.point or LonLat(lon=0.0, lat=0.0),
        )
        return NewCommune(
            unit=fresh,
            commune=commune,
            area_km2=area_km2(unit.area) if unit.area is not None else 0.0,
            n_sources=max(1, sum(s.n_sources if s.commune.code in whole else 1 for s in sources)),
            districts=frozenset(d for s in sources for d in s.districts),
            old_provinces=frozenset(p for s in sources for p in s.old_provinces) | ended,
        )

    def _aliases(self, fresh: Mapping[str, Unit]) -> Iterator[Unit]:
        for alias in self.reform.aliases:
            unit = fresh[alias.code]
            type_ = split_type(f"{alias.unit_type} {alias.name}")[0] if alias.unit_type else ""
            key, toned = fold_key(alias.name), toned_key(alias.name)
            yield replace(unit, kind=UnitKind.FORMER, name=alias.name, type=type_, key=key, toned=toned)

    def _district(self, district: District, home: Mapping[str, str]) -> District:
        targets = frozenset(self._lead(district.targets))
        new = home[min(targets)]
        if targets == district.targets and new == district.new_province:
            return district
        return replace(district, targets=targets, new_province=new)

    def _provinces(self) -> dict[str, ProvinceName]:
        found = {key: self._province(name) for key, name in self.before.provinces.items()}
        for new in self.reform.provinces:
            for written in (new.name, *PROVINCE_NICKNAMES.get(new.name, ())):
                found[fold_key(written)] = _named(found.get(fold_key(written)), written, new.code, new.full_name)
        return found

    def _province(self, name: ProvinceName) -> ProvinceName:
        ended = name.new & set(self.reform.ended_provinces)
        scope = self._provinces_after(name.scope)
        if not ended and scope == name.scope:
            return name
        old = name.old | {self._former_key(code) for code in ended}
        return replace(name, old=old, new=name.new - ended, scope=scope)

    def _places(self) -> dict[str, Mapping[str, tuple[Place, ...]]]:
        """Places of the units that ended, by the unit that holds their point, else the nearest successor."""
        found = {code: places for code, places in self.before.places.items() if code not in self.reform.ended}
        moved: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for code in self.reform.ended:
            targets = [change.new_code for change in self.reform.by_old[code]]
            for key, places in self.before.places.get(code, {}).items():
                for place in places:
                    moved[self._holder(place, targets)][key].append(place)
        return found | {code: {k: tuple(p) for k, p in keys.items()} for code, keys in moved.items()}

    def _holder(self, place: Place, targets: list[str]) -> str:
        here = self.index.at(place.point)
        if here in targets:
            return here
        return min(targets, key=lambda code: (self.index.metres_to(place.point, [code]), code))

    def _by_district(self, units: Iterable[Unit]) -> dict[str, dict[str, tuple[Unit, ...]]]:
        groups: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            if unit.district is not None:
                groups[unit.district].append(unit)
        return {code: by_key(members) for code, members in groups.items()}

    def _successors(self) -> dict[str, tuple[str, ...]]:
        """Where to look for who still says the code of a province that is no more."""
        chained = {c: tuple(sorted(self._provinces_after(now))) for c, now in self.before.successors.items()}
        again = {p.code for p in self.reform.provinces}
        return {code: now for code, now in (chained | self.reform.successors).items() if code not in again}


def _fresh(unit: NewUnit) -> Unit:
    inner = unit.area.representative_point() if unit.area is not None else None
    return Unit(
        kind=UnitKind.NEW,
        code=unit.code,
        name=unit.name,
        full_name=unit.full_name,
        type=split_type(unit.full_name)[0],
        key=fold_key(unit.name),
        toned=toned_key(unit.name),
        province=unit.province_code,
        new_province=unit.province_code,
        district=None,
        targets=(unit.code,),
        point=LonLat(lon=inner.x, lat=inner.y) if inner is not None else None,
    )


def _is_same_name(former: Unit, fresh: Mapping[str, Unit]) -> bool:
    """Whether the one successor of a former unit is written just as it was: name, type and province."""
    if len(former.targets) > 1:
        return False
    new = fresh[former.targets[0]]
    return (former.toned, former.type, former.province) == (new.toned, new.type, new.province)


def _named(known: ProvinceName | None, written: str, code: str, full_name: str) -> ProvinceName:
    is_city = split_type(full_name)[0] == "thanhpho"
    if known is None:
        codes = frozenset({code})
        toned = toned_key(written)
        return ProvinceName(toned=toned, full_name=full_name, old=frozenset(), new=codes, scope=codes, is_city=is_city)
    return replace(
        known, full_name=full_name, new=known.new | {code}, scope=known.scope | {code}, is_city=known.is_city or is_city
    )


def _renewed(
    names: Mapping[str, tuple[DistrictName, ...]], districts: Mapping[str, District]
) -> dict[str, tuple[DistrictName, ...]]:
    def renew(name: DistrictName) -> DistrictName:
        now = districts[name.district.code]
        return name if now is name.district else replace(name, district=now)

    return {key: tuple(renew(name) for name in same) for key, same in names.items()}


def _by_province(units: Iterable[Unit], home: Mapping[str, str]) -> dict[str, dict[str, tuple[Unit, ...]]]:
    """Units by every province of today that took people of theirs."""
    groups: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        for province in {home[code] for code in unit.targets}:
            groups[province].append(unit)
    return {province: by_key(members) for province, members in groups.items()}
