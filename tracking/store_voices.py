"""SQL of ratings and complaints."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.db import uuids
from core.scope import Scope
from tracking.complaint_values import RUNNING, Complaint, ComplaintKind, ComplaintState, Rating
from tracking.tables_custody import ProofRow
from tracking.tables_voices import ComplaintRow, RatingRow

_RATINGS = cast("Table", RatingRow.__table__)
_COMPLAINTS = cast("Table", ComplaintRow.__table__)
_PROOFS = cast("Table", ProofRow.__table__)
_C = _COMPLAINTS.c
_RUNNING = _C.state.in_(sorted(state.value for state in RUNNING))
_MOST = 200


def find_rating(session: Session, province_code: str, item_id: UUID) -> Rating | None:
    """An item's rating."""
    query = select(_RATINGS).where(_RATINGS.c.province_code == province_code, _RATINGS.c.item_id == item_id)
    row = session.execute(query).one_or_none()
    return None if row is None else _rating(row)


def put_rating(session: Session, province_code: str, rating: Rating) -> None:
    """The item's rating from now on; when it was first given stays."""
    row = asdict(rating) | {"province_code": province_code}
    told = {key: row[key] for key in ("stars", "words", "changed_at")}
    session.execute(
        upsert(_RATINGS).values(row).on_conflict_do_update(index_elements=["province_code", "item_id"], set_=told)
    )


def add_complaint(session: Session, complaint: Complaint) -> Complaint:
    """Keep a new one; the database gives its number."""
    row = asdict(complaint)
    del row["number"]
    return _complaint(session.execute(insert(_COMPLAINTS).values(row).returning(_COMPLAINTS)).one())


def running_of(session: Session, province_code: str, item_id: UUID, kind: ComplaintKind) -> Complaint | None:
    """An item's complaint of a kind that runs."""
    query = select(_COMPLAINTS).where(
        _C.province_code == province_code, _C.item_id == item_id, _C.kind == kind.value, _RUNNING
    )
    row = session.execute(query).one_or_none()
    return None if row is None else _complaint(row)


def complaints_of_item(session: Session, province_code: str, item_id: UUID) -> list[Complaint]:
    """All of an item, oldest first."""
    query = select(_COMPLAINTS).where(_C.province_code == province_code, _C.item_id == item_id)
    return [_complaint(row) for row in session.execute(query.order_by(_C.filed_at, _C.id))]


def find_complaint(session: Session, scope: Scope, complaint_id: UUID) -> Complaint | None:
    """One within reach, locked until the transaction ends."""
    query = select(_COMPLAINTS).where(*_in_scope(scope), _C.id == complaint_id).with_for_update()
    row = session.execute(query).one_or_none()
    return None if row is None else _complaint(row)


def list_complaints(session: Session, scope: Scope, *, running: bool) -> list[Complaint]:
    """Those that run, by their deadline, or those that are closed, newest first; 200 at most."""
    query = select(_COMPLAINTS).where(*_in_scope(scope), _RUNNING if running else ~_RUNNING)
    ordered = query.order_by(_C.due_on, _C.id) if running else query.order_by(_C.closed_at.desc(), _C.id)
    return [_complaint(row) for row in session.execute(ordered.limit(_MOST))]


def move_complaint(session: Session, complaint: Complaint, changes: dict[str, Any]) -> Complaint:
    """The complaint with other values in some columns."""
    query = (
        update(_COMPLAINTS)
        .where(_C.province_code == complaint.province_code, _C.id == complaint.id)
        .values(changes)
        .returning(_COMPLAINTS)
    )
    return _complaint(session.execute(query).one())


def complaint_holds(province_code: Any, item_id: Any, closed_before: datetime) -> ColumnElement[bool]:
    """A complaint about an item, both given as columns, runs or was closed after an instant."""
    mine = (_C.province_code == province_code, _C.item_id == item_id)
    return select(_C.id).where(*mine, or_(_RUNNING, _C.closed_at >= closed_before)).exists()


def erase_words(session: Session, before: datetime) -> int:
    """Empty what citizens wrote of complaints closed, and ratings given, before an instant; returns how many."""
    closed = update(_COMPLAINTS).where(_C.closed_at < before, _C.words != "").values(words="", answer="")
    rated = update(_RATINGS).where(_RATINGS.c.changed_at < before, _RATINGS.c.words != "").values(words="")
    erased = session.execute(closed.returning(_C.id)).all(), session.execute(rated.returning(_RATINGS.c.item_id)).all()
    return sum(len(rows) for rows in erased)


def _in_scope(scope: Scope) -> Iterable[ColumnElement[bool]]:
    yield _C.province_code == scope.province_code
    if scope.office_ids is not None:
        yield _C.office_id == uuids(scope.office_ids)
    if scope.agency_id is not None:
        yield _C.agency_id == scope.agency_id


def _rating(row: Row[Any]) -> Rating:
    columns = row._asdict()
    columns.pop("province_code")
    return Rating(**columns)


def _complaint(row: Row[Any]) -> Complaint:
    return Complaint(**row._asdict() | {"kind": ComplaintKind(row.kind), "state": ComplaintState(row.state)})
