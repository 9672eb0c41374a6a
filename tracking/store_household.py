"""SQL of households: their open items, and the office a paper may have been fetched at."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from core.db import uuids_later
from core.scope import Scope
from geodata.model import LonLat
from tracking.lifecycle import ENDS
from tracking.model import Item, Status
from tracking.store import ITEMS, in_scope, item_of, point_of, select_items
from tracking.tables_offices import OfficeRow

_OFFICES = cast("Table", OfficeRow.__table__)
_ENDS = tuple(status.value for status in ENDS)
# Built once: every batch of proofs asks it.
_OFFICE_POINTS = select(_OFFICES.c.id, _OFFICES.c.lon, _OFFICES.c.lat).where(
    _OFFICES.c.province_code == bindparam("province"), _OFFICES.c.id == uuids_later("offices")
)


def lock_open_items(session: Session, province_code: str, household_key: str) -> list[Item]:
    """The household's items that have not ended, of whatever office, under a row lock, by id."""
    query = select_items().where(
        ITEMS.c.province_code == province_code,
        ITEMS.c.household_key == household_key,
        ITEMS.c.status.not_in(_ENDS),
    )
    found = session.execute(query.order_by(ITEMS.c.id).with_for_update(of=ITEMS))
    return [item_of(row) for row in found]


def lock_waiting(session: Session, scope: Scope, office_id: UUID) -> list[Item]:
    """READY items of an office that lie there with a household, under a row lock, by id."""
    query = select_items().where(
        *in_scope(scope),
        ITEMS.c.office_id == office_id,
        ITEMS.c.status == Status.READY.value,
        ITEMS.c.household_key.is_not(None),
        ITEMS.c.commune_code.is_not(None),
    )
    # Whoever holds one of them is about to change it: the next plan looks again.
    found = session.execute(query.order_by(ITEMS.c.id).with_for_update(of=ITEMS, skip_locked=True))
    return [item_of(row) for row in found]


def office_points(session: Session, province_code: str, office_ids: Iterable[UUID]) -> dict[UUID, LonLat]:
    """Where offices stand."""
    asked = {"province": province_code, "offices": list(office_ids)}
    points = {row.id: point_of(row.lon, row.lat) for row in session.execute(_OFFICE_POINTS, asked)}
    return {office_id: point for office_id, point in points.items() if point is not None}
