"""Signing in: cookies, anti-forgery token, expiry, attempts, keys."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.auth import SESSION_LIFE
from tests.api.house import PASSWORD, House


def sign_in(client: TestClient, login: str = "dispatcher", password: str = PASSWORD) -> int:
    return int(client.post("/v1/session", json={"login": login, "password": password}).status_code)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    client = house.stranger()
    answer = client.post("/v1/session", json={"login": "Dispatcher ", "password": PASSWORD})
    assert answer.status_code == 201
    cookies = {line.split("=")[0]: line for line in answer.headers.get_list("set-cookie")}
    assert "HttpOnly" in cookies["buuta_session"]
    assert "SameSite=lax" in cookies["buuta_session"]
    assert "HttpOnly" not in cookies["buuta_csrf"]
    user = answer.json()["user"]
    assert user["role"] == "dispatcher"
    assert [office["code"] for office in user["offices"]] == ["700000"]
    assert PASSWORD not in answer.text


def test_unknown_login_and_wrong_password_are_answered_the_same(house: House) -> None:
    client = house.stranger()
    unknown = client.post("/v1/session", json={"login": "nobody", "password": PASSWORD})
    wrong = client.post("/v1/session", json={"login": "dispatcher", "password": "x"})
    assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json())
    assert unknown.json()["code"] == "A1002"


def test_after_ten_failures_even_the_right_password_waits(house: House) -> None:
    client = house.stranger()
    assert [sign_in(client, password=f"x{n}") for n in range(10)] == [401] * 10
    refused = client.post("/v1/session", json={"login": "dispatcher", "password": PASSWORD})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    assert sign_in(client, "dispatcher2") == 201
    house.clock.advance(timedelta(minutes=16))
    assert sign_in(client) == 201


def test_a_session_ends(house: House) -> None:
    client = house.person("dispatcher")
    assert client.get("/v1/me").status_code == 200
    house.clock.advance(SESSION_LIFE + timedelta(seconds=1))
    assert client.get("/v1/me").json()["code"] == "A1001"


def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    client = house.person("dispatcher")
    cookies = dict(client.cookies)
    assert client.delete("/v1/session").status_code == 204
    thief = house.stranger(cookies=cookies)
    assert thief.get("/v1/me").status_code == 401


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_write_without_the_sessions_own_token_is_refused(house: House, token: str | None) -> None:
    client = house.person("admin")
    headers = {} if token is None else {"X-CSRF-Token": token}
    bare = house.stranger(cookies=dict(client.cookies), headers=headers)
    answer = bare.post("/v1/agencies", json={"code": "H29.99", "name": "Sở Xây dựng"})
    assert answer.json()["code"] == "A1005"
    assert client.post("/v1/agencies", json={"code": "H29.99", "name": "Sở Xây dựng"}).status_code == 200


def test_another_sessions_token_does_not_fit(house: House) -> None:
    admin, manager = house.person("admin"), house.person("manager")
    headers = {"X-CSRF-Token": manager.cookies["buuta_csrf"]}
    crossed = house.stranger(cookies=dict(admin.cookies), headers=headers)
    assert crossed.put("/v1/me/language", json={"language": "en"}).json()["code"] == "A1005"


def test_a_key_works_without_cookies_until_it_is_revoked(house: House) -> None:
    admin = house.person("admin")
    made = admin.post("/v1/keys", json={"name": "một cửa", "agency_id": str(house.scene.agency.id)})
    assert made.status_code == 201
    system = house.stranger(headers={"Authorization": f"Bearer {made.json()['key']}"})
    assert system.get("/v1/events").status_code == 200
    assert admin.delete(f"/v1/keys/{made.json()['id']}").status_code == 204
    assert system.get("/v1/events").json()["code"] == "A1001"


def test_secrets_are_kept_as_hashes_only(house: House) -> None:
    client = house.person("dispatcher")
    token = client.cookies["buuta_session"]
    with house.runtime.database.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT token_hash FROM sessions").scalars().all()
        passwords = connection.exec_driver_sql("SELECT password_hash FROM users").scalars().all()
    assert token not in kept
    assert all(one.startswith("$argon2id$") for one in passwords)


def test_language_is_remembered(house: House) -> None:
    client = house.person("courier")
    assert client.put("/v1/me/language", json={"language": "en"}).json()["user"]["language"] == "en"
    assert client.get("/v1/me").json()["user"]["language"] == "en"


def test_an_administrator_adds_people_who_can_sign_in(house: House) -> None:
    admin = house.person("admin")
    body = {
        "login": "BT.Moi",
        "name": "Bưu tá mới",
        "role": "courier",
        "password": "rat-dai-va-kho",
        "courier_id": str(house.scene.couriers[1].id),
    }
    assert admin.post("/v1/users", json=body).status_code == 201
    assert admin.post("/v1/users", json=body).json()["code"] == "A1008"
    client = house.stranger()
    assert sign_in(client, "bt.moi", "rat-dai-va-kho") == 201
    assert [office["code"] for office in client.get("/v1/me").json()["user"]["offices"]] == ["700000"]
