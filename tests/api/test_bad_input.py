"""Bad input: each a coded problem in both languages, all at once, nothing lost."""

import hashlib
import re
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from core.ids import new_id
from tests.api.house import House
from tests.tracking.office_scene import NOW


def row(**changes: Any) -> dict[str, Any]:
    good = {
        "dossier_code": "H29.16-261101-0001",
        "procedure": "Cấp giấy chứng nhận quyền sử dụng đất",
        "addressee": {"name": "Nguyễn Thị Bích Ngọc", "phone": "0912345678"},
        "address": "Số 1 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh",
        "due_on": "2026-11-25",
        "ready_at": "2026-11-19T08:30:00+07:00",
    }
    return {**good, **changes}


def codes(answer: Response) -> list[str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    for one in body["errors"]:
        assert one["detail"]
        assert one["detail_en"]
        assert one["detail"] != one["detail_en"]
    return [one["code"] for one in body["errors"]]


def test_one_bad_row_stops_no_other(house: House) -> None:
    rows = [
        row(),
        row(dossier_code="H29.16-261101-0002", ready_at="2026-11-19T08:30:00"),
        {"dossier_code": "H29.16-261101-0003", "procedure": False},
        row(dossier_code="H29.16-261101-0004"),
    ]
    answer = house.system().post("/v1/results:batch", json={"rows": rows})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [one["outcome"] for one in body["rows"]] == ["created", "rejected", "rejected", "created"]
    assert [one["index"] for one in body["rows"]] == [0, 1, 2, 3]
    assert body["rows"][1]["problems"][0]["code"] == "C1001"
    assert body["rows"][1]["problems"][0]["pointer"] == "/ready_at"
    assert {one["pointer"] for one in body["rows"][2]["problems"]} == {
        "/procedure",
        "/addressee",
        "/address",
        "/due_on",
        "/ready_at",
    }
    assert body["counts"] == {"created": 2, "unchanged": 0, "updated": 0, "rejected": 2}


def test_the_same_batch_again_changes_nothing(house: House) -> None:
    system = house.system()
    first = system.post("/v1/results:batch", json={"rows": [row()]}).json()
    again = system.post("/v1/results:batch", json={"rows": [row()]}).json()
    assert [one["outcome"] for one in first["rows"] + again["rows"]] == ["created", "unchanged"]
    assert first["rows"][0]["item_id"] == again["rows"][0]["item_id"]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        # An unknown form of code is kept as text with a warning, never refused.
        ({"dossier_code": "không phải mã"}, "created"),
        # An address nobody can place waits for a person.
        ({"address": "Số 1, phường Không Có Thật"}, "created"),
        ({"dossier_code": ""}, "rejected"),
        ({"weight_g": 1.5}, "rejected"),
        ({"weight_g": True}, "rejected"),
        ({"due_on": "25/11/2026"}, "rejected"),
        ({"due_on": 1_780_000_000}, "rejected"),
        ({"ready_at": 1_780_000_000}, "rejected"),
        ({"point": [False, 10.7]}, "rejected"),
        ({"unknown": 1}, "rejected"),
    ],
)
def test_rows_by_kind_of_fault(house: House, change: dict[str, Any], outcome: str) -> None:
    # An agency's batch names no office, so a dispatcher of one enters it.
    client = house.person("dispatcher")
    body = {"agency_id": str(house.scene.agency.id), "rows": [row(**change)]}
    [answer] = client.post("/v1/results:batch", json=body).json()["rows"]
    assert answer["outcome"] == outcome, answer
    assert bool(answer["problems"]) == (outcome == "rejected")
    for one in answer["problems"]:
        assert re.fullmatch(r"[ACT]\d{4}", one["code"])


