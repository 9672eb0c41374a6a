"""The end of a round: papers, slips and cash balanced at once, once, and what comes later is of the next."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

from core.errors import CodedError
from tests.tracking.office_scene import SYSTEM, Scene, delivery
from tests.tracking.test_handovers import LATER, done, refusal, tally
from tracking import service
from tracking.handover_values import IncidentKind
from tracking.model import Status
from tracking.rounds import Counted


def test_a_round_closes_with_papers_slips_and_cash_balanced(scene: Scene) -> None:
    given, kept = scene.out(2)
    courier_id = scene.couriers[0].id
    proof = delivery(given, money_vnd=30_000, papers_taken_back=2)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=LATER)
    with scene.database.reading() as session:
        balance, carried = service.round_balance(session, scope=scene.courier_scope(), courier_id=courier_id, now=LATER)
    assert (balance.papers_due, balance.cash_due_vnd, [item.id for item in carried]) == (2, 30_000, [kept])
    counted = Counted(tally=tally(kept), papers=2, cash_vnd=30_000)
    close = {"scope": scene.dispatcher, "courier_id": courier_id, "now": LATER}
    closing, handover, incidents = done(scene, service.close_round, counted=counted, **close)
    assert (closing.cash_counted_vnd, handover.item_ids, incidents) == (30_000, (kept,), [])
    assert scene.item(kept).status is Status.READY
    with scene.database.reading() as session:
        rest, carried = service.round_balance(session, scope=SYSTEM, courier_id=courier_id, now=LATER)
    assert (rest.papers_due, rest.cash_due_vnd, carried, rest.since) == (0, 0, [], LATER)


def test_a_round_that_does_not_balance_says_all_at_once_and_closes_only_confirmed(scene: Scene) -> None:
    given, kept = scene.out(2)
    courier_id = scene.couriers[0].id
    proof = delivery(given, money_vnd=30_000, papers_taken_back=1)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=LATER)
    counted = Counted(tally=tally(), papers=0, cash_vnd=20_000)
    close = {"scope": scene.dispatcher, "courier_id": courier_id, "now": LATER}
    refused = refusal(scene, service.close_round, counted=counted, **close)
    assert [one.code for one in refused.problems] == ["T2007", "T2431", "T2432"]
    _, _, opened = done(scene, service.close_round, counted=replace(counted, confirmed=True), **close)
    assert [(one.kind, one.listed, one.counted) for one in opened] == [
        (IncidentKind.PAPERS_DIFFER, 1, 0),
        (IncidentKind.CASH_DIFFERS, 30_000, 20_000),
    ]
    assert scene.item(kept).holder_courier_id == courier_id, "what was not shown stays with the courier"
    with scene.database.reading() as session:
        kinds = {one.kind for one in service.list_incidents(session, scope=SYSTEM)}
    assert kinds == {IncidentKind.COUNT_DIFFERS, IncidentKind.PAPERS_DIFFER, IncidentKind.CASH_DIFFERS}


def test_two_clicks_on_the_end_of_a_round_book_its_cash_once(scene: Scene) -> None:
    """What was left over from an earlier count is due without any proof: nothing but the round itself can be locked."""
    (given,) = scene.out()
    courier_id = scene.couriers[0].id
    paid = delivery(given, money_vnd=30_000)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=paid, now=LATER)
    short = Counted(tally=tally(), papers=0, cash_vnd=20_000, confirmed=True)
    done(scene, service.close_round, courier_id=courier_id, counted=short, now=LATER)
    rest = Counted(tally=tally(), papers=0, cash_vnd=10_000)
    together = Barrier(2)

    def close(_: int) -> str:
        try:
            with scene.database.transaction() as session:
                together.wait(timeout=30)
                service.close_round(
                    session, scope=scene.dispatcher, courier_id=courier_id, counted=rest, now=LATER + timedelta(hours=1)
                )
        except CodedError as refused:
            return refused.code
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, range(2))) == ["T2432", "closed"]


def test_what_a_phone_sends_after_the_closing_belongs_to_the_next_round(scene: Scene) -> None:
    (key,) = scene.out()
    courier_id = scene.couriers[0].id
    nothing = Counted(tally=tally(missing=frozenset()), papers=0, cash_vnd=0, confirmed=True)
    done(scene, service.close_round, courier_id=courier_id, counted=nothing, now=LATER)
    # Recorded with an older clock than the closing: it must not fall between two rounds.
    late = delivery(key, money_vnd=5_000)
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=late, now=LATER - timedelta(minutes=1))
    with scene.database.reading() as session:
        balance, _ = service.round_balance(session, scope=SYSTEM, courier_id=courier_id, now=LATER)
    assert balance.cash_due_vnd == 5_000
