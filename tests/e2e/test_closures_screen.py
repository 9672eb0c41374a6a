"""Road closures on the console: drawn by mouse and by keyboard, seen by others at once, changed, lifted, taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from geodata.osrm_programs import Programs
from geodata.road_dataset import RoadDataset
from geodata.road_keeper import RoadKeeper
from tests.api.house import PASSWORD
from tests.e2e.conftest import SLOW_MS, Office
from tests.e2e.screen import screen, sign_in, take_back, wcag_faults
from tests.geodata.roads_copy import copied

pytestmark = pytest.mark.browser

EMPTY = "Không có đường nào đang cấm"


@pytest.fixture
def other(chromium: Browser, office: Office) -> Iterator[Page]:
    """The console of a colleague at another office of the province."""
    with screen(chromium, office[1]) as shown:
        shown.set_default_timeout(SLOW_MS)
        open_closures(shown, "dispatcher2")
        yield shown


def open_closures(page: Page, login: str = "dispatcher") -> None:
    page.goto("/console?tab=closures")
    sign_in(page, login, PASSWORD)
    expect(page.get_by_text(EMPTY)).to_be_visible()
    # The map is laid out when its canvas is there.
    page.locator(".maplibregl-canvas").wait_for()


def stored(office: Office) -> list[dict[str, Any]]:
    """Closures as the database has them, removed ones first."""
    query = text(
        "SELECT kind, note, ends_at, created_by, removed_at, ST_NPoints(area) - 1 AS corners, "
        "ST_AsText(ST_Centroid(area), 3) AS middle FROM road_closures ORDER BY removed_at NULLS LAST"
    )
    with office[0].house.runtime.database.reading() as session:
        return [dict(row._mapping) for row in session.execute(query)]


def click_corners(page: Page, *places: tuple[float, float]) -> None:
    """Clicks on the map, at shares of its width and height."""
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box
    for x, y in places:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_a_drawn_area_reaches_the_database_and_the_other_consoles(page: Page, other: Page, office: Office) -> None:
    open_closures(page)
    page.get_by_role("button", name="Vẽ vùng cấm").click()
    go = page.get_by_role("button", name="Cấm đường", exact=True)
    expect(go).to_be_disabled()
    click_corners(page, (0.3, 0.3), (0.5, 0.3), (0.5, 0.5), (0.3, 0.5))
    expect(page.get_by_label("Đỉnh 4", exact=True)).to_be_visible()
    page.get_by_label("Ghi chú").fill("ngập nửa bánh xe")
    # What lies under a corner is not chosen with it.
    expect(page.get_by_role("tab", name="Cấm đường")).to_have_attribute("aria-selected", "true")
    assert wcag_faults(page) == []
    go.click()
    row = page.get_by_role("tabpanel").locator("li", has_text="Ngập lụt")
    expect(row).to_contain_text("ngập nửa bánh xe")
    expect(row).to_contain_text("Đang áp dụng")
    [closure] = stored(office)
    user = office[0].house.users["dispatcher"]
    assert (closure["kind"], closure["corners"], closure["created_by"]) == ("flood", 4, f"user:{user.id}")
    expect(other.get_by_role("tabpanel").locator("li", has_text="ngập nửa bánh xe")).to_contain_text(user.name)
    expect(other.locator(".maplibregl-marker .sign")).to_have_count(1)
    assert wcag_faults(page) == []


def test_drawn_by_keyboard_alone_along_a_road(page: Page, office: Office) -> None:
    open_closures(page)
    page.get_by_role("button", name="Vẽ vùng cấm").focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Vùng", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Dọc đường")).to_be_checked()
    page.get_by_role("button", name="Vẽ bằng bàn phím").focus()
    page.keyboard.press("Enter")
    for key in ("Enter", "ArrowRight", "ArrowUp", "Enter", "ArrowUp", "Enter", "Backspace"):
        page.keyboard.press(key)
    expect(page.get_by_label("Đỉnh 2", exact=True)).to_be_visible()
    expect(page.get_by_label("Đỉnh 3", exact=True)).to_have_count(0)
    page.get_by_label("Thêm đỉnh bằng tọa độ").fill("ở ngã ba")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Chưa đọc được tọa độ")
    page.get_by_label("Thêm đỉnh bằng tọa độ").fill("10.7801, 106.7011")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Đỉnh 3", exact=True)).to_have_value("10.78010, 106.70110")
    page.get_by_role("radio", name="Sửa đường").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Cấm đường", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel").locator("li", has_text="Sửa đường")).to_be_visible()
    [closure] = stored(office)
    assert closure["kind"] == "works"
    assert closure["corners"] > 8, "a strip, round at its ends"


def test_what_is_refused_is_told_with_its_code_and_the_drawing_stays(page: Page, office: Office) -> None:
    open_closures(page)
    page.get_by_role("button", name="Vẽ vùng cấm").click()
    click_corners(page, (0.3, 0.3), (0.5, 0.5), (0.5, 0.3), (0.3, 0.5))
    page.get_by_role("button", name="Cấm đường", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("G2013")
    expect(page.get_by_label("Đỉnh 4", exact=True)).to_be_visible()
    assert stored(office) == []


def test_an_end_is_set_a_closure_is_lifted_and_both_are_taken_back(page: Page, other: Page, office: Office) -> None:
    open_closures(page)
    page.get_by_role("button", name="Vẽ vùng cấm").click()
    page.get_by_text("Hình chữ nhật").click()
    click_corners(page, (0.4, 0.4), (0.5, 0.5))
    page.get_by_role("button", name="Cấm đường", exact=True).click()
    rows, theirs = (one.get_by_role("tabpanel").locator("li") for one in (page, other))
    expect(rows).to_contain_text(["đến khi gỡ"])
    page.get_by_role("button", name="Sửa vùng cấm: Ngập lụt").click()
    page.get_by_role("group", name="Đến").get_by_label("lúc").check()
    page.get_by_label("Giờ, phút").fill("23:45")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(theirs).to_contain_text(["→ 20/11/2026 23:45"])
    take_back(page, "Đã sửa vùng cấm")
    expect(theirs).to_contain_text(["đến khi gỡ"])
    page.get_by_role("button", name="Gỡ cấm: Ngập lụt").click()
    expect(other.get_by_text(EMPTY)).to_be_visible()
    take_back(page, "Đã gỡ cấm")
    expect(theirs).to_have_count(1)
    first, again = stored(office)
    assert first["removed_at"] is not None
    assert (again["removed_at"], again["middle"]) == (None, first["middle"])


def test_who_only_reads_draws_nothing(page: Page) -> None:
    open_closures(page, "manager")
    expect(page.get_by_role("button", name="Vẽ vùng cấm")).to_have_count(0)


@pytest.mark.osrm
def test_it_is_said_when_the_roads_in_force_hold_it(
    page: Page, office: Office, tmp_path: Path, road_dataset: RoadDataset, road_programs: Programs
) -> None:
    copied(road_dataset, tmp_path / "roads-here")
    open_closures(page)
    page.get_by_role("button", name="Vẽ vùng cấm").click()
    for corner in ("10.770, 106.700", "10.770, 106.710", "10.780, 106.710", "10.780, 106.700"):
        page.get_by_label("Thêm đỉnh bằng tọa độ").fill(corner)
        page.get_by_role("button", name="Thêm", exact=True).click()
    page.get_by_role("button", name="Cấm đường", exact=True).click()
    row = page.get_by_role("tabpanel").locator("li")
    expect(row.get_by_role("progressbar")).to_be_visible()
    runtime = office[0].house.runtime
    keeper = RoadKeeper(runtime.database, tmp_path / "roads-here", programs=road_programs, clock=runtime.clock)
    assert keeper.look()
    expect(row).to_contain_text("Đang cấm")
    expect(row.get_by_role("progressbar")).to_have_count(0)
    expect(row).to_contain_text("đoạn đường")
    assert wcag_faults(page) == []
