"""The citizen's page in a real browser: without script, on a narrow phone, in the dark, in both languages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import SLOW_MS, Office
from tests.e2e.screen import screen, wcag_faults

pytestmark = pytest.mark.browser

DIGITS = "5678"
PHONE: ViewportSize = {"width": 320, "height": 640}
HOME = {"longitude": 106.7009, "latitude": 10.7769, "accuracy": 12}


@pytest.fixture
def code(office: Office) -> str:
    """Tracking code of an item that is planned for today."""
    day = office[0]
    day.publish()
    return day.planning.scene.item(day.items[0]).tracking_code


@pytest.fixture
def plain(chromium: Browser, office: Office) -> Iterator[Page]:
    """A narrow phone whose browser runs no script."""
    context = chromium.new_context(base_url=office[1], locale="vi-VN", viewport=PHONE, java_script_enabled=False)
    context.set_default_timeout(SLOW_MS)
    yield context.new_page()
    context.close()


def look_up(page: Page, digits: str = DIGITS, button: str = "Tra cứu") -> None:
    page.locator("#digits").fill(digits)
    page.get_by_role("button", name=button).click()


def test_the_whole_way_works_without_script(plain: Page, code: str) -> None:
    plain.goto(f"/t/{code}")
    expect(plain.locator("#code")).to_have_value(code)
    look_up(plain, "0000")
    expect(plain.get_by_role("alert")).to_contain_text("C1000")
    expect(plain.locator("dl")).to_have_count(0)
    look_up(plain)
    expect(plain.locator(".status .expected")).to_be_visible()
    expect(plain.locator(".line li")).not_to_have_count(0)
    assert code not in plain.url
    assert DIGITS not in plain.url
    plain.locator("#words").fill("Qua cầu, rẽ trái, cổng xanh đối diện trường học.")
    expect(plain.locator(".share")).to_be_hidden()
    plain.get_by_role("button", name="Gửi cho bưu cục").click()
    expect(plain.get_by_role("status")).to_contain_text("Đã nhận")


def test_trying_digits_out_is_stopped(plain: Page, code: str) -> None:
    plain.goto(f"/t/{code}")
    for number in range(10):
        look_up(plain, f"{number:04d}")
    look_up(plain)
    expect(plain.get_by_role("alert")).to_contain_text("A1003")
    expect(plain.locator("dl")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "button"), [("vi", "Tra cứu"), ("en", "Look up")])
def test_nobody_is_shut_out(
    chromium: Browser, office: Office, code: str, scheme: str, language: str, button: str
) -> None:
    with screen(chromium, office[1], viewport=PHONE, color_scheme=scheme) as page:
        page.goto(f"/t/{code}?lang={language}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert wcag_faults(page) == []
        page.locator("#digits").fill(DIGITS)
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=button)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".status")).to_be_visible()
        assert wcag_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_phones_own_place_is_sent_when_its_owner_asks(chromium: Browser, office: Office, code: str) -> None:
    allowed = {"geolocation": HOME, "permissions": ["geolocation"]}
    with screen(chromium, office[1], viewport=PHONE, **allowed) as page:
        page.goto(f"/t/{code}")
        look_up(page)
        page.get_by_role("button", name="Gửi vị trí của điện thoại này").click()
        expect(page.locator(".said")).to_contain_text("12 m")
        page.get_by_role("button", name="Gửi cho bưu cục").click()
        expect(page.get_by_role("status")).to_contain_text("Đã nhận")
