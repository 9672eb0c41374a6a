"""Road closures."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.types import Input, Instant, Output, PointIn

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
State = Literal["waiting", "planned", "in_force"]


class ClosureIn(Input):
    """`area`: the corners of the closed area in order. Without `ends_at` it counts until somebody removes it."""

    area: Annotated[list[PointIn], Field(max_length=1_000)]
    starts_at: Instant
    ends_at: Instant | None = None
    note: Note = ""


class ClosureOut(Output):
    """`state`: `planned` before its time, `waiting` until the roads are changed (seconds), then `in_force`.

    `segments`: pieces of road it closes; 0 says that it lies beside every road.
    """

    id: UUID
    area: list[tuple[float, float]]
    starts_at: datetime
    ends_at: datetime | None
    note: str
    created_by: str
    created_at: datetime
    state: State
    applied_at: datetime | None
    segments: int | None


class ClosureList(Output):
    closures: list[ClosureOut]
