"""Evidence: papers read back by poppler, the zip by hashes and a chain recomputed here, not by the code under test."""

import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest

from api.demo.pictures import photo, signature
from api.evidence.bundle import About, Bundle
from api.evidence.words import ACTION, FAULT, FLAG
from api.keyring import Keyring
from core.ids import new_id
from tests.api.house import House
from tests.api.test_bad_input import proof
from tests.api.test_proof_files import views
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, TODAY
from tracking import service
from tracking.chain import Fault
from tracking.evidence import EvidenceFile
from tracking.model import NextAction

PHOTO, SIGNATURE = photo(1, "cửa"), signature(1, "ky")


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def delivered(house: House, *pictures: bytes) -> UUID:
    """An item handed over at its door with these pictures, the last one a signature."""
    [item_id] = house.scene.out(1)
    claims = [
        {"sha256": sha(data), "kind": "signature" if data == SIGNATURE else "photo", "bytes_count": len(data)}
        for data in pictures
    ]
    client, proof_id = house.person("courier"), str(new_id())
    assert client.put(f"/v1/proofs/{proof_id}", json=proof(item_id, files=claims)).status_code == 200
    for data in pictures:
        kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        sent = client.put(f"/v1/proofs/{proof_id}/files/{sha(data)}", content=data, headers={"Content-Type": kind})
        assert sent.status_code == 200, sent.text
    return item_id


def rooted(house: House, folder: Path) -> None:
    now = NOW + timedelta(days=1, hours=3)
    with house.scene.database.transaction() as session:
        service.make_roots(session, PROVINCE, signer=Keyring(folder / "custody.keys").signer(now=now), now=now)


def text_of(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def pictures_in(pdf: bytes, folder: Path) -> int:
    path = folder / "pictures.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdfimages", "-list", str(path)], capture_output=True, text=True, check=True).stdout
    return sum(" image " in line for line in told.splitlines())


def test_the_paper_holds_the_chain_the_proof_its_pictures_and_the_root(house: House, tmp_path: Path) -> None:
    item_id = delivered(house, PHOTO, SIGNATURE)
    rooted(house, tmp_path)
    answer = house.person("agency").get(f"/v1/items/{item_id}/evidence")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "private, no-store"
    text = text_of(answer.content)
    told = house.person("dispatcher").get(f"/v1/items/{item_id}").json()
    assert told["item"]["item_code"] in text
    assert told["item"]["dossier_codes"][0] in text
    assert len(told["history"]) >= 5
    for event in told["history"]:
        assert event["hash"] in text
    for data in (PHOTO, SIGNATURE):
        assert sha(data) in text
    [root] = house.stranger().get(f"/custody/{PROVINCE}/roots").json()
    assert root["root"] in text
    assert "Trần Văn An" in text
    assert pictures_in(answer.content, tmp_path) >= 2
    assert views(house, "evidence") == [(f"user:{house.users['agency'].id}", [item_id])]


def test_the_paper_speaks_the_language_that_is_asked_for(house: House) -> None:
    [item_id] = house.scene.ready(1)
    client, path = house.person("dispatcher"), f"/v1/items/{item_id}/evidence"
    english = {"Accept-Language": "en-GB,en"}
    assert "HỒ SƠ CHỨNG CỨ" in text_of(client.get(path).content)
    assert "EVIDENCE OF AN ITEM" in text_of(client.get(path, headers=english).content)
    assert "HỒ SƠ CHỨNG CỨ" in text_of(client.get(path, params={"lang": "vi"}, headers=english).content)
    assert client.get(path, params={"lang": "fr"}).status_code == 422


@pytest.mark.parametrize(
    ("login", "status"), [("agency2", 404), ("dispatcher2", 404), ("courier", 403), ("dispatcher", 200), ("admin", 200)]
)
def test_who_may_have_the_paper(house: House, login: str, status: int) -> None:
    [item_id] = house.scene.out(1)
    assert house.person(login).get(f"/v1/items/{item_id}/evidence").status_code == status
    assert len(views(house, "evidence")) == (status == 200)


