"""Domain values of geodata: places on the earth, communes, and what an address text may mean.

All coordinates are WGS 84 (EPSG:4326), longitude first.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class LonLat:
    """A point in degrees, WGS 84 (EPSG:4326)."""

    lon: float
    lat: float


class Vintage(StrEnum):
    """The list of units an address was written with.

    OLD has three levels and ends on 2025-06-30, NEW has two, MIXED shows signs of both.
    """

    OLD = "old"
    NEW = "new"
    MIXED = "mixed"


class PointSource(StrEnum):
    """Where a pin came from, best first."""

    GIVEN = "given"
    LEARNED_DOOR = "learned_door"
    STREET = "street"
    PLACE = "place"
    OLD_COMMUNE = "old_commune"
    COMMUNE = "commune"


class ChangeKind(StrEnum):
    """How an old unit went into a new one (the wording of the national conversion table)."""

    FULL = "full"
    PARTIAL = "partial"
    PARTIAL_AREA = "partial_area"
    PARTIAL_AREA_ALL_PEOPLE = "partial_area_all_people"
    PARTIAL_PEOPLE = "partial_people"
    FULL_AREA_PEOPLE_ELSEWHERE = "full_area_people_elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune, ward or special zone in force. `code` is the 5-digit code of the National Statistics Office.

    A code means nothing without `valid_from`: codes are reused. `point` lies inside the polygon.
    """

    code: str
    valid_from: date
    name: str
    full_name: str
    unit_type: str
    province_code: str
    province: str
    point: LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One commune an address text may mean.

    `matched` are the parts of the text that were understood, in the words of the official tables, from the smallest
    unit to the largest. `score` is in [0, 1]. `reason` is a code of `geodata.reasons`, which has the sentence in
    Vietnamese and English. `error_m` is the radius around `point` that holds the door in about 9 of 10 cases.
    """

    commune_code: str
    commune_full_name: str
    province_code: str
    vintage: Vintage
    matched: tuple[str, ...]
    score: float
    reason: str
    point: LonLat
    error_m: int
    point_source: PointSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What an address text may mean: candidates best first, and the one the machine may take without a person.

    `decided` None sends the address to the queue. `text` is the citizen's own, untouched. `reason` is a code of
    `geodata.reasons` that says why it was decided or why not.
    """

    text: str
    candidates: tuple[Candidate, ...]
    decided: Candidate | None
    reason: str
