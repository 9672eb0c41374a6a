"""`buuta import-results`: a register list from a file, taken in part by part."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import Progress

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, Exit, coded_errors, is_quiet, say
from api.presenters.results import batch_out
from api.runtime import Runtime
from api.settings import load_settings
from core.errors import NOT_FOUND, fail
from core.memory import settle
from core.scope import Scope
from tracking import service
from tracking.intake import Earlier
from tracking.model import RowAnswer
from tracking.sheet_intake import Into, Sheet, accept_part, read_sheet, try_sheet
from tracking.sheet_marked import marked_xlsx
from tracking.sheet_read import FILE


def import_results(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp XLSX hoặc CSV")],
    agency: Annotated[str, typer.Option(help="Mã cơ quan · agency code.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ thử, không ghi · take nothing in.")] = False,
    refused: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Ghi các dòng bị từ chối ra tệp XLSX để sửa · to mend them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Nhập danh sách kết quả, cả danh sách lớn; mã thoát 1 khi có dòng bị từ chối · exit code 1 when a row is refused.

    Ghi mỗi lần 1.000 dòng; bị ngắt thì chạy lại, không mất, không trùng · safe to run again when it breaks off.
    """
    if refused is not None and refused.exists() and refused.samefile(file):
        raise typer.BadParameter("phải là tệp khác danh sách · must be another file", param_hint="--refused")
    with coded_errors(as_json=as_json):
        settings, data = load_settings(), file.read_bytes()
        scope = operator_scope(settings)
        with opened(settings) as runtime:
            into = Into(scope, _agency(runtime, scope, agency), runtime.resolver)
            sheet = read_sheet(data, FILE)
            settle()
            answers = list(_taken(runtime, sheet, into, dry_run=dry_run))
    shown = batch_out(answers, accepted=not dry_run)
    wrong = [row for row in shown.rows if row.outcome == "rejected"]
    if refused is not None and wrong:
        refused.write_bytes(marked_xlsx(data, answers, FILE))
    lines = [", ".join(f"{count} {name}" for name, count in shown.counts.model_dump().items())]
    lines += [f"▲ {p.pointer} {p.code} {p.detail} · {p.detail_en}" for row in wrong for p in row.problems]
    say(shown.model_dump(mode="json"), as_json=as_json, text="\n".join(lines))
    if wrong:
        raise typer.Exit(Exit.FAILED)


def _agency(runtime: Runtime, scope: Scope, code: str) -> UUID:
    with runtime.database.reading() as session:
        agencies = {one.code: one.id for one in service.list_agencies(session, scope=scope)}
    if code not in agencies:
        raise fail(NOT_FOUND, what=f"agency {code}")
    return agencies[code]


def _taken(runtime: Runtime, sheet: Sheet, into: Into, *, dry_run: bool) -> Iterator[RowAnswer]:
    """Each part in a transaction of its own, so that what was done stays done; a dry run is one that is rolled back."""
    with Progress(disable=is_quiet()) as bar:
        task = bar.add_task("import", total=len(sheet.rows))
        if dry_run:
            with runtime.database.transaction() as session:
                yield from try_sheet(session, sheet, into, now=runtime.clock())
            return
        earlier: Earlier = {}
        for part in sheet.parts():
            with runtime.database.transaction() as session:
                yield from accept_part(session, sheet, part, into, earlier, now=runtime.clock())
            bar.update(task, advance=len(part))
