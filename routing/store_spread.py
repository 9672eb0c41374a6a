"""SQL of learned windows, and of the published plans they are learned from."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from routing.spread import Spread
from routing.store import PlanKey
from routing.stored import PlanState
from routing.tables import LearnedSpreadRow, PlanRow


def spreads(session: Session, province_code: str) -> dict[int, Spread]:
    """What was learned in a province, by class of stops to go."""
    rows = session.scalars(select(LearnedSpreadRow).where(LearnedSpreadRow.province_code == province_code))
    return {row.ahead: Spread(early_s=row.early_s, late_s=row.late_s, seen=row.seen) for row in rows}


def put_spreads(session: Session, province_code: str, learned: Mapping[int, Spread]) -> None:
    """Replace what was learned in a province."""
    session.execute(delete(LearnedSpreadRow).where(LearnedSpreadRow.province_code == province_code))
    rows = [
        {
            "province_code": province_code,
            "ahead": ahead,
            "early_s": one.early_s,
            "late_s": one.late_s,
            "seen": one.seen,
        }
        for ahead, one in learned.items()
    ]
    if rows:
        session.execute(insert(LearnedSpreadRow), rows)


def ridden_plans(session: Session, province_code: str, *, since: date, until: date) -> list[tuple[date, PlanKey]]:
    """Published plans from one day to another, both included, by day."""
    query = select(PlanRow.day, PlanRow.id).where(
        PlanRow.province_code == province_code,
        PlanRow.state == PlanState.PUBLISHED.value,
        PlanRow.day.between(since, until),
    )
    found = session.execute(query.order_by(PlanRow.day, PlanRow.id))
    return [(row.day, PlanKey(province_code=province_code, plan_id=row.id)) for row in found]
