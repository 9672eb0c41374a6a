"""Rules per procedure on the console: an administrator sets, replaces and removes them with undo; others read."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Office
from tests.e2e.screen import beside_the_rule, picture, take_back, wcag_faults
from tests.tracking.office_scene import PROVINCE
from tracking import service

pytestmark = pytest.mark.browser


def open_rules(page: Page, login: str) -> Locator:
    return beside_the_rule(page, login, "Quy định theo thủ tục")


def stored(office: Office) -> list[tuple[bool, bool, str]]:
    """In person, identity and code of every rule there is."""
    with office[0].house.runtime.database.reading() as session:
        rules = service.list_rules(session, province_code=PROVINCE)
    return [(one.rule.in_person, one.rule.identity, one.rule.otp.value) for one in rules]


def test_a_rule_is_set_replaced_removed_and_each_is_taken_back(page: Page, office: Office) -> None:
    dialog = open_rules(page, "admin")
    expect(dialog).to_contain_text("Chưa có quy định nào")
    form = dialog.get_by_role("form", name="Đặt quy định")
    form.get_by_label("Thủ tục").fill("Cấp giấy chứng nhận")
    form.get_by_label("Chính chủ nhận").check()
    form.get_by_label("Mã nhận 6 số").select_option("bắt buộc")
    form.get_by_role("button", name="Lưu quy định").click()
    row = dialog.get_by_role("listitem")
    expect(row).to_contain_text("Chính chủ nhận · Mã nhận 6 số: bắt buộc")
    picture(page, "procedures.png")
    assert wcag_faults(page) == []
    assert stored(office) == [(True, False, "required")]
    form.get_by_label("Thủ tục").fill("CẤP GIẤY CHỨNG NHẬN")
    form.get_by_label("Xem giấy tờ tùy thân, ghi 4 số cuối").check()
    form.get_by_label("Thủ tục").press("Enter")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Xem giấy tờ tùy thân, ghi 4 số cuối")
    assert stored(office) == [(False, True, "none")]
    # The message stands in the dialog: beneath it nothing could be pressed.
    take_back(page, "Đã lưu quy định")
    expect(page.get_by_text("Đã trả lại như trước.")).to_be_visible()
    assert stored(office) == [(True, False, "required")]


def test_a_dispatcher_reads_the_rules_and_changes_none(page: Page, office: Office) -> None:
    dialog = open_rules(page, "dispatcher")
    expect(dialog).to_contain_text("Quản trị mới được đổi.")
    expect(dialog.get_by_role("form")).to_have_count(0)
