"""The reconciliation against a plain model of purses: whatever happens, it closes or names who holds what."""

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text

from core.ids import new_id
from tests.tracking.money_scene import DUE, EVENING, FEE, POSTAGE, Purse, amounts
from tests.tracking.office_scene import NOW, SYSTEM, TODAY, Scene
from tracking import service, store_money
from tracking.money_report import By, Holder, Reconciliation, reconcile
from tracking.money_values import Amounts, Ledger, Move

EXAMPLES = int(os.environ.get("BUUTA_STATE_EXAMPLES", "8"))
TOMORROW = TODAY + timedelta(days=1)


def report(scene: Scene, by: By = By.COURIER, **changes: Any) -> Reconciliation:
    asked: dict[str, Any] = {"scope": SYSTEM, "from_on": TODAY, "to_on": TOMORROW} | changes
    with scene.database.reading() as session:
        return reconcile(session, by=by, **asked)


def settle_office(scene: Scene, fee: int, postage: int) -> None:
    """The office empties its till at the end of tomorrow."""
    own: dict[str, Any] = {"scope": scene.dispatcher, "office_id": scene.office.id, "for_on": TOMORROW}
    later = EVENING + timedelta(days=1)
    with scene.database.transaction() as session:
        service.hand_to_agency(session, agency_id=scene.agency.id, counted_vnd=fee, now=later, **own)
        service.keep_postage(session, counted_vnd=postage, now=later, **own)


@pytest.fixture
def purse(scene: Scene) -> Purse:
    return Purse(scene)


def test_a_day_that_goes_well_closes_to_zero(purse: Purse) -> None:
    for item in purse.out(3):
        purse.deliver(item)
    purse.remit(3 * DUE)
    settle_office(purse.scene, 3 * FEE, 3 * POSTAGE)
    for by in By:
        found = report(purse.scene, by)
        assert found.closes, found
        assert found.owed == found.unexplained == Amounts()
        assert found.total.due == found.total.passed_on == amounts(3 * FEE, 3 * POSTAGE)
        assert sum((row.due for row in found.rows), Amounts()) == found.total.due
    assert [row.name for row in report(purse.scene).rows] == ["", "Trần Văn An"]
    assert [row.name for row in report(purse.scene, By.AGENCY).rows] == ["", purse.scene.agency.name]
    assert [row.key for row in report(purse.scene, By.DAY).rows] == [TODAY.isoformat(), TOMORROW.isoformat()]


def test_everything_that_does_not_close_is_named(purse: Purse) -> None:
    first, second = purse.out(2)
    purse.deliver(first, money_vnd=DUE - 7)
    purse.deliver(second)
    counted = purse.remit(2 * DUE - 100)
    found = report(purse.scene)
    office, courier = purse.scene.office, purse.scene.couriers[0]
    assert {(one.holder, one.name): one.amounts for one in found.differences} == {
        (Holder.ITEM, purse.scene.item(first).item_code): amounts(0, 7),
        (Holder.COURIER, courier.name): amounts(0, 93),
        (Holder.TILL, office.name): amounts(2 * FEE, 2 * POSTAGE - 100),
    }
    assert (found.closes, found.miscounts, found.unexplained) == (False, (counted,), Amounts())
    assert found.owed == amounts(2 * FEE, 2 * POSTAGE)


def test_who_sees_one_office_reconciles_one_office(purse: Purse) -> None:
    [item] = purse.out()
    purse.deliver(item)
    other = purse.scene.courier_scope(2)
    assert report(purse.scene, scope=other).total == report(purse.scene, from_on=TOMORROW).total
    assert report(purse.scene, scope=purse.scene.dispatcher).total.due == amounts(FEE, POSTAGE)


def test_an_agency_reconciles_its_own_state_fee(purse: Purse) -> None:
    """What it is owed lies with addressees or offices; couriers, tills and postage are none of its business."""
    scene = purse.scene
    mine = replace(SYSTEM, agency_id=scene.agency.id)
    first, second, third = purse.out(3)
    purse.deliver(first)
    purse.deliver(second, money_vnd=FEE - 7)
    purse.deliver(third, money_vnd=0)
    purse.remit(DUE)

    def differences() -> dict[tuple[Holder, str], Amounts]:
        found = report(scene, By.OFFICE, scope=mine)
        assert (found.unexplained, found.total.remitted) == (Amounts(), Amounts())
        assert found.owed == found.total.due - passed_on
        return {(one.holder, one.name): one.amounts for one in found.differences}

    passed_on = Amounts()
    items = {
        (Holder.ITEM, scene.item(second).item_code): amounts(7, 0),
        (Holder.ITEM, scene.item(third).item_code): amounts(FEE, 0),
    }
    assert differences() == items | {(Holder.OFFICE, scene.office.name): amounts(2 * FEE - 7, 0)}
    settle_office(scene, 2 * FEE - 7, POSTAGE)
    passed_on = amounts(2 * FEE - 7, 0)
    assert differences() == items
    assert {row.name for row in report(scene, By.OFFICE, scope=mine).rows} == {scene.office.name}
    other = replace(SYSTEM, agency_id=uuid4())
    nothing = report(scene, scope=other)
    assert (nothing.closes, nothing.rows, nothing.total.due) == (True, (), Amounts())
    with scene.database.reading() as session:
        ledgers = {one.ledger for one in service.item_entries(session, scope=mine, item_id=first)}
    assert ledgers == {Ledger.STATE_FEE}


