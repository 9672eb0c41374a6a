"""The office's cash and its complaints on the console; a rating and a complaint on the citizen's phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import screen, sign_in, wcag_faults
from tests.tracking.money_scene import DUE, EVENING, Purse
from tests.tracking.office_scene import NOW, delivery
from tracking import service
from tracking.model import Item

pytestmark = pytest.mark.browser


def arrived(office: Office) -> Item:
    """A paper that was delivered an hour ago."""
    scene = office[0].house.scene
    [item_id] = scene.out()
    with scene.database.transaction() as session:
        service.record_proof(
            session, scope=scene.courier_scope(), proof=delivery(item_id), now=NOW + timedelta(hours=2)
        )
    return scene.item(item_id)


def open_console(page: Page, login: str = "dispatcher") -> None:
    page.goto("/console?day=2026-11-20")
    sign_in(page, login, PASSWORD)
    page.locator(".maplibregl-canvas").wait_for()


def told(page: Page, item: Item) -> None:
    """The journey on a phone."""
    page.goto(f"/t/{item.tracking_code}")
    page.get_by_label("4 số cuối điện thoại người nhận").fill("5678")
    page.get_by_role("button", name="Tra cứu").click()


def cash(page: Page) -> Locator:
    page.get_by_role("button", name="Tiền thu hộ").click()
    return page.get_by_role("dialog", name="Tiền thu hộ · 20/11/2026")


def test_a_clerk_counts_a_couriers_cash_and_what_is_missing_has_a_name(page: Page, office: Office) -> None:
    house = office[0].house
    purse = Purse(house.scene)
    for item in purse.out(2):
        purse.deliver(item)
    house.clock.shows = EVENING
    open_console(page)
    dialog = cash(page)
    row = dialog.get_by_role("row", name="Trần Văn An").first
    expect(row.get_by_role("cell").last).to_have_text("100.000")
    assert wcag_faults(page) == []
    counted = dialog.get_by_label("Tiền Trần Văn An nộp, đồng")
    take = dialog.get_by_role("button", name="Nhận tiền của Trần Văn An")
    counted.fill("chín mươi")
    expect(take).to_be_disabled()
    counted.fill("95.000")
    take.click()
    expect(dialog).to_contain_text("▲ 17:00 nộp 95.000 ₫, thiếu 5.000 ₫")
    expect(dialog.get_by_role("row", name="Trần Văn An: bưu tá còn giữ")).to_contain_text("5.000")
    expect(counted).to_have_value("")
    counted.fill("5000")
    counted.press("Enter")
    expect(dialog).to_contain_text("✓ 17:00 nộp 5.000 ₫, đủ")
    expect(dialog.get_by_role("row", name="bưu tá còn giữ")).to_have_count(0)
    amount = dialog.get_by_label("Số tiền, đồng")
    amount.fill("60.000")
    amount.press("Enter")
    expect(amount).to_have_value("")
    dialog.get_by_label("Chuyển cho").select_option(label=house.scene.agency.name)
    amount.fill("40.000")
    amount.press("Enter")
    expect(dialog.get_by_text("Hai sổ khớp")).to_be_visible()
    assert purse.day().closing.total_vnd == 0
    assert purse.day().remitted.total_vnd == 2 * DUE


def test_cash_counted_in_before_the_network_broke_is_not_counted_twice(page: Page, office: Office) -> None:
    purse = Purse(office[0].house.scene)
    [item] = purse.out()
    purse.deliver(item)
    office[0].house.clock.shows = EVENING
    open_console(page)
    dialog = cash(page)
    counted = dialog.get_by_label("Tiền Trần Văn An nộp, đồng")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/v1/money/remittances", lose_the_answer)
    counted.fill("50.000")
    counted.press("Enter")
    expect(page.get_by_text("W0000")).to_be_visible()
    page.unroute("**/v1/money/remittances")
    counted.press("Enter")
    expect(dialog).to_contain_text("✓ 17:00 nộp 50.000 ₫, đủ")
    assert purse.day().remitted.total_vnd == DUE


def test_a_manager_looks_at_the_cash_and_writes_nothing(page: Page, office: Office) -> None:
    purse = Purse(office[0].house.scene)
    [item] = purse.out()
    purse.deliver(item)
    office[0].house.clock.shows = EVENING
    open_console(page, "manager")
    dialog = cash(page)
    expect(dialog.get_by_role("row", name="Trần Văn An").first).to_be_visible()
    expect(dialog.get_by_role("textbox")).to_have_count(0)


def test_a_complaint_of_a_phone_comes_to_the_console_at_once_and_its_answer_back(
    chromium: Browser, page: Page, office: Office
) -> None:
    item = arrived(office)
    office[0].house.clock.shows = EVENING
    open_console(page)
    with screen(chromium, office[1], viewport={"width": 390, "height": 844}) as phone:
        told(phone, item)
        phone.get_by_text("Gửi khiếu nại").first.click()
        phone.get_by_label("Khiếu nại về việc").select_option(label="Thái độ phục vụ")
        phone.get_by_label("Nội dung").fill("Bưu tá không gọi trước")
        assert wcag_faults(phone) == []
        phone.get_by_role("button", name="Gửi khiếu nại").click()
        expect(phone.get_by_role("status")).to_contain_text("Đã nhận khiếu nại")
        button = page.get_by_role("button", name="Khiếu nại 1")
        expect(button).to_be_visible()
        button.click()
        dialog = page.get_by_role("dialog", name="Khiếu nại")
        expect(dialog).to_contain_text("Bưu tá không gọi trước")
        expect(dialog).to_contain_text("đến 20/01/2027")
        assert wcag_faults(page) == []
        dialog.get_by_role("button", name="Nhận xử lý").click()
        expect(dialog).to_contain_text("Người dispatcher đang xử lý")
        settle = dialog.get_by_role("button", name="Đã giải quyết")
        expect(settle).to_be_disabled()
        dialog.get_by_label("Trả lời người dân").fill("Bưu cục xin lỗi và đã nhắc bưu tá.")
        settle.click()
        expect(dialog).to_contain_text("Không có khiếu nại nào đang chờ")
        told(phone, item)
        expect(phone.locator(".filed")).to_contain_text("Đã giải quyết")
        expect(phone.locator(".filed")).to_contain_text("Bưu cục xin lỗi và đã nhắc bưu tá.")


def test_a_delivery_is_rated_by_a_tap_and_the_tariff_prints_on_one_page(chromium: Browser, office: Office) -> None:
    item = arrived(office)
    with screen(chromium, office[1], viewport={"width": 390, "height": 844}) as phone:
        told(phone, item)
        phone.get_by_label("Rất hài lòng").check()
        phone.get_by_role("button", name="Gửi đánh giá").click()
        expect(phone.get_by_role("status")).to_contain_text("Cảm ơn")
        expect(phone.get_by_label("Rất hài lòng")).to_be_checked()
        phone.goto("/tariff")
        expect(phone.get_by_role("heading", level=1)).to_have_text("Cước chuyển trả kết quả hồ sơ")
        assert wcag_faults(phone) == []
        printed = phone.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
        phone.get_by_role("link", name="English").click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Postage for returning results")
