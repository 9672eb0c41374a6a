"""Personal data goes when the law's time is over; the chain says that it went, and when, and still holds.

What identifies people never enters an event. So names, phones, addresses and files can go from the rows beside the
chain, and one last event says which: the audit tells by it what was erased from what somebody took away.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from core.blobs import BlobStore
from core.clock import at_local, aware, local_date
from core.scope import system_scope
from tracking import fields, store_erasure, store_voices
from tracking.complaint_values import SETTLED_WITHIN, months_later
from tracking.events import Draft, record_events
from tracking.model import Event, EventKind, Item

# Evidence stays for 8 months past the deadline (6 to complain, 2 to settle); one more for what comes in late.
EVIDENCE_MONTHS = 9
_AT_ONCE = 500
_GONE = {"addressee_name": "", "addressee_phone": "", "address": ""} | dict.fromkeys(
    ("household_key", "lon", "lat", "error_m", "point_source")
)


def erase_old_evidence(session: Session, *, now: datetime) -> int:
    """Erase who ended items were for and who received them, but for what a complaint, a search or money holds; and
    what citizens wrote of what is settled as long. Returns how many rows were emptied, so many items at most.
    """
    at = aware(now)
    before = at_local(months_later(local_date(at), -EVIDENCE_MONTHS), time())
    closed_before = at_local(months_later(local_date(at), -SETTLED_WITHIN), time())
    due = store_erasure.lock_due(session, before=before, closed_before=closed_before, most=_AT_ONCE)
    by_province: dict[str, list[Item]] = defaultdict(list)
    for item in due:
        by_province[item.province_code].append(item)
    for province_code, items in by_province.items():
        _erase(session, province_code, items, at)
    return len(due) + store_voices.erase_words(session, before)


def erase_files(session: Session, *, blobs: BlobStore, now: datetime) -> int:
    """Delete the files of what is erased; returns how many. Interrupted, the next run goes on."""
    items, keys = store_erasure.files_to_delete(session, most=_AT_ONCE)
    for key in keys:
        blobs.delete(key)
    store_erasure.note_deleted(session, items, at=aware(now))
    return len(keys)


def erased_by(events: Sequence[Any]) -> Mapping[str, frozenset[str]]:
    """The proofs of a chain that were erased, each with the hashes of its files. Events, or rows of them."""
    told: dict[str, frozenset[str]] = {}
    for event in events:
        if event.kind == EventKind.PERSONAL_ERASED:
            told |= {proof_id: frozenset(files) for proof_id, files in event.data["proofs"].items()}
    return told


def is_too_early(event: Event | Any, before: Event | Any) -> bool:
    """Whether an erasure came before its time after the event that it follows: then nobody was allowed to."""
    until = months_later(local_date(before.recorded_at), EVIDENCE_MONTHS)
    return bool(local_date(event.recorded_at) < until)


def _erase(session: Session, province_code: str, items: Sequence[Item], at: datetime) -> None:
    ids = [item.id for item in items]
    files = store_erasure.claimed_files(session, province_code, ids)
    drafts = [
        Draft(
            item=item,
            kind=EventKind.PERSONAL_ERASED,
            occurred_at=at,
            data={"proofs": files.get(item.id, {}), "months": EVIDENCE_MONTHS},
            changes=_GONE | {"search_text": _codes(item)},
        )
        for item in items
    ]
    record_events(session, drafts, now=at, actor=system_scope(province_code).actor)
    store_erasure.erase_beside(session, province_code, ids, at=at)


def _codes(item: Item) -> str:
    return fields.folded(" ".join((*item.dossier_codes, item.item_code)))
