"""Learned doors: what is known of the place behind an item, who taught it, and setting it right."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.types import Id, Input, Instant, Output, PersonOut, PointIn, PointOut

AccuracyM = Annotated[float, Field(gt=0, le=100_000, strict=False)]


class DoorIn(Input):
    """Where the household truly lives.

    A phone that sends later says when (`occurred_at`) and gives the lesson an `id` of its own, so that it counts once.
    When somebody stood at the door it says how exact its place was: `accuracy_m`, radius of 68 %, refused above 30 m.
    """

    point: PointIn
    id: Id | None = None
    occurred_at: Instant | None = None
    accuracy_m: AccuracyM | None = None


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
    """A delivery, or a person's correction, and whether it was forgotten, by whom.

    `by_citizen`: the citizen said it; `approved_by_name`: who of the office took it over.
    """

    id: UUID
    kind: str
    point: PointOut
    accuracy_m: float
    observed_at: datetime
    taught_by: str
    taught_by_name: str | None
    by_citizen: bool
    approved_by_name: str | None
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


class ProposalOut(Output):
    """What a citizen says of the door. `in_use`: the pin was vague and has moved there already.

    `pin`, `pin_error_m`: the item's as it stands. `away_m`: from it; None without a place of its own, or without a pin.
    Accepted at a place, it is a lesson of the door under its own `id`.
    """

    id: UUID
    item_id: UUID
    item_code: str
    addressee: PersonOut
    address: str
    words: str
    place: str
    point: PointOut | None
    accuracy_m: float | None
    pin: PointOut | None
    pin_error_m: int | None
    away_m: int | None
    in_use: bool
    proposed_at: datetime


class ProposalList(Output):
    proposals: list[ProposalOut]


class ProposalDecision(Input):
    """`accepted` makes it a correction at `point`, or where the citizen said; else what it moved is taken back."""

    accepted: bool
    point: PointIn | None = None
