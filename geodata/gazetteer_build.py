"""Building the gazetteer from the bundled files (about a second; done once per process)."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from geodata import bundled
from geodata.alias_units import alias_units
from geodata.gazetteer import (
    COARSE_PLACE_ERROR_M,
    PLACE_ERROR_M,
    District,
    DistrictName,
    Gazetteer,
    NewCommune,
    Place,
    ProvinceName,
    Unit,
    UnitKind,
)
from geodata.model import ChangeKind, Commune, LonLat
from geodata.names import fold_key, toned_key
from geodata.reform_values import people_targets

# Type words of units as the tables write them, longest first; `thi trấn` with a missing mark stands in the table.
_TYPES = {
    "đặc khu": "dackhu",
    "thị trấn": "thitran",
    "thi trấn": "thitran",
    "thị xã": "thixa",
    "thành phố": "thanhpho",
    "phường": "phuong",
    "huyện": "huyen",
    "quận": "quan",
    "tỉnh": "tinh",
    "xã": "xa",
}
PROVINCE_NICKNAMES = {
    "Hồ Chí Minh": ("HCM", "HCMC", "TPHCM", "Sài Gòn", "Saigon", "SG", "Ho Chi Minh City"),
    "Hà Nội": ("HN", "TPHN", "Hanoi"),
    "Bà Rịa - Vũng Tàu": ("BRVT", "BR VT", "Vũng Tàu"),
    "Huế": ("Thừa Thiên Huế", "TT Huế", "Thừa Thiên - Huế"),
    "Đắk Lắk": ("Daklak", "Đắc Lắc", "Dak Lac"),
    "Đắk Nông": ("Daknong",),
    "Đà Nẵng": ("TPDN",),
    "Hải Phòng": ("HP", "TPHP"),
    "Cần Thơ": ("TPCT",),
}


def split_type(full_name: str) -> tuple[str, str]:
    """`Thị trấn Phú Thiện` → (`thitran`, `Phú Thiện`); the type is empty when none is written."""
    name = " ".join(unicodedata.normalize("NFC", full_name).split())
    for spelled, type_ in _TYPES.items():
        if name.lower().startswith(spelled + " "):
            return type_, name[len(spelled) + 1 :]
    return "", name


@lru_cache(maxsize=1)
def bundled_gazetteer() -> Gazetteer:
    """The gazetteer of the files shipped with the package, shared by all who ask."""
    return _Builder().build()


@dataclass(slots=True)
class _OldRow:
    code: str
    name: str
    type: str
    district: str
    province: str
    kinds: dict[str, ChangeKind]


class _Builder:
    """Reads the files in the order they lean on each other."""

    def __init__(self) -> None:
        self.changes = list(bundled.change_records())
        self.new_province_of: dict[str, str] = {}
        self.old_province_name: dict[str, str] = {}
        self.province_of_district = self._majority_provinces()

    def _majority_provinces(self) -> dict[str, str]:
        # Two rows of the table carry the province code of a neighbour: a district lies in one province.
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.changes:
            votes[row["old_district_code"]][row["old_province_code"]] += 1
            if row["old_province"].startswith(("Tỉnh", "Thành phố")):
                self.old_province_name[row["old_province_code"]] = row["old_province"]
        return {district: counted.most_common(1)[0][0] for district, counted in votes.items()}

    def build(self) -> Gazetteer:
        communes = {row["code"]: row for row in bundled.commune_records(*_COMMUNE_COLUMNS)}
        old_rows = self._old_rows()
        sources = self._sources(old_rows)
        new_units = {code: _new_unit(row) for code, row in communes.items()}
        districts = self._districts(old_rows, communes)
        old_units = self._old_units(old_rows, communes)
        named = {
            u: (self.old_province_name[u.province], districts[u.district or ""].full_name) for u in old_units.values()
        }
        aliases = alias_units(named)
        units = [*new_units.values(), *first_names(new_units.values()), *old_units.values(), *aliases]
        return Gazetteer(
            communes={c: _new_commune(communes[c], unit, sources[c], old_rows) for c, unit in new_units.items()},
            provinces=self._provinces(communes),
            districts=_district_names(districts, self.old_province_name, self.province_of_district),
            units=by_key(units),
            units_by_province=_grouped(units, "new_province"),
            units_by_district=_grouped((u for u in units if u.district is not None), "district"),
            whole_districts={d.code: d for d in districts.values()},
            places=_places(),
        )

    def _old_rows(self) -> dict[str, _OldRow]:
        rows: dict[str, _OldRow] = {}
        for row in self.changes:
            # Five island districts had no communes: the district itself is the unit.
            full_name = row["old_full_name"] or row["old_district"]
            code = row["old_code"] or f"D{row['old_district_code']}"
            type_, name = split_type(full_name)
            district = row["old_district_code"]
            old = rows.setdefault(code, _OldRow(code, name, type_, district, self.province_of_district[district], {}))
            old.kinds[row["new_code"]] = ChangeKind(row["kind"])
            self.new_province_of[old.province] = row["new_province_code"]
        return rows

    def _sources(self, old_rows: Mapping[str, _OldRow]) -> dict[str, list[str]]:
        sources: dict[str, list[str]] = defaultdict(list)
        for old in old_rows.values():
            for new_code in old.kinds:
                sources[new_code].append(old.code)
        return sources

    def _districts(self, old_rows: Mapping[str, _OldRow], communes: Mapping[str, Any]) -> dict[str, District]:
        targets: dict[str, set[str]] = defaultdict(set)
        for old in old_rows.values():
            targets[old.district].update(people_targets(old.kinds))
        names = {row["old_district_code"]: row["old_district"] for row in self.changes}
        return {code: _district(code, names[code], targets[code], communes) for code in names}

    def _old_units(self, old_rows: Mapping[str, _OldRow], communes: Mapping[str, Any]) -> dict[str, Unit]:
        points = {
            r["old_code"]: (set(r["new_codes"].split(";")), LonLat(lon=float(r["lon"]), lat=float(r["lat"])))
            for r in bundled.old_point_records()
        }
        return {old.code: _old_unit(old, points.get(old.code), communes) for old in old_rows.values()}

    def _provinces(self, communes: Mapping[str, Any]) -> dict[str, ProvinceName]:
        found: dict[str, dict[str, Any]] = {}

        def add(written: str, full_name: str, *, old: str | None = None, new: str | None = None) -> None:
            entry = found.setdefault(
                fold_key(written),
                {"toned": toned_key(written), "full": full_name, "old": set(), "new": set(), "city": False},
            )
            entry["city"] |= split_type(full_name)[0] == "thanhpho"
            if old is not None:
                entry["old"].add(old)
            if new is not None:
                entry["new"].add(new)

        for code, full_name in self.old_province_name.items():
            short = split_type(full_name)[1]
            for written in (short, *PROVINCE_NICKNAMES.get(short, ())):
                add(written, full_name, old=code)
        for row in communes.values():
            for written in (row["province"], *PROVINCE_NICKNAMES.get(row["province"], ())):
                add(written, row["province_full"], new=row["province_code"])
        return {key: self._province_name(entry) for key, entry in found.items()}

    def _province_name(self, entry: Mapping[str, Any]) -> ProvinceName:
        return ProvinceName(
            toned=entry["toned"],
            full_name=entry["full"],
            old=frozenset(entry["old"]),
            new=frozenset(entry["new"]),
            scope=frozenset(entry["new"]) | {self.new_province_of[code] for code in entry["old"]},
            is_city=entry["city"],
        )


_COMMUNE_COLUMNS = (
    "code",
    "name",
    "full_name",
    "unit_type",
    "province_code",
    "province",
    "province_full",
    "area_km2_geom",
    "rep_lat",
    "rep_lon",
)


def _new_unit(row: Mapping[str, Any]) -> Unit:
    return Unit(
        kind=UnitKind.NEW,
        code=row["code"],
        name=row["name"],
        full_name=row["full_name"],
        type=split_type(row["full_name"])[0],
        key=fold_key(row["name"]),
        toned=toned_key(row["name"]),
        province=row["province_code"],
        new_province=row["province_code"],
        district=None,
        targets=(row["code"],),
        point=LonLat(lon=row["rep_lon"], lat=row["rep_lat"]),
    )


def first_names(units: Iterable[Unit]) -> Iterable[Unit]:
    """Units of today by the first half of a double name: people write phường Xuân Hương, Đà Lạt."""
    for unit in units:
        first, hyphen, _ = unit.name.partition(" - ")
        if hyphen:
            yield replace(unit, key=fold_key(first), toned=toned_key(first))


def _new_commune(row: Mapping[str, Any], unit: Unit, sources: list[str], old_rows: Mapping[str, _OldRow]) -> NewCommune:
    commune = Commune(
        code=row["code"],
        valid_from=bundled.REFORM_ON,
        name=row["name"],
        full_name=row["full_name"],
        unit_type=row["unit_type"],
        province_code=row["province_code"],
        province=row["province"],
        point=LonLat(lon=row["rep_lon"], lat=row["rep_lat"]),
    )
    return NewCommune(
        unit=unit,
        commune=commune,
        area_km2=row["area_km2_geom"],
        n_sources=max(1, len(sources)),
        districts=frozenset(old_rows[code].district for code in sources),
        old_provinces=frozenset(old_rows[code].province for code in sources),
    )


def _old_unit(old: _OldRow, known: tuple[set[str], LonLat] | None, communes: Mapping[str, Any]) -> Unit:
    targets = people_targets(old.kinds)
    # The point was clipped to the communes it names: where only some of them took people it may lie in the others.
    point = known[1] if known is not None and known[0] == set(targets) else None
    full_name = f"{_SPELLED[old.type]} {old.name}" if old.type else old.name
    return Unit(
        kind=UnitKind.OLD,
        code=old.code,
        name=old.name,
        full_name=full_name,
        type=old.type,
        key=fold_key(old.name),
        toned=toned_key(old.name),
        province=old.province,
        new_province=communes[targets[0]]["province_code"],
        district=old.district,
        targets=targets,
        point=point,
    )


_SPELLED = {
    "dackhu": "Đặc khu",
    "thitran": "Thị trấn",
    "thixa": "Thị xã",
    "thanhpho": "Thành phố",
    "phuong": "Phường",
    "huyen": "Huyện",
    "quan": "Quận",
    "xa": "Xã",
}


def _district(code: str, full_name: str, targets: set[str], communes: Mapping[str, Any]) -> District:
    type_, name = split_type(full_name)
    return District(
        code=code,
        name=name,
        full_name=f"{_SPELLED[type_]} {name}",
        type=type_,
        key=fold_key(name),
        toned=toned_key(name),
        new_province=communes[min(targets)]["province_code"],
        targets=frozenset(targets),
    )


def _district_names(
    districts: Mapping[str, District], old_province_name: Mapping[str, str], province_of: Mapping[str, str]
) -> dict[str, tuple[DistrictName, ...]]:
    names: dict[str, list[DistrictName]] = defaultdict(list)
    by_full: dict[tuple[str, str], District] = {}
    for d in districts.values():
        names[d.key].append(DistrictName(district=d, type=d.type, toned=d.toned, own=True))
        by_full[fold_key(old_province_name[province_of[d.code]]), fold_key(d.full_name)] = d
    for row in bundled.district_alias_records():
        type_, name = split_type(row["alias"])
        for became in row["became"].split(";"):
            district = by_full[fold_key(row["province"]), fold_key(became)]
            names[fold_key(name)].append(DistrictName(district=district, type=type_, toned=toned_key(name), own=False))
    return {key: tuple(found) for key, found in names.items()}


def by_key(units: Iterable[Unit]) -> dict[str, tuple[Unit, ...]]:
    """Units by the fold key of their names."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        found[unit.key].append(unit)
    return {key: tuple(same) for key, same in found.items()}


def _grouped(units: Iterable[Unit], attribute: str) -> dict[str, dict[str, tuple[Unit, ...]]]:
    groups: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        groups[getattr(unit, attribute)].append(unit)
    return {value: by_key(members) for value, members in groups.items()}


def _places() -> dict[str, dict[str, tuple[Place, ...]]]:
    found: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for row in bundled.place_records("name", "name_vi", "lat", "lon", "coarse_arcmin", "commune_code"):
        place = Place(
            name=row["name_vi"] or row["name"],
            point=LonLat(lon=row["lon"], lat=row["lat"]),
            error_m=COARSE_PLACE_ERROR_M if row["coarse_arcmin"] else PLACE_ERROR_M,
        )
        found[row["commune_code"]][fold_key(place.name)].append(place)
    return {code: {key: tuple(same) for key, same in by_key.items()} for code, by_key in found.items()}
