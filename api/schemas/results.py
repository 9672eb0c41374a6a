"""Results coming in from dossier systems: one bad row never stops another, so rows are validated one by one."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from api.problems import problems_of
from api.schemas.types import Code, Id, Input, Instant, Line, LocalDate, Output, PersonIn, PointIn, ProblemOut, WindowIn
from tracking.intake_rows import BadRow

MAX_ROWS = 1000


class ResultDetailsIn(Input):
    """What may be said of a result. Weight in grams, money in VND."""

    office_code: Code | None = None
    item_code: Code | None = None
    weight_g: Annotated[int, Field(ge=1, le=30_000)] = 50
    papers: Annotated[int, Field(ge=1, le=1000)] = 1
    state_fee_vnd: Annotated[int, Field(ge=0, le=10**10)] = 0
    postage_vnd: Annotated[int, Field(ge=0, le=10**8)] | None = Field(
        default=None, description="What the addressee pays. Left out, the tariff decides; 0 is a figure too."
    )
    reduction: Code | None = Field(
        default=None, description="Why the addressee pays less postage: code or name as the tariff has it."
    )
    in_person: bool = False
    point: PointIn | None = None
    window: WindowIn | None = None
    receipt_code: Code | None = Field(
        default=None, description="What an OpenCPS system knows the dossier by (`D-…`, on the appointment slip)."
    )
    email: Annotated[
        str, Field(max_length=254, description="The addressee's, for notifications; a wrong one is a warning.")
    ] = ""


class ResultRowIn(ResultDetailsIn):
    """One result that is ready to be returned. Weight in grams, money in VND."""

    dossier_code: Code
    procedure: Line
    addressee: PersonIn
    address: Line
    due_on: LocalDate
    ready_at: Instant
    leg: Literal["return"] = "return"
    agency_code: Code | None = Field(default=None, description="The row's agency, for a hub that sends for many.")


def _row_or_problems(value: object, handler: ValidatorFunctionWrapHandler) -> ResultRowIn | BadRow:
    try:
        return handler(value)  # type: ignore[no-any-return]
    except ValidationError as refused:
        code = value.get("dossier_code") if isinstance(value, dict) else None
        return BadRow(code if isinstance(code, str) else "", tuple(problems_of(refused.errors())))


RowIn = Annotated[ResultRowIn, WrapValidator(_row_or_problems)]


class ResultBatchIn(Input):
    rows: Annotated[list[RowIn], Field(min_length=1, max_length=MAX_ROWS)]
    agency_id: Id | None = Field(default=None, description="Only for staff who enter results for an agency.")
    agency_code: Code | None = Field(default=None, description="Which agency, by code: for a hub that sends for many.")


class NamedIn(Input):
    """Which result is meant."""

    dossier_code: Code
    leg: Literal["return", "collect"] = "return"


class WithdrawalIn(Input):
    rows: Annotated[list[NamedIn], Field(min_length=1, max_length=MAX_ROWS)]
    agency_id: Id | None = Field(default=None, description="Only for staff who act for an agency.")
    agency_code: Code | None = Field(default=None, description="Which agency, by code: for a hub that sends for many.")


class AnsweredRowOut(Output):
    """Which row is answered, and what is wrong with it."""

    index: int
    dossier_code: str
    item_id: UUID | None
    tracking_code: str | None
    problems: list[ProblemOut]


class WithdrawalRowOut(AnsweredRowOut):
    """`withdrawn`: the post never had the paper. `recalled`: the post has it and brings it back."""

    outcome: Literal["withdrawn", "recalled", "unchanged", "rejected"]


class WithdrawalOut(Output):
    rows: list[WithdrawalRowOut]


class NewDateIn(NamedIn):
    """A due date that an apology slip has moved; `apology_slip` is the slip's number."""

    due_on: LocalDate
    apology_slip: Code | None = None


class NewDatesIn(Input):
    rows: Annotated[list[NewDateIn], Field(min_length=1, max_length=MAX_ROWS)]
    agency_id: Id | None = Field(default=None, description="Only for staff who act for an agency.")
    agency_code: Code | None = Field(default=None, description="Which agency, by code: for a hub that sends for many.")


class RowAnswerOut(AnsweredRowOut):
    outcome: Literal["created", "unchanged", "updated", "rejected"]
    warnings: list[ProblemOut]


class BatchCounts(Output):
    created: int
    unchanged: int
    updated: int
    rejected: int


class BatchOut(Output):
    """The answer row by row; `accepted` is false after a dry run."""

    accepted: bool
    counts: BatchCounts
    rows: list[RowAnswerOut]
