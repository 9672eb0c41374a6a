"""The hash link between an item's events: SHA-256 over canonical JSON (RFC 8785)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

import rfc8785

from tracking.canonical import canonical, instant
from tracking.model import GENESIS_HASH

Fault = Literal["hash", "link", "sequence", "foreign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """Where a chain does not hold: the content was changed, or an event was removed, added or moved."""

    seq: int
    fault: Fault


class Link(Protocol):
    """An event, or its row as the database has it."""

    @property
    def province_code(self) -> str: ...
    @property
    def id(self) -> UUID: ...
    @property
    def item_id(self) -> UUID: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def office_id(self) -> UUID: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def prev_hash(self) -> str: ...
    @property
    def hash(self) -> str: ...


def event_hash(event: Link) -> str:
    """The hash an event must have: SHA-256 over the canonical form of its content.

    Raises:
        rfc8785.CanonicalizationError: its data has no canonical form.
    """
    return hashlib.sha256(canonical(hashed_content(event))).hexdigest()


def hashed_content(event: Link) -> dict[str, Any]:
    """What an event's hash is made of: everything in it but the hash itself; instants as UTC with microseconds."""
    recorded_at = instant(event.recorded_at)
    return {
        "province_code": event.province_code,
        "id": str(event.id),
        "item_id": str(event.item_id),
        "seq": event.seq,
        "kind": str(event.kind),
        "status": str(event.status),
        "occurred_at": recorded_at if event.occurred_at == event.recorded_at else instant(event.occurred_at),
        "recorded_at": recorded_at,
        "actor": event.actor,
        "office_id": str(event.office_id),
        "data": event.data,
        "prev_hash": event.prev_hash,
    }


def verify_chain(events: Sequence[Link], *, head: str | None = None) -> list[BrokenLink]:
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


def _faults(event: Link, place: int, previous: str, first: Link) -> list[Fault]:
    faults: list[Fault] = []
    if not _is_own_hash(event):
        faults.append("hash")
    if event.prev_hash != previous:
        faults.append("link")
    if event.seq != place:
        faults.append("sequence")
    if (event.province_code, event.item_id) != (first.province_code, first.item_id):
        faults.append("foreign")
    return faults


def _is_own_hash(event: Link) -> bool:
    try:
        return event_hash(event) == event.hash
    except rfc8785.CanonicalizationError:
        return False
