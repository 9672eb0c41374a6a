"""Past routes as they were published: who was where."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.scope import Scope
from geodata.model import LonLat
from routing.familiarity import PastStop
from routing.stored import PlanState
from routing.tables import PlanRow, PlanStopRow


def past_stops(session: Session, scope: Scope, office_id: UUID, *, first_on: date, last_on: date) -> list[PastStop]:
    """Stops of the published plans of an office within reach from one day to another, both included."""
    query = (
        select(PlanRow.day, PlanStopRow.courier_id, PlanStopRow.visit["point"], PlanStopRow.visit["commune_code"])
        .join(
            PlanRow,
            (PlanRow.province_code == PlanStopRow.province_code) & (PlanRow.id == PlanStopRow.plan_id),
        )
        .where(
            PlanRow.province_code == scope.province_code,
            PlanRow.office_id == office_id,
            PlanRow.state == PlanState.PUBLISHED.value,
            PlanRow.day.between(first_on, last_on),
        )
        .order_by(PlanRow.day, PlanStopRow.courier_id, PlanStopRow.seq)
    )
    if scope.office_ids is not None:
        query = query.where(PlanRow.office_id.in_(scope.office_ids))
    return [
        PastStop(day=day, courier_id=courier, point=LonLat(lon=lon, lat=lat), commune_code=commune)
        for day, courier, (lon, lat), commune in session.execute(query)
    ]
