"""The citizen says where the door is: after the digits, without script, of little trust, decided by the office."""

import html
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.pages.texts_door import DOOR as WORDS
from geodata.communes import metres_between
from geodata.model import LonLat, PointSource
from tests.api.house import House
from tests.tracking.office_scene import delivery
from tracking import service
from tracking.model import Item

HOME = "Hẻm 12 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"
# Some 300 m from the commune's point, which is off by kilometres.
TOLD = {"lon": "106.7040", "lat": "10.7820", "accuracy": "12"}


def vague(house: House) -> Item:
    """A paper on the road whose pin is the middle of its commune."""
    [item_id] = house.scene.out(1, address=HOME)
    return house.scene.item(item_id)


def opened(house: House, item: Item, lang: str = "vi") -> tuple[TestClient, dict[str, str]]:
    """A phone with the journey before it, and the hidden fields of its form."""
    client = house.stranger()
    answer = client.post(f"/t?lang={lang}", data={"code": item.tracking_code, "digits": "5678"})
    assert answer.status_code == 200
    return client, hidden(answer.text)


def hidden(page: str) -> dict[str, str]:
    return {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    }


def say(house: House, item: Item, **told: str) -> Any:
    client, fields = opened(house, item)
    return client.post("/t/door", data=fields | told)


def waiting(house: House, login: str = "dispatcher") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.person(login).get("/v1/door-proposals").json()["proposals"]
    return found


def decide(house: House, proposal: Mapping[str, Any], login: str = "dispatcher", **decision: Any) -> int:
    path = f"/v1/door-proposals/{proposal['id']}:decide"
    return int(house.person(login).post(path, json=decision).status_code)


def test_words_reach_the_office_and_nothing_moves(house: House) -> None:
    item = vague(house)
    answer = say(house, item, words="qua cầu, cổng xanh")
    assert answer.status_code == 200
    assert WORDS["vi"]["thanks"] in answer.text
    assert "5678" not in answer.text
    [proposal] = waiting(house)
    assert (proposal["words"], proposal["point"], proposal["in_use"]) == ("qua cầu, cổng xanh", None, False)
    assert proposal["item_code"] == item.item_code
    assert house.scene.item(item.id).point == item.point


def test_a_shared_place_narrows_a_vague_pin_at_once_and_says_whose_word_it_was(house: House) -> None:
    item = vague(house)
    assert item.error_m is not None
    assert say(house, item, **TOLD).status_code == 200
    moved = house.scene.item(item.id)
    assert moved.point == LonLat(lon=106.7040, lat=10.7820)
    assert (moved.error_m, moved.point_source) == (60, PointSource.LEARNED_DOOR)
    [lesson] = house.person("dispatcher").get(f"/v1/items/{item.id}/door").json()["lessons"]
    assert (lesson["kind"], lesson["taught_by"]) == ("proposal", "citizen")
    event = house.person("dispatcher").get(f"/v1/items/{item.id}").json()["history"][-1]
    assert (event["kind"], event["data"]["by"]) == ("door_corrected", "citizen")
    assert waiting(house)[0]["in_use"]


def test_a_hamlet_from_the_list_narrows_a_pin_that_is_vaguer_by_far(house: House) -> None:
    item = vague(house)
    client, fields = opened(house, item)
    page = client.post("/t", data={"code": item.tracking_code, "digits": "5678"}).text
    names = [html.unescape(name) for name in re.findall(r"<option>([^<]+)</option>", page)]
    by_key = house.runtime.units.gazetteer.places[item.commune_code or ""]
    [place] = [one for same in by_key.values() for one in same if one.name in names]
    say(house, item, place=place.name, words="gần chợ")
    # 700 m of 900 m are not worth moving a pin.
    assert house.scene.item(item.id).point == item.point
    with house.runtime.database.transaction() as session:
        session.execute(text("UPDATE items SET error_m = 4000"))
    assert client.post("/t/door", data=fields | {"place": place.name}).status_code == 200
    moved = house.scene.item(item.id)
    assert moved.point == place.point
    assert moved.error_m is not None
    assert place.error_m <= moved.error_m <= place.error_m + 1
    assert [one["place"] for one in waiting(house)] == [place.name] * 2
    assert say(house, item, place="Không có trong danh sách").status_code == 422


