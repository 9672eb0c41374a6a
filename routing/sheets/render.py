"""Route sheets as PDF by typst."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.clock import VIETNAM
from core.text import grouped
from routing.sheets.map_svg import Line, route_map, visible_box
from routing.sheets.sheet import RouteSheet, SheetStop
from routing.sheets.typeset import qr_svg, typeset

_TEMPLATE = Path(__file__).parent / "sheet.typ"
_MAP_WIDTH, _MAP_HEIGHT = 530.0, 214.0

Box = tuple[float, float, float, float]
Background = Callable[[Box], Iterable[Line]]
"""Lines to draw under the route inside west, south, east, north (degrees)."""


def _nothing(_: Box) -> Iterable[Line]:
    return ()


def sheets_pdf(sheets: Sequence[RouteSheet], *, language: str = "vi", background: Background = _nothing) -> bytes:
    """One PDF with every sheet, each starting on a page of its own; `language` is `vi` or `en`."""
    data = {"language": language, "sheets": [_sheet(sheet, language, background) for sheet in sheets]}
    return typeset(_TEMPLATE.read_bytes(), data)


def _sheet(sheet: RouteSheet, language: str, background: Background) -> dict[str, Any]:
    places = [sheet.office_point, *(p for line in sheet.line for p in line), *(s.point for s in sheet.stops)]
    picture = route_map(
        office=sheet.office_point,
        lines=sheet.line,
        stops=[(stop.seq, stop.round, stop.point) for stop in sheet.stops],
        background=background(visible_box(places, _MAP_WIDTH, _MAP_HEIGHT)),
        width=_MAP_WIDTH,
        height=_MAP_HEIGHT,
    )
    return {
        "office": f"{sheet.office_code} · {sheet.office_name}",
        "courier": sheet.courier_name,
        "courier_phone": sheet.courier_phone,
        "day": f"{sheet.day:%d/%m/%Y}",
        "version": sheet.plan_version,
        "number": sheet.sheet_no,
        "map": picture,
        "km": f"{sheet.distance_m / 1000:.1f}".replace(".", "," if language == "vi" else "."),
        "travel": _duration(sheet.travel_s),
        "service": _duration(sheet.service_s),
        "start": _clock(sheet.start_at),
        "finish": _clock(sheet.finish_at),
        "papers": sum(item.papers for item in sheet.items),
        "items": len(sheet.items),
        "cod": grouped(sum(item.cod_vnd for item in sheet.items), language),
        "straight": sheet.travel_source != "road",
        "stops": [_stop(stop, language) for stop in sheet.stops],
    }


def _stop(stop: SheetStop, language: str) -> dict[str, Any]:
    return {
        "seq": stop.seq,
        "round": stop.round,
        "eta": _clock(stop.arrival_at),
        "window": f"{_clock(stop.window[0])}–{_clock(stop.window[1])}" if stop.window else "",
        "addressee": stop.addressee,
        "phone": stop.phone,
        "address": stop.address,
        "commune": stop.commune,
        "error": stop.error_m if stop.error_m > 300 else 0,
        "in_person": stop.in_person,
        "qr": qr_svg(stop.scan_text),
        "cod": grouped(stop.cod_vnd, language) if stop.cod_vnd else "",
        "papers": sum(item.papers for item in stop.items),
        "items": [
            {
                "code": item.item_code,
                "dossiers": ", ".join(item.dossier_codes),
                "procedure": item.procedure,
                "due": f"{item.due_on:%d/%m}",
            }
            for item in stop.items
        ],
    }


def _clock(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%H:%M}"


def _duration(seconds: int) -> str:
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d}"
