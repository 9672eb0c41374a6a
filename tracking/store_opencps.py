"""SQL of the order interface: how each dossier stands by its newest message."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
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


@dataclass(frozen=True, slots=True)
class Told:
    """What an OpenCPS system is told of a dossier: the code it is known by there, whether the recipient has it."""

    receipt_code: str | None
    is_delivered: bool


_TOLD = text("""
    SELECT d.dossier_code, d.receipt_code, f.delivered_sequence IS NOT NULL AS is_delivered
    FROM dossiers d JOIN feedback_dossiers f USING (province_code, agency_id, dossier_code)
    WHERE d.province_code = :province AND d.agency_id = :agency AND d.leg = 'return'
      AND d.dossier_code = ANY(CAST(:codes AS text[]))
""")


def told_of(session: Session, province_code: str, agency_id: UUID, codes: Iterable[str]) -> dict[str, Told]:
    """What there is to tell of these dossiers now."""
    values = {"province": province_code, "agency": agency_id, "codes": list(codes)}
    return {row.dossier_code: Told(row.receipt_code, row.is_delivered) for row in session.execute(_TOLD, values)}
