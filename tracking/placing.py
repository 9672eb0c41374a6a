"""Where a result goes: the address's commune and pin, and the office that delivers there."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Problem, problem
from geodata.address_text import household_key
from geodata.model import Candidate, LonLat, PointSource, Resolution
from geodata.points import DoorBook, DoorKeys, pin_of
from tracking import errors
from tracking.model import Person, ResultRow
from tracking.store_offices import Coverage

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
    _doors: DoorBook = field(default_factory=DoorBook.empty)
    _keys: dict[tuple[Person, str, str], DoorKeys] = field(default_factory=dict)
    _seen: dict[tuple[str, LonLat | None], Resolution] = field(default_factory=dict)

    def look_up_doors(self, session: Session, rows: Iterable[ResultRow], now: datetime) -> None:
        """Read the learned doors of all rows with one question, before they are placed one by one."""
        decided = [(row, self._resolve(row.address, row.point).decided) for row in rows]
        keys = [self._keys_of(row, one.commune_code) for row, one in decided if one is not None]
        self._doors = DoorBook.read(session, self.province_code, keys, now=now)

    def place(self, row: ResultRow) -> Place | Problem:
        """The place, or T1013/T1014 when no office can take the row."""
        named = self.coverage.by_code.get(row.office_code) if row.office_code else None
        if row.office_code and named is None:
            return problem(errors.OFFICE_UNKNOWN, pointer="office_code", value=row.office_code)
        resolution = self._resolve(row.address, row.point)
        decided = resolution.decided
        if decided is None or not self._is_ours(decided):
            return self._undecided(resolution, named)
        keys = self._keys_of(row, decided.commune_code)
        found = pin_of(decided)
        pin = self._doors.best(keys, given=row.point, found=found) or found
        office = self.coverage.office_at(decided.commune_code, pin.point, pin.source)
        office = office or named or self.submitting_office_id
        if office is None:
            return problem(errors.NO_OFFICE, pointer="address")
        return Place(
            office_id=office,
            commune_code=decided.commune_code,
            point=pin.point,
            error_m=pin.error_m,
            point_source=pin.source,
            household_key=keys.household,
        )

    def _is_ours(self, decided: Candidate) -> bool:
        """In the province; or delivered to by one of its offices, after a reform that moved or merged provinces."""
        return decided.province_code == self.province_code or decided.commune_code in self.coverage.by_commune

    def _keys_of(self, row: ResultRow, commune_code: str) -> DoorKeys:
        same = (row.addressee, row.address, commune_code)
        if same not in self._keys:
            self._keys[same] = DoorKeys.of(household_key_of(row, commune_code), row.address, commune_code)
        return self._keys[same]

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
