"""An office's days as a plain dictionary: what must come of planning, rounds and reports in any order.

The oracle of the state machine. It knows no events, no database and no table of transitions; it follows what people
would say: delivered is delivered; the newest report of a round counts; an old report does not stop a new round.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tracking.model import NextAction, ProofInput

AFTER_ACTION = {
    NextAction.REDELIVER: "ready",
    NextAction.HOLD: "held",
    NextAction.FORWARD: "forwarded",
    NextAction.CORRECT_ADDRESS: "accepted",
    NextAction.RETURN: "returning",
}


@dataclass
class Paper:
    """One item as people see it. `rounds` are (courier, went out at)."""

    status: str = "ready"
    planned_for: int | None = None
    holder: int | None = None
    rounds: list[tuple[int, datetime]] = field(default_factory=list)
    attempts: int = 0
    newest_failure: tuple[datetime, UUID] | None = None
    told: set[UUID] = field(default_factory=set)

    def is_open(self) -> bool:
        return self.status not in ("delivered", "returning", "forwarded")

    def may_be_planned(self) -> bool:
        return self.status in ("ready", "planned") and self.holder is None

    def plan(self, courier: int) -> None:
        self.status, self.planned_for = "planned", courier

    def go_out(self, at: datetime) -> None:
        assert self.planned_for is not None
        self.status, self.holder = "out", self.planned_for
        self.rounds.append((self.planned_for, at))

    def come_back(self) -> None:
        self.holder = None
        self.planned_for = None
        if self.status == "out":
            self.status = "ready"

    def tell(self, report: ProofInput, round_number: int) -> None:
        """A courier's report of an attempt in one of the rounds (its place in `rounds`) reaches the office."""
        if report.proof_id in self.told:
            return
        self.told.add(report.proof_id)
        if report.outcome == "delivered":
            self.status = "delivered"
            self.holder = None
            return
        self.attempts += 1
        if self._is_news(report, round_number):
            assert report.action is not None
            self.newest_failure = (report.occurred_at, report.proof_id)
            self.status = AFTER_ACTION[report.action]

    def _is_news(self, report: ProofInput, round_number: int) -> bool:
        is_this_round = round_number == len(self.rounds) - 1
        is_planned_anew = self.status == "planned"
        is_newest = self.newest_failure is None or (report.occurred_at, report.proof_id) > self.newest_failure
        return self.status != "delivered" and is_this_round and not is_planned_anew and is_newest
