"""Photos and signatures in the office: who may look, that every look is written down, and what a manager can find."""

import hashlib
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.ids import new_id
from tests.api.house import House
from tests.api.test_bad_input import proof

PHOTO = b"\xff\xd8\xff\xe0" + b"0" * 2000 + b"\xff\xd9"
SIGNATURE = b"\x89PNG\r\n\x1a\n" + b"1" * 500


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def delivered(house: House) -> tuple[UUID, str]:
    """An item and its proof: the photo has come, the signature not yet."""
    [item_id] = house.scene.out(1)
    claims = [
        {"sha256": sha(PHOTO), "kind": "photo", "bytes_count": len(PHOTO)},
        {"sha256": sha(SIGNATURE), "kind": "signature", "bytes_count": len(SIGNATURE)},
    ]
    client, proof_id = house.person("courier"), str(new_id())
    assert client.put(f"/v1/proofs/{proof_id}", json=proof(item_id, files=claims)).status_code == 200
    sent = client.put(
        f"/v1/proofs/{proof_id}/files/{sha(PHOTO)}", content=PHOTO, headers={"Content-Type": "image/jpeg"}
    )
    assert sent.status_code == 200
    return item_id, proof_id


def views(house: House, what: str) -> list[tuple[str, list[UUID]]]:
    """Who looked at what, as the audit table has it."""
    with house.runtime.database.reading() as session:
        query = text("SELECT actor, subjects FROM views WHERE what = :what ORDER BY id")
        return [(row.actor, list(row.subjects)) for row in session.execute(query, {"what": what})]


def test_an_items_proofs_stand_in_its_detail(house: House) -> None:
    item_id, proof_id = delivered(house)
    [kept] = house.person("dispatcher").get(f"/v1/items/{item_id}").json()["proofs"]
    assert (kept["id"], kept["outcome"], kept["reason"], kept["relation"]) == (proof_id, "delivered", None, "addressee")
    assert [(file["sha256"], file["kind"], file["state"]) for file in kept["files"]] == [
        (sha(PHOTO), "photo", "stored"),
        (sha(SIGNATURE), "signature", "awaited"),
    ]
    assert {"recipient_name", "identity_last4"}.isdisjoint(kept)


def test_a_photo_is_shown_to_the_office_and_the_look_written_down(house: House) -> None:
    item_id, proof_id = delivered(house)
    answer = house.person("dispatcher").get(f"/v1/proofs/{proof_id}/files/{sha(PHOTO)}")
    assert (answer.status_code, answer.content) == (200, PHOTO)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"] == 'inline; filename="proof.jpg"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert views(house, "proof_file") == [(f"user:{house.users['dispatcher'].id}", [item_id])]


def test_an_agency_sees_the_photos_of_its_own_dossiers(house: House) -> None:
    item_id, proof_id = delivered(house)
    answer = house.person("agency").get(f"/v1/proofs/{proof_id}/files/{sha(PHOTO)}")
    assert (answer.status_code, answer.content) == (200, PHOTO)
    assert views(house, "proof_file") == [(f"user:{house.users['agency'].id}", [item_id])]


@pytest.mark.parametrize(
    ("login", "status", "code"),
    [("dispatcher2", 404, "C1000"), ("courier", 403, "A1004"), ("agency2", 404, "C1000")],
)
def test_nobody_else_sees_a_photo(house: House, login: str, status: int, code: str) -> None:
    _, proof_id = delivered(house)
    answer = house.person(login).get(f"/v1/proofs/{proof_id}/files/{sha(PHOTO)}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert views(house, "proof_file") == []


def test_a_file_that_has_not_come_or_was_never_named_is_not_found(house: House) -> None:
    _, proof_id = delivered(house)
    client = house.person("dispatcher")
    for path in (
        f"{proof_id}/files/{sha(SIGNATURE)}",
        f"{proof_id}/files/{'0' * 64}",
        f"{new_id()}/files/{sha(PHOTO)}",
    ):
        answer = client.get(f"/v1/proofs/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "C1000"), path


def test_a_manager_who_sees_masked_names_cannot_find_them_out_by_searching(house: House) -> None:
    [item_id] = house.scene.ready(1)
    manager, dispatcher = house.person("manager"), house.person("dispatcher")
    item = dispatcher.get(f"/v1/items/{item_id}").json()["item"]
    for words in ("Ngọc", "bich ngoc", "0912345678", "5678"):
        assert found(dispatcher, words) == [str(item_id)], words
        assert found(manager, words) == [], words
    for code in (item["item_code"], item["item_code"].lower(), item["dossier_codes"][0].lower()):
        assert found(manager, code) == found(dispatcher, code) == [str(item_id)]
    assert found(manager, f"{item['item_code']} %") == []


def found(client: Any, words: str) -> list[str]:
    """Items of a search; the total must say the same."""
    page = client.post("/v1/items:search", json={"q": words}).json()
    assert page["total"] == len(page["items"])
    return [one["id"] for one in page["items"]]
