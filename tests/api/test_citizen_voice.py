"""The citizen rates and complains under the journey; the office answers; the answer stands on the page."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from api.pages.texts_tariff import TARIFF, ZONE
from api.pages.texts_voice import KIND, STATE, VOICE
from tests.api.house import House
from tests.tracking.office_scene import delivery
from tracking import service
from tracking.model import Item


def arrived(house: House) -> Item:
    [item_id] = house.scene.out()
    with house.runtime.database.transaction() as session:
        proof = delivery(item_id)
        service.record_proof(session, scope=house.scene.courier_scope(), proof=proof, now=proof.occurred_at)
    house.clock.advance(timedelta(days=1))
    return house.scene.item(item_id)


def opened(house: House, item: Item, lang: str = "vi") -> str:
    found: str = house.stranger().post(f"/t?lang={lang}", data={"code": item.tracking_code, "digits": "5678"}).text
    return found


def say(house: House, item: Item, form: str, **said: str) -> Any:
    fields = dict(re.findall(r'type="hidden" name="(code|token)" value="([^"]*)"', opened(house, item)))
    return house.stranger().post(f"/t/{form}", data={k: html.unescape(v) for k, v in fields.items()} | said)


@pytest.mark.parametrize("words", [VOICE, KIND, STATE, TARIFF, ZONE])
def test_both_languages_are_complete(words: Any) -> None:
    assert set(words["vi"]) == set(words["en"])


def test_a_rating_is_given_changed_and_counted(house: House) -> None:
    item = arrived(house)
    assert VOICE["vi"]["rate"] in opened(house, item)
    answer = say(house, item, "rating", stars="2", rating="đến muộn")
    assert answer.status_code == 200
    assert VOICE["vi"]["rated"] in answer.text
    assert re.search(r'value="2" checked', answer.text)
    assert say(house, item, "rating", stars="4").status_code == 200
    period = {"from": "2026-11-20", "to": "2026-11-22", "group": "office"}
    total = house.person("manager").get("/v1/reports/on-time", params=period).json()["total"]
    assert (total["stars"], total["mean_stars"], total["satisfied_share"]) == ({"4": 1}, 4.0, 1.0)


def test_a_refused_form_keeps_what_was_typed_and_says_all_that_is_wrong(house: House) -> None:
    item = arrived(house)
    answer = say(house, item, "rating", stars="", rating="gọi 0912 345 678 <b>")
    assert answer.status_code == 422
    assert "gọi 0912 345 678 &lt;b&gt;" in answer.text
    assert {"T8001", "T8003"} <= set(re.findall(r"T\d{4}", answer.text))
    answer = say(house, item, "complaint", kind="conduct", complaint=" ")
    assert (answer.status_code, "T8101" in answer.text) == (422, True)
    assert say(house, item, "complaint", kind="king", complaint="x").status_code == 422


def test_nobody_says_anything_without_the_digits(house: House) -> None:
    item = arrived(house)
    for form in ("rating", "complaint"):
        answer = house.stranger().post(f"/t/{form}", data={"code": item.tracking_code, "token": "1.abc", "stars": "5"})
        assert answer.status_code in (403, 409, 410, 422)
        assert item.item_code not in answer.text


def test_a_complaint_reaches_the_office_and_its_answer_the_citizen(house: House) -> None:
    item = arrived(house)
    answer = say(house, item, "complaint", kind="damage", complaint="bìa bị ướt")
    assert VOICE["vi"]["filed"] in answer.text
    assert "21/01/2027" in answer.text
    again = say(house, item, "complaint", kind="damage", complaint="bìa bị ướt")
    assert (again.status_code, "T8103" in again.text) == (409, True)
    clerk = house.person("dispatcher")
    [waiting] = clerk.get("/v1/complaints").json()["complaints"]
    assert (waiting["words"], waiting["state"], waiting["days_left"]) == ("bìa bị ướt", "open", 61)
    assert house.person("dispatcher2").get("/v1/complaints").json()["complaints"] == []
    path = f"/v1/complaints/{waiting['id']}"
    assert house.person("manager").post(f"{path}:take").status_code == 403
    assert house.person("dispatcher2").post(f"{path}:take").status_code == 404
    assert clerk.post(f"{path}:take").json()["taken_by_name"] == "Người dispatcher"
    assert clerk.post(f"{path}:decide", json={"to": "rejected", "answer": ""}).json()["code"] == "T8105"
    done = clerk.post(f"{path}:decide", json={"to": "settled", "answer": "Đã cấp lại bìa <i>."})
    assert done.json()["state"] == "settled"
    page = opened(house, item, "en")
    assert "Đã cấp lại bìa &lt;i&gt;." in page
    assert STATE["en"]["settled"] in page  # type: ignore[index]
    assert clerk.get("/v1/complaints").json()["complaints"] == []
    assert len(clerk.get("/v1/complaints", params={"running": "false"}).json()["complaints"]) == 1


def test_the_office_takes_a_complaint_by_telephone(house: House) -> None:
    item = arrived(house)
    clerk = house.person("dispatcher")
    filed = clerk.post("/v1/complaints", json={"item_id": str(item.id), "kind": "charge", "words": "thu quá"})
    assert (filed.status_code, filed.json()["by_citizen"], filed.json()["item_code"]) == (201, False, item.item_code)
    missing = house.person("dispatcher2").post(
        "/v1/complaints", json={"item_id": str(item.id), "kind": "charge", "words": "x"}
    )
    assert missing.status_code == 404
