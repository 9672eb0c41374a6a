"""`buuta endpoint`: where agencies want to be told, what waits there, and sending again."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, coded_errors, say
from api.settings import load_settings
from core.clock import VIETNAM
from tracking.feedback import endpoints as registry
from tracking.feedback.stream import position_of
from tracking.store_endpoints import Backlog, Endpoint
from tracking.store_replay import Replay

endpoints = typer.Typer(no_args_is_help=True, help="Địa chỉ nhận tin của cơ quan · where agencies are told.")
EndpointId = Annotated[UUID, typer.Argument(help="Mã định danh địa chỉ nhận · endpoint id.")]
_SINCE = typer.Option(
    formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"],
    help="Ghi nhận từ lúc này · recorded at this instant or later: 2026-11-20T08:30:00+07:00, 2026-11-20.",
)


@endpoints.command("list")
def list_endpoints(as_json: AsJson = False) -> None:
    """Các địa chỉ nhận và số tin đang chờ, đã bỏ · endpoints, what waits and what was given up."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        scope = operator_scope(settings)
        with opened(settings) as runtime, runtime.database.reading() as session:
            found = registry.list_endpoints(session, scope=scope)
            waiting = {one.endpoint_id: one for one in registry.backlogs(session, scope=scope)}
    answer = [asdict(one) | {"pending": waiting[one.id].pending, "dead": waiting[one.id].dead} for one in found]
    lines = [_line(one, waiting[one.id]) for one in found]
    say({"endpoints": answer}, as_json=as_json, text="\n".join(lines))


@endpoints.command("replay")
def replay(
    endpoint: EndpointId,
    after: Annotated[str | None, typer.Option(help="Sau vị trí này của luồng · after this cursor.")] = None,
    since: Annotated[datetime | None, _SINCE] = None,
    dossier: Annotated[str | None, typer.Option(help="Chỉ hồ sơ này · this dossier alone.")] = None,
    from_sequence: Annotated[int, typer.Option(min=1, help="Từ số thứ tự này · from this sequence on.")] = 1,
    dead: Annotated[bool, typer.Option("--dead", help="Chỉ các tin đã bỏ · dead letters alone.")] = False,
    count_only: Annotated[bool, typer.Option("--count-only", help="Chỉ đếm, không gửi · count, send none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Gửi lại với mã cũ; worker sẽ gửi · send again under the same ids, by the worker."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        scope = operator_scope(settings)
        chosen = Replay(
            position=position_of(after),
            since=_instant(since),
            dossier_code=dossier,
            from_sequence=from_sequence,
            dead_only=dead,
        )
        with opened(settings) as runtime, runtime.database.transaction() as session:
            if count_only:
                count = registry.count_replay(session, scope=scope, endpoint_id=endpoint, chosen=chosen)
            else:
                count = registry.replay(session, scope=scope, endpoint_id=endpoint, chosen=chosen, now=runtime.clock())
    say({"messages": count}, as_json=as_json, text=str(count))


@endpoints.command("disable")
def disable(endpoint: EndpointId, as_json: AsJson = False) -> None:
    """Thôi gửi; tin vẫn được giữ · stop sending, what happens meanwhile is kept."""
    _switch(endpoint, registry.disable_endpoint, as_json=as_json)


@endpoints.command("enable")
def enable(endpoint: EndpointId, as_json: AsJson = False) -> None:
    """Gửi lại, trước hết các tin đang chờ · send again, first what waited."""
    _switch(endpoint, registry.enable_endpoint, as_json=as_json)


def _switch(endpoint: UUID, turn: Callable[..., Endpoint], *, as_json: bool) -> None:
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            changed = turn(session, scope=operator_scope(settings), endpoint_id=endpoint)
    say(asdict(changed), as_json=as_json, text=f"{changed.id}  {changed.state}")


def _instant(since: datetime | None) -> datetime | None:
    """A day alone begins at its midnight in Vietnam."""
    return since.replace(tzinfo=VIETNAM) if since is not None and since.tzinfo is None else since


def _line(one: Endpoint, backlog: Backlog) -> str:
    mark = "●" if one.state == "active" and not backlog.dead and not one.failures else "▲"
    return f"{one.id}  {mark} {one.kind} {one.state}  {backlog.pending} / {backlog.dead}  {one.url}"
