"""`buuta user add` and `buuta key add`: who may come in."""

import secrets
import sys
from typing import Annotated
from uuid import UUID

import typer

from api import auth
from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, coded_errors, say
from api.identity import ApiKey, User
from api.roles import Role
from api.settings import load_settings
from core.errors import NOT_FOUND, fail
from core.ids import new_id
from tracking import service

users = typer.Typer(no_args_is_help=True, help="Người dùng · users.")
keys = typer.Typer(no_args_is_help=True, help="Khóa của hệ thống hồ sơ · keys of dossier systems.")


@users.command("add")
def add_user(
    login: str,
    name: Annotated[str, typer.Option(help="Tên đầy đủ · full name.")],
    role: Annotated[Role, typer.Option(help="Vai trò · role.")],
    office: Annotated[list[str] | None, typer.Option(help="Mã bưu cục · office code; may be repeated.")] = None,
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan · agency code.")] = None,
    courier: Annotated[str | None, typer.Option(help="Mã định danh bưu tá · courier id.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ đầu vào · read the password from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Thêm người dùng; không cho mật khẩu thì tạo một mật khẩu · a password is made when none is given."""
    password = sys.stdin.readline().strip() if password_stdin else secrets.token_urlsafe(12)
    with coded_errors(as_json=as_json):
        settings = load_settings()
        scope = operator_scope(settings)
        with opened(settings) as runtime, runtime.database.transaction() as session:
            offices = {one.code: one.id for one in service.list_offices(session, scope=scope)}
            agencies = {one.code: one.id for one in service.list_agencies(session, scope=scope)}
            user = User(
                id=new_id(),
                province_code=settings.province_code,
                login=login.strip().lower(),
                name=name,
                role=role,
                language="vi",
                office_ids=tuple(_known(offices, code, "office") for code in office or ()),
                agency_id=_known(agencies, agency, "agency") if agency else None,
                courier_id=UUID(courier) if courier else None,
            )
            auth.add_user(session, user, password=password, now=runtime.clock())
    say({"id": user.id, "login": user.login, "password": password}, as_json=as_json, text=f"{user.login}  {password}")


@keys.command("add")
def add_key(
    name: str,
    agency: Annotated[str, typer.Option(help="Mã cơ quan · agency code.")],
    as_json: AsJson = False,
) -> None:
    """Tạo khóa cho hệ thống hồ sơ của một cơ quan; chỉ hiện một lần · shown this one time."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            agencies = {one.code: one.id for one in service.list_agencies(session, scope=operator_scope(settings))}
            key = ApiKey(
                id=new_id(),
                province_code=settings.province_code,
                name=name,
                role=Role.AGENCY,
                agency_id=_known(agencies, agency, "agency"),
            )
            secret = auth.issue_key(session, key, now=runtime.clock())
    say({"id": key.id, "key": secret}, as_json=as_json, text=secret)


def _known(codes: dict[str, UUID], code: str, what: str) -> UUID:
    if code not in codes:
        raise fail(NOT_FOUND, what=f"{what} {code}")
    return codes[code]
