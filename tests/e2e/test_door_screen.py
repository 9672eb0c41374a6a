"""A door set right on the console: by typing, dragging and arrow keys; its route follows; who did it; taken back."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from geodata.communes import metres_between
from geodata.model import LonLat
from routing.recost import recost_plan
from routing.store import PlanKey
from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import sign_in, take_back, wcag_faults
from tests.tracking.office_scene import PROVINCE

pytestmark = pytest.mark.browser


def open_first_stop(page: Page, office: Office) -> Locator:
    """The card of the first stop of the first route; returns its part about the door."""
    office[0].publish()
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    page.locator(".routes [data-row]").first.click()
    page.get_by_role("tabpanel").locator("[data-row]").first.click()
    return page.get_by_role("region", name="Vị trí nhà")


def lessons(office: Office) -> list[tuple[LonLat, str, bool]]:
    """What was taught: where, by whom, whether it is forgotten."""
    query = text("SELECT lon, lat, taught_by, forgotten_at FROM door_observations ORDER BY recorded_at, id")
    with office[0].house.runtime.database.reading() as session:
        return [
            (LonLat(lon=row.lon, lat=row.lat), row.taught_by, row.forgotten_at is not None)
            for row in session.execute(query)
        ]


def reckon(office: Office) -> None:
    """What the worker does after a door moved."""
    database = office[0].house.runtime.database
    with database.reading() as session:
        plan_id = session.execute(text("SELECT id FROM plans WHERE state = 'published'")).scalar_one()
    assert recost_plan(office[0].planning.shop, PlanKey(province_code=PROVINCE, plan_id=plan_id)) == 1


def test_a_typed_place_moves_the_door_and_its_route_and_is_taken_back(page: Page, office: Office) -> None:
    door = open_first_stop(page, office)
    door.get_by_role("button", name="Chỉnh ghim").click()
    field = door.get_by_label("Tọa độ")
    field.fill("10.03, 105.78")
    field.press("Enter")
    expect(door.get_by_role("alert")).to_contain_text("T2302")
    field.fill("106.7100, 10.7830")
    field.blur()
    expect(door.get_by_text("so với ghim cũ")).to_be_visible()
    assert wcag_faults(page) == []
    door.get_by_role("button", name="Đặt ghim ở đây").click()
    expect(door.get_by_text("Đang tính lại giờ và đường")).to_be_visible()
    user = office[0].house.users["dispatcher"]
    expect(door).to_contain_text(f"Người chỉnh: {user.name}")
    assert lessons(office) == [(LonLat(lon=106.71, lat=10.783), f"user:{user.id}", False)]
    reckon(office)
    effect = door.locator(".effect")
    expect(effect).to_contain_text("về 0")
    expect(effect.get_by_role("progressbar")).to_have_count(0)
    take_back(page, "Đã chỉnh ghim")
    expect(door.get_by_text("đã bỏ lúc")).to_be_visible()
    [(_, _, forgotten)] = lessons(office)
    assert forgotten
    door.get_by_role("button", name="Lấy lại").click()
    expect(door.get_by_text("đã bỏ lúc")).to_have_count(0)
    assert [one[2] for one in lessons(office)] == [False]
    assert wcag_faults(page) == []


def test_the_pin_is_dragged_clicked_and_moved_by_arrow_keys(page: Page, office: Office) -> None:
    door = open_first_stop(page, office)
    door.get_by_role("button", name="Chỉnh ghim").click()
    pin = page.get_by_role("button", name="Ghim cửa nhà")
    field = door.get_by_label("Tọa độ")
    start = field.input_value()
    box = pin.bounding_box()
    assert box
    page.mouse.move(box["x"] + 15, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 75, box["y"] + 55, steps=5)
    page.mouse.up()
    expect(field).not_to_have_value(start)
    dragged = field.input_value()
    pin.focus()
    page.keyboard.press("ArrowUp")
    expect(field).not_to_have_value(dragged)
    page.keyboard.press("ArrowDown")
    expect(field).to_have_value(dragged)
    canvas = page.locator(".maplibregl-canvas").bounding_box()
    assert canvas
    page.mouse.click(canvas["x"] + 300, canvas["y"] + 200)
    expect(field).not_to_have_value(dragged)
    lat, lon = (float(part) for part in field.input_value().split(","))
    door.get_by_role("button", name="Đặt ghim ở đây").click()
    expect(door.get_by_text("Người chỉnh")).to_be_visible()
    [(point, _, _)] = lessons(office)
    assert metres_between(point, LonLat(lon=lon, lat=lat)) < 1.5


def test_escape_leaves_the_door_as_it_was_and_who_only_reads_corrects_nothing(page: Page, office: Office) -> None:
    door = open_first_stop(page, office)
    door.get_by_role("button", name="Chỉnh ghim").click()
    page.keyboard.press("Escape")
    expect(door.get_by_role("button", name="Chỉnh ghim")).to_be_visible()
    assert lessons(office) == []
    page.context.clear_cookies()
    page.goto("/console")
    sign_in(page, "manager", PASSWORD)
    page.locator(".routes [data-row]").first.click()
    page.get_by_role("tabpanel").locator("[data-row]").first.click()
    expect(door.get_by_text("Ai chỉ chỗ này, khi nào")).to_be_visible()
    expect(door.get_by_role("button", name="Chỉnh ghim")).to_have_count(0)
