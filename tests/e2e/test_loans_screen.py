"""Couriers lent on the console: a dispatcher lends, is refused, takes it back, and sees who is here for a day."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Office
from tests.e2e.screen import beside_the_rule, picture, take_back, wcag_faults
from tests.tracking.office_scene import NOW, SYSTEM, TODAY
from tracking import service
from tracking.loans import Period

pytestmark = pytest.mark.browser

MONTH = Period(first_on=TODAY, last_on=TODAY.replace(day=30))


def lent(office: Office) -> list[tuple[str, int]]:
    with office[0].house.runtime.database.reading() as session:
        loans = service.list_loans(session, scope=SYSTEM, period=MONTH)
    return [(one.courier_name, one.on.day) for one in loans]


def test_a_courier_is_lent_for_days_and_had_back(page: Page, office: Office) -> None:
    dialog = beside_the_rule(page, "dispatcher", "Bưu tá của bưu cục")
    expect(dialog).to_contain_text("Từ hôm nay không ai được cho mượn hay mượn về.")
    opens = dialog.get_by_role("button", name="Cho mượn bưu tá")
    opens.click()
    form = dialog.get_by_role("form", name="Cho mượn bưu tá")
    expect(form.get_by_label("Bưu tá", exact=True)).to_be_focused()
    form.get_by_label("Bưu tá", exact=True).select_option("Trần Văn An")
    form.get_by_label("Bưu cục mượn").select_option("Bưu cục Bình Thạnh")
    form.get_by_label("Đến hết ngày").fill("2026-11-22")
    picture(page, "loans-form.png")
    assert wcag_faults(page) == []
    form.get_by_role("button", name="Cho mượn", exact=True).click()
    row = dialog.get_by_role("listitem").filter(has_text="sang Bưu cục Bình Thạnh")
    expect(row).to_contain_text("20/11–22/11")
    expect(opens).to_be_focused()
    assert lent(office) == [("Trần Văn An", 20), ("Trần Văn An", 21), ("Trần Văn An", 22)]
    picture(page, "loans.png")
    row.get_by_role("button", name="Lấy về Trần Văn An (20/11–22/11)").click()
    expect(row).to_have_count(0)
    assert lent(office) == []
    take_back(page, "về bưu cục mình")
    expect(row).to_have_count(1)
    assert len(lent(office)) == 3
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    opens.click()
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")
    picture(page, "loans-narrow.png")
    assert wcag_faults(page) == []


def test_who_borrows_sees_him_and_gives_him_back(page: Page, office: Office) -> None:
    scene = office[0].house.scene
    with office[0].house.runtime.database.transaction() as session:
        an, there, today = scene.couriers[0].id, scene.other_office.id, Period(first_on=TODAY, last_on=TODAY)
        service.lend(session, scope=SYSTEM, courier_id=an, office_id=there, period=today, now=NOW)
    dialog = beside_the_rule(page, "dispatcher2", "Bưu tá của bưu cục")
    row = dialog.get_by_role("listitem").filter(has_text="từ Bưu cục Sài Gòn sang")
    expect(row).to_contain_text("Trần Văn An")
    row.get_by_role("button", name="Trả lại Trần Văn An (20/11)").click()
    expect(dialog).to_contain_text("Từ hôm nay không ai được cho mượn hay mượn về.")
    assert lent(office) == []
