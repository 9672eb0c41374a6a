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


_R, _H, _F, _C, _B = (
    NextAction.REDELIVER,
    NextAction.HOLD,
    NextAction.FORWARD,
    NextAction.CORRECT_ADDRESS,
    NextAction.RETURN,
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
    # A lost paper cannot be given back: it stays with the office, which searches and answers for it.
    FailureReason.ITEM_LOST: frozenset({_H}),
}
