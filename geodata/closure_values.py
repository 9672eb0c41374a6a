"""A road closure as a value."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shapely import Polygon


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
    note: str
    created_by: str
    created_at: datetime
    applied_at: datetime | None = None
    segments: int | None = None

    def in_force(self, now: datetime) -> bool:
        """Start inclusive, end exclusive."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)
