"""What a procedure asks: told before the act with its code, a flag once it has happened, never a silent refusal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.tracking.office_scene import NOW, SYSTEM, Scene, delivery, failure
from tests.tracking.test_handovers import LATER, done, refusal
from tracking import service
from tracking.model import ProofInput, Status
from tracking.procedure_rules import otp_of, rule_of
from tracking.records import proof_record
from tracking.rule_values import Otp, ProcedureRule, Rule

KEY = b"k" * 32
LAND = "Cấp giấy chứng nhận quyền sử dụng đất"


def set_rule(scene: Scene, rule: Rule, procedure: str = LAND, agency_id: UUID | None = None) -> ProcedureRule:
    with scene.database.transaction() as session:
        return service.save_rule(session, scope=SYSTEM, agency_id=agency_id, procedure=procedure, rule=rule)


@pytest.mark.parametrize(
    ("rule", "changes", "code", "flag"),
    [
        (Rule(in_person=True), {"relation": "agent"}, "T2501", "not_in_person"),
        (Rule(authorised_agent=False), {"relation": "agent"}, "T2502", "agent_refused"),
        (Rule(written_authorisation=True), {"relation": "agent"}, "T2503", "authorisation_missing"),
        (Rule(identity=True), {}, "T2504", "identity_missing"),
        (Rule(slip_back=True), {}, "T2505", "slip_missing"),
        (Rule(otp=Otp.REQUIRED), {}, "T2506", "otp_missing"),
        (Rule(otp=Otp.OPTIONAL), {"otp": "wrong!"}, "T2507", "otp_wrong"),
    ],
)
def test_a_broken_rule_is_told_before_and_flagged_after(
    scene: Scene, rule: Rule, changes: dict[str, Any], code: str, flag: str
) -> None:
    set_rule(scene, rule)
    (key,) = scene.out()
    proof = replace(delivery(key), **changes)
    asked: dict[str, Any] = {"scope": scene.courier_scope(), "proof": proof, "now": LATER, "identity_key": KEY}
    assert [one.code for one in done(scene, service.problems_before, **asked)] == [code]
    receipt = done(scene, service.record_proof, **asked)
    assert flag in receipt.flags
    assert scene.item(key).status is Status.DELIVERED


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (Rule(in_person=True), {}),
        (Rule(written_authorisation=True), {"relation": "agent", "authorisation": True}),
        (Rule(identity=True), {"identity_kind": "citizen_card", "identity_last4": "1234"}),
        (Rule(slip_back=True), {"papers_taken_back": 1}),
        (Rule(otp=Otp.OPTIONAL), {}),
    ],
)
def test_a_kept_rule_says_nothing(scene: Scene, rule: Rule, changes: dict[str, Any]) -> None:
    set_rule(scene, rule)
    (key,) = scene.out()
    proof = replace(delivery(key), **changes)
    asked: dict[str, Any] = {"scope": scene.courier_scope(), "proof": proof, "now": LATER, "identity_key": KEY}
    assert done(scene, service.problems_before, **asked) == []
    assert done(scene, service.record_proof, **asked).flags == ()


def test_the_citizens_code_opens_the_door(scene: Scene) -> None:
    set_rule(scene, Rule(otp=Otp.REQUIRED))
    right, wrong = scene.out(2)
    code = otp_of(KEY, right)
    assert (len(code), code.isdigit()) == (6, True)
    asked: dict[str, Any] = {"scope": scene.courier_scope(), "now": LATER, "identity_key": KEY}
    assert done(scene, service.record_proof, proof=delivery(right, otp=code), **asked).flags == ()
    other = "000000" if otp_of(KEY, wrong) != "000000" else "000001"
    assert "otp_wrong" in done(scene, service.record_proof, proof=delivery(wrong, otp=other), **asked).flags
    with scene.database.reading() as session:
        from_phone = session.connection().exec_driver_sql("SELECT string_agg(p::text, '') FROM proofs p").scalar_one()
    assert f",{code}," not in from_phone, "the code itself is not kept"


def test_a_right_code_leaves_its_trace_in_event_and_proof_and_the_code_does_not(scene: Scene) -> None:
    set_rule(scene, Rule(otp=Otp.OPTIONAL))
    right, none, failed = scene.out(3)
    code = otp_of(KEY, right)
    asked: dict[str, Any] = {"scope": scene.courier_scope(), "now": LATER, "identity_key": KEY}
    for proof in (delivery(right, otp=code), delivery(none), failure(failed)):
        done(scene, service.record_proof, proof=proof, **asked)
    with scene.database.reading() as session:
        told = {key: service.item_history(session, scope=SYSTEM, item_id=key) for key in (right, none, failed)}
        query = "SELECT item_id, otp_checked FROM proofs"
        kept = {row.item_id: row.otp_checked for row in session.connection().exec_driver_sql(query)}
    assert [kept[key] for key in (right, none, failed)] == [True, False, None]
    assert [told[key][-1].data["otp_checked"] for key in (right, none)] == [True, False]
    assert all("otp_checked" not in event.data for event in told[failed])
    assert code not in str([event.data for event in told[right]])


def test_a_proof_from_before_stays_whole_and_no_trace_is_added_or_taken_away() -> None:
    before = {"id": "1", "seal": None}
    records = [proof_record(before | {"otp_checked": said}) for said in (None, True, False)]
    assert records[0] == proof_record(before)
    assert len(set(records)) == 3


def test_what_cannot_be_a_proof_is_told_with_the_rest(scene: Scene) -> None:
    set_rule(scene, Rule(identity=True))
    (key,) = scene.out()
    proof: ProofInput = replace(delivery(key), recipient_name=" ")
    asked = {"scope": scene.courier_scope(), "proof": proof, "now": LATER}
    assert [one.code for one in done(scene, service.problems_before, **asked)] == ["T2107", "T2504"]
    stranger = {"scope": scene.courier_scope(2), "proof": proof, "now": LATER}
    assert refusal(scene, service.problems_before, **stranger).code == "T2102"


def test_the_most_specific_rule_holds(scene: Scene) -> None:
    (key,) = scene.ready()
    item = scene.item(key)
    nobody, anywhere = None, ""
    steps = [
        (nobody, anywhere, Rule(slip_back=True)),
        (item.agency_id, anywhere, Rule(identity=True)),
        (nobody, item.procedure, Rule(in_person=True)),
        (item.agency_id, item.procedure.upper(), Rule(otp=Otp.REQUIRED)),
    ]
    for agency_id, procedure, rule in steps:
        set_rule(scene, rule, procedure, agency_id)
        set_rule(scene, Rule(), procedure, uuid4())
        with scene.database.reading() as session:
            assert service.rules_of_items(session, scope=SYSTEM, items=[item]) == {key: rule}


def test_a_rule_is_replaced_and_forgotten(scene: Scene) -> None:
    first = set_rule(scene, Rule(identity=True))
    second = set_rule(scene, Rule(slip_back=True), f" {LAND.upper()} ")
    assert (first.id, second.rule) == (second.id, Rule(slip_back=True))
    assert (first.written, second.written) == (LAND, LAND.upper())
    assert refusal(scene, _without_now(service.forget_rule), scope=scene.dispatcher, rule_id=first.id).code == "C1000"
    done(scene, _without_now(service.forget_rule), rule_id=first.id)
    assert refusal(scene, _without_now(service.forget_rule), rule_id=first.id).code == "C1000"
    with scene.database.reading() as session:
        assert service.list_rules(session, province_code=SYSTEM.province_code) == []


def test_a_rules_name_is_text(scene: Scene) -> None:
    save: dict[str, Any] = {"agency_id": None, "rule": Rule()}
    work = _without_now(service.save_rule)
    assert refusal(scene, work, procedure="x" * 501, **save).code == "T1008"
    assert refusal(scene, work, procedure="a\x00", **save).code == "T1022"


def test_without_a_rule_nothing_more_is_asked_than_before(scene: Scene) -> None:
    (key,) = scene.ready()
    assert rule_of([], scene.item(key)) == Rule()


def test_the_next_courier_reads_what_the_last_one_noted(scene: Scene) -> None:
    (key,) = scene.out()
    for hours, note in ((1, "Chó dữ, gọi trước"), (2, "Cổng sau"), (3, "  ")):
        at = NOW + timedelta(hours=hours)
        proof = failure(key, note=note, occurred_at=at)
        done(scene, service.record_proof, scope=scene.courier_scope(), proof=proof, now=at)
    with scene.database.reading() as session:
        assert service.door_notes(session, scope=SYSTEM, item_ids=[key]) == {key: "Cổng sau"}
        assert service.door_notes(session, scope=SYSTEM, item_ids=[]) == {}


def _without_now(work: Any) -> Any:
    def timeless(session: Any, *, now: Any, **values: Any) -> Any:
        assert now == NOW
        return work(session, **values)

    return timeless
