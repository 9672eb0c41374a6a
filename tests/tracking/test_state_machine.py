"""Whole days at random against real PostgreSQL: reports doubled, late, out of order, two at the same moment."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from core.clock import local_date
from core.errors import CodedError
from core.ids import new_id
from tests.tracking.day_model import Paper
from tests.tracking.office_scene import DOOR, NOW, SAI_GON, SYSTEM, Scene, delivery, failure, item_id
from tracking import service
from tracking.model import FailureReason, NextAction, ProofInput, Receipt, ResultRow

EXAMPLES = int(os.environ.get("BUUTA_STATE_EXAMPLES", "20"))
STEPS = 100

REASON = {
    NextAction.REDELIVER: FailureReason.ABSENT,
    NextAction.HOLD: FailureReason.ABSENT,
    NextAction.FORWARD: FailureReason.MOVED,
    NextAction.CORRECT_ADDRESS: FailureReason.MOVED,
    NextAction.RETURN: FailureReason.REFUSED,
}


@dataclass(frozen=True)
class Report:
    """What a phone holds: the proof, whose phone, and which of the item's rounds it belongs to."""

    proof: ProofInput
    courier: int
    round_number: int


def proof_of(key: UUID, action: NextAction | None, at: datetime) -> ProofInput:
    if action is None:
        return delivery(key, proof_id=new_id(at), occurred_at=at)
    day = local_date(at) + timedelta(days=1) if action is NextAction.REDELIVER else None
    return failure(key, proof_id=new_id(at), occurred_at=at, action=action, reason=REASON[action], redelivery_on=day)


