"""`buuta import-results`: a register list from a file."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, Exit, coded_errors, say
from api.presenters.results import batch_out
from api.settings import load_settings
from core.errors import NOT_FOUND, fail
from tracking import service
from tracking.sheet_intake import accept_sheet


def import_results(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp XLSX hoặc CSV")],
    agency: Annotated[str, typer.Option(help="Mã cơ quan · agency code.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ thử, không ghi · take nothing in.")] = False,
    as_json: AsJson = False,
) -> None:
    """Nhập danh sách kết quả; mã thoát 1 khi có dòng bị từ chối · exit code 1 when a row is refused."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        scope = operator_scope(settings)
        with opened(settings) as runtime, runtime.database.transaction() as session:
            agencies = {one.code: one.id for one in service.list_agencies(session, scope=scope)}
            if agency not in agencies:
                raise fail(NOT_FOUND, what=f"agency {agency}")
            answer = accept_sheet(
                session,
                scope=scope,
                agency_id=agencies[agency],
                data=file.read_bytes(),
                resolver=runtime.resolver,
                now=runtime.clock(),
                dry_run=dry_run,
            )
    shown = batch_out(answer.answers, accepted=not dry_run)
    refused = [row for row in shown.rows if row.outcome == "rejected"]
    lines = [", ".join(f"{count} {name}" for name, count in shown.counts.model_dump().items())]
    lines += [f"▲ {p.pointer} {p.code} {p.detail} · {p.detail_en}" for row in refused for p in row.problems]
    say(shown.model_dump(mode="json"), as_json=as_json, text="\n".join(lines))
    if refused:
        raise typer.Exit(Exit.FAILED)
