"""What a citizen says of the door, as values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from geodata.model import LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """As told: in words, by a hamlet or landmark from the list, by the phone's own place; at least one of them.

    `accuracy_m` is the radius of 68 % around `point`; `point` may be the hamlet's middle.
    """

    words: str = ""
    place: str = ""
    point: LonLat | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """As kept until the office decides. `lesson_id`: it took effect at once, for the pin was vague."""

    province_code: str
    id: UUID
    item_id: UUID
    office_id: UUID
    words: str
    place: str
    point: LonLat | None
    accuracy_m: float | None
    lesson_id: UUID | None
    proposed_at: datetime
