"""The audit of a province: every event, proof, file, root and clock recomputed; whatever was changed, removed, added or
moved is named.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.blobs import BlobStore
from core.clock import local_date
from tracking import store_audit, store_roots
from tracking.audit_roots import IsSigned, root_faults
from tracking.audit_values import Audited, Fault
from tracking.chain import verify_chain
from tracking.clocks import clocks_of
from tracking.erasure import erased_by, is_too_early
from tracking.model import EventKind
from tracking.pauses import pauses_from
from tracking.records import file_record, is_personal_part_whole, proof_record
from tracking.root_values import DailyRoot, LoggedRoots
from tracking.store_audit import Dossier

Progress = Callable[[int, int], None]


def audit(
    session: Session,
    province_code: str,
    *,
    blobs: BlobStore | None,
    is_signed: IsSigned,
    logged: LoggedRoots,
    counts: Audited | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Iterator[Fault]:
    """Every fault of a province. `blobs` None leaves the bytes of files unread; `is_signed` knows the public keys.

    `session` sees one moment (`core.db.Database.snapshot`): what is written during the audit is no fault. `logged` was
    read before that moment, so every root in it had been committed.
    """
    seen = counts if counts is not None else Audited()
    total = store_audit.count_items(session, province_code)
    newest = store_roots.last_root(session, province_code)
    for dossier in store_audit.dossiers(session, province_code):
        yield from _item_faults(dossier, newest)
        yield from _proof_faults(dossier, blobs)
        seen.items += 1
        seen.erased += any(event.kind == EventKind.PERSONAL_ERASED for event in dossier.events)
        seen.events += len(dossier.events)
        seen.proofs += len(dossier.proofs)
        seen.files += sum(map(len, dossier.files.values()))
        progress(seen.items, total)
    for fault, subject, proof_id in store_audit.orphans(session, province_code):
        yield Fault(fault=fault, item_id=subject if subject != proof_id else None, proof_id=proof_id)
    yield from root_faults(session, province_code, is_signed, logged, seen)


def _item_faults(dossier: Dossier, newest: DailyRoot | None) -> Iterator[Fault]:
    item, events = dossier.item, dossier.events
    broken = verify_chain(events, head=item.last_hash)
    for link in broken:
        yield Fault(fault=link.fault, item_id=item.id, seq=link.seq)
    if not broken and not _are_clocks_as_told(item, events):
        yield Fault(fault="clocks", item_id=item.id, seq=len(events))
    if item.event_seq != len(events):
        yield Fault(fault="head", item_id=item.id, seq=item.event_seq)
    if events and item.status != events[-1].status:
        yield Fault(fault="status", item_id=item.id, seq=len(events))
    for before, event in pairwise(events):
        if event.kind == EventKind.PERSONAL_ERASED and is_too_early(event, before):
            yield Fault(fault="erased_too_early", item_id=item.id, seq=event.seq)
    yield from _leaf_faults(dossier, newest)


def _leaf_faults(dossier: Dossier, newest: DailyRoot | None) -> Iterator[Fault]:
    item, events = dossier.item, dossier.events
    for leaf in dossier.leaves:
        if leaf.seq > len(events) or events[leaf.seq - 1].hash != leaf.hash:
            yield Fault(fault="not_as_rooted", item_id=item.id, seq=leaf.seq, day=str(leaf.day))
    covered = dossier.leaves[-1].seq if dossier.leaves else 0
    if newest is not None:
        # Recorded so long before the newest root was made that it had to stand under one.
        older = [event for event in events[covered:] if local_date(event.recorded_at) < newest.day]
        if older:
            yield Fault(fault="added_after_root", item_id=item.id, seq=older[0].seq)


def _are_clocks_as_told(item: Row[Any], events: Sequence[Row[Any]]) -> bool:
    """Whether both clocks run from what the chain says, and not from what somebody wrote beside it."""
    if not events:
        return True
    told = clocks_of(events)
    kept = (item.leg, item.due_on, item.handed_over_at, pauses_from(item.pauses))
    is_in_its_commune = told.commune_code in {None, item.commune_code}
    return is_in_its_commune and kept == (told.leg, told.due_on, told.handed_over_at, told.pauses)


def _proof_faults(dossier: Dossier, blobs: BlobStore | None) -> Iterator[Fault]:
    told = {event.data["proof_id"]: event for event in dossier.events if "proof_record" in event.data}
    here = {str(proof["id"]): proof for proof in dossier.proofs}
    for proof_id in told.keys() - here.keys():
        yield Fault(fault="removed_proof", item_id=dossier.item.id, seq=told[proof_id].seq, proof_id=UUID(proof_id))
    erased = erased_by(dossier.events)
    hashes = {event.hash: event for event in dossier.events if event.data.get("proof_id") is not None}
    for key, proof in here.items():
        files = dossier.files.get(proof["id"], [])
        event = told.get(key) or hashes.get(proof["event_hash"])
        where = {"item_id": dossier.item.id, "seq": event.seq if event else None, "proof_id": proof["id"]}
        if event is None or not _is_proof_whole(proof, event):
            yield Fault(fault="proof", **where)
        if proof["personal_salt"] is None and proof["personal_hash"] is not None and key not in erased:
            yield Fault(fault="personal_removed", **where)
        claimed = {claim["sha256"]: claim for claim in proof["files"]}
        for file in files:
            fault = _file_fault(file, claimed.get(file["sha256"]), blobs)
            if fault == "missing_bytes" and file["sha256"] in erased.get(key, ()):
                continue  # went with its time, and the chain says so
            if fault is not None:
                yield Fault(fault=fault, sha256=file["sha256"], **where)


def _is_proof_whole(proof: Mapping[str, Any], event: Any) -> bool:
    record = event.data.get("proof_record")
    if record is None:
        # Recorded before rows were bound: what its event says of it must still be so.
        said = (event.data.get("proof_digest"), sorted(event.data.get("files", [])))
        return said == (proof["digest"], sorted(claim["sha256"] for claim in proof["files"]))
    is_bound = proof["event_hash"] == event.hash and proof_record(proof) == record
    return is_bound and is_personal_part_whole(proof)


def _file_fault(file: Mapping[str, Any], claim: Mapping[str, Any] | None, blobs: BlobStore | None) -> str | None:
    if claim is None or claim["bytes_count"] != file["bytes_count"]:
        return "file_not_claimed"
    if file["record"] is not None and file_record(file) != file["record"]:
        return "file"
    if blobs is None:
        return None
    data = blobs.get(file["blob_key"])
    if data is None:
        return "missing_bytes"
    return None if hashlib.sha256(data).hexdigest() == file["sha256"] else "changed_bytes"