def test_a_sure_pin_is_never_moved_by_a_citizen(house: House) -> None:
    item = vague(house)
    there = [106.7009, 10.7757]
    house.person("courier").put(f"/v1/items/{item.id}/door", json={"point": there})
    assert say(house, item, **TOLD).status_code == 200
    assert house.scene.item(item.id).point == LonLat(lon=there[0], lat=there[1])
    [proposal] = waiting(house)
    assert not proposal["in_use"]
    assert proposal["away_m"] > 500


def test_a_delivery_later_goes_before_what_the_citizen_said(house: House) -> None:
    item = vague(house)
    say(house, item, **TOLD)
    door = LonLat(lon=106.7031, lat=10.7811)
    with house.runtime.database.transaction() as session:
        proof = delivery(item.id, point=door, accuracy_m=8.0, position_age_s=3.0)
        service.record_proof(session, scope=house.scene.courier_scope(), proof=proof, now=proof.occurred_at)
    found = house.person("dispatcher").get(f"/v1/items/{item.id}/door").json()["household"]
    assert metres_between(LonLat(lon=found["point"][0], lat=found["point"][1]), door) < 1


def test_the_office_accepts_and_it_becomes_its_own_correction(house: House) -> None:
    item = vague(house)
    say(house, item, **TOLD, words="cổng xanh")
    [proposal] = waiting(house)
    assert waiting(house, "dispatcher2") == []
    assert decide(house, proposal, "manager", accepted=True) == 403
    assert decide(house, proposal, "dispatcher2", accepted=True) == 404
    assert decide(house, proposal, accepted=True) == 204
    assert decide(house, proposal, accepted=True) == 404
    assert waiting(house) == []
    door = house.person("dispatcher").get(f"/v1/items/{item.id}/door").json()
    assert door["household"]["corrected"]
    office = house.users["dispatcher"].name
    assert [(one["kind"], one["by_citizen"], one["approved_by_name"]) for one in door["lessons"]] == [
        ("correction", True, office),
        ("proposal", True, office),
    ]
    assert door["household"]["taught_by_name"] == house.users["dispatcher"].name
    assert rows(house) == [("", True, f"user:{house.users['dispatcher'].id}")]


def test_what_the_office_took_over_is_taken_back_under_the_proposals_own_id(house: House) -> None:
    item = vague(house)
    say(house, item, words="cổng xanh")
    [proposal] = waiting(house)
    assert (proposal["pin"], proposal["pin_error_m"]) == ([item.point.lon, item.point.lat], item.error_m)  # type: ignore[union-attr]
    there = [106.7031, 10.7811]
    assert decide(house, proposal, accepted=True, point=there) == 204
    assert house.scene.item(item.id).point == LonLat(lon=there[0], lat=there[1])
    lessons = {"lessons": [proposal["id"]]}
    back = house.person("dispatcher").request("DELETE", f"/v1/items/{item.id}/door", json=lessons).json()
    assert [one["forgotten_by"] for one in back["lessons"]] == [f"user:{house.users['dispatcher'].id}"]
    assert house.scene.item(item.id).point == item.point


def test_a_courier_who_teaches_is_no_citizen(house: House) -> None:
    item = vague(house)
    house.person("courier").put(f"/v1/items/{item.id}/door", json={"point": [106.7009, 10.7757]})
    [lesson] = house.person("dispatcher").get(f"/v1/items/{item.id}/door").json()["lessons"]
    assert (lesson["by_citizen"], lesson["approved_by_name"]) == (False, None)


def rows(house: House) -> list[tuple[str, bool | None, str | None]]:
    """Words, decision and decider as stored: the words go with the decision."""
    with house.runtime.database.reading() as session:
        query = text("SELECT words, accepted, decided_by FROM door_proposals ORDER BY id")
        return [(row.words, row.accepted, row.decided_by) for row in session.execute(query)]


