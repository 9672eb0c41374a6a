"""The hash link between an item's events: SHA-256 over canonical JSON (RFC 8785)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import rfc8785

from tracking.model import GENESIS_HASH, Event

Fault = Literal["hash", "link", "sequence", "foreign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """Where a chain does not hold: the content was changed, or an event was removed, added or moved."""

    seq: int
    fault: Fault


def event_hash(event: Event) -> str:
    """The hash an event must have: over everything in it but the hash itself; instants as UTC with microseconds."""
    content: dict[str, Any] = {
        "province_code": event.province_code,
        "id": str(event.id),
        "item_id": str(event.item_id),
        "seq": event.seq,
        "kind": event.kind.value,
        "status": event.status.value,
        "occurred_at": _instant(event.occurred_at),
        "recorded_at": _instant(event.recorded_at),
        "actor": event.actor,
        "office_id": str(event.office_id),
        "data": event.data,
        "prev_hash": event.prev_hash,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def verify_chain(events: Sequence[Event], *, head: str | None = None) -> list[BrokenLink]:
    """Recompute an item's chain, oldest first; empty when it holds.

    `head` is the last hash kept elsewhere (the item's `last_hash`): without it a cut-off end cannot be seen.
    """
    broken: list[BrokenLink] = []
    previous = GENESIS_HASH
    for place, event in enumerate(events, start=1):
        broken += [BrokenLink(seq=event.seq, fault=fault) for fault in _faults(event, place, previous, events[0])]
        previous = event.hash
    if head is not None and head != previous:
        broken.append(BrokenLink(seq=len(events) + 1, fault="link"))
    return broken


def _faults(event: Event, place: int, previous: str, first: Event) -> list[Fault]:
    faults: list[Fault] = []
    if event_hash(event) != event.hash:
        faults.append("hash")
    if event.prev_hash != previous:
        faults.append("link")
    if event.seq != place:
        faults.append("sequence")
    if (event.province_code, event.item_id) != (first.province_code, first.item_id):
        faults.append("foreign")
    return faults


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
