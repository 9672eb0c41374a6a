"""Why a delivery attempt fails, and what may then be done: each reason allows only some next actions."""

from collections.abc import Mapping
from enum import StrEnum


class FailureReason(StrEnum):
    """Why a delivery attempt failed."""

    ABSENT = "absent"
    PHONE_UNREACHABLE = "phone_unreachable"
    ASKED_ANOTHER_TIME = "asked_another_time"
    ASKED_ANOTHER_ADDRESS = "asked_another_address"
    ADDRESS_INSUFFICIENT = "address_insufficient"
    ADDRESS_WRONG = "address_wrong"
    ADDRESS_NOT_EXISTING = "address_not_existing"
    MOVED = "moved"
    ADDRESSEE_UNKNOWN = "addressee_unknown"
    DECEASED = "deceased"
    REFUSED = "refused"
    CANNOT_PAY = "cannot_pay"
    IDENTITY_MISMATCH = "identity_mismatch"
    AGENT_NOT_AUTHORISED = "agent_not_authorised"
    ORGANISATION_CLOSED = "organisation_closed"
    ROAD_CUT = "road_cut"
    ITEM_DAMAGED = "item_damaged"
    ITEM_LOST = "item_lost"


class NextAction(StrEnum):
    """What is done with an item after a failed attempt."""

    REDELIVER = "redeliver"
    HOLD = "hold"
    FORWARD = "forward"
    CORRECT_ADDRESS = "correct_address"
    RETURN = "return"
    SEARCH = "search"


_R, _H, _F, _C, _B, _S = (
    NextAction.REDELIVER,
    NextAction.HOLD,
    NextAction.FORWARD,
    NextAction.CORRECT_ADDRESS,
    NextAction.RETURN,
    NextAction.SEARCH,
)

ALLOWED_ACTIONS: Mapping[FailureReason, frozenset[NextAction]] = {
    FailureReason.ABSENT: frozenset({_R, _H}),
    FailureReason.PHONE_UNREACHABLE: frozenset({_R, _H}),
    FailureReason.ASKED_ANOTHER_TIME: frozenset({_R, _H}),
    FailureReason.ASKED_ANOTHER_ADDRESS: frozenset({_C, _F, _H}),
    FailureReason.ADDRESS_INSUFFICIENT: frozenset({_C, _H, _B}),
    FailureReason.ADDRESS_WRONG: frozenset({_C, _F, _B}),
    FailureReason.ADDRESS_NOT_EXISTING: frozenset({_C, _B}),
    FailureReason.MOVED: frozenset({_F, _C, _B}),
    FailureReason.ADDRESSEE_UNKNOWN: frozenset({_C, _B}),
    FailureReason.DECEASED: frozenset({_H, _B}),
    FailureReason.REFUSED: frozenset({_H, _B}),
    FailureReason.CANNOT_PAY: frozenset({_R, _H, _B}),
    FailureReason.IDENTITY_MISMATCH: frozenset({_R, _H, _B}),
    FailureReason.AGENT_NOT_AUTHORISED: frozenset({_R, _H}),
    FailureReason.ORGANISATION_CLOSED: frozenset({_R, _H}),
    FailureReason.ROAD_CUT: frozenset({_R, _H}),
    FailureReason.ITEM_DAMAGED: frozenset({_H, _B}),
    # There is no paper to hold or to give back: the office searches for it and answers for it.
    FailureReason.ITEM_LOST: frozenset({_S}),
}


def action_after(reason: FailureReason | None, action: NextAction | None) -> NextAction | None:
    """What is done next by what a phone said. One that has not been updated says of a lost paper that it is held;
    nobody may be invited to collect it, and no report is refused for it.
    """
    if reason is FailureReason.ITEM_LOST and action is NextAction.HOLD:
        return NextAction.SEARCH
    return action
