"""Doors that citizens show, decided on the console: accepted, set by hand, refused, taken back; live; by keyboard."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import text

from core.scope import Scope
from geodata.communes import metres_between
from geodata.model import LonLat
from routing import repin
from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import sign_in, take_back, wcag_faults
from tests.tracking.office_scene import NOW, PROVINCE
from tracking.proposal_values import Saying
from tracking.proposals import CITIZEN

pytestmark = pytest.mark.browser

MINUTE = timedelta(minutes=1)
KNOWN = LonLat(lon=106.7000, lat=10.7800)
SHOWN = LonLat(lon=106.7031, lat=10.7811)
NOTHING = "Không có lời chỉ chỗ nào chờ duyệt"


def citizen(office: Office, *, known: LonLat | None = None, at: datetime = NOW, **told: Any) -> UUID:
    """A citizen says where the door of a new item is; `known` is the pin a person set before."""
    scene = office[0].house.scene
    [item_id] = scene.ready(1)
    scope = Scope(province_code=PROVINCE, actor=CITIZEN)
    with scene.database.transaction() as session:
        if known is not None:
            repin.correct_door(session, scope=scene.dispatcher, item_id=item_id, point=known, now=NOW)
        repin.propose_door(session, scope=scope, item_id=item_id, saying=Saying(**told), now=at)
    return item_id


def open_list(page: Page, login: str = "dispatcher") -> Locator:
    """The list of what citizens show."""
    page.goto("/console?tab=queue&places=proposals")
    sign_in(page, login, PASSWORD)
    page.locator(".maplibregl-canvas").wait_for()
    return page.get_by_role("tabpanel", name="Người dân chỉ chỗ")


def lessons(office: Office) -> list[tuple[str, LonLat, bool]]:
    """What accepted words taught: how, where, whether it is forgotten."""
    query = text(
        "SELECT o.kind, o.lon, o.lat, o.forgotten_at FROM door_observations o JOIN door_proposals p USING (id)"
    )
    with office[0].house.runtime.database.reading() as session:
        return [
            (row.kind, LonLat(lon=row.lon, lat=row.lat), row.forgotten_at is not None) for row in session.execute(query)
        ]


def decisions(office: Office) -> list[bool | None]:
    """Of all proposals, oldest first."""
    with office[0].house.runtime.database.reading() as session:
        return list(session.execute(text("SELECT accepted FROM door_proposals ORDER BY id")).scalars())


def test_a_shown_place_is_accepted_by_keyboard_named_in_the_history_and_taken_back(page: Page, office: Office) -> None:
    citizen(office, known=KNOWN, point=LonLat(lon=106.6990, lat=10.7790), accuracy_m=15.0)
    item_id = citizen(office, known=KNOWN, at=NOW + MINUTE, point=SHOWN, accuracy_m=12.0, words="cổng xanh <b>")
    panel = open_list(page)
    expect(page.get_by_role("tab", name="Địa chỉ 2", exact=True)).to_be_visible()
    rows = panel.locator("[data-row]")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("cổng xanh <b>")
    expect(rows.nth(1)).to_contain_text("Cách ghim đang dùng 360 m")
    assert wcag_faults(page) == []
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")
    expect(rows.first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(rows.first).to_be_focused()
    assert (lessons(office), decisions(office)) == ([("correction", SHOWN, False)], [None, True])
    take_back(page, "Đã đặt ghim theo lời người dân")
    expect(page.get_by_text("Đã bỏ ghim theo lời người dân")).to_be_visible()
    assert lessons(office) == [("correction", SHOWN, True)]
    assert office[0].house.scene.item(item_id).point == KNOWN
    page.goto(f"/console?tab=items&item={item_id}")
    name = office[0].house.users["dispatcher"].name
    expect(page.get_by_role("region", name="Vị trí nhà")).to_contain_text(f"Người dân (đã duyệt bởi {name})")


def test_words_alone_need_a_pin_set_by_hand(page: Page, office: Office) -> None:
    citizen(office, known=KNOWN, words="qua cầu, cổng xanh")
    panel = open_list(page)
    expect(panel).to_contain_text("Chỉ có lời, không có tọa độ")
    accept = panel.get_by_role("button", name="Nhận chỗ này")
    expect(accept).to_be_disabled()
    pin = page.get_by_role("button", name="Chỗ người dân chỉ")
    pin.focus()
    page.keyboard.press("ArrowRight")
    expect(panel).to_contain_text("so với ghim cũ")
    panel.get_by_role("button", name="Bỏ dời").click()
    expect(accept).to_be_disabled()
    pin.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    accept.click()
    expect(panel.get_by_text(NOTHING)).to_be_visible()
    [(_, set_at, _)] = lessons(office)
    assert set_at.lon > KNOWN.lon
    assert 1 < metres_between(set_at, KNOWN) < 500


def test_a_refusal_takes_back_what_the_word_moved_and_may_be_undone(page: Page, office: Office) -> None:
    item_id = citizen(office, point=SHOWN, accuracy_m=12.0)
    scene = office[0].house.scene
    assert scene.item(item_id).point == SHOWN
    panel = open_list(page)
    expect(panel).to_contain_text("Đang dùng tạm")
    panel.get_by_role("button", name="Không nhận").click()
    expect(panel.get_by_text(NOTHING)).to_be_visible()
    assert scene.item(item_id).point != SHOWN
    take_back(page, "Đã bỏ lời chỉ chỗ")
    expect(page.get_by_text("Ghim lại theo lời người dân")).to_be_visible()
    assert scene.item(item_id).point == SHOWN


def test_a_word_comes_in_live_and_one_decided_elsewhere_goes(page: Page, office: Office) -> None:
    panel = open_list(page)
    expect(panel.get_by_text(NOTHING)).to_be_visible()
    assert wcag_faults(page) == []
    expect(page.get_by_title("Trực tiếp")).to_be_visible()
    citizen(office, known=KNOWN, point=SHOWN, accuracy_m=12.0)
    expect(page.get_by_role("tab", name="Địa chỉ 1", exact=True)).to_be_visible()
    expect(panel.locator("[data-row]")).to_have_count(1)
    with office[0].house.runtime.database.reading() as session:
        proposal_id = session.execute(text("SELECT id FROM door_proposals")).scalar_one()
    decided = (
        office[0].house.person("dispatcher").post(f"/v1/door-proposals/{proposal_id}:decide", json={"accepted": True})
    )
    assert decided.status_code == 204
    expect(panel.get_by_text(NOTHING)).to_be_visible()


def test_a_manager_reads_and_a_failed_answer_is_asked_again(page: Page, office: Office) -> None:
    citizen(office, known=KNOWN, point=SHOWN, accuracy_m=12.0)

    def fail(route: Route) -> None:
        route.fulfill(status=503, json={"code": "A1001", "detail": "Máy chủ bận.", "detail_en": "Busy."})

    page.route("**/v1/door-proposals*", fail)
    panel = open_list(page, "manager")
    expect(panel.get_by_role("alert")).to_contain_text("A1001")
    page.unroute("**/v1/door-proposals*")
    panel.get_by_role("button", name="Thử lại").click()
    expect(panel.locator("[data-row]")).to_have_count(1)
    expect(panel.get_by_role("button", name="Nhận chỗ này")).to_have_count(0)
    expect(page.get_by_role("button", name="Chỗ người dân chỉ")).to_have_count(0)
    panel.get_by_role("button", name="Mở bưu gửi").click()
    expect(page.get_by_role("region", name="Vị trí nhà")).to_be_visible()
