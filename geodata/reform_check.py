"""Is a reform whole? Every rule about its tables, each a function; all problems are gathered.

`geodata.reform_shapes` checks the polygons.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from core.errors import Problem, problem
from geodata import reform_errors as errors
from geodata.model import ChangeKind
from geodata.names import clean
from geodata.reform_values import PARTIAL_KINDS, Change, NewUnit, ProvinceChange, Reform
from geodata.store_reform import Standing, StandingUnit

_SHARE_SLACK = 0.01
_TAKES_PEOPLE = frozenset(ChangeKind) - {ChangeKind.PARTIAL_AREA, ChangeKind.FULL_AREA_PEOPLE_ELSEWHERE}


def with_carried(reform: Reform, standing: Standing) -> tuple[Reform, list[Problem]]:
    """The reform with a row for each commune that goes along when its province ends and nothing else is said of it."""
    carried: list[NewUnit] = []
    changes: list[Change] = []
    found: list[Problem] = []
    for unit in standing.units.values():
        if unit.province_code not in reform.successors or unit.key.code in reform.ended:
            continue
        targets = reform.successors[unit.province_code]
        if len(targets) > 1:
            names = {"province": unit.province_code, "code": unit.key.code, "name": unit.full_name}
            found.append(problem(errors.PROVINCE_UNDECIDED, pointer="province_changes", **names))
            continue
        carried.append(_carried(unit, targets[0]))
        changes.append(Change(old=unit.key, new_code=unit.key.code, kind=ChangeKind.FULL, pointer="province_changes"))
    whole = replace(reform, units=(*reform.units, *carried), changes=(*reform.changes, *changes))
    return whole, found


def _carried(unit: StandingUnit, province_code: str) -> NewUnit:
    return NewUnit(
        code=unit.key.code,
        name=unit.name,
        unit_type=unit.unit_type,
        province_code=province_code,
        office_address=unit.office_address,
        pointer="province_changes",
    )


def check_tables(reform: Reform, standing: Standing) -> list[Problem]:
    """All that is wrong with the tables of a reform, against the list in force."""
    rules = (
        _order, _twice, _old_units, _old_provinces, _targets, _sources, _still_in_force, _kinds, _shares, _provinces,
        _names, _aliases,
    )  # fmt: skip
    return [found for rule in rules for found in rule(reform, standing)]


def _order(reform: Reform, standing: Standing) -> Iterator[Problem]:
    newest = standing.newest
    if newest is not None and reform.valid_from <= newest:
        yield problem(errors.NOT_AFTER, pointer="units", valid_from=reform.valid_from, newest=newest)


def _twice(reform: Reform, _: Standing) -> Iterator[Problem]:
    named: tuple[tuple[str, Sequence[tuple[str, str]]], ...] = (
        ("units", [(u.code, u.pointer) for u in reform.units]),
        ("provinces", [(p.code, p.pointer) for p in reform.provinces]),
    )
    for table, rows in named:
        for code, pointer in _repeated(rows):
            yield problem(errors.UNIT_TWICE, pointer=pointer, code=code, table=table)
    both: tuple[Change | ProvinceChange, ...] = (*reform.changes, *reform.province_changes)
    for pair, pointer in _repeated([(f"{c.old.code} {c.new_code}", c.pointer) for c in both]):
        old, _space, new = pair.partition(" ")
        yield problem(errors.CHANGE_TWICE, pointer=pointer, old=old, new=new)


def _repeated(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: Counter[str] = Counter()
    for key, pointer in rows:
        seen[key] += 1
        if seen[key] == 2:
            yield key, pointer


def _old_units(reform: Reform, standing: Standing) -> Iterator[Problem]:
    for change in reform.changes:
        known = standing.units.get(change.old.code)
        if known is None or known.key != change.old:
            yield _unknown_old(change.old.code, change, reform)


def _old_provinces(reform: Reform, standing: Standing) -> Iterator[Problem]:
    for change in reform.province_changes:
        known = standing.provinces.get(change.old.code)
        if known is None or known.key != change.old:
            yield _unknown_old(change.old.code, change, reform)


def _unknown_old(code: str, change: Change | ProvinceChange, reform: Reform) -> Problem:
    on = reform.valid_from - timedelta(days=1)
    values = {"code": code, "valid_from": change.old.valid_from, "on": on}
    return problem(errors.OLD_UNIT_UNKNOWN, pointer=change.pointer, **values)


def _targets(reform: Reform, _: Standing) -> Iterator[Problem]:
    units, provinces = {u.code for u in reform.units}, {p.code for p in reform.provinces}
    for change in reform.changes:
        if change.new_code not in units:
            yield problem(errors.NEW_UNIT_UNKNOWN, pointer=change.pointer, code=change.new_code)
    for moved in reform.province_changes:
        if moved.new_code not in provinces:
            yield problem(errors.NEW_UNIT_UNKNOWN, pointer=moved.pointer, code=moved.new_code)


def _sources(reform: Reform, _: Standing) -> Iterator[Problem]:
    into = {change.new_code for change in reform.province_changes}
    for unit in reform.units:
        if unit.code not in reform.by_new:
            yield problem(errors.UNIT_WITHOUT_SOURCE, pointer=unit.pointer, code=unit.code, name=unit.full_name)
    for province in reform.provinces:
        if province.code not in into:
            names = {"code": province.code, "name": province.full_name}
            yield problem(errors.UNIT_WITHOUT_SOURCE, pointer=province.pointer, **names)


def _still_in_force(reform: Reform, standing: Standing) -> Iterator[Problem]:
    """The code of a unit that goes on: two units would have it at once."""
    for unit in reform.units:
        known = standing.units.get(unit.code)
        if known is not None and unit.code not in reform.ended:
            names = {"name": known.full_name, "valid_from": known.key.valid_from}
            yield problem(errors.STILL_IN_FORCE, pointer=unit.pointer, code=unit.code, **names)
    for province in reform.provinces:
        if province.code in standing.provinces and province.code not in reform.ended_provinces:
            yield problem(errors.PROVINCE_OPEN, pointer=province.pointer, code=province.code)


def _kinds(reform: Reform, _: Standing) -> Iterator[Problem]:
    for code, changes in reform.by_old.items():
        for change in changes:
            whole = change.kind is ChangeKind.FULL
            if whole != (len(changes) == 1) and (whole or change.kind in PARTIAL_KINDS):
                values = {"code": code, "count": len(changes), "kind": change.kind.value}
                yield problem(errors.KIND_WRONG, pointer=change.pointer, **values)


def _shares(reform: Reform, _: Standing) -> Iterator[Problem]:
    for code, changes in reform.by_old.items():
        taking = [c for c in changes if c.kind in _TAKES_PEOPLE]
        if not any(c.share is not None for c in changes):
            continue
        total = sum(c.share or 0.0 for c in changes)
        if abs(total - 1) > _SHARE_SLACK or any(c.share is None for c in taking):
            yield problem(errors.SHARE_WRONG, pointer=changes[0].pointer, code=code, total=total)


def _provinces(reform: Reform, standing: Standing) -> Iterator[Problem]:
    known = (set(standing.provinces) - set(reform.ended_provinces)) | {p.code for p in reform.provinces}
    for unit in reform.units:
        if unit.province_code not in known:
            values = {"code": unit.province_code, "on": reform.valid_from}
            yield problem(errors.PROVINCE_UNKNOWN, pointer=unit.pointer, **values)


def _names(reform: Reform, standing: Standing) -> Iterator[Problem]:
    """Names that two units of a province would share; what is so already is not the reform's fault."""
    holders: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for unit in standing.units.values():
        if unit.key.code not in reform.ended:
            holders[unit.province_code, clean(unit.full_name)].append((unit.key.code, ""))
    for new in reform.units:
        holders[new.province_code, clean(new.full_name)].append((new.code, new.pointer))
    names = {clean(new.full_name): new.full_name for new in reform.units}
    for (province, key), found in holders.items():
        pointers = [pointer for _, pointer in found if pointer]
        if len({code for code, _ in found}) > 1 and pointers:
            codes = ", ".join(sorted(code for code, _ in found))
            yield problem(errors.NAME_TWICE, pointer=pointers[-1], province=province, name=names[key], codes=codes)


def _aliases(reform: Reform, _: Standing) -> Iterator[Problem]:
    units = {u.code for u in reform.units}
    for alias in reform.aliases:
        if alias.code not in units:
            yield problem(errors.NEW_UNIT_UNKNOWN, pointer=alias.pointer, code=alias.code)
