"""Writing events: hash link, guarded move of the item, live stream, feedback and what citizens are told, all in the
caller's transaction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.db import CHANNEL
from core.errors import fail
from core.ids import new_id
from tracking import hand_over, store, store_events
from tracking.chain import event_hash
from tracking.errors import STALE_ITEM
from tracking.feedback import outbox
from tracking.lifecycle import transition
from tracking.model import Event, EventKind, Item, Status
from tracking.notifications.decide import decide
from tracking.pause_values import Pause
from tracking.pauses import after_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event to be written. `item` as last read; `changes` are columns of items set along with it.

    `data` holds no personal data: the chain outlives the day on which names and phones are erased. `overtaken` marks
    a late report: it goes into the chain, and the status stays. `actor` is given when it is not the batch's own.
    """

    item: Item
    kind: EventKind
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    overtaken: bool = False
    actor: str | None = None


@dataclass(slots=True)
class _Head:
    """The end of one item's chain while a batch is being linked."""

    seq: int
    hash: str
    status: Status | None
    changes: dict[str, Any]
    pauses: tuple[Pause, ...] = ()
    handed_over_at: datetime | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of the item that say where its chain ends."""
        return {"status": self.status, "event_seq": self.seq, "last_hash": self.hash}


def record_event(
    session: Session,
    *,
    item: Item,
    kind: EventKind,
    occurred_at: datetime,
    now: datetime,
    actor: str,
    data: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Event:
    """One event of one item, moved by `tracking.lifecycle`.

    Raises:
        CodedError: T2001 when the event cannot follow, T2002 when someone else moved the item meanwhile.
    """
    draft = Draft(item=item, kind=kind, occurred_at=occurred_at, data=data or {}, changes=changes or {})
    return record_events(session, [draft], now=now, actor=actor)[0]


def record_events(session: Session, drafts: Sequence[Draft], *, now: datetime, actor: str) -> list[Event]:
    """Events of existing items in the order given, several of one item allowed; a fixed number of statements.

    Raises:
        CodedError: as `record_event`; then nothing of the batch stands.
    """
    heads = {d.item.id: _head_of(d.item) for d in drafts}
    events = [_link(draft, heads[draft.item.id], aware(now), actor) for draft in drafts]
    _move_items(session, drafts, heads)
    publish(session, events, [_as_told(draft.item, heads[draft.item.id]) for draft in drafts])
    return events


def chain_new(drafts: Sequence[Draft], *, now: datetime, actor: str) -> tuple[list[Event], dict[UUID, dict[str, Any]]]:
    """Events of items that do not exist yet (`event_seq` 0), and the columns of each item that say where its chain
    ends; nothing is written: the caller inserts the items and then calls `publish`.
    """
    heads = {d.item.id: _Head(0, d.item.last_hash, None, {}) for d in drafts}
    events = [_link(draft, heads[draft.item.id], aware(now), actor) for draft in drafts]
    return events, {key: head.columns() for key, head in heads.items()}


def publish(session: Session, events: Sequence[Event], items: Sequence[Item]) -> None:
    """Append linked events, tell the live stream and the agencies' outbox, decide what citizens are told. `items` are
    one for each, as they were before it.
    """
    if not events:
        return
    store_events.append_events(session, events)
    store_events.notify_all(session, CHANNEL, [_payload(event) for event in events])
    pairs = list(zip(events, items, strict=True))
    outbox.enqueue_many(session, pairs=pairs)
    decide(session, pairs=pairs)


def _link(draft: Draft, head: _Head, now: datetime, actor: str) -> Event:
    """The next link; moves the head on."""
    standing = head.status or draft.item.status
    head.status = status = standing if draft.overtaken else transition(head.status, draft.kind)
    data = dict(draft.data) | ({"superseded": True} if draft.overtaken else {})
    head.changes |= draft.changes
    happened_at = aware(draft.occurred_at)
    _stand_still(head, after_event(head.pauses, draft.kind, data, local_date(happened_at)))
    _hand_over(head, hand_over.after_event(head.handed_over_at, draft.item.leg, draft.kind, data, happened_at))
    head.seq += 1
    unsigned = Event(
        province_code=draft.item.province_code,
        id=new_id(now),
        item_id=draft.item.id,
        seq=head.seq,
        kind=draft.kind,
        status=status,
        occurred_at=happened_at,
        recorded_at=now,
        actor=draft.actor or actor,
        office_id=head.changes.get("office_id", draft.item.office_id),
        data=data,
        prev_hash=head.hash,
        hash="",
    )
    event = replace(unsigned, hash=event_hash(unsigned))
    head.hash = event.hash
    return event


def _head_of(item: Item) -> _Head:
    return _Head(item.event_seq, item.last_hash, item.status, {}, item.pauses, item.handed_over_at)


def _as_told(item: Item, head: _Head) -> Item:
    """The item as its agency is told of it: with the due date that stands now."""
    return replace(item, due_on=head.changes.get("due_on", item.due_on))


def _stand_still(head: _Head, pauses: tuple[Pause, ...]) -> None:
    if pauses != head.pauses:
        head.pauses = pauses
        head.changes["pauses"] = [one.as_json() for one in pauses]


def _hand_over(head: _Head, at: datetime | None) -> None:
    if at != head.handed_over_at:
        head.handed_over_at = head.changes["handed_over_at"] = at


def _move_items(session: Session, drafts: Sequence[Draft], heads: Mapping[UUID, _Head]) -> None:
    """The guarded update, one statement for each set of columns that changes."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for item in {d.item.id: d.item for d in drafts}.values():
        head = heads[item.id]
        values = head.changes | head.columns()
        key = {"key_province": item.province_code, "key_id": item.id, "expected": item.event_seq}
        groups[tuple(sorted(values))].append(values | key)
    for columns, rows in groups.items():
        if store.update_items(session, columns, rows) != len(rows):
            raise fail(STALE_ITEM)


def _payload(event: Event) -> str:
    return orjson.dumps(
        {
            "province": event.province_code,
            "office": event.office_id,
            "item": event.item_id,
            "kind": event.kind.value,
            "status": event.status.value,
            "event": event.id,
        }
    ).decode()
