"""An item's evidence on A4, by typst with the project's own fonts; Vietnamese or English."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from api.evidence.words import ACTION, FAULT, FILE_KIND, FILE_STATE, FLAG, OTP, PARTY, RELATION, SUFFIX
from api.pages.texts import EVENT, REASON, STATUS
from core.blobs import BlobStore
from core.clock import VIETNAM
from core.text import grouped
from routing.sheets.typeset import typeset
from tracking import service
from tracking.model import Event, EventKind, FailureReason
from tracking.privacy import mask_name
from tracking.seals import told_data
from tracking.service import Evidence, EvidenceFile, EvidenceProof, Inclusion, Moment

_TEMPLATE = Path(__file__).parent / "evidence.typ"
_OUTCOME_EVENT = {"delivered": "item_delivered", "attempt_failed": "attempt_failed", "collected": "dossier_collected"}


def evidence_pdf(
    evidence: Evidence, *, blobs: BlobStore, language: str, made_at: datetime, masked: bool = False
) -> bytes:
    """The paper as PDF. A picture that cannot be read is named with its hash, and the paper is made all the same."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        proofs = [_proof(proof, blobs, folder, language) for proof in evidence.proofs]
        data = _data(evidence, proofs, language, made_at, masked=masked)
        try:
            return typeset(_TEMPLATE.read_bytes(), data, folder=folder, made_at=made_at)
        except typst.TypstError:
            for file in [file for proof in proofs for file in proof["files"] if file["path"]]:
                if not _is_readable(file["path"], folder):
                    file |= {"path": "", "state": FILE_STATE[language]["unreadable"]}
            return typeset(_TEMPLATE.read_bytes(), data, folder=folder, made_at=made_at)


def _is_readable(path: str, folder: Path) -> bool:
    try:
        typeset(f'#image("{path}")'.encode(), {}, folder=folder)
    except typst.TypstError:
        return False
    return True


def _data(
    evidence: Evidence, proofs: list[dict[str, Any]], language: str, made_at: datetime, *, masked: bool
) -> dict[str, Any]:
    item = evidence.item
    return {
        "language": language,
        "code": item.item_code,
        "id": str(item.id),
        "dossiers": list(item.dossier_codes),
        "procedure": item.procedure,
        "agency": evidence.agency,
        "office": evidence.office,
        "addressee": mask_name(item.addressee.name) if masked else item.addressee.name,
        "address": item.address,
        "due": f"{item.due_on:%d/%m/%Y}",
        "papers": item.papers,
        "status": STATUS[language][item.status],
        "made_at": _moment(made_at),
        "last_hash": item.last_hash,
        "faults": [f"{fault.seq} ({FAULT[language][fault.fault]})" for fault in evidence.faults],
        "events": [_event(moment, language, told_data(moment.event, item)) for moment in evidence.moments],
        "proofs": proofs,
        "inclusion": _inclusion(evidence.inclusion) if evidence.inclusion is not None else None,
    }


def _event(moment: Moment, language: str, told: Mapping[str, Any]) -> dict[str, Any]:
    event = moment.event
    party = moment.holder.partition(":")[0]
    named = moment.holder_name if moment.holder_name != moment.holder else ""
    return {
        "seq": event.seq,
        "at": _moment(event.occurred_at),
        "recorded": _moment(event.recorded_at),
        "what": EVENT[language][event.kind],
        "about": _about(event, language, told),
        "office": moment.office,
        "holder": PARTY[language][party],
        "holder_name": named,
        "hash": event.hash,
    }


def _about(event: Event, language: str, told: Mapping[str, Any]) -> str:
    """What an event says beyond its kind: the reason of an attempt, the seal, which earlier event it sets right."""
    parts = [REASON[language][FailureReason(told["reason"])]] if event.kind is EventKind.ATTEMPT_FAILED else []
    if told.get("seal"):
        parts.append(f"{'niêm phong' if language == 'vi' else 'seal'} {told['seal']}")
    if event.kind is EventKind.EVENT_CORRECTED:
        parts.append(f"{'mốc' if language == 'vi' else 'event'} {told['corrects_seq']}")
    return " · ".join(parts)


def _proof(proof: EvidenceProof, blobs: BlobStore, folder: Path, language: str) -> dict[str, Any]:
    point = proof.point
    return {
        "outcome": EVENT[language][EventKind(_OUTCOME_EVENT[proof.outcome])],
        "reason": REASON[language][FailureReason(proof.reason)] if proof.reason else "",
        "relation": RELATION[language].get(proof.relation or "", proof.relation or ""),
        "at": _moment(proof.occurred_at),
        "recorded": _moment(proof.recorded_at),
        "place": f"{point.lat:.6f}, {point.lon:.6f}" if point else "",
        "accuracy": round(proof.accuracy_m) if proof.accuracy_m is not None else 0,
        "flags": [FLAG[language].get(flag, flag) for flag in proof.flags],
        "action": ACTION[language][proof.action] if proof.action else "",
        "money": grouped(proof.money_vnd, language) if proof.money_vnd else "",
        "slips": proof.papers_taken_back,
        "otp": OTP[language][proof.otp_checked] if proof.otp_checked is not None else "",
        "seal": proof.seal or "",
        "event_hash": proof.event_hash,
        "record": proof.record or "",
        "receipt_code": proof.receipt_code or "",
        "files": [_file(file, blobs, folder, language) for file in proof.files],
    }


def _file(file: EvidenceFile, blobs: BlobStore, folder: Path, language: str) -> dict[str, Any]:
    state, data = service.read_file(blobs, file)
    path = ""
    if data is not None and file.stored is not None:
        path = f"{file.sha256}.{SUFFIX[file.stored.content_type]}"
        (folder / path).write_bytes(data)
    return {
        "kind": FILE_KIND[language][file.kind],
        "is_signature": file.kind == "signature",
        "sha256": file.sha256,
        "bytes": grouped(file.bytes_count, language),
        "stored": _moment(file.stored.stored_at) if file.stored is not None else "",
        "state": FILE_STATE[language][state],
        "path": path,
    }


def _inclusion(inclusion: Inclusion) -> dict[str, Any]:
    root = inclusion.root
    return {
        "day": f"{root.day:%d/%m/%Y}",
        "seq": inclusion.leaf.seq,
        "index": inclusion.index,
        "count": root.count,
        "leaf": inclusion.leaf.content.decode(),
        "path": list(inclusion.path),
        "root": root.root,
        "key_id": root.key_id,
        "public_key": root.public_key,
        "signature": root.signature,
        "root_at": f"/custody/{root.province_code}/roots/{root.day}",
        "proof_at": f"/custody/{root.province_code}/roots/{root.day}/proof/{inclusion.leaf.subject}",
    }


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
