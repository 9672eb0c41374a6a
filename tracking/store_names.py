"""SQL of names: what ids are called on reports."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import uuids
from tracking.store import ITEMS
from tracking.tables_offices import CourierRow


def item_codes(session: Session, province_code: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Item codes by id."""
    query = select(ITEMS.c.id, ITEMS.c.item_code).where(
        ITEMS.c.province_code == province_code, ITEMS.c.id == uuids(ids)
    )
    return {row.id: row.item_code for row in session.execute(query)}


def courier_names(session: Session, province_code: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of couriers by id, also of those who have left."""
    query = select(CourierRow.id, CourierRow.name).where(
        CourierRow.province_code == province_code, CourierRow.id == uuids(ids)
    )
    return {row.id: row.name for row in session.execute(query)}
