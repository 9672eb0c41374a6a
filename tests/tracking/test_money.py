"""The two ledgers: booked with the proof, counted in the evening, corrected by new entries alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from core.errors import CodedError
from core.ids import new_id
from tests.tracking.money_scene import DUE, EVENING, FEE, POSTAGE, Purse, amounts
from tests.tracking.office_scene import NOW, SYSTEM, TODAY, Scene
from tracking import service, store_money
from tracking.holding import Correction
from tracking.money_rules import misplaced, parted
from tracking.money_values import Account, Amounts, Move


@pytest.fixture
def purse(scene: Scene) -> Purse:
    return Purse(scene)


def test_what_is_due_is_collected_with_the_proof_and_handed_in_the_same_day(purse: Purse) -> None:
    first, second = purse.out(2)
    purse.deliver(first)
    purse.deliver(second)
    day = purse.day()
    assert (day.due, day.collected, day.closing) == (amounts(2 * FEE, 2 * POSTAGE),) * 3
    settled = purse.remit(2 * DUE)
    assert (settled.expected, settled.difference_vnd) == (amounts(2 * FEE, 2 * POSTAGE), 0)
    day = purse.day()
    assert (day.closing, day.remitted) == (Amounts(), amounts(2 * FEE, 2 * POSTAGE))
    assert day.settlements == (settled,)
    assert purse.day(on=TODAY + timedelta(days=1)).opening == Amounts()


def test_the_same_proof_again_books_nothing_again(purse: Purse) -> None:
    [item] = purse.out()
    proof_id = new_id(NOW)
    purse.deliver(item, proof_id=proof_id)
    purse.deliver(item, proof_id=proof_id)
    assert purse.day().collected == amounts(FEE, POSTAGE)


def test_money_that_is_missing_at_the_door_is_missing_from_the_posts_own(purse: Purse) -> None:
    [item] = purse.out()
    purse.deliver(item, money_vnd=FEE + 1_000)
    day = purse.day()
    assert (day.due, day.collected) == (amounts(FEE, POSTAGE), amounts(FEE, 1_000))
    with purse.scene.database.reading() as session:
        assert store_money.open_items(session, SYSTEM, through=TODAY) == {item: amounts(0, POSTAGE - 1_000)}


def test_a_difference_of_count_is_kept_and_carried_not_refused(purse: Purse) -> None:
    [item] = purse.out()
    purse.deliver(item)
    settled = purse.remit(DUE - 5_000)
    assert (settled.counted_vnd, settled.difference_vnd) == (DUE - 5_000, -5_000)
    assert purse.day().closing == amounts(0, 5_000)
    tomorrow = TODAY + timedelta(days=1)
    assert purse.day(on=tomorrow).opening == amounts(0, 5_000)
    later = purse.remit(5_000, on=tomorrow, now=EVENING + timedelta(days=1))
    assert (later.expected.total_vnd, later.difference_vnd) == (5_000, 0)


def test_a_late_proof_explains_what_was_counted_too_much(purse: Purse) -> None:
    """The phone had no signal: the clerk counts the cash of two deliveries and knows of one."""
    first, second = purse.out(2)
    purse.deliver(first)
    settled = purse.remit(2 * DUE)
    assert settled.difference_vnd == DUE
    assert purse.day().closing == amounts(0, -DUE)
    purse.deliver(second, now=EVENING + timedelta(hours=14))
    day = purse.day()
    assert (day.closing, day.remitted) == (Amounts(), amounts(2 * FEE, 2 * POSTAGE))


def test_cash_of_a_doubled_delivery_is_booked_and_owed_by_nobody(purse: Purse) -> None:
    """The item was delivered by one courier; a second says so too and has taken the money again."""
    [item] = purse.out()
    purse.deliver(item)
    receipt = purse.deliver(item, occurred_at=NOW + timedelta(hours=2))
    assert "superseded" in receipt.flags
    day = purse.day()
    assert (day.due, day.collected) == (amounts(FEE, POSTAGE), amounts(FEE, POSTAGE + DUE))
    with purse.scene.database.reading() as session:
        assert store_money.open_items(session, SYSTEM, through=TODAY) == {item: amounts(0, -DUE)}


def test_cash_taken_before_the_paper_was_delivered_counts_for_it(purse: Purse) -> None:
    [item] = purse.out()
    purse.fail(item, money_vnd=DUE)
    with purse.scene.database.reading() as session:
        assert store_money.open_items(session, SYSTEM, through=TODAY) == {item: amounts(-FEE, -POSTAGE)}
    purse.deliver(item, money_vnd=0, occurred_at=NOW + timedelta(hours=3))
    with purse.scene.database.reading() as session:
        assert store_money.open_items(session, SYSTEM, through=TODAY) == {}


def test_a_correction_is_a_new_entry_that_names_the_old_one(purse: Purse) -> None:
    [item] = purse.out()
    purse.deliver(item, money_vnd=FEE + 1_000)
    scope = purse.scene.dispatcher
    with purse.scene.database.transaction() as session:
        [wrong] = [one for one in store_money.entries_of_item(session, scope, item) if one.amount_vnd == 1_000]
        back, right = service.correct_entry(
            session, scope=scope, entry_id=wrong.id, amount_vnd=POSTAGE, reason="gõ nhầm", now=EVENING
        )
    assert (back.debit, back.credit, back.corrects) == (Account.ADDRESSEE, Account.COURIER, wrong.id)
    assert (right.amount_vnd, right.debit, right.corrects) == (POSTAGE, Account.COURIER, None)
    assert purse.day().collected == amounts(FEE, POSTAGE)
    for entry_id, code in ((wrong.id, "T7005"), (back.id, "T7006")):
        with pytest.raises(CodedError) as refused, purse.scene.database.transaction() as session:
            service.correct_entry(session, scope=scope, entry_id=entry_id, amount_vnd=1, reason="x", now=EVENING)
        assert refused.value.code == code


def test_all_that_is_wrong_with_a_count_is_told_at_once(purse: Purse) -> None:
    with pytest.raises(CodedError) as refused, purse.scene.database.transaction() as session:
        service.remit(
            session,
            scope=purse.scene.dispatcher,
            courier_id=purse.scene.couriers[0].id,
            counted_vnd=-1,
            for_on=TODAY + timedelta(days=1),
            note="x" * 501,
            now=NOW,
        )
    assert [one.code for one in refused.value.problems] == ["T7001", "T7002", "T7004"]


def test_a_correction_says_why_and_a_count_is_of_days_that_are_kept(purse: Purse) -> None:
    [item] = purse.out()
    purse.deliver(item)
    scope = purse.scene.dispatcher
    with purse.scene.database.reading() as session:
        entry = store_money.entries_of_item(session, scope, item)[0]
    with pytest.raises(CodedError) as refused, purse.scene.database.transaction() as session:
        service.correct_entry(session, scope=scope, entry_id=entry.id, amount_vnd=-1, reason="  ", now=EVENING)
    assert [one.code for one in refused.value.problems] == ["T7001", "T7003"]
    with pytest.raises(CodedError, match="T7007"):
        purse.remit(1, on=TODAY - timedelta(days=401))


def test_the_money_of_others_is_not_found(purse: Purse) -> None:
    scene = purse.scene
    stranger = replace(scene.dispatcher, office_ids=frozenset({scene.other_office.id}))
    [item] = purse.out()
    purse.deliver(item)
    for scope in (stranger, scene.courier_scope(1)):
        with pytest.raises(CodedError, match="C1000"), scene.database.reading() as session:
            service.courier_day(session, scope=scope, courier_id=scene.couriers[0].id, on=TODAY)
        with scene.database.reading() as session:
            assert store_money.entries_of_item(session, scope, item) == []


@pytest.mark.parametrize("table", ["money_entries", "money_settlements"])
@pytest.mark.parametrize("attack", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_nothing_in_the_ledgers_can_be_changed(purse: Purse, table: str, attack: str) -> None:
    [item] = purse.out()
    purse.deliver(item)
    purse.remit(DUE)
    with pytest.raises(DBAPIError, match="append-only"), purse.scene.database.transaction() as session:
        session.execute(text(attack.format(table)))


def test_state_fee_goes_to_its_agency_and_postage_to_the_post(purse: Purse) -> None:
    [item] = purse.out()
    purse.deliver(item)
    purse.remit(DUE)
    scene, office = purse.scene, purse.scene.office.id
    with scene.database.transaction() as session:
        given = service.hand_to_agency(
            session,
            scope=scene.dispatcher,
            office_id=office,
            agency_id=scene.agency.id,
            counted_vnd=FEE,
            for_on=TODAY,
            now=EVENING,
        )
        kept = service.keep_postage(
            session, scope=scene.dispatcher, office_id=office, counted_vnd=POSTAGE - 1, for_on=TODAY, now=EVENING
        )
    assert (given.expected, given.difference_vnd) == (amounts(FEE, 0), 0)
    assert (kept.expected, kept.difference_vnd) == (amounts(0, POSTAGE), -1)
    with scene.database.reading() as session:
        passed = store_money.moved(session, "79", office_id=office)[Move.PASSED_ON]
    assert passed == amounts(FEE, POSTAGE - 1)


@pytest.mark.parametrize(
    ("cash", "expected", "fee", "postage"),
    [(50, (20, 30), 20, 30), (10, (20, 30), 10, 0), (60, (20, 30), 20, 40), (5, (-3, 8), 0, 5), (0, (9, 9), 0, 0)],
)
def test_cash_fills_the_state_fee_first(cash: int, expected: tuple[int, int], fee: int, postage: int) -> None:
    assert parted(cash, amounts(*expected)) == amounts(fee, postage)


@pytest.mark.parametrize(
    ("held", "amount"), [((30, -30), 30), ((30, -10), 10), ((-5, 9), -5), ((3, 4), 0), ((-3, -4), 0), ((0, -4), 0)]
)
def test_what_lies_in_the_wrong_ledger_is_seen(held: tuple[int, int], amount: int) -> None:
    assert misplaced(amounts(*held)) == amount


def test_a_withdrawn_delivery_is_due_no_longer_and_a_later_one_is_due_once(purse: Purse) -> None:
    scene = purse.scene
    [item] = purse.out()
    purse.deliver(item)
    purse.remit(DUE)
    withdraw(scene, item)
    day = purse.day()
    assert (day.due, day.collected, day.closing) == (Amounts(), amounts(FEE, POSTAGE), Amounts())
    with scene.database.reading() as session:
        # Paid and not delivered: the citizen is owed it.
        assert store_money.open_items(session, SYSTEM, through=TODAY) == {item: amounts(-FEE, -POSTAGE)}
    purse.deliver(item, money_vnd=0, now=EVENING + timedelta(minutes=5))
    assert purse.day().due == amounts(FEE, POSTAGE)
    with scene.database.reading() as session:
        assert store_money.open_items(session, SYSTEM, through=TODAY) == {}


def withdraw(scene: Scene, item: UUID) -> None:
    """The office says that the delivery that stands did not happen."""
    with scene.database.transaction() as session:
        history = service.item_history(session, scope=SYSTEM, item_id=item)
        seq = max(event.seq for event in history if event.kind == "item_delivered")
        service.correct_event(
            session, scope=scene.dispatcher, item_id=item, seq=seq, what=Correction.NOT_HAPPENED, now=EVENING
        )


def test_the_days_of_all_couriers_are_theirs_and_ask_no_more_than_one(purse: Purse) -> None:
    scene = purse.scene
    for courier in (0, 1):
        for item in purse.out(1 + courier, courier):
            purse.deliver(item, courier=courier)
    purse.remit(DUE)
    asked: list[str] = []
    event.listen(scene.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    counts = []
    with scene.database.reading() as session:
        for couriers in (scene.couriers[:1], scene.couriers):
            asked.clear()
            days = service.courier_days(session, scope=SYSTEM, couriers=couriers, on=TODAY)
            counts.append(len(asked))
    assert counts[0] == counts[1]
    assert days[:2] == [purse.day(0), purse.day(1)]
    assert [day.closing for day in days] == [Amounts(), amounts(2 * FEE, 2 * POSTAGE), Amounts()]
