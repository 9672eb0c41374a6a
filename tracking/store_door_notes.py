"""SQL of what was noted at doors before."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.db import uuids
from tracking.tables_custody import ProofRow
from tracking.tables_proposals import DoorProposalRow

_PROOFS = cast("Table", ProofRow.__table__)
_PROPOSALS = cast("Table", DoorProposalRow.__table__)


def attempt_notes(session: Session, province_code: str, item_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What the courier noted at the last failed attempt of each item that has a note."""
    noted = (_PROOFS.c.outcome == "attempt_failed") & (func.length(func.trim(_PROOFS.c.note)) > 0)
    return _last(session, _PROOFS, _PROOFS.c.note, _PROOFS.c.occurred_at, noted, province_code, item_ids)


def household_words(session: Session, province_code: str, item_ids: Iterable[UUID]) -> dict[UUID, str]:
    """How the citizen described the door last, as long as the office keeps the words."""
    kept = func.length(_PROPOSALS.c.words) > 0
    return _last(session, _PROPOSALS, _PROPOSALS.c.words, _PROPOSALS.c.proposed_at, kept, province_code, item_ids)


def _last(
    session: Session,
    table: Table,
    words: Column[Any],
    at: Column[Any],
    which: ColumnElement[bool],
    province_code: str,
    item_ids: Iterable[UUID],
) -> dict[UUID, str]:
    """The newest of `which` words of each item."""
    query = (
        select(table.c.item_id, words)
        .ext(distinct_on(table.c.item_id))
        .where(table.c.province_code == province_code, table.c.item_id == uuids(item_ids), which)
        .order_by(table.c.item_id, at.desc(), table.c.id.desc())
    )
    return dict(iter(session.execute(query)))
