"""Readings: each way the mentions of a text fit a unit of one of the lists, with what speaks against it.

A reading's cost adds up what is unlike the unit's official address: 0 is the address as the tables write it. The
amounts are calibrated by `bench/addresses.py` (docs/addresses.md); what matters is their order and the margin.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from geodata.gazetteer import District, ProvinceName, Unit
from geodata.mentions import Kind, Mention
from geodata.model import Vintage


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What each deviation from the official address costs."""

    unmarked: float = 0.02
    toned_otherwise: float = 0.48
    letter: float = 0.5
    second_letter: float = 0.4
    right_elsewhere: float = 0.4
    other_type: float = 0.42
    no_such_type: float = 0.6
    segment: float = 0.05
    weak: float = 1.2
    open_name: float = 0.9
    district_missing: float = 0.35
    district_other_type: float = 0.15
    district_other_twin: float = 0.6
    district_former: float = 0.12
    district_toned_otherwise: float = 0.4
    district_letter: float = 0.3
    district_on_new: float = 0.45
    district_conflict: float = 2.0
    district_unread: float = 0.5
    province_vintage: float = 0.3
    province_hinted: float = 0.1
    province_missing: float = 0.25
    province_conflict: float = 1.5
    alias: float = 0.1
    alias_alone: float = 0.7
    other_ward_unread: float = 0.8
    segment_ward_unread: float = 0.5
    hint_conflict: float = 1.2
    whole_district: float = 0.3
    district_only: float = 1.6
    district_or_ward: float = 0.3


@dataclass(frozen=True, slots=True)
class DistrictMention:
    """A mention and the districts it may mean with the cost of each, by code.

    `sure`: nothing else can be meant. Thành phố Huế alone is the province of today, or the city it once held.
    No costs: a district elsewhere (`known`), or a name in no list.
    """

    mention: Mention
    costs: Mapping[str, float]
    sure: bool
    known: bool = True

    @property
    def may_be_province(self) -> bool:
        """A city's name with its type word that may be the province of today."""
        return not self.sure and self.mention.kind is Kind.TYPED


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text. `targets` are the communes of today it leads to; `signs` what was used."""

    unit: Unit | None
    district: District | None
    ward: Mention | None
    cost: float
    targets: tuple[str, ...]
    vintage: Vintage
    misspelled: bool = False
    narrowed: bool = False


@dataclass(slots=True)
class Readings:
    """All readings of a text, and the mentions they rest on."""

    provinces: list[tuple[Mention, ProvinceName]]
    found: list[Reading] = field(default_factory=list)
