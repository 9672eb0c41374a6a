"""The counter on the console: scanner and keyboard, a difference both sides confirm, its incident, a transfer; live."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.ids import new_id
from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import picture, sign_in, wcag_faults
from tests.tracking.office_scene import NOW
from tracking import service
from tracking.handover_values import Tally
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


def test_a_count_survives_a_look_elsewhere_and_each_step_of_it_is_taken_back(page: Page, office: Office) -> None:
    day, _ = office
    scene = day.house.scene
    keys = list(day.items[:3])
    scene.plan(keys, 0)
    counter = open_counter(page, office, "Giao bưu tá đi phát", "Trần Văn An")
    page.keyboard.type("RA000000019VN")
    page.keyboard.press("Enter")
    counter.get_by_role("button", name="Vẫn có ở quầy, ghi là thừa").click()
    expect(counter.get_by_text("Thừa: RA000000019VN")).to_be_visible()
    counter.get_by_role("checkbox", name=scene.item(keys[0]).item_code).check()
    # A scanner knows nothing of focus: its code ends up in the field, and commands of the console stay still.
    page.keyboard.type(scene.item(keys[1]).item_code)
    page.keyboard.press("Enter")
    counter.get_by_role("button", name="Đánh dấu tất cả").click()
    expect(counter.get_by_text("Đã đếm 3/3")).to_be_visible()
    page.get_by_role("tab", name="Tất cả").click()
    page.get_by_role("tab", name="Bàn giao").click()
    expect(counter.get_by_text("Đã đếm 3/3")).to_be_visible()
    counter.get_by_role("checkbox").first.focus()
    for left in ("Đã đếm 2/3", "Đã đếm 1/3", "Đã đếm 0/3"):
        page.keyboard.press("Control+z")
        expect(counter.get_by_text(left)).to_be_visible()
    expect(counter.get_by_text("Thừa: RA000000019VN")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(counter.get_by_text("Thừa: RA000000019VN")).to_have_count(0)


def test_a_double_click_does_not_confirm_the_difference_that_it_brings_up(page: Page, office: Office) -> None:
    day, _ = office
    scene = day.house.scene
    keys = list(day.items[:2])
    scene.plan(keys, 0)
    counter = open_counter(page, office, "Giao bưu tá đi phát", "Trần Văn An")
    counter.get_by_role("checkbox").first.check()
    button = counter.get_by_role("button", name="Ghi bàn giao 1")
    button.click()
    confirm = counter.get_by_role("button", name="Hai bên xác nhận chênh lệch")
    expect(confirm).to_be_enabled()
    confirm.dispatch_event("click", {"detail": 2})
    assert {scene.item(key).status for key in keys} == {Status.PLANNED}
    expect(counter.get_by_label("Quét hoặc gõ mã, rồi Enter")).to_be_focused()
    confirm.press("Enter")
    expect(page.get_by_text("Đã mở sự cố.")).to_be_visible()


def test_what_could_not_be_fetched_is_told_and_fetched_again(page: Page, office: Office) -> None:
    page.route("**/v1/incidents*", lambda route: route.abort())
    page.route("**/v1/handovers/list*", lambda route: route.fulfill(status=503, body=""))
    counter = open_counter(page, office, "Nhận lại từ bưu tá", "Trần Văn An")
    expect(page.get_by_text("Không có sự cố nào đang mở")).to_have_count(0)
    expect(counter.get_by_role("alert")).to_contain_text("503")
    page.unroute("**/v1/incidents*")
    page.unroute("**/v1/handovers/list*")
    for again in page.get_by_role("tabpanel").get_by_role("button", name="Thử lại").all()[::-1]:
        again.click()
    expect(page.get_by_text("Không có sự cố nào đang mở")).to_be_visible()
    expect(counter.get_by_text("Danh sách trống")).to_be_visible()


def test_the_seal_of_a_bag_is_read_again_and_another_one_is_an_incident(page: Page, office: Office) -> None:
    day, _ = office
    scene = day.house.scene
    (key,) = scene.ready()
    here, there = scene.office.id, scene.other_office.id
    clerk = replace(scene.dispatcher, actor="user:other", office_ids=frozenset({there}))
    list_ = Tally(item_ids=(key,), seal="NP-0417")
    with scene.database.transaction() as session:
        desk: dict[str, Any] = {"scope": clerk, "office_id": there, "tally": list_, "now": NOW}
        service.receive_from_agency(session, agency_id=scene.agency.id, **desk)
        service.send_bag(session, to_office_id=here, **desk)
    counter = open_counter(page, office, "Mở túi đến", scene.other_office.name)
    counter.get_by_role("button", name="Đánh dấu tất cả").click()
    expect(counter.get_by_text("NP-0417")).to_have_count(0)
    counter.get_by_label("Số niêm phong đọc trên túi").fill("NP-0471")
    counter.get_by_role("button", name="Ghi bàn giao 1").click()
    expect(counter.get_by_role("alert")).to_contain_text("Niêm phong không đúng với lúc đóng túi")
    expect(page.get_by_text("NP-0417")).to_have_count(0)
    picture(page, "seal.png")
    assert wcag_faults(page) == []
    counter.get_by_role("button", name="Hai bên xác nhận chênh lệch").click()
    expect(page.get_by_text("Lúc đóng: NP-0417 · lúc mở: NP-0471")).to_be_visible()
    picture(page, "seal_incident.png")
    assert scene.item(key).status is Status.READY
