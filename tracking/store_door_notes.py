"""SQL of what was noted at doors before."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.db import uuids
from tracking.tables_custody import ProofRow
from tracking.tables_proposals import DoorProposalRow

_PROOFS = cast("Table", ProofRow.__table__)
_PROPOSALS = cast("Table", DoorProposalRow.__table__)


def attempt_notes(session: Session, province_code: str, item_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What the courier noted at the last failed attempt of each item that has a note."""
    query = (
        select(_PROOFS.c.item_id, _PROOFS.c.note)
        .ext(distinct_on(_PROOFS.c.item_id))
        .where(
            _PROOFS.c.province_code == province_code,
            _PROOFS.c.item_id == uuids(item_ids),
            _PROOFS.c.outcome == "attempt_failed",
            func.length(func.trim(_PROOFS.c.note)) > 0,
        )
        .order_by(_PROOFS.c.item_id, _PROOFS.c.occurred_at.desc(), _PROOFS.c.id.desc())
    )
    return {row.item_id: row.note for row in session.execute(query)}


def household_words(session: Session, province_code: str, item_ids: Iterable[UUID]) -> dict[UUID, str]:
    """How the citizen described the door last, as long as the office keeps the words."""
    query = (
        select(_PROPOSALS.c.item_id, _PROPOSALS.c.words)
        .ext(distinct_on(_PROPOSALS.c.item_id))
        .where(
            _PROPOSALS.c.province_code == province_code,
            _PROPOSALS.c.item_id == uuids(item_ids),
            func.length(_PROPOSALS.c.words) > 0,
        )
        .order_by(_PROPOSALS.c.item_id, _PROPOSALS.c.proposed_at.desc(), _PROPOSALS.c.id.desc())
    )
    return {row.item_id: row.words for row in session.execute(query)}
