"""An item handled on the console: decided, invited, corrected, withdrawn; what may not be is not offered."""

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from tests.api.house import PASSWORD
from tests.api.test_evidence import text_of
from tests.e2e.conftest import Office
from tests.e2e.screen import sign_in, wcag_faults
from tests.tracking.office_scene import NOW, failure
from tracking import service
from tracking.model import NextAction

pytestmark = pytest.mark.browser

_CARD = "In giấy mời (PDF)"


def held(office: Office) -> UUID:
    """A paper nobody came to the door for, back at the office."""
    scene = office[0].house.scene
    [key] = scene.out()
    absent = failure(key, action=NextAction.HOLD, redelivery_on=None, occurred_at=NOW)
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=absent, now=NOW)
    scene.hand_back([key])
    return key


def open_item(page: Page, key: UUID, login: str = "dispatcher") -> Locator:
    """What the card of an item offers."""
    page.goto(f"/console?tab=items&item={key}")
    sign_in(page, login, PASSWORD)
    return page.get_by_role("region", name="Xử lý bưu gửi")


def offers(deeds: Locator) -> list[str]:
    """Names of the deeds as they stand."""
    expect(deeds.get_by_role("button").first).to_be_visible()
    return deeds.get_by_role("button").all_inner_texts()


def last_event(office: Office, key: UUID) -> tuple[str, dict[str, Any]]:
    """The end of the chain."""
    query = text("SELECT kind, data FROM events WHERE item_id = :item ORDER BY seq DESC LIMIT 1")
    with office[0].house.runtime.database.reading() as session:
        row = session.execute(query, {"item": key}).one()
        return row.kind, row.data


def card_of(deeds: Locator) -> bytes:
    """The invitation card behind its link, fetched as the browser does."""
    address = deeds.get_by_role("link", name=_CARD).get_attribute("href")
    assert address is not None
    answer = deeds.page.context.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.body()


def write(deeds: Locator, name: str) -> None:
    """Choose a deed and write it."""
    deeds.get_by_role("button", name=name, exact=True).click()
    deeds.get_by_role("button", name=f"Ghi: {name}").click()
    expect(deeds.get_by_role("form")).to_have_count(0)


def test_a_held_paper_is_invited_for_and_goes_out_again(page: Page, office: Office) -> None:
    key = held(office)
    deeds = open_item(page, key)
    assert offers(deeds) == [
        "Gửi giấy mời",
        "Phát lại",
        "Chuyển tiếp",
        "Báo thất lạc",
        "Báo hư hỏng",
        "Đính chính",
    ]
    deeds.get_by_role("button", name="Gửi giấy mời").click()
    # A Friday; the Tuesday after is a holiday.
    expect(deeds.get_by_role("form")).to_contain_text(
        "Giấy mời thứ 1, gửi ngày 20/11/2026. Giấy mời sau gửi được từ 25/11/2026."
    )
    assert wcag_faults(page) == []
    deeds.get_by_role("button", name="Ghi: Gửi giấy mời").click()
    expect(deeds).to_contain_text("Giấy mời thứ 2 gửi được từ 25/11/2026")
    assert last_event(office, key) == ("invitation_sent", {"number": 1, "invited_on": "2026-11-20"})
    expect(deeds.get_by_role("button", name="Gửi giấy mời")).to_have_count(0)
    assert wcag_faults(page) == []
    assert office[0].house.scene.item(key).item_code in text_of(card_of(deeds))
    write(deeds, "Phát lại")
    expect(deeds.get_by_role("link", name=_CARD)).to_have_count(0)
    assert last_event(office, key)[1]["redelivery_on"] == "2026-11-21"
    expect(deeds.get_by_role("button", name="Lưu giữ")).to_be_visible()


def test_an_event_is_corrected_by_keyboard_and_named_in_the_history(page: Page, office: Office) -> None:
    key = office[0].items[0]
    deeds = open_item(page, key)
    deeds.get_by_role("button", name="Đính chính").focus()
    page.keyboard.press("Enter")
    expect(deeds.get_by_label("Sự kiện sai")).to_be_focused()
    page.keyboard.press("Escape")
    expect(deeds.get_by_role("form")).to_have_count(0)
    deeds.get_by_role("button", name="Đính chính").press("Enter")
    deeds.get_by_label("Sự kiện sai").select_option("1")
    deeds.get_by_label("Sai điều gì").select_option("nhầm người")
    assert wcag_faults(page) == []
    deeds.get_by_role("button", name="Ghi: Đính chính").press("Enter")
    expect(page.get_by_text("sự kiện 1, Cơ quan gửi yêu cầu cho bưu điện: nhầm người")).to_be_visible()
    kind, data = last_event(office, key)
    assert (kind, data["corrects_seq"], data["what"]) == ("event_corrected", 1, "wrong_person")


def test_a_delivery_is_withdrawn_after_its_sentence_is_read(page: Page, office: Office) -> None:
    office[0].publish()
    key = office[0].items[0]
    office[0].deliver(key)
    deeds = open_item(page, key)
    assert offers(deeds) == ["Rút lần phát", "Đính chính"]
    deeds.get_by_role("button", name="Rút lần phát").click()
    expect(deeds.get_by_role("form")).to_contain_text("Trạng thái đã báo cho cơ quan không rút lại được.")
    deeds.get_by_role("button", name="Hủy").click()
    assert last_event(office, key)[0] == "item_delivered"
    write(deeds, "Rút lần phát")
    expect(deeds.get_by_role("button", name="Phát lại")).to_be_visible()
    assert last_event(office, key)[0] == "delivery_withdrawn"


def test_a_refusal_stays_beside_the_form_with_its_code(page: Page, office: Office) -> None:
    key = office[0].items[0]
    # Without the live line the screen does not hear that the paper went out meanwhile.
    page.route("**/v1/stream*", lambda route: route.abort())
    deeds = open_item(page, key)
    deeds.get_by_role("button", name="Lưu giữ").click()
    scene = office[0].house.scene
    scene.plan([key])
    scene.take_out([key])
    deeds.get_by_role("button", name="Ghi: Lưu giữ").click()
    expect(deeds.get_by_role("alert")).to_contain_text("T2008")
    assert wcag_faults(page) == []


def test_another_office_takes_it_and_who_only_reads_is_offered_nothing(page: Page, office: Office) -> None:
    key = office[0].items[0]
    deeds = open_item(page, key)
    deeds.get_by_role("button", name="Chuyển tiếp").click()
    expect(deeds.get_by_role("button", name="Ghi: Chuyển tiếp")).to_be_disabled()
    deeds.get_by_label("Bưu cục nhận").select_option("Bưu cục Bình Thạnh")
    deeds.get_by_role("button", name="Ghi: Chuyển tiếp").click()
    expect(deeds.get_by_role("form")).to_have_count(0)
    assert last_event(office, key)[1] == {"to_office_id": str(office[0].house.scene.other_office.id)}
    page.context.clear_cookies()
    open_item(page, key, "manager")
    expect(page.get_by_text("Đường đi của giấy tờ")).to_be_visible()
    expect(deeds).to_have_count(0)
