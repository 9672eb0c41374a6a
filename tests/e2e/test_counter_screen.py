"""The counter on the console: scanner and keyboard, a difference both sides confirm, its incident, a transfer; live."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.ids import new_id
from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import sign_in, wcag_faults
from tests.tracking.office_scene import NOW
from tracking import service
from tracking.model import Status

pytestmark = pytest.mark.browser


def open_counter(page: Page, office: Office, kind: str, party: str) -> Locator:
    """The counter with a kind and the other side chosen."""
    page.goto("/console?tab=custody")
    sign_in(page, "dispatcher", PASSWORD)
    counter = page.get_by_role("region", name="Quầy bàn giao")
    counter.get_by_role("combobox").nth(0).select_option(label=kind)
    counter.get_by_role("combobox").nth(1).select_option(label=party)
    return counter


def picture(page: Page, name: str) -> None:
    """For the eyes of whoever asks for it."""
    folder = os.environ.get("BUUTA_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / name))


def test_what_is_scanned_is_handed_over_and_what_is_missing_is_searched_for(page: Page, office: Office) -> None:
    day, _ = office
    scene = day.house.scene
    keys = list(day.items[:3])
    scene.plan(keys, 0)
    codes = [scene.item(key).item_code for key in keys]
    counter = open_counter(page, office, "Giao bưu tá đi phát", "Trần Văn An")
    code = counter.get_by_label("Quét hoặc gõ mã, rồi Enter")
    expect(counter.get_by_text("Đã đếm 0/3")).to_be_visible()
    expect(code).to_be_focused()
    for one in (codes[0].lower(), codes[1], codes[1], "RA000000019VN"):
        page.keyboard.type(one)
        page.keyboard.press("Enter")
        expect(code).to_have_value("")
        expect(code).to_be_focused()
    expect(counter.get_by_text("RA000000019VN: không có trong danh sách")).to_be_visible()
    expect(counter.get_by_text("Đã đếm 2/3")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(counter.get_by_text("Đã đếm 1/3")).to_be_visible()
    page.keyboard.type(codes[1])
    page.keyboard.press("Enter")
    counter.get_by_label("Số niêm phong").fill("A-17")
    counter.get_by_role("button", name="Ghi bàn giao 2").click()
    expect(counter.get_by_text("Chênh lệch: thiếu 1, thừa 0")).to_be_visible()
    picture(page, "counter.png")
    assert wcag_faults(page) == []
    assert {scene.item(key).status for key in keys} == {Status.PLANNED}
    counter.get_by_role("button", name="Hai bên xác nhận chênh lệch").click()
    expect(page.get_by_text(f"Thiếu: {codes[2]}")).to_be_visible()
    assert [scene.item(key).status for key in keys] == [Status.OUT, Status.OUT, Status.PLANNED]
    page.get_by_placeholder("Giải thích").fill("Còn trong tủ")
    page.get_by_role("button", name="Đóng sự cố").click()
    expect(page.get_by_text("Không có sự cố nào đang mở")).to_be_visible()
    picture(page, "counter_done.png")


def test_a_transfer_asked_on_the_road_appears_and_is_approved(page: Page, office: Office) -> None:
    day, _ = office
    scene = day.house.scene
    key = day.items[0]
    scene.plan([key], 0)
    scene.take_out([key], 0)
    page.goto("/console?tab=custody")
    sign_in(page, "dispatcher", PASSWORD)
    expect(page.get_by_text("Không có sự cố nào đang mở")).to_be_visible()
    giver, taker = scene.couriers[0].id, scene.couriers[1].id
    with scene.database.transaction() as session:
        service.ask_transfer(
            session,
            scope=scene.courier_scope(0),
            transfer_id=new_id(),
            from_courier_id=giver,
            to_courier_id=taker,
            item_ids=[key],
            now=NOW,
        )
    expect(page.get_by_text("Trần Văn An → Lê Thị Bình: 1 bưu gửi")).to_be_visible()
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.get_by_text("Đã duyệt chuyển tuyến")).to_be_visible()
    assert scene.item(key).holder_courier_id == taker


def test_a_round_is_closed_at_the_counter(page: Page, office: Office) -> None:
    day, _ = office
    scene = day.house.scene
    key = day.items[0]
    scene.plan([key], 0)
    scene.take_out([key], 0)
    counter = open_counter(page, office, "Nhận lại từ bưu tá", "Trần Văn An")
    expect(counter.get_by_text("Đã đếm 0/1")).to_be_visible()
    page.keyboard.type(scene.item(key).item_code)
    page.keyboard.press("Enter")
    counter.get_by_label("Giấy hẹn đếm được (phải có 0)").fill("1")
    counter.get_by_label("Tiền đếm được, đồng (phải có 0)").fill("0")
    counter.get_by_role("button", name="Kết thúc chuyến").click()
    expect(counter.get_by_text("T2431")).to_be_visible()
    picture(page, "round.png")
    counter.get_by_role("button", name="Hai bên xác nhận chênh lệch").click()
    expect(page.get_by_text("Giấy hẹn: nộp 1, phải có 0")).to_be_visible()
    assert scene.item(key).status is Status.READY
