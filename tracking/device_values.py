"""A phone with a key."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A phone that sends a courier's positions by a key of its own."""

    id: UUID
    courier_id: UUID
    label: str
    created_at: datetime
    revoked_at: datetime | None = None
    seen_at: datetime | None = None
