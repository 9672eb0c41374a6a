"""The dispatcher's console and the reports, in a real browser against the real server and database."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from shapely import box

from core.db import Database
from geodata.communes import load_communes
from geodata.osrm_programs import Programs
from geodata.roads import import_roads
from routing.model import PlanParams
from tests.api.house import PASSWORD
from tests.e2e.conftest import SLOW_MS, Office
from tests.e2e.console_day import AMBIGUOUS, ITEMS, console_day
from tests.e2e.screen import picture, screen, sign_in, wcag_faults
from tests.roads_fixture import HCM_PBF

pytestmark = pytest.mark.browser


def counted(page: Page, word: str) -> str:
    """The number over a word of the top bar."""
    return page.locator(".counts li", has_text=word).locator("strong").inner_text()


def expect_count(page: Page, word: str, number: int) -> None:
    cell = page.locator(".counts li", has_text=word).locator("strong")
    expect(cell).to_have_text(str(number), timeout=SLOW_MS)


def test_a_wrong_password_is_told_with_its_code_and_the_right_one_opens(page: Page) -> None:
    page.goto("/console")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_contain_text("Nhập tên đăng nhập")
    sign_in(page, "dispatcher", "sai-mat-khau-roi")
    expect(page.get_by_role("alert")).to_contain_text("A1002")
    sign_in(page, "dispatcher", PASSWORD)
    expect_count(page, "Chờ", ITEMS)


def test_a_day_is_planned_by_key_published_and_followed_live(page: Page, office: Office) -> None:
    day, _ = office
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    expect(page.get_by_text("8 bưu gửi chờ")).to_be_visible()
    page.locator("body").press("p")
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert len(day.plans_that_wait()) == 1
    day.work()
    expect(page.get_by_text("Bản nháp")).to_be_visible()
    expect(page.locator(".routes [data-row]")).to_have_count(2)
    page.get_by_role("button", name="Phát hành tuyến").click()
    expect(page.get_by_text("Đã phát hành", exact=True)).to_be_visible()
    expect_count(page, "Đã xếp", ITEMS)
    day.deliver(day.items[0])
    expect_count(page, "Đã phát", 1)
    assert counted(page, "Đã xếp") == "7"


def test_a_long_search_is_ended_with_the_best_it_has(page: Page, office: Office) -> None:
    day, _ = office
    plan_id = day.planning.request(PlanParams(seconds=300.0))
    with ThreadPoolExecutor(1) as worker:
        made = worker.submit(day.work)
        page.goto("/console")
        sign_in(page, "dispatcher", PASSWORD)
        best = page.get_by_text("tốt nhất đến giờ")
        expect(best).to_have_attribute("title", re.compile("Đi đường"), timeout=SLOW_MS)
        picture(page, "console-best-so-far.png")
        page.get_by_role("button", name="Dùng phương án tốt nhất").click()
        expect(page.get_by_text("Bản nháp")).to_be_visible(timeout=SLOW_MS)
        made.result(60)
    assert day.planning.plan(plan_id).head.planned_items == ITEMS


def test_what_is_chosen_in_the_list_is_chosen_on_the_timeline_and_shown_with_its_history(
    page: Page, office: Office
) -> None:
    office[0].publish()
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    page.locator(".routes [data-row]").first.wait_for()
    page.locator("body").press("j")
    expect(page.locator(".routes [data-row][aria-pressed=true]")).to_have_count(1)
    stops = page.get_by_role("tabpanel").locator("[data-row]")
    stops.first.focus()
    stops.first.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đường đi của giấy tờ")).to_be_visible()
    expect(page.get_by_text("Xếp vào tuyến")).to_be_visible()
    expect(page.locator("svg.lane.chosen rect.picked")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_text("Đường đi của giấy tờ")).to_have_count(0)


def test_an_ambiguous_address_is_decided_by_a_person(page: Page, office: Office) -> None:
    scene = office[0].planning.scene
    (answer,) = scene.accept(scene.row(address=AMBIGUOUS))
    assert answer.item_id is not None
    page.goto("/console?tab=queue")
    sign_in(page, "dispatcher", PASSWORD)
    expect(page.get_by_text(AMBIGUOUS)).to_be_visible()
    page.locator("body").press("1")
    page.get_by_role("button", name="Nhận địa chỉ này").click()
    expect(page.get_by_text("Không còn địa chỉ nào phải xem")).to_be_visible()
    assert scene.item(answer.item_id).status == "ready"


def test_a_search_finds_an_item_by_its_dossier_and_a_link_opens_the_same_list(page: Page, office: Office) -> None:
    scene = office[0].planning.scene
    dossier = scene.item(office[0].items[3]).dossier_codes[0]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/console")
    sign_in(page, "dispatcher", PASSWORD)
    expect_count(page, "Chờ", ITEMS)
    page.locator("body").press("/")
    page.keyboard.type(dossier)
    expect(page.get_by_role("tabpanel").get_by_text("1 bưu gửi")).to_be_visible()
    assert [url for url in asked if dossier in url] == []
    page.get_by_role("tabpanel").locator("[data-row]").click()
    expect(page.get_by_text(dossier)).to_be_visible()
    page.goto("/console?tab=items&status=delivered")
    expect(page.get_by_text("Không có bưu gửi nào như vậy")).to_be_visible()


def test_language_and_theme_are_remembered(page: Page) -> None:
    page.goto("/console")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Dark").click()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]") == ["en", "dark"]


def test_reports_count_a_delivery_and_lead_to_its_item(page: Page, office: Office) -> None:
    day, _ = office
    with day.house.runtime.database.transaction() as session:
        load_communes(session)
    day.publish()
    day.deliver(day.items[0])
    page.goto("/reports")
    sign_in(page, "manager", PASSWORD)
    row = page.locator("tbody tr", has_text="Phường Sài Gòn")
    expect(row).to_contain_text("100 %")
    with page.expect_download() as file:
        page.get_by_role("button", name="Tải CSV").click()
    assert "Phường Sài Gòn" in Path(file.value.path()).read_text(encoding="utf-8-sig")
    row.get_by_role("link", name="Xem 1 bưu gửi").click()
    expect(page.get_by_role("tabpanel").get_by_text("1 bưu gửi")).to_be_visible()


@pytest.mark.osrm
def test_the_map_is_drawn_from_our_own_tiles_in_both_themes_and_languages(
    chromium: Browser, database: Database, tmp_path: Path, road_programs: Programs
) -> None:
    around = box(106.695, 10.773, 106.71, 10.787)
    import_roads(HCM_PBF, tmp_path, area=around, basemap=True, programs=road_programs)
    with console_day(database, tmp_path) as (_, url), screen(chromium, url) as page:
        page.set_default_timeout(SLOW_MS)
        answers: dict[str, int] = {}
        page.on("response", lambda answer: answers.update({answer.url.removeprefix(url): answer.status}))
        page.goto("/console")
        with page.expect_response("**/fonts/*"):
            sign_in(page, "dispatcher", PASSWORD)
        for button in ("Nền tối", "English"):
            with page.expect_response("**/basemap/style.json*"), page.expect_response("**/basemap/*.pmtiles"):
                page.get_by_role("button", name=button).click()
        expect(page.get_by_text("base map")).to_have_count(0)
        asked = {path: status for path, status in answers.items() if path.startswith(("/basemap/", "/fonts/"))}
        assert set(asked.values()) <= {200, 206}
        looks = {f"/basemap/style.json?theme={look}" for look in ("light&language=vi", "dark&language=en")}
        assert looks <= set(asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_meets_wcag_aa(chromium: Browser, office: Office, scheme: str) -> None:
    day, url = office
    day.publish()
    day.deliver(day.items[0])
    with screen(chromium, url, color_scheme=scheme) as page:
        page.set_default_timeout(SLOW_MS)
        page.goto("/console")
        page.get_by_label("Tên đăng nhập").wait_for()
        assert wcag_faults(page) == []
        sign_in(page, "dispatcher", PASSWORD)
        page.locator(".routes [data-row]").first.click()
        page.get_by_role("tabpanel").locator("[data-row]").first.click()
        page.get_by_text("Đường đi của giấy tờ").wait_for()
        assert wcag_faults(page) == []
        for tab in ("Chưa xếp", "Địa chỉ", "Tất cả"):
            page.get_by_role("tab", name=tab).click()
            assert (tab, wcag_faults(page)) == (tab, [])
        page.goto("/reports")
        page.locator("tbody tr").first.wait_for()
        assert wcag_faults(page) == []
