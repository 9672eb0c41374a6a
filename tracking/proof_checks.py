"""What must hold in a proof, what only looks odd, and its digest. Pure."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from core.clock import NO_OFFSET, aware, local_date
from core.errors import CodedError, Problem, fail, problem
from geodata.model import LonLat
from geodata.straight_line import distance_m
from tracking import errors, fields
from tracking.canonical import canonical
from tracking.errors_custody import CHECKLIST_WRONG, OUTCOME_OF_OTHER_LEG
from tracking.model import ALLOWED_ACTIONS, Item, NextAction, ProofInput
from tracking.reasons import action_after

FILE_LIMIT = 10
FILE_BYTES_LIMIT = 10 * 1024 * 1024
REDELIVERY_DAYS = 14

# What older phones do not say: left out of the digest unless said, so that their proofs keep theirs.
_NEWER = frozenset({"checklist", "seal", "authorisation", "otp"})
_SALTED = "hmac:"
PAPERS_LIMIT = 50

_SHA256 = re.compile(r"^[0-9a-f]{64}$")
_LAST4 = re.compile(r"^[0-9]{4}$")
_TEXT_LIMITS = {"recipient_name": 200, "relation": 40, "identity_kind": 40, "note": 1000, "app_version": 60, "seal": 40}
_TEN_YEARS_S = 10 * 365 * 86_400.0
_NUMBERS: dict[str, tuple[float, float]] = {
    "papers_taken_back": (0, 999),
    "money_vnd": (0, 1e11),
    "clock_offset_s": (-_TEN_YEARS_S, _TEN_YEARS_S),
    "accuracy_m": (0, 1e7),
    "position_age_s": (0, _TEN_YEARS_S),
}

_FUTURE_SLACK = timedelta(minutes=2)
_SKEWED_S = 300
_OLD_POSITION_S = 600
_NEAR_M = 300


def check_proof(proof: ProofInput, *, now: datetime) -> None:
    """Refuse what cannot be a proof, with every problem at once.

    Raises:
        CodedError: C1001, T1008, T1022 and T2103 to T2117.
    """
    found = [*_form(proof), *_outcome(proof, now), *_numbers(proof), *_texts(proof), *_files(proof)]
    if found:
        raise CodedError(found)


def proof_digest(proof: ProofInput, salt: str | None) -> str:
    """HMAC-SHA-256 under the proof's own salt over the canonical JSON of everything the phone said; one instant has
    one form.

    It stands in an event, which agencies get and which outlives what identifies people. The rest of what it covers is
    known to them, so without the salt a name and four digits could be found by trying; the salt stands beside the
    chain and goes with the erasure. `salt` None: as older proofs have it, a bare SHA-256.
    """
    said = {name: value for name, value in asdict(proof).items() if value or name not in _NEWER}
    content: dict[str, Any] = said | {
        "proof_id": str(proof.proof_id),
        "item_id": str(proof.item_id),
        "occurred_at": aware(proof.occurred_at).isoformat(),
        "redelivery_on": proof.redelivery_on and proof.redelivery_on.isoformat(),
        "files": sorted(([f.sha256, f.kind, f.bytes_count] for f in proof.files), key=str),
    }
    if salt is None:
        return hashlib.sha256(canonical(content)).hexdigest()
    return _SALTED + hmac.new(bytes.fromhex(salt), canonical(content), hashlib.sha256).hexdigest()


def says_the_same(proof: ProofInput, digest: str, salt: str | None) -> bool:
    """Whether a proof repeats the recorded one. One whose salt is erased cannot be compared any more: it ended long
    ago, nothing of it is written again, and the phone gets the receipt that lets it forget.
    """
    if not digest.startswith(_SALTED):
        return proof_digest(proof, None) == digest
    return salt is None or proof_digest(proof, salt) == digest


def happened_at(proof: ProofInput, now: datetime) -> datetime:
    """When it happened by the server's clock: the device's time less its offset, never after now."""
    offset = timedelta(seconds=proof.clock_offset_s or 0.0)
    return min(aware(proof.occurred_at) - offset, now)


def flags_of(proof: ProofInput, item: Item, now: datetime) -> list[str]:
    """What looks odd. A proof is never refused for it: the paper has changed hands, and people look at the flags."""
    offset = timedelta(seconds=proof.clock_offset_s or 0.0)
    is_delivered = proof.outcome == "delivered"
    checks = {
        "future_time": aware(proof.occurred_at) - offset > now + _FUTURE_SLACK,
        "clock_skewed": abs(proof.clock_offset_s or 0.0) > _SKEWED_S,
        "old_position": (proof.position_age_s or 0.0) > _OLD_POSITION_S,
        "far_from_address": _is_far(proof, item),
        "no_position": proof.point is None,
        "not_taken_out": item.out_at is None and item.leg == "return",
        "other_amount": is_delivered and proof.money_vnd != item.cod_vnd,
    }
    return [name for name, is_odd in checks.items() if is_odd]


def _is_far(proof: ProofInput, item: Item) -> bool:
    if proof.point is None or item.point is None:
        return False
    slack_m = _NEAR_M + (item.error_m or 0) + (proof.accuracy_m or 0.0)
    return distance_m(proof.point, item.point) > slack_m


def _form(proof: ProofInput) -> Iterator[Problem]:
    if proof.proof_id.version != 7:
        yield problem(errors.PROOF_ID_NOT_V7, pointer="proof_id")
    if proof.occurred_at.tzinfo is None:
        yield problem(NO_OFFSET, pointer="occurred_at", value=proof.occurred_at.isoformat())
    if proof.identity_last4 is not None and not _LAST4.match(proof.identity_last4):
        yield problem(errors.IDENTITY_WRONG, pointer="identity_last4")
    if proof.identity_last4 is not None and not proof.identity_kind:
        yield problem(errors.MISSING_VALUE, pointer="identity_kind", field="identity_kind")


def _outcome(proof: ProofInput, now: datetime) -> Iterator[Problem]:
    if proof.outcome != "attempt_failed":
        if not (proof.recipient_name or "").strip():
            yield problem(errors.RECIPIENT_MISSING, pointer="recipient_name")
        if proof.reason is not None or proof.action is not None or proof.redelivery_on is not None:
            yield problem(errors.FAILURE_FIELDS_ON_DELIVERY, pointer="reason")
        if proof.outcome == "collected":
            yield from _collected(proof)
        return
    if proof.reason is None or proof.action is None:
        yield problem(errors.REASON_MISSING, pointer="reason")
        return
    allowed = ALLOWED_ACTIONS[proof.reason]
    if action_after(proof.reason, proof.action) not in allowed:
        yield problem(
            errors.ACTION_NOT_ALLOWED,
            pointer="action",
            reason=proof.reason.value,
            action=proof.action.value,
            allowed=", ".join(sorted(allowed)),
        )
    yield from _redelivery(proof, now)


def _collected(proof: ProofInput) -> Iterator[Problem]:
    """What both counted at the citizen's table, and the seal it was closed with before the citizen's eyes."""
    papers = proof.checklist
    well_said = all(
        paper.name.strip()
        and len(paper.name) <= _TEXT_LIMITS["recipient_name"]
        and fields.is_printable(paper.name)
        and 0 <= paper.originals <= 999
        and 0 <= paper.copies <= 999
        and paper.originals + paper.copies > 0
        for paper in papers
    )
    if not papers or len(papers) > PAPERS_LIMIT or not well_said:
        yield problem(CHECKLIST_WRONG, pointer="checklist", limit=PAPERS_LIMIT)
    if not (proof.seal or "").strip():
        yield problem(errors.MISSING_VALUE, pointer="seal", field="seal")


def check_leg(proof: ProofInput, item: Item) -> None:
    """Refuse a delivery of what is to be collected, and the other way round.

    Raises:
        CodedError: T2118.
    """
    legs = {"delivered": "return", "collected": "collect"}
    if legs.get(proof.outcome, item.leg) != item.leg:
        raise fail(OUTCOME_OF_OTHER_LEG, pointer="outcome", outcome=proof.outcome, leg=item.leg)


def _redelivery(proof: ProofInput, now: datetime) -> Iterator[Problem]:
    """The day counts from the attempt, which a late upload may tell of days afterwards."""
    day = proof.redelivery_on
    if proof.action is not NextAction.REDELIVER or proof.occurred_at.tzinfo is None:
        return
    first = min(local_date(proof.occurred_at), local_date(now))
    if day is None or not first <= day <= local_date(now) + timedelta(days=REDELIVERY_DAYS):
        value = day.isoformat() if day else "—"
        yield problem(errors.REDELIVERY_DAY_WRONG, pointer="redelivery_on", value=value, limit=REDELIVERY_DAYS)


def _numbers(proof: ProofInput) -> Iterator[Problem]:
    for field, (low, high) in _NUMBERS.items():
        value = getattr(proof, field)
        if value is not None and not low <= value <= high:
            yield problem(errors.PROOF_NUMBERS_WRONG, pointer=field, field=field, value=value)
    if proof.point is not None and not is_on_earth(proof.point):
        value = f"{proof.point.lon}, {proof.point.lat}"
        yield problem(errors.PROOF_NUMBERS_WRONG, pointer="point", field="point", value=value)


def is_on_earth(point: LonLat) -> bool:
    """Whether both degrees are in range; false for NaN."""
    return -180 <= point.lon <= 180 and -90 <= point.lat <= 90


def _texts(proof: ProofInput) -> Iterator[Problem]:
    for field, limit in _TEXT_LIMITS.items():
        text = getattr(proof, field) or ""
        if not fields.is_printable(text):
            yield problem(errors.TEXT_NOT_PRINTABLE, pointer=field, field=field)
        elif len(text) > limit:
            yield problem(errors.TEXT_TOO_LONG, pointer=field, field=field, limit=limit)


def _files(proof: ProofInput) -> Iterator[Problem]:
    hashes = [claim.sha256 for claim in proof.files]
    well_formed = all(_SHA256.match(c.sha256) and 1 <= c.bytes_count <= FILE_BYTES_LIMIT for c in proof.files)
    if len(hashes) > FILE_LIMIT or len(set(hashes)) < len(hashes) or not well_formed:
        yield problem(errors.FILE_CLAIM_WRONG, pointer="files", limit=FILE_LIMIT)
