"""Positions at the door: phones with a key, what is refused, what the office sees of a day, and what no log holds."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient

from core.ids import new_id
from tests.api.house import House
from tests.tracking.office_scene import DOOR, NOW

START = NOW - timedelta(hours=2)


def path_of(house: House, courier: int = 0) -> str:
    return f"/v1/couriers/{house.scene.couriers[courier].id}"


def key_of(house: House) -> str:
    made = house.person("dispatcher").post(f"{path_of(house)}/devices", json={"label": "Máy của An"})
    assert made.status_code == 201, made.text
    key: str = made.json()["key"]
    return key


def at(seconds: int, *, east_m: float = 0.0, **more: Any) -> dict[str, str]:
    place = {"lat": str(DOOR.lat), "lon": str(DOOR.lon + east_m / 109_370)}
    return place | {"timestamp": str(int(START.timestamp()) + seconds), "accuracy": "8"} | more


def track_of(house: House, login: str = "dispatcher") -> dict[str, Any]:
    answer = house.person(login).get(f"{path_of(house)}/track")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_traccar_client_works_as_it_is(house: House) -> None:
    key, phone = key_of(house), house.stranger()
    assert phone.get("/osmand", params={"id": key} | at(0)).status_code == 200
    assert phone.post("/osmand", params={"id": key} | at(60, east_m=200)).status_code == 200
    assert phone.post("/osmand", data={"id": key} | at(120, east_m=400)).status_code == 200
    coords = {"latitude": DOOR.lat, "longitude": DOOR.lon, "accuracy": 5, "speed": -1, "heading": -1}
    location = {"timestamp": (START + timedelta(minutes=5)).isoformat(), "coords": coords, "battery": {"level": 0.5}}
    assert phone.post("/osmand", json={"device_id": key, "location": location}).status_code == 200
    found = track_of(house)
    assert (found["accepted"], found["filtered"], len(found["fixes"])) == (4, {}, 4)
    [seen] = house.person("dispatcher").get("/v1/positions").json()["positions"]
    assert seen["point"] == [DOOR.lon, DOOR.lat]
    [device] = house.person("dispatcher").get(f"{path_of(house)}/devices").json()["devices"]
    assert (device["label"], device["revoked_at"]) == ("Máy của An", None)
    assert device["seen_at"] is not None
    assert "key" not in device


def test_what_a_filter_refuses_is_answered_200_and_counted(house: House) -> None:
    key, phone = key_of(house), house.stranger()
    for fix in (
        at(0),
        at(0),
        at(10, east_m=5_000),
        at(20, accuracy="500"),
        at(0) | {"timestamp": "2100000000"},
        at(0) | {"timestamp": "1"},
        at(30) | {"lat": "0", "lon": "0"},
        {"lat": "x"},
    ):
        assert phone.get("/osmand", params={"id": key} | fix).status_code == 200
    found = track_of(house)
    assert found["accepted"] == 1
    assert found["filtered"] == {
        "duplicate": 1,
        "impossible_speed": 1,
        "inaccurate": 1,
        "future": 1,
        "too_old": 1,
        "invalid": 2,
    }


def test_an_unknown_and_a_revoked_key_are_answered_alike(house: House) -> None:
    key, phone, dispatcher = key_of(house), house.stranger(), house.person("dispatcher")
    [device] = dispatcher.get(f"{path_of(house)}/devices").json()["devices"]
    one = f"{path_of(house)}/devices/{device['id']}"
    assert house.person("dispatcher2").delete(one).status_code == 404
    assert house.person("courier").delete(one).status_code == 403
    assert dispatcher.delete(one).status_code == 204
    assert dispatcher.delete(one).status_code == 404
    revoked = phone.get("/osmand", params={"id": key} | at(0))
    unknown = phone.get("/osmand", params={"id": "k" * 24} | at(0))
    nobody = phone.post("/osmand", content=b"{not json")
    assert revoked.status_code == unknown.status_code == nobody.status_code == 403
    assert revoked.json() == unknown.json() == nobody.json()
    assert revoked.json()["code"] == "T3010"
    assert track_of(house)["accepted"] == 0


def test_a_phone_that_sends_without_end_is_held_back_for_a_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracking.devices.CALLS_A_MINUTE", 3)
    key, other, phone = key_of(house), key_of(house), house.stranger()
    answers = [phone.get("/osmand", params={"id": key} | at(n)) for n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].json()["code"] == "T3011"
    assert phone.get("/osmand", params={"id": other} | at(9)).status_code == 200
    house.clock.advance(timedelta(minutes=1))
    assert phone.get("/osmand", params={"id": key} | at(10)).status_code == 200


def test_only_the_offices_own_dispatchers_make_keys_and_see_tracks(house: House) -> None:
    devices, track = f"{path_of(house)}/devices", f"{path_of(house)}/track"
    expected = {"admin": 200, "dispatcher": 200, "dispatcher2": 404, "manager": 403, "courier": 403, "agency": 403}
    for login, status in expected.items():
        assert house.person(login).get(devices).status_code == status, login
        assert house.person(login).get(track).status_code == status, login
        made = house.person(login).post(devices, json={"label": "x"})
        assert made.status_code == (201 if status == 200 else status), login
    assert house.person("admin").post(devices, json={"label": " "}).status_code == 422


def test_no_log_line_holds_the_key_or_the_place(house: House, caplog: pytest.LogCaptureFixture) -> None:
    key = key_of(house)
    with structlog.testing.capture_logs() as lines, caplog.at_level(logging.DEBUG):
        for fix in (at(0), {"lat": "x", "lon": str(DOOR.lon)}):
            TestClient(house.app).get("/osmand", params={"id": key} | fix)
        house.stranger().get("/osmand", params={"id": key[:-1]} | at(0))
    own = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    told = f"{lines}{own}"
    assert "/osmand" in told
    for secret in (key, key[:-1], str(DOOR.lon)[:8], str(DOOR.lat)[:8]):
        assert secret not in told


def test_stays_are_told_with_the_visit_they_were_for(house: House) -> None:
    """Five minutes at the door, a ride of ten kilometres an hour and more, then ten minutes where nobody lives."""
    scene, courier = house.scene, house.person("courier")
    (item,) = scene.out()
    base = NOW - timedelta(hours=1)
    steps = [(s, 0.0) for s in range(0, 301, 10)] + [(300 + s, s * 10.0) for s in range(10, 101, 10)]
    steps += [(400 + s, 1000.0) for s in range(10, 601, 30)]
    fixes = [
        {
            "lon": DOOR.lon + east / 109_370,
            "lat": DOOR.lat,
            "occurred_at": (base + timedelta(seconds=s)).isoformat(),
            "accuracy_m": 5.0,
        }
        for s, east in steps
    ]
    assert courier.post("/v1/positions", json={"fixes": fixes}).json()["accepted"] == len(fixes)
    failed = {
        "item_id": str(item),
        "outcome": "attempt_failed",
        "reason": "absent",
        "action": "hold",
        "occurred_at": (base + timedelta(seconds=250)).isoformat(),
    }
    answer = courier.put(f"/v1/proofs/{new_id()}", json=failed)
    assert answer.status_code == 200, answer.text
    first, second = track_of(house)["stays"]
    assert [one["id"] for one in first["items"]] == [str(item)]
    assert 300 <= first["dwell_s"] <= 310
    assert second["items"] == []
    assert 560 <= second["dwell_s"] <= 600
