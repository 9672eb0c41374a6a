"""SQL of names: what ids are called on reports."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import uuids
from tracking.store import ITEMS
from tracking.tables_offices import AgencyRow, CourierRow, OfficeRow

Names = dict[UUID, str]


def item_codes(session: Session, province_code: str, ids: Iterable[UUID]) -> Names:
    """Codes of items."""
    query = select(ITEMS.c.id, ITEMS.c.item_code).where(
        ITEMS.c.province_code == province_code, ITEMS.c.id == uuids(ids)
    )
    return {row.id: row.item_code for row in session.execute(query)}


def courier_names(session: Session, province_code: str, ids: Iterable[UUID]) -> Names:
    """Names of couriers, also of those who have left."""
    return _names(session, CourierRow, province_code, ids)


def office_names(session: Session, province_code: str, ids: Iterable[UUID]) -> Names:
    """Names of offices."""
    return _names(session, OfficeRow, province_code, ids)


def agency_names(session: Session, province_code: str, ids: Iterable[UUID]) -> Names:
    """Names of agencies."""
    return _names(session, AgencyRow, province_code, ids)


def _names(
    session: Session, row: type[CourierRow | OfficeRow | AgencyRow], province_code: str, ids: Iterable[UUID]
) -> Names:
    found = session.execute(select(row.id, row.name).where(row.province_code == province_code, row.id == uuids(ids)))
    return {one.id: one.name for one in found}
