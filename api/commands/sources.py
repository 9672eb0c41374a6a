"""`buuta source`: lists of results that dossier systems publish."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, Exit, coded_errors, say
from api.pulling import poller_of
from api.settings import load_settings
from core.errors import NOT_FOUND, fail
from tracking import service
from tracking.sources import registry
from tracking.sources.polling import poll
from tracking.store_sources import Source, SourceKey

sources = typer.Typer(no_args_is_help=True, help="Nguồn kết quả để hỏi định kỳ · published lists of results.")
SourceId = Annotated[UUID, typer.Argument(help="Mã định danh nguồn · source id.")]
_NO_LIMIT_S = 3600.0


@sources.command("add")
def add_source(
    url: str,
    agency: Annotated[str, typer.Option(help="Mã cơ quan · agency code.")],
    secret: Annotated[
        str, typer.Option(prompt=True, hide_input=True, help="Khóa, hoặc tên:mật khẩu · the key, or name:password.")
    ],
    kind: Annotated[str, typer.Option(help="rows, orders")] = "rows",
    every: Annotated[int, typer.Option(min=1, max=1440, help="Số phút giữa hai lần hỏi · minutes.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Đặt nguồn; cùng địa chỉ thì đổi khóa và chu kỳ · the same URL again changes secret and period."""
    if kind not in ("rows", "orders"):
        raise typer.BadParameter(kind, param_hint="--kind")
    with coded_errors(as_json=as_json):
        settings = load_settings()
        scope = operator_scope(settings)
        with opened(settings) as runtime, runtime.database.transaction() as session:
            agencies = {one.code: one.id for one in service.list_agencies(session, scope=scope)}
            if agency not in agencies:
                raise fail(NOT_FOUND, what=f"agency {agency}")
            made = registry.save_source(
                session,
                scope=scope,
                agency_id=agencies[agency],
                url=url,
                secret=secret,
                box=runtime.secrets,
                allow_private=settings.allow_private_webhooks,
                now=runtime.clock(),
                kind=kind,
                every_s=every * 60,
            )
    say(asdict(made), as_json=as_json, text=str(made.id))


@sources.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """Các nguồn: đọc tới đâu, lần cuối ra sao · how far each was read and how that went."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            found = registry.list_sources(session, scope=operator_scope(settings))
    say({"sources": [asdict(one) for one in found]}, as_json=as_json, text="\n".join(_line(one) for one in found))


@sources.command("poll")
def poll_source(source: SourceId, as_json: AsJson = False) -> None:
    """Hỏi ngay tại đây; mã thoát 1 khi nguồn lỗi hoặc có dòng bị từ chối · ask here and now."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime:
            with runtime.database.transaction() as session:
                registry.poll_now(session, scope=operator_scope(settings), source_id=source, now=runtime.clock())
            polled = poll(poller_of(runtime), SourceKey(settings.province_code, source), budget_s=_NO_LIMIT_S)
    text = f"{polled.taken} taken, {polled.refused} refused" + (f"  ▲ {polled.error}" if polled.error else "")
    say(asdict(polled), as_json=as_json, text=text)
    if polled.error or polled.refused:
        raise typer.Exit(Exit.FAILED)


@sources.command("disable")
def disable_source(source: SourceId, as_json: AsJson = False) -> None:
    """Thôi hỏi; vị trí đã đọc vẫn giữ · ask no more, the cursor stays."""
    _switch(source, registry.disable_source, as_json=as_json)


@sources.command("enable")
def enable_source(source: SourceId, as_json: AsJson = False) -> None:
    """Hỏi lại từ chỗ đã dừng · ask again from where it was left."""
    _switch(source, registry.enable_source, as_json=as_json)


def _switch(source: UUID, turn: Callable[..., Source], *, as_json: bool) -> None:
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            changed = turn(session, scope=operator_scope(settings), source_id=source, now=runtime.clock())
    say(asdict(changed), as_json=as_json, text=_line(changed))


def _line(one: Source) -> str:
    mark = "▲" if one.failures or one.state != "active" else "●"
    last = f"  {one.last_error}" if one.failures else ""
    return f"{one.id}  {mark} {one.state}  {one.rows_taken} / {one.rows_refused}  {one.cursor or '-'}  {one.url}{last}"
