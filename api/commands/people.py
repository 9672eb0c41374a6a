"""`buuta user add` and `buuta key add`: who may come in."""

import secrets
import sys
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from api import auth, people, store
from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, coded_errors, say
from api.identity import ApiKey, User
from api.roles import PEOPLE, Role
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
    courier: Annotated[UUID | None, typer.Option(help="Mã định danh bưu tá · courier id.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ đầu vào · read the password from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Thêm người dùng; không cho mật khẩu thì tạo một mật khẩu · a password is made when none is given."""
    if role not in PEOPLE:
        raise typer.BadParameter(role, param_hint="--role")
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
                courier_id=courier,
            )
            people.guard_reach(session, user, scope=scope)
            auth.add_user(session, user, password=password, now=runtime.clock())
    say({"id": user.id, "login": user.login, "password": password}, as_json=as_json, text=f"{user.login}  {password}")


@users.command("disable")
def disable_user(login: str, as_json: AsJson = False) -> None:
    """Khóa tài khoản, kết thúc mọi phiên · close an account and end its sessions."""
    _change(login, as_json, active=False)


@users.command("enable")
def enable_user(login: str, as_json: AsJson = False) -> None:
    """Mở lại tài khoản · open a closed account again."""
    _change(login, as_json, active=True)


@users.command("password")
def set_password(
    login: str,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ đầu vào · read the password from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Đặt mật khẩu mới, kết thúc mọi phiên · set a new password (made when none is given) and end the sessions."""
    password = sys.stdin.readline().strip() if password_stdin else secrets.token_urlsafe(12)
    _change(login, as_json, password=password)


def _change(login: str, as_json: bool, *, active: bool | None = None, password: str | None = None) -> None:
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            ids = {one.user.login: one.user.id for one in store.list_users(session, settings.province_code)}
            changed = people.change_account(
                session,
                _known(ids, login.strip().lower(), "user"),
                scope=operator_scope(settings),
                active=active,
                password=password,
            )
    answer = {"id": changed.user.id, "login": changed.user.login, "active": changed.active}
    shown = {} if password is None else {"password": password}
    say({**answer, **shown}, as_json=as_json, text="  ".join([changed.user.login, *shown.values()]))


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """Các khóa, cả khóa đã thu hồi · the keys, revoked ones too."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            found = store.list_keys(session, settings.province_code)
    lines = [f"{key.id}  {key.prefix}…  {'▲' if key.revoked_at else '●'}  {key.name}" for key in found]
    say({"keys": [asdict(key) for key in found]}, as_json=as_json, text="\n".join(lines))


@keys.command("revoke")
def revoke_key(key_id: UUID, as_json: AsJson = False) -> None:
    """Thu hồi một khóa · make a key useless."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            if not store.revoke_key(session, key_id, province_code=settings.province_code, now=runtime.clock()):
                raise fail(NOT_FOUND, what=f"key {key_id}")
    say({"id": key_id, "revoked": True}, as_json=as_json, text=str(key_id))


@keys.command("add")
def add_key(
    name: str,
    agency: Annotated[list[str], typer.Option(help="Mã cơ quan · agency code; may be repeated for a hub.")],
    hub: Annotated[bool, typer.Option("--hub", help="Trục gửi thay nhiều cơ quan · a hub for these agencies.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tạo khóa cho hệ thống hồ sơ của một cơ quan, hoặc cho trục LGSP; chỉ hiện một lần · shown this one time."""
    if len(agency) != 1 and not hub:
        raise typer.BadParameter(", ".join(agency), param_hint="--agency")
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            agencies = {one.code: one.id for one in service.list_agencies(session, scope=operator_scope(settings))}
            ids = tuple(_known(agencies, code, "agency") for code in agency)
            key = ApiKey(
                id=new_id(),
                province_code=settings.province_code,
                name=name,
                role=Role.HUB if hub else Role.AGENCY,
                agency_id=None if hub else ids[0],
                agency_ids=ids if hub else (),
            )
            secret = auth.issue_key(session, key, now=runtime.clock())
    say({"id": key.id, "key": secret}, as_json=as_json, text=secret)


def _known(codes: dict[str, UUID], code: str, what: str) -> UUID:
    if code not in codes:
        raise fail(NOT_FOUND, what=f"{what} {code}")
    return codes[code]
