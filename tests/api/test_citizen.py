"""The citizen's page: no script, masked, wrong code and wrong digits alike."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

import pytest

from api.pages.texts import ACTION, EVENT, PAGE, REASON, SHAPE, STATUS
from core.ids import new_tracking_code
from tests.api.house import House
from tests.tracking.office_scene import delivery, failure
from tracking import service
from tracking.model import EventKind, FailureReason, NextAction, Status


def code_of(house: House, number: int = 0) -> str:
    items = house.person("dispatcher").get("/v1/items").json()["items"]
    return str(items[number]["tracking_code"])


def test_the_form_works_without_script(house: House) -> None:
    page = house.stranger().get("/t").text
    assert "<script" not in page
    assert " style=" not in page
    assert 'method="post"' in page
    assert house.stranger().get("/t/page.css").headers["content-type"].startswith("text/css")


def test_code_and_digits_show_the_masked_journey(house: House) -> None:
    house.scene.out(1)
    code = code_of(house)
    answer = house.stranger().post("/t", data={"code": code.lower().replace("-", " "), "digits": "5678"})
    assert answer.status_code == 200
    page = answer.text
    assert "Bưu tá đang đi phát" in page
    assert "Nguyễn" in page
    for secret in ("Bích Ngọc", "0912345678", "5678", "Lê Lợi"):
        assert secret not in page
    assert len(re.findall(r"<li[ >]", page)) == 4
    assert "nguyên vẹn: 4" in page
    assert code not in str(answer.url)


def test_english_by_choice(house: House) -> None:
    house.scene.out(1)
    page = house.stranger().post("/t?lang=en", data={"code": code_of(house), "digits": "5678"}).text
    assert '<html lang="en">' in page
    assert "The courier is on the way" in page


def test_a_delivered_paper_is_said_to_be_so(house: House) -> None:
    [item_id] = house.scene.out(1)
    with house.runtime.database.transaction() as session:
        proof = delivery(item_id)
        service.record_proof(session, scope=house.scene.courier_scope(), proof=proof, now=proof.occurred_at)
    page = house.stranger().post("/t", data={"code": code_of(house), "digits": "5678"}).text
    assert "Đã phát thành công" in page
    assert PAGE["vi"]["next_step"] not in page


def test_a_failed_attempt_names_reason_and_next_step(house: House) -> None:
    [item_id] = house.scene.out(1)
    with house.runtime.database.transaction() as session:
        proof = failure(item_id)
        service.record_proof(session, scope=house.scene.courier_scope(), proof=proof, now=proof.occurred_at)
    page = house.stranger().post("/t", data={"code": code_of(house), "digits": "5678"}).text
    assert "người nhận vắng nhà" in page
    assert "21/11/2026" in page


def test_a_paper_lost_at_the_door_is_not_said_to_lie_at_the_counter(house: House) -> None:
    [item_id] = house.scene.out(1)
    with house.runtime.database.transaction() as session:
        lost = {"reason": FailureReason.ITEM_LOST, "action": NextAction.SEARCH, "redelivery_on": None}
        proof = failure(item_id, **lost)
        service.record_proof(session, scope=house.scene.courier_scope(), proof=proof, now=proof.occurred_at)
    page = house.stranger().post("/t", data={"code": code_of(house), "digits": "5678"}).text
    assert STATUS["vi"][Status.LOST] in page
    assert ACTION["vi"][NextAction.SEARCH] in page
    assert EVENT["vi"][EventKind.ITEM_HELD] not in page
    assert ACTION["vi"][NextAction.HOLD] not in page


def test_wrong_code_and_wrong_digits_are_answered_the_same(house: House) -> None:
    house.scene.out(1)
    code, unknown, client = code_of(house), new_tracking_code(), house.stranger()
    wrong_digits = client.post("/t", data={"code": code, "digits": "0000"})
    wrong_code = client.post("/t", data={"code": unknown, "digits": "5678"})
    assert wrong_digits.status_code == wrong_code.status_code == 404
    assert wrong_digits.text.replace(code, "") == wrong_code.text.replace(unknown, "")


def test_a_code_in_the_address_says_nothing_about_it(house: House) -> None:
    house.scene.out(1)
    code, unknown = code_of(house), new_tracking_code()
    one, other = (house.stranger().get(f"/t/{asked}") for asked in (code, unknown))
    assert one.text.replace(code, "") == other.text.replace(unknown, "")


def test_digits_cannot_be_tried_out(house: House) -> None:
    house.scene.out(1)
    code, client = code_of(house), house.stranger()
    tried = [client.post("/t", data={"code": code, "digits": f"{n:04d}"}).status_code for n in range(10)]
    assert tried == [404] * 10
    right = {"code": code, "digits": "5678"}
    refused = client.post("/t", data=right)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    house.clock.advance(timedelta(minutes=16))
    assert client.post("/t", data=right).status_code == 200


def test_mistyped_codes_of_one_lock_nobody_else(house: House) -> None:
    house.scene.out(1)
    client = house.stranger()
    tried = [client.post("/t", data={"code": f"sai {n}", "digits": "0000"}).status_code for n in range(12)]
    assert tried == [404] * 12
    assert client.post("/t", data={"code": code_of(house), "digits": "5678"}).status_code == 200


def test_text_that_came_in_is_never_markup(house: House) -> None:
    answer = house.stranger().post("/t", data={"code": "<script>alert(1)</script>", "digits": "1"})
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("table", "keys"),
    [(STATUS, Status), (EVENT, EventKind), (REASON, FailureReason), (ACTION, NextAction)],
)
def test_every_word_stands_in_both_languages(table: Mapping[str, Mapping[StrEnum, str]], keys: type[StrEnum]) -> None:
    for language in ("vi", "en"):
        assert set(table[language]) == set(keys)
        assert all(table[language].values())
    assert set(PAGE["vi"]) == set(PAGE["en"])
    assert set(SHAPE) == set(Status)
