"""Reading what was said at the doors of an item."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.scope import Scope
from tracking import store_custody
from tracking.model import FileState, Item, Status
from tracking.reading import find_item


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A photo or signature a proof names; `state` tells whether its bytes have come."""

    sha256: str
    kind: str
    bytes_count: int
    state: FileState


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProof:
    """A recorded proof without what identifies the recipient; `relation` is the recipient's to the addressee."""

    id: UUID
    outcome: str
    reason: str | None
    action: str | None
    relation: str | None
    occurred_at: datetime
    recorded_at: datetime
    flags: tuple[str, ...]
    files: tuple[KeptFile, ...]


def item_proofs(session: Session, *, scope: Scope, item_id: UUID) -> list[KeptProof]:
    """All proofs of an item by the time they happened.

    Raises:
        CodedError: C1000 when the item is out of reach.
    """
    item = find_item(session, scope=scope, item_id=item_id)
    rows = store_custody.proofs_of_item(session, item.province_code, item.id)
    return [_kept(session, item.province_code, row) for row in rows]


def last_proofs(session: Session, items: Iterable[Item]) -> dict[UUID, datetime]:
    """When each of these items, found within reach, was last at a door; those that never were are left out."""
    provinces: dict[str, list[UUID]] = {}
    for item in items:
        # An item nobody has taken out has been at no door; a late report of one that was not is told by its status.
        if item.out_at is not None or item.status not in (Status.READY, Status.PLANNED):
            provinces.setdefault(item.province_code, []).append(item.id)
    found: dict[UUID, datetime] = {}
    for province, ids in provinces.items():
        found |= store_custody.last_proofs(session, province, ids)
    return found


def _kept(session: Session, province_code: str, row: dict[str, Any]) -> KeptProof:
    here = store_custody.stored_files(session, province_code, row["id"]) if row["files"] else {}
    return KeptProof(
        id=row["id"],
        outcome=row["outcome"],
        reason=row["reason"],
        action=row["action"],
        relation=row["relation"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        flags=tuple(row["flags"]),
        files=tuple(
            KeptFile(**claim, state="stored" if claim["sha256"] in here else "awaited") for claim in row["files"]
        ),
    )
