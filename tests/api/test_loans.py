"""A courier lent over HTTP: the lender lends, the borrower has him, his phone follows, either has him back."""

from typing import Any

from tests.api.house import House
from tests.tracking.office_scene import TODAY

THERE = "Số 1, phường Bình Thạnh"
DAYS = {"first_on": TODAY.isoformat(), "last_on": TODAY.isoformat()}


def loan(house: House, **changes: Any) -> dict[str, Any]:
    scene = house.scene
    return DAYS | {"courier_id": str(scene.couriers[0].id), "office_id": str(scene.other_office.id)} | changes


def test_a_lent_courier_works_at_the_other_office_all_day(house: House) -> None:
    scene, an = house.scene, house.scene.couriers[0]
    answer = house.person("dispatcher").post("/v1/courier-loans", json=loan(house))
    assert answer.status_code == 200
    [told] = answer.json()["loans"]
    assert (told["courier_name"], told["home_office_name"], told["office_name"], told["on"]) == (
        an.name,
        scene.office.name,
        scene.other_office.name,
        TODAY.isoformat(),
    )
    there = house.person("dispatcher2")
    office = {"office_id": str(scene.other_office.id)}
    on = {"on": TODAY.isoformat()}
    assert [one["id"] for one in there.get("/v1/couriers", params=office).json()["couriers"]] == [
        str(scene.couriers[2].id)
    ]
    assert str(an.id) in {one["id"] for one in there.get("/v1/couriers", params=office | on).json()["couriers"]}
    assert there.get("/v1/courier-loans").json() == answer.json()
    phone = house.person("courier")
    today = phone.get("/v1/courier/today").json()
    assert today["office_name"] == scene.other_office.name

    item = scene.planned(address=THERE)[0]
    desk = {"kind": "take_out", "office_id": str(scene.other_office.id), "party_id": str(an.id)}
    listed = there.get("/v1/handovers/list", params=desk).json()["items"]
    assert [one["id"] for one in listed] == [str(item)]
    assert phone.post("/v1/courier/load", json={"item_ids": [str(item)]}).json()["office_id"] == desk["office_id"]
    carried = phone.get("/v1/courier/today").json()["carried"]
    assert [one["id"] for one in carried] == [str(item)]
    balance = there.get(f"/v1/couriers/{an.id}/round").json()
    assert (balance["courier_name"], len(balance["items"])) == (an.name, 1)


def test_his_cash_is_seen_where_he_works_on_the_day_and_at_home(house: House) -> None:
    house.person("dispatcher").post("/v1/courier-loans", json=loan(house))

    def names(login: str, on: str) -> set[str]:
        days = house.person(login).get("/v1/money/couriers", params={"on": on}).json()["days"]
        return {one["courier_name"] for one in days}

    an, binh, cuong = (one.name for one in house.scene.couriers)
    assert names("dispatcher2", TODAY.isoformat()) == {an, cuong}
    assert names("dispatcher2", "2026-11-21") == {cuong}
    assert names("dispatcher", TODAY.isoformat()) == {an, binh}


def test_whoever_is_neither_lender_nor_borrower_learns_nothing(house: House) -> None:
    an = house.scene.couriers[0]
    refused = house.person("dispatcher2").post("/v1/courier-loans", json=loan(house))
    assert (refused.status_code, refused.json()["code"]) == (404, "C1000")
    assert house.person("dispatcher2").get(f"/v1/couriers/{an.id}/round").json()["code"] == "C1000"
    assert house.person("courier").post("/v1/courier-loans", json=loan(house)).status_code == 403
    assert house.person("manager").get("/v1/courier-loans").json() == {"loans": []}


def test_mistakes_are_told_at_once_and_a_loan_ends_where_it_is_had_back(house: House) -> None:
    dispatcher = house.person("dispatcher")
    wrong = loan(house, office_id=str(house.scene.office.id), first_on="2026-11-19")
    told = dispatcher.post("/v1/courier-loans", json=wrong).json()["errors"]
    assert {(one["code"], one["pointer"]) for one in told} == {("T3023", "office_id"), ("T3024", "first_on")}
    dispatcher.post("/v1/courier-loans", json=loan(house))
    ended = house.person("dispatcher2").delete(f"/v1/courier-loans/{house.scene.couriers[0].id}", params=DAYS)
    assert [one["on"] for one in ended.json()["loans"]] == [TODAY.isoformat()]
    assert dispatcher.get("/v1/courier-loans").json() == {"loans": []}
    back = house.person("courier").get("/v1/courier/today").json()
    assert back["office_name"] == house.scene.office.name


def test_a_courier_who_moves_takes_his_sign_in_along(house: House) -> None:
    an, there = house.scene.couriers[0], house.scene.other_office
    shifts = [{"start": "07:20", "end": "11:30"}]
    moved = {"id": str(an.id), "office_id": str(there.id), "name": an.name, "shifts": shifts}
    assert house.person("admin").post("/v1/couriers", json=moved).status_code == 200
    item = house.scene.planned(address=THERE)[0]
    phone = house.person("courier")
    assert phone.post("/v1/courier/load", json={"item_ids": [str(item)]}).json()["office_id"] == str(there.id)
    assert phone.get("/v1/courier/today").json()["office_name"] == there.name
