"""A register list handed in on the agency's page: tried, mended, taken in, in a real browser."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from python_calamine import CalamineWorkbook

from tests.api.house import PASSWORD
from tests.e2e.conftest import SLOW_MS, Office
from tests.e2e.screen import picture, screen, sign_in, wcag_faults

pytestmark = pytest.mark.browser
HEADS = "Mã hồ sơ;Thủ tục;Họ tên;Điện thoại;Địa chỉ;Ngày hẹn trả;Ngày có kết quả;Bưu cục"
LINE = "H29.16-261101-{};Cấp đổi;Lê Văn B;{};2 Lê Lợi, phường Sài Gòn;25/11/2026;19/11/2026 08:00;700000"
GOOD, WRONG = "0911222333", "12"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two good rows, and between them one with a wrong telephone number and no due date."""
    file = tmp_path / "ds-thang-11.csv"
    poor = LINE.format(9902, WRONG).replace("25/11/2026", "mai")
    file.write_text("\n".join([HEADS, LINE.format(9901, GOOD), poor, LINE.format(9903, GOOD)]), encoding="utf-8")
    return file


def opened(page: Page) -> None:
    page.set_default_timeout(SLOW_MS)
    page.goto("/agency?tab=register")
    sign_in(page, "agency", PASSWORD)


def counts(page: Page) -> list[str]:
    expect(page.get_by_label("Kết quả theo dòng")).to_be_visible()
    return page.locator("dl dd").all_inner_texts()


def drop(zone: Locator, name: str, content: str) -> None:
    """As from the folder of the machine."""
    event = zone.page.evaluate_handle(
        f"""() => {{
            const held = new DataTransfer();
            held.items.add(new File([{json.dumps(content)}], {json.dumps(name)}));
            return held;
        }}"""
    )
    zone.dispatch_event("drop", {"dataTransfer": event})


def test_a_list_is_tried_mended_and_taken_in(page: Page, office: Office, table: Path, tmp_path: Path) -> None:
    opened(page)
    expect(page.get_by_text("Chưa chọn danh sách nào")).to_be_visible()
    picture(page, "register-empty.png")
    with page.expect_download() as template:
        page.get_by_role("link", name="Tải mẫu danh sách").click()
    assert template.value.suggested_filename == "danh-sach-dang-ky.xlsx"
    chooser = page.get_by_label("Danh sách đăng ký (XLSX, CSV)")
    chooser.set_input_files(table)
    expect(page.get_by_text("Đọc thử ds-thang-11.csv: chưa ghi gì")).to_be_visible()
    assert counts(page) == ["2", "0", "0", "1"]
    refused = page.locator("section").filter(has_text="1 dòng bị từ chối")
    for said in ("Dòng 3", "H29.16-261101-9902", "Ô D3", "Ô F3", "không phải số Việt Nam hợp lệ"):
        expect(refused).to_contain_text(said)
    picture(page, "register-tried.png")
    assert wcag_faults(page) == []
    with page.expect_download() as marked:
        page.get_by_role("button", name="Tải danh sách cần sửa").click()
    assert marked.value.suggested_filename == "ds-thang-11-can-sua.xlsx"
    kept = tmp_path / "can-sua.xlsx"
    marked.value.save_as(kept)
    assert [row[0] for row in CalamineWorkbook.from_path(kept).get_sheet_by_index(0).to_python()[1:]] == [
        "H29.16-261101-9902"
    ]
    # What was tried is what is taken in, whatever becomes of the file meanwhile.
    table.write_text("", encoding="utf-8")
    take = page.get_by_role("button", name="Nhận 2 dòng đúng")
    take.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã nhận 2 dòng vào bưu điện.")).to_be_visible()
    expect(page.get_by_text("Đã ghi nhận ds-thang-11.csv")).to_be_visible()
    picture(page, "register-taken.png")
    assert wcag_faults(page) == []
    drop(page.locator("label.drop"), "lai.csv", "\n".join([HEADS, LINE.format(9901, GOOD)]))
    expect(page.get_by_text("Không có dòng nào cần ghi.")).to_be_visible()
    assert counts(page) == ["0", "0", "1", "0"]
    page.get_by_role("tab", name="Hồ sơ").click()
    page.get_by_role("searchbox").fill("261101-99")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_a_file_that_is_no_list_says_so_and_one_read_too_long_can_be_stopped(page: Page, table: Path) -> None:
    opened(page)
    chooser = page.get_by_label("Danh sách đăng ký (XLSX, CSV)")
    chooser.set_input_files({"name": "anh.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"})
    expect(page.get_by_role("alert")).to_contain_text("T110")
    picture(page, "register-refused.png")
    # A server that takes its time.
    page.route("**/v1/results:upload", lambda _route: None)
    chooser.set_input_files(table)
    expect(page.get_by_text("Đang đọc thử ds-thang-11.csv")).to_be_visible()
    picture(page, "register-trying.png")
    page.get_by_role("button", name="Dừng").click()
    expect(page.get_by_text("Chưa chọn danh sách nào")).to_be_visible()
    page.unroute_all()
    chooser.set_input_files(table)
    assert counts(page) == ["2", "0", "0", "1"]


def test_it_is_read_in_the_dark_on_a_phone_and_in_english(chromium: Browser, office: Office, table: Path) -> None:
    look = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    with screen(chromium, office[1], **look) as page:
        opened(page)
        page.get_by_label("Danh sách đăng ký (XLSX, CSV)").set_input_files(table)
        assert counts(page) == ["2", "0", "0", "1"]
        picture(page, "register-narrow.png")
        assert wcag_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.evaluate("localStorage.setItem('buuta.language', 'en')")
        page.reload()
        page.get_by_label("Register list (XLSX, CSV)").set_input_files(table)
        expect(page.get_by_text("Cell D3")).to_be_visible()
        expect(page.get_by_text("is not a valid Vietnamese")).to_be_visible()