def forget_all(scene: Scene) -> None:
    """Each run begins with empty ledgers; only their owner can do this, past the triggers."""
    with scene.database.transaction() as session:
        for table in ("money_entries", "money_settlements"):
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            session.execute(text(f"TRUNCATE {table}"))
            session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@dataclass
class Cash:
    """Where every đồng is, as somebody who watches would say; it knows no ledgers, only sums."""

    due: Counter[UUID] = field(default_factory=Counter)
    paid: Counter[UUID] = field(default_factory=Counter)
    couriers: Counter[int] = field(default_factory=Counter)
    till: int = 0
    gone: int = 0


class Evening(RuleBasedStateMachine):
    """Deliveries, late, doubled and superseded proofs, counts right and wrong, corrections, in any order."""

    scene: Scene

    def __init__(self) -> None:
        super().__init__()
        self.purse = Purse(self.scene)
        self.cash = Cash()
        self.items: list[tuple[UUID, int]] = []
        self.open: set[UUID] = set()
        self.sent: list[tuple[UUID, int, dict[str, Any]]] = []
        forget_all(self.scene)

    @rule(courier=st.sampled_from([0, 1]), fee=st.integers(0, 5), postage=st.integers(0, 5))
    def take_out(self, courier: int, fee: int, postage: int) -> None:
        [item] = self.purse.out(1, courier, fee=fee, postage=postage)
        self.items.append((item, courier))
        self.open.add(item)

    @precondition(lambda self: self.items)
    @rule(data=st.data(), money=st.integers(0, 12), days=st.sampled_from([0, 0, 1]), fails=st.booleans())
    def tell(self, data: st.DataObject, money: int, days: int, fails: bool) -> None:
        """A proof, perhaps of what was delivered before, perhaps a day late."""
        item, courier = data.draw(st.sampled_from(self.items))
        kind = self.purse.fail if fails else self.purse.deliver
        said = {"proof_id": new_id(NOW)}
        kind(item, money_vnd=money, courier=courier, now=EVENING + timedelta(days=days), **said)
        self.sent.append((item, courier, said | {"money_vnd": money, "fails": fails}))
        self.cash.paid[item] += money
        self.cash.couriers[courier] += money
        if not fails and item in self.open:
            self.open.remove(item)
            self.cash.due[item] = self.purse.scene.item(item).cod_vnd

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        """The same upload once more is nothing new."""
        item, courier, said = data.draw(st.sampled_from(self.sent))
        kind = self.purse.fail if said["fails"] else self.purse.deliver
        kind(item, money_vnd=said["money_vnd"], courier=courier, proof_id=said["proof_id"])

    @rule(courier=st.sampled_from([0, 1]), off=st.sampled_from([0, 0, -1, 3]), tomorrow=st.booleans())
    def hand_in(self, courier: int, off: int, tomorrow: bool) -> None:
        counted = max(0, self.cash.couriers[courier] + off)
        on, now = (TOMORROW, EVENING + timedelta(days=1)) if tomorrow else (TODAY, EVENING)
        settled = self.purse.remit(counted, courier, on, now)
        assert settled.expected.total_vnd == self.cash.couriers[courier]
        assert settled.difference_vnd == counted - self.cash.couriers[courier]
        self.cash.couriers[courier] -= counted
        self.cash.till += counted

    @rule(fee=st.integers(0, 9), postage=st.integers(0, 9))
    def pass_on(self, fee: int, postage: int) -> None:
        settle_office(self.scene, fee, postage)
        self.cash.till -= fee + postage
        self.cash.gone += fee + postage

    @precondition(lambda self: self.items)
    @rule(data=st.data(), amount=st.integers(0, 12))
    def correct(self, data: st.DataObject, amount: int) -> None:
        """What was taken at a door is set right."""
        item, courier = data.draw(st.sampled_from(self.items))
        with self.scene.database.transaction() as session:
            entries = store_money.entries_of_item(session, SYSTEM, item)
            back = {one.corrects for one in entries}
            standing = [
                one for one in entries if one.move is Move.COLLECTED and one.corrects is None and one.id not in back
            ]
            if not standing:
                return
            wrong = standing[0]
            service.correct_entry(
                session, scope=SYSTEM, entry_id=wrong.id, amount_vnd=amount, reason="sửa", now=EVENING
            )
        self.cash.paid[item] += amount - wrong.amount_vnd
        self.cash.couriers[courier] += amount - wrong.amount_vnd

    @invariant()
    def the_report_says_where_every_dong_is(self) -> None:
        found = report(self.scene)
        assert found.unexplained == Amounts()
        own = [one for one in found.differences if one.holder is Holder.ITEM]
        owing = {item: self.cash.due[item] - self.cash.paid[item] for item, _ in self.items}
        assert {one.id: one.amounts.total_vnd for one in own if one.amounts.total_vnd} == {
            item: vnd for item, vnd in owing.items() if vnd
        }
        held = {one.id: one.amounts for one in found.differences if one.holder is Holder.COURIER}
        for number in (0, 1):
            amounts_held = held.get(self.scene.couriers[number].id, Amounts())
            assert amounts_held.total_vnd == self.cash.couriers[number]
            assert amounts_held.state_fee_vnd * amounts_held.postage_vnd >= 0, "parted wrongly between the ledgers"
        tills = [one.amounts.total_vnd for one in found.differences if one.holder is Holder.TILL]
        assert sum(tills) == self.cash.till
        assert found.owed.total_vnd == sum(self.cash.due.values()) - self.cash.gone


def test_any_evening_closes_or_names_every_difference(purse: Purse) -> None:
    machine = type("OneEvening", (Evening,), {"scene": purse.scene})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
