"""SQL of the order interface: how each dossier stands by its newest message."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.scope import Scope
from tracking.store import ITEMS
from tracking.store_endpoints import within
from tracking.store_feedback import StreamMessage
from tracking.tables_feedback import FeedbackDossierRow, MessageRow


def newest_of_dossiers(
    session: Session, *, scope: Scope, after: int, until: int, dossier_code: str | None, limit: int
) -> list[StreamMessage]:
    """The newest message up to `until` of each dossier within reach, those after a position, in order."""
    later = aliased(MessageRow)
    overtaken = select(later.event_id).where(
        later.province_code == MessageRow.province_code,
        later.dossier_code == MessageRow.dossier_code,
        later.agency_id == MessageRow.agency_id,
        later.sequence > MessageRow.sequence,
        later.position <= until,
    )
    query = select(MessageRow.position, MessageRow.agency_id, MessageRow.body).where(
        within(scope, MessageRow),
        MessageRow.position > after,
        MessageRow.position <= until,
        ~overtaken.exists(),
    )
    if dossier_code is not None:
        query = query.where(MessageRow.dossier_code == dossier_code)
    rows = session.execute(query.order_by(MessageRow.position).limit(limit))
    return [StreamMessage(**row) for row in rows.mappings()]


def count_dossiers(session: Session, *, scope: Scope) -> int:
    """How many dossiers within reach have messages."""
    query = select(func.count()).select_from(FeedbackDossierRow).where(within(scope, FeedbackDossierRow))
    return session.scalar(query) or 0


def item_code(session: Session, province_code: str, item_id: UUID) -> str | None:
    """The code of an item."""
    query = select(ITEMS.c.item_code).where(ITEMS.c.province_code == province_code, ITEMS.c.id == item_id)
    return session.scalar(query)
