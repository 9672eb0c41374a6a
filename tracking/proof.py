"""Recording what a courier says: idempotent on the phone's own proof id, safe against late and double uploads."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import fail
from core.ids import new_id, receipt_code
from core.scope import Scope
from tracking import (
    doors,
    errors,
    events,
    fields,
    handovers,
    money,
    store,
    store_custody,
    store_handovers,
    store_intake,
)
from tracking.events import Draft
from tracking.handover_values import Handover, HandoverKind
from tracking.lifecycle import ACTION_EVENT, ENDS
from tracking.model import EventKind, FileState, Item, NextAction, ProofInput, Receipt, Status
from tracking.privacy import keyed_hash
from tracking.proof_checks import check_leg, check_proof, flags_of, happened_at, proof_digest
from tracking.store_custody import StoredProof

REPORTED_BY_COURIER = "reported_by_courier"
SUPERSEDED = "superseded"
HELD_BY_ANOTHER = "held_by_another"

# A device clock without a known offset may be this much behind when the first attempt follows the scan-out at once.
_CLOCK_SLACK = timedelta(minutes=30)


def record_proof(
    session: Session, *, scope: Scope, proof: ProofInput, now: datetime, identity_key: bytes | None = None
) -> Receipt:
    """Put a proof into the chain of its item and, after a failed attempt, do its next action: one transaction.

    The same proof again gives the same receipt. A late report that a newer one has overtaken goes into the chain
    with `superseded`, and the state stays. `identity_key` is the server's secret for the keyed hash of the identity
    paper's last digits; without it no hash is kept.

    Raises:
        CodedError: T2101 when the id stands with other content, T2102 when the item is not the caller's, and all that
            `proof_checks.check_proof` refuses.
    """
    now = aware(now)
    check_proof(proof, now=now)
    store_custody.lock_proof(session, scope.province_code, proof.proof_id)
    item = store.lock_any_item(session, scope.province_code, proof.item_id)
    if item is None or not may_prove(session, scope, item):
        raise fail(errors.PROOF_FOREIGN_ITEM, pointer="item_id")
    check_leg(proof, item)
    digest = proof_digest(proof)
    known = store_custody.find_proof(session, scope.province_code, proof.proof_id)
    if known is None:
        known = _write(session, scope, item, proof, digest, now, identity_key)
    elif known.digest != digest:
        raise fail(errors.PROOF_OTHER_CONTENT, pointer="proof_id", proof_id=proof.proof_id)
    return _receipt(session, scope.province_code, known)


def may_prove(session: Session, scope: Scope, item: Item) -> bool:
    """Whether the caller may say what happened to the item: its office's staff, or a courier who has or had it."""
    if scope.agency_id is not None:
        return False
    if scope.courier_id is None:
        return scope.sees_office(item.office_id)
    if scope.courier_id in (item.holder_courier_id, item.courier_id):
        return True
    return store_handovers.had_in_hands(session, scope.province_code, scope.courier_id, item.id)


def is_overtaken(item: Item, proof: ProofInput, courier_id: UUID | None, at: datetime) -> bool:
    """Whether a newer report or a later round makes this one history that no longer moves the item.

    A delivery is overtaken only by an end, a collection also by another. An attempt also by an attempt that happened
    later, by another courier having the paper by now, by a plan made after a round, by a scan-out or an arrival at an
    office after it, and while the paper is lost or in a bag.
    """
    if item.status in ENDS or item.status is Status.COLLECTED:
        return True
    if proof.outcome != "attempt_failed":
        return False
    newest = (item.last_attempt_at, item.last_attempt_id)
    is_older = newest[0] is not None and newest[1] is not None and (at, proof.proof_id) <= newest
    is_anothers = courier_id is not None and item.holder_courier_id not in (None, courier_id)
    is_gone = item.status is Status.LOST or item.bagged_at is not None
    if is_older or is_anothers or is_gone:
        return True
    if item.status is Status.PLANNED:
        return item.out_at is not None or courier_id not in (None, item.courier_id)
    moved_at = [moment for moment in (item.out_at, item.received_at) if moment is not None]
    return bool(moved_at) and at < max(moved_at) - _CLOCK_SLACK


