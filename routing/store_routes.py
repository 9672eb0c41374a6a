"""Routes, stops and what is left out, as rows and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.scope import Scope
from geodata.model import LonLat
from routing.model import Reason, Round, Stop
from routing.store import PlanKey
from routing.stored import PlanState, StoredRound, StoredRoute, StoredStop, StoredUnplanned
from routing.tables import PlanRouteRow, PlanRow, PlanStopRow, PlanUnplannedRow


def save(session: Session, key: PlanKey, routes: Sequence[StoredRoute], left: Sequence[StoredUnplanned]) -> None:
    """Write a plan's content in place of whatever stood there."""
    of_plan = {"province_code": key.province_code, "plan_id": key.plan_id}
    for table in (PlanRouteRow, PlanStopRow, PlanUnplannedRow):
        session.execute(delete(table).where(table.province_code == key.province_code, table.plan_id == key.plan_id))
    _insert(session, PlanRouteRow, [{**of_plan, **route_row(route)} for route in routes])
    _insert(session, PlanStopRow, [{**of_plan, **stop_row(route, stop)} for route in routes for stop in route.stops])
    _insert(session, PlanUnplannedRow, [{**of_plan, **left_row(n, one)} for n, one in enumerate(left)])


def routes(session: Session, key: PlanKey, *, courier_id: UUID | None = None) -> tuple[StoredRoute, ...]:
    """A plan's routes in their order, or one courier's alone."""
    of_routes = [PlanRouteRow.province_code == key.province_code, PlanRouteRow.plan_id == key.plan_id]
    of_stops = [PlanStopRow.province_code == key.province_code, PlanStopRow.plan_id == key.plan_id]
    if courier_id is not None:
        of_routes.append(PlanRouteRow.courier_id == courier_id)
        of_stops.append(PlanStopRow.courier_id == courier_id)
    stops: dict[UUID, list[StoredStop]] = {}
    for row in session.scalars(select(PlanStopRow).where(*of_stops).order_by(PlanStopRow.seq)):
        stops.setdefault(row.courier_id, []).append(_stop(row))
    found = session.scalars(select(PlanRouteRow).where(*of_routes).order_by(PlanRouteRow.seq))
    return tuple(_route(row, stops.get(row.courier_id, [])) for row in found)


def unplanned(session: Session, key: PlanKey) -> tuple[StoredUnplanned, ...]:
    """What a plan leaves out."""
    query = select(PlanUnplannedRow).where(
        PlanUnplannedRow.province_code == key.province_code, PlanUnplannedRow.plan_id == key.plan_id
    )
    return tuple(
        StoredUnplanned(
            visit_id=row.visit_id,
            item_ids=tuple(row.item_ids),
            reasons=tuple(Reason(**reason) for reason in row.reasons),
        )
        for row in session.scalars(query.order_by(PlanUnplannedRow.seq))
    )


def published_of_courier(session: Session, scope: Scope, *, courier_id: UUID, day: date) -> UUID | None:
    """The published plan of a day that has a route for the courier."""
    query = (
        select(PlanRow.id)
        .join(
            PlanRouteRow,
            (PlanRouteRow.province_code == PlanRow.province_code) & (PlanRouteRow.plan_id == PlanRow.id),
        )
        .where(
            PlanRow.province_code == scope.province_code,
            PlanRow.day == day,
            PlanRow.state == PlanState.PUBLISHED.value,
            PlanRouteRow.courier_id == courier_id,
        )
    )
    if scope.office_ids is not None:
        query = query.where(PlanRow.office_id.in_(scope.office_ids))
    return session.scalars(query.order_by(PlanRow.id.desc()).limit(1)).one_or_none()


def item_ids(session: Session, province_code: str, plan_ids: Iterable[UUID]) -> list[UUID]:
    """The items on the routes of some plans."""
    query = select(PlanStopRow.item_ids).where(
        PlanStopRow.province_code == province_code, PlanStopRow.plan_id.in_(list(plan_ids))
    )
    return [item for items in session.scalars(query) for item in items]


def _insert(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def route_row(route: StoredRoute) -> dict[str, Any]:
    """A route's own columns."""
    rounds = [
        {
            "round": asdict(one.round),
            "line": [[point.lon, point.lat] for point in one.line],
            "travel_source": one.travel_source,
        }
        for one in route.rounds
    ]
    return {"courier_id": route.courier_id, "seq": route.seq, "cost": dict(route.cost), "rounds": rounds}


def stop_row(route: StoredRoute, stored: StoredStop) -> dict[str, Any]:
    """The columns of one of its stops."""
    visit = {
        "point": [stored.point.lon, stored.point.lat],
        "error_m": stored.error_m,
        "commune_code": stored.commune_code,
        "service_s": stored.service_s,
        "windows": [list(window) for window in stored.windows],
        "required": stored.required,
        "due_on": None if stored.due_on is None else stored.due_on.isoformat(),
        "load_items": stored.load_items,
        "papers": stored.papers,
        "dear_rank": stored.dear_rank,
    }
    return {
        **asdict(stored.stop),
        "courier_id": route.courier_id,
        "seq": stored.seq,
        "item_ids": list(stored.item_ids),
        "visit": visit,
    }


def left_row(seq: int, left: StoredUnplanned) -> dict[str, Any]:
    """The columns of what is left out."""
    return {
        "seq": seq,
        "visit_id": left.visit_id,
        "item_ids": list(left.item_ids),
        "reasons": [asdict(reason) for reason in left.reasons],
    }


def _stop(row: PlanStopRow) -> StoredStop:
    visit: Mapping[str, Any] = row.visit
    lon, lat = visit["point"]
    return StoredStop(
        stop=Stop(
            visit_id=row.visit_id,
            round=row.round,
            arrival_s=row.arrival_s,
            wait_s=row.wait_s,
            start_s=row.start_s,
            departure_s=row.departure_s,
        ),
        seq=row.seq,
        item_ids=tuple(row.item_ids),
        point=LonLat(lon=lon, lat=lat),
        error_m=visit["error_m"],
        commune_code=visit["commune_code"],
        service_s=visit["service_s"],
        windows=tuple((start, end) for start, end in visit["windows"]),
        required=visit["required"],
        due_on=None if visit["due_on"] is None else date.fromisoformat(visit["due_on"]),
        load_items=visit["load_items"],
        papers=visit["papers"],
        dear_rank=visit["dear_rank"],
    )


def _route(row: PlanRouteRow, stops: Sequence[StoredStop]) -> StoredRoute:
    rounds = tuple(
        StoredRound(
            round=Round(**{**one["round"], "breaks": tuple(one["round"].get("breaks", ()))}),
            line=tuple(LonLat(lon=lon, lat=lat) for lon, lat in one["line"]),
            travel_source=one["travel_source"],
        )
        for one in row.rounds
    )
    return StoredRoute(
        courier_id=row.courier_id,
        seq=row.seq,
        stops=tuple(stops),
        rounds=rounds,
        cost=row.cost,
        stale=any(one.get("stale", False) for one in row.rounds),
    )
