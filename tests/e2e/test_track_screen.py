"""A courier's track of the day on the console's map: fetched when it is switched on, its stays with their minutes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import picture, sign_in, wcag_faults
from tests.tracking.test_positions import fix, record

pytestmark = pytest.mark.browser


def ride(office: Office, courier: int) -> None:
    """Six minutes at the door, then half a kilometre to the east."""
    still = [fix(seconds, east_m=seconds % 3) for seconds in range(0, 361, 10)]
    on = [fix(360 + 10 * step, east_m=50.0 * step) for step in range(1, 11)]
    record(office[0].house.scene, *still, *on, courier=courier)


def test_a_track_is_fetched_when_asked_for_and_says_how_long_he_stood(page: Page, office: Office) -> None:
    for courier in (0, 1):
        ride(office, courier)
    office[0].publish()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/track" in request.url else None)
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    page.locator(".routes [data-row]").first.click()
    switch = page.get_by_role("checkbox", name="Vết đi")
    expect(switch).not_to_be_checked()
    stay = page.get_by_role("img", name=re.compile("^Dừng 08:00–08:06, 6 phút"))
    expect(stay).to_have_count(0)
    assert asked == []
    switch.press("Space")
    expect(stay).to_have_count(1)
    expect(stay).to_have_text("6′")
    picture(page, "track.png")
    [url] = asked
    assert url.endswith("/track?day=2026-11-20")
    assert wcag_faults(page) == []
    page.locator(".routes [data-row]").nth(1).click()
    expect(stay).to_have_count(1)
    assert len(set(asked)) == 2
    switch.press("Space")
    expect(stay).to_have_count(0)
    assert len(asked) == 2
