"""A dispatcher edits the day's plan in a real browser: by mouse in the list and on the map, by keyboard, with undo."""

import math

import pytest
from playwright.sync_api import Locator, Page, expect

from geodata.model import LonLat
from routing import editing
from routing.commands import DropStops
from routing.editing import EditRequest
from routing.recost import recost_plan
from tests.api.house import PASSWORD
from tests.e2e.conftest import SLOW_MS, Office
from tests.e2e.screen import picture, sign_in, wcag_faults
from tests.routing.planning_scene import key
from tests.tracking.office_scene import NOW
from tracking import service as tracking
from tracking.model import Fix

pytestmark = pytest.mark.browser


@pytest.fixture
def office(office: Office) -> Office:
    """The office with its day planned and published."""
    office[0].publish()
    return office


@pytest.fixture
def page(page: Page) -> Page:
    """The console with the first route open."""
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    page.locator(".routes [data-row]").first.click()
    stops(page).first.wait_for()
    return page


def stops(page: Page) -> Locator:
    return page.get_by_role("tabpanel").locator("[data-visit]")


def shown_order(page: Page) -> list[str]:
    return [str(row.get_attribute("data-visit")) for row in stops(page).all()]


def stored_order(office: Office, page: Page) -> list[str]:
    """Of the route that is open, straight from the database."""
    first = page.locator(".routes [data-row]").first.inner_text()
    plan = office[0].planning.plan(office[0].planning_id())
    couriers = {courier.id: courier.name for courier in office[0].planning.scene.couriers}
    [route] = [route for route in plan.routes if couriers[route.courier_id] in first]
    return [stop.stop.visit_id for stop in route.stops]


def expect_order(page: Page, order: list[str]) -> None:
    for place, visit in enumerate(order):
        expect(stops(page).nth(place)).to_have_attribute("data-visit", visit, timeout=SLOW_MS)


def test_by_keyboard_a_stop_moves_is_locked_dropped_and_all_is_taken_back(page: Page, office: Office) -> None:
    before = shown_order(page)
    stops(page).nth(1).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect_order(page, [before[1], before[0], *before[2:]])
    assert stored_order(office, page) == [before[1], before[0], *before[2:]]
    expect(page.get_by_text("Đã sửa:")).to_be_visible()
    expect(stops(page).first).to_be_focused()
    page.keyboard.press("l")
    expect(stops(page).first.get_by_role("img", name="Đã ghim cho bưu tá này")).to_be_visible()
    stops(page).nth(2).focus()
    page.keyboard.press("Delete")
    expect(stops(page)).to_have_count(len(before) - 1)
    picture(page, "edited.png")
    page.locator("body").press("Control+z")
    expect(stops(page)).to_have_count(len(before))
    page.locator("body").press("Control+z")
    expect(page.get_by_role("img", name="Đã ghim cho bưu tá này")).to_have_count(0)
    page.locator("body").press("Control+z")
    expect_order(page, before)
    expect(page.get_by_role("button", name="Hoàn tác")).to_be_disabled()
    page.locator("body").press("Control+Shift+z")
    expect_order(page, [before[1], before[0], *before[2:]])
    assert wcag_faults(page) == []


def test_a_stop_is_dragged_in_the_list_to_another_place_and_to_another_courier(page: Page, office: Office) -> None:
    before = shown_order(page)
    stops(page).nth(0).drag_to(stops(page).nth(2), target_position={"x": 60, "y": 4})
    expect_order(page, [before[1], before[0], *before[2:]])
    other = page.locator(".routes [data-row]").nth(1)
    there = other.inner_text()
    stops(page).nth(0).drag_to(other)
    expect(stops(page)).to_have_count(len(before) - 1)
    assert other.inner_text() != there
    assert before[1] not in stored_order(office, page)
    picture(page, "given.png")


class Seen:
    """Where a place lies on the screen: Mercator between two pins whose places are known."""

    def __init__(self, page: Page, office: LonLat, courier: LonLat) -> None:
        self._office, self._at = office, _middle(page.locator(".maplibregl-marker", has=page.locator(".depot")))
        there = _middle(page.locator(".maplibregl-marker", has=page.locator("button.courier")))
        self._scale = (there[0] - self._at[0]) / (courier.lon - office.lon)

    def of(self, place: LonLat) -> tuple[float, float]:
        north = math.degrees(_mercator(place.lat) - _mercator(self._office.lat))
        return self._at[0] + (place.lon - self._office.lon) * self._scale, self._at[1] - north * self._scale


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))


