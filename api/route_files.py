"""A plan's routes as papers and files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from uuid import UUID

from sqlalchemy.orm import Session

from api.runtime import Runtime
from core.scope import Scope
from routing import service
from routing.sheets.background import background_of
from routing.sheets.build import build_sheets
from routing.sheets.exports import to_csv, to_geojson, to_gpx, to_xlsx
from routing.sheets.render import sheets_pdf
from routing.sheets.sheet import RouteSheet
from routing.stored import StoredPlan
from tracking import service as tracking
from tracking.model import Item


@dataclass(frozen=True, slots=True)
class Export:
    """A file form of one route."""

    media_type: str
    render: Callable[[RouteSheet], bytes]


EXPORTS = {
    "gpx": Export("application/gpx+xml", to_gpx),
    "geojson": Export("application/geo+json", lambda sheet: to_geojson([sheet])),
    "csv": Export("text/csv; charset=utf-8", to_csv),
    "xlsx": Export("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_xlsx),
}


def pdf_of(sheets: Sequence[RouteSheet], runtime: Runtime, *, language: str) -> bytes:
    """Route sheets as one PDF, with roads and water under the routes."""
    return sheets_pdf(sheets, language=language, background=partial(background_of, runtime.paper_map))


def items_of_plan(session: Session, scope: Scope, plan: StoredPlan) -> dict[UUID, Item]:
    """Every item a plan speaks of that the caller may see."""
    planned = [item_id for route in plan.routes for stop in route.stops for item_id in stop.item_ids]
    left = [item_id for one in plan.unplanned for item_id in one.item_ids]
    return tracking.find_items(session, scope=scope, item_ids=[*planned, *left])


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPapers:
    """Route sheets and the items whose addressees they name."""

    sheets: list[RouteSheet]
    item_ids: list[UUID]


def plan_papers(
    session: Session, scope: Scope, runtime: Runtime, plan_id: UUID, courier_id: UUID | None = None
) -> PlanPapers:
    """The route sheets of a plan, or the one of a courier."""
    plan = service.get_plan(session, scope=scope, plan_id=plan_id)
    offices = {office.id: office for office in tracking.list_offices(session, scope=scope)}
    known = tracking.known_couriers(session, scope=scope, office_id=plan.head.office_id)
    couriers = {one.id: one for one in known}
    sheets = build_sheets(
        plan,
        office=offices[plan.head.office_id],
        couriers=couriers,
        items=items_of_plan(session, scope, plan),
        communes=runtime.communes,
        procedures=tracking.list_rules(session, province_code=scope.province_code),
    )
    chosen = [courier_id in {None, route.courier_id} for route in plan.routes]
    return PlanPapers(
        sheets=list(compress(sheets, chosen)),
        item_ids=[item for route in compress(plan.routes, chosen) for stop in route.stops for item in stop.item_ids],
    )
