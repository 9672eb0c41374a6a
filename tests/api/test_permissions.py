"""Every route says for whom it is, and nobody sees what is not theirs."""

import pytest
from fastapi.routing import APIRoute

from api.app import V1
from api.openapi import guards_of
from api.roles import Role
from tests.api.house import House

PUBLIC = {("POST", "/session"), ("DELETE", "/session"), ("GET", "/clock"), ("POST", "/opencps/token")}
WHO = {
    Role.ADMIN: "admin",
    Role.MANAGER: "manager",
    Role.DISPATCHER: "dispatcher",
    Role.COURIER: "courier",
    Role.AGENCY: "agency",
}
# Written by hand from the design, not read from the code: who may ask for what.
READS: dict[str, str] = {
    "/v1/me": "admin manager dispatcher courier agency",
    "/v1/offices": "admin manager dispatcher courier agency",
    "/v1/couriers": "admin manager dispatcher",
    "/v1/agencies": "admin manager dispatcher",
    "/v1/items": "admin manager dispatcher courier agency",
    "/v1/address-queue": "admin manager dispatcher",
    "/v1/positions": "admin manager dispatcher",
    "/v1/plans": "admin manager dispatcher",
    "/v1/complaints": "admin manager dispatcher",
    "/v1/money/couriers": "admin manager dispatcher",
    "/v1/money/reconciliation?from=2026-11-20&to=2026-11-20": "admin manager dispatcher agency",
    "/v1/tariff": "admin manager dispatcher courier agency",
    "/v1/courier/today": "courier",
    "/v1/invitation-cards": "admin dispatcher",
    "/v1/events": "admin agency",
    "/v1/endpoints": "admin agency",
    "/v1/results/template.xlsx": "admin dispatcher agency",
}


def test_every_route_says_for_whom_it_is() -> None:
    routes = [route for module in V1 for route in module.router.routes]
    assert len(routes) > 40
    for route in routes:
        assert isinstance(route, APIRoute)
        roles = list(guards_of(route.dependant))
        public = any((method, route.path) in PUBLIC for method in route.methods or ())
        assert public or len(roles) == 1, f"{route.path} does not say for whom it is"


@pytest.mark.parametrize("path", READS)
def test_reads_by_role(house: House, path: str) -> None:
    for role, login in WHO.items():
        expected = {200} if role.value in READS[path].split() else {403}
        answer = house.person(login).get(path)
        assert answer.status_code in expected, f"{role} {path}: {answer.text}"
    assert house.stranger().get(path).json()["code"] == "A1001"


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("admin", True),
        ("manager", True),
        ("dispatcher", True),
        ("dispatcher2", False),
        ("courier", True),
        ("courier2", False),
        ("agency", True),
        ("agency2", False),
    ],
)
def test_an_item_out_of_reach_is_not_found(house: House, login: str, seen: bool) -> None:
    [item_id] = house.scene.planned(1)
    answer = house.person(login).get(f"/v1/items/{item_id}")
    assert answer.status_code == (200 if seen else 404), answer.text
    listed = house.person(login).get("/v1/items").json()
    assert [item["id"] for item in listed["items"]] == ([str(item_id)] if seen else [])
    assert listed["total"] == (1 if seen else 0)


def test_what_is_out_of_reach_and_what_is_nowhere_look_the_same(house: House) -> None:
    [item_id] = house.scene.ready(1)
    nowhere = str(item_id)[:-1] + ("0" if str(item_id)[-1] != "0" else "1")
    client = house.person("dispatcher2")
    mine, none = client.get(f"/v1/items/{item_id}"), client.get(f"/v1/items/{nowhere}")
    assert (mine.status_code, mine.json()) == (none.status_code, none.json())


def test_a_dispatcher_cannot_ask_for_another_office(house: House) -> None:
    house.scene.ready(1)
    office = house.scene.office.id
    client = house.person("dispatcher2")
    assert client.get("/v1/items", params={"office_id": str(office)}).json()["total"] == 0
    assert client.get("/v1/couriers", params={"office_id": str(office)}).json()["couriers"] == []
    assert client.get("/v1/address-queue", params={"office_id": str(office)}).json()["total"] == 0
    refused = client.post("/v1/plans", json={"office_id": str(office), "day": "2026-11-20"})
    assert refused.status_code == 404


def test_a_manager_sees_masked_people(house: House) -> None:
    [item_id] = house.scene.ready(1)
    manager = house.person("manager").get(f"/v1/items/{item_id}").json()["item"]["addressee"]
    dispatcher = house.person("dispatcher").get(f"/v1/items/{item_id}").json()["item"]["addressee"]
    assert dispatcher == {"name": "Nguyễn Thị Bích Ngọc", "phone": "0912345678"}
    assert "Ngọc" not in manager["name"]
    assert "5678" not in manager["phone"]


def test_looking_at_people_is_written_down(house: House) -> None:
    [item_id] = house.scene.ready(1)
    house.person("dispatcher").get(f"/v1/items/{item_id}")
    with house.runtime.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT actor, what, subjects, at FROM views").all()
    assert [(row.actor, row.what, row.subjects) for row in rows] == [
        (f"user:{house.users['dispatcher'].id}", "item", [item_id])
    ]
    assert rows[0].at == house.clock()
