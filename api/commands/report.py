"""`buuta report`: the service standard in numbers."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, coded_errors, say
from api.presenters.reports import on_time_out
from api.schemas.reports import OnTimeOut, OnTimeRow
from api.settings import load_settings
from core.clock import local_date
from tracking.reports import Group, on_time_report

_MONTH = timedelta(days=30)
_DAY = typer.Option(formats=["%Y-%m-%d"], help="YYYY-MM-DD")


def report(
    from_on: Annotated[datetime | None, _DAY] = None,
    to_on: Annotated[datetime | None, _DAY] = None,
    group: Annotated[Group, typer.Option(help="Nhóm theo · rows by.")] = Group.OFFICE,
    as_json: AsJson = False,
) -> None:
    """Tỷ lệ đúng hạn; mặc định 30 ngày qua · on-time shares, by default of the last 30 days."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            now = runtime.clock()
            last = to_on.date() if to_on else local_date(now)
            first = from_on.date() if from_on else last - _MONTH
            scope = operator_scope(settings)
            found = on_time_report(session, scope=scope, from_on=first, to_on=last, group=group, now=now)
    shown = on_time_out(found)
    if as_json:
        say(shown.model_dump(mode="json"), as_json=True, text="")
    else:
        Console().print(_table(shown))


def _table(shown: OnTimeOut) -> Table:
    table = Table(title=f"{shown.first_on:%d/%m/%Y} - {shown.last_on:%d/%m/%Y}")
    table.add_column("")
    for heading in ("đã phát", "đúng hạn", "lần đầu", "đang đi", "quá hạn", "cơ quan chưa giao", "hồ sơ nộp đúng hạn"):
        table.add_column(heading, justify="right")
    for row in [*shown.rows, shown.total]:
        table.add_row(*_cells(row))
    return table


def _cells(row: OnTimeRow) -> tuple[str, ...]:
    shares = (row.on_time_share, row.first_attempt_share, row.dossiers_on_time_share)
    on_time, first, dossiers = ("" if share is None else f"{share:.1%}".replace(".", ",") for share in shares)
    open_ones = (str(row.running), str(row.open_overdue), str(row.with_agency))
    return row.name or "Σ", str(row.delivered), on_time, first, *open_ones, dossiers