def test_an_unplaced_address_waits_with_its_own_text(house: House) -> None:
    client = house.person("dispatcher")
    text = "Nhà ông Tư, gần cầu"
    body = {"agency_id": str(house.scene.agency.id), "rows": [row(address=text)]}
    [answer] = client.post("/v1/results:batch", json=body).json()["rows"]
    assert answer["warnings"]
    queue = client.get("/v1/address-queue").json()
    assert [(entry["item"]["id"], entry["text"]) for entry in queue["entries"]] == [(answer["item_id"], text)]
    decided = client.post(
        f"/v1/items/{answer['item_id']}:resolve-address", json={"commune_code": "26740", "point": [106.70, 10.77]}
    )
    assert decided.json()["status"] == "ready", decided.text
    assert decided.json()["address"] == text
    assert client.get("/v1/address-queue").json()["total"] == 0


def test_an_unknown_commune_is_refused(house: House) -> None:
    [answer] = house.scene.accept(house.scene.row(address="Nhà ông Tư", office_code="700000"))
    refused = house.person("dispatcher").post(
        f"/v1/items/{answer.item_id}:resolve-address", json={"commune_code": "99999", "point": [106.7, 10.77]}
    )
    assert (refused.status_code, codes(refused)) == (422, ["T2004"])


def test_all_problems_of_a_body_come_at_once(house: House) -> None:
    answer = house.person("admin").post("/v1/offices", json={"code": 7, "point": [181.0, "x"], "extra": 1})
    assert answer.status_code == 422
    pointers = {one["pointer"]: one["code"] for one in answer.json()["errors"]}
    assert pointers == {
        "/code": "A1105",
        "/name": "A1101",
        "/point/0": "A1105",
        "/point/1": "A1105",
        "/extra": "A1102",
    }
    codes(answer)


def test_json_that_is_none(house: House) -> None:
    answer = house.system().post(
        "/v1/results:batch", content=b'{"rows": [', headers={"Content-Type": "application/json"}
    )
    assert codes(answer) == ["A1103"]


def test_detail_follows_the_language(house: House) -> None:
    client = house.stranger()
    vietnamese = client.get("/v1/me").json()
    english = client.get("/v1/me", headers={"Accept-Language": "en-GB,en;q=0.9"}).json()
    assert vietnamese["detail"].startswith("Chưa đăng nhập")
    assert english["detail"] == vietnamese["detail_en"]


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/items/x/y"])
def test_an_unknown_address_is_a_problem_too(house: House, path: str) -> None:
    answer = house.stranger().get(path)
    assert answer.status_code == 404
    assert codes(answer) == ["A1111"]


def test_a_wrong_method_is_a_problem_too(house: House) -> None:
    assert codes(house.stranger().put("/v1/offices")) == ["A1112"]


def test_a_csv_without_a_column_names_it(house: House) -> None:
    table = "Mã hồ sơ;Họ tên người nhận\nH29.16-261101-0001;Nguyễn Văn A\n".encode()
    answer = house.system().post("/v1/results:upload", files={"file": ("ds.csv", table, "text/csv")})
    assert answer.status_code == 422
    # Procedure, phone, address and both days.
    assert codes(answer) == ["T1102"] * 5


def test_an_uploaded_list_dry_then_for_good(house: House) -> None:
    system = house.system()
    empty = system.get("/v1/results/template.xlsx")
    assert empty.headers["content-type"].endswith("spreadsheetml.sheet")
    heads = "Mã hồ sơ;Thủ tục;Họ tên;Điện thoại;Địa chỉ;Ngày hẹn trả;Ngày có kết quả"
    line = "H29.16-261101-0007;Cấp đổi;Lê Văn B;0911222333;2 Lê Lợi, phường Sài Gòn;25/11/2026;19/11/2026 08:00"
    files = {"file": ("ds.csv", f"{heads}\n{line}\n".encode(), "text/csv")}
    dry = system.post("/v1/results:upload", files=files)
    assert dry.status_code == 200, dry.text
    assert (dry.json()["accepted"], dry.json()["counts"]["created"]) == (False, 1)
    assert system.get("/v1/items").json()["total"] == 0
    real = system.post("/v1/results:upload", files=files, data={"dry_run": "false"})
    assert (real.json()["accepted"], real.json()["counts"]["created"]) == (True, 1)
    assert system.get("/v1/items").json()["total"] == 1


