"""What days at random share: the office as people see it, and what is done at its counters.

The rules here are about changes of hands between offices and couriers; `day_agency` has those with agencies and at the
counter, `day_files` the photos; those of planning, doors and uploads stand in `test_state_machine`.
"""

import contextlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.clock import local_date
from core.errors import CodedError
from core.ids import new_id
from core.scope import Scope
from tests.tracking.day_model import PRICE_VND, Paper
from tests.tracking.office_scene import NOW, SYSTEM, Scene, delivery, failure
from tracking import service
from tracking.handover_values import Tally, TransferState
from tracking.model import CollectedPaper, FailureReason, NextAction, ProofInput, Receipt, ResultRow

HOLIDAYS = {date(2026, 11, 24)}  # Ngày Văn hóa Việt Nam; the days of this test end before the next

REASON = {
    NextAction.REDELIVER: FailureReason.ABSENT,
    NextAction.HOLD: FailureReason.ABSENT,
    NextAction.FORWARD: FailureReason.MOVED,
    NextAction.CORRECT_ADDRESS: FailureReason.MOVED,
    NextAction.RETURN: FailureReason.REFUSED,
    NextAction.SEARCH: FailureReason.ITEM_LOST,
}


@dataclass(frozen=True)
class Report:
    """What a phone holds: the proof, whose phone, and which of the item's rounds it belongs to."""

    proof: ProofInput
    courier: int | None
    round_number: int
    photo: bytes | None = None


def proof_of(key: UUID, action: NextAction | None, at: datetime) -> ProofInput:
    if action is None:
        return delivery(key, proof_id=new_id(at), occurred_at=at, money_vnd=PRICE_VND)
    day = local_date(at) + timedelta(days=1) if action is NextAction.REDELIVER else None
    return failure(key, proof_id=new_id(at), occurred_at=at, action=action, reason=REASON[action], redelivery_on=day)


def collection_of(key: UUID, at: datetime) -> ProofInput:
    papers = (CollectedPaper(name="Đơn", originals=1),)
    return delivery(key, proof_id=new_id(at), occurred_at=at, outcome="collected", checklist=papers, seal="N")