class Days(RuleBasedStateMachine):
    scene: ClassVar[Scene]

    @initialize()
    def open_office(self) -> None:
        self.papers: dict[UUID, Paper] = {}
        self.rows: dict[UUID, ResultRow] = {}
        self.reports: list[Report] = []
        self.receipts: dict[UUID, Receipt] = {}
        self.now = NOW

    def some(self, condition: Callable[[Paper], bool]) -> bool:
        return any(condition(paper) for paper in self.papers.values())

    def tick(self, minutes: int = 7) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    # Few papers at a time, so that much happens to each.
    @precondition(lambda self: sum(paper.is_open() for paper in self.papers.values()) < 3)
    @rule(count=st.integers(1, 2))
    def hand_in(self, count: int) -> None:
        rows = [self.scene.row() for _ in range(count)]
        for answer, row in zip(self.scene.accept(*rows, now=self.tick()), rows, strict=True):
            self.papers[item_id(answer)] = Paper()
            self.rows[item_id(answer)] = row

    @precondition(lambda self: self.rows)
    @rule()
    def hand_in_again(self) -> None:
        answers = self.scene.accept(*self.rows.values(), now=self.tick())
        assert [(answer.outcome, answer.item_id) for answer in answers] == [("unchanged", key) for key in self.rows]

    @precondition(lambda self: self.some(lambda paper: paper.may_be_planned()))
    @rule(courier=st.integers(0, 1))
    def plan_and_take_out(self, courier: int) -> None:
        self.plan_keys([key for key, paper in self.papers.items() if paper.may_be_planned()], courier)
        self.take_out(courier, twice=False)

    @rule(data=st.data(), courier=st.integers(0, 1))
    def plan_some(self, data: st.DataObject, courier: int) -> None:
        if self.papers:
            keys = data.draw(st.lists(st.sampled_from(list(self.papers)), min_size=1, max_size=3, unique=True))
            self.plan_keys(keys, courier)

    def plan_keys(self, keys: list[UUID], courier: int) -> None:
        if all(self.papers[key].may_be_planned() for key in keys):
            self.scene.plan(keys, courier, now=self.tick())
            for key in keys:
                self.papers[key].plan(courier)
        else:
            with pytest.raises(CodedError):
                self.scene.plan(keys, courier, now=self.tick())
        self.compare(keys)

    @precondition(lambda self: self.some(lambda paper: paper.status in ("held", "accepted")))
    @rule()
    def decide_what_lies_at_the_office(self) -> None:
        """What is held goes out again, what has a doubtful address gets one."""
        now = self.tick()
        for key, paper in self.papers.items():
            if paper.holder is None and paper.status in ("held", "accepted"):
                self.decide(key, paper.status, now)
                paper.status = "ready"
                self.compare([key])

    def decide(self, key: UUID, status: str, now: datetime) -> None:
        with self.scene.database.transaction() as session:
            if status == "accepted":
                service.resolve_address(session, scope=SYSTEM, item_id=key, commune_code=SAI_GON, point=DOOR, now=now)
            else:
                day, action = local_date(now), NextAction.REDELIVER
                service.decide_next(session, scope=SYSTEM, item_id=key, action=action, redelivery_on=day, now=now)

    @precondition(lambda self: self.some(lambda paper: paper.status == "planned"))
    @rule(courier=st.integers(0, 1), twice=st.booleans())
    def take_out(self, courier: int, twice: bool) -> None:
        at = self.tick(60)
        keys = [key for key, p in self.papers.items() if p.status == "planned" and p.planned_for == courier]
        for _ in range(1 + twice):
            self.scene.take_out(keys, courier, now=at)
        for key in keys:
            self.papers[key].go_out(at)
        self.compare(keys)

    @precondition(lambda self: self.some(lambda paper: paper.holder is not None))
    @rule(courier=st.integers(0, 1))
    def hand_back(self, courier: int) -> None:
        keys = [key for key, paper in self.papers.items() if paper.holder == courier]
        self.scene.hand_back(keys, courier, now=self.tick(60))
        for key in keys:
            self.papers[key].come_back()
        self.compare(keys)

    @precondition(lambda self: self.some(lambda paper: paper.holder is not None))
    @rule(actions=st.lists(st.sampled_from([None, *NextAction, NextAction.REDELIVER]), min_size=1, max_size=3))
    def knock_at_doors(self, actions: list[NextAction | None]) -> None:
        """The phones make reports and keep them; None is a delivery."""
        carried = [(key, paper) for key, paper in self.papers.items() if paper.holder is not None]
        for (key, paper), action in zip(carried, actions, strict=False):
            assert paper.holder is not None
            proof = proof_of(key, action, self.tick())
            self.reports.append(Report(proof, paper.holder, len(paper.rounds) - 1))

    @precondition(lambda self: self.reports)
    @rule(data=st.data())
    def upload_some(self, data: st.DataObject) -> None:
        """In any order, and some of them again."""
        for report in data.draw(st.lists(st.sampled_from(self.reports), min_size=1, max_size=4)):
            self.tell(report, self.send(report, self.tick()))
            self.compare([report.proof.item_id])

    @precondition(lambda self: self.reports)
    @rule(data=st.data())
    def upload_two_at_once(self, data: st.DataObject) -> None:
        both = data.draw(st.lists(st.sampled_from(self.reports[-4:]), min_size=2, max_size=2))
        now = self.tick()
        with ThreadPoolExecutor(2) as writers:
            receipts = list(writers.map(lambda report: self.send(report, now), both))
        for report, receipt in zip(both, receipts, strict=True):
            self.tell(report, receipt)
        self.compare([report.proof.item_id for report in both])

    def send(self, report: Report, now: datetime) -> Receipt:
        with self.scene.database.transaction() as session:
            scope = self.scene.courier_scope(report.courier)
            return service.record_proof(session, scope=scope, proof=report.proof, now=now)

    def tell(self, report: Report, receipt: Receipt) -> None:
        known = self.receipts.setdefault(report.proof.proof_id, receipt)
        assert receipt == known, "the same proof must give the same receipt"
        self.papers[report.proof.item_id].tell(report.proof, report.round_number)

    def compare(self, keys: Iterable[UUID]) -> None:
        for key in keys:
            item, paper = self.scene.item(key), self.papers[key]
            number = {courier.id: n for n, courier in enumerate(self.scene.couriers)}
            assert item.status.value == paper.status
            assert item.attempts == paper.attempts
            assert (number[item.holder_courier_id] if item.holder_courier_id else None) == paper.holder

    def teardown(self) -> None:
        for key, paper in getattr(self, "papers", {}).items():
            self.compare([key])
            self.check_chain(key, paper)

    def check_chain(self, key: UUID, paper: Paper) -> None:
        item = self.scene.item(key)
        with self.scene.database.reading() as session:
            events = service.item_history(session, scope=SYSTEM, item_id=key)
            proofs = set(session.scalars(text("SELECT id FROM proofs WHERE item_id = :key"), {"key": key}))
        assert service.verify_chain(events, head=item.last_hash) == []
        assert len(events) == item.event_seq
        assert proofs == paper.told
        hashes = {event.hash for event in events}
        assert all(self.receipts[proof].event_hash in hashes for proof in paper.told)


def test_whatever_the_order_of_reports_the_papers_end_where_people_say(scene: Scene) -> None:
    machine = type("DaysOfThisScene", (Days,), {"scene": scene})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
