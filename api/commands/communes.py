"""`buuta communes …`: the list of communes, the next reform, and taking one back."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.ground import opened
from api.commands.output import AsJson, coded_errors, say
from geodata.communes import load_communes
from geodata.reform import list_editions
from geodata.reform_read import read_tables
from tracking.reform import UpdateAnswer, apply_due, revert_units, update_units

communes = typer.Typer(no_args_is_help=True, help="Xã, phường, đặc khu · communes.")
_ACTOR = "command"


@communes.command("load")
def load(as_json: AsJson = False) -> None:
    """Nạp 3.321 xã, phường, đặc khu · load the communes; again changes nothing."""
    with coded_errors(as_json=as_json), opened() as runtime, runtime.database.transaction() as session:
        count = load_communes(session)
    say({"communes": count}, as_json=as_json, text=f"{count} communes")


@communes.command("update")
def update(
    file: Annotated[Path, typer.Argument(exists=True, help="XLSX, GPKG, ZIP hoặc thư mục (docs/units.md)")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ kiểm tra, không ghi · check only.")] = False,
    crs: Annotated[str | None, typer.Option(help="Hệ tọa độ của cột wkt · of the column wkt.")] = None,
    as_json: AsJson = False,
) -> None:
    """Nạp đợt sắp xếp đơn vị tiếp theo · load the next reform; before its day it waits for it."""
    with coded_errors(as_json=as_json):
        tables = read_tables(file, crs=crs)
        with opened() as runtime, runtime.database.transaction() as session:
            answer = update_units(session, tables, actor=_ACTOR, now=runtime.clock(), dry_run=dry_run)
    say(answer_out(answer), as_json=as_json, text="\n".join(answer_lines(answer)))


@communes.command("apply-due")
def apply(as_json: AsJson = False) -> None:
    """Áp dụng các đợt đã đến ngày (bộ xử lý nền tự làm mỗi giờ) · apply reforms whose day has come."""
    with coded_errors(as_json=as_json), opened() as runtime, runtime.database.transaction() as session:
        answers = apply_due(session, now=runtime.clock(), actor=_ACTOR)
    lines = [line for answer in answers for line in answer_lines(answer)]
    say({"applied": [answer_out(answer) for answer in answers]}, as_json=as_json, text="\n".join(lines) or "0")


@communes.command("revert")
def revert(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Ngày hiệu lực · day of the reform")],
    as_json: AsJson = False,
) -> None:
    """Rút lại một đợt chưa được dùng · take a reform back that is not in use yet."""
    with coded_errors(as_json=as_json), opened() as runtime, runtime.database.transaction() as session:
        edition = revert_units(session, day.date(), actor=_ACTOR, now=runtime.clock())
    answer = {"valid_from": edition.valid_from, "title": edition.title, "was": edition.state}
    say(answer, as_json=as_json, text=f"{edition.valid_from} {edition.title}: {edition.state} → ∅")


@communes.command("editions")
def editions(as_json: AsJson = False) -> None:
    """Các đợt đã nạp · the reforms that were loaded."""
    with coded_errors(as_json=as_json), opened() as runtime, runtime.database.reading() as session:
        found = list_editions(session)
    rows = [
        {
            "valid_from": one.valid_from,
            "title": one.title,
            "state": one.state,
            "loaded_at": one.loaded_at,
            "applied_at": one.applied_at,
            "reverted_at": one.reverted_at,
            "report": one.report,
        }
        for one in found
    ]
    lines = [f"{one.valid_from}  {one.state:8}  {one.title}" for one in found]
    say({"editions": rows}, as_json=as_json, text="\n".join(lines) or "2025-07-01")


def answer_out(answer: UpdateAnswer) -> dict[str, Any]:
    """The answer as JSON values."""
    return {
        "outcome": answer.outcome,
        "dry_run": answer.dry_run,
        "valid_from": answer.valid_from,
        "title": answer.title,
        "report": answer.report,
    }


def answer_lines(answer: UpdateAnswer) -> list[str]:
    """The answer for people: counts, then each commune whose office a person must choose."""
    lines = [f"{answer.valid_from} {answer.title}: {answer.outcome}{' (dry run)' if answer.dry_run else ''}"]
    report: Mapping[str, Any] = answer.report
    if report:
        lines += [", ".join(f"{count} {name}" for name, count in report["list"].items())]
        counts = ", ".join(f"{count} {name}" for name, count in report["items"].items())
        lines += [f"bưu gửi · items: {counts or '0'}; bưu tá · couriers: {report['couriers']}"]
        for ask in report["coverage"]["needs_person"]:
            parts = ", ".join(f"{office} {km2} km²" for office, km2 in ask["km2"].items())
            lines.append(f"▲ {ask['commune_code']} {ask['commune']}: {parts} → tạm giao {ask['office']} · for now")
    return lines
