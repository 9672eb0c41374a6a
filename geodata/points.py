"""Where a pin goes: the one rule that says which source of a point is believed.

Given → learned door of the household → learned door of its alley or hamlet → street or place of the loaded
OpenStreetMap file → old commune's point → new commune's. Two exceptions: what a person set right for the household goes
before a point an agency gives (else its next paper has the wrong pin again), and a house number that is on the map goes
before the neighbours' doors. Each point carries the radius in metres that holds the door in about 9 of
10 cases; the planner and the courier's screen show it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from geodata import store_doors
from geodata.doors import LearnedDoor, aged
from geodata.model import Candidate, LonLat, PointSource, Resolution
from geodata.street_index import Streets
from geodata.street_lookup import EXACT_M
from geodata.street_text import area_key

# A pin an agency gives is a phone's or a map click's.
GIVEN_ERROR_M = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A point, how far the door may lie from it in metres, and where it came from."""

    point: LonLat
    error_m: int
    source: PointSource


def best_point(
    *,
    given: LonLat | None = None,
    household: LearnedDoor | None = None,
    area: LearnedDoor | None = None,
    mapped: Pin | None = None,
    commune: Pin | None = None,
) -> Pin | None:
    """The pin of an address from whatever is known of it; None when nothing is."""
    if household is not None and household.corrected:
        return _learned(household)
    if given is not None:
        return Pin(point=given, error_m=GIVEN_ERROR_M, source=PointSource.GIVEN)
    if household is not None:
        return _learned(household)
    is_this_door = mapped is not None and mapped.source is PointSource.STREET and mapped.error_m <= EXACT_M
    if area is not None and not is_this_door:
        return _learned(area)
    return mapped or commune


def _learned(door: LearnedDoor) -> Pin:
    return Pin(point=door.point, error_m=door.error_m, source=PointSource.LEARNED_DOOR)


def pin_of(candidate: Candidate) -> Pin:
    """The pin a resolver's candidate brings."""
    return Pin(point=candidate.point, error_m=candidate.error_m, source=candidate.point_source)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorKeys:
    """What an address's door may be known by."""

    household: str
    area: str | None

    @classmethod
    def of(cls, household_key: str, address_text: str, commune_code: str) -> "DoorKeys":
        """Keys of an address in a commune."""
        return cls(household=household_key, area=area_key(address_text, commune_code))


class DoorBook:
    """The learned doors of many addresses, read with one question."""

    def __init__(self, doors: Mapping[str, LearnedDoor], now: datetime) -> None:
        self._doors = doors
        self._now = now

    @classmethod
    def read(cls, session: Session, province_code: str, keys: Sequence[DoorKeys], *, now: datetime) -> "DoorBook":
        """The doors of all these addresses."""
        wanted = {key for one in keys for key in (one.household, one.area) if key is not None}
        return cls(store_doors.doors(session, province_code, wanted), now)

    @classmethod
    def empty(cls) -> "DoorBook":
        """Where nothing has been learned."""
        return cls({}, datetime.min.replace(tzinfo=UTC))

    def household(self, keys: DoorKeys) -> LearnedDoor | None:
        """The household's own door as believed today."""
        return self._aged(keys.household)

    def area(self, keys: DoorKeys) -> LearnedDoor | None:
        """The middle of the doors of its alley or hamlet as believed today."""
        return self._aged(keys.area) if keys.area is not None else None

    def best(self, keys: DoorKeys, *, given: LonLat | None, found: Pin | None) -> Pin | None:
        """`best_point` with what the book knows; `found` is what the resolver's candidate brings."""
        mapped = found if found is not None and found.source in (PointSource.STREET, PointSource.PLACE) else None
        household, area = self.household(keys), self.area(keys)
        return best_point(given=given, household=household, area=area, mapped=mapped, commune=found)

    def _aged(self, key: str) -> LearnedDoor | None:
        door = self._doors.get(key)
        return None if door is None else aged(door, self._now)


class Resolves(Protocol):
    """What reads an address text (`geodata.resolver.AddressResolver`)."""

    def resolve(self, text: str, *, province_code: str | None = None, point: LonLat | None = None) -> Resolution: ...


class StreetResolver:
    """A resolver whose candidates are pinned to streets, house numbers and places of the loaded map."""

    def __init__(self, resolver: Resolves, streets: Streets) -> None:
        self._resolver = resolver
        self._streets = streets

    def resolve(self, text: str, *, province_code: str | None = None, point: LonLat | None = None) -> Resolution:
        """As the resolver beneath; only points, radii and their sources are better."""
        found = self._resolver.resolve(text, province_code=province_code, point=point)
        asked = found.candidates if found.decided is None else (found.decided,)
        made = {one.commune_code: self._pinned(text, one) for one in asked}
        candidates = tuple(made.get(one.commune_code, one) for one in found.candidates)
        return replace(found, candidates=candidates, decided=found.decided and made[found.decided.commune_code])

    def _pinned(self, text: str, candidate: Candidate) -> Candidate:
        rough = pin_of(candidate)
        on_map = self._streets.look_up(text, candidate.commune_code, near=rough.point, near_m=rough.error_m)
        mapped = None if on_map is None else Pin(point=on_map.point, error_m=on_map.error_m, source=on_map.source)
        if mapped is not None and rough.source is PointSource.PLACE and rough.error_m < mapped.error_m:
            mapped = rough
        best = best_point(mapped=mapped, commune=rough) or rough
        return replace(candidate, point=best.point, error_m=best.error_m, point_source=best.source)