def test_a_list_with_a_wrong_line_comes_back_to_be_mended_and_nothing_is_taken_in(house: House) -> None:
    heads = "Mã hồ sơ;Thủ tục;Họ tên;Điện thoại;Địa chỉ;Ngày hẹn trả;Ngày có kết quả"
    line = "H29.16-261101-0007;Cấp đổi;Lê Văn B;12;2 Lê Lợi, phường Sài Gòn;25/11/2026;19/11/2026 08:00"
    files = {"file": ("ds.csv", f"{heads}\n{line}\n".encode(), "text/csv")}
    system = house.system()
    marked = system.post("/v1/results:mark", files=files)
    assert marked.headers["content-type"].endswith("spreadsheetml.sheet")
    again = system.post("/v1/results:upload", files={"file": ("sua.xlsx", marked.content, "application/octet-stream")})
    assert [one["pointer"] for one in again.json()["rows"][0]["problems"]] == ["D2"]
    assert system.get("/v1/items").json()["total"] == 0


def test_results_are_taken_back_and_their_dates_moved_by_http_once_for_a_key(house: House) -> None:
    system = house.system()
    code = house.scene.item(house.scene.ready(1)[0]).dossier_codes[0]
    late = {"rows": [{"dossier_code": code, "due_on": "2026-12-02", "apology_slip": "PXL-1"}]}
    assert system.post("/v1/results:due-dates", json=late).json()["counts"]["updated"] == 1
    back = {"rows": [{"dossier_code": code}, {"dossier_code": "H29.16-261101-9999"}]}
    key = {"Idempotency-Key": "w1"}
    first, again = (system.post("/v1/results:withdraw", json=back, headers=key) for _ in range(2))
    assert [one["outcome"] for one in first.json()["rows"]] == ["withdrawn", "rejected"]
    assert (again.json(), again.headers["Idempotent-Replay"]) == (first.json(), "true")
    [item] = system.get("/v1/items").json()["items"]
    assert (item["status"], item["due_on"]) == ("withdrawn", "2026-12-02")


def proof(item_id: UUID, **changes: Any) -> dict[str, Any]:
    good = {
        "item_id": str(item_id),
        "outcome": "delivered",
        "recipient_name": "Nguyễn Thị Bích Ngọc",
        "relation": "addressee",
        "occurred_at": NOW.isoformat(),
        "point": [106.7025, 10.7799],
    }
    return {**good, **changes}


def test_a_proof_for_anothers_item_is_refused_and_nothing_is_written(house: House) -> None:
    [item_id] = house.scene.out(1)
    refused = house.person("courier2").put(f"/v1/proofs/{new_id()}", json=proof(item_id))
    assert (refused.status_code, codes(refused)) == (404, ["T2102"])
    assert house.scene.item(item_id).status.value == "out"
    kept = house.person("courier").put(f"/v1/proofs/{new_id()}", json=proof(item_id))
    assert kept.status_code == 200, kept.text
    assert house.scene.item(item_id).status.value == "delivered"


def test_a_proof_without_offset_is_refused_and_can_be_sent_again(house: House) -> None:
    [item_id] = house.scene.out(1)
    client, proof_id = house.person("courier"), new_id()
    refused = client.put(f"/v1/proofs/{proof_id}", json=proof(item_id, occurred_at="2026-11-20T09:00:00"))
    assert codes(refused) == ["C1001"]
    first = client.put(f"/v1/proofs/{proof_id}", json=proof(item_id))
    again = client.put(f"/v1/proofs/{proof_id}", json=proof(item_id))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()


def test_a_photo_of_60_mb_is_refused_by_its_stated_length(house: House) -> None:
    photo = b"\xff\xd8\xff" + bytes(60_000_000)
    path = f"/v1/proofs/{new_id()}/files/{hashlib.sha256(photo).hexdigest()}"
    answer = house.person("courier").put(path, content=photo, headers={"Content-Type": "image/jpeg"})
    assert answer.status_code == 413
    assert codes(answer) == ["A1108"]


