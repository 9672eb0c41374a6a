"""Accounts and keys in an administrator's hands."""

from core.ids import new_id
from tests.api.house import PASSWORD, House

_NEW = "mot-mat-khau-khac"


def test_a_closed_account_is_out_at_once_and_comes_back_when_opened(house: House) -> None:
    admin, courier = house.person("admin"), house.person("courier")
    path = f"/v1/users/{house.users['courier'].id}"
    assert admin.patch(path, json={"active": False}).json()["active"] is False
    assert courier.get("/v1/me").status_code == 401
    again = {"login": "courier", "password": PASSWORD}
    assert house.stranger().post("/v1/session", json=again).json()["code"] == "A1002"
    assert admin.patch(path, json={"active": True}).json()["active"] is True
    assert courier.get("/v1/me").status_code == 401, "old sessions stay ended"
    assert house.stranger().post("/v1/session", json=again).status_code == 201


def test_a_new_password_ends_the_sessions_of_the_old_one(house: House) -> None:
    admin, courier = house.person("admin"), house.person("courier")
    assert admin.patch(f"/v1/users/{house.users['courier'].id}", json={"password": _NEW}).status_code == 200
    assert courier.get("/v1/me").status_code == 401
    for password, status in ((PASSWORD, 401), (_NEW, 201)):
        answer = house.stranger().post("/v1/session", json={"login": "courier", "password": password})
        assert answer.status_code == status


def test_lists_hold_no_secrets_and_are_for_administrators(house: House) -> None:
    admin = house.person("admin")
    made = admin.post("/v1/keys", json={"name": "một cửa", "agency_id": str(house.scene.agency.id)}).json()
    users, keys = admin.get("/v1/users"), admin.get("/v1/keys")
    assert {user["login"] for user in users.json()["users"]} == set(house.users)
    assert "argon2" not in users.text
    assert [(key["id"], key["prefix"], key["revoked_at"]) for key in keys.json()["keys"]] == [
        (made["id"], made["prefix"], None)
    ]
    assert made["key"] not in keys.text
    admin.delete(f"/v1/keys/{made['id']}")
    assert admin.get("/v1/keys").json()["keys"][0]["revoked_at"] is not None
    for path in ("/v1/users", "/v1/keys"):
        assert house.person("manager").get(path).status_code == 403


def test_nobody_unknown_is_changed(house: House) -> None:
    assert house.person("admin").patch(f"/v1/users/{new_id()}", json={"active": False}).json()["code"] == "C1000"


def test_a_user_reaches_only_what_exists(house: House) -> None:
    body = {"login": "moi", "name": "Mới", "role": "courier", "password": _NEW}
    nowhere = {"office_ids": [str(new_id())], "agency_id": str(new_id()), "courier_id": str(new_id())}
    answer = house.person("admin").post("/v1/users", json={**body, **nowhere})
    assert (answer.status_code, answer.json()["code"]) == (404, "C1000")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/office_ids/0", "/agency_id", "/courier_id"]
