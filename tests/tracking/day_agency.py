"""Days at random: papers asked back by their agency and given back to it, found damaged, fetched at the counter."""

import contextlib
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.clock import local_date
from core.errors import CodedError
from tests.tracking.day_counters import Counters, Report, proof_of
from tests.tracking.office_scene import SYSTEM
from tracking import service
from tracking.handover_values import Tally
from tracking.holding import Correction
from tracking.lifecycle import standing_delivery
from tracking.model import NextAction
from tracking.withdrawal import WithdrawalAnswer


class Agency(Counters):
    """What an agency asks for and signs for, and what an office's counter decides."""

    def open_office(self) -> None:
        super().open_office()
        self.asked = self.damages = self.mistakes = 0

    def withdraw(self, key: UUID, at: datetime) -> WithdrawalAnswer:
        row = self.rows[key]
        named = [service.Named(dossier_code=row.dossier_code, leg=row.leg)]
        with self.scene.database.transaction() as session:
            agency = self.scene.agency.id
            [answer] = service.withdraw_results(session, scope=SYSTEM, agency_id=agency, named=named, now=at)
        return answer

    # Seldom, and of each kind: what its agency wants back is never delivered.
    @precondition(lambda self: self.papers and self.asked < 5)
    @rule(data=st.data(), twice=st.booleans())
    def ask_back(self, data: st.DataObject, twice: bool) -> None:
        """The agency wants a paper back, wherever it is: planned, loaded, in a bag, lost or with the citizen."""
        self.asked += 1
        key, at = data.draw(st.sampled_from(list(self.papers))), self.tick()
        expected = self.papers[key].be_asked_back()
        assert self.withdraw(key, at).outcome == expected
        self.compare([key])
        if twice:
            again = self.papers[key].be_asked_back()
            assert self.withdraw(key, self.tick()).outcome == again
            self.compare([key])

    @precondition(lambda self: self.asked < 5 and self.some(lambda paper: paper.status == "out"))
    @rule(data=st.data(), wish_first=st.booleans())
    def ask_back_while_it_is_delivered(self, data: st.DataObject, wish_first: bool) -> None:
        """The agency's wish and the delivery at one moment; drawn is who comes first: a race would end differently when
        the same day is played again. Delivered is delivered.
        """
        self.asked += 1
        key, at = data.draw(st.sampled_from([k for k, p in self.papers.items() if p.status == "out"])), self.tick(60)
        paper = self.papers[key]
        report = Report(proof_of(key, None, at), paper.holder, len(paper.rounds) - 1)
        self.reports.append(report)
        early = self.withdraw(key, at) if wish_first else None
        receipt = self.send(report, at)
        outcome = (early or self.withdraw(key, at)).outcome
        if paper.asked_back:
            assert outcome == "unchanged"
        else:
            assert outcome in ("recalled", "rejected")
            paper.asked_back = outcome == "recalled"
        self.tell(report, receipt)
        self.compare([key])

    @precondition(lambda self: self.some(lambda paper: paper.status == "withdrawn"))
    @rule()
    def hand_in_what_was_withdrawn(self) -> None:
        """The agency has thought better of it."""
        keys = [key for key, paper in self.papers.items() if paper.status == "withdrawn"]
        answers = self.scene.accept(*(self.rows[key] for key in keys), now=self.tick())
        assert [(one.outcome, one.item_id) for one in answers] == [("updated", key) for key in keys]
        for key in keys:
            self.papers[key].status, self.papers[key].asked_back = "ready", False
        self.compare(keys)

    @precondition(lambda self: self.some(lambda paper: paper.rests("held") and paper.leg == "return"))
    @rule()
    def decide_to_send_back(self) -> None:
        """Refused too early: until two invitations have gone by, or as long as another attempt may help."""
        at = self.tick()
        for key, paper in self.papers.items():
            if paper.rests("held") and paper.leg == "return":
                with contextlib.ExitStack() as stack:
                    may = paper.may_go_back(local_date(at))
                    if not may:
                        stack.enter_context(pytest.raises(CodedError, match="T2411"))
                    session = stack.enter_context(self.scene.database.transaction())
                    service.decide_next(session, scope=SYSTEM, item_id=key, action=NextAction.RETURN, now=at)
                if may:
                    paper.status, paper.to_office = "returning", None
                self.compare([key])

    @precondition(lambda self: self.some(lambda paper: paper.status == "returning"))
    @rule(twice=st.booleans())
    def give_back_to_the_agency(self, twice: bool) -> None:
        """Counted out against a receipt; what a courier still carries cannot be signed for, nor anything twice."""
        at = self.tick(60)
        for office in (0, 1):
            carried = [k for k, p in self.papers.items() if p.status == "returning" and p.holder is not None]
            for key in carried if office == 0 else []:
                with pytest.raises(CodedError, match="T2008"):
                    self.sign_for([key], office, at)
            keys = [k for k, p in self.papers.items() if p.rests("returning") and p.office == office]
            if keys:
                self.sign_for(keys, office, at)
            if keys and twice:
                with pytest.raises(CodedError, match="T2405"):
                    self.sign_for(keys, office, at)
            for key in keys:
                self.papers[key].status = "returned"
            self.compare([*keys, *carried])

    def sign_for(self, keys: list[UUID], office: int, at: datetime) -> None:
        office_id = (self.scene.office.id, self.scene.other_office.id)[office]
        with self.scene.database.transaction() as session:
            service.give_to_agency(
                session,
                scope=self.at_counter(office),
                office_id=office_id,
                agency_id=self.scene.agency.id,
                tally=Tally(item_ids=tuple(keys), counterpart="Bộ phận một cửa"),
                now=at,
            )

    @precondition(lambda self: self.papers and self.damages < 5)
    @rule(data=st.data())
    def find_it_damaged(self, data: st.DataObject) -> None:
        self.damages += 1
        key, at = data.draw(st.sampled_from(list(self.papers))), self.tick()
        paper = self.papers[key]
        with contextlib.ExitStack() as stack:
            may = paper.may_be_damaged()
            if not may:
                stack.enter_context(pytest.raises(CodedError, match=r"T2001|T2008|T2403"))
            session = stack.enter_context(self.scene.database.transaction())
            service.report_damaged(session, scope=SYSTEM, item_id=key, now=at)
        if may:
            paper.get_damaged()
        self.compare([key])

    @precondition(lambda self: self.some(lambda paper: paper.rests("held") and paper.leg == "return"))
    @rule(data=st.data(), twice=st.booleans(), late_first=st.booleans())
    def fetch_at_the_counter(self, data: st.DataObject, twice: bool, late_first: bool) -> None:
        """The invited citizen comes; the clerk's proof, and just before or after it a late one of a courier."""
        keys = [k for k, p in self.papers.items() if p.rests("held") and p.leg == "return"]
        key, at = data.draw(st.sampled_from(keys)), self.tick(60)
        report = Report(proof_of(key, None, at), None, len(self.papers[key].rounds) - 1)
        late = [one for one in self.reports if one.proof.item_id == key][-1:]
        self.reports.append(report)
        clerks = [report] * (1 + twice)
        told = late + clerks if late_first else clerks + late
        for one in told:
            self.tell(one, self.send(one, at))
        self.compare([key])

    # Seldom: a delivery that was none is a mistake.
    @precondition(lambda self: self.mistakes < 2 and self.some(lambda paper: paper.status == "delivered"))
    @rule(data=st.data())
    def take_a_delivery_back(self, data: st.DataObject) -> None:
        self.mistakes += 1
        key = data.draw(st.sampled_from([k for k, p in self.papers.items() if p.status == "delivered"]))
        with self.scene.database.transaction() as session:
            wrong = standing_delivery(service.item_history(session, scope=SYSTEM, item_id=key))
            assert wrong is not None
            what = Correction.NOT_HAPPENED
            service.correct_event(session, scope=SYSTEM, item_id=key, seq=wrong.seq, what=what, now=self.tick())
        self.papers[key].be_delivered_after_all_not()
        self.compare([key])
