"""`buuta device`: keys of the phones that send couriers' positions."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, coded_errors, say
from api.settings import load_settings
from tracking import service

devices = typer.Typer(no_args_is_help=True, help="Điện thoại gửi vị trí · phones that send positions.")
Courier = Annotated[UUID, typer.Argument(help="Mã định danh bưu tá · courier id.")]


@devices.command("add")
def add_device(
    courier: Courier, label: Annotated[str, typer.Option(help="Tên máy · name of the phone.")], as_json: AsJson = False
) -> None:
    """Tạo khóa cho điện thoại của bưu tá; chỉ hiện một lần · shown this one time."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            scope, now = operator_scope(settings), runtime.clock()
            device, key = service.add_device(session, scope=scope, courier_id=courier, label=label, now=now)
    say({"id": device.id, "key": key}, as_json=as_json, text=key)


@devices.command("list")
def list_devices(courier: Courier, as_json: AsJson = False) -> None:
    """Điện thoại của bưu tá, cả khóa đã thu hồi · a courier's phones, revoked ones too."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            found = service.list_devices(session, scope=operator_scope(settings), courier_id=courier)
    lines = [f"{one.id}  {'▲' if one.revoked_at else '●'}  {one.label}" for one in found]
    say({"devices": [asdict(one) for one in found]}, as_json=as_json, text="\n".join(lines))


@devices.command("revoke")
def revoke_device(courier: Courier, device: UUID, as_json: AsJson = False) -> None:
    """Thu hồi khóa của một điện thoại · make a phone's key useless."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            scope, now = operator_scope(settings), runtime.clock()
            service.revoke_device(session, scope=scope, courier_id=courier, device_id=device, now=now)
    say({"id": device, "revoked": True}, as_json=as_json, text=str(device))