def test_a_manager_reads_no_citizens_name(house: House) -> None:
    [item_id] = house.scene.ready(1)
    path = f"/v1/items/{item_id}/evidence"
    assert "Bích Ngọc" in text_of(house.person("dispatcher").get(path).content)
    assert "Bích Ngọc" not in text_of(house.person("manager").get(path).content)


def test_a_picture_that_no_program_can_show_does_not_stop_the_paper(house: House, tmp_path: Path) -> None:
    broken = b"\xff\xd8\xff" + b"no picture" * 50
    item_id = delivered(house, broken, SIGNATURE)
    pdf = house.person("dispatcher").get(f"/v1/items/{item_id}/evidence").content
    assert "không hiển thị được" in text_of(pdf)
    assert sha(broken) in text_of(pdf)
    assert pictures_in(pdf, tmp_path) >= 1


def test_an_attempt_is_told_in_words_and_bound_to_its_event(house: House) -> None:
    [item_id] = house.scene.out(1)
    said = {"outcome": "attempt_failed", "reason": "absent", "action": "hold", "clock_offset_s": 900.0, "point": None}
    nothing = dict.fromkeys(("recipient_name", "relation", "identity_kind", "identity_last4"))
    path = f"/v1/proofs/{new_id()}"
    assert house.person("courier").put(path, json=proof(item_id, **said, **nothing)).status_code == 200
    told = house.person("dispatcher").get(f"/v1/items/{item_id}").json()["history"]
    [attempt] = [event for event in told if event["kind"] == "attempt_failed"]
    client = house.person("dispatcher")
    for language, words in (
        ("vi", ("đồng hồ máy lệch", "người nhận vắng nhà", "lưu giữ, gửi giấy mời")),
        ("en", ("phone clock off", "hold and invite")),
    ):
        text = text_of(client.get(f"/v1/items/{item_id}/evidence", params={"lang": language}).content)
        assert [word for word in words if word not in text] == []
        assert "clock_skewed" not in text
        assert attempt["data"]["proof_record"] in text


@pytest.mark.parametrize(("is_told", "words"), [(True, "checked and right"), (False, "none given")])
def test_the_paper_says_whether_the_citizens_code_was_right_and_never_the_code(
    house: House, is_told: bool, words: str
) -> None:
    [item_id] = house.scene.out(1)
    assert house.runtime.identity_key
    code = service.otp_of(house.runtime.identity_key, item_id)
    said = proof(item_id, otp=code) if is_told else proof(item_id)
    assert house.person("courier").put(f"/v1/proofs/{new_id()}", json=said).status_code == 200
    text = text_of(house.person("agency").get(f"/v1/items/{item_id}/evidence?lang=en").content)
    assert words in text
    assert code not in text


def test_each_flag_and_fault_has_words_on_paper() -> None:
    shared = {language: read_catalogue(language) for language in ("vi", "en")}
    for language in ("vi", "en"):
        assert {f"flag.{name}": words for name, words in FLAG[language].items()} == {
            name: words for name, words in shared[language].items() if name.startswith("flag.")
        }
        assert set(FAULT[language]) == set(get_args(Fault))
        assert set(ACTION[language]) == {action.value for action in NextAction}


def read_catalogue(language: str) -> dict[str, str]:
    """The console's words, which the paper must not contradict."""
    text = Path(f"web/src/lib/strings/{language}/shared.ts").read_text(encoding="utf-8")
    return {name: one or two for name, one, two in re.findall(r"""'([\w.]+)': (?:'([^']*)'|"([^"]*)")""", text)}


def test_changed_bytes_are_told_and_not_shown(house: House, tmp_path: Path) -> None:
    item_id = delivered(house, PHOTO)
    path = next(one for one in (tmp_path / "blobs").rglob("*") if one.is_file())
    path.write_bytes(photo(2, "khác"))
    pdf = house.person("dispatcher").get(f"/v1/items/{item_id}/evidence").content
    assert "ĐÃ BỊ THAY ĐỔI" in text_of(pdf)
    assert pictures_in(pdf, tmp_path) == 0


