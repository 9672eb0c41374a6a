"""The managers' page of messages to citizens, in a real browser: what was told, what failed, of whom, by what."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Locator, Page, expect

from core.db import Database
from tests.api.house import PASSWORD
from tests.e2e.conftest import SLOW_MS
from tests.e2e.console_day import ConsoleDay, console_day
from tests.e2e.screen import picture, screen, sign_in, take_back, wcag_faults
from tests.tracking.notification_scene import Provider, Say, Telling, providing
from tests.tracking.office_scene import PROVINCE
from tracking.notifications.claiming import Port
from tracking.notifications.dispatch import dispatch
from tracking.notifications.template import PLACEHOLDERS

pytestmark = pytest.mark.browser
NARROW = {"viewport": {"width": 360, "height": 780}, "color_scheme": "dark"}
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
        line = page.locator("tbody tr").filter(has_text="Bưu tá sắp đến")
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


def add_channel(page: Page, name: str, kind: str | None = None) -> Locator:
    """The form of a new channel, named."""
    page.get_by_role("button", name="Thêm kênh").click()
    form = page.get_by_role("form", name="Thêm kênh")
    expect(form.get_by_label("Tên kênh")).to_be_focused()
    form.get_by_label("Tên kênh").fill(name)
    if kind:
        form.get_by_label("Loại").select_option(kind)
    return form


def set_rows(group: Locator, rows: dict[str, str]) -> None:
    """Write lines of names and values; those that stand are written over, none may be left."""
    for nth, (name, value) in enumerate(rows.items(), start=1):
        if group.get_by_label(f"Tên {nth}", exact=True).count() == 0:
            group.get_by_role("button", name="Thêm dòng").press("Enter")
            expect(group.get_by_label(f"Tên {nth}", exact=True)).to_be_focused()
        group.get_by_label(f"Tên {nth}", exact=True).fill(name)
        group.get_by_label(f"Giá trị {nth}", exact=True).fill(value)
    expect(group.get_by_role("button", name="Bỏ dòng")).to_have_count(len(rows))


def refused(form: Locator, label: str) -> str:
    """What stands at a field that was refused."""
    field = form.get_by_label(label, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    ids = (field.get_attribute("aria-describedby") or "").split()
    return " ".join(form.locator(f"[id='{one}']").inner_text() for one in ids)


def test_a_mail_server_is_set_by_its_form_and_what_is_refused_stands_at_its_field(
    chromium: Browser, told: Told
) -> None:
    with shown(chromium, told, "admin", "settings") as page:
        form = add_channel(page, "thu", "smtp")
        form.get_by_label("Cổng").fill("70000")
        form.get_by_label("Mã hóa").select_option("tls")
        form.get_by_label("Địa chỉ người gửi").fill("buu-dien")
        form.get_by_label("Tên đăng nhập máy chủ thư").fill("buu-dien")
        form.get_by_label("Mật khẩu máy chủ thư").fill("mật khẩu")
        form.get_by_label("Chứng chỉ").fill("không phải PEM")
        form.get_by_role("button", name="Lưu kênh").click()
        expect(form.get_by_label("Máy chủ thư", exact=True)).to_be_focused()
        assert "phải là tên máy chủ" in refused(form, "Máy chủ thư")
        assert "T5501" in refused(form, "Cổng")
        assert "phải là địa chỉ thư" in refused(form, "Địa chỉ người gửi")
        assert "PEM" in refused(form, "Chứng chỉ của đơn vị chứng thực (PEM)")
        expect(form.get_by_role("alert")).to_have_count(0)
        picture(page, "messages-smtp-refused.png")
        assert wcag_faults(page) == []
        expect(form.get_by_label("Mật khẩu máy chủ thư")).to_have_value("mật khẩu")
        expect(form.get_by_label("Tên đăng nhập máy chủ thư")).to_have_value("buu-dien")
        form.get_by_label("Máy chủ thư", exact=True).fill("mail.example.vn")
        form.get_by_label("Cổng").fill("465")
        form.get_by_label("Địa chỉ người gửi").fill("buu-dien@example.vn")
        form.get_by_label("Chứng chỉ").fill("")
        form.get_by_role("button", name="Lưu kênh").click()
        expect(page.get_by_role("article", name="thu")).to_be_visible()
        page.get_by_role("article", name="thu").get_by_role("button", name="Sửa kênh").click()
        form = page.get_by_role("form", name="Sửa kênh thu")
        expect(form.get_by_label("Mã hóa")).to_have_value("tls")
        expect(form.get_by_label("Mật khẩu máy chủ thư")).to_have_value("")
        form.get_by_label("Cổng").fill("466")
        page.get_by_role("article", name="thu").get_by_role("button", name="Tắt kênh").click()
        expect(page.get_by_role("article", name="thu")).to_contain_text("đang tắt")
        form.get_by_role("button", name="Lưu kênh").click()
        expect(form).to_have_count(0)
        add_channel(page, "thu")
        expect(page.get_by_text("Đã có kênh tên này")).to_be_visible()
        expect(page.get_by_role("button", name="Lưu kênh")).to_be_disabled()
    saved = channels(told)["thu"]
    assert (saved["has_secret"], saved["active"]) == (True, False)
    assert saved["config"] == {
        "host": "mail.example.vn", "port": 466, "security": "tls", "sender": "buu-dien@example.vn", "user": "buu-dien",
    }  # fmt: skip
    with shown(chromium, told, "admin", "settings") as page:
        page.get_by_role("article", name="thu").get_by_role("button", name="Sửa kênh").click()
        form = page.get_by_role("form", name="Sửa kênh thu")
        form.get_by_role("button", name="Xóa khóa đã cất").click()
        assert channels(told)["thu"]["has_secret"], "asked for twice"
        picture(page, "channel-secret.png")
        assert wcag_faults(page) == []
        form.get_by_role("button", name="Xóa hẳn, không lấy lại được").click()
        expect(page.get_by_text("Đã xóa khóa của kênh thu.")).to_be_visible()
        expect(form.get_by_role("button", name="Xóa khóa đã cất")).to_have_count(0)
    assert channels(told)["thu"] == {**saved, "has_secret": False}


def test_a_body_is_written_in_lines_or_as_json_and_loses_nothing(chromium: Browser, told: Told) -> None:
    nested = '{"phone": "{address}", "parts": [{"text": "{text}", "n": 1}]}'
    with shown(chromium, told, "admin", "settings") as page:
        form = add_channel(page, "zalo")
        form.get_by_label("URL").fill("https://zalo.example.vn/send")
        form.get_by_label("Viết số điện thoại").select_option("84")
        body = form.get_by_role("group", name="Nội dung gửi đi")
        body.get_by_text("Những chỗ điền được").click()
        assert set(body.locator("dt").all_inner_texts()) == {f"{{{name}}}" for name in PLACEHOLDERS}
        set_rows(body, {"phone": "{address}", "text": "{txt}", "id": "{message_id}", "text ": "x"})
        set_rows(form.get_by_role("group", name="Tiêu đề HTTP"), {"Authorization": "Bearer {secret}"})
        body.get_by_label("Tên 4", exact=True).fill("text")
        expect(body.get_by_text("Tên này đã có ở dòng trên.")).to_be_visible()
        expect(form.get_by_role("button", name="Lưu kênh")).to_be_disabled()
        expect(body.get_by_label("Viết bằng JSON")).to_be_disabled()
        body.get_by_role("button", name="Bỏ dòng 4").press("Enter")
        expect(body.get_by_label("Tên 3", exact=True)).to_be_focused()
        form.get_by_label("Giá trị là đã nhận").fill("100\n0")
        form.get_by_label("Mục đọc trong JSON trả lời").fill("CodeResult")
        form.get_by_label("Đã phát", exact=True).fill("m4")
        form.get_by_role("button", name="Lưu kênh").click()
        expect(body).to_be_focused()
        expect(body).to_contain_text("T5501")
        expect(body).to_contain_text("không có chỗ trống {txt}")
        picture(page, "messages-http-refused.png")
        assert wcag_faults(page) == []
        body.get_by_label("Giá trị 2", exact=True).fill("{text}")
        body.get_by_label("Viết bằng JSON").check()
        expect(body.get_by_label("Nội dung (JSON)")).to_have_value(re.compile('"text": "{text}"'))
        body.get_by_label("Nội dung (JSON)").fill("{")
        expect(body.get_by_text("Phải là một đối tượng JSON.")).to_be_visible()
        body.get_by_label("Nội dung (JSON)").fill(nested)
        expect(body.get_by_text("chỉ viết được bằng JSON")).to_be_visible()
        form.get_by_role("button", name="Lưu kênh").click()
        page.get_by_role("article", name="zalo").get_by_role("button", name="Sửa kênh").click()
        body = page.get_by_role("form", name="Sửa kênh zalo").get_by_role("group", name="Nội dung gửi đi")
        expect(body.get_by_label("Viết bằng JSON")).to_be_checked()
        body.get_by_label("Nội dung (JSON)").fill('{"phone": "{address}", "text": "{text}"}')
        body.get_by_label("Viết bằng JSON").uncheck()
        expect(body.get_by_label("Giá trị 2", exact=True)).to_have_value("{text}")
        picture(page, "messages-http.png")
    saved = channels(told)["zalo"]["config"]
    assert saved["body"] == json.loads(nested)
    assert saved["headers"] == {"Authorization": "Bearer {secret}"}
    assert saved["success"] == {"field": "CodeResult", "values": ["100", "0"]}
    assert (saved["phone_form"], saved["templates"]) == ("84", {"delivered": "m4"})


def test_an_office_has_its_own_channels_and_the_provinces_again(chromium: Browser, told: Told) -> None:
    day = told[0]
    manager = day.house.person("manager")
    with shown(chromium, told, "admin", "settings") as page:
        panel = page.get_by_role("region", name="Kênh riêng của bưu cục")
        expect(panel).to_contain_text("Mọi bưu cục gửi như tỉnh.")
        page.get_by_label("Yên lặng từ").fill("19:45")
        panel.get_by_role("button", name="Đặt kênh cho một bưu cục").click()
        form = panel.get_by_role("form")
        expect(form.get_by_role("button", name="Lưu kênh của bưu cục")).to_be_disabled()
        form.get_by_label("Bưu cục nào").select_option(label="Bưu cục Bình Thạnh")
        form.get_by_role("checkbox", name="sms").uncheck()
        expect(form).to_contain_text("bưu cục này không gửi tin")
        picture(page, "messages-office.png")
        assert wcag_faults(page) == []
        form.get_by_role("button", name="Lưu kênh của bưu cục").click()
        own = panel.get_by_role("listitem").filter(has_text="Bưu cục Bình Thạnh")
        expect(own).to_contain_text("không có")
        assert offices(manager) == [[]]
        own.get_by_role("button", name="Sửa kênh của Bưu cục Bình Thạnh").click()
        form.get_by_role("checkbox", name="sms").check()
        form.get_by_role("button", name="Lưu kênh của bưu cục").click()
        expect(own).to_contain_text("sms")
        assert offices(manager) == [["sms"]]
        picture(page, "messages-offices.png")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Offices’ own channels")).to_be_visible()
        assert wcag_faults(page) == []
        page.get_by_role("button", name="Tiếng Việt").click()
        own.get_by_role("button", name="Trở lại như tỉnh").click()
        expect(own).to_have_count(0)
        assert offices(manager) == []
        take_back(page, "Bưu cục Bình Thạnh gửi như tỉnh.")
        expect(own).to_contain_text("sms")
        own.get_by_role("button", name="Sửa kênh của Bưu cục Bình Thạnh").click()
        form.get_by_label("như tỉnh: sms").check()
        form.get_by_role("button", name="Lưu kênh của bưu cục").click()
        expect(panel).to_contain_text("Mọi bưu cục gửi như tỉnh.")
        # What was being written into the province's form is still there.
        expect(page.get_by_label("Yên lặng từ")).to_have_value("19:45")
    assert offices(manager) == []


def channels(told: Told) -> dict[str, Any]:
    """What the channels are set to, by name."""
    answer = told[0].house.person("admin").get("/v1/notifications/channels").json()
    return {one["name"]: one for one in answer["channels"]}


def offices(person: TestClient) -> list[list[str]]:
    """The channels of the offices that have their own."""
    return [one["channels"] for one in person.get("/v1/notifications/policy").json()["offices"]]


def test_an_administrator_adds_tries_and_switches_a_channel(chromium: Browser, told: Told) -> None:
    _, _, sms = told
    before = len(sms.texts)
    with shown(chromium, told, "admin", "settings") as page:
        form = add_channel(page, "zalo")
        form.get_by_label("Khóa của nhà cung cấp").fill("k1")
        form.get_by_label("URL").fill("ftp://x")
        form.get_by_role("button", name="Lưu kênh").click()
        assert "T5001" in refused(form, "URL của nhà cung cấp")
        form.get_by_label("URL").fill(sms.url)
        rows = {"to": "{address}", "text": "{text}", "id": "{message_id}", "kind": "{kind}"}
        set_rows(form.get_by_role("group", name="Nội dung gửi đi"), rows)
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
        take_back(page, "Đã tắt kênh zalo")
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
    for tab in ("days", "failures", "settings"):
        with shown(chromium, told, "manager" if tab != "settings" else "admin", tab, **NARROW) as page:
            expect(page.locator("#messages").get_by_text("sms").first).to_be_visible()
            picture(page, f"messages-{tab}-narrow.png")
            assert wcag_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_forms_are_filled_in_in_the_dark_on_a_phone(chromium: Browser, told: Told) -> None:
    with shown(chromium, told, "admin", "settings", **NARROW) as page:
        page.get_by_role("button", name="Đặt kênh cho một bưu cục").click()
        form = add_channel(page, "zalo")
        body = form.get_by_role("group", name="Nội dung gửi đi")
        set_rows(body, {"phone": "{address}", "text": "{text}", "id": "{message_id}"})
        form.get_by_role("button", name="Lưu kênh").click()
        assert "T5001" in refused(form, "URL của nhà cung cấp")
        body.get_by_text("Những chỗ điền được").click()
        body.get_by_label("Tên 2", exact=True).fill("phone")
        picture(page, "messages-forms-narrow.png")
        assert wcag_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        form.get_by_label("Loại").select_option("smtp")
        picture(page, "messages-smtp-narrow.png")
        assert wcag_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        form.get_by_label("Loại").select_option("http")
        expect(body.get_by_label("Tên 2", exact=True)).to_have_value("phone")


def test_an_agency_has_no_such_page(chromium: Browser, told: Told) -> None:
    with screen(chromium, told[1]) as page:
        page.set_default_timeout(SLOW_MS)
        page.goto("/reports/messages")
        sign_in(page, "agency", PASSWORD)
        expect(page.get_by_role("heading", name="Đúng hạn theo xã và bưu cục")).to_be_visible()
        expect(page.get_by_role("link", name="Tin báo")).to_have_count(0)
