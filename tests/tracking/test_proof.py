"""Proofs: one effect however often and in whatever order they come; each refusal has its code."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from core.errors import CodedError
from core.ids import new_id
from core.scope import Scope
from geodata.model import LonLat
from tests.tracking.office_scene import (
    DOOR,
    NOW,
    PROVINCE,
    SYSTEM,
    TODAY,
    Scene,
    delivery,
    failure,
    snapshot,
)
from tracking import service
from tracking.model import EventKind, FailureReason, FileClaim, NextAction, ProofInput, Receipt, Status
from tracking.privacy import keyed_hash

LATER = NOW + timedelta(hours=3)


def prove(
    scene: Scene, proof: ProofInput, *, scope: Scope | None = None, now: datetime = LATER, key: bytes | None = None
) -> Receipt:
    with scene.database.transaction() as session:
        return service.record_proof(
            session, scope=scope or scene.courier_scope(), proof=proof, now=now, identity_key=key
        )


def kinds(scene: Scene, key: UUID) -> list[EventKind]:
    with scene.database.reading() as session:
        return [event.kind for event in service.item_history(session, scope=SYSTEM, item_id=key)]


def test_a_delivery_ends_the_item_and_the_receipt_names_its_event(scene: Scene) -> None:
    (key,) = scene.out()
    receipt = prove(scene, delivery(key))
    item = scene.item(key)
    assert (item.status, item.holder_courier_id, item.attempts) == (Status.DELIVERED, None, 0)
    assert (receipt.event_hash, receipt.flags, receipt.files) == (item.last_hash, (), {})
    assert receipt.recorded_at == LATER


def test_the_same_proof_again_gives_the_same_receipt_and_changes_nothing(scene: Scene) -> None:
    (key,) = scene.out()
    proof = delivery(key)
    first = prove(scene, proof)
    before = snapshot(scene)
    assert prove(scene, proof, now=LATER + timedelta(days=1)) == first
    assert prove(scene, replace(proof, occurred_at=proof.occurred_at.astimezone())) == first
    assert snapshot(scene) == before


def test_the_same_id_with_other_content_is_refused(scene: Scene) -> None:
    key, other = scene.out(2)
    proof = delivery(key)
    prove(scene, proof)
    for changed in (replace(proof, money_vnd=1), replace(proof, item_id=other), failure(key, proof_id=proof.proof_id)):
        refused = refusal(scene, changed)
        assert (refused.code, refused.status) == ("T2101", 409)


@pytest.mark.parametrize(
    ("reason", "action", "status"),
    [
        (FailureReason.ABSENT, NextAction.REDELIVER, Status.READY),
        (FailureReason.ABSENT, NextAction.HOLD, Status.HELD),
        (FailureReason.MOVED, NextAction.FORWARD, Status.FORWARDED),
        (FailureReason.ADDRESS_WRONG, NextAction.CORRECT_ADDRESS, Status.ACCEPTED),
        (FailureReason.REFUSED, NextAction.RETURN, Status.RETURNING),
    ],
)
def test_a_failure_does_its_next_action(
    scene: Scene, reason: FailureReason, action: NextAction, status: Status
) -> None:
    (key,) = scene.out()
    day = TODAY + timedelta(days=2) if action is NextAction.REDELIVER else None
    receipt = prove(scene, failure(key, reason=reason, action=action, redelivery_on=day))
    item = scene.item(key)
    assert (item.status, item.attempts, item.not_before_on) == (status, 1, day)
    assert item.holder_courier_id == scene.couriers[0].id
    with scene.database.reading() as session:
        failed, then = service.item_history(session, scope=SYSTEM, item_id=key)[-2:]
        waiting = service.count_address_queue(session, scope=SYSTEM)
    assert (failed.kind, failed.hash) == (EventKind.ATTEMPT_FAILED, receipt.event_hash)
    assert failed.data["reason"] == then.data["reason"] == reason.value
    assert waiting == (1 if action is NextAction.CORRECT_ADDRESS else 0)


def test_redelivery_brings_the_item_back_on_its_day_once_it_is_handed_back(scene: Scene) -> None:
    (key,) = scene.out()
    prove(scene, failure(key, redelivery_on=TODAY + timedelta(days=2)))
    scene.hand_back([key])
    with scene.database.reading() as session:
        days = [TODAY + timedelta(days=n) for n in range(4)]
        ready = [bool(service.ready_items(session, scope=SYSTEM, office_id=scene.office.id, on=day)) for day in days]
    assert ready == [False, False, True, True]


def test_a_late_failure_never_moves_a_delivered_item_back(scene: Scene) -> None:
    (key,) = scene.out()
    late = failure(key, occurred_at=NOW + timedelta(minutes=10))
    prove(scene, delivery(key))
    receipt = prove(scene, late)
    item = scene.item(key)
    assert (item.status, item.attempts) == (Status.DELIVERED, 1)
    assert "superseded" in receipt.flags
    with scene.database.reading() as session:
        last = service.item_history(session, scope=SYSTEM, item_id=key)[-1]
    assert (last.kind, last.status, last.data["superseded"]) == (EventKind.ATTEMPT_FAILED, Status.DELIVERED, True)
    assert last.hash == receipt.event_hash == item.last_hash


def test_two_failures_end_alike_in_both_orders(scene: Scene) -> None:
    ends = []
    for order in (1, -1):
        (key,) = scene.out()
        first = failure(key, occurred_at=NOW + timedelta(minutes=10))
        second = failure(
            key,
            occurred_at=NOW + timedelta(minutes=90),
            reason=FailureReason.REFUSED,
            action=NextAction.RETURN,
            redelivery_on=None,
        )
        for proof in (first, second)[::order]:
            prove(scene, proof)
        item = scene.item(key)
        ends.append((item.status, item.attempts, item.not_before_on))
    assert ends[0] == ends[1] == (Status.RETURNING, 2, None)


def test_a_delivery_the_same_day_after_a_failed_attempt(scene: Scene) -> None:
    (key,) = scene.out()
    prove(scene, failure(key, redelivery_on=TODAY))
    prove(scene, delivery(key, occurred_at=NOW + timedelta(hours=2)))
    item = scene.item(key)
    assert (item.status, item.attempts, item.holder_courier_id) == (Status.DELIVERED, 1, None)


def test_yesterdays_failure_does_not_stop_todays_round(scene: Scene) -> None:
    """Handed back before the phone had signal, planned again, out with another courier; then the old report comes."""
    (key,) = scene.out()
    scene.hand_back([key])
    late = failure(key, occurred_at=NOW + timedelta(minutes=10))
    scene.plan([key], courier=1)
    prove(scene, replace(late, proof_id=new_id()))
    assert scene.item(key).status is Status.PLANNED
    scene.take_out([key], courier=1, now=NOW + timedelta(days=1))
    receipt = prove(scene, late)
    item = scene.item(key)
    assert (item.status, item.attempts, item.holder_courier_id) == (Status.OUT, 2, scene.couriers[1].id)
    assert {"superseded", "held_by_another"} <= set(receipt.flags)


def test_a_failure_reported_after_the_hand_back_still_says_what_to_do(scene: Scene) -> None:
    (key,) = scene.out()
    scene.hand_back([key])
    prove(scene, failure(key, action=NextAction.HOLD, redelivery_on=None))
    assert scene.item(key).status is Status.HELD


def test_a_delivery_reported_after_the_hand_back_is_the_truth(scene: Scene) -> None:
    (key,) = scene.out()
    scene.hand_back([key])
    prove(scene, delivery(key))
    assert scene.item(key).status is Status.DELIVERED


def test_a_second_delivery_is_recorded_and_marked(scene: Scene) -> None:
    (key,) = scene.out()
    prove(scene, delivery(key))
    receipt = prove(scene, delivery(key))
    assert "superseded" in receipt.flags
    assert kinds(scene, key)[-2:] == [EventKind.ITEM_DELIVERED] * 2


def test_the_counter_hands_over_a_held_item(scene: Scene) -> None:
    (key,) = scene.out()
    prove(scene, failure(key, action=NextAction.HOLD, redelivery_on=None))
    scene.hand_back([key])
    prove(scene, delivery(key, occurred_at=NOW + timedelta(hours=2)), scope=scene.dispatcher)
    assert scene.item(key).status is Status.DELIVERED


def test_a_courier_who_forgot_to_scan_out_still_delivers(scene: Scene) -> None:
    (key,) = scene.planned()
    receipt = prove(scene, delivery(key))
    assert scene.item(key).status is Status.DELIVERED
    assert receipt.flags == ("not_taken_out",)


def test_a_proof_for_anothers_item_is_not_found_and_nothing_is_stored(scene: Scene) -> None:
    (key,) = scene.out(courier=0)
    before = snapshot(scene)
    agency = Scope(province_code=PROVINCE, actor="key:a", agency_id=scene.agency.id)
    elsewhere = Scope(province_code=PROVINCE, actor="user:d", office_ids=frozenset({scene.other_office.id}))
    for scope in (scene.courier_scope(1), scene.courier_scope(2), agency, elsewhere):
        refused = refusal(scene, delivery(key), scope=scope)
        assert (refused.code, refused.status) == ("T2102", 404)
    assert refusal(scene, delivery(uuid4())).code == "T2102"
    assert snapshot(scene) == before
    prove(scene, delivery(key))


BAD: list[tuple[dict[str, Any], str]] = [
    ({"occurred_at": datetime(2026, 11, 20, 9, 0)}, "C1001"),  # noqa: DTZ001  that is the fault
    ({"proof_id": uuid4()}, "T2109"),
    ({"recipient_name": " "}, "T2107"),
    ({"recipient_name": None}, "T2107"),
    ({"recipient_name": "x" * 201}, "T1008"),
    ({"note": "\x00"}, "T1022"),
    ({"reason": FailureReason.ABSENT}, "T2110"),
    ({"identity_kind": "cccd", "identity_last4": "12345"}, "T2106"),
    ({"identity_kind": "cccd", "identity_last4": "١٢٣٤"}, "T2106"),
    ({"identity_kind": "cccd", "identity_last4": "079188001234"}, "T2106"),
    ({"identity_last4": "1234"}, "T1001"),
    ({"money_vnd": -1}, "T2117"),
    ({"papers_taken_back": 1000}, "T2117"),
    ({"accuracy_m": float("nan")}, "T2117"),
    ({"clock_offset_s": float("inf")}, "T2117"),
    ({"point": LonLat(lon=float("nan"), lat=0)}, "T2117"),
    ({"files": (FileClaim(sha256="A" * 64, kind="photo", bytes_count=1),)}, "T2111"),
    ({"files": (FileClaim(sha256="a" * 64, kind="photo", bytes_count=0),)}, "T2111"),
    ({"files": (FileClaim(sha256="a" * 64, kind="photo", bytes_count=1),) * 2}, "T2111"),
    ({"files": tuple(FileClaim(sha256=f"{n:064x}", kind="photo", bytes_count=1) for n in range(11))}, "T2111"),
]
BAD_FAILURES: list[tuple[dict[str, Any], str]] = [
    ({"reason": None}, "T2103"),
    ({"action": None}, "T2103"),
    ({"action": NextAction.RETURN}, "T2104"),
    ({"redelivery_on": None}, "T2105"),
    ({"redelivery_on": TODAY - timedelta(days=1)}, "T2105"),
    ({"redelivery_on": TODAY + timedelta(days=15)}, "T2105"),
]


@pytest.mark.parametrize(("change", "code"), BAD)
def test_what_is_no_proof_of_delivery_is_refused(scene: Scene, change: dict[str, Any], code: str) -> None:
    (key,) = scene.out()
    assert [p.code for p in refusal(scene, delivery(key, **change)).problems] == [code]
    assert scene.item(key).status is Status.OUT


@pytest.mark.parametrize(("change", "code"), BAD_FAILURES)
def test_what_is_no_failed_attempt_is_refused(scene: Scene, change: dict[str, Any], code: str) -> None:
    (key,) = scene.out()
    assert [p.code for p in refusal(scene, failure(key, **change)).problems] == [code]


def test_all_problems_of_a_proof_come_at_once(scene: Scene) -> None:
    (key,) = scene.out()
    bad = delivery(key, recipient_name="", money_vnd=-1, identity_kind="cccd", identity_last4="x")
    assert {p.code for p in refusal(scene, bad).problems} == {"T2107", "T2117", "T2106"}


FLAGS: list[tuple[dict[str, Any], str]] = [
    ({"occurred_at": LATER + timedelta(minutes=3)}, "future_time"),
    ({"clock_offset_s": 400.0}, "clock_skewed"),
    ({"position_age_s": 601.0}, "old_position"),
    ({"point": LonLat(lon=106.75, lat=10.78)}, "far_from_address"),
    ({"point": None}, "no_position"),
    ({"money_vnd": 5}, "other_amount"),
]


@pytest.mark.parametrize(("change", "flag"), FLAGS)
def test_what_looks_odd_is_flagged_and_accepted(scene: Scene, change: dict[str, Any], flag: str) -> None:
    (key,) = scene.out()
    receipt = prove(scene, delivery(key, **change))
    assert receipt.flags == (flag,)
    assert scene.item(key).status is Status.DELIVERED
    with scene.database.reading() as session:
        assert service.item_history(session, scope=SYSTEM, item_id=key)[-1].data["flags"] == [flag]


def test_a_paper_for_the_addressee_alone_given_to_another_is_flagged(scene: Scene) -> None:
    (key,) = scene.out(in_person=True)
    assert prove(scene, delivery(key, relation="spouse")).flags == ("not_in_person",)


def test_the_devices_clock_is_set_right_by_its_offset(scene: Scene) -> None:
    (key,) = scene.out()
    fast = delivery(key, occurred_at=NOW + timedelta(days=2, hours=1), clock_offset_s=2 * 86_400.0)
    assert prove(scene, fast).flags == ("clock_skewed",)
    with scene.database.reading() as session:
        event = service.item_history(session, scope=SYSTEM, item_id=key)[-1]
    assert event.occurred_at == NOW + timedelta(hours=1)


def test_a_time_in_the_future_counts_as_now(scene: Scene) -> None:
    (key,) = scene.out()
    prove(scene, delivery(key, occurred_at=LATER + timedelta(days=400)))
    with scene.database.reading() as session:
        assert service.item_history(session, scope=SYSTEM, item_id=key)[-1].occurred_at == LATER


def test_of_an_identity_paper_only_last_digits_and_a_keyed_hash_are_kept(scene: Scene) -> None:
    (key,) = scene.out()
    proof = delivery(key, identity_kind="cccd", identity_last4="1234", recipient_name=" Nguyễn  Thị Bích NGỌC ")
    prove(scene, proof, key=b"secret")
    with scene.database.reading() as session:
        row = session.execute(text("SELECT identity_last4, identity_hash, recipient_name FROM proofs")).one()
    assert row.identity_last4 == "1234"
    assert row.identity_hash == keyed_hash(b"secret", "cccd", "1234", "nguyen thi bich ngoc")
    assert row.recipient_name == "Nguyễn Thị Bích NGỌC"


def test_a_fault_after_the_events_leaves_nothing(scene: Scene) -> None:
    (key,) = scene.out()
    before = snapshot(scene)
    with pytest.raises(RuntimeError, match="power"):
        _prove_and_fail(scene, delivery(key))
    assert snapshot(scene) == before


def _prove_and_fail(scene: Scene, proof: ProofInput) -> None:
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=LATER)
        raise RuntimeError("power cut")


def test_a_late_upload_may_name_a_day_that_has_passed(scene: Scene) -> None:
    """Redelivery tomorrow, told three days later: the day was right when it was set."""
    (key,) = scene.out()
    prove(scene, failure(key, redelivery_on=TODAY + timedelta(days=1)), now=NOW + timedelta(days=3))
    assert scene.item(key).not_before_on == TODAY + timedelta(days=1)


def test_distance_to_the_door_allows_for_both_errors(scene: Scene) -> None:
    """About 1.1 km off: the address is good to 900 m, so 300 m of slack keep it silent."""
    (key,) = scene.out()
    near = LonLat(lon=DOOR.lon, lat=DOOR.lat + 0.0105)
    assert prove(scene, delivery(key, point=near)).flags == ()


def refusal(scene: Scene, proof: ProofInput, scope: Scope | None = None) -> CodedError:
    with pytest.raises(CodedError) as refused:
        prove(scene, proof, scope=scope)
    return refused.value
