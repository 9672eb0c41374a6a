"""Reconciliation through the doors: lists, runs, repairs, the night, and what each caller may see."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from api import jobs
from api.cli import cli
from api.keyring import Keyring
from tests.api.house import House
from tests.tracking.office_scene import PROVINCE, delivery
from tracking import service

SOON = timedelta(hours=3)


def entry(code: str, status: int = 9, **more: Any) -> dict[str, Any]:
    return {"dossier_code": code, "portal_status": status, **more}


def sent(house: House, *entries: dict[str, Any], login: str = "agency", **more: Any) -> dict[str, Any]:
    body = {"listed_at": house.clock().isoformat(), "entries": list(entries), **more}
    answer = house.person(login).post("/v1/reconciliation/list", json=body)
    assert answer.status_code == 200, answer.text
    detail: dict[str, Any] = answer.json()
    return detail


def kinds(detail: dict[str, Any]) -> dict[str, str]:
    return {one["dossier_code"]: one["kind"] for one in detail["found"]}


def code_of(house: House, item_id: UUID) -> str:
    return house.scene.item(item_id).dossier_codes[0]


def deliver(house: House, item_id: UUID) -> None:
    with house.scene.database.transaction() as session:
        proof = delivery(item_id)
        service.record_proof(session, scope=house.scene.courier_scope(), proof=proof, now=house.clock())


def repair(house: House, detail: dict[str, Any], code: str, kind: str, login: str = "agency") -> Any:
    path = f"/v1/reconciliation/runs/{detail['run']['id']}/repair"
    return house.person(login).post(path, json={"dossier_code": code, "kind": kind})


def pass_days(house: House, days: int) -> None:
    """Time passes; whoever comes again has to sign in again."""
    house.clock.advance(timedelta(days=days))
    house.clients.clear()


@pytest.fixture
def codes(house: House) -> list[str]:
    """Five results of the agency three hours ago, the last one delivered."""
    ids = [*house.scene.ready(4), *house.scene.out(1)]
    deliver(house, ids[-1])
    house.clock.advance(SOON)
    return [code_of(house, item_id) for item_id in ids]


def test_a_list_is_compared_at_once_and_each_difference_has_its_sentence(house: House, codes: list[str]) -> None:
    agreed, moved, stopped, unknown, done = codes
    detail = sent(
        house,
        entry(agreed, due_on="2026-11-25"),
        entry(moved, due_on="2026-11-27"),
        entry(stopped, 8),
        entry(done),
        entry("H29.16-261101-9999"),
    )
    assert kinds(detail) == {
        moved: "due_differs",
        stopped: "cancelled_there",
        unknown: "missing_there",
        done: "delivered_not_closed",
        "H29.16-261101-9999": "missing_here",
    }
    assert detail["run"]["differences"] == 5
    assert detail["run"]["dossiers"] == 6
    repairs = {one["kind"]: one["repair"] for one in detail["found"]}
    assert repairs == {
        "due_differs": "take_date",
        "cancelled_there": "withdraw",
        "missing_there": None,
        "delivered_not_closed": None,
        "missing_here": None,
    }, "without an endpoint nothing can be sent again"
    [dates] = [one for one in detail["found"] if one["kind"] == "due_differs"]
    assert "25/11/2026" in dates["detail"]
    assert "27/11/2026" in dates["detail_en"]
    assert all(one["detail"] != one["detail_en"] for one in detail["found"])
    assert sent(house, *(entry(code) for code in codes[:-1]), entry(done, 10))["found"] == []


def test_one_click_repairs_what_can_be(house: House, codes: list[str]) -> None:
    agreed, moved, stopped, unknown, done = codes
    made = house.person("agency").post("/v1/endpoints", json={"url": "https://198.51.100.7/hook"})
    assert made.status_code == 200, made.text
    entries = [entry(agreed), entry(moved, due_on="2026-11-27"), entry(stopped, 7), entry(done, 9)]
    detail = sent(house, *entries)
    assert kinds(detail)[unknown] == "missing_there"
    for code, kind in ((moved, "due_differs"), (stopped, "cancelled_there"), (unknown, "missing_there")):
        answer = repair(house, detail, code, kind)
        assert answer.status_code == 200, answer.text
        assert answer.json()["repaired_at"] is not None
    items = {item["dossier_codes"][0]: item for item in house.person("agency").get("/v1/items").json()["items"]}
    assert items[moved]["due_on"] == "2026-11-27"
    assert items[stopped]["status"] == "withdrawn"
    with house.runtime.database.reading() as session:
        waiting = session.scalars(text("SELECT DISTINCT dossier_code FROM feedback_deliveries WHERE attempts = 0"))
        assert unknown in set(waiting)
    again = repair(house, detail, moved, "due_differs")
    assert (again.status_code, again.json()["code"]) == (409, "T5202")
    house.clock.advance(SOON)
    after = sent(house, *entries, entry(unknown))
    assert set(kinds(after).values()) == {"acknowledged_behind", "delivered_unacknowledged"}, "nobody answers there"


def test_a_due_date_that_was_taken_is_put_back_and_stands_as_a_difference_again(house: House, codes: list[str]) -> None:
    moved, stopped = codes[1:3]
    detail = sent(house, entry(moved, due_on="2026-11-27"), entry(stopped, 7), complete=False)
    agency, run = house.person("agency"), f"/v1/reconciliation/runs/{detail['run']['id']}"

    def undo(code: str, kind: str, login: str = "agency") -> Any:
        return house.person(login).post(f"{run}/repair:undo", json={"dossier_code": code, "kind": kind})

    def due_on() -> Any:
        items = agency.get("/v1/items").json()["items"]
        return next(item["due_on"] for item in items if moved in item["dossier_codes"])

    before, count = due_on(), detail["run"]["differences"]
    assert undo(moved, "due_differs").json()["code"] == "T5209", "nobody has taken it yet"
    for code, kind in ((moved, "due_differs"), (stopped, "cancelled_there")):
        assert repair(house, detail, code, kind).status_code == 200
    assert agency.get(run).json()["run"]["open"] == count - 2
    assert agency.get("/v1/reconciliation").status_code == 200
    assert [one["open"] for one in agency.get("/v1/reconciliation/runs").json()["runs"]] == [count - 2]
    assert undo(stopped, "cancelled_there").json()["code"] == "T5209"
    assert undo(moved, "due_differs", "agency2").json()["code"] == "C1000"
    assert undo(moved, "due_differs", "manager").status_code == 403
    assert due_on() == "2026-11-27"
    assert undo(moved, "due_differs").json()["repaired_at"] is None
    assert due_on() == before
    assert agency.get(run).json()["run"]["open"] == count - 1
    assert repair(house, detail, moved, "due_differs").status_code == 200


def test_what_has_no_repair_or_is_nowhere_is_refused(house: House, codes: list[str]) -> None:
    detail = sent(house, entry("H29.16-261101-9999"), complete=False)
    refused = repair(house, detail, "H29.16-261101-9999", "missing_here")
    assert (refused.status_code, refused.json()["code"]) == (409, "T5201")
    assert repair(house, detail, codes[0], "due_differs").json()["code"] == "C1000"
    path = "/v1/endpoints"
    made = house.person("agency").post(path, json={"url": "https://198.51.100.7/hook"}).json()["endpoint"]["id"]
    listed = sent(house, *(entry(code) for code in codes[1:]))
    house.person("agency").post(f"{path}/{made}/disable")
    assert repair(house, listed, codes[0], "missing_there").json()["code"] == "T5203"
    ahead = {"listed_at": (house.clock() + timedelta(days=1)).isoformat(), "entries": []}
    assert house.person("agency").post("/v1/reconciliation/list", json=ahead).json()["code"] == "T5207"
    twice = {"listed_at": house.clock().isoformat(), "entries": [entry("A-1"), entry("a-1", 10)]}
    answer = house.person("agency").post("/v1/reconciliation/list", json=twice).json()
    assert [(one["code"], one["pointer"]) for one in answer["errors"]] == [("T5204", "/entries/1/dossier_code")]


NEW = "H29.16-261101-9999"
RESULT = {
    "procedure": "Cấp giấy chứng nhận quyền sử dụng đất",
    "addressee": {"name": "Trần Văn Bảy", "phone": "0912345679"},
    "address": "Số 12 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh",
    "ready_at": "2026-11-19T15:30:00+07:00",
}


def kept(house: House) -> list[str]:
    with house.runtime.database.reading() as session:
        return list(session.scalars(text("SELECT dossier_code FROM listed_results ORDER BY 1")))


def test_what_is_missing_here_is_taken_in_by_one_click_where_the_list_tells_enough(
    house: House, codes: list[str]
) -> None:
    bare, poor = "H29.16-261101-9998", "H29.16-261101-9997"
    entries = [
        *(entry(code) for code in codes[:-1]),
        entry(codes[-1], 10, result=RESULT),
        entry(NEW, due_on="2026-11-27", result=RESULT | {"papers": 2, "email": "bay@example.vn"}),
        entry(bare),
        entry(poor, due_on="2026-11-27", result={"address": RESULT["address"]}),
    ]
    detail = sent(house, *entries)
    assert {one["dossier_code"]: one["repair"] for one in detail["found"]} == {
        NEW: "take_in",
        bare: None,
        poor: "take_in",
    }
    assert kept(house) == [poor, NEW], "of what is here already nothing is kept"
    assert repair(house, detail, bare, "missing_here").json()["code"] == "T5201"
    refused = repair(house, detail, poor, "missing_here")
    assert refused.status_code == 422
    assert {one["pointer"] for one in refused.json()["errors"]} >= {"procedure", "addressee.name", "ready_at"}
    assert repair(house, detail, NEW, "missing_here", "agency2").json()["code"] == "C1000"
    assert repair(house, detail, NEW, "missing_here").json()["repaired_at"] is not None
    assert repair(house, detail, NEW, "missing_here").json()["code"] == "T5202"
    items = {item["dossier_codes"][0]: item for item in house.person("agency").get("/v1/items").json()["items"]}
    assert (items[NEW]["status"], items[NEW]["due_on"], items[NEW]["papers"]) == ("ready", "2026-11-27", 2)
    assert poor not in items
    assert kept(house) == [poor], "what was taken in is not kept twice"
    after = house.person("agency").post("/v1/reconciliation/runs", json={}).json()
    assert kinds(after) == {bare: "missing_here", poor: "missing_here"}
    older = detail["run"]["id"]
    sent(house, *entries[:-1])
    assert repair(house, {"run": {"id": older}}, poor, "missing_here").json()["code"] == "T5208"
    assert kept(house) == []


@pytest.mark.usefixtures("night")
def test_what_a_list_tells_is_erased_with_it(house: House) -> None:
    sent(house, entry(NEW, due_on="2026-11-27", result=RESULT))
    pass_days(house, 6)
    jobs.sweep(0)
    assert (jobs.reconcile_all(0), kept(house)) == (1, [NEW])
    pass_days(house, 2)
    jobs.sweep(0)
    assert kept(house) == []


def test_a_file_does_the_same(house: House, codes: list[str]) -> None:
    lines = ["Mã hồ sơ;Trạng thái", *(f"{code};Đã xử lý xong" for code in codes[:-1]), f"{codes[-1]};Đã trả kết quả"]
    file = {"file": ("ds.csv", "\n".join(lines).encode(), "text/csv")}
    answer = house.person("agency").post("/v1/reconciliation/list:upload", files=file)
    assert (answer.status_code, answer.json()["found"]) == (200, []), answer.text
    wrong = {"file": ("ds.csv", "Mã hồ sơ;Trạng thái\nA-1;?".encode(), "text/csv")}
    assert house.person("agency").post("/v1/reconciliation/list:upload", files=wrong).json()["code"] == "T5205"


def test_another_agency_finds_nothing_of_it(house: House, codes: list[str]) -> None:
    detail = sent(house, entry(codes[0], due_on="2026-11-27"))
    run_id = detail["run"]["id"]
    other = house.person("agency2")
    assert other.get(f"/v1/reconciliation/runs/{run_id}").json()["code"] == "C1000"
    assert repair(house, detail, codes[0], "due_differs", "agency2").json()["code"] == "C1000"
    assert other.get("/v1/reconciliation/runs").json()["runs"] == []
    assert other.get("/v1/reconciliation").json()["runs"] == []
    seen = kinds(sent(house, *(entry(code) for code in codes), login="agency2"))
    assert set(seen.values()) == {"missing_here"}, "its list meets its own dossiers alone"
    for login, count in (("admin", 2), ("manager", 2), ("agency", 1)):
        newest = house.person(login).get("/v1/reconciliation").json()["runs"]
        assert len(newest) == count, login
    assert house.person("manager").get(f"/v1/reconciliation/runs/{run_id}").status_code == 200
    assert repair(house, detail, codes[0], "due_differs", "manager").status_code == 403
    for login in ("dispatcher", "courier"):
        assert house.person(login).get("/v1/reconciliation").status_code == 403


@pytest.fixture
def night(house: House, tmp_path: Path) -> Iterator[None]:
    """The worker's jobs over the house."""
    jobs.configure(house.runtime.database, house.clock, Keyring(tmp_path / "custody.keys"))
    yield
    jobs._configured.clear()
    jobs._keyrings.clear()


