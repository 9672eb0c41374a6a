"""The managers' page of messages to citizens, in a real browser: what was told, what failed, of whom, by what."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.db import Database
from tests.api.house import PASSWORD
from tests.e2e.conftest import SLOW_MS
from tests.e2e.console_day import ConsoleDay, console_day
from tests.e2e.screen import picture, screen, sign_in, wcag_faults
from tests.tracking.notification_scene import Provider, Say, Telling, providing
from tests.tracking.office_scene import PROVINCE
from tracking.notifications.claiming import Port
from tracking.notifications.dispatch import dispatch

pytestmark = pytest.mark.browser
Told = tuple[ConsoleDay, str, Provider]


@contextmanager
def shown(chromium: Browser, told: Told, login: str, tab: str, **options: object) -> Iterator[Page]:
    """The page of somebody who has signed in."""
    with screen(chromium, told[1], **options) as page:
        page.set_default_timeout(SLOW_MS)
        page.goto(f"/reports/messages?tab={tab}")
        sign_in(page, login, PASSWORD)
        expect(page.get_by_role("heading", name="Tin báo cho người dân")).to_be_visible()
        yield page


@pytest.fixture
def told(database: Database, tmp_path: Path) -> Iterator[Told]:
    """Three papers went out: one message arrived, one was refused by all, of one nobody knows."""
    near = console_day(database, tmp_path, allow_private_webhooks=True)
    with providing() as sms, near as (day, url):
        sms.plan = lambda nth: Say(status=(200, 400, 500)[nth] if nth < 3 else 200)
        scene = day.planning.scene
        telling = Telling(scene, box=day.house.runtime.secrets)
        telling.channel("sms", url=sms.url)
        telling.policy(channels=("sms",))
        for _ in range(3):
            scene.out(1)
            send(day, telling)
        # The refused one finds no further channel when it is looked at again.
        send(day, telling)
        yield day, url, sms


def send(day: ConsoleDay, telling: Telling) -> None:
    """The sender runs four minutes later, with the server's own keys."""
    telling.at += timedelta(minutes=4)
    day.house.clock.shows = telling.at
    own = {"contact_key": day.house.runtime.identity_key, "box": day.house.runtime.secrets}
    dispatch(Port(**{name: getattr(telling.port, name) for name in Port.__dataclass_fields__} | own), PROVINCE)


def test_a_manager_sees_the_day_and_sends_again_what_failed(chromium: Browser, told: Told) -> None:
    with shown(chromium, told, "manager", "days") as page:
        line = page.locator("tbody tr").filter(has_text="Sắp phát")
        expect(line.locator("td").nth(1)).to_have_text("sms")
        expect(line.locator("td.number")).to_have_text(["1", "1", "1", "", "", "6"])
        picture(page, "messages-days.png")
        assert wcag_faults(page) == []
        page.get_by_role("tab", name="Cần xem").click()
        rows = page.locator("#messages li")
        expect(rows).to_have_count(2)
        expect(rows.filter(has_text="Không gửi được")).to_contain_text("lỗi HTTP 400")
        expect(rows.filter(has_text="Chưa chắc")).to_contain_text("không tự gửi lại")
        picture(page, "messages-failures.png")
        assert wcag_faults(page) == []
        page.get_by_role("button", name="Gửi lại tin của").click()
        expect(page.get_by_text("Đã xếp gửi lại qua mọi kênh.")).to_be_visible()
        expect(rows).to_have_count(1)
        page.get_by_role("tab", name="Quy định và kênh").click()
        expect(page.get_by_text("21:00–07:00")).to_be_visible()
        expect(page.get_by_role("article", name="sms")).to_contain_text("đang lỗi")
        expect(page.get_by_role("button", name="Tắt kênh")).to_have_count(0)
        picture(page, "messages-settings-manager.png")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Messages to citizens")).to_be_visible()
        expect(page.get_by_text("The province’s administrator sets this.")).to_be_visible()


