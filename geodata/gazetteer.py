"""Both lists of units in memory, indexed by name: what an address text is matched against.

Units of the three-level list (to 2025-06-30) point to the units of today they went into; units of today point to
themselves. Built from the bundled files, renewed by reforms (`geodata.reform_gazetteer`); immutable after building, so
threads share one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from geodata.model import Commune, LonLat

# A place on a whole arc-minute grid is 1-2 km off; other GeoNames points lie within a few hundred metres.
COARSE_PLACE_ERROR_M = 2000
PLACE_ERROR_M = 700


class UnitKind(StrEnum):
    """Which list a unit stands in. ALIAS: the name of a unit merged away before 2025, by the unit it went into.
    FORMER: a unit of a two-level list that ended since."""

    NEW = "new"
    FORMER = "former"
    OLD = "old"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A commune-level unit of either list.

    `targets` are the codes of today's communes that took its people: more than one is a split. `toned` is empty when
    the source gives the name without diacritics.
    """

    kind: UnitKind
    code: str
    name: str
    full_name: str
    type: str
    key: str
    toned: str
    province: str
    new_province: str
    district: str | None
    targets: tuple[str, ...]
    point: LonLat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A district of the three-level list. `targets` are today's communes that took its people."""

    code: str
    name: str
    full_name: str
    type: str
    key: str
    toned: str
    new_province: str
    targets: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictName:
    """A name a district may be written with: its own, or one it absorbed (`own` False)."""

    district: District
    type: str
    toned: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceName:
    """What a province name may mean: codes of the 63 (`old`) and of the 34 (`new`), and the provinces of today it
    points into (`scope`)."""

    toned: str
    full_name: str
    old: frozenset[str]
    new: frozenset[str]
    scope: frozenset[str]
    is_city: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommune:
    """A commune of today with what the resolver needs of it."""

    unit: Unit
    commune: Commune
    area_km2: float
    n_sources: int
    districts: frozenset[str]
    old_provinces: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A hamlet, village or quarter; `error_m` is the radius its source allows for."""

    name: str
    point: LonLat
    error_m: int


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The indexes. Keys are fold keys (`geodata.names.fold_key`) of names without their type word."""

    communes: Mapping[str, NewCommune]
    provinces: Mapping[str, ProvinceName]
    districts: Mapping[str, tuple[DistrictName, ...]]
    units: Mapping[str, tuple[Unit, ...]]
    units_by_province: Mapping[str, Mapping[str, tuple[Unit, ...]]]
    units_by_district: Mapping[str, Mapping[str, tuple[Unit, ...]]]
    whole_districts: Mapping[str, District]
    places: Mapping[str, Mapping[str, tuple[Place, ...]]]
    # Provinces of today by the code of one of the 34 that is no more.
    successors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def units_named(self, key: str, scope: Iterable[str]) -> tuple[Unit, ...]:
        """Units of both lists with the name key whose people live in the provinces of today in `scope`; an empty
        scope is the whole country."""
        found: tuple[Unit, ...] = ()
        empty = True
        for province in scope:
            empty = False
            found += self.units_by_province[province].get(key, ())
        return self.units.get(key, ()) if empty else found
