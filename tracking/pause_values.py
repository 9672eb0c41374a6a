"""What stops the post's clock: for whom a paper waits, which failed attempts say so, and from when to when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracking.reasons import FailureReason


class PauseReason(StrEnum):
    """Whom the paper waits for while the post's clock stands still."""

    ADDRESSEE = "addressee"
    ADDRESS = "address"
    ROAD = "road"


# What the post cannot help. Nobody at home or no answer is its own daily business, as is what it broke or lost.
PAUSES: Mapping[FailureReason, PauseReason] = {
    FailureReason.ASKED_ANOTHER_TIME: PauseReason.ADDRESSEE,
    FailureReason.ASKED_ANOTHER_ADDRESS: PauseReason.ADDRESSEE,
    FailureReason.REFUSED: PauseReason.ADDRESSEE,
    FailureReason.CANNOT_PAY: PauseReason.ADDRESSEE,
    FailureReason.IDENTITY_MISMATCH: PauseReason.ADDRESSEE,
    FailureReason.AGENT_NOT_AUTHORISED: PauseReason.ADDRESSEE,
    FailureReason.ORGANISATION_CLOSED: PauseReason.ADDRESSEE,
    FailureReason.DECEASED: PauseReason.ADDRESSEE,
    FailureReason.ADDRESS_INSUFFICIENT: PauseReason.ADDRESS,
    FailureReason.ADDRESS_WRONG: PauseReason.ADDRESS,
    FailureReason.ADDRESS_NOT_EXISTING: PauseReason.ADDRESS,
    FailureReason.MOVED: PauseReason.ADDRESS,
    FailureReason.ADDRESSEE_UNKNOWN: PauseReason.ADDRESS,
    FailureReason.ROAD_CUT: PauseReason.ROAD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Local days between which the post's clock stands still; `to_on` None while nobody knows (`tracking.pauses`)."""

    why: PauseReason
    from_on: date
    to_on: date | None = None

    def as_json(self) -> list[str | None]:
        """The form it is kept in."""
        return [self.why.value, self.from_on.isoformat(), self.to_on.isoformat() if self.to_on else None]