def _middle(pin: Locator) -> tuple[float, float]:
    pin.wait_for()
    box = pin.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_stop_is_dragged_on_the_map_onto_a_stop_of_the_other_route(page: Page, office: Office) -> None:
    scene = office[0].planning.scene
    courier = LonLat(lon=scene.office.point.lon + 0.018, lat=scene.office.point.lat - 0.018)
    with scene.database.transaction() as session:
        fixes = [Fix(occurred_at=NOW, point=courier, accuracy_m=5.0)]
        tracking.record_positions(
            session, scope=scene.courier_scope(0), courier_id=scene.couriers[0].id, fixes=fixes, now=NOW
        )
    mine = shown_order(page)
    # No route chosen: the map shows all of the day and stays.
    page.keyboard.press("Escape")
    page.locator("button.courier").wait_for()
    plan = office[0].planning.plan(office[0].planning_id())
    points = {stop.stop.visit_id: stop.point for route in plan.routes for stop in route.stops}
    # Until the map has come to rest: the pin of the office lies where it lay a moment ago.
    page.wait_for_function(
        """() => {
            const at = document.querySelector('.depot').closest('.maplibregl-marker').style.transform;
            const rests = window.pinWas === at;
            window.pinWas = at;
            return rests;
        }""",
        polling=500,
    )
    seen = Seen(page, scene.office.point, courier)
    places = {visit: seen.of(point) for visit, point in points.items()}

    def alone(visit: str) -> bool:
        return all(math.dist(places[visit], at) > 26 for other, at in places.items() if other != visit)

    [taken, *_] = [visit for visit in mine if alone(visit)]
    [onto, *_] = [visit for visit in points if visit not in mine and alone(visit)]
    page.mouse.move(*places[taken])
    page.mouse.down()
    page.mouse.move(*places[onto], steps=8)
    expect(page.get_by_text("Nếu thả ở đây:")).to_be_visible()
    picture(page, "dragged.png")
    page.mouse.up()
    expect(page.get_by_text("Đã sửa:")).to_be_visible()
    after = office[0].planning.plan(plan.head.id)
    order = next([s.stop.visit_id for s in r.stops] for r in after.routes if onto in {s.stop.visit_id for s in r.stops})
    assert order.index(taken) + 1 == order.index(onto)


def test_what_is_left_out_is_inserted_where_it_costs_least(page: Page) -> None:
    before = shown_order(page)
    stops(page).first.focus()
    page.keyboard.press("Delete")
    expect(stops(page)).to_have_count(len(before) - 1)
    page.locator("body").press("2")
    expect(page.get_by_text("Điều phối viên đã đưa ra khỏi tuyến hôm nay")).to_be_visible()
    stops(page).first.focus()
    page.keyboard.press("i")
    expect(page.get_by_text("Mọi bưu gửi đều đã có trong tuyến")).to_be_visible()


def test_another_dispatchers_edit_of_the_route_is_told_kindly(page: Page, office: Office) -> None:
    """It happens between looking and editing: the stream is cut off, the screen still shows the older version."""
    before = shown_order(page)
    page.route("**/v1/stream*", lambda route: route.abort())
    page.route("**/v1/plans?*", lambda route: route.abort())
    day = office[0]
    plan = day.planning.plan(day.planning_id())
    admin = f"user:{day.house.users['admin'].id}"
    other = day.planning.scene.dispatcher.__class__(
        province_code=plan.head.province_code, actor=admin, office_ids=day.planning.scene.dispatcher.office_ids
    )
    asked = EditRequest(version=plan.head.version, command=DropStops(visit_ids=(before[1],)))
    with day.planning.scene.database.transaction() as session:
        editing.apply_edit(session, scope=other, plan_id=plan.head.id, asked=asked, now=NOW)
    page.unroute("**/v1/plans?*")
    stops(page).nth(1).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_text("Người khác vừa sửa tuyến này")).to_be_visible()
    expect(page.get_by_text("Người admin")).to_be_visible()
    expect(stops(page)).to_have_count(len(before) - 1)
    picture(page, "conflict.png")
    page.get_by_role("button", name="Đã xem").click()
    expect(page.get_by_text("Người khác vừa sửa tuyến này")).to_have_count(0)


def test_the_rest_is_planned_anew_with_progress(page: Page, office: Office) -> None:
    day = office[0]
    urgent = day.planning.scene.ready(1)
    page.get_by_role("button", name="Lập lại phần còn lại").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    [job] = day.plans_that_wait()
    day.planning.run(job)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    plan = day.planning.plan(day.planning_id())
    recost_plan(day.planning.shop, key(plan.head.id))
    assert urgent[0] in {item for route in plan.routes for stop in route.stops for item in stop.item_ids}
    expect(page.get_by_text("Đã phát hành", exact=True)).to_be_visible()
    page.locator("body").press("Control+z")
    expect(page.get_by_text("Đã sửa:")).to_be_visible()


def test_a_round_is_turned_split_and_changed_with_another_courier(page: Page, office: Office) -> None:
    before = shown_order(page)
    rows = page.locator(".routes [data-row]")
    names = [rows.nth(n).locator(".ellipsis").inner_text() for n in range(2)]
    page.get_by_role("button", name="Đảo chiều").first.click()
    expect_order(page, before[::-1])
    assert stored_order(office, page) == before[::-1]
    stops(page).nth(1).click()
    page.get_by_label("Từ đây trở đi giao cho…").select_option(names[1])
    expect(stops(page)).to_have_count(1)
    rows.nth(1).click()
    expect(page.locator(f'[data-visit="{before[0]}"]')).to_be_visible()
    rows.nth(0).click()
    page.get_by_label("Đổi cả tuyến với…").select_option(names[1])
    expect(page.locator(f'[data-visit="{before[-1]}"]')).to_have_count(0)
    assert before[-1] not in stored_order(office, page)
    picture(page, "swapped.png")
    assert wcag_faults(page) == []
    for _ in range(3):
        page.get_by_role("button", name="Hoàn tác").click()
        expect(page.get_by_role("button", name="Hoàn tác")).not_to_have_attribute("aria-busy", "true")
    expect_order(page, before)