def bundle_of(house: House, login: str, **query: Any) -> zipfile.ZipFile:
    client = house.person(login)
    answer = client.get(f"/v1/agencies/{house.scene.agency.id}/evidence", params={"day": str(TODAY)} | query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def recomputed(event: dict[str, Any]) -> str:
    """The hash by the words of the docs: keys sorted, no blanks, UTF-8, SHA-256 (whole numbers and texts only)."""
    content = {name: value for name, value in event.items() if name != "hash"}
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha(plain.encode())


def test_a_stranger_checks_the_zip_of_a_day(house: House, tmp_path: Path) -> None:
    item_id = delivered(house, PHOTO, SIGNATURE)
    [waiting] = house.scene.ready(1)
    rooted(house, tmp_path)
    bundle = bundle_of(house, "agency")
    assert bundle.testzip() is None
    manifest = json.loads(bundle.read("manifest.json"))
    listed = {one["name"]: (one["bytes"], one["sha256"]) for one in manifest["files"]}
    assert listed == {
        name: (len(bundle.read(name)), sha(bundle.read(name))) for name in bundle.namelist() if name != "manifest.json"
    }
    codes = {str(key): house.scene.item(key).item_code for key in (item_id, waiting)}
    for key, code in codes.items():
        chain = json.loads(bundle.read(f"{code}/chain.json"))
        assert chain["item"]["id"] == key
        previous = "0" * 64
        for event in chain["events"]:
            assert event["prev_hash"] == previous
            assert recomputed(event) == event["hash"]
            previous = event["hash"]
        assert previous == chain["item"]["last_hash"]
        assert code in text_of(bundle.read(f"{code}/evidence.pdf"))
        assert climbed(chain["inclusion"]) == manifest["root"]
        assert json.loads(chain["inclusion"]["leaf"]["content"])["hash"] == previous
    assert bundle.read(f"{codes[str(item_id)]}/files/{sha(PHOTO)}.jpg") == PHOTO
    assert bundle.read(f"{codes[str(item_id)]}/files/{sha(SIGNATURE)}.png") == SIGNATURE
    root = json.loads(bundle.read("root.json"))
    assert root == house.stranger().get(f"/custody/{PROVINCE}/roots/{TODAY}").json()
    assert views(house, "evidence")[0][0] == f"user:{house.users['agency'].id}"
    assert set(views(house, "evidence")[0][1]) == {item_id, waiting}


def climbed(inclusion: dict[str, Any]) -> str:
    """The root from a leaf and its path (RFC 9162, 2.1.3.2), written out anew."""
    node = hashlib.sha256(b"\x00" + inclusion["leaf"]["content"].encode()).digest()
    place, last = inclusion["index"], inclusion["root"]["count"] - 1
    for sibling in map(bytes.fromhex, inclusion["path"]):
        while place % 2 == 0 and place == last:
            place, last = place // 2, last // 2
        pair = sibling + node if place % 2 else node + sibling
        node, place, last = hashlib.sha256(b"\x01" + pair).digest(), place // 2, last // 2
    return node.hex()


def test_a_stranger_asks_for_the_way_to_the_root(house: House, tmp_path: Path) -> None:
    ids = house.scene.ready(5)
    rooted(house, tmp_path)
    stranger = house.stranger()
    root = stranger.get(f"/custody/{PROVINCE}/roots/{TODAY}").json()
    for key in ids:
        answer = stranger.get(f"/custody/{PROVINCE}/roots/{TODAY}/proof/{key}")
        assert climbed(answer.json()) == root["root"]
        assert answer.json()["root"] == root
        assert set(answer.json()["leaf"]) == {"kind", "subject", "seq", "hash", "content"}
    for path in (f"{TODAY}/proof/{new_id()}", f"{TODAY + timedelta(days=1)}/proof/{ids[0]}"):
        assert stranger.get(f"/custody/{PROVINCE}/roots/{path}").json()["code"] == "C1000"


def test_the_zip_holds_what_is_the_callers_and_of_the_day(house: House) -> None:
    house.scene.ready(2)
    other = house.other_agency.id
    assert [len(bundle_of(house, login).namelist()) for login in ("agency", "dispatcher")] == [5, 5]
    assert bundle_of(house, "dispatcher2").namelist() == ["manifest.json"]
    assert bundle_of(house, "agency", day="2026-11-19").namelist() == ["manifest.json"]
    path = f"/v1/agencies/{house.scene.agency.id}/evidence?day={TODAY}"
    assert house.person("agency2").get(path).json()["code"] == "C1000"
    assert house.person("agency").get(f"/v1/agencies/{other}/evidence?day={TODAY}").json()["code"] == "C1000"
    assert house.person("courier").get(path).status_code == 403


def test_days_are_vietnams(house: House) -> None:
    """An event at 23:59 of the 19th in Vietnam is one of the 19th, a minute later of the 20th."""
    midnight = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    late = house.scene.accept(house.scene.row(), now=midnight - timedelta(minutes=1))[0].item_id
    early = house.scene.accept(house.scene.row(), now=midnight)[0].item_id
    with house.scene.database.reading() as session:
        found = [
            service.items_of_day(session, scope=SYSTEM, agency_id=house.scene.agency.id, day=day)
            for day in (TODAY - timedelta(days=1), TODAY)
        ]
    assert found == [[late], [early]]


def test_the_zip_holds_a_picture_of_two_proofs_once_and_names_what_is_absent(house: House) -> None:
    item_id = delivered(house, PHOTO, SIGNATURE)
    with house.scene.database.reading() as session:
        evidence = service.gather_evidence(session, scope=SYSTEM, item_id=item_id)
    [shown] = evidence.proofs
    gone = EvidenceFile(sha256="0" * 64, kind="photo", bytes_count=1, stored=None)
    twice = replace(evidence, proofs=(shown, replace(shown, files=(*shown.files, gone))))
    about = About(province_code=PROVINCE, agency_code="X", agency="Y", day=TODAY, made_at=NOW)
    bundle = Bundle(about, blobs=house.runtime.blobs, language="vi", masked=False)
    told = zipfile.ZipFile(io.BytesIO(b"".join([*bundle.item(twice), bundle.end(None)])))
    assert len(told.namelist()) == len(set(told.namelist())) == 5
    code = evidence.item.item_code
    absent = json.loads(told.read("manifest.json"))["absent"]
    assert absent == [{"item_code": code, "sha256": "0" * 64, "state": "awaited"}]


def test_the_zip_is_handed_on_in_pieces_and_nothing_is_kept(house: House) -> None:
    """Each file leaves before the next is read: no piece holds two of them."""
    big = [photo(n, "x") + bytes([n]) * 400_000 for n in range(3)]
    item_id = delivered(house, *big)
    with house.scene.database.reading() as session:
        evidence = service.gather_evidence(session, scope=SYSTEM, item_id=item_id)
    about = About(province_code=PROVINCE, agency_code="X", agency="Y", day=TODAY, made_at=NOW)
    bundle = Bundle(about, blobs=house.runtime.blobs, language="vi", masked=False)
    pieces: Iterator[bytes] = bundle.item(evidence)
    paper, _chain, *files = [len(piece) for piece in pieces]
    assert paper > sum(map(len, big))
    assert [abs(size - len(data)) < 1000 for size, data in zip(files, big, strict=True)] == [True] * 3
    assert len(bundle.end(None)) < 10_000


def test_holders_follow_the_paper(house: House) -> None:
    item_id = delivered(house, PHOTO)
    with house.scene.database.reading() as session:
        moments = service.gather_evidence(session, scope=SYSTEM, item_id=item_id).moments
    held = {moment.event.kind.value: moment.holder for moment in moments}
    assert held["result_accepted"] == f"agency:{house.scene.agency.id}"
    assert held["item_out"] == f"courier:{house.scene.couriers[0].id}"
    assert held["item_delivered"] == "citizen"
