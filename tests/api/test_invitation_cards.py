"""Invitation cards: read back by poppler, as the people see them to whom they are given."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.api.house import House
from tests.api.test_evidence import text_of
from tests.api.test_proof_files import views

PATH = "/v1/invitation-cards"


def invited(house: House, count: int = 1, **changes: object) -> list[UUID]:
    """Held items of the first office whose addressees were invited today."""
    keys = house.scene.ready(count, **changes)
    for key in keys:
        dispatcher = house.person("dispatcher")
        assert dispatcher.post(f"/v1/items/{key}:decide", json={"action": "hold"}).status_code == 200
        assert dispatcher.post(f"/v1/items/{key}:invite").status_code == 200
    return keys


def pages(pdf: bytes, folder: Path) -> int:
    (folder / "cards.pdf").write_bytes(pdf)
    command = ["pdftotext", str(folder / "cards.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return told.count("\f")


def test_a_card_says_where_until_when_and_what_to_bring_and_no_more(house: House) -> None:
    [key] = invited(house, state_fee_vnd=50_000)
    item = house.scene.item(key)
    answer = house.person("dispatcher").get(PATH, params={"item_id": str(key)})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    text = text_of(answer.content)
    for wanted in ("GIẤY MỜI", item.item_code, house.scene.office.name, house.scene.office.phone, "50.000 đồng"):
        assert wanted in text
    assert "Lần thứ 1" in text
    assert "25/11/2026" in text, "two working days after Friday the 20th; Tuesday the 24th is a holiday"
    assert "ủy quyền" in text
    for private in ("Bích Ngọc", item.addressee.phone, item.procedure, item.dossier_codes[0]):
        assert private not in text
    assert len(views(house, "invitation")) == 1


def test_the_second_card_says_that_it_is_the_last_and_in_person_means_nobody_else(house: House) -> None:
    [key] = invited(house, in_person=True, state_fee_vnd=50_000)
    house.clock.advance(timedelta(days=5))
    house.clients.clear()
    assert house.person("dispatcher").post(f"/v1/items/{key}:invite").json()["invitations"] == 2
    text = text_of(house.person("dispatcher").get(PATH, params={"item_id": str(key), "lang": "en"}).content)
    assert "INVITATION" in text
    assert "No. 2" in text
    assert "50,000 VND" in text
    assert "last invitation the law asks for" in " ".join(text.split())
    assert "in person only" in " ".join(text.split())


def test_the_cards_of_a_day_come_four_to_a_sheet(house: House, tmp_path: Path) -> None:
    keys = invited(house, 5)
    pdf = house.person("dispatcher").get(PATH).content
    assert pages(pdf, tmp_path) == 2
    assert all(house.scene.item(key).item_code in text_of(pdf) for key in keys)
    if folder := os.environ.get("BUUTA_PICTURES"):
        (Path(folder) / "invitation-cards.pdf").write_bytes(pdf)
    nothing = house.person("dispatcher").get(PATH, params={"on": "2026-11-19"}).content
    assert "Không có giấy mời nào" in text_of(nothing)


@pytest.mark.parametrize(("login", "status"), [("dispatcher2", 404), ("courier", 403), ("agency", 403), ("admin", 200)])
def test_who_may_print_a_card(house: House, login: str, status: int) -> None:
    [key] = invited(house)
    assert house.person(login).get(PATH, params={"item_id": str(key)}).status_code == status
    assert house.scene.item(key).item_code not in text_of(
        house.person("dispatcher").get(PATH, params={"on": "2020-01-01"}).content
    )


def test_nobody_is_invited_for_what_is_not_held(house: House) -> None:
    [key] = house.scene.ready(1)
    refused = house.person("dispatcher").get(PATH, params={"item_id": str(key)})
    assert (refused.status_code, refused.json()["code"]) == (409, "T2413")
