"""`buuta custody`: check everything, make the daily roots, change the key that signs them."""

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.progress import Progress

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, Exit, coded_errors, is_quiet, say
from api.evidence.files import write_bundle, write_paper
from api.settings import load_settings
from api.signing import sign_roots
from api.wiring import keyring_of
from core.clock import utc_now
from core.memory import settle
from core.scope import system_scope
from tracking import service


class Language(StrEnum):
    """What the paper speaks."""

    VI = "vi"
    EN = "en"


custody = typer.Typer(no_args_is_help=True, help="Chuỗi giao nhận · chain of custody.")


@custody.command("verify")
def verify(
    as_json: AsJson = False,
    files: Annotated[bool, typer.Option(help="Đọc cả tệp ảnh · read the bytes of photos too.")] = True,
) -> None:
    """Tính lại mọi chuỗi, chứng từ, tệp và gốc ngày; mã thoát 1 khi có chỗ không khớp · exit code 1 when one fails."""
    counts = service.Audited()
    with coded_errors(as_json=as_json):
        settings = load_settings()
        keyring = keyring_of(settings)
        # Before the moment that is looked at: a root signed meanwhile is no fault.
        logged = keyring.log.of(settings.province_code)
        settle()
        # Progress goes to the terminal only: neither into a pipe nor into the JSON.
        with opened(settings) as runtime, runtime.database.snapshot() as session, Progress(disable=is_quiet()) as bar:
            task = bar.add_task("verify", total=None)
            faults = [
                _shown(fault)
                for fault in service.audit(
                    session,
                    settings.province_code,
                    blobs=runtime.blobs if files else None,
                    is_signed=keyring.is_signed,
                    logged=logged,
                    counts=counts,
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )
            ]
    seen = asdict(counts)
    lines = [", ".join(f"{count} {name}" for name, count in seen.items()) + f", {len(faults)} broken"]
    if counts.unlogged:
        lines.append(f"{counts.unlogged} gốc chưa ghi vào nhật ký ngoài · roots not in the outer log yet: custody root")
    lines += ["▲ " + " ".join(f"{name}={value}" for name, value in fault.items()) for fault in faults]
    say({**seen, "broken": faults}, as_json=as_json, text="\n".join(lines))
    if faults:
        raise typer.Exit(Exit.FAILED)


@custody.command("root")
def root(as_json: AsJson = False) -> None:
    """Lập và ký gốc của những ngày chưa có · make and sign the roots of past days that have none."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime:
            made = sign_roots(runtime.database, keyring_of(settings), settings.province_code, now=runtime.clock())
    told = [{"day": str(one.day), "count": one.count, "root": one.root, "key_id": one.key_id} for one in made]
    lines = [f"{one['day']} {one['count']} {one['root']}" for one in told] or ["0"]
    say({"roots": told}, as_json=as_json, text="\n".join(lines))


@custody.command("rotate-key")
def rotate_key(as_json: AsJson = False) -> None:
    """Thay khóa ký gốc ngày; khóa công khai cũ được giữ · change the signing key; old public keys are kept."""
    with coded_errors(as_json=as_json):
        fresh = keyring_of(load_settings()).rotate(now=utc_now())
    say(asdict(fresh), as_json=as_json, text=f"{fresh.key_id} {fresh.public_key}")


@custody.command("epcis")
def epcis(item_id: Annotated[UUID, typer.Argument(help="Mã của bưu gửi · id of the item.")]) -> None:
    """In lịch sử bưu gửi theo EPCIS 2.0 · print an item's history as an EPCIS 2.0 document."""
    with coded_errors():
        settings = load_settings()
        scope = system_scope(settings.province_code)
        with opened(settings) as runtime, runtime.database.reading() as session:
            item = service.find_item(session, scope=scope, item_id=item_id)
            history = service.item_history(session, scope=scope, item_id=item_id)
            told = service.epcis_document(item, history, now=runtime.clock())
    say(told, as_json=True, text="")


@custody.command("evidence")
def evidence(
    out: Annotated[Path, typer.Option(help="Tệp viết ra · file to write.")],
    item_id: Annotated[UUID | None, typer.Option("--item", help="Một bưu gửi: PDF · one item: PDF.")] = None,
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan: ZIP · code of an agency: ZIP.")] = None,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Ngày của ZIP · day of the ZIP.")] = None,
    lang: Annotated[Language, typer.Option(help="Ngôn ngữ · language.")] = Language.VI,
    as_json: AsJson = False,
) -> None:
    """Hồ sơ chứng cứ của bưu gửi, hoặc của cơ quan trong một ngày · evidence of an item, or of an agency's day."""
    if (item_id is None) == (agency is None) or (agency is None) != (day is None):
        raise typer.BadParameter("--item | --agency --day")
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime:
            scope = operator_scope(settings)
            if item_id is not None:
                count = write_paper(runtime, scope, item_id, out, language=lang)
            elif agency is not None and day is not None:
                count = write_bundle(runtime, scope, agency, day.date(), out, language=lang)
    say({"items": count, "file": str(out)}, as_json=as_json, text=f"{count} → {out}")


def _shown(fault: service.Fault) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in asdict(fault).items() if value}
