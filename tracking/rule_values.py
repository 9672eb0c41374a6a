"""Rules of procedures as values."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Otp(StrEnum):
    """Whether the citizen tells the courier a code."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds at the door. `authorised_agent`: somebody else may receive, with the written authorisation.

    `skill`: what the courier must have been trained for, empty for nothing.
    """

    in_person: bool = False
    authorised_agent: bool = True
    written_authorisation: bool = False
    slip_back: bool = False
    identity: bool = False
    otp: Otp = Otp.NONE
    skill: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureRule:
    """A rule with whom it is for; `agency_id` None is every agency, an empty `procedure` every procedure.

    `procedure` is folded, `written` is its name as people know it.
    """

    id: UUID
    agency_id: UUID | None
    procedure: str
    written: str
    rule: Rule
