"""Learned doors over HTTP: who may look, set right, forget; what follows."""

from datetime import timedelta
from uuid import UUID, uuid4

from tests.api.house import House

HOME = "145/17/24 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"
DOOR = [106.7009, 10.7757]
MAY_READ = ("admin", "manager", "dispatcher", "courier")
MAY_CORRECT = ("admin", "dispatcher", "courier")
MAY_FORGET = ("admin", "dispatcher")


def out(house: House) -> UUID:
    return house.scene.out(1, address=HOME)[0]


def test_who_may_look_at_a_door(house: House) -> None:
    path = f"/v1/items/{out(house)}/door"
    for login in ("admin", "manager", "dispatcher", "courier", "agency", "dispatcher2", "courier2"):
        expected = 200 if login in MAY_READ else 403 if login == "agency" else 404
        assert house.person(login).get(path).status_code == expected, login


def test_who_may_set_a_door_right_and_forget_it(house: House) -> None:
    path = f"/v1/items/{out(house)}/door"
    for login in ("admin", "dispatcher", "courier", "manager", "agency", "dispatcher2", "courier2"):
        outside = 404 if login in ("dispatcher2", "courier2") else 403
        put = house.person(login).put(path, json={"point": DOOR})
        assert put.status_code == (200 if login in MAY_CORRECT else outside), (login, put.text)
        gone = house.person(login).delete(path)
        outside = 404 if login == "dispatcher2" else 403
        assert gone.status_code == (200 if login in MAY_FORGET else outside), (login, gone.text)


def test_a_correction_shows_who_made_it_and_moves_the_item(house: House) -> None:
    item_id = out(house)
    before = house.person("dispatcher").get(f"/v1/items/{item_id}/door").json()
    assert (before["household"], before["lessons"], before["point_source"]) == (None, [], "commune")
    answer = house.person("courier").put(f"/v1/items/{item_id}/door", json={"point": DOOR}).json()
    assert answer["point"] == DOOR
    assert answer["point_source"] == "learned_door"
    assert answer["moved_items"] == [str(item_id)]
    [lesson] = answer["lessons"]
    assert (lesson["kind"], lesson["taught_by_name"]) == ("correction", house.users["courier"].name)
    assert answer["household"]["corrected"]
    detail = house.person("dispatcher").get(f"/v1/items/{item_id}").json()
    assert detail["history"][-1]["kind"] == "door_corrected"
    assert detail["item"]["error_m"] == answer["error_m"]


def test_forgetting_and_taking_it_back(house: House) -> None:
    path = f"/v1/items/{out(house)}/door"
    dispatcher = house.person("dispatcher")
    taught = dispatcher.put(path, json={"point": DOOR}).json()
    house.clock.advance(timedelta(minutes=5))
    lesson = taught["lessons"][0]["id"]
    forgotten = dispatcher.request("DELETE", path, json={"lessons": [lesson]}).json()
    assert (forgotten["household"], forgotten["point_source"]) == (None, "commune")
    [kept] = forgotten["lessons"]
    assert kept["forgotten_by"] == f"user:{house.users['dispatcher'].id}"
    back = dispatcher.post(f"{path}:recall", json={"forgotten_at": kept["forgotten_at"]}).json()
    assert back["household"] == taught["household"]
    assert back["point"] == DOOR


def test_a_wrong_point_is_refused_with_its_code(house: House) -> None:
    path = f"/v1/items/{out(house)}/door"
    dispatcher = house.person("dispatcher")
    for point, code in (([2.35, 48.85], "T1012"), ([105.78, 10.03], "T2302")):
        answer = dispatcher.put(path, json={"point": point})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert dispatcher.put(path, json={"point": [200, 95]}).status_code == 422
    assert dispatcher.put(path, json={}).status_code == 422


def test_a_phone_that_stood_at_the_door_sends_later_and_twice(house: House) -> None:
    path = f"/v1/items/{out(house)}/door"
    lesson_id, at = str(uuid4()), (house.clock() - timedelta(hours=2)).isoformat()
    body = {"point": DOOR, "id": lesson_id, "occurred_at": at, "accuracy_m": 28}
    first, again = (house.person("courier").put(path, json=body).json() for _ in range(2))
    [lesson] = again["lessons"]
    assert (lesson["id"], lesson["accuracy_m"]) == (lesson_id, 28)
    assert lesson["observed_at"] == at.replace("+00:00", "Z")
    assert (first["error_m"], len(first["moved_items"]), again["moved_items"]) == (28, 1, [])


def test_what_was_shown_since_wins_over_a_phone_that_sends_late(house: House) -> None:
    path = f"/v1/items/{out(house)}/door"
    house.person("dispatcher").put(path, json={"point": DOOR})
    late = {"point": [106.7050, 10.7790], "occurred_at": (house.clock() - timedelta(hours=1)).isoformat()}
    answer = house.person("courier").put(path, json=late).json()
    assert (answer["point"], len(answer["lessons"])) == (DOOR, 2)


def test_a_phone_that_does_not_know_where_it_is_teaches_nothing(house: House) -> None:
    path = f"/v1/items/{out(house)}/door"
    body = {"point": [105.78, 10.03], "accuracy_m": 31}
    refused = house.person("courier").put(path, json=body)
    assert refused.status_code == 422
    assert [one["code"] for one in refused.json()["errors"]] == ["T2302", "T2303"]
    assert house.person("dispatcher").get(path).json()["lessons"] == []


def test_looking_at_a_door_is_written_down(house: House) -> None:
    item_id = out(house)
    house.person("dispatcher").get(f"/v1/items/{item_id}/door")
    with house.runtime.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT subjects FROM views WHERE what = 'door'").all()
    assert [row.subjects for row in rows] == [[item_id]]
