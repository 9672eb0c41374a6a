"""The report of familiar hands: whose stops lay where, by courier and by day; an agency does not see it."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.api.house import PASSWORD
from tests.e2e.conftest import Office
from tests.e2e.screen import sign_in, wcag_faults
from tests.tracking.office_scene import TODAY

pytestmark = pytest.mark.browser


def test_the_manager_sees_who_was_at_home(page: Page, office: Office) -> None:
    day, _ = office
    day.publish()
    day.deliver(day.items[0])
    couriers = day.planning.scene.couriers
    with day.house.runtime.database.transaction() as session:
        communes = set(session.scalars(text("SELECT visit->>'commune_code' FROM plan_stops")))
        assert len(communes) == 1
        set_home = text("UPDATE couriers SET home_commune_codes = :codes WHERE id = :id")
        session.execute(set_home, {"codes": list(communes), "id": couriers[0].id})
        session.execute(set_home, {"codes": ["99999"], "id": couriers[1].id})
    page.goto("/reports")
    sign_in(page, "manager", PASSWORD)
    table = page.get_by_role("region", name="Điểm phát về tay người quen")
    expect(table.get_by_role("row").first).to_contain_text("Trong địa bàn nhà")
    for courier, home in zip(couriers, ("100 %", "0 %"), strict=False):
        expect(table.get_by_role("row", name=courier.name).get_by_role("cell").last).to_have_text(home)
    page.get_by_label("theo ngày").check()
    expect(table.get_by_role("row", name=f"{TODAY:%d/%m/%Y}")).to_be_visible()
    assert wcag_faults(page) == []