def _write(
    session: Session,
    scope: Scope,
    item: Item,
    proof: ProofInput,
    digest: str,
    now: datetime,
    identity_key: bytes | None,
) -> StoredProof:
    at = happened_at(proof, now)
    is_late = is_overtaken(item, proof, scope.courier_id, at)
    flags = flags_of(proof, item, now) + [SUPERSEDED] * is_late
    if scope.courier_id is not None and item.holder_courier_id not in (None, scope.courier_id):
        flags.append(HELD_BY_ANOTHER)
    drafts = _drafts(item, proof, scope.courier_id, at, digest, flags, is_late=is_late)
    recorded = events.record_events(session, drafts, now=now, actor=scope.actor)
    if not is_late and proof.action is NextAction.CORRECT_ADDRESS:
        _queue_address(session, item, now)
    columns = _columns(scope, proof, digest, flags, now, identity_key) | {"event_hash": recorded[0].hash}
    store_custody.insert_proof(session, columns)
    money.book_door(
        session,
        item=item,
        proof_id=proof.proof_id,
        courier_id=scope.courier_id,
        collected_vnd=proof.money_vnd,
        delivered=proof.outcome == "delivered" and not is_late,
        at=at,
        now=now,
        actor=scope.actor,
    )
    if proof.outcome == "collected" and not is_late:
        _hand_over(session, scope, item, proof, at, now)
    if not is_late:
        doors.learn_from_delivery(session, item=item, proof=proof, at=at, actor=scope.actor, now=now)
    return StoredProof(
        id=proof.proof_id,
        item_id=item.id,
        digest=digest,
        event_hash=recorded[0].hash,
        recorded_at=now,
        flags=tuple(flags),
        files=proof.files,
        outcome=proof.outcome,
    )


def _drafts(
    item: Item,
    proof: ProofInput,
    courier_id: UUID | None,
    at: datetime,
    digest: str,
    flags: list[str],
    *,
    is_late: bool,
) -> list[Draft]:
    data: dict[str, Any] = {
        "proof_id": str(proof.proof_id),
        "courier_id": str(courier_id) if courier_id else None,
        "files": [claim.sha256 for claim in proof.files],
        "proof_digest": digest,
        "flags": flags,
    }
    if proof.outcome == "delivered":
        data |= {"relation": proof.relation, "money_vnd": proof.money_vnd, "papers_taken_back": proof.papers_taken_back}
        changes: dict[str, Any] = {} if is_late else {"holder_courier_id": None}
        kind = EventKind.ITEM_DELIVERED
        return [Draft(item=item, kind=kind, occurred_at=at, data=data, changes=changes, overtaken=is_late)]
    if proof.outcome == "collected":
        data |= {"originals": _count(proof, "originals"), "copies": _count(proof, "copies"), "seal": proof.seal}
        changes = {} if is_late else {"holder_courier_id": courier_id, "courier_id": courier_id}
        kind = EventKind.DOSSIER_COLLECTED
        return [Draft(item=item, kind=kind, occurred_at=at, data=data, changes=changes, overtaken=is_late)]
    return _failure_drafts(item, proof, at, data, is_late=is_late)


def _count(proof: ProofInput, what: Literal["originals", "copies"]) -> int:
    return sum(getattr(paper, what) for paper in proof.checklist)


def _hand_over(session: Session, scope: Scope, item: Item, proof: ProofInput, at: datetime, now: datetime) -> None:
    """The change of hands at the citizen's table; its event is the proof's own."""
    taker = handovers.courier(scope.courier_id) if scope.courier_id else handovers.office(item.office_id)
    handover = Handover(
        id=new_id(now),
        kind=HandoverKind.COLLECT,
        office_id=item.office_id,
        courier_id=scope.courier_id,
        giver=handovers.CITIZEN,
        receiver=taker,
        item_ids=(item.id,),
        counted=_count(proof, "originals") + _count(proof, "copies"),
        seal=proof.seal,
        originals=_count(proof, "originals"),
        copies=_count(proof, "copies"),
        recorded_by=scope.actor,
        at=at,
    )
    store_handovers.insert_handover(session, scope.province_code, handover)


