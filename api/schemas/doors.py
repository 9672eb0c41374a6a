"""Learned doors: what is known of the place behind an item, who taught it, and setting it right."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.types import Id, Input, Instant, Output, PointIn, PointOut


class DoorIn(Input):
    """Where the household truly lives."""

    point: PointIn


class RecallIn(Input):
    """Which forgetting to take back: its `forgotten_at`."""

    forgotten_at: Instant


class ForgetIn(Input):
    """Which lessons to forget; all of the household when left out."""

    lessons: list[Id] | None = Field(default=None, min_length=1, max_length=200)


class LearnedDoorOut(Output):
    """`error_m` holds the door in about 9 of 10 cases; `lessons` agree on it; `disputed`: some say otherwise."""

    kind: str
    point: PointOut
    error_m: int
    lessons: int
    seen_at: datetime
    taught_by: str
    taught_by_name: str | None
    corrected: bool
    disputed: bool


class LessonOut(Output):
    """A delivery, or a person's correction, and whether it was forgotten, by whom."""

    id: UUID
    kind: str
    point: PointOut
    accuracy_m: float
    observed_at: datetime
    taught_by: str
    taught_by_name: str | None
    forgotten_at: datetime | None
    forgotten_by: str | None


class DoorOut(Output):
    """The item's pin with its source, the household's door, its alley's or hamlet's, and every lesson, newest first.

    `moved_items` and `changed_plans` say what a change came to; both are empty when nothing was changed.
    """

    item_id: UUID
    point: PointOut | None
    error_m: int | None
    point_source: str | None
    household: LearnedDoorOut | None
    area: LearnedDoorOut | None
    lessons: list[LessonOut]
    moved_items: list[UUID]
    changed_plans: list[UUID]
