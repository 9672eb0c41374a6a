"""Names of communes merged away between 2017 and 2025, as units that point where their successor went.

The source writes keys without spaces or diacritics (`tinhsonla`, `thixamocchau`, `phuongvanson` ← `xaphiengluong`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from geodata import bundled
from geodata.gazetteer import Unit, UnitKind
from geodata.names import plain_key

_NUMBERED = re.compile(r"^(?:phuong|ward|p|f)0*(\d+)$")
_TYPES = ("thitran", "phuong", "xa")

_Keys = tuple[str, str, str]


def alias_units(old_units: Mapping[Unit, tuple[str, str]]) -> list[Unit]:
    """One unit for each former name; `old_units` gives each old unit's province and district as written in full."""
    by_keys: dict[_Keys, list[Unit]] = defaultdict(list)
    for unit, (province, district) in old_units.items():
        by_keys[plain_key(province), plain_key(district), plain_key(unit.full_name)].append(unit)
    written: dict[_Keys, set[str]] = defaultdict(set)
    for row in bundled.alias_records():
        written[row["province_key"], row["district_key"], row["ward_key"]].add(row["alias_keyword"])
    return [
        replace(unit, kind=UnitKind.ALIAS, type=type_, key=key, toned="")
        for keys, names in written.items()
        for unit in by_keys.get(keys, ())
        for type_, key in sorted(set(_former_names(names)))
        if key != unit.key
    ]


def _former_names(names: set[str]) -> Iterator[tuple[str, str]]:
    """(type, key) of each former name; a name that also stands there with its type is not given twice."""
    typed = {name: _split(name) for name in names}
    bare_of_typed = {bare for type_, bare in typed.values() if type_}
    for name, (type_, bare) in typed.items():
        if type_ or name not in bare_of_typed:
            for key in _spellings(bare):
                yield type_, key


def _split(name: str) -> tuple[str, str]:
    numbered = _NUMBERED.match(name)
    if numbered:
        return "phuong", numbered[1]
    for type_ in _TYPES:
        if name.startswith(type_) and len(name) > len(type_) + 1:
            return type_, name[len(type_) :]
    return "", name


def _spellings(key: str) -> Iterator[str]:
    """A joined key hides where words end, and only a word's last y is respelled: give each reading."""
    parts = key.replace("dac", "dak").split("y")
    for letters in product("yi", repeat=len(parts) - 1):
        yield "".join(part + letter for part, letter in zip(parts, (*letters, ""), strict=True))
