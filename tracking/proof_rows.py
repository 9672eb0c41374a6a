"""What a proof becomes: drafts of events for its item's chain, and its own row. Pure."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from core.clock import aware
from core.ids import new_id
from core.scope import Scope
from tracking import fields, handovers, store_custody
from tracking.events import Draft
from tracking.handover_values import Handover, HandoverKind
from tracking.lifecycle import ACTION_EVENT
from tracking.losses import loss_changes, loss_data
from tracking.model import EventKind, Item, NextAction, ProofInput
from tracking.privacy import keyed_hash
from tracking.reasons import action_after
from tracking.recall import CAUSE, ON_ITS_WAY

# Who has it now needs no courier, no bag and no other office.
_FREE = ("holder_courier_id", "to_office_id", "bagged_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A proof that will be written: when it happened by our clock, whether a newer one has overtaken it, its flags.
    `otp_checked`: whether the citizen's code was right; the code itself is kept nowhere.
    """

    scope: Scope
    proof: ProofInput
    item: Item
    digest: str
    salt: str
    at: datetime
    is_late: bool
    flags: tuple[str, ...]
    otp_checked: bool | None = None

    @property
    def action(self) -> NextAction | None:
        """What is done next after a failed attempt."""
        return action_after(self.proof.reason, self.proof.action)

    @property
    def is_loss(self) -> bool:
        """Whether the paper is lost by this report."""
        return self.action is NextAction.SEARCH and not self.is_late

    @property
    def goes_back(self) -> bool:
        """Whether the paper's agency wants it back and no courier is known to have it: a late report sends it nowhere
        else.
        """
        return self.item.recalled_at is not None and self.item.holder_courier_id is None and not self.is_loss


def drafts_of(judged: Judged, *, record: str) -> list[Draft]:
    """The event of the delivery or attempt, and after an attempt the one of its next action. `record` is the hash of
    the proof's row, which binds it to the event.
    """
    proof, courier_id = judged.proof, judged.scope.courier_id
    data: dict[str, Any] = {
        "proof_id": str(proof.proof_id),
        "courier_id": str(courier_id) if courier_id else None,
        "files": [claim.sha256 for claim in proof.files],
        "proof_digest": judged.digest,
        "proof_record": record,
        "flags": list(judged.flags),
    }
    if proof.outcome == "delivered":
        data |= {"relation": proof.relation, "money_vnd": proof.money_vnd, "papers_taken_back": proof.papers_taken_back}
        data["otp_checked"] = judged.otp_checked
        changes: dict[str, Any] = {} if judged.is_late else dict.fromkeys(_FREE)
        kind = EventKind.ITEM_DELIVERED
        return [_draft(judged, kind, data, changes, overtaken=judged.is_late)]
    if proof.outcome == "collected":
        data |= {"originals": _count(proof, "originals"), "copies": _count(proof, "copies"), "seal": proof.seal}
        mine = dict.fromkeys(_FREE) | {"holder_courier_id": courier_id, "courier_id": courier_id, "plan_id": None}
        changes = {} if judged.is_late else mine
        return [_draft(judged, EventKind.DOSSIER_COLLECTED, data, changes, overtaken=judged.is_late)]
    return _failure_drafts(judged, data)


def _count(proof: ProofInput, what: Literal["originals", "copies"]) -> int:
    return sum(getattr(paper, what) for paper in proof.checklist)


def collection_of(judged: Judged, now: datetime) -> Handover:
    """The change of hands at the citizen's table; its event is the proof's own."""
    scope, item, proof = judged.scope, judged.item, judged.proof
    originals, copies = _count(proof, "originals"), _count(proof, "copies")
    return Handover(
        id=new_id(now),
        kind=HandoverKind.COLLECT,
        office_id=item.office_id,
        courier_id=scope.courier_id,
        giver=handovers.CITIZEN,
        receiver=handovers.courier(scope.courier_id) if scope.courier_id else handovers.office(item.office_id),
        item_ids=(item.id,),
        counted=originals + copies,
        seal=proof.seal,
        originals=originals,
        copies=copies,
        recorded_by=scope.actor,
        at=judged.at,
    )


def _failure_drafts(judged: Judged, data: dict[str, Any]) -> list[Draft]:
    item, proof = judged.item, judged.proof
    next_step = {
        "reason": proof.reason,
        "action": judged.action,
        "redelivery_on": proof.redelivery_on.isoformat() if proof.redelivery_on else None,
    }
    changes: dict[str, Any] = {"attempts": item.attempts + 1}
    if not judged.is_late:
        changes |= {"last_attempt_at": judged.at, "last_attempt_id": proof.proof_id}
    told = data | next_step | {"attempt": item.attempts + 1}
    failed = _draft(judged, EventKind.ATTEMPT_FAILED, told, changes, overtaken=judged.is_late)
    if judged.is_late or judged.action is None:
        return [failed]
    data = {"proof_id": str(proof.proof_id)} | next_step
    then: dict[str, Any] = {"not_before_on": proof.redelivery_on, "to_office_id": None}
    if judged.goes_back:
        return [failed, _draft(judged, EventKind.RETURN_STARTED, data | {"cause": CAUSE}, dict(ON_ITS_WAY))]
    if judged.is_loss:
        data, then = data | loss_data(item, judged.scope.courier_id), loss_changes()
    return [failed, _draft(judged, ACTION_EVENT[judged.action], data, then)]


def _draft(
    judged: Judged, kind: EventKind, data: dict[str, Any], changes: dict[str, Any], *, overtaken: bool = False
) -> Draft:
    return Draft(
        item=judged.item,
        kind=kind,
        occurred_at=judged.at,
        data=data,
        changes=changes,
        overtaken=overtaken,
        actor=judged.scope.actor,
    )


def columns_of(judged: Judged, *, now: datetime, identity_key: bytes | None) -> dict[str, Any]:
    """The proof's row, but for what binds it to its event. `identity_key`: the server's secret for the keyed hash;
    without it no hash is kept.
    """
    scope, proof = judged.scope, judged.proof
    return {
        "province_code": scope.province_code,
        "id": proof.proof_id,
        "item_id": proof.item_id,
        "courier_id": scope.courier_id,
        "outcome": proof.outcome,
        "reason": proof.reason,
        "action": judged.action,
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
        "otp_checked": judged.otp_checked,
        "flags": list(judged.flags),
        "files": store_custody.claims_as_json(proof.files),
        "digest": judged.digest,
        "personal_salt": judged.salt,
    }


def _identity_hash(proof: ProofInput, key: bytes | None) -> str | None:
    """Binds kind, last digits and name under the server's key: a later claim can be checked, nothing can be guessed."""
    if key is None or proof.identity_last4 is None:
        return None
    name = fields.folded(proof.recipient_name or "")
    return keyed_hash(key, proof.identity_kind or "", proof.identity_last4, name)
