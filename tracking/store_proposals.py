"""SQL of what citizens say of their doors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.db import uuids
from core.scope import Scope
from tracking.proposal_values import Proposal
from tracking.store import point_of
from tracking.tables_proposals import DoorProposalRow

_PROPOSALS = cast("Table", DoorProposalRow.__table__)
_C = _PROPOSALS.c
_MOST = 200


def add_proposal(session: Session, proposal: Proposal) -> None:
    """Keep a new one."""
    point = proposal.point
    session.execute(
        insert(_PROPOSALS).values(
            province_code=proposal.province_code,
            id=proposal.id,
            item_id=proposal.item_id,
            office_id=proposal.office_id,
            words=proposal.words,
            place=proposal.place,
            lon=point.lon if point else None,
            lat=point.lat if point else None,
            accuracy_m=proposal.accuracy_m,
            lesson_id=proposal.lesson_id,
            proposed_at=proposal.proposed_at,
        )
    )


def open_of_item(session: Session, province_code: str, item_id: UUID) -> list[Proposal]:
    """What the office has not decided yet about an item's door, oldest first."""
    query = select(_PROPOSALS).where(_C.province_code == province_code, _C.item_id == item_id, _C.accepted.is_(None))
    return [_proposal(row) for row in session.execute(query.order_by(_C.proposed_at, _C.id))]


def open_of_offices(session: Session, scope: Scope) -> list[Proposal]:
    """What waits at the offices within reach, oldest first, 200 at most."""
    query = select(_PROPOSALS).where(_C.province_code == scope.province_code, _C.accepted.is_(None))
    if scope.office_ids is not None:
        query = query.where(_C.office_id == uuids(scope.office_ids))
    return [_proposal(row) for row in session.execute(query.order_by(_C.proposed_at, _C.id).limit(_MOST))]


def find_open(session: Session, scope: Scope, proposal_id: UUID) -> Proposal | None:
    """One that waits within reach, locked until the transaction ends."""
    query = select(_PROPOSALS).where(
        _C.province_code == scope.province_code, _C.id == proposal_id, _C.accepted.is_(None)
    )
    if scope.office_ids is not None:
        query = query.where(_C.office_id == uuids(scope.office_ids))
    row = session.execute(query.with_for_update()).one_or_none()
    return None if row is None else _proposal(row)


def decide(session: Session, proposal: Proposal, *, accepted: bool, by: str, at: datetime) -> None:
    """Close one: who and when stays, the citizen's words go."""
    session.execute(
        update(_PROPOSALS)
        .where(_C.province_code == proposal.province_code, _C.id == proposal.id)
        .values(accepted=accepted, decided_by=by, decided_at=at, words="")
    )


def citizens_lessons(session: Session, province_code: str, lessons: Sequence[UUID]) -> dict[UUID, str | None]:
    """Of lessons, those that citizens' words became, and which actor of the office took each over, if any."""
    by = case((_C.accepted, _C.decided_by)).label("by")
    query = select(_C.id, _C.lesson_id, by).where(
        _C.province_code == province_code, or_(_C.id == uuids(lessons), _C.lesson_id == uuids(lessons))
    )
    return {lesson: row.by for row in session.execute(query) for lesson in (row.id, row.lesson_id) if lesson}


def erase_words(session: Session, before: datetime) -> int:
    """Take the words out of what nobody decided before an instant; returns how many."""
    query = update(_PROPOSALS).where(_C.proposed_at < before, func.length(_C.words) > 0).values(words="")
    return len(session.execute(query.returning(_C.id)).all())


def _proposal(row: Any) -> Proposal:
    return Proposal(
        province_code=row.province_code,
        id=row.id,
        item_id=row.item_id,
        office_id=row.office_id,
        words=row.words,
        place=row.place,
        point=point_of(row.lon, row.lat),
        accuracy_m=row.accuracy_m,
        lesson_id=row.lesson_id,
        proposed_at=row.proposed_at,
    )
