"""`buuta tariff`: what sending costs, as data with a day from which it holds."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, coded_errors, say
from api.presenters.money import tariff_out
from api.settings import load_settings
from core.clock import local_date
from core.errors import fail
from tracking import tariffs
from tracking.errors_money import TARIFF_WRONG
from tracking.tariff import Tariff

tariff = typer.Typer(no_args_is_help=True, help="Bảng cước · the tariff.")
_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Ngày · day; today by default.")]


@tariff.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp TOML · a TOML file.")],
    as_json: AsJson = False,
) -> None:
    """Nhập bảng cước; ngày áp dụng ghi trong tệp · its first day stands in the file, earlier tables stay."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            taken = tariffs.import_tariff(
                session, scope=operator_scope(settings), content=_text(file), now=runtime.clock()
            )
    _say(taken, as_json=as_json)


@tariff.command("show")
def show(on: _Day = None, as_json: AsJson = False) -> None:
    """Bảng cước của một ngày · the table of a day."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            found = tariffs.tariff_on(session, settings.province_code, _day(on, runtime.clock()))
    _say(found, as_json=as_json)


@tariff.command("quote")
def quote(
    origin: Annotated[str, typer.Argument(help="Mã xã gửi · code of the commune it leaves.")],
    destination: Annotated[str, typer.Argument(help="Mã xã nhận · code of the commune it goes to.")],
    weight_g: Annotated[int, typer.Argument(help="Khối lượng, g · weight in grams.")],
    reduction: Annotated[str | None, typer.Option(help="Đối tượng miễn giảm · who pays less, by code.")] = None,
    on: _Day = None,
    as_json: AsJson = False,
) -> None:
    """Tính cước · the postage of an item."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            found = tariffs.quote_for(
                session,
                province_code=settings.province_code,
                origin=origin,
                destination=destination,
                weight_g=weight_g,
                reduction=reduction,
                day=_day(on, runtime.clock()),
            )
    answer = {"zone": found.zone.value, "full_vnd": found.full_vnd, "postage_vnd": found.postage_vnd}
    say(answer, as_json=as_json, text=f"{found.postage_vnd} VND ({found.zone.value}, {found.source})")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as broken:
        raise fail(TARIFF_WRONG, place=file.name, why="UTF-8") from broken


def _day(on: datetime | None, now: datetime) -> date:
    return on.date() if on is not None else local_date(now)


def _say(found: Tariff, *, as_json: bool) -> None:
    shown = tariff_out(found)
    zones = list(shown.further.vnd)
    lines = [f"{found.source}, {found.valid_from:%d/%m/%Y}", "g\t" + "\t".join(zones)]
    lines += [f"≤ {tier.up_to_g}\t" + "\t".join(str(tier.vnd[zone]) for zone in zones) for tier in shown.tiers]
    lines.append(f"+ {shown.further.up_to_g}\t" + "\t".join(str(shown.further.vnd[zone]) for zone in zones))
    lines += [f"{one.code}: −{one.percent} %" for one in shown.reductions]
    say(shown.model_dump(mode="json"), as_json=as_json, text="\n".join(lines))
