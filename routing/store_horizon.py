"""What the choice of day reads and keeps: an office's rule, and the items it saw in the last weeks."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.scope import Scope
from geodata.model import LonLat
from routing.model import ServicePolicy
from routing.office_rule import OfficeRule
from routing.tables import OfficePlanningRow
from routing.usual import SeenItem
from tracking.tables import ItemRow


def rule_of(session: Session, scope: Scope, office_id: UUID) -> OfficeRule | None:
    """What the office has set; None where it has set nothing."""
    row = session.get(OfficePlanningRow, (scope.province_code, office_id))
    if row is None:
        return None
    return OfficeRule(policy=ServicePolicy(row.policy), day_value_s=row.day_value_s, familiarity_s=row.familiarity_s)


def save_rule(session: Session, scope: Scope, office_id: UUID, rule: OfficeRule) -> None:
    """Set the office's rule anew."""
    values = {
        "policy": rule.policy.value,
        "day_value_s": rule.day_value_s,
        "familiarity_s": rule.familiarity_s,
    }
    query = insert(OfficePlanningRow).values(province_code=scope.province_code, office_id=office_id, **values)
    session.execute(query.on_conflict_do_update(index_elements=["province_code", "office_id"], set_=values))


def seen_items(session: Session, scope: Scope, office_id: UUID, *, since: datetime) -> Iterator[SeenItem]:
    """Items handed to the office since then that have a place, whatever became of them."""
    columns = (
        ItemRow.id,
        ItemRow.household_key,
        ItemRow.lon,
        ItemRow.lat,
        ItemRow.error_m,
        ItemRow.commune_code,
        ItemRow.ready_at,
        ItemRow.handed_over_at,
        ItemRow.due_on,
        ItemRow.weight_g,
        ItemRow.state_fee_vnd,
        ItemRow.postage_vnd,
    )
    query = select(*columns).where(
        ItemRow.province_code == scope.province_code,
        ItemRow.office_id == office_id,
        ItemRow.ready_at >= since,
        ItemRow.lon.is_not(None),
    )
    for row in session.execute(query.order_by(ItemRow.id)):
        yield SeenItem(
            household=row.household_key or str(row.id),
            point=LonLat(lon=row.lon, lat=row.lat),
            error_m=row.error_m or 0,
            commune_code=row.commune_code,
            ready_at=row.ready_at,
            handed_over_at=row.handed_over_at,
            due_on=row.due_on,
            weight_g=row.weight_g,
            has_money=bool(row.state_fee_vnd or row.postage_vnd),
        )
