"""A dossier fetched at home on the phone, without network: checklist, seal, receipt, sent later; a transfer asked."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from core.ids import receipt_code
from tests.e2e.screen import picture
from tests.e2e.test_courier_app import PHOTO, Round, all_sent, faults, load_all, ride, sign, when_controlled
from tracking.model import Status

pytestmark = pytest.mark.browser
__all__ = ["ride"]


def test_a_dossier_is_collected_without_network_and_the_citizen_gets_a_receipt(ride: Round) -> None:
    key = ride.day.item_ids[2]
    with ride.day.scene.database.transaction() as session:
        session.execute(text("UPDATE items SET leg = 'collect' WHERE id = :key"), {"key": key})
    page = ride.sign_in()
    when_controlled(page)
    page.get_by_role("link", name=re.compile("Trần Quốc Bảo")).first.click()
    ride.phone.context.set_offline(True)
    page.get_by_role("link", name="Thu hồ sơ").click()
    page.get_by_role("button", name="Đã đếm, đã niêm phong").click()
    expect(page.get_by_text("số niêm phong", exact=False).first).to_be_visible()
    page.get_by_label("Tên giấy tờ").fill("Đơn đề nghị")
    page.get_by_role("button", name="Thêm giấy tờ").click()
    page.get_by_label("Tên giấy tờ").nth(1).fill("Giấy khai sinh")
    page.get_by_label("Bản sao").nth(1).fill("2")
    page.get_by_label("Số niêm phong").fill("NP-0123")
    page.set_input_files("input[type=file]", PHOTO)
    expect(page.get_by_alt_text("Ảnh vừa chụp")).to_be_visible()
    sign(page)
    picture(page, "collect.png")
    assert faults(page) == []
    page.get_by_role("button", name="Đã đếm, đã niêm phong").click()
    expect(page.get_by_text("Biên nhận cho người dân")).to_be_visible()
    picture(page, "receipt.png")
    shown = page.locator(".receipt strong").inner_text()
    ride.phone.context.set_offline(False)
    page.get_by_role("button", name="Về danh sách").click()
    all_sent(page)
    item = ride.day.items()[key]
    assert (item.status, item.holder_courier_id) == (Status.COLLECTED, ride.day.courier_id)
    with ride.day.scene.database.reading() as session:
        row = session.execute(text("SELECT id, checklist, seal FROM proofs WHERE item_id = :key"), {"key": key}).one()
    assert shown == receipt_code(row.id)
    assert row.seal == "NP-0123"
    assert row.checklist == [
        {"name": "Đơn đề nghị", "originals": 1, "copies": 0},
        {"name": "Giấy khai sinh", "originals": 1, "copies": 2},
    ]


def test_a_transfer_is_asked_for_without_network_and_the_round_says_what_is_due(ride: Round) -> None:
    page = ride.sign_in()
    when_controlled(page)
    load_all(page)
    all_sent(page)
    page.get_by_role("link", name="Nhận · nộp").click()
    expect(page.get_by_role("heading", name="Kết thúc chuyến")).to_be_visible()
    picture(page, "load.png")
    page.get_by_role("link", name="Chuyển bưu gửi cho bưu tá khác").click()
    expect(page.get_by_text("Lê Thị Bình")).to_be_visible()
    assert faults(page) == []
    ride.phone.context.set_offline(True)
    page.get_by_text("Lê Thị Bình").click()
    page.locator("fieldset input[type=checkbox]").first.check()
    picture(page, "transfer.png")
    page.get_by_role("button", name="Đề nghị chuyển 1").click()
    expect(page.get_by_text("Đã ghi đề nghị chuyển")).to_be_visible()
    ride.phone.context.set_offline(False)
    all_sent(page)
    with ride.day.scene.database.reading() as session:
        [row] = session.execute(text("SELECT state, item_ids FROM transfers")).all()
    assert (row.state, len(row.item_ids)) == ("asked", 1)
