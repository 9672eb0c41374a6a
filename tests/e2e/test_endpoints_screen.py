"""An agency's endpoints in a real browser, with a real receiver: keys, dead letters, sending again, pauses, OpenCPS."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from core.clock import utc_now
from core.db import Database
from tests.e2e.console_day import console_day
from tests.e2e.endpoint_link import EndpointLink, card_of, connection_tab, drain_once, endpoint_link
from tests.e2e.screen import picture, take_back, wcag_faults
from tests.tracking.feedback_receiver import Say
from tests.tracking.opencps_receiver import opencps_system

pytestmark = pytest.mark.browser
NARROW = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest.fixture
def link(database: Database, tmp_path: Path) -> Iterator[EndpointLink]:
    with endpoint_link(database, tmp_path) as made:
        yield made


def test_a_rotated_key_and_the_old_one_are_both_good_for_a_day(chromium: Browser, link: EndpointLink) -> None:
    receiver = link.receiver
    [old] = receiver.secrets
    with connection_tab(chromium, link.url) as page:
        card = card_of(page, receiver.url)
        card.get_by_role("button", name="Đổi khóa ký").click()
        card.get_by_role("button", name="Bấm lần nữa để đổi khóa").click()
        secret = page.get_by_role("group", name="Khóa ký của")
        expect(secret).to_contain_text("whsec_")
        new = secret.locator("code").inner_text()
        expect(card).to_contain_text("Khóa cũ còn ký đến")
        assert new != old
        for accepts in (old, new):
            receiver.secrets[:] = [accepts]
            code = link.happen()
            link.drain()
            assert code in receiver.applied
        assert receiver.refused == 0
        link.a_day_passes()
        receiver.secrets[:] = [old]
        code = link.happen()
        link.drain()
        assert (receiver.refused > 0, code in receiver.applied) == (True, False)
        receiver.secrets[:] = [new]
        card.get_by_role("button", name="Gửi tin thử").click()
        expect(page.get_by_text("Hệ thống đã nhận: HTTP 200")).to_be_visible()


def test_dead_letters_are_shown_with_what_they_say_and_sent_again(chromium: Browser, link: EndpointLink) -> None:
    receiver = link.receiver
    receiver.plan = lambda _nth, _body: Say(status=500, applies=False)
    codes = [link.happen(), link.happen()]
    link.give_up()
    given_up = len(receiver.ids)
    assert given_up >= 2
    receiver.plan = lambda _nth, _body: Say()
    with connection_tab(chromium, link.url, **NARROW) as page:
        card = card_of(page, receiver.url)
        card.get_by_role("button", name="tin đã bỏ").first.click()
        letters = card.get_by_role("region", name="Tin đã bỏ")
        for code in codes:
            expect(letters).to_contain_text(code)
        expect(letters).to_contain_text("sau 10 lần thử: HTTP 500")
        letters.get_by_text("Nội dung tin").first.click()
        expect(letters.locator("pre").first).to_contain_text('"specversion": "1.0"')
        picture(page, "endpoint-dead-narrow.png")
        assert wcag_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        letters.get_by_role("button", name=f"Gửi lại tin đã bỏ của {codes[0]}").click()
        expect(page.get_by_text("Đã xếp gửi lại")).to_be_visible()
        expect(letters).not_to_contain_text(codes[0])
        expect(letters).to_contain_text(codes[1])
        link.drain()
        assert set(receiver.applied) == {codes[0]}
        card.get_by_role("button", name="Gửi lại tin đã bỏ", exact=True).click()
        expect(letters).to_contain_text("Không còn tin nào bị bỏ")
        for _ in range(2):
            link.drain()
        assert set(receiver.applied) == set(codes)
        assert len(set(receiver.ids)) == len(receiver.bodies), "sent again under the ids they had"


def test_messages_of_a_dossier_are_counted_and_sent_again_by_the_keyboard(
    chromium: Browser, link: EndpointLink
) -> None:
    receiver = link.receiver
    code, _ = link.happen(), link.happen()
    link.drain()
    sent = list(receiver.ids)
    with connection_tab(chromium, link.url) as page:
        card = card_of(page, receiver.url)
        opener = card.get_by_role("button", name="Gửi lại tin", exact=True)
        opener.focus()
        page.keyboard.press("Enter")
        form = page.get_by_role("form", name="Gửi lại tin tới")
        field = form.get_by_label("Mã hồ sơ")
        expect(field).to_be_focused()
        page.keyboard.type("H29.16-000000-0000")
        page.keyboard.press("Enter")
        expect(form.get_by_text("T5010")).to_be_visible()
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        picture(page, "endpoint-replay-refused.png")
        field.fill(code)
        form.get_by_role("button", name="Đếm số tin").click()
        found = form.get_by_role("group", name="tin sẽ được gửi lại")
        expect(found).to_be_focused()
        expect(found).to_contain_text(f"{len(receiver.applied[code])} tin sẽ được gửi lại")
        link.drain()
        assert receiver.ids == sent, "counted, not sent"
        # A count is of what was asked for: another question is counted anew.
        form.get_by_label("Từ tin số").fill("999")
        expect(found).to_have_count(0)
        form.get_by_role("button", name="Đếm số tin").click()
        expect(form.get_by_text("Không có tin nào khớp")).to_be_visible()
        form.get_by_label("Từ tin số").fill("1")
        form.get_by_role("button", name="Đếm số tin").click()
        expect(found).to_be_focused()
        picture(page, "endpoint-replay.png")
        assert wcag_faults(page) == []
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Đã xếp gửi lại")).to_be_visible()
        expect(form).to_have_count(0)
        expect(opener).to_be_focused()
        link.drain()
    again = receiver.ids[len(sent) :]
    assert again == [one for one in sent if receiver.bodies[one]["data"]["dossier_code"] == code]
    assert again


def test_all_from_a_time_is_asked_on_a_dark_phone(chromium: Browser, link: EndpointLink) -> None:
    link.happen()
    link.drain()
    with connection_tab(chromium, link.url, **NARROW) as page:
        card_of(page, link.receiver.url).get_by_role("button", name="Gửi lại tin", exact=True).click()
        form = page.get_by_role("form", name="Gửi lại tin tới")
        form.get_by_label("từ lúc").check()
        form.get_by_role("button", name="Đếm số tin").click()
        expect(form.get_by_role("group", name="ghi nhận từ")).to_be_visible()
        picture(page, "endpoint-replay-narrow.png")
        assert wcag_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_happens_during_a_pause_is_sent_once_it_is_taken_back(chromium: Browser, link: EndpointLink) -> None:
    with connection_tab(chromium, link.url) as page:
        card = card_of(page, link.receiver.url)
        card.get_by_role("button", name="Tạm ngừng gửi").click()
        expect(card).to_contain_text("đang tắt")
        code = link.happen()
        link.drain()
        assert link.receiver.requests == 0
        take_back(page, "Đã ngừng gửi")
        expect(card).not_to_contain_text("đang tắt")
        link.drain()
        assert code in link.receiver.applied
        page.reload()
        expect(card).to_contain_text("đang nhận tốt")


def test_a_vietopencps_system_is_added_mended_and_switched_off(
    chromium: Browser, database: Database, tmp_path: Path
) -> None:
    near = console_day(database, tmp_path, allow_private_webhooks=True)
    with opencps_system() as theirs, near as (day, url):
        day.house.clock.shows = utc_now()
        with connection_tab(chromium, url, **NARROW) as page:
            theirs.dossiers = {"1"}
            page.get_by_role("button", name="Thêm địa chỉ").click()
            form = page.get_by_role("form", name="Thêm địa chỉ")
            form.get_by_label("Cách báo tin").select_option("opencps")
            form.get_by_label("Địa chỉ nhận").fill(theirs.url)
            account, group = form.get_by_label("Tài khoản"), form.get_by_label("groupId")
            account.fill("buuta:sai")
            group.fill("35x")
            form.get_by_role("button", name="Thêm địa chỉ").click()
            expect(group).to_be_focused()
            expect(group).to_have_attribute("aria-invalid", "true")
            picture(page, "endpoint-opencps-narrow.png")
            assert wcag_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            group.fill("35417")
            form.get_by_role("button", name="Thêm địa chỉ").click()
            expect(page.get_by_text("Đã thêm hệ thống nhận.")).to_be_visible()
            card = card_of(page, theirs.url)
            expect(card).to_contain_text("VietOpenCPS")
            expect(card.get_by_role("button", name="Gửi tin thử")).to_have_count(0)
            card.get_by_role("button", name="Sửa", exact=True).click()
            mending = page.get_by_role("form", name="Sửa http")
            expect(mending.get_by_label("groupId")).to_have_value("35417")
            mending.get_by_label("Tài khoản").fill("buuta:mat-khau")
            mending.get_by_role("button", name="Lưu").click()
            expect(page.get_by_text("Đã lưu tài khoản của hệ thống nhận.")).to_be_visible()
            [endpoint] = day.house.person("agency").get("/v1/endpoints").json()["endpoints"]
            row = day.house.scene.row(receipt_code="D-MATKHAU-1-1")
            day.house.scene.accept(row, now=day.house.clock.shows)
            drain_once(day.house, UUID(endpoint["id"]))
            assert (theirs.via_postal, theirs.groups) == ({"1": [3]}, {"35417"})
            card.get_by_role("button", name="Tạm ngừng gửi").click()
            expect(card).to_contain_text("đang tắt")
            take_back(page, "Đã ngừng gửi")
            expect(card).not_to_contain_text("đang tắt")
