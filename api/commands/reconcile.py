"""`buuta reconcile`: dossiers of agencies held against what agencies say of them."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, Exit, coded_errors, say
from api.presenters.reconcile import detail_out
from api.runtime import Runtime
from api.schemas.reconcile import RunDetailOut
from api.settings import load_settings
from core.errors import NOT_FOUND, Problem, fail
from core.scope import Scope
from tracking import service
from tracking.reconcile import runs
from tracking.reconcile.runs import RunDetail
from tracking.reconcile.sheet import read_list

_FILE = typer.Option("--list", exists=True, dir_okay=False, help="Danh sách của cơ quan, XLSX hoặc CSV · its list.")

_TAKE_IN = typer.Option("--take-in", help="Nhận vào những hồ sơ thiếu mà danh sách ghi đủ · take in what is missing.")


def reconcile(
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan; mặc định mọi cơ quan · agency code.")] = None,
    file: Annotated[Path | None, _FILE] = None,
    take_in: Annotated[bool, _TAKE_IN] = False,
    as_json: AsJson = False,
) -> None:
    """Đối soát hồ sơ với cơ quan; mã thoát 1 khi có khác biệt · exit code 1 when there is a difference."""
    if file is not None and agency is None:
        raise typer.BadParameter("--list: --agency")
    with coded_errors(as_json=as_json):
        settings = load_settings()
        scope, shown = operator_scope(settings), []
        refused: dict[str, tuple[Problem, ...]] = {}
        with opened(settings) as runtime, runtime.database.transaction() as session:
            known = {one.code: one for one in service.list_agencies(session, scope=scope)}
            if agency is not None and agency not in known:
                raise fail(NOT_FOUND, what=f"agency {agency}")
            names, now = {one.id: one.name for one in known.values()}, runtime.clock()
            for one in [known[agency]] if agency is not None else known.values():
                if file is None:
                    detail = runs.reconcile(session, scope=scope, agency_id=one.id, now=now)
                else:
                    detail = runs.take_list(
                        session,
                        scope=scope,
                        agency_id=one.id,
                        entries=read_list(file.read_bytes()),
                        listed_at=now,
                        complete=True,
                        now=now,
                    )
                if take_in:
                    detail = _taken_in(session, runtime, scope, detail, refused)
                shown.append(detail_out(detail, names))
    answer = {
        "runs": [one.model_dump(mode="json") for one in shown],
        "refused": {code: [one.as_dict() for one in why] for code, why in refused.items()},
    }
    say(answer, as_json=as_json, text="\n".join([*(line for one in shown for line in _lines(one)), *_whys(refused)]))
    if any(one.run.differences > sum(found.repaired_at is not None for found in one.found) for one in shown):
        raise typer.Exit(Exit.FAILED)


def _taken_in(
    session: Session, runtime: Runtime, scope: Scope, detail: RunDetail, refused: dict[str, tuple[Problem, ...]]
) -> RunDetail:
    """The run after each missing result that the list tells of was taken in; `refused` gets those that were not."""
    answers = runs.take_in_all(
        session, scope=scope, run_id=detail.run.id, load_resolver=lambda: runtime.resolver, now=runtime.clock()
    )
    refused |= {code: why for code, why in answers.items() if why}
    return runs.run_detail(session, scope=scope, run_id=detail.run.id)


def _whys(refused: dict[str, tuple[Problem, ...]]) -> list[str]:
    return [f"▲ {code} {one.code} {one.text('vi')} · {one.text('en')}" for code, why in refused.items() for one in why]


def _lines(shown: RunDetailOut) -> list[str]:
    head = f"{shown.run.agency_name}: {shown.run.dossiers} dossiers, {shown.run.differences} differences"
    return [
        head,
        *(
            f"{'●' if one.repaired_at else '▲'} {one.dossier_code} {one.kind.value}: {one.detail} · {one.detail_en}"
            for one in shown.found
        ),
    ]
