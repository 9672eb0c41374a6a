"""Searching for items: words stand in the body, never in an address; the list by filters stays a GET."""

from datetime import timedelta
from typing import Any

import pytest

from api.app import describe
from tests.api.house import House
from tests.tracking.office_scene import TODAY, UNCOVERED
from tracking.model import Person

# Texts that name no person: codes, cursors, choices.
# Those of the order interface are codes and a number by a contract that is not ours, which also asks with them.
_ORDERS = {"CustomerCode", "OrderNumber", "govAgencyCode", "lastId", "pageSize"}
IMPERSONAL = {"cursor", "after", "commune_code", "province_code", "theme", "language", "lang", *_ORDERS}


def search(house: House, login: str = "dispatcher", **wanted: Any) -> list[str]:
    answer = house.person(login).post("/v1/items:search", json=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["items"])
    return [one["id"] for one in answer.json()["items"]]


def test_words_of_a_name_a_phone_or_a_code_find_the_item(house: House) -> None:
    person = Person(name="Lê Hoàng Phương Anh", phone="0987000111")
    [mine] = house.scene.ready(1, addressee=person)
    house.scene.ready(1)
    code = house.scene.item(mine).item_code
    for words in ("phuong anh", "0987000111", code.lower(), f"  {code} "):
        assert search(house, q=words) == [str(mine)], words
    assert search(house, "dispatcher2", q="phuong anh") == []
    assert search(house, q="không có ai") == []


def test_filters_of_the_body_and_of_the_address_keep_the_same(house: House) -> None:
    early, late = house.scene.ready(1, due_on=TODAY)[0], house.scene.ready(1, due_on=TODAY + timedelta(days=2))[0]
    house.scene.out(1)
    for wanted in (
        {"status": ["ready"]},
        {"status": ["ready"], "due": TODAY.isoformat()},
        {"status": ["ready", "out"]},
        {"office_id": str(house.scene.other_office.id)},
        {"commune_code": UNCOVERED},
        {"limit": 1},
    ):
        listed = house.person("dispatcher").get("/v1/items", params=wanted).json()
        found = house.person("dispatcher").post("/v1/items:search", json=wanted).json()
        assert listed == found
    assert search(house, status=["ready"]) == [str(early), str(late)]
    assert search(house, status=["ready"], due=TODAY.isoformat()) == [str(early)]


def test_pages_follow_each_other_by_cursor(house: House) -> None:
    made = {str(one) for one in house.scene.ready(5)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (
            house.person("dispatcher").post("/v1/items:search", json={"q": "RA", "limit": 2, "cursor": cursor}).json()
        )
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 5
    assert set(seen) == made


@pytest.mark.parametrize(
    "wanted", [{"q": "x" * 101}, {"status": ["nowhere"]}, {"commune_code": "26"}, {"limit": 0}, {"words": "a"}]
)
def test_what_cannot_be_searched_for_is_refused(house: House, wanted: dict[str, Any]) -> None:
    assert house.person("dispatcher").post("/v1/items:search", json=wanted).status_code == 422


def test_words_in_an_address_are_refused_rather_than_ignored(house: House) -> None:
    answer = house.person("dispatcher").get("/v1/items", params={"q": "Phương Anh"})
    assert (answer.status_code, answer.json()["code"]) == (422, "A1102")


def test_a_search_needs_the_right_and_the_token_against_forgery(house: House) -> None:
    house.scene.ready(1)
    client = house.stranger()
    assert client.post("/v1/items:search", json={"q": "a"}).status_code == 401
    signed_in = house.person("dispatcher")
    bare = {"X-CSRF-Token": ""}
    assert signed_in.post("/v1/items:search", json={"q": "a"}, headers=bare).status_code == 403
    assert search(house, "courier2", q="RA") == []


def test_no_address_takes_free_text() -> None:
    """A query parameter is an id, a number, a date, a choice, or a code; what a person may have written is none."""
    loose = []
    for path, methods in describe()["paths"].items():
        for operation in methods.values():
            for one in operation.get("parameters", []):
                kinds = one["schema"].get("anyOf", [one["schema"]])
                free = any(
                    kind.get("type") == "string" and not kind.keys() & {"format", "enum", "pattern"} for kind in kinds
                )
                if one["in"] == "query" and free and one["name"] not in IMPERSONAL:
                    loose.append((path, one["name"]))
    assert loose == []
