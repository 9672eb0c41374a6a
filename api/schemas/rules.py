"""What procedures ask of the door, as an administrator sets it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.types import Id, Input, Output
from tracking.rule_values import Otp


class ProcedureRuleIn(Input):
    """A rule for an agency (none: all) and a procedure (empty: all). What is not said is as without a rule.
    `skill`: what the courier must have been trained for.
    """

    agency_id: Id | None = None
    procedure: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    in_person: bool = False
    authorised_agent: bool = True
    written_authorisation: bool = False
    slip_back: bool = False
    identity: bool = False
    otp: Annotated[Otp, Field(strict=False)] = Otp.NONE
    skill: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""


class ProcedureRuleOut(Output):
    """A rule; `procedure` as it was written, held by any writing of it with other case or without diacritics."""

    id: UUID
    agency_id: UUID | None
    procedure: str
    in_person: bool
    authorised_agent: bool
    written_authorisation: bool
    slip_back: bool
    identity: bool
    otp: Otp
    skill: str


class ProcedureRuleList(Output):
    rules: list[ProcedureRuleOut]
