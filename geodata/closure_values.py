"""A road closure as a value."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shapely import Polygon


class ClosureKind(StrEnum):
    """Why the roads are closed."""

    FLOOD = "flood"
    LANDSLIDE = "landslide"
    WORKS = "works"
    ACCIDENT = "accident"
    EVENT = "event"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A closure as it stands. `ends_at` None: until removed. `area` is a polygon in EPSG:4326.

    `applied_at` is when a road server first answered without its roads, `segments` how many pieces of road it closed.
    """

    province_code: str
    id: UUID
    area: Polygon
    starts_at: datetime
    ends_at: datetime | None
    kind: ClosureKind
    note: str
    created_by: str
    created_at: datetime
    changed_by: str | None = None
    changed_at: datetime | None = None
    applied_at: datetime | None = None
    segments: int | None = None

    def has_ended(self, now: datetime) -> bool:
        """Whether its end, if it has one, is past."""
        return self.ends_at is not None and self.ends_at <= now

    def in_force(self, now: datetime) -> bool:
        """Start inclusive, end exclusive."""
        return self.starts_at <= now and not self.has_ended(now)
