"""What is asked of a plan on the console: why this order, and what one courier more or fewer would bring."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import sign_in, wait_in_page, wcag_faults

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _ended(office: Office) -> Iterator[None]:
    yield
    office[0].house.app.state.asking.close()


def open_console(page: Page, office: Office) -> None:
    office[0].publish()
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    expect(page.locator(".routes [data-row]").first).to_be_visible()


def test_between_stops_stands_what_changing_them_would_cost(page: Page, office: Office) -> None:
    open_console(page, office)
    person = office[0].house.person("dispatcher")
    path = f"/v1/plans/{office[0].planning_id()}"
    [first, second] = [route["courier_id"] for route in person.get(path).json()["routes"]]
    turns = {one: person.get(f"{path}/routes/{one}/order").json()["turns"] for one in (first, second)}
    page.locator(".routes [data-row]").first.click()
    page.get_by_role("button", name="Vì sao thứ tự này").click()
    lines = page.locator(".turn")
    expect(lines).to_have_count(len(turns[first]))
    cost = turns[first][0]["difference"]["total"]
    minutes = f"{'+' if cost > 0 else '−'}{round(abs(cost) / 60)} phút"
    expect(lines.first).to_contain_text(minutes if abs(cost) >= 60 else f"{abs(cost)} s")
    assert wcag_faults(page) == []
    # It stays open for the next route, and is asked anew.
    page.locator(".routes [data-row]").nth(1).click()
    expect(lines).to_have_count(len(turns[second]))
    page.get_by_role("button", name="Vì sao thứ tự này").click()
    expect(lines).to_have_count(0)


def test_another_crew_is_tried_and_a_refusal_is_told(page: Page, office: Office) -> None:
    open_console(page, office)
    page.get_by_role("button", name="So sánh").click()
    crew = page.get_by_role("region", name="Thêm hay bớt một bưu tá thì sao")
    crew.get_by_text("Bớt một người").click()
    name = office[0].house.scene.couriers[0].name
    crew.get_by_label("Bớt ai").select_option(label=name)
    crew.get_by_role("button", name="Tính thử").click()
    expect(crew.get_by_role("progressbar")).to_be_visible()
    # Two searches that take their time; on a machine with other work, much of it.
    expect(crew).to_contain_text(f"Nếu không có {name}", timeout=90_000)
    expect(crew.locator("div", has_text="Điểm phát được").last).to_have_text(re.compile(r"[±−+]\d+"))
    assert wcag_faults(page) == []
    refused = {"code": "A1902", "detail": "Máy tính đang bận.", "detail_en": "Busy."}

    def refuse(route: Route) -> None:
        route.fulfill(status=429, json=refused)

    page.route("**/what-if", refuse)
    crew.get_by_text("Thêm một người").click()
    crew.get_by_role("button", name="Tính thử").click()
    expect(crew.get_by_role("alert")).to_contain_text("A1902")


def test_who_does_not_want_to_wait_stops_the_search(page: Page, office: Office) -> None:
    open_console(page, office)
    broken_off: list[Request] = []

    def broken(request: Request) -> None:
        broken_off.append(request)

    page.on("requestfailed", broken)
    page.get_by_role("button", name="So sánh").click()
    crew = page.get_by_role("region", name="Thêm hay bớt một bưu tá thì sao")
    with page.expect_request("**/what-if") as asked:
        crew.get_by_role("button", name="Tính thử").click()
    crew.get_by_role("button", name="Thôi").click()
    expect(crew.get_by_role("button", name="Tính thử")).to_be_visible()
    expect(crew.get_by_role("alert")).to_have_count(0)
    wait_in_page(page, lambda: asked.value in broken_off, "the question is asked on after it was stopped")
    assert asked.value.failure == "net::ERR_ABORTED"
