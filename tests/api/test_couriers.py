"""What a courier may and must do, over HTTP: every mistake at once, in both languages, and read back as it was kept."""

from typing import Any

from tests.api.house import House

SHIFTS = [{"start": "07:20", "end": "11:30"}, {"start": "13:30", "end": "18:00"}]


def body(house: House, **changes: Any) -> dict[str, Any]:
    courier = house.scene.couriers[0]
    return {
        "id": str(courier.id),
        "office_id": str(courier.office_id),
        "name": courier.name,
        "shifts": SHIFTS,
    } | changes


def test_every_mistake_is_told_at_once_with_its_field_in_both_languages(house: House) -> None:
    rests = [{"earliest": "11:20", "latest": "11:30", "minutes": 15}]
    wrong = body(house, phone="1", overtime_until="17:00", breaks=rests, skills=["x" * 61])
    answer = house.person("admin").post("/v1/couriers", json=wrong)
    assert answer.status_code == 422
    told = {(one["code"], one["pointer"]) for one in answer.json()["errors"]}
    assert told == {
        ("T1004", "phone"),
        ("T3022", "overtime_until"),
        ("T3021", "breaks/0"),
        ("T1008", "skills/0"),
    }
    assert all(one["detail"] != one["detail_en"] for one in answer.json()["errors"])


def test_what_is_kept_is_answered_and_who_says_nothing_may_identify_addressees(house: House) -> None:
    admin = house.person("admin")
    plain = admin.post("/v1/couriers", json=body(house)).json()
    assert (plain["in_person"], plain["skills"], plain["breaks"]) == (True, [], [])
    duty = {
        "skills": ["Đất  đai"],
        "in_person": False,
        "breaks": [{"earliest": "09:00", "latest": "09:20", "minutes": 15}],
        "overtime_until": "19:00",
        "reload_minutes": 20,
    }
    kept = admin.post("/v1/couriers", json=body(house, **duty)).json()
    assert (kept["skills"], kept["in_person"], kept["reload_minutes"]) == (["đất đai"], False, 20)
    office = {"office_id": str(house.scene.office.id)}
    listed = house.person("dispatcher").get("/v1/couriers", params=office).json()["couriers"]
    assert kept in listed


def test_a_rules_skill_is_kept_in_the_form_in_which_it_is_compared(house: House) -> None:
    rule = {"procedure": "Cấp giấy chứng nhận", "skill": "  ĐẤT đai "}
    assert house.person("admin").put("/v1/procedure-rules", json=rule).json()["skill"] == "đất đai"
