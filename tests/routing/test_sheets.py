"""Route sheets: read back by programs that are not ours (poppler, zxing, GDAL, calamine)."""

import csv
import io
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pytest
import zxingcpp
from PIL import Image
from python_calamine import CalamineWorkbook

from geodata.model import LonLat
from routing.sheets.exports import COLUMNS, to_csv, to_geojson, to_gpx, to_xlsx
from routing.sheets.map_svg import Line, visible_box
from routing.sheets.render import sheets_pdf
from routing.sheets.sheet import RouteSheet
from tests.routing.sheet_example import example_sheet


@pytest.fixture(scope="module")
def sheet() -> RouteSheet:
    return example_sheet()


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory, sheet: RouteSheet) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "sheet.pdf"
    path.write_bytes(sheets_pdf([sheet, replace(sheet, courier_name="Lê Văn Đặng", sheet_no="BK-2")]))
    return path


def _text(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout


def test_the_paper_names_every_item_courier_and_column(pdf: Path, sheet: RouteSheet) -> None:
    text = _text(pdf)
    for item in sheet.items:
        assert text.count(item.item_code) == 2
    for words in ("BẢNG KÊ PHÁT BƯU GỬI", "Nguyễn Thị Ngọc Hường", "Lê Văn Đặng", "41,9 km", "260.000", "Ký nhận"):
        assert words in text


def test_every_sheet_counts_its_own_pages(pdf: Path) -> None:
    text = _text(pdf)
    assert text.count("Trang 1 / 3") == 2
    assert text.count("Trang 3 / 3") == 2


def test_the_english_sheet_holds_no_vietnamese_labels(tmp_path: Path, sheet: RouteSheet) -> None:
    path = tmp_path / "en.pdf"
    path.write_bytes(sheets_pdf([sheet], language="en"))
    text = _text(path)
    for words in ("DELIVERY ROUTE SHEET", "41.9 km", "260,000"):
        assert words in text
    assert "Ký nhận" not in text


def test_a_straight_line_plan_says_so_on_paper(tmp_path: Path, sheet: RouteSheet) -> None:
    path = tmp_path / "line.pdf"
    path.write_bytes(sheets_pdf([replace(sheet, travel_source="straight_line")]))
    assert "không theo đường bộ" in _text(path)


def test_only_our_font_is_in_the_paper(pdf: Path) -> None:
    listing = subprocess.run(["pdffonts", str(pdf)], capture_output=True, text=True, check=True).stdout
    fonts = [line.split()[0] for line in listing.splitlines()[2:]]
    assert fonts
    assert all("BeVietnamPro" in name for name in fonts)


def test_a_printed_qr_scans_to_the_items_of_its_stop(pdf: Path, sheet: RouteSheet, tmp_path: Path) -> None:
    subprocess.run(["pdftoppm", "-r", "150", "-f", "1", "-l", "3", "-png", str(pdf), str(tmp_path / "p")], check=True)
    found = {code.text for page in sorted(tmp_path.glob("p*.png")) for code in zxingcpp.read_barcodes(Image.open(page))}
    assert found == {stop.scan_text for stop in sheet.stops}


def test_the_background_is_asked_for_what_the_map_shows(sheet: RouteSheet) -> None:
    asked: list[tuple[float, float, float, float]] = []

    def background(box: tuple[float, float, float, float]) -> list[Line]:
        asked.append(box)
        return [Line(points=(sheet.office_point, LonLat(lon=106.7, lat=10.9)), colour="#ccc", width=1)]

    assert sheets_pdf([sheet], background=background).startswith(b"%PDF")
    west, south, east, north = asked[0]
    assert all(west < s.point.lon < east and south < s.point.lat < north for s in sheet.stops)


def test_the_visible_box_keeps_the_shape_of_the_map() -> None:
    west, south, east, north = visible_box([LonLat(lon=106.6, lat=10.0), LonLat(lon=106.7, lat=10.01)], 500, 200)
    assert (east - west) / (north - south) == pytest.approx(2.5 / 0.985, rel=0.01)  # cos(10°) = 0.985


def test_gdal_reads_the_gpx_and_the_geojson(sheet: RouteSheet, tmp_path: Path) -> None:
    (tmp_path / "route.gpx").write_bytes(to_gpx(sheet))
    waypoints: Any = geopandas.read_file(tmp_path / "route.gpx", layer="waypoints")
    assert len(waypoints) == len(sheet.stops)
    assert waypoints.geometry.iloc[0].x == pytest.approx(sheet.stops[0].point.lon)
    (tmp_path / "route.geojson").write_bytes(to_geojson([sheet]))
    features: Any = geopandas.read_file(tmp_path / "route.geojson")
    assert features.geometry.geom_type.value_counts().to_dict() == {"Point": len(sheet.stops), "LineString": 2}


def test_excel_holds_a_row_for_every_item(sheet: RouteSheet) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(sheet)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == [name for name, _ in COLUMNS]
    assert [row[8] for row in rows[1:]] == [item.item_code for item in sheet.items]


def test_a_citizens_text_never_becomes_a_formula(sheet: RouteSheet) -> None:
    evil = replace(sheet.stops[0], address="=HYPERLINK(1)")
    rows = list(csv.reader(io.StringIO(to_csv(replace(sheet, stops=(evil,))).decode("utf-8-sig"))))
    assert rows[1][6] == "'=HYPERLINK(1)"
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(replace(sheet, stops=(evil,)))))
    assert book.get_sheet_by_index(0).to_python()[1][6] == "=HYPERLINK(1)"
