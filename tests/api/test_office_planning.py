"""The office's rule for its days: who reads and sets it, and what is refused."""

import pytest

from tests.api.house import House

RULE = {"policy": "horizon", "day_value_s": 60, "familiarity_s": 30}


@pytest.mark.parametrize(
    ("login", "reads", "writes"),
    [
        ("admin", 200, 200),
        ("dispatcher", 200, 200),
        ("manager", 200, 403),
        ("courier", 403, 403),
        ("agency", 403, 403),
        ("dispatcher2", 404, 404),
    ],
)
def test_who_may_see_and_set(house: House, login: str, reads: int, writes: int) -> None:
    path = f"/v1/offices/{house.scene.office.id}/planning"
    person = house.person(login)
    assert person.get(path).status_code == reads
    assert person.put(path, json=RULE).status_code == writes


def test_what_is_set_is_read_and_the_first_is_to_deliver_everything(house: House) -> None:
    path = f"/v1/offices/{house.scene.office.id}/planning"
    person = house.person("dispatcher")
    assert person.get(path).json()["policy"] == "all"
    assert person.put(path, json=RULE).json() == RULE
    assert person.get(path).json() == RULE


def test_a_number_out_of_range_is_refused(house: House) -> None:
    path = f"/v1/offices/{house.scene.office.id}/planning"
    answer = house.person("dispatcher").put(path, json=RULE | {"day_value_s": 5_000})
    assert answer.status_code == 422


def test_familiarity_is_told_for_offices_in_reach_alone(house: House) -> None:
    path = f"/v1/offices/{house.scene.office.id}/familiarity?from=2026-11-01&to=2026-11-20"
    told = house.person("manager").get(path).json()
    nothing = {"stops": 0, "familiar_share": 0.0, "stability": None, "home_share": None}
    assert told == {"rows": [{"courier_id": None, "name": ""} | nothing], "days": []}
    assert house.person("dispatcher2").get(path).status_code == 404
    assert house.person("courier").get(path).status_code == 403