def test_a_photo_of_60_mb_without_a_stated_length_is_cut_off(house: House) -> None:
    sent = 0

    def pieces() -> Any:
        nonlocal sent
        for _ in range(60):
            sent += 1_000_000
            yield bytes(1_000_000)

    path = f"/v1/proofs/{new_id()}/files/{'0' * 64}"
    answer = house.person("courier").put(path, content=pieces(), headers={"Content-Type": "image/jpeg"})
    assert answer.status_code == 413
    assert codes(answer) == ["A1108"]


def test_a_file_is_kept_under_its_hash_and_a_repeat_is_the_same(house: House) -> None:
    [item_id] = house.scene.out(1)
    client, proof_id = house.person("courier"), new_id()
    photo = b"\xff\xd8\xff\xe0" + b"0" * 2000 + b"\xff\xd9"
    digest = hashlib.sha256(photo).hexdigest()
    claim = [{"sha256": digest, "kind": "photo", "bytes_count": len(photo)}]
    receipt = client.put(f"/v1/proofs/{proof_id}", json=proof(item_id, files=claim)).json()
    assert receipt["files"] == {digest: "awaited"}
    path, headers = f"/v1/proofs/{proof_id}/files/{digest}", {"Content-Type": "image/jpeg"}
    wrong = client.put(path, content=photo[:-1], headers=headers)
    assert wrong.status_code == 422
    first = client.put(path, content=photo, headers=headers)
    again = client.put(path, content=photo, headers=headers)
    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    assert (first.json()["sha256"], first.json()["bytes_count"]) == (digest, len(photo))
    receipt = client.put(f"/v1/proofs/{proof_id}", json=proof(item_id, files=claim)).json()
    assert receipt["files"] == {digest: "stored"}


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/items:search", {"q": "RA\x00"}, "/q"),
        ("/v1/session", {"login": "admin\x00", "password": "mat-khau"}, "/login"),
        ("/v1/plans/{id}/edits", {"version": 1, "command": {"kind": "drop", "visit_ids": ["\x00"]}}, "visit_ids"),
    ],
)
def test_text_no_database_takes_never_gets_to_one(house: House, path: str, body: Any, pointer: str) -> None:
    answer = house.person("dispatcher").post(path.format(id=new_id()), json=body)
    assert codes(answer) == ["T1022"]
    assert answer.json()["errors"][0]["pointer"].endswith(pointer)


def test_nor_from_an_address(house: House) -> None:
    assert codes(house.person("dispatcher").get("/v1/communes.geojson?province_code=7%00")) == ["A1105"]
    assert codes(house.system().get("/v1/dossiers/H29%00/events")) == ["A1105"]
    assert codes(house.person("dispatcher").get("/v1/items?cursor=%1F")) == ["T3005"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_refused(house: House, day: str) -> None:
    person = house.person("manager")
    office = f"/v1/offices/{house.scene.office.id}/familiarity"
    assert codes(person.get("/v1/items", params={"due": day})) == ["A1106"]
    assert codes(person.get(office, params={"from": day, "to": day})) == ["A1106", "A1106"]
    assert codes(person.get("/v1/reports/on-time", params={"from": day, "to": day})) == ["A1106", "A1106"]
    body = {"area": [[106.70, 10.77], [106.71, 10.77], [106.71, 10.78]], "starts_at": f"{day}T00:00:00+00:00"}
    assert codes(house.person("dispatcher").post("/v1/closures", json=body)) == ["A1107"]


def test_a_period_without_end_is_not_reported(house: House) -> None:
    office = f"/v1/offices/{house.scene.office.id}/familiarity"
    for days in ({"from": "2025-01-01", "to": "2026-11-20"}, {"from": "2026-11-20", "to": "2026-11-01"}):
        assert codes(house.person("manager").get(office, params=days)) == ["T6001"]
