"""A route as GeoJSON (RFC 7946), GPX 1.1, CSV and XLSX."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import xlsxwriter

from core.clock import VIETNAM
from geodata.model import LonLat
from routing.sheets.sheet import RouteSheet, SheetStop

_GPX = "http://www.topografix.com/GPX/1/1"

COLUMNS = (
    ("STT", 5),
    ("Ca", 7),
    ("Giờ đến dự kiến", 14),
    ("Giờ hẹn", 14),
    ("Người nhận", 24),
    ("Điện thoại", 14),
    ("Địa chỉ", 46),
    ("Xã/phường", 22),
    ("Mã bưu gửi", 17),
    ("Mã hồ sơ", 26),
    ("Thủ tục", 34),
    ("Ngày hẹn trả", 12),
    ("Số giấy tờ", 10),
    ("Khối lượng (g)", 13),
    ("Thu hộ (đ)", 12),
    ("Kinh độ", 11),
    ("Vĩ độ", 11),
    ("Sai số (m)", 10),
)
ROUND_NAMES = ("Sáng", "Chiều")


def to_geojson(sheets: Sequence[RouteSheet]) -> bytes:
    """FeatureCollection: a LineString per round and a Point per stop, EPSG:4326, longitude first."""
    features = [feature for sheet in sheets for feature in _features(sheet)]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _features(sheet: RouteSheet) -> list[dict[str, Any]]:
    lines = [
        _feature("LineString", [_xy(p) for p in line], kind="route", courier=sheet.courier_name, round=n)
        for n, line in enumerate(sheet.line)
        if len(line) > 1
    ]
    points = [
        _feature(
            "Point",
            _xy(stop.point),
            kind="stop",
            courier=sheet.courier_name,
            seq=stop.seq,
            round=stop.round,
            arrival_at=stop.arrival_at.isoformat(),
            commune=stop.commune,
            item_codes=[item.item_code for item in stop.items],
            error_m=stop.error_m,
        )
        for stop in sheet.stops
    ]
    return lines + points


def _feature(shape: str, coordinates: object, **properties: object) -> dict[str, Any]:
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _xy(point: LonLat) -> list[float]:
    return [round(point.lon, 6), round(point.lat, 6)]


def to_gpx(sheet: RouteSheet) -> bytes:
    """GPX 1.1: a waypoint per stop in order, a track segment per round."""
    ET.register_namespace("", _GPX)
    root = ET.Element(f"{{{_GPX}}}gpx", {"version": "1.1", "creator": "Bưu Tá"})
    for stop in sheet.stops:
        point = ET.SubElement(root, f"{{{_GPX}}}wpt", _lat_lon(stop.point))
        ET.SubElement(point, f"{{{_GPX}}}time").text = stop.arrival_at.isoformat()
        ET.SubElement(point, f"{{{_GPX}}}name").text = f"{stop.seq}. {stop.commune}"
        ET.SubElement(point, f"{{{_GPX}}}desc").text = stop.scan_text
    track = ET.SubElement(root, f"{{{_GPX}}}trk")
    ET.SubElement(track, f"{{{_GPX}}}name").text = f"{sheet.courier_name} {sheet.day:%d/%m/%Y}"
    for line in sheet.line:
        segment = ET.SubElement(track, f"{{{_GPX}}}trkseg")
        for place in line:
            ET.SubElement(segment, f"{{{_GPX}}}trkpt", _lat_lon(place))
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _lat_lon(point: LonLat) -> dict[str, str]:
    return {"lat": f"{point.lat:.6f}", "lon": f"{point.lon:.6f}"}


def rows(sheet: RouteSheet) -> list[tuple[object, ...]]:
    """One row per item, in the order of `COLUMNS`."""
    return [_row(stop, number) for stop in sheet.stops for number in range(len(stop.items))]


def _row(stop: SheetStop, number: int) -> tuple[object, ...]:
    item = stop.items[number]
    window = f"{_clock(stop.window[0])}-{_clock(stop.window[1])}" if stop.window else ""
    return (
        stop.seq,
        ROUND_NAMES[stop.round],
        _clock(stop.arrival_at),
        window,
        stop.addressee,
        stop.phone,
        stop.address,
        stop.commune,
        item.item_code,
        ", ".join(item.dossier_codes),
        item.procedure,
        f"{item.due_on:%d/%m/%Y}",
        item.papers,
        item.weight_g,
        item.cod_vnd,
        round(stop.point.lon, 6),
        round(stop.point.lat, 6),
        stop.error_m,
    )


def _clock(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%H:%M}"


def to_csv(sheet: RouteSheet) -> bytes:
    """CSV with a byte-order mark, so that Excel opens Vietnamese rightly; cells that look like formulas are quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([name for name, _ in COLUMNS])
    writer.writerows([_harmless(cell) for cell in row] for row in rows(sheet))
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    # OWASP CSV injection: a citizen's text must not become a formula on a clerk's machine.
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def to_xlsx(sheet: RouteSheet) -> bytes:
    """One worksheet, header frozen and filtered; texts are written as texts, never as formulas."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("Bảng kê")
    head = book.add_format({"bold": True, "bg_color": "#0B3D91", "font_color": "#FFFFFF"})
    for column, (name, width) in enumerate(COLUMNS):
        page.write(0, column, name, head)
        page.set_column(column, column, width)
    for number, row in enumerate(rows(sheet), start=1):
        page.write_row(number, 0, row)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(sheet.items), len(COLUMNS) - 1)
    book.close()
    return out.getvalue()
