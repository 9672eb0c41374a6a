"""A reform of the units as values: what a file of a reform says, read but not yet believed.

All geometry is EPSG:4326. A reform is one day; what it does not name stays as it is.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.model import ChangeKind

# Where an old unit goes "partial": some of it and of its people.
PARTIAL_KINDS = frozenset(ChangeKind) - {ChangeKind.FULL}


class UnitKey(NamedTuple):
    """A unit of any vintage: the code alone says nothing, codes are reused."""

    code: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """A unit that begins on the day of the reform. `area` None: to be made from the units it takes whole.

    `pointer` is where the file says it, for messages.
    """

    code: str
    name: str
    unit_type: str
    province_code: str
    area: BaseGeometry | None = None
    office_address: str | None = None
    pointer: str = ""

    @property
    def full_name(self) -> str:
        """With its type word: Xã Phú Thiện."""
        return f"{self.unit_type} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An old unit goes, wholly or in part, into a new one. `share`: part of its people, 0 to 1, where known."""

    old: UnitKey
    new_code: str
    kind: ChangeKind
    share: float | None = None
    note: str | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProvince:
    """A province that begins on the day."""

    code: str
    name: str
    unit_type: str
    pointer: str = ""

    @property
    def full_name(self) -> str:
        """With its type word: Tỉnh Gia Lai."""
        return f"{self.unit_type} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceChange:
    """An old province ends and its people belong to a new one."""

    old: UnitKey
    new_code: str
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name people write for a new unit; `unit_type` empty when none was given."""

    code: str
    name: str
    unit_type: str = ""
    pointer: str = ""


@dataclass(frozen=True, kw_only=True)
class Reform:
    """Everything that changes on one day."""

    valid_from: date
    title: str = ""
    units: tuple[NewUnit, ...] = ()
    changes: tuple[Change, ...] = ()
    provinces: tuple[NewProvince, ...] = ()
    province_changes: tuple[ProvinceChange, ...] = ()
    aliases: tuple[Alias, ...] = field(default=())

    @cached_property
    def ended(self) -> dict[str, UnitKey]:
        """Units that end the day before, by code."""
        return {change.old.code: change.old for change in self.changes}

    @cached_property
    def ended_provinces(self) -> dict[str, UnitKey]:
        """Provinces that end the day before, by code."""
        return {change.old.code: change.old for change in self.province_changes}

    @cached_property
    def by_old(self) -> dict[str, tuple[Change, ...]]:
        """Changes of each ended unit."""
        return _grouped(self.changes, lambda change: change.old.code)

    @cached_property
    def by_new(self) -> dict[str, tuple[Change, ...]]:
        """Changes that make each new unit."""
        return _grouped(self.changes, lambda change: change.new_code)

    @cached_property
    def people_targets(self) -> dict[str, tuple[str, ...]]:
        """New units that took people of each ended unit: more than one is a split."""
        return {code: people_targets({c.new_code: c.kind for c in made}) for code, made in self.by_old.items()}

    @cached_property
    def successors(self) -> dict[str, tuple[str, ...]]:
        """New provinces of each ended one."""
        grouped = _grouped(self.province_changes, lambda change: change.old.code)
        return {code: tuple(sorted({c.new_code for c in made})) for code, made in grouped.items()}

    def encoded(self) -> bytes:
        """The whole as JSON, the same for the same content: what the database keeps."""
        return orjson.dumps(
            {
                "valid_from": self.valid_from,
                "title": self.title,
                "units": [_unit_out(unit) for unit in sorted(self.units, key=lambda u: u.code)],
                "changes": [_change_out(c) for c in sorted(self.changes, key=lambda c: (c.old, c.new_code))],
                "provinces": [[p.code, p.name, p.unit_type] for p in sorted(self.provinces, key=lambda p: p.code)],
                "province_changes": [[*c.old, c.new_code] for c in sorted(self.province_changes, key=lambda c: c.old)],
                "aliases": [
                    [a.code, a.name, a.unit_type] for a in sorted(self.aliases, key=lambda a: (a.code, a.name))
                ],
            }
        )

    @classmethod
    def decoded(cls, content: bytes) -> "Reform":
        """A reform as `encoded` wrote it."""
        data = orjson.loads(content)
        return cls(
            valid_from=date.fromisoformat(data["valid_from"]),
            title=data["title"],
            units=tuple(_unit_in(unit) for unit in data["units"]),
            changes=tuple(_change_in(change) for change in data["changes"]),
            provinces=tuple(NewProvince(code=c, name=n, unit_type=t) for c, n, t in data["provinces"]),
            province_changes=tuple(
                ProvinceChange(old=UnitKey(code, date.fromisoformat(day)), new_code=new)
                for code, day, new in data["province_changes"]
            ),
            aliases=tuple(Alias(code=c, name=n, unit_type=t) for c, n, t in data["aliases"]),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the content: the same reform from another kind of file has the same."""
        return hashlib.sha256(self.encoded()).hexdigest()


def people_targets(kinds: Mapping[str, ChangeKind]) -> tuple[str, ...]:
    """Targets of an old unit that took people: where all people went to one, land elsewhere is no door."""
    everyone = [code for code, kind in kinds.items() if kind is ChangeKind.PARTIAL_AREA_ALL_PEOPLE]
    return tuple(sorted(everyone or kinds))


def _grouped(changes: Any, key: Any) -> dict[str, Any]:
    groups: dict[str, list[Any]] = {}
    for change in changes:
        groups.setdefault(key(change), []).append(change)
    return {code: tuple(made) for code, made in groups.items()}


def _unit_out(unit: NewUnit) -> dict[str, Any]:
    # One form for one polygon: the corner a ring starts at and its direction say nothing.
    area = None if unit.area is None else base64.b64encode(shapely.to_wkb(shapely.normalize(unit.area))).decode()
    return {
        "code": unit.code,
        "name": unit.name,
        "type": unit.unit_type,
        "province_code": unit.province_code,
        "office_address": unit.office_address,
        "area": area,
    }


def _unit_in(data: Mapping[str, Any]) -> NewUnit:
    area = data["area"]
    return NewUnit(
        code=data["code"],
        name=data["name"],
        unit_type=data["type"],
        province_code=data["province_code"],
        office_address=data["office_address"],
        area=None if area is None else shapely.from_wkb(base64.b64decode(area)),
    )


def _change_out(change: Change) -> list[Any]:
    return [*change.old, change.new_code, change.kind.value, change.share, change.note]


def _change_in(data: list[Any]) -> Change:
    code, day, new_code, kind, share, note = data
    old = UnitKey(code, date.fromisoformat(day))
    return Change(old=old, new_code=new_code, kind=ChangeKind(kind), share=share, note=note)


def with_areas(reform: Reform, areas: Mapping[str, BaseGeometry]) -> Reform:
    """The reform with the polygons that were made for units without one."""
    return replace(reform, units=tuple(replace(u, area=areas[u.code]) if u.code in areas else u for u in reform.units))
