"""Money through the doors: counted once, by whom it may be, shown whole; and what the tariff says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.api.house import House
from tests.tracking.money_scene import DUE, FEE, POSTAGE, Purse
from tests.tracking.office_scene import BINH_THANH, SAI_GON, SYSTEM
from tracking.offices import save_courier

DAY = "2026-11-20"


@pytest.fixture
def purse(house: House) -> Purse:
    purse = Purse(house.scene)
    for item in purse.out(2):
        purse.deliver(item)
    return purse


def day_of(house: House, login: str = "dispatcher") -> dict[str, Any]:
    days = house.person(login).get("/v1/money/couriers", params={"on": DAY}).json()["days"]
    own = str(house.scene.couriers[0].id)
    found: dict[str, Any] = {one["courier_id"]: one for one in days}[own]
    return found


def counted(house: House, **changes: Any) -> dict[str, Any]:
    return {"courier_id": str(house.scene.couriers[0].id), "counted_vnd": 2 * DUE, "for_on": "2026-11-20"} | changes


@pytest.mark.usefixtures("purse")
def test_the_clerk_counts_once_whatever_the_line_does(house: House) -> None:
    assert day_of(house)["closing"] == {
        "state_fee_vnd": 2 * FEE,
        "postage_vnd": 2 * POSTAGE,
        "total_vnd": 2 * DUE,
    }
    clerk, key = house.person("dispatcher"), {"Idempotency-Key": str(uuid4())}
    house.clock.advance(purse_evening())
    first = clerk.post("/v1/money/remittances", json=counted(house, counted_vnd=2 * DUE - 1), headers=key)
    again = clerk.post("/v1/money/remittances", json=counted(house, counted_vnd=2 * DUE - 1), headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["difference_vnd"], first.json()["by_name"]) == (-1, "Người dispatcher")
    after = day_of(house)
    assert (after["closing"]["total_vnd"], len(after["settlements"])) == (1, 1)
    other = clerk.post("/v1/money/remittances", json=counted(house), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "A1110")


def purse_evening() -> timedelta:
    return timedelta(hours=9)


@pytest.mark.usefixtures("purse")
def test_who_may_count_and_who_may_look(house: House) -> None:
    path = "/v1/money/remittances"
    for login, status in (("manager", 403), ("courier", 403), ("agency", 403), ("dispatcher2", 404)):
        assert house.person(login).post(path, json=counted(house)).status_code == status
    assert day_of(house, "manager")["collected"]["total_vnd"] == 2 * DUE
    elsewhere = house.person("dispatcher2").get("/v1/money/couriers", params={"on": DAY}).json()["days"]
    assert [one["courier_name"] for one in elsewhere] == ["Phạm Văn Cường"]


@pytest.mark.usefixtures("purse")
@pytest.mark.usefixtures("purse")
def test_who_has_left_is_shown_as_long_as_money_stands_against_his_name(house: House) -> None:
    left = house.scene.couriers[0]
    with house.scene.database.transaction() as session:
        for courier in house.scene.couriers[:2]:
            save_courier(session, scope=SYSTEM, courier=replace(courier, active=False))
    shown = house.person("dispatcher").get("/v1/money/couriers", params={"on": DAY}).json()["days"]
    assert str(house.scene.couriers[1].id) not in {one["courier_id"] for one in shown}
    assert day_of(house)["courier_name"] == left.name
    house.clock.advance(purse_evening())
    assert house.person("dispatcher").post("/v1/money/remittances", json=counted(house)).status_code == 201
    assert day_of(house)["closing"]["total_vnd"] == 0


def test_all_that_is_wrong_is_told_at_once(house: House) -> None:
    wrong = counted(house, counted_vnd=-1, for_on="2027-01-01", note="x" * 600)
    answer = house.person("dispatcher").post("/v1/money/remittances", json=wrong)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["T7001", "T7002", "T7004"]


def test_an_entry_is_corrected_and_the_report_closes(house: House, purse: Purse) -> None:
    [item] = purse.out()
    purse.deliver(item, money_vnd=DUE - 5)
    clerk = house.person("dispatcher")
    period = {"from": DAY, "to": DAY}

    def report() -> dict[str, Any]:
        found: dict[str, Any] = clerk.get("/v1/money/reconciliation", params=period).json()
        return found

    assert {one["holder"] for one in report()["differences"]} == {"item", "courier"}
    entries = clerk.get(f"/v1/items/{item}/money").json()["entries"]
    [short] = [one for one in entries if one["move"] == "collected" and one["ledger"] == "postage"]
    assert short["amount_vnd"] == POSTAGE - 5
    path = f"/v1/money/entries/{short['id']}:correct"
    fixed = clerk.post(path, json={"amount_vnd": POSTAGE, "reason": "bưu tá gõ nhầm"})
    assert [one["corrects"] for one in fixed.json()["entries"]] == [short["id"], None]
    settled = clerk.post("/v1/money/remittances", json=counted(house, counted_vnd=3 * DUE)).json()
    assert settled["difference_vnd"] == 0
    lines = clerk.get(f"/v1/money/settlements/{settled['id']}/entries").json()["entries"]
    assert sum(one["amount_vnd"] for one in lines) == 3 * DUE
    own = {"office_id": str(house.scene.office.id), "for_on": DAY}
    agency = {"agency_id": str(house.scene.agency.id), "counted_vnd": 3 * FEE}
    assert clerk.post("/v1/money/handed-to-agency", json=own | agency).json()["difference_vnd"] == 0
    assert clerk.post("/v1/money/kept-postage", json=own | {"counted_vnd": 3 * POSTAGE}).status_code == 201
    found = report()
    assert (found["closes"], found["differences"], found["unexplained"]["total_vnd"]) == (True, [], 0)
    assert house.person("dispatcher2").post(path, json={"amount_vnd": 1, "reason": "x"}).status_code == 404
    assert house.person("dispatcher2").get(f"/v1/items/{item}/money").json() == {"entries": []}


def test_a_quote_goes_by_way_weight_and_person(house: House) -> None:
    clerk = house.person("courier")
    asked = {"from": SAI_GON, "to": BINH_THANH, "weight_g": "120", "reduction": "poor_household"}
    quote = clerk.get("/v1/tariff/quote", params=asked).json()
    assert (quote["zone"], quote["full_vnd"], quote["postage_vnd"]) == ("in_province", 31_000, 15_500)
    assert clerk.get("/v1/tariff").json()["source"] == quote["source"]
    wrong = clerk.get("/v1/tariff/quote", params=asked | {"weight_g": "0", "reduction": "king"}).json()
    assert [one["code"] for one in wrong["errors"]] == ["T7102", "T7103"]


def test_the_public_tariff_needs_nobody_and_speaks_both_languages(house: House) -> None:
    page = house.stranger().get("/tariff").text
    assert "26.000" in page
    assert "Bà mẹ Việt Nam anh hùng" in page
    english = house.stranger().get("/tariff?lang=en")
    assert "Vietnamese Heroic Mothers" in english.text
    assert "26,000" in english.text
    assert english.headers["content-language"] == "en"
    assert "@media print" in house.stranger().get("/tariff/page.css").text
