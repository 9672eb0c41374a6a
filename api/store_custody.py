"""SQL of the custody check: every chain of a province, item by item."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracking import store_events
from tracking.model import Event
from tracking.tables import ItemRow

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """An item's events, oldest first, and the last hash as the item itself remembers it."""

    item_id: UUID
    head: str
    events: list[Event]


def chains_of(session: Session, province_code: str) -> Iterator[Chain]:
    """Every chain of a province, some hundred items in memory at a time."""
    last = UUID(int=0)
    while heads := _heads_after(session, province_code, last):
        chains: defaultdict[UUID, list[Event]] = defaultdict(list)
        for event in store_events.events_of_items(session, province_code, heads):
            chains[event.item_id].append(event)
        for item_id, head in heads.items():
            yield Chain(item_id=item_id, head=head, events=chains[item_id])
        last = max(heads)


def _heads_after(session: Session, province_code: str, last: UUID) -> dict[UUID, str]:
    query = (
        select(ItemRow.id, ItemRow.last_hash)
        .where(ItemRow.province_code == province_code, ItemRow.id > last)
        .order_by(ItemRow.id)
        .limit(_PAGE)
    )
    return {row.id: row.last_hash for row in session.execute(query)}