def test_the_office_refuses_and_the_pin_goes_back(house: House) -> None:
    item = vague(house)
    say(house, item, **TOLD)
    [proposal] = waiting(house)
    assert decide(house, proposal, accepted=False) == 204
    back = house.scene.item(item.id)
    assert (back.point, back.error_m) == (item.point, item.error_m)
    assert waiting(house) == []


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ({}, ["T2304"]),
        ({"lon": "abc", "lat": "10.7", "accuracy": "5"}, ["T2304"]),
        ({"words": "x" * 301}, ["T2305"]),
        ({"words": "cổng\x00xanh"}, ["T1022"]),
        ({"words": "y" * 301, "lon": "105.78", "lat": "10.03", "accuracy": "5"}, ["T2305", "T2302"]),
        ({"lon": "2.35", "lat": "48.85", "accuracy": "5"}, ["T1012"]),
    ],
)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_cannot_be_is_told_with_codes_and_what_was_typed_stays(
    house: House, told: dict[str, str], codes: list[str], lang: str
) -> None:
    item = vague(house)
    client, fields = opened(house, item, lang)
    answer = client.post(f"/t/door?lang={lang}", data=fields | told)
    assert answer.status_code == 422
    assert re.findall(r"<strong>([A-Z]\d{4})</strong>", answer.text) == codes
    assert told.get("words", "") in answer.text
    assert hidden(answer.text)["token"]
    assert waiting(house) == []


def test_the_same_again_is_one_and_too_many_are_refused(house: House) -> None:
    item = vague(house)
    for _ in range(2):
        assert say(house, item, words="cổng xanh").status_code == 200
    assert len(waiting(house)) == 1
    for number in range(3):
        assert say(house, item, words=f"cổng số {number}").status_code == 200
    refused = say(house, item, words="lại nữa")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    assert "A1003" in refused.text
    house.clock.advance(timedelta(minutes=16))
    assert say(house, item, words="cổng số 9").status_code == 200
    full = say(house, item, words="cổng số 10")
    assert full.status_code == 429
    assert "T2306" in full.text


def test_without_the_digits_nothing_is_kept(house: House) -> None:
    item, other = vague(house), vague(house)
    client, fields = opened(house, item)
    stolen = client.post("/t/door", data=fields | {"code": other.tracking_code, "words": "ở đây"})
    made_up = client.post("/t/door", data=fields | {"token": "9999999999." + "0" * 64, "words": "ở đây"})
    house.clock.advance(timedelta(minutes=31))
    late = client.post("/t/door", data=fields | {"words": "ở đây"})
    for refused in (stolen, made_up, late):
        assert refused.status_code == 403
        assert "A1009" in refused.text
        assert "journey" not in hidden(refused.text)
    assert waiting(house) == []


def test_after_the_paper_has_arrived_nobody_asks_for_the_door(house: House) -> None:
    item = vague(house)
    client, fields = opened(house, item)
    with house.runtime.database.transaction() as session:
        proof = delivery(item.id)
        service.record_proof(session, scope=house.scene.courier_scope(), proof=proof, now=proof.occurred_at)
    late = client.post("/t/door", data=fields | {"words": "cổng xanh"})
    assert late.status_code == 409
    assert "T2307" in late.text
    page = client.post("/t", data={"code": item.tracking_code, "digits": "5678"}).text
    assert "/t/door?" not in page


def test_words_that_nobody_looked_at_go_after_ninety_days(house: House) -> None:
    item = vague(house)
    say(house, item, words="cổng xanh")
    with house.runtime.database.transaction() as session:
        assert service.erase_old_words(session, now=house.clock() + timedelta(days=89)) == 0
        assert service.erase_old_words(session, now=house.clock() + timedelta(days=91)) == 1
    assert rows(house) == [("", None, None)]


def test_what_was_written_is_never_markup(house: House) -> None:
    item = vague(house)
    answer = say(house, item, words="<script>alert(1)</script>" + "x" * 300)
    assert "<script>alert" not in answer.text


def test_every_word_stands_in_both_languages() -> None:
    assert set(WORDS["vi"]) == set(WORDS["en"])
    assert all(WORDS[language].values() for language in WORDS)


def test_proposals_are_for_the_office(house: House) -> None:
    for login, status in (("admin", 200), ("manager", 200), ("dispatcher", 200), ("courier", 403), ("agency", 403)):
        assert house.person(login).get("/v1/door-proposals").status_code == status
    unknown = {"id": UUID(int=7)}
    assert decide(house, unknown, accepted=False) == 404
