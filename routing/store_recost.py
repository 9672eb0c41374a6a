"""SQL of plans whose doors move: which hold them, routes written anew, and which still wait for their times."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, cast, delete, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from routing.store import PlanKey
from routing.store_routes import route_row, stop_row
from routing.stored import ACTIVE, LIVING, StoredRoute
from routing.tables import PlanRouteRow, PlanRow, PlanStopRow

_OPEN = (*ACTIVE, *LIVING)


def lock_plans(session: Session, province_code: str, office_ids: Iterable[UUID], *, from_day: date) -> None:
    """Hold the offices' plans from a day on, those under way too, until the transaction ends: whoever stores or
    publishes one of them waits, and then sees where the doors are."""
    query = select(PlanRow.id).where(
        PlanRow.province_code == province_code,
        PlanRow.office_id.in_(list(office_ids)),
        PlanRow.day >= from_day,
        PlanRow.state.in_([state.value for state in _OPEN]),
    )
    session.execute(query.order_by(PlanRow.id).with_for_update())


def plans_holding(session: Session, province_code: str, item_ids: Sequence[UUID], *, from_day: date) -> list[PlanKey]:
    """Drafts and published plans from a day on with a stop for one of the items, by id."""
    same = (PlanStopRow.province_code == PlanRow.province_code) & (PlanStopRow.plan_id == PlanRow.id)
    query = (
        select(PlanRow.id)
        .join(PlanStopRow, same)
        .where(
            PlanRow.province_code == province_code,
            PlanRow.day >= from_day,
            PlanRow.state.in_([state.value for state in LIVING]),
            PlanStopRow.item_ids.bool_op("&&")(cast(list(item_ids), ARRAY(Uuid))),
        )
        .distinct()
    )
    return [PlanKey(province_code=province_code, plan_id=one) for one in session.scalars(query.order_by(PlanRow.id))]


def save_route(session: Session, key: PlanKey, route: StoredRoute, *, stale: bool) -> None:
    """Write one route of a plan in place of the courier's old one; a stale one waits for its times and its way."""
    row = route_row(route)
    rounds = [one | {"stale": True} for one in row["rounds"]] if stale else row["rounds"]
    session.execute(
        update(PlanRouteRow)
        .where(
            PlanRouteRow.province_code == key.province_code,
            PlanRouteRow.plan_id == key.plan_id,
            PlanRouteRow.courier_id == route.courier_id,
        )
        .values(cost=row["cost"], rounds=rounds)
    )
    session.execute(
        delete(PlanStopRow).where(
            PlanStopRow.province_code == key.province_code,
            PlanStopRow.plan_id == key.plan_id,
            PlanStopRow.courier_id == route.courier_id,
        )
    )
    of_plan = {"province_code": key.province_code, "plan_id": key.plan_id}
    session.execute(insert(PlanStopRow), [of_plan | stop_row(route, stop) for stop in route.stops])


def stale_couriers(session: Session, key: PlanKey) -> set[UUID]:
    """Whose routes of a plan wait for their times."""
    query = select(PlanRouteRow.courier_id).where(
        PlanRouteRow.province_code == key.province_code,
        PlanRouteRow.plan_id == key.plan_id,
        PlanRouteRow.rounds.contains(cast([{"stale": True}], JSONB)),
    )
    return set(session.scalars(query))


def next_version(
    session: Session,
    key: PlanKey,
    *,
    cost: Mapping[str, int] | None = None,
    violations: Sequence[str] | None = None,
) -> None:
    """A plan is not what it was: its version goes on by one, so nobody publishes what he has not seen."""
    values = {"cost": cost, "violations": violations}
    changed = {name: value for name, value in values.items() if value is not None}
    session.execute(
        update(PlanRow)
        .where(PlanRow.province_code == key.province_code, PlanRow.id == key.plan_id)
        .values(version=PlanRow.version + 1, **changed)
    )