@pytest.mark.usefixtures("night")
def test_the_night_compares_the_newest_list_and_keeps_a_history(house: House, codes: list[str]) -> None:
    sent(house, *(entry(code) for code in codes[:-1]), entry(codes[-1], 10))
    pass_days(house, 1)
    assert jobs.reconcile_all(0) == 0
    newcomer = code_of(house, house.scene.ready(1)[0])
    house.clock.advance(timedelta(minutes=1))
    sent(house, entry(codes[0], due_on=str(date(2026, 11, 30))), complete=False)
    house.clock.advance(timedelta(minutes=1))
    assert jobs.reconcile_all(0) == 1, f"{newcomer} came after the list"
    runs = house.person("agency").get("/v1/reconciliation/runs").json()["runs"]
    assert [(run["by_night"], run["differences"]) for run in runs] == [(True, 1), (False, 1), (True, 0), (False, 0)]
    pass_days(house, 8)
    assert jobs.reconcile_all(0) == 0, "a list of last week says nothing of today"
    assert house.person("agency").get("/v1/reconciliation").json()["runs"][0]["list_at"] is None
    pass_days(house, 91)
    jobs.sweep(0)
    assert house.person("agency").get("/v1/reconciliation/runs").json()["runs"] == []


@pytest.mark.usefixtures("night")
def test_an_agency_that_cannot_be_compared_ends_the_night_for_no_other(house: House, codes: list[str]) -> None:
    ids = sorted([house.scene.agency.id, house.other_agency.id])
    logins = {house.scene.agency.id: "agency", house.other_agency.id: "agency2"}
    first, second = (logins[one] for one in ids)
    for login in (first, second):
        sent(house, entry(NEW), login=login)
    with house.runtime.database.transaction() as session:
        broken = {"agency": ids[0], "entries": json.dumps({NEW: ["bay lên trời", None]})}
        session.execute(text("UPDATE agency_lists SET entries = :entries WHERE agency_id = :agency"), broken)
    house.clock.advance(timedelta(minutes=1))
    with capture_logs() as said:
        assert jobs.reconcile_all(0) >= 1
    [error] = [line for line in said if line["log_level"] == "error"]
    assert (error["agency"], error["error"]) == (str(ids[0]), "ValueError")
    assert "bay" not in str(error)
    nights = {login: house.person(login).get("/v1/reconciliation/runs").json()["runs"] for login in (first, second)}
    assert [run["by_night"] for run in nights[first]] == [False]
    assert [run["by_night"] for run in nights[second]] == [True, False]


