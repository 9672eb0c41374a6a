"""Lists of results that dossier systems publish and we ask for."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.types import Id, Input, Output, ProblemOut


class SourceIn(Input):
    """`secret` is shown to the source with each asking and to nobody else: `name:password` by Basic, else by Bearer.

    `kind`: the rows are those of `results:batch` (`rows`) or orders of the order interface (`orders`).
    """

    url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=1900)]
    secret: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=500)]
    kind: Literal["rows", "orders"] = "rows"
    every_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    agency_id: Id | None = Field(default=None, description="Only for administrators, who act for an agency.")


class SourceOut(Output):
    """`cursor`: how far it was read. `failures`: failed askings in a row."""

    id: UUID
    agency_id: UUID
    url: str
    kind: str
    every_minutes: int
    state: str
    state_reason: str | None
    cursor: str | None
    failures: int
    next_at: datetime
    last_ok_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    rows_taken: int
    rows_refused: int
    created_at: datetime


class SourceList(Output):
    sources: list[SourceOut]


class RefusedRowOut(Output):
    """A row as it came, with everything that is wrong with it."""

    dossier_code: str
    row: object
    problems: list[ProblemOut]
    first_at: datetime
    last_at: datetime


class RefusedRowsOut(Output):
    rows: list[RefusedRowOut]
