"""Couriers on the console: an administrator says what each may and must do, with undo; a dispatcher reads it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Office
from tests.e2e.screen import beside_the_rule, picture, take_back, wcag_faults
from tests.tracking.office_scene import SYSTEM
from tracking import service
from tracking.model import Courier

pytestmark = pytest.mark.browser


def open_couriers(page: Page, login: str) -> Locator:
    return beside_the_rule(page, login, "Bưu tá của bưu cục")


def stored(office: Office, name: str) -> Courier:
    with office[0].house.runtime.database.reading() as session:
        return next(one for one in service.list_couriers(session, scope=SYSTEM) if one.name == name)


def test_what_a_courier_may_and_must_do_is_set_refused_at_its_field_and_taken_back(page: Page, office: Office) -> None:
    before = stored(office, "Trần Văn An")
    dialog = open_couriers(page, "admin")
    edit = dialog.get_by_role("button", name="Sửa bưu tá Trần Văn An")
    edit.click()
    form = dialog.get_by_role("form", name="Sửa bưu tá Trần Văn An")
    expect(form.get_by_label("Họ tên")).to_be_focused()
    form.get_by_label("Đã tập huấn").fill("Đất đai, hộ tịch")
    form.get_by_label("Được xác minh").uncheck()
    form.get_by_label("Làm thêm muộn nhất đến").fill("17:00")
    form.get_by_label("Phút nạp hàng").fill("20")
    form.get_by_role("button", name="Thêm giờ nghỉ").click()
    form.get_by_label("Nghỉ 1: bắt đầu từ").fill("12:00")
    form.get_by_label("Nghỉ 1: muộn nhất lúc").fill("12:30")
    form.get_by_role("button", name="Lưu bưu tá").click()
    # Both mistakes at once, each at its field; nothing is written.
    expect(form).to_contain_text("T3021")
    expect(form).to_contain_text("T3022")
    expect(form.get_by_label("Làm thêm muộn nhất đến")).to_be_focused()
    picture(page, "couriers-refused.png")
    assert wcag_faults(page) == []
    assert stored(office, "Trần Văn An") == before
    form.get_by_label("Làm thêm muộn nhất đến").fill("19:00")
    form.get_by_label("Nghỉ 1: bắt đầu từ").fill("09:00")
    form.get_by_label("Nghỉ 1: muộn nhất lúc").fill("09:20")
    form.get_by_role("button", name="Lưu bưu tá").click()
    row = dialog.get_by_role("listitem").filter(has_text="Trần Văn An")
    expect(row).to_contain_text("làm thêm đến 19:00 · nghỉ 15 phút từ 09:00 đến 09:20 · nạp hàng 20 phút")
    expect(row).to_contain_text("đất đai · hộ tịch · không trao giấy tờ phải tận tay chính chủ")
    expect(edit).to_be_focused()
    picture(page, "couriers.png")
    assert wcag_faults(page) == []
    after = stored(office, "Trần Văn An")
    assert (after.skills, after.in_person, after.reload_minutes) == (("đất đai", "hộ tịch"), False, 20)
    take_back(page, "Đã lưu bưu tá")
    expect(page.get_by_text("Đã trả lại như trước.")).to_be_visible()
    assert stored(office, "Trần Văn An") == before
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    edit.click()
    form.get_by_role("button", name="Thêm giờ nghỉ").click()
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")
    picture(page, "couriers-form-narrow.png")
    assert wcag_faults(page) == []


def test_a_dispatcher_reads_and_changes_nothing_also_on_a_phone(page: Page, office: Office) -> None:
    dialog = open_couriers(page, "dispatcher")
    expect(dialog).to_contain_text("Quản trị mới được đổi.")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    expect(dialog.get_by_role("button", name="Sửa bưu tá")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Thêm bưu tá")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")
    picture(page, "couriers-narrow.png")
