"""`buuta plan` and `buuta sheet`: a day's plan without a browser."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, Exit, coded_errors, say
from api.presenters.plans import brief
from api.route_files import pdf_of, plan_papers
from api.runtime import Runtime
from api.settings import Settings, load_settings
from api.worker import run_worker
from core.clock import local_date
from core.errors import NOT_FOUND, fail
from core.scope import Scope
from routing import service
from routing.stored import LIVING, PlanHead, PlanState
from tracking import service as tracking

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Ngày; mặc định hôm nay · today by default.")]


def plan(
    office: Annotated[str, typer.Option(help="Mã bưu cục · office code.")],
    day: Day = None,
    seconds: Annotated[float | None, typer.Option(help="Giây tìm kiếm · seconds of search.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Công bố luôn · publish at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Lập tuyến của một bưu cục trong ngày · plan an office's day here and now."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime:
            scope = operator_scope(settings)
            chosen = day.date() if day else local_date(runtime.clock())
            plan_id = _ask(runtime, scope, office, chosen, seconds)
            _work(runtime, settings, quiet=as_json)
            head = _outcome(runtime, scope, plan_id, publish=publish)
    shown = brief(head)
    text = f"{head.state.value}: {head.planned_items} planned, {head.unplanned_items} unplanned · {plan_id}"
    say(shown.model_dump(mode="json"), as_json=as_json, text=text)
    if head.state not in LIVING:
        raise typer.Exit(Exit.FAILED)


def sheet(
    plan_id: Annotated[UUID, typer.Argument(help="Mã kế hoạch · plan id.")],
    out: Annotated[Path, typer.Option(help="Tệp PDF · where the PDF goes.")],
    language: Annotated[str, typer.Option(help="vi, en")] = "vi",
    as_json: AsJson = False,
) -> None:
    """In bảng kê BD13 của cả kế hoạch · print the route sheets of a plan."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            sheets = plan_papers(session, operator_scope(settings), runtime, plan_id).sheets
            out.write_bytes(pdf_of(sheets, runtime, language=language))
    say({"sheets": len(sheets), "file": str(out)}, as_json=as_json, text=f"{len(sheets)} → {out}")


def _ask(runtime: Runtime, scope: Scope, office: str, day: date, seconds: float | None) -> UUID:
    with runtime.database.transaction() as session:
        known = {one.code: one.id for one in tracking.list_offices(session, scope=scope)}
        if office not in known:
            raise fail(NOT_FOUND, what=f"office {office}")
        rule = service.office_rule(session, scope=scope, office_id=known[office])
        params = replace(rule.params(), seconds=seconds)
        job = service.request_plan(
            session, scope=scope, office_id=known[office], day=day, params=params, now=runtime.clock()
        )
    return job.plan_id


def _work(runtime: Runtime, settings: Settings, *, quiet: bool) -> None:
    """Do what waits in the planning queue, here; a worker elsewhere may be quicker."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=quiet) as bar:
        bar.add_task("lập tuyến · planning", total=None)
        run_worker(runtime, settings, queues=[service.PLAN_QUEUE], wait=False)


def _outcome(runtime: Runtime, scope: Scope, plan_id: UUID, *, publish: bool) -> PlanHead:
    with runtime.database.transaction() as session:
        head = service.get_plan(session, scope=scope, plan_id=plan_id).head
        if publish and head.state is PlanState.DRAFT:
            return service.publish_plan(
                session, scope=scope, plan_id=plan_id, version=head.version, now=runtime.clock()
            )
        return head
