"""An office's days as a plain dictionary: what must come of planning, rounds and reports in any order.

The oracle of the state machine. It knows no events, no database and no table of transitions; it follows what people
would say: delivered is delivered; the newest report of a round counts; an old report does not stop a new round; a paper
is where it was last counted; two days are two days without those on which nobody works.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
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

    leg: str = "return"
    status: str = "ready"
    office: int = 0
    to_office: int | None = None
    in_bag: bool = False
    invited: list[date] = field(default_factory=list)
    planned_for: int | None = None
    holder: int | None = None
    rounds: list[tuple[int, datetime]] = field(default_factory=list)
    moved_house: bool = False
    was_lost: bool = False
    attempts: int = 0
    newest_failure: tuple[datetime, UUID] | None = None
    told: set[UUID] = field(default_factory=set)

    def is_open(self) -> bool:
        return self.status not in ("delivered", "returning", "handed_in")

    def may_be_planned(self) -> bool:
        return self.status in ("ready", "planned") and self.holder is None and self.office == 0

    def is_new(self) -> bool:
        """Whether no office and no courier has ever had the paper in hands."""
        return (self.leg, self.status, self.rounds, self.moved_house) == ("return", "ready", [], False)

    def rests(self, status: str) -> bool:
        """Whether the paper lies at its office in this state."""
        return self.status == status and self.holder is None and not self.in_bag

    def plan(self, courier: int) -> None:
        self.status, self.planned_for = "planned", courier

    def go_out(self, at: datetime) -> None:
        assert self.planned_for is not None
        self.status, self.holder = "out", self.planned_for
        self.rounds.append((self.planned_for, at))
        self.moved_house = False

    def come_back(self) -> None:
        self.holder = None
        self.planned_for = None
        if self.status == "out":
            self.status = "ready"

    def pass_on(self, courier: int, at: datetime) -> None:
        """Another courier takes it over on the road."""
        self.holder = self.planned_for = courier
        if self.status == "out":
            self.rounds.append((courier, at))

    def get_lost(self) -> None:
        self.status, self.holder, self.planned_for, self.to_office, self.in_bag = "lost", None, None, None, False
        self.was_lost = True

    def arrive(self) -> None:
        """The other office opens the bag: the address is one of the first office's."""
        assert self.to_office is not None
        self.office, self.to_office, self.in_bag = self.to_office, None, False
        self.status = "ready" if self.office == 0 else "accepted"
        self.moved_house = True

    def may_invite(self, today: date, works: Callable[[date], bool]) -> bool:
        """Nobody was invited yet, or two working days have begun since the last time."""
        if not self.invited or self.invited[-1] == today:
            return True
        days = (today - self.invited[-1]).days
        return sum(works(self.invited[-1] + timedelta(days=n)) for n in range(1, days + 1)) >= 2

    def tell(self, report: ProofInput, round_number: int, courier: int) -> None:
        """A courier's report of an attempt in one of the rounds (its place in `rounds`) reaches the office."""
        if report.proof_id in self.told:
            return
        self.told.add(report.proof_id)
        if report.outcome == "delivered":
            self.status, self.holder, self.to_office, self.in_bag = "delivered", None, None, False
            return
        if report.outcome == "collected":
            if self.status not in ("collected", "handed_in"):
                self.status, self.holder, self.planned_for = "collected", courier, courier
            return
        self.attempts += 1
        if self._is_news(report, round_number):
            assert report.action is not None
            self.newest_failure = (report.occurred_at, report.proof_id)
            if report.action is NextAction.SEARCH:
                self.get_lost()
                return
            self.status = AFTER_ACTION[report.action]
            self.to_office = None

    def _is_news(self, report: ProofInput, round_number: int) -> bool:
        is_this_round = round_number == len(self.rounds) - 1
        is_planned_anew = self.status == "planned"
        is_newest = self.newest_failure is None or (report.occurred_at, report.proof_id) > self.newest_failure
        is_here = self.status not in ("delivered", "lost") and not self.in_bag and not self.moved_house
        return is_here and is_this_round and not is_planned_anew and is_newest
