"""Closures through the door: who may draw, see and remove them, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.house import House
from tests.tracking.office_scene import NOW

RING = [[106.70, 10.77], [106.71, 10.77], [106.71, 10.78], [106.70, 10.78]]


def drawing(**changes: Any) -> dict[str, Any]:
    return {"area": RING, "starts_at": NOW.isoformat(), "kind": "flood", "note": "ngập nửa bánh xe"} | changes


@pytest.mark.parametrize(
    ("login", "reads", "writes"),
    [
        ("admin", 200, 201),
        ("dispatcher", 200, 201),
        ("manager", 200, 403),
        ("courier", 403, 403),
        ("agency", 403, 403),
    ],
)
def test_who_may_see_and_draw(house: House, login: str, reads: int, writes: int) -> None:
    person = house.person(login)
    assert person.get("/v1/closures").status_code == reads
    assert person.post("/v1/closures", json=drawing()).status_code == writes


def test_drawn_seen_by_the_province_and_removed(house: House) -> None:
    drawn = house.person("dispatcher").post("/v1/closures", json=drawing()).json()
    assert (drawn["state"], drawn["note"], drawn["ends_at"]) == ("waiting", "ngập nửa bánh xe", None)
    assert drawn["created_by"] == f"user:{house.users['dispatcher'].id}"
    assert (drawn["created_by_name"], drawn["kind"]) == (house.users["dispatcher"].name, "flood")
    assert drawn["area"] == [*RING, RING[0]]
    assert house.person("dispatcher2").get("/v1/closures").json()["closures"] == [drawn]
    path = f"/v1/closures/{drawn['id']}"
    assert house.person("manager").delete(path).status_code == 403
    assert house.person("dispatcher2").delete(path).status_code == 204
    assert house.person("dispatcher2").delete(path).status_code == 404
    assert house.person("dispatcher").get("/v1/closures").json()["closures"] == []


def test_a_closure_for_later_is_planned_and_is_gone_after_its_end(house: House) -> None:
    later = {"starts_at": (NOW + timedelta(hours=1)).isoformat(), "ends_at": (NOW + timedelta(hours=2)).isoformat()}
    assert house.person("dispatcher").post("/v1/closures", json=drawing(**later)).json()["state"] == "planned"
    house.clock.advance(timedelta(hours=1))
    assert [c["state"] for c in house.person("admin").get("/v1/closures").json()["closures"]] == ["waiting"]
    house.clock.advance(timedelta(hours=1))
    assert house.person("admin").get("/v1/closures").json()["closures"] == []


def test_kind_end_and_note_change_and_who_changed_them_is_known(house: House) -> None:
    drawn = house.person("dispatcher").post("/v1/closures", json=drawing()).json()
    path = f"/v1/closures/{drawn['id']}"
    end = (NOW + timedelta(hours=3)).isoformat()
    change = {"kind": "works", "ends_at": end, "note": "vá đường"}
    house.clock.advance(timedelta(minutes=5))
    changed = house.person("dispatcher2").put(path, json=change).json()
    assert {name: changed[name] for name in drawn if changed[name] != drawn[name]} == {
        "kind": "works",
        "ends_at": end.replace("+00:00", "Z"),
        "note": "vá đường",
        "changed_by_name": house.users["dispatcher2"].name,
        "changed_at": house.clock().isoformat().replace("+00:00", "Z"),
    }
    assert house.person("admin").get("/v1/closures").json()["closures"] == [changed]
    opened = house.person("dispatcher").put(path, json=change | {"ends_at": None}).json()
    assert opened["ends_at"] is None


def test_what_may_not_be_changed(house: House) -> None:
    until = (NOW + timedelta(hours=1)).isoformat()
    drawn = house.person("dispatcher").post("/v1/closures", json=drawing(ends_at=until)).json()
    path, change = f"/v1/closures/{drawn['id']}", {"kind": "works", "ends_at": NOW.isoformat(), "note": ""}
    assert house.person("manager").put(path, json=change).status_code == 403
    refused = house.person("dispatcher").put(path, json=change)
    assert (refused.status_code, refused.json()["code"]) == (422, "G2015")
    assert house.person("dispatcher").put(path, json={"kind": "war", "note": ""}).status_code == 422
    house.clock.advance(timedelta(hours=1))
    # What has ended stays ended: roads closed again are another closure.
    late = change | {"ends_at": (NOW + timedelta(hours=2)).isoformat()}
    assert house.person("dispatcher").put(path, json=late).status_code == 404


def test_a_line_with_a_width_closes_a_strip(house: House) -> None:
    line = [[106.70, 10.77], [106.71, 10.77]]
    drawn = house.person("dispatcher").post("/v1/closures", json=drawing(area=line, width_m=20)).json()
    lats = [lat for _, lat in drawn["area"]]
    assert 18 < (max(lats) - min(lats)) * 111_132 < 22
    assert drawn["holes"] == []
    refused = house.person("dispatcher").post("/v1/closures", json=drawing(area=line[:1], width_m=20))
    assert refused.json()["code"] == "G2017"


def test_a_removal_is_taken_back_as_a_closure_of_its_own(house: House) -> None:
    until = (NOW + timedelta(hours=1)).isoformat()
    first, second = house.person("dispatcher"), house.person("dispatcher2")
    drawn = first.post("/v1/closures", json=drawing(ends_at=until)).json()
    path = f"/v1/closures/{drawn['id']}"
    assert first.post(f"{path}:restore").status_code == 404
    first.delete(path)
    again = second.post(f"{path}:restore").json()
    assert again["id"] != drawn["id"]
    assert again["created_by_name"] == house.users["dispatcher2"].name
    same = ("area", "kind", "note", "starts_at", "ends_at", "state")
    assert [again[name] for name in same] == [drawn[name] for name in same]
    assert first.get("/v1/closures").json()["closures"] == [again]
    second.delete(f"/v1/closures/{again['id']}")
    house.clock.advance(timedelta(hours=1))
    assert first.post(f"{path}:restore").status_code == 404


def test_the_same_key_draws_once(house: House) -> None:
    person, headers = house.person("dispatcher"), {"Idempotency-Key": "flood-1"}
    first, again = (person.post("/v1/closures", json=drawing(), headers=headers).json() for _ in range(2))
    assert first == again
    assert len(person.get("/v1/closures").json()["closures"]) == 1


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"area": RING[:2]}, ["G2013"]),
        ({"area": [RING[0], RING[2], RING[1], RING[3]], "ends_at": NOW.isoformat()}, ["G2013", "G2015"]),
        ({"area": [[106, 10], [108, 10], [108, 12]]}, ["G2014"]),
        ({"starts_at": "2026-11-20T08:00:00"}, ["C1001"]),
    ],
)
def test_a_bad_drawing_is_refused_with_all_that_is_wrong(
    house: House, changes: dict[str, Any], codes: list[str]
) -> None:
    answer = house.person("dispatcher").post("/v1/closures", json=drawing(**changes))
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == codes
