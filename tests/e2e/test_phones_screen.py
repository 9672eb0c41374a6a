"""Keys of a courier's phones on the console: made and shown once, used by the phone, revoked by a second press."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import picture, sign_in, wcag_faults
from tests.tracking.office_scene import NOW

pytestmark = pytest.mark.browser


def knock(url: str, key: str) -> int:
    """What the server answers to a phone with the key."""
    place = {"lat": "10.7769", "lon": "106.7009", "timestamp": str(int(NOW.timestamp())), "accuracy": "8"}
    return httpx.post(f"{url}/osmand", params={"id": key, **place}).status_code


def test_a_key_is_made_for_a_phone_and_ends_with_a_second_press(page: Page, office: Office) -> None:
    day, url = office
    day.publish()
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    page.locator(".routes [data-row]").first.click()
    page.get_by_role("button", name="Máy định vị").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Máy định vị của "))
    expect(dialog).to_contain_text("Chưa có máy nào")
    label = dialog.get_by_label("Tên máy")
    expect(dialog.get_by_role("button", name="Tạo khóa")).to_be_disabled()
    # Behind the dialog the console's keys command nothing.
    dialog.get_by_role("button", name="Đóng").press("p")
    label.fill("Máy của An")
    label.press("Enter")
    made = dialog.locator(".made")
    expect(made).to_contain_text("chỉ hiện lần này")
    expect(made).to_contain_text(f"{url}/osmand")
    picture(page, "phones.png")
    assert wcag_faults(page) == []
    key = made.locator("code").first.inner_text()
    assert knock(url, key) == 200
    revoke = dialog.get_by_role("button", name="Thu hồi khóa của Máy của An")
    revoke.click()
    sure = dialog.get_by_role("button", name="Bấm lần nữa để thu hồi")
    expect(sure).to_be_visible()
    label.focus()
    expect(revoke).to_be_visible()
    revoke.click()
    sure.click()
    expect(dialog.get_by_text(re.compile("^✕ thu hồi 20/11/2026"))).to_be_visible()
    expect(made).to_have_count(0)
    assert knock(url, key) == 403
    assert day.plans_that_wait() == []
