"""An office's days as a plain dictionary: what must come of planning, rounds and reports in any order.

The oracle of the state machine. It knows no events, no database and no table of transitions; it follows what people
would say: delivered is delivered; the newest report of a round counts; an old report does not stop a new round; a paper
is where it was last counted; two days are two days without those on which nobody works.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tracking.model import FailureReason, NextAction, ProofInput

FEE_VND, POSTAGE_VND = 20_000, 30_000
PRICE_VND = FEE_VND + POSTAGE_VND
ENDS = ("delivered", "returned", "handed_in")
OVER = (*ENDS, "returning", "withdrawn")
AT_OFFICE = ("accepted", "ready", "held", "forwarded")
HOPELESS = (FailureReason.MOVED, FailureReason.REFUSED)

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
    in_question: bool = False
    was_with_post: bool = False
    asked_back: bool = False
    attempts: int = 0
    last_reason: FailureReason | None = None
    owed_vnd: int = 0
    cash_vnd: int = 0
    newest_failure: tuple[datetime, UUID] | None = None
    told: set[UUID] = field(default_factory=set)

    def is_open(self) -> bool:
        return self.status not in OVER

    def is_with_nobody_yet(self) -> bool:
        """Whether nobody at the post has had it: what the agency takes back now was never on its way."""
        return self.status in ("ready", "planned") and not self.was_with_post

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
        self.moved_house, self.was_with_post = False, True

    def come_back(self) -> None:
        self.holder = None
        self.planned_for = None
        if self.status == "out":
            self.status = "ready"
        self.go_back_if_asked()

    def pass_on(self, courier: int, at: datetime) -> None:
        """Another courier takes it over on the road."""
        self.holder = self.planned_for = courier
        if self.status == "out":
            self.rounds.append((courier, at))

    def get_lost(self) -> None:
        self.status, self.holder, self.planned_for, self.to_office, self.in_bag = "lost", None, None, None, False
        self.was_lost = True

    def be_found(self) -> None:
        self.status, self.moved_house, self.was_with_post = "held", True, True
        self.go_back_if_asked()

    def be_asked_back(self) -> str:
        """The agency wants it back; what it is told."""
        if self.asked_back or self.status in ("returning", "returned"):
            return "unchanged"
        if self.status in ("delivered", "collected", "handed_in"):
            return "rejected"
        self.asked_back = True
        if self.is_with_nobody_yet():
            self.status, self.planned_for = "withdrawn", None
            return "withdrawn"
        if self.status == "planned":
            self.status, self.planned_for = "ready", None
        self.go_back_if_asked()
        return "recalled"

    def go_back_if_asked(self) -> None:
        """What its agency wants back leaves the office for nowhere else."""
        if self.asked_back and self.holder is None and not self.in_bag and self.status in AT_OFFICE:
            self.status, self.to_office = "returning", None

    def may_go_back(self, today: date) -> bool:
        """Asked for, or nobody knows better, or twice invited and not come."""
        if self.asked_back or self.last_reason in HOPELESS:
            return True
        if self.last_reason is None:
            return self.attempts == 0 and not self.invited
        return len(self.invited) >= 2 and self.invited[-1] < today

    def be_decided(self) -> None:
        """Held, it is to go out again; its address in question, it gets one."""
        if self.status == "held":
            self.status = "accepted" if self.in_question else "ready"
            self.to_office = None
            return
        self.in_question = False
        # What was decided for the first office while it lies at the second must travel.
        self.status, self.to_office = ("ready", None) if self.office == 0 else ("forwarded", 0)

    def may_be_damaged(self) -> bool:
        """Whether it lies where somebody at an office can see that it is."""
        lies = self.holder is None and not self.in_bag
        return lies and self.status in ("accepted", "ready", "planned", "held", "forwarded", "returning", "collected")

    def get_damaged(self) -> None:
        self.planned_for, self.to_office, self.was_with_post = None, None, True
        if self.status not in ("returning", "collected"):
            self.status = "held"

    def be_delivered_after_all_not(self) -> None:
        """The delivery did not happen: nothing is owed, the cash stays where it is."""
        self.status, self.planned_for, self.owed_vnd = "held", None, 0
        self.go_back_if_asked()

    def arrive(self) -> None:
        """The other office opens the bag: the address is one of the first office's."""
        assert self.to_office is not None
        self.office, self.to_office, self.in_bag = self.to_office, None, False
        self.moved_house = self.was_with_post = True
        self.status = "ready" if self.office == 0 else "accepted"
        self.in_question |= self.office != 0
        self.go_back_if_asked()

    def may_invite(self, today: date, works: Callable[[date], bool]) -> bool:
        """Nobody was invited yet, or two working days have begun since the last time."""
        if not self.invited or self.invited[-1] == today:
            return True
        days = (today - self.invited[-1]).days
        return sum(works(self.invited[-1] + timedelta(days=n)) for n in range(1, days + 1)) >= 2

    def tell(self, report: ProofInput, round_number: int, courier: int | None) -> None:
        """A report of an attempt in one of the rounds (its place in `rounds`) reaches the office; without a courier it
        happened at the counter.
        """
        if report.proof_id in self.told:
            return
        self.told.add(report.proof_id)
        self.cash_vnd += report.money_vnd
        if report.outcome == "delivered":
            if self.status not in ENDS:
                self.status, self.holder, self.to_office, self.in_bag = "delivered", None, None, False
                self.owed_vnd = PRICE_VND
            return
        if report.outcome == "collected":
            if self.status not in ENDS and self.status != "collected":
                self.status, self.holder, self.planned_for = "collected", courier, courier
                self.was_with_post = True
            return
        self.attempts += 1
        if self._is_news(report, round_number):
            assert report.action is not None
            self.newest_failure = (report.occurred_at, report.proof_id)
            self.last_reason = report.reason
            if report.action is NextAction.SEARCH:
                self.get_lost()
                return
            self.status = AFTER_ACTION[report.action]
            self.in_question |= report.action is NextAction.CORRECT_ADDRESS
            self.to_office = None
            self.go_back_if_asked()

    def _is_news(self, report: ProofInput, round_number: int) -> bool:
        is_this_round = round_number == len(self.rounds) - 1
        is_planned_anew = self.status == "planned"
        is_newest = self.newest_failure is None or (report.occurred_at, report.proof_id) > self.newest_failure
        is_here = self.status not in (*ENDS, "lost") and not self.in_bag and not self.moved_house
        return is_here and is_this_round and not is_planned_anew and is_newest