def _failure_drafts(item: Item, proof: ProofInput, at: datetime, data: dict[str, Any], *, is_late: bool) -> list[Draft]:
    next_step = {
        "reason": proof.reason,
        "action": proof.action,
        "redelivery_on": proof.redelivery_on.isoformat() if proof.redelivery_on else None,
    }
    changes: dict[str, Any] = {"attempts": item.attempts + 1}
    if not is_late:
        changes |= {"last_attempt_at": at, "last_attempt_id": proof.proof_id}
    failed = Draft(
        item=item,
        kind=EventKind.ATTEMPT_FAILED,
        occurred_at=at,
        data=data | next_step | {"attempt": item.attempts + 1},
        changes=changes,
        overtaken=is_late,
    )
    if is_late or proof.action is None:
        return [failed]
    then = Draft(
        item=item,
        kind=ACTION_EVENT[proof.action],
        occurred_at=at,
        data={"proof_id": str(proof.proof_id)} | next_step,
        changes={"not_before_on": proof.redelivery_on},
    )
    return [failed, then]


def _queue_address(session: Session, item: Item, now: datetime) -> None:
    entry = {
        "province_code": item.province_code,
        "item_id": item.id,
        "address": item.address,
        "reason": REPORTED_BY_COURIER,
        "candidates": [],
        "created_at": now,
    }
    store_intake.queue_addresses(session, [entry])


def _columns(
    scope: Scope, proof: ProofInput, digest: str, flags: list[str], now: datetime, identity_key: bytes | None
) -> dict[str, Any]:
    return {
        "province_code": scope.province_code,
        "id": proof.proof_id,
        "item_id": proof.item_id,
        "courier_id": scope.courier_id,
        "outcome": proof.outcome,
        "reason": proof.reason,
        "action": proof.action,
        "redelivery_on": proof.redelivery_on,
        "recipient_name": fields.name(proof.recipient_name) if proof.recipient_name else None,
        "relation": proof.relation,
        "identity_kind": proof.identity_kind,
        "identity_last4": proof.identity_last4,
        "identity_hash": _identity_hash(proof, identity_key),
        "papers_taken_back": proof.papers_taken_back,
        "money_vnd": proof.money_vnd,
        "occurred_at": aware(proof.occurred_at),
        "recorded_at": now,
        "clock_offset_s": proof.clock_offset_s,
        "lon": proof.point.lon if proof.point else None,
        "lat": proof.point.lat if proof.point else None,
        "accuracy_m": proof.accuracy_m,
        "position_age_s": proof.position_age_s,
        "app_version": proof.app_version,
        "note": proof.note,
        "checklist": [asdict(paper) for paper in proof.checklist] or None,
        "seal": proof.seal,
        "authorisation": proof.authorisation,
        "flags": flags,
        "files": store_custody.claims_as_json(proof.files),
        "digest": digest,
    }


def _identity_hash(proof: ProofInput, key: bytes | None) -> str | None:
    """Binds kind, last digits and name under the server's key: a later claim can be checked, nothing can be guessed."""
    if key is None or proof.identity_last4 is None:
        return None
    name = fields.folded(proof.recipient_name or "")
    return keyed_hash(key, proof.identity_kind or "", proof.identity_last4, name)


def _receipt(session: Session, province_code: str, proof: StoredProof) -> Receipt:
    here = store_custody.stored_files(session, province_code, proof.id) if proof.files else {}
    states: dict[str, FileState] = {f.sha256: "stored" if f.sha256 in here else "awaited" for f in proof.files}
    return Receipt(
        proof_id=proof.id,
        item_id=proof.item_id,
        recorded_at=proof.recorded_at,
        event_hash=proof.event_hash,
        files=states,
        flags=proof.flags,
        receipt_code=receipt_code(proof.id) if proof.outcome == "collected" else None,
    )
