"""How the office plans, set on the console: checked before it is sent, taken back, and heeded by the next plan."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import sign_in, take_back, wcag_faults

pytestmark = pytest.mark.browser

AT_FIRST = {"policy": "all", "day_value_s": 5, "familiarity_s": 0}
WANTED = {"policy": "horizon", "day_value_s": 45, "familiarity_s": 120}


def open_rule(page: Page, login: str = "dispatcher") -> Locator:
    page.goto("/console")
    sign_in(page, login, PASSWORD)
    page.get_by_role("button", name="Cách lập tuyến của bưu cục").click()
    return page.get_by_role("dialog")


def stored(office: Office) -> dict[str, object]:
    """The rule as the server has it."""
    path = f"/v1/offices/{office[0].house.scene.office.id}/planning"
    found: dict[str, object] = office[0].house.person("dispatcher").get(path).json()
    return found


def test_a_rule_is_checked_saved_and_taken_back(page: Page, office: Office) -> None:
    dialog = open_rule(page)
    save = dialog.get_by_role("button", name="Lưu", exact=True)
    expect(save).to_be_disabled()
    expect(dialog.get_by_label("Phát sớm một ngày")).to_have_count(0)
    dialog.get_by_role("radio", name="Chọn ngày").check()
    price = dialog.get_by_role("spinbutton", name="Phát sớm một ngày")
    expect(price).to_have_value("5")
    for wrong in ("3601", "-1", "1.5", ""):
        price.fill(wrong)
        expect(dialog.get_by_role("alert")).to_contain_text("từ 0 đến 3600")
        expect(save).to_be_disabled()
    assert wcag_faults(page) == []
    price.fill("45")
    dialog.get_by_role("button", name="Nên giữ").click()
    save.click()
    expect(dialog).to_have_count(0)
    assert stored(office) == WANTED
    take_back(page, "Đã lưu cách lập tuyến")
    expect(page.get_by_text("Đã trả lại cách lập tuyến trước đó")).to_be_visible()
    assert stored(office) == AT_FIRST


def test_the_plan_button_leaves_the_choice_to_the_rule(page: Page, office: Office) -> None:
    path = f"/v1/offices/{office[0].house.scene.office.id}/planning"
    assert office[0].house.person("dispatcher").put(path, json=WANTED).status_code == 200
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    page.get_by_role("button", name="Lập tuyến", exact=True).click()
    expect(page.get_by_role("button", name="Dừng lập")).to_be_visible()
    with office[0].house.runtime.database.reading() as session:
        params = session.execute(text("SELECT params FROM plans")).scalar_one()
    assert {name: params[name] for name in WANTED} == WANTED


def test_a_refusal_stays_in_the_form_and_a_manager_only_reads(page: Page, office: Office) -> None:
    dialog = open_rule(page)
    dialog.get_by_role("radio", name="Để dành").check()
    refused = {"code": "A1001", "detail": "Máy chủ bận.", "detail_en": "Busy."}
    page.route("**/planning", lambda route: route.fulfill(status=503, json=refused))
    dialog.get_by_role("button", name="Lưu", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("A1001")
    expect(dialog.get_by_role("radio", name="Để dành")).to_be_checked()
    page.unroute("**/planning")
    assert stored(office) == AT_FIRST
    page.context.clear_cookies()
    dialog = open_rule(page, "manager")
    expect(dialog.get_by_role("radio", name="Đi hết")).to_be_disabled()
    expect(dialog).to_contain_text("Điều phối và quản trị mới được đổi")
    expect(dialog.get_by_role("button", name="Lưu", exact=True)).to_have_count(0)
