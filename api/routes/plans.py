"""Plans: ask for one, watch it come, publish it, print it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from sqlalchemy.orm import Session

from api.deps import DbSession, Now, RuntimeDep
from api.encoding import GeoJson
from api.idempotency import OnceDep
from api.identity import Identity
from api.presenters.planning import wanted_params
from api.presenters.plans import PlanView, brief
from api.route_files import EXPORTS, items_of_plan, pdf_of, plan_papers
from api.routes.asking import Planner, Staff, note_view, view_of
from api.runtime import Runtime
from api.schemas.places import FeatureCollection
from api.schemas.plans import PlanBrief, PlanIn, PlanList, PlanOut, PlanRequested, PublishIn
from api.schemas.types import LocalDate, answers_file
from core.errors import NOT_FOUND, fail
from routing import service
from routing.sheets.exports import to_geojson
from routing.sheets.sheet import RouteSheet
from tracking import service as tracking

router = APIRouter(tags=["plans"])
_PDF = "application/pdf"
_ROUTE_FILE = answers_file(_PDF, *(export.media_type for export in EXPORTS.values()))


@router.post("/plans", status_code=202)
def post_plan(content: PlanIn, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> PlanRequested:
    """Ask for a plan of an office and day; a worker makes it. One under way already is given back."""

    def work() -> PlanRequested:
        rule = service.office_rule(session, scope=caller.scope, office_id=content.office_id)
        params = wanted_params(content.params, rule)
        job = service.request_plan(
            session, scope=caller.scope, office_id=content.office_id, day=content.day, params=params, now=now
        )
        return PlanRequested(plan_id=job.plan_id, state=job.state.value, created=job.created)

    return once.run(PlanRequested, work)


@router.get("/plans")
def get_plans(
    session: DbSession, caller: Staff, office_id: UUID | None = None, day: LocalDate | None = None
) -> PlanList:
    """Plans in reach, newest first."""
    heads = service.list_plans(session, scope=caller.scope, office_id=office_id, day=day)
    return PlanList(plans=[brief(head) for head in heads])


@router.get("/plans/{plan_id}")
def get_plan(plan_id: UUID, session: DbSession, caller: Staff, runtime: RuntimeDep, now: Now) -> PlanOut:
    """A plan with its routes, stops and what is left out."""
    return _plan_out(session, caller, runtime, now, plan_id)


@router.post("/plans/{plan_id}/publish")
def post_publish(
    plan_id: UUID, content: PublishIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> PlanOut:
    """Make a draft the day's plan: items become planned. A plan with a violation is refused."""
    service.publish_plan(session, scope=caller.scope, plan_id=plan_id, version=content.version, now=now)
    return _plan_out(session, caller, runtime, now, plan_id)


@router.post("/plans/{plan_id}/finish")
def post_finish(plan_id: UUID, session: DbSession, caller: Planner) -> PlanBrief:
    """End the search of a plan that waits or is being made with the best found so far, as its draft."""
    return brief(service.finish_plan(session, scope=caller.scope, plan_id=plan_id))


@router.post("/plans/{plan_id}/cancel")
def post_cancel(plan_id: UUID, session: DbSession, caller: Planner, now: Now) -> PlanBrief:
    """Stop a plan that waits or is being made."""
    return brief(service.cancel_plan(session, scope=caller.scope, plan_id=plan_id, now=now))


@router.get("/plans/{plan_id}/routes.geojson", response_class=GeoJson, response_model=FeatureCollection)
def get_routes_geojson(plan_id: UUID, session: DbSession, caller: Staff, runtime: RuntimeDep, now: Now) -> Response:
    """All routes of a plan as GeoJSON."""
    sheets = _sheets(session, caller, runtime, now, plan_id)
    return GeoJson(to_geojson(sheets))


@router.get("/plans/{plan_id}/sheets.pdf", response_class=Response, responses=answers_file(_PDF))
def get_sheets_pdf(plan_id: UUID, session: DbSession, caller: Staff, runtime: RuntimeDep, now: Now) -> Response:
    """The route sheets of all couriers in one PDF."""
    sheets = _sheets(session, caller, runtime, now, plan_id)
    return Response(pdf_of(sheets, runtime, language=caller.language), media_type=_PDF)


@router.get("/plans/{plan_id}/routes/{courier_id}.{form}", response_class=Response, responses=_ROUTE_FILE)
def get_route_file(
    plan_id: UUID,
    courier_id: UUID,
    form: Annotated[str, Path(pattern="^(pdf|gpx|geojson|csv|xlsx)$")],
    session: DbSession,
    caller: Staff,
    runtime: RuntimeDep,
    now: Now,
) -> Response:
    """One courier's route as PDF, GPX, GeoJSON, CSV or XLSX."""
    sheets = _sheets(session, caller, runtime, now, plan_id, courier_id=courier_id)
    if not sheets:
        raise fail(NOT_FOUND, what="route")
    name = {"Content-Disposition": f'attachment; filename="{sheets[0].sheet_no}.{form}"'}
    if form == "pdf":
        return Response(pdf_of(sheets, runtime, language=caller.language), media_type=_PDF, headers=name)
    export = EXPORTS[form]
    return Response(export.render(sheets[0]), media_type=export.media_type, headers=name)


def _sheets(
    session: Session,
    caller: Identity,
    runtime: Runtime,
    now: datetime,
    plan_id: UUID,
    courier_id: UUID | None = None,
) -> list[RouteSheet]:
    """Route sheets for a caller, who is written down as having seen whom they name."""
    papers = plan_papers(session, caller.scope, runtime, plan_id, courier_id=courier_id)
    note_view(session, caller.scope, "route_file", papers.item_ids, now)
    return papers.sheets


def _plan_out(session: Session, caller: Identity, runtime: Runtime, now: datetime, plan_id: UUID) -> PlanOut:
    plan = service.get_plan(session, scope=caller.scope, plan_id=plan_id)
    items = items_of_plan(session, caller.scope, plan)
    couriers = tracking.known_couriers(session, scope=caller.scope, office_id=plan.head.office_id)
    note_view(session, caller.scope, "plan", list(items), now)
    shown = PlanView(
        view=view_of(caller, runtime, now), items=items, couriers={courier.id: courier for courier in couriers}
    )
    return shown.plan(plan)
