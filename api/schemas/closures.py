"""Road closures."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.types import Input, Instant, Output, PointIn
from geodata.closure_values import ClosureKind

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
State = Literal["waiting", "planned", "in_force"]
Kind = Annotated[ClosureKind, Field(strict=False)]
Corners = Annotated[list[PointIn], Field(max_length=1_000)]
WidthM = Annotated[float, Field(ge=1, le=1_000, strict=False)]


class ClosureIn(Input):
    """`area`: the corners of the closed area in order, or, with `width_m`, the middle line of a strip that is closed.

    Without `ends_at` it counts until somebody removes it.
    """

    area: Corners
    width_m: WidthM | None = None
    kind: Kind = ClosureKind.OTHER
    starts_at: Instant
    ends_at: Instant | None = None
    note: Note = ""


class ClosureChange(Input):
    """Everything of a closure that may change after it was drawn; `ends_at` null: until somebody removes it."""

    kind: Kind
    ends_at: Instant | None
    note: Note


class ClosureOut(Output):
    """`state`: `planned` before its time, `waiting` until the roads are changed (seconds), then `in_force`.

    `area` and `holes` are closed rings. `segments`: pieces of road it closes; 0 says that it lies beside every road.
    """

    id: UUID
    area: list[tuple[float, float]]
    holes: list[list[tuple[float, float]]]
    kind: ClosureKind
    starts_at: datetime
    ends_at: datetime | None
    note: str
    created_by: str
    created_by_name: str | None
    created_at: datetime
    changed_by_name: str | None
    changed_at: datetime | None
    state: State
    applied_at: datetime | None
    segments: int | None


class ClosureList(Output):
    closures: list[ClosureOut]
