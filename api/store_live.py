"""SQL of the live stream: what a browser missed since the last event it saw."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.ids import floor_id, id_time
from core.scope import Scope
from tracking.tables import EventRow

MAX_REPLAY = 500
# Ids are made before the commit: an event with a smaller id may have become visible after a larger one. A change sent
# twice does no harm, so the replay starts a little earlier.
_OVERLAP = timedelta(seconds=10)


def changes_since(session: Session, scope: Scope, last: UUID) -> list[dict[str, Any]] | None:
    """Changes after an event, oldest first, in the form of the stream; None when they are too many to replay."""
    start = floor_id(id_time(last) - _OVERLAP)
    query = (
        select(EventRow.id, EventRow.item_id, EventRow.office_id, EventRow.kind, EventRow.status)
        .where(EventRow.province_code == scope.province_code, EventRow.id > start, EventRow.id != last)
        .order_by(EventRow.id)
        .limit(MAX_REPLAY + 1)
    )
    if scope.office_ids is not None:
        query = query.where(EventRow.office_id.in_(scope.office_ids))
    rows = session.execute(query).all()
    if len(rows) > MAX_REPLAY:
        return None
    return [
        {
            "province": scope.province_code,
            "office": str(row.office_id),
            "item": str(row.item_id),
            "kind": row.kind,
            "status": row.status,
            "event": str(row.id),
        }
        for row in rows
    ]