def test_the_command_ends_with_1_when_something_differs(house: House, codes: list[str], tmp_path: Path) -> None:
    given = {"DATABASE_URL": house.runtime.database.url, "DATA_DIR": str(tmp_path), "PROVINCE_CODE": PROVINCE}
    environment = {f"BUUTA_{name}": value for name, value in given.items()}

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["reconcile", *words], env=environment)

    lists = tmp_path / "ds.csv"
    lists.write_text("Mã hồ sơ;Trạng thái\n" + "\n".join(f"{code};9" for code in codes), encoding="utf-8")
    told = run("--agency", house.scene.agency.code, "--list", str(lists), "--json")
    [detail] = json.loads(told.stdout)["runs"]
    assert (told.exit_code, detail["run"]["dossiers"]) == (1, 5)
    assert {one["kind"] for one in detail["found"]} <= {"delivered_not_closed", "missing_here"}
    lists.write_text(
        "Mã hồ sơ;Trạng thái;Thủ tục;Họ tên;Điện thoại;Địa chỉ;Ngày hẹn trả;Ngày có kết quả;Số giấy tờ\n"
        f"{NEW};9;{RESULT['procedure']};Trần Văn Bảy;0912345679;{RESULT['address']};27/11/2026;19/11/2026;2\n"
        f"H29.16-261101-9998;9;;Trần Văn Bảy;;;27/11/2026;;\n"
        f"H29.16-261101-9997;9;{RESULT['procedure']};An;0912345679;{RESULT['address']};27/11/2026;19/11/2026;mười\n",
        encoding="utf-8",
    )
    told = run("--agency", house.scene.agency.code, "--list", str(lists), "--take-in", "--json")
    answer = json.loads(told.stdout)
    said = {one["dossier_code"]: one["repaired_at"] is not None for one in answer["runs"][0]["found"]}
    assert [code for code, is_repaired in said.items() if is_repaired] == [NEW]
    assert {code: {one["pointer"] for one in why} for code, why in answer["refused"].items()} == {
        "H29.16-261101-9998": {"procedure", "address", "ready_at"}
    }, "a row with a cell that cannot be read is not offered"
    assert told.exit_code == 1
    with house.runtime.database.reading() as session:
        taken = session.scalars(text("SELECT dossier_code FROM dossiers WHERE dossier_code LIKE '%-999_'"))
        assert list(taken) == [NEW]
    assert run("--agency", "H99.99").exit_code == 3
    assert run("--list", str(lists)).exit_code == 2