class Counters(RuleBasedStateMachine):
    """Papers change hands between agency, offices and couriers; `papers` is what must come of it."""

    scene: ClassVar[Scene]

    steps: ClassVar[int] = 0

    def open_office(self) -> None:
        self.short: set[tuple[int, int, frozenset[UUID]]] = set()
        self.days = self.repeats = self.losses = 0
        self.papers: dict[UUID, Paper] = {}
        self.rows: dict[UUID, ResultRow] = {}
        self.reports: list[Report] = []
        self.receipts: dict[UUID, Receipt] = {}
        self.now = NOW

    @invariant()
    def count_steps(self) -> None:
        type(self).steps += 1

    def some(self, condition: Callable[[Paper], bool]) -> bool:
        return any(condition(paper) for paper in self.papers.values())

    def tick(self, minutes: int = 7) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    def send(self, report: Report, now: datetime) -> Receipt:
        with self.scene.database.transaction() as session:
            scope = self.scope_of(report)
            return service.record_proof(session, scope=scope, proof=report.proof, now=now)

    def scope_of(self, report: Report) -> Scope:
        """The phone's, or that of the counter where the paper lay."""
        if report.courier is not None:
            return self.scene.courier_scope(report.courier)
        return self.at_counter(self.papers[report.proof.item_id].office)

    def at_counter(self, office: int) -> Scope:
        places = (self.scene.office.id, self.scene.other_office.id)
        return replace(self.scene.dispatcher, office_ids=frozenset({places[office]}))

    def tell(self, report: Report, receipt: Receipt) -> None:
        known = self.receipts.setdefault(report.proof.proof_id, receipt)
        # Only the files may have arrived meanwhile.
        assert replace(receipt, files=known.files) == known, "the same proof must give the same receipt"
        self.papers[report.proof.item_id].tell(report.proof, report.round_number, report.courier)

    def compare(self, keys: Iterable[UUID]) -> None:
        offices = (self.scene.office.id, self.scene.other_office.id)
        for key in keys:
            item, paper = self.scene.item(key), self.papers[key]
            number = {courier.id: n for n, courier in enumerate(self.scene.couriers)}
            assert item.status.value == paper.status
            assert item.attempts == paper.attempts
            assert item.office_id == offices[paper.office]
            assert item.to_office_id == (None if paper.to_office is None else offices[paper.to_office])
            assert (item.bagged_at is not None) is paper.in_bag
            assert (number[item.holder_courier_id] if item.holder_courier_id else None) == paper.holder

    def to_load(self, courier: int) -> list[UUID]:
        papers = self.papers.items()
        return [k for k, p in papers if (p.status, p.planned_for, p.leg) == ("planned", courier, "return")]

    @precondition(lambda self: self.some(lambda paper: paper.status == "planned"))
    @rule(courier=st.integers(0, 1), twice=st.booleans())
    def take_out_one_short(self, courier: int, twice: bool) -> None:
        """The last of the list is not there: refused until both sides confirm it, then it stays and is searched for."""
        at, keys = self.tick(60), self.to_load(courier)
        if keys:
            self.move_short(service.take_out, keys, courier, at, twice=twice)
            for key in keys[:-1]:
                self.papers[key].go_out(at)
            self.compare(keys)

    @precondition(lambda self: self.some(lambda paper: paper.holder is not None))
    @rule(courier=st.integers(0, 1))
    def hand_back_one_short(self, courier: int) -> None:
        keys = [key for key, paper in self.papers.items() if paper.holder == courier]
        if keys:
            self.move_short(service.hand_back, keys, courier, self.tick(60), twice=False)
            for key in keys[:-1]:
                self.papers[key].come_back()
            self.compare(keys)

    def move_short(
        self, move: Callable[..., object], keys: list[UUID], courier: int, at: datetime, *, twice: bool
    ) -> None:
        missing = frozenset(keys[-1:])
        seen = Tally(item_ids=tuple(keys), missing=missing)
        scope, courier_id = self.scene.dispatcher, self.scene.couriers[courier].id
        for confirmed in [False, True, True][: 2 + twice]:
            with contextlib.ExitStack() as stack:
                if not confirmed:
                    stack.enter_context(pytest.raises(CodedError, match="T2007"))
                session = stack.enter_context(self.scene.database.transaction())
                tally = replace(seen, confirmed=confirmed)
                move(session, scope=scope, courier_id=courier_id, item_ids=(), tally=tally, now=at)
        self.short.add((courier, len(keys), missing))

    @precondition(lambda self: self.some(lambda paper: paper.holder is not None))
    @rule(giver=st.integers(0, 1), twice=st.booleans())
    def pass_on(self, giver: int, twice: bool) -> None:
        """A courier asks the other to take over all that is still to be done, the dispatcher approves."""
        at, taker = self.tick(60), 1 - giver
        keys = self.on_the_road(giver)
        if not keys:
            return
        wish = new_id(at)
        for _ in range(1 + twice):
            self.ask(wish, giver, keys, at)
            self.approve(wish, at)
        for key in keys:
            self.papers[key].pass_on(taker, at)
        self.compare(keys)

    def on_the_road(self, courier: int) -> list[UUID]:
        return [k for k, p in self.papers.items() if p.holder == courier and p.status in ("out", "collected")]

    def ask(self, wish: UUID, giver: int, keys: list[UUID], at: datetime) -> None:
        giving, taking = self.scene.couriers[giver].id, self.scene.couriers[1 - giver].id
        with self.scene.database.transaction() as session:
            service.ask_transfer(
                session,
                scope=self.scene.courier_scope(giver),
                transfer_id=wish,
                from_courier_id=giving,
                to_courier_id=taking,
                item_ids=keys,
                now=at,
            )

    def approve(self, wish: UUID, at: datetime) -> None:
        with self.scene.database.transaction() as session:
            approved = TransferState.APPROVED
            service.decide_transfer(session, scope=self.scene.dispatcher, transfer_id=wish, state=approved, now=at)

    @precondition(lambda self: self.some(lambda paper: paper.status == "out"))
    @rule(giver=st.integers(0, 1))
    def deliver_while_it_is_passed_on(self, giver: int) -> None:
        """Two writers: the giver's delivery and the dispatcher's approval at one moment. Delivered is delivered."""
        at = self.tick(60)
        keys = [key for key in self.on_the_road(giver) if self.papers[key].status == "out"][:1]
        if not keys:
            return
        wish, number = new_id(at), len(self.papers[keys[0]].rounds) - 1
        self.ask(wish, giver, keys, at)
        report = Report(proof_of(keys[0], None, at), giver, number)
        self.reports.append(report)
        with ThreadPoolExecutor(2) as writers:
            approval = writers.submit(self.approve, wish, at)
            receipt = writers.submit(self.send, report, at).result()
            approval.result()
        self.tell(report, receipt)
        self.compare(keys)

    @precondition(lambda self: self.some(lambda paper: paper.rests("forwarded") and paper.to_office is None))
    @rule()
    def choose_the_other_office(self) -> None:
        at = self.tick()
        for key, paper in self.papers.items():
            if paper.rests("forwarded") and paper.to_office is None:
                other = self.scene.other_office if paper.office == 0 else self.scene.office
                with self.scene.database.transaction() as session:
                    service.forward(session, scope=SYSTEM, item_id=key, to_office_id=other.id, now=at)
                paper.to_office, paper.was_with_post = 1 - paper.office, True
                self.compare([key])

    @precondition(lambda self: self.some(lambda paper: paper.is_new()))
    @rule()
    def receive_at_the_other_counter(self) -> None:
        """The agency's desk of the other office counts what the first office delivers: it must travel."""
        keys = [key for key, paper in self.papers.items() if paper.is_new()]
        desk = {"office_id": self.scene.other_office.id, "agency_id": self.scene.agency.id}
        at = self.tick()
        for _ in range(2):
            with self.scene.database.transaction() as session:
                service.receive_from_agency(session, scope=SYSTEM, tally=Tally(item_ids=tuple(keys)), now=at, **desk)
        for key in keys:
            paper = self.papers[key]
            paper.status, paper.office, paper.to_office, paper.planned_for = "forwarded", 1, 0, None
            paper.moved_house = paper.was_with_post = True
        self.compare(keys)

    @precondition(lambda self: self.some(lambda paper: paper.rests("forwarded") and paper.to_office is not None))
    @rule(twice=st.booleans())
    def close_the_bags(self, twice: bool) -> None:
        at = self.tick()
        for office in (0, 1):
            papers = self.papers.items()
            keys = [k for k, p in papers if p.rests("forwarded") and (p.office, p.to_office) == (office, 1 - office)]
            for _ in range(1 + twice):
                self.bag(service.send_bag, keys, office, at, office_id=office, to_office_id=1 - office)
            for key in keys:
                self.papers[key].in_bag = True
            self.compare(keys)

    @precondition(lambda self: self.some(lambda paper: paper.in_bag))
    @rule()
    def open_the_bags(self) -> None:
        at = self.tick(60)
        for office in (0, 1):
            keys = [key for key, paper in self.papers.items() if paper.in_bag and paper.to_office == office]
            self.bag(service.receive_bag, keys, office, at, office_id=office, from_office_id=1 - office)
            for key in keys:
                self.papers[key].arrive()
            self.compare(keys)

    def bag(self, move: Callable[..., object], keys: list[UUID], office: int, at: datetime, **sides: int) -> None:
        places = (self.scene.office.id, self.scene.other_office.id)
        ids = {name: places[number] for name, number in sides.items()}
        with self.scene.database.transaction() as session:
            move(session, scope=self.at_counter(office), tally=Tally(item_ids=tuple(keys), seal="N-1"), now=at, **ids)

    # Seldom: what is lost every hour is never delivered.
    @precondition(lambda self: self.losses < 3 and self.some(lambda paper: paper.is_open() and paper.status != "lost"))
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self.losses += 1
        open_ones = [key for key, paper in self.papers.items() if paper.is_open() and paper.status != "lost"]
        key = data.draw(st.sampled_from(open_ones))
        with self.scene.database.transaction() as session:
            service.report_lost(session, scope=SYSTEM, item_id=key, now=self.tick())
        self.papers[key].get_lost()
        self.compare([key])

    @precondition(lambda self: self.some(lambda paper: paper.status == "lost"))
    @rule()
    def find_what_was_lost(self) -> None:
        at = self.tick(60)
        for key, paper in self.papers.items():
            if paper.status == "lost":
                with self.scene.database.transaction() as session:
                    service.report_found(session, scope=SYSTEM, item_id=key, now=at)
                paper.be_found()
                self.compare([key])

    @precondition(lambda self: self.some(lambda paper: paper.rests("held")))
    @rule(twice=st.booleans(), night=st.booleans())
    def invite(self, twice: bool, night: bool) -> None:
        if night and self.days < 12:
            self.days += 1
            self.tick(24 * 60)
        for key in [key for key, paper in self.papers.items() if paper.rests("held")]:
            for _ in range(1 + twice):
                self.invite_one(key)
            self.compare([key])

    def invite_one(self, key: UUID) -> None:
        paper, now = self.papers[key], self.tick(0)
        today = local_date(now)
        with contextlib.ExitStack() as stack:
            may = paper.may_invite(today, lambda day: day.weekday() < 5 and day not in HOLIDAYS)
            if not may:
                stack.enter_context(pytest.raises(CodedError, match="T2410"))
            session = stack.enter_context(self.scene.database.transaction())
            service.invite(session, scope=SYSTEM, item_id=key, now=now)
        if may and today not in paper.invited:
            paper.invited.append(today)
        assert self.scene.item(key).invitations == len(paper.invited)
