"""An agency's own pages: its dossiers, the reconciliation, its endpoint and keys, in a real browser."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from core.db import Database
from tests.api.house import PASSWORD
from tests.e2e.conftest import SLOW_MS, Office
from tests.e2e.console_day import ITEMS, console_day
from tests.e2e.screen import picture, screen, sign_in, take_back, wcag_faults
from tests.tracking.feedback_receiver import Say, receiving

pytestmark = pytest.mark.browser


def opened(page: Page, tab: str, login: str = "agency") -> None:
    page.goto(f"/agency?tab={tab}")
    sign_in(page, login, PASSWORD)


@pytest.fixture
def narrow(chromium: Browser, office: Office) -> Iterator[Page]:
    """A dark phone."""
    look = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    with screen(chromium, office[1], **look) as shown:
        shown.set_default_timeout(SLOW_MS)
        yield shown


def codes_of(office: Office) -> list[str]:
    day, _ = office
    return [day.planning.scene.item(item_id).dossier_codes[0] for item_id in day.items]


def test_an_agency_finds_a_dossier_moves_its_date_and_takes_it_back(page: Page, office: Office) -> None:
    code = codes_of(office)[0]
    opened(page, "dossiers")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(ITEMS)
    picture(page, "agency-dossiers.png")
    assert wcag_faults(page) == []
    page.get_by_role("searchbox").fill(code)
    expect(rows).to_have_count(1)
    page.get_by_role("button", name=code).click()
    dialog = page.get_by_role("dialog", name=code)
    expect(dialog.get_by_role("link", name="Bộ chứng cứ (PDF)")).to_be_visible()
    dialog.get_by_label("Ngày hẹn trả mới").fill("2026-11-30")
    dialog.get_by_label("Số phiếu xin lỗi").fill("XL-1")
    dialog.get_by_role("button", name="Dời ngày hẹn").click()
    expect(dialog.get_by_text("Đã dời ngày hẹn trả sang 30/11/2026.")).to_be_visible()
    take_back(page, "Đã dời ngày hẹn trả")
    expect(dialog.get_by_text("20/11/2026", exact=True).first).to_be_visible()
    picture(page, "agency-dossier.png")
    assert wcag_faults(page) == []
    dialog.get_by_role("button", name="Rút lại kết quả").click()
    dialog.get_by_role("button", name="Bấm lần nữa để rút").click()
    expect(dialog.get_by_text("Cơ quan rút lại").first).to_be_visible()
    expect(dialog.get_by_role("button", name="Rút lại kết quả")).to_have_count(0)


def test_evidence_is_fetched_from_the_pages_in_the_language_they_speak(page: Page, office: Office) -> None:
    item = office[0].planning.scene.item(office[0].items[0])
    opened(page, "dossiers")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name=item.dossier_codes[0]).click()
    paper = page.get_by_role("link", name="Evidence bundle (PDF)")
    with (
        page.context.expect_event("response", lambda answer: "/evidence" in answer.url) as answered,
        page.expect_popup(),
    ):
        paper.click()
    assert (answered.value.status, answered.value.header_value("content-type")) == (200, "application/pdf")
    assert answered.value.url.endswith(f"/v1/items/{item.id}/evidence?lang=en")
    page.keyboard.press("Escape")
    page.get_by_label("Day of the evidence").fill("2026-11-20")
    with page.expect_download() as loaded:
        page.get_by_role("link", name="Evidence of the day").click()
    with ZipFile(loaded.value.path()) as bundle:
        assert f"{item.item_code}/evidence.pdf" in bundle.namelist()


def test_a_list_is_compared_and_a_difference_repaired_by_one_click(page: Page, office: Office, tmp_path: Path) -> None:
    codes = codes_of(office)
    # What came within the hour before a list may still be on its way to it.
    office[0].house.clock.advance(timedelta(hours=2))
    opened(page, "matching")
    expect(page.get_by_text("Chưa đối soát lần nào")).to_be_visible()
    heads = "Mã hồ sơ;Trạng thái;Ngày hẹn trả;Thủ tục;Họ tên;Điện thoại;Địa chỉ;Ngày có kết quả"
    who = "Cấp đổi;Lê Văn B;0911222333;2 Lê Lợi, phường Sài Gòn"
    good = f"H29.16-261101-9998;9;27/11/2026;{who};19/11/2026"
    poor_row, later = "H29.16-261101-9999;9;27/11/2026;;Lê Văn C;;;", f"{codes[1]};9;30/11/2026;;;;;"
    lines = [heads, poor_row, good, later]
    unclear = f"{codes[0]};chưa rõ;;;;;;"
    chosen = page.get_by_label("Danh sách của cơ quan (XLSX, CSV)")
    file = tmp_path / "ds.csv"
    file.write_text("\n".join([*lines, unclear]), encoding="utf-8")
    chosen.set_input_files(file)
    page.get_by_role("button", name="Gửi và đối soát").click()
    expect(page.get_by_role("alert")).to_contain_text("T5205")
    expect(chosen).to_have_value("")
    file.write_text("\n".join(lines), encoding="utf-8")
    chosen.set_input_files(file)
    page.get_by_role("button", name="Gửi và đối soát").click()
    expect(page.get_by_text("H29.16-261101-9999")).to_be_visible()
    expect(chosen).to_have_value("")
    left = page.get_by_role("heading", name="khác biệt cần xem")
    found = left.inner_text()
    take = page.get_by_role("button", name="Lấy ngày của cơ quan")
    take.click()
    expect(page.get_by_text("✓ đã sửa")).to_be_visible()
    expect(left).not_to_have_text(found)
    take_back(page, "Đã lấy ngày hẹn của cơ quan")
    expect(page.get_by_text("Đã trả lại ngày hẹn cũ.")).to_be_visible()
    expect(left).to_have_text(found)
    expect(take).to_be_enabled()
    rows = page.locator("li.record")
    taken, poor = rows.filter(has_text="9998"), rows.filter(has_text="9999")
    taken.get_by_role("button", name="Nhận vào").click()
    expect(taken.get_by_text("đã sửa")).to_be_visible()
    poor.get_by_role("button", name="Nhận vào").click()
    for missing in ("Thủ tục", "Địa chỉ", "Ngày có kết quả"):
        expect(page.get_by_text(f"T1001 · Thiếu {missing}.")).to_be_visible()
    picture(page, "agency-matching.png")
    assert wcag_faults(page) == []


def test_a_key_and_an_endpoint_are_made_shown_once_and_tested(
    chromium: Browser, database: Database, tmp_path: Path
) -> None:
    near = console_day(database, tmp_path, allow_private_webhooks=True)
    with receiving() as receiver, near as (_, url), screen(chromium, url) as page:
        page.set_default_timeout(SLOW_MS)
        opened(page, "link")
        page.get_by_label("Tên khóa").fill("Một cửa")
        page.get_by_role("button", name="Tạo khóa").click()
        expect(page.locator(".made code")).to_contain_text("buuta_")
        page.get_by_role("button", name="Thu hồi khóa Một cửa").click()
        page.get_by_role("button", name="Bấm lần nữa để thu hồi").click()
        expect(page.locator(".made")).to_have_count(0)
        page.get_by_label("Tên khóa").fill("Cổng")
        page.get_by_role("button", name="Tạo khóa").click()
        key = page.get_by_role("group", name="Khóa «Cổng»")
        expect(key).to_be_focused()
        page.get_by_role("button", name="Thêm địa chỉ").click()
        form = page.get_by_role("form", name="Thêm địa chỉ")
        form.get_by_label("Địa chỉ nhận").fill(receiver.url)
        form.get_by_role("button", name="Thêm địa chỉ").click()
        secret = page.get_by_role("group", name="Khóa ký của")
        expect(secret).to_contain_text("whsec_")
        receiver.secrets.append(secret.locator("code").inner_text())
        # What is shown once goes when the person says so, not with the next deed.
        expect(key).to_contain_text("buuta_")
        key.get_by_role("button", name="Đã lưu, ẩn đi").click()
        expect(key).to_have_count(0)
        test = page.get_by_role("button", name="Gửi tin thử")
        # A page that is still at the deed before takes no press, and a key does not wait as a click does.
        expect(test).to_be_enabled()
        test.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Hệ thống đã nhận: HTTP 200")).to_be_visible()
        expect(test).to_be_focused()
        expect(secret).to_contain_text("whsec_")
        receiver.plan = lambda _nth, _body: Say(status=500, applies=False)
        page.get_by_role("button", name="Gửi tin thử").click()
        expect(page.get_by_text("Hệ thống chưa nhận: HTTP 500")).to_be_visible()
        assert (receiver.requests, receiver.refused) == (2, 0)
        picture(page, "agency-link.png")
        assert wcag_faults(page) == []
        page.get_by_role("button", name="Tạm ngừng gửi").click()
        expect(page.get_by_text("đang tắt")).to_be_visible()
        take_back(page, "Đã ngừng gửi")
        expect(page.get_by_text("chưa gửi tin nào")).to_be_visible()


def test_the_pages_are_for_an_agencys_people_and_show_their_own_alone(page: Page) -> None:
    opened(page, "dossiers", "agency2")
    expect(page.get_by_text("Chưa có hồ sơ nào")).to_be_visible()
    expect(page.get_by_text("Người agency2")).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").click()
    page.evaluate("window.seen = true")
    sign_in(page, "dispatcher", PASSWORD)
    expect(page.get_by_text("Trang này dành cho cán bộ của cơ quan")).to_be_visible()
    assert page.evaluate("window.seen") is None, "somebody else begins on a page that holds nothing of who was here"
    expect(page.get_by_text("Người dispatcher")).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").click()
    sign_in(page, "agency2", PASSWORD)
    expect(page.get_by_text("Chưa có hồ sơ nào")).to_be_visible()


def test_it_is_read_in_the_dark_on_a_phone(narrow: Page) -> None:
    opened(narrow, "dossiers")
    expect(narrow.locator("tbody tr")).to_have_count(ITEMS)
    picture(narrow, "agency-narrow.png")
    assert wcag_faults(narrow) == []
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    assert narrow.locator(".scroll").evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0
    narrow.goto("/reports")
    expect(narrow.get_by_role("link", name="Báo cáo")).to_have_attribute("aria-current", "page")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
