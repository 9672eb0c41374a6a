"""SQL of edits: frozen problems, versions, and the parts of a plan that an edit writes anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from routing.standing import Change
from routing.store import PlanKey
from routing.store_routes import left_row, route_row, stop_row
from routing.stored import StoredRoute, StoredUnplanned
from routing.tables import PlanProblemRow, PlanRouteRow, PlanRow, PlanStopRow, PlanUnplannedRow, PlanVersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """One edit as history keeps it. `concerns`: the version of the edit that was done, undone or redone."""

    version: int
    kind: str
    concerns: int
    command: str
    details: Mapping[str, Any]
    changes: Change
    difference: Mapping[str, int]
    made_at: datetime
    made_by: str


def save_problem(session: Session, key: PlanKey, content: bytes, *, estimated: bool = False) -> None:
    """Keep a plan's problem in place of an older one."""
    values = {"content": content, "estimated": estimated}
    query = upsert(PlanProblemRow).values(province_code=key.province_code, plan_id=key.plan_id, **values)
    session.execute(query.on_conflict_do_update(index_elements=["province_code", "plan_id"], set_=values))


def load_problem(session: Session, key: PlanKey) -> tuple[bytes, bool] | None:
    """A plan's problem, and whether some of its legs are estimates."""
    query = select(PlanProblemRow.content, PlanProblemRow.estimated).where(
        PlanProblemRow.province_code == key.province_code, PlanProblemRow.plan_id == key.plan_id
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row.content, row.estimated)


def forget_problems(session: Session, before: date) -> int:
    """Delete the problems of days that nobody edits any more; returns how many."""
    old = select(PlanRow.id).where(PlanRow.province_code == PlanProblemRow.province_code, PlanRow.day < before)
    query = delete(PlanProblemRow).where(PlanProblemRow.plan_id.in_(old)).returning(PlanProblemRow.plan_id)
    return len(list(session.scalars(query)))


def add_version(session: Session, key: PlanKey, made: PlanVersion) -> None:
    """Write one edit into the history."""
    session.execute(
        insert(PlanVersionRow).values(
            province_code=key.province_code,
            plan_id=key.plan_id,
            version=made.version,
            kind=made.kind,
            concerns=made.concerns,
            command=made.command,
            details=dict(made.details),
            changes={part: list(both) for part, both in made.changes.items()},
            difference=dict(made.difference),
            made_at=made.made_at,
            made_by=made.made_by,
        )
    )


def versions(session: Session, key: PlanKey, *, after: int = 0) -> list[PlanVersion]:
    """The edits of a plan after a version, newest first."""
    query = select(PlanVersionRow).where(
        PlanVersionRow.province_code == key.province_code,
        PlanVersionRow.plan_id == key.plan_id,
        PlanVersionRow.version > after,
    )
    return [_version(row) for row in session.scalars(query.order_by(PlanVersionRow.version.desc()))]


def replace_routes(
    session: Session, key: PlanKey, routes: Sequence[StoredRoute], couriers: Iterable[UUID], stale: Iterable[UUID]
) -> None:
    """Write these routes in place of all that the couriers had; the lines of stale ones wait to be drawn."""
    waiting = set(stale)
    for table in (PlanStopRow, PlanRouteRow):
        session.execute(
            delete(table).where(
                table.province_code == key.province_code,
                table.plan_id == key.plan_id,
                table.courier_id.in_(list(couriers)),
            )
        )
    of_plan = {"province_code": key.province_code, "plan_id": key.plan_id}
    rows = [of_plan | _marked(route_row(route), route.courier_id in waiting) for route in routes]
    stops = [of_plan | stop_row(route, stop) for route in routes for stop in route.stops]
    if rows:
        session.execute(insert(PlanRouteRow), rows)
        session.execute(insert(PlanStopRow), stops)


def replace_unplanned(session: Session, key: PlanKey, left: Sequence[StoredUnplanned]) -> None:
    """Write what a plan leaves out anew."""
    session.execute(
        delete(PlanUnplannedRow).where(
            PlanUnplannedRow.province_code == key.province_code, PlanUnplannedRow.plan_id == key.plan_id
        )
    )
    of_plan = {"province_code": key.province_code, "plan_id": key.plan_id}
    if left:
        session.execute(insert(PlanUnplannedRow), [of_plan | left_row(n, one) for n, one in enumerate(left)])


def next_seq(session: Session, key: PlanKey) -> int:
    """The first route number nobody has."""
    query = select(func.max(PlanRouteRow.seq)).where(
        PlanRouteRow.province_code == key.province_code, PlanRouteRow.plan_id == key.plan_id
    )
    highest = session.scalar(query)
    return 0 if highest is None else highest + 1


def write_head(session: Session, key: PlanKey, values: Mapping[str, Any]) -> None:
    """What an edit changes of the plan itself: version, cost, counts, wishes, broken rules."""
    session.execute(
        update(PlanRow).where(PlanRow.province_code == key.province_code, PlanRow.id == key.plan_id).values(values)
    )


def _marked(row: dict[str, Any], stale: bool) -> dict[str, Any]:
    return {**row, "rounds": [one | {"stale": True} for one in row["rounds"]]} if stale else row


def _version(row: PlanVersionRow) -> PlanVersion:
    return PlanVersion(
        version=row.version,
        kind=row.kind,
        concerns=row.concerns,
        command=row.command,
        details=row.details,
        changes={part: (both[0], both[1]) for part, both in row.changes.items()},
        difference=row.difference,
        made_at=row.made_at,
        made_by=row.made_by,
    )
