"""SQL of the daily roots."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.clock import local_date
from core.db import lock_keys
from core.ids import floor_id, id_time
from tracking.root_values import DailyRoot, Leaf
from tracking.tables_roots import DailyRootRow, RootLeafRow

_ROOTS = cast("Table", DailyRootRow.__table__)
_LEAVES = cast("Table", RootLeafRow.__table__)

# Ids of events begin with the instant they were recorded at, so a day is a range of the key. The margin takes in what
# was committed after the root before was made.
_MARGIN = timedelta(days=1)
_UNCOVERED = text("""
    SELECT 'chain' AS kind, e.item_id AS subject, e.seq, e.hash FROM (
        SELECT DISTINCT ON (item_id) item_id, seq, hash FROM events
        WHERE province_code = :province AND id >= :low AND id < :high
        ORDER BY item_id, seq DESC
    ) e
    WHERE NOT EXISTS (
        SELECT FROM root_leaves l
        WHERE l.province_code = :province AND l.subject = e.item_id AND l.kind = 'chain' AND l.seq >= e.seq
    )
    UNION ALL
    SELECT 'file', f.proof_id, 0, f.record FROM proof_files f
    WHERE f.province_code = :province AND f.record IS NOT NULL AND f.stored_at >= :since AND f.stored_at < :end
      AND NOT EXISTS (
        SELECT FROM root_leaves l
        WHERE l.province_code = :province AND l.subject = f.proof_id AND l.kind = 'file' AND l.hash = f.record
    )
    ORDER BY kind, subject, hash
""")


def lock_roots(session: Session, province_code: str) -> None:
    """One maker of roots at a time."""
    lock_keys(session, [f"roots:{province_code}"])


def uncovered(session: Session, province_code: str, *, since: datetime, end: datetime) -> list[Leaf]:
    """Ends of chains and files before `end` that stand under no root, in the order of the tree."""
    low = since - _MARGIN
    values = {"province": province_code, "low": floor_id(low), "high": floor_id(end), "since": low, "end": end}
    return [_leaf(row) for row in session.execute(_UNCOVERED, values).all()]


def insert_root(session: Session, root: DailyRoot, leaves: Sequence[Leaf]) -> None:
    """A root with everything under it."""
    own = {"province_code": root.province_code, "day": root.day}
    rows = [
        {**own, "position": n, "kind": leaf.kind, "subject": leaf.subject, "seq": leaf.seq, "hash": leaf.hash}
        for n, leaf in enumerate(leaves)
    ]
    if rows:
        session.execute(insert(_LEAVES), rows)
    session.execute(insert(_ROOTS), asdict(root))


def last_root(session: Session, province_code: str) -> DailyRoot | None:
    """The newest root."""
    return next(iter(list_roots(session, province_code, until=None, limit=1)), None)


def list_roots(session: Session, province_code: str, *, until: date | None, limit: int | None) -> list[DailyRoot]:
    """Roots, newest first; `until` is inclusive."""
    query = select(_ROOTS).where(_ROOTS.c.province_code == province_code).order_by(_ROOTS.c.day.desc())
    if until is not None:
        query = query.where(_ROOTS.c.day <= until)
    return [DailyRoot(**row._asdict()) for row in session.execute(query.limit(limit))]


def first_day(session: Session, province_code: str) -> date | None:
    """The local day of the first event; None before anything happened."""
    query = text("SELECT id FROM events WHERE province_code = :province ORDER BY id LIMIT 1")
    first = session.scalar(query, {"province": province_code})
    return local_date(id_time(first)) if first is not None else None


def leaves_of(session: Session, province_code: str, day: date) -> list[Leaf]:
    """A day's leaves in their order."""
    mine = (_LEAVES.c.province_code == province_code) & (_LEAVES.c.day == day)
    return [_leaf(row) for row in session.execute(select(_LEAVES).where(mine).order_by(_LEAVES.c.position)).all()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A leaf and where it stands: its day, and its index among that day's leaves."""

    leaf: Leaf
    day: date
    index: int


def last_leaf(session: Session, province_code: str, item_id: UUID, *, day: date | None = None) -> Placed | None:
    """The newest leaf of an item's chain, or the one of a day."""
    mine = (_LEAVES.c.province_code == province_code) & (_LEAVES.c.subject == item_id) & (_LEAVES.c.kind == "chain")
    if day is not None:
        mine &= _LEAVES.c.day == day
    row = session.execute(select(_LEAVES).where(mine).order_by(_LEAVES.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else Placed(leaf=_leaf(row), day=row.day, index=row.position)


def _leaf(row: Row[Any]) -> Leaf:
    return Leaf(kind=row.kind, subject=row.subject, seq=row.seq, hash=row.hash)


def days_without_root(session: Session, province_code: str) -> list[date]:
    """Days that have leaves and no root: it was taken away."""
    query = (
        select(_LEAVES.c.day)
        .distinct()
        .outerjoin(_ROOTS, (_ROOTS.c.province_code == _LEAVES.c.province_code) & (_ROOTS.c.day == _LEAVES.c.day))
    )
    return list(session.scalars(query.where(_LEAVES.c.province_code == province_code, _ROOTS.c.day.is_(None))))


def provinces(session: Session) -> list[str]:
    """Every province that has offices."""
    return list(session.scalars(text("SELECT DISTINCT province_code FROM offices ORDER BY 1")))
