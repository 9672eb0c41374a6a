"""Published lists on the agency's connection tab and on the managers' page, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from api.pulling import poller_of
from core.db import Database
from tests.api.house import PASSWORD
from tests.api.published_list import SECRET, PublishedList, Say, published_row, publishing
from tests.e2e.conftest import SLOW_MS
from tests.e2e.console_day import ConsoleDay, console_day
from tests.e2e.screen import picture, screen, sign_in, take_back, wcag_faults
from tests.tracking.office_scene import PROVINCE
from tracking.sources.polling import poll
from tracking.store_sources import SourceKey

pytestmark = pytest.mark.browser
Listed = tuple[ConsoleDay, str, PublishedList]


@pytest.fixture
def listed(database: Database, tmp_path: Path) -> Iterator[Listed]:
    """A system that publishes three rows, one of them wrong."""
    near = console_day(database, tmp_path, allow_private_webhooks=True)
    with publishing() as published, near as (day, url):
        published.rows = [
            published_row(1),
            published_row(2) | {"addressee": {"name": "A", "phone": "12"}},
            published_row(3),
        ]
        yield day, url, published


def ask(day: ConsoleDay) -> None:
    """What the worker does."""
    [source] = day.house.person("admin").get("/v1/sources").json()["sources"]
    poll(poller_of(day.house.runtime), SourceKey(PROVINCE, UUID(source["id"])))


def opened(page: Page, path: str, login: str) -> None:
    page.set_default_timeout(SLOW_MS)
    page.goto(path)
    sign_in(page, login, PASSWORD)


def test_a_list_is_added_read_paused_and_its_refused_rows_are_named(chromium: Browser, listed: Listed) -> None:
    day, url, published = listed
    with screen(chromium, url) as page:
        opened(page, "/agency?tab=link", "agency")
        expect(page.get_by_text("Chưa có danh sách nào được hỏi")).to_be_visible()
        page.get_by_role("button", name="Thêm danh sách").click()
        form = page.get_by_role("form", name="Thêm danh sách")
        form.get_by_label("Địa chỉ công bố").fill(published.url)
        form.get_by_label("Khóa, hoặc tên:mật khẩu").fill(SECRET)
        form.get_by_role("button", name="Lưu").click()
        card = page.get_by_role("article", name=published.url)
        expect(card).to_contain_text("chưa đọc lần nào")
        ask(day)
        page.get_by_role("button", name="Xem lại").click()
        expect(card).to_contain_text("có dòng bị từ chối")
        card.get_by_role("button", name="Xem dòng bị từ chối").click()
        expect(card).to_contain_text("T1004")
        expect(card).to_contain_text("addressee.phone")
        picture(page, "sources.png")
        assert wcag_faults(page) == []
        assert SECRET not in page.content()
        # What has been mended at its source leaves the list.
        published.rows.append(published_row(2))
        card.get_by_role("button", name="Hỏi ngay").click()
        expect(page.get_by_text("Đã xếp hỏi ngay.")).to_be_visible()
        ask(day)
        card.get_by_role("button", name="Xem dòng bị từ chối").click()
        expect(card).to_contain_text("Mọi dòng bị từ chối đã được sửa.")
        card.get_by_role("button", name="Tạm ngừng").click()
        expect(card).to_contain_text("đang tạm ngừng")
        take_back(page, "Đã tạm ngừng")
        expect(card).not_to_contain_text("đang tạm ngừng")


def test_failures_and_their_rest_are_told_to_the_agency_and_the_manager(chromium: Browser, listed: Listed) -> None:
    day, url, published = listed
    agency = day.house.person("agency")
    made = agency.post("/v1/sources", json={"url": published.url, "secret": SECRET})
    assert made.status_code == 200, made.text
    published.plan = lambda _nth: Say(status=500)
    ask(day)
    look = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    with screen(chromium, url, **look) as page:
        opened(page, "/agency?tab=link", "agency")
        card = page.get_by_role("article", name=published.url)
        expect(card).to_contain_text("đang lỗi, nghỉ rồi hỏi lại")
        expect(card).to_contain_text("HTTP 500 · 1 lần lỗi liền")
        expect(card).to_contain_text("Nghỉ đến")
        picture(page, "sources-narrow.png")
        assert wcag_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with screen(chromium, url) as page:
        opened(page, "/reports", "manager")
        section = page.locator("section").filter(has_text="Danh sách của cơ quan")
        expect(section).to_contain_text("đang lỗi")
        expect(section).to_contain_text("HTTP 500")
        picture(page, "sources-manager.png")
        assert wcag_faults(page) == []
    with screen(chromium, url) as page:
        opened(page, "/agency?tab=link", "agency2")
        expect(page.get_by_text("Chưa có danh sách nào được hỏi")).to_be_visible()