def test_what_a_citizen_was_told_is_found_and_no_more_is_sent(chromium: Browser, told: Told) -> None:
    _, url, _ = told
    with shown(chromium, told, "dispatcher", "paper") as page:
        box = page.get_by_label("Mã hồ sơ, mã bưu gửi, tên hoặc điện thoại")
        box.fill("0912345678")
        box.press("Enter")
        papers = page.locator("#messages article")
        expect(papers.filter(has_text="Đã gửi")).to_have_count(1)
        expect(papers.filter(has_text="Chưa có tin nào về hồ sơ này.").first).to_be_visible()
        sent = papers.filter(has_text="Đã gửi")
        sent.get_by_text("Nội dung tin").click()
        expect(sent.get_by_text("Bưu tá đến")).to_be_visible()
        assert page.url == f"{url}/reports/messages?tab=paper"
        picture(page, "messages-paper.png")
        assert wcag_faults(page) == []
        box.fill("không có ai")
        box.press("Enter")
        expect(page.get_by_text("Không có hồ sơ nào khớp")).to_be_visible()
        page.get_by_label("Điện thoại hoặc thư điện tử").fill("12x")
        page.get_by_role("button", name="Ngừng gửi tin").click()
        expect(page.get_by_text("T5504")).to_be_visible()
        page.get_by_label("Điện thoại hoặc thư điện tử").fill("0912 345 678")
        page.get_by_role("button", name="Ngừng gửi tin").click()
        expect(page.locator("dl div").filter(has_text="không muốn nhận tin").first).to_contain_text("1")


def test_an_administrator_adds_tries_and_switches_a_channel(chromium: Browser, told: Told) -> None:
    _, _, sms = told
    before = len(sms.texts)
    with shown(chromium, told, "admin", "settings") as page:
        page.get_by_role("button", name="Thêm kênh").click()
        form = page.get_by_role("form", name="Thêm kênh")
        form.get_by_label("Tên kênh").fill("zalo")
        form.get_by_label("Khóa hoặc mật khẩu").fill("k1")
        form.get_by_label("Cấu hình (JSON)").fill('{"url": "ftp://x", "body": {"a": "b"}}')
        form.get_by_role("button", name="Lưu kênh").click()
        expect(form.get_by_role("alert")).to_contain_text("T5501")
        body = '{"to": "{address}", "text": "{text}", "id": "{message_id}", "kind": "{kind}"}'
        form.get_by_label("Cấu hình (JSON)").fill(f'{{"url": "{sms.url}", "body": {body}}}')
        form.get_by_role("button", name="Lưu kênh").click()
        zalo = page.get_by_role("article", name="zalo")
        expect(zalo).to_contain_text("7 ngày qua chưa gửi")
        zalo.get_by_label("Gửi thử tới").fill("0987 654 321")
        zalo.get_by_role("button", name="Gửi tin thử").click()
        expect(zalo.get_by_role("status")).to_contain_text("Kênh đã nhận")
        assert [one["to"] for one in sms.bodies[before:]] == ["0987654321"]
        picture(page, "messages-settings.png")
        assert wcag_faults(page) == []
        zalo.get_by_role("button", name="Tắt kênh").click()
        expect(zalo).to_contain_text("đang tắt")
        page.get_by_role("button", name="Hoàn tác").click()
        expect(zalo).not_to_contain_text("đang tắt")
        page.get_by_role("checkbox", name="zalo").check()
        page.get_by_role("button", name="Đưa zalo lên đầu").click()
        page.get_by_label("Yên lặng từ").fill("25:00")
        expect(page.get_by_role("button", name="Lưu quy định")).to_be_disabled()
        page.get_by_label("Yên lặng từ").fill("20:30")
        page.get_by_role("button", name="Lưu quy định").click()
        expect(page.get_by_text("Đã lưu quy định.")).to_be_visible()
        zalo.get_by_role("button", name="Bỏ kênh").click()
        zalo.get_by_role("button", name="Bấm lần nữa để bỏ").click()
        expect(page.get_by_text("T5503")).to_be_visible()
    saved = told[0].house.person("manager").get("/v1/notifications/policy").json()
    assert (saved["channels"], saved["quiet_from"]) == (["zalo", "sms"], "20:30:00")


def test_it_is_read_in_the_dark_on_a_phone(chromium: Browser, told: Told) -> None:
    look = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    for tab in ("days", "failures", "settings"):
        with shown(chromium, told, "manager" if tab != "settings" else "admin", tab, **look) as page:
            expect(page.locator("#messages").get_by_text("sms").first).to_be_visible()
            picture(page, f"messages-{tab}-narrow.png")
            assert wcag_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_agency_has_no_such_page(chromium: Browser, told: Told) -> None:
    with screen(chromium, told[1]) as page:
        page.set_default_timeout(SLOW_MS)
        page.goto("/reports/messages")
        sign_in(page, "agency", PASSWORD)
        expect(page.get_by_role("heading", name="Đúng hạn theo xã và bưu cục")).to_be_visible()
        expect(page.get_by_role("link", name="Tin báo")).to_have_count(0)
