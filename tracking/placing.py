"""Where a result goes: the address's commune and pin, and the office that delivers there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol
from uuid import UUID

from core.errors import Problem, problem
from geodata.address_text import household_key
from geodata.model import LonLat, PointSource, Resolution
from tracking import errors
from tracking.model import ResultRow
from tracking.store_offices import Coverage

# A pin an agency gives is a phone's or a map click's: the radius that holds the door in about 9 of 10 cases.
_GIVEN_ERROR_M = 50
OTHER_PROVINCE = "other_province"


class Resolver(Protocol):
    """What the intake asks of `geodata.resolver.AddressResolver`."""

    def resolve(self, text: str, *, province_code: str | None = None, point: LonLat | None = None) -> Resolution: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item goes. `commune_code` None: a person decides, `reason` and `candidates` are for them."""

    office_id: UUID
    commune_code: str | None
    point: LonLat | None = None
    error_m: int | None = None
    point_source: PointSource | None = None
    household_key: str | None = None
    reason: str = ""
    candidates: tuple[Mapping[str, Any], ...] = ()

    def columns(self) -> dict[str, Any]:
        """The columns of an item that say where it goes."""
        return {
            "office_id": self.office_id,
            "commune_code": self.commune_code,
            "lon": self.point.lon if self.point else None,
            "lat": self.point.lat if self.point else None,
            "error_m": self.error_m,
            "point_source": self.point_source.value if self.point_source else None,
            "household_key": self.household_key,
        }


@dataclass(slots=True, kw_only=True)
class Placer:
    """Places the rows of one batch; an address that comes many times is resolved once."""

    resolver: Resolver
    province_code: str
    coverage: Coverage
    submitting_office_id: UUID | None
    _seen: dict[tuple[str, LonLat | None], Resolution] = field(default_factory=dict)

    def place(self, row: ResultRow) -> Place | Problem:
        """The place, or T1013/T1014 when no office can take the row."""
        named = self.coverage.by_code.get(row.office_code) if row.office_code else None
        if row.office_code and named is None:
            return problem(errors.OFFICE_UNKNOWN, pointer="office_code", value=row.office_code)
        resolution = self._resolve(row.address, row.point)
        decided = resolution.decided
        if decided is None or decided.province_code != self.province_code:
            return self._undecided(resolution, named)
        office = self.coverage.by_commune.get(decided.commune_code, named or self.submitting_office_id)
        if office is None:
            return problem(errors.NO_OFFICE, pointer="address")
        given = row.point is not None
        return Place(
            office_id=office,
            commune_code=decided.commune_code,
            point=row.point or decided.point,
            error_m=_GIVEN_ERROR_M if given else decided.error_m,
            point_source=PointSource.GIVEN if given else decided.point_source,
            household_key=household_key_of(row, decided.commune_code),
        )

    def _undecided(self, resolution: Resolution, named: UUID | None) -> Place | Problem:
        likely = [self.coverage.by_commune.get(candidate.commune_code) for candidate in resolution.candidates]
        choices = [named, *likely, self.submitting_office_id, self.coverage.fallback]
        office = next((choice for choice in choices if choice is not None), None)
        if office is None:
            return problem(errors.NO_OFFICE, pointer="address")
        return Place(
            office_id=office,
            commune_code=None,
            reason=OTHER_PROVINCE if resolution.decided else resolution.reason,
            candidates=tuple(asdict(candidate) for candidate in resolution.candidates),
        )

    def _resolve(self, text: str, point: LonLat | None) -> Resolution:
        if (text, point) not in self._seen:
            found = self.resolver.resolve(text, province_code=self.province_code, point=point)
            self._seen[text, point] = found
        return self._seen[text, point]


def household_key_of(row: ResultRow, commune_code: str) -> str:
    """What two rows of one household have in common."""
    return household_key(row.addressee.name, row.addressee.phone, row.address, commune_code)
