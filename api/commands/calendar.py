"""`buuta calendar`: the province's working days and the days it allows for delivery; reports and plans go by them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

import typer

from api.commands.ground import opened
from api.commands.output import AsJson, coded_errors, say
from api.settings import load_settings
from core.errors import NOT_FOUND, CodedError, problem
from geodata.bundled import commune_provinces
from tracking.pause_values import PauseReason
from tracking.standard import ServiceStandard, load_standard, save_overrides, save_standard

calendar = typer.Typer(no_args_is_help=True, help="Lịch làm việc và thời hạn phát · working days and standard.")
_Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Ngày · day, 2026-11-20.")]


@calendar.command("set")
def set_day(
    day: _Day,
    works: Annotated[bool, typer.Option("--works/--closed", help="Làm việc hay nghỉ · working or closed.")],
    reason: Annotated[str, typer.Option(help="Lý do · reason, such as the decision that swaps the day.")],
    as_json: AsJson = False,
) -> None:
    """Đặt một ngày làm việc hoặc nghỉ; lần sau thay lần trước · the last word on a day counts."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            save_overrides(session, settings.province_code, {day.date(): works}, reason=reason)
            standard = load_standard(session, settings.province_code)
    _say(standard, as_json=as_json)


@calendar.command("standard")
def set_standard(
    centre_days: Annotated[int | None, typer.Option(min=0, help="Trung tâm: J+… · the centre.")] = None,
    outlying_days: Annotated[int | None, typer.Option(min=0, help="Nơi khác: J+… · elsewhere.")] = None,
    beyond_days: Annotated[int | None, typer.Option(min=0, help="Ngoài tỉnh: J+… · other provinces.")] = None,
    saturday: Annotated[bool | None, typer.Option("--saturday/--no-saturday", help="Thứ bảy · Saturdays work.")] = None,
    pause: Annotated[
        list[PauseReason] | None,
        typer.Option(help="Lý do được dừng đồng hồ · reason that stops the post's clock; repeat to give all."),
    ] = None,
    centre: Annotated[
        list[str] | None, typer.Option(help="Mã xã trung tâm · code of a centre commune; repeat to give all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Đặt thời hạn phát; không nêu thì giữ nguyên · what is not given stays as it is."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.transaction() as session:
            standard = load_standard(session, settings.province_code)
            standard = replace(
                standard,
                centre_days=standard.centre_days if centre_days is None else centre_days,
                outlying_days=standard.outlying_days if outlying_days is None else outlying_days,
                beyond_days=standard.beyond_days if beyond_days is None else beyond_days,
                centre_commune_codes=_communes(settings.province_code, centre) or standard.centre_commune_codes,
                pause_reasons=frozenset(pause) if pause else standard.pause_reasons,
                calendar=replace(
                    standard.calendar,
                    saturday_works=standard.calendar.saturday_works if saturday is None else saturday,
                ),
            )
            if standard.outlying_days < standard.centre_days:
                raise typer.BadParameter("outlying-days < centre-days")
            if standard.beyond_days < standard.outlying_days:
                raise typer.BadParameter("beyond-days < outlying-days")
            save_standard(session, settings.province_code, standard)
    _say(standard, as_json=as_json)


@calendar.command("list")
def show(as_json: AsJson = False) -> None:
    """Ngày đã đặt và thời hạn phát · days set, and the standard."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            standard = load_standard(session, settings.province_code)
    _say(standard, as_json=as_json)


def _communes(province_code: str, codes: list[str] | None) -> frozenset[str]:
    """The codes given. Raises C1000 with one problem for each that the province does not have."""
    homes = commune_provinces()
    unknown = [code for code in codes or () if homes.get(code) != province_code]
    if unknown:
        raise CodedError(problem(NOT_FOUND, what=f"commune {code}") for code in unknown)
    return frozenset(codes or ())


def _say(standard: ServiceStandard, *, as_json: bool) -> None:
    days = sorted(standard.calendar.overrides.items())
    lines = [f"J+{standard.centre_days} · J+{standard.outlying_days} · J+{standard.beyond_days}", *map(_line, days)]
    answer = {
        "centre_days": standard.centre_days,
        "outlying_days": standard.outlying_days,
        "beyond_days": standard.beyond_days,
        "saturday_works": standard.calendar.saturday_works,
        "centre_commune_codes": sorted(standard.centre_commune_codes),
        "pause_reasons": sorted(standard.pause_reasons),
        "days": [{"day": day.isoformat(), "works": works} for day, works in days],
    }
    say(answer, as_json=as_json, text="\n".join(lines))


def _line(entry: tuple[date, bool]) -> str:
    day, works = entry
    return f"{day:%d/%m/%Y}  {'làm việc · works' if works else 'nghỉ · closed'}"
