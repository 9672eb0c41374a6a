"""The command line as programs: exit codes, JSON, both languages, a server that starts and stops whole."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import psutil
import pyogrio
import pytest
from python_calamine import CalamineWorkbook

from api.migrate import newest_revision
from api.settings import Settings
from api.wiring import runtime_of
from core.db import Database
from core.ports import free_port
from tests.tracking.office_scene import NOW, PROVINCE, RESOLVER, SYSTEM, build_scene, result_row
from tracking.feedback.endpoints import save_endpoint
from tracking.feedback.secrets import SecretBox
from tracking.notifications.desk import save_channel
from tracking.offices import list_offices
from tracking.reconcile.runs import repair, take_list
from tracking.reconcile.values import Held, Kind, Listed
from tracking.sheet_read import UPLOAD
from tracking.sources.registry import save_source

_START_S = 240.0
Buuta = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(database: Database, tmp_path: Path) -> Mapping[str, str]:
    """Settings of an installation in a folder of its own."""
    own = {
        "BUUTA_DATABASE_URL": database.url,
        "BUUTA_DATA_DIR": str(tmp_path),
        "BUUTA_PROVINCE_CODE": PROVINCE,
        "BUUTA_LOG_FORMAT": "json",
    }
    return {**os.environ, **own}


@pytest.fixture
def buuta(environment: Mapping[str, str]) -> Buuta:
    """Runs a command to its end."""

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def test_people_and_keys_of_a_new_installation(buuta: Buuta, database: Database) -> None:
    build_scene(database)
    made = buuta("user", "add", "Lan", "--name", "Lan", "--role", "dispatcher", "--office", "700000", "--json")
    assert made.returncode == 0, made.stderr
    assert len(json.loads(made.stdout)["password"]) >= 12
    again = buuta("user", "add", "lan", "--name", "Lan", "--role", "dispatcher")
    assert again.returncode == 3
    assert "A1008" in again.stderr
    assert "đã có người dùng" in again.stderr
    assert "is taken" in again.stderr
    unknown = buuta("key", "add", "một cửa", "--agency", "H99", "--json")
    assert unknown.returncode == 3
    assert json.loads(unknown.stderr)["code"] == "C1000"
    key = buuta("key", "add", "một cửa", "--agency", "H29.16", "--json")
    assert json.loads(key.stdout)["key"].startswith("buuta_")


def test_a_list_is_taken_in_and_a_bad_row_is_named(buuta: Buuta, database: Database, tmp_path: Path) -> None:
    build_scene(database)
    heads = "Mã hồ sơ;Thủ tục;Họ tên;Điện thoại;Địa chỉ;Ngày hẹn trả;Ngày có kết quả;Bưu cục"
    good = "H29.16-261101-0007;Cấp đổi;Lê Văn B;0911222333;2 Lê Lợi, phường Sài Gòn;25/11/2026;19/11/2026 08:00;700000"
    table = tmp_path / "ds.csv"
    table.write_text(f"{heads}\n{good}\n{good.replace('0007', '0008').replace('25/11/2026', 'mai')}\n")
    done = buuta("import-results", str(table), "--agency", "H29.16", "--json")
    assert done.returncode == 1, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["counts"]["created"], answer["counts"]["rejected"]) == (1, 1)
    assert answer["rows"][1]["problems"][0]["pointer"] == "F3"
    verified = buuta("custody", "verify", "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["items"] == 1


def test_a_list_too_large_for_an_upload_is_taken_in_whole(buuta: Buuta, database: Database, tmp_path: Path) -> None:
    """Every good row is in, every bad one is named by its cell, and a second run changes nothing."""
    build_scene(database)
    heads = "Mã hồ sơ;Thủ tục;Họ tên;Điện thoại;Địa chỉ;Ngày hẹn trả;Ngày có kết quả;Bưu cục"
    rest = "Cấp đổi;Lê Văn B;{};2 Lê Lợi, phường Sài Gòn;25/11/2026;19/11/2026 08:00;700000"
    count = UPLOAD.rows + 100
    bad = set(range(50, count, 100))
    table = tmp_path / "ds.csv"
    lines = (f"H29.16-261101-{n:06d};{rest.format('12' if n in bad else '0911222333')}" for n in range(count))
    table.write_text("\n".join([heads, *lines]))
    mend = tmp_path / "mend.xlsx"
    for outcome in ("created", "unchanged"):
        done = buuta("import-results", str(table), "--agency", "H29.16", "--refused", str(mend), "--json")
        answer = json.loads(done.stdout)
        assert (answer["counts"][outcome], answer["counts"]["rejected"]) == (count - len(bad), len(bad))
        named = {row["problems"][0]["pointer"] for row in answer["rows"] if row["outcome"] == "rejected"}
        assert named == {f"D{n + 2}" for n in bad}
    left = CalamineWorkbook.from_path(mend).get_sheet_by_index(0).to_python()
    assert {str(row[0]) for row in left[1:]} == {f"H29.16-261101-{n:06d}" for n in bad}
    again = buuta("import-results", str(mend), "--agency", "H29.16", "--refused", str(mend), "--json")
    assert again.returncode == 2, "what is to be mended is never written over"


def test_a_map_file_goes_out_is_changed_and_comes_back_whole_or_not_at_all(
    buuta: Buuta, database: Database, tmp_path: Path
) -> None:
    build_scene(database)
    path, bad = tmp_path / "offices.geojson", tmp_path / "bad.gpkg"
    out = buuta("geo", "export", "offices", str(path), "--json")
    assert (out.returncode, json.loads(out.stdout)["features"]) == (0, 2), out.stderr
    content = json.loads(path.read_text())
    first, second = content["features"]
    first["properties"]["name"] = "Bưu cục Đa Kao"
    second["geometry"]["coordinates"] = second["geometry"]["coordinates"][::-1]
    path.write_text(json.dumps(content))
    refused = buuta("geo", "import", "offices", str(path), "--refused", str(bad), "--json")
    told = json.loads(refused.stdout)
    assert (refused.returncode, told["written"], told["counts"]["refused"]) == (1, False, 1)
    assert [(one["index"], one["errors"][0]["code"]) for one in told["refused"]] == [(1, "G4013")]
    assert list(pyogrio.read_dataframe(bad)["err_code"]) == ["G4013"]
    second["geometry"]["coordinates"] = second["geometry"]["coordinates"][::-1]
    path.write_text(json.dumps(content))
    for more, written in ((("--dry-run",), False), ((), True)):
        answer = buuta("geo", "import", "offices", str(path), *more, "--json")
        assert (answer.returncode, json.loads(answer.stdout)["written"]) == (0, written), answer.stderr
        with database.reading() as session:
            names = {office.name for office in list_offices(session, scope=SYSTEM)}
        assert ("Bưu cục Đa Kao" in names) == written
    contradicted = buuta("geo", "import", "offices", str(path), "--crs", "EPSG:3405", "--json")
    assert (contradicted.returncode, json.loads(contradicted.stderr)["code"]) == (3, "G4005")


def test_a_changed_past_is_found(buuta: Buuta, database: Database) -> None:
    build_scene(database).ready(2)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql("UPDATE events SET actor = 'somebody' WHERE kind = 'item_ready'")
    found = buuta("custody", "verify", "--json")
    assert found.returncode == 1
    assert {one["fault"] for one in json.loads(found.stdout)["broken"]} >= {"hash"}


@pytest.mark.parametrize("command", [("doctor",), ("demo", "--once"), ("roads", "import", __file__)])
def test_a_wrong_setting_is_a_coded_error(environment: Mapping[str, str], command: tuple[str, ...]) -> None:
    wrong = {**environment, "BUUTA_PORT": "many"}
    run = subprocess.run(
        [sys.executable, "-m", "api.cli", *command], env=wrong, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 4
    assert "A9006" in run.stderr
    assert "BUUTA_PORT" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_demo_on_a_used_database_says_what_to_do(buuta: Buuta, database: Database) -> None:
    build_scene(database)
    run = buuta("demo", "--once")
    assert run.returncode == 3
    assert "A7001" in run.stderr
    assert "createdb" in run.stderr
    assert "Traceback" not in run.stderr


KEEPERS = ("endpoint", "source", "channel")


@pytest.mark.parametrize("lost", [None, *KEEPERS])
def test_the_doctor_opens_the_stored_secrets(
    buuta: Buuta, database: Database, tmp_path: Path, lost: str | None
) -> None:
    scene = build_scene(database)

    def box(of: str) -> SecretBox:
        """The installation's key, or one that was lost."""
        key_dir = tmp_path / "lost" if of == lost else tmp_path
        return runtime_of(Settings(data_dir=key_dir, database_url=database.url), database.url).secrets

    url, agency_id = "https://192.0.2.1/hooks", scene.agency.id
    given: dict[str, Any] = {"scope": SYSTEM, "allow_private": True}
    with database.transaction() as session:
        save_endpoint(session, agency_id=agency_id, url=url, box=box("endpoint"), now=NOW, **given)
        save_source(session, agency_id=agency_id, url=url, secret="khoa", box=box("source"), now=NOW, **given)
        smtp = {"host": "mail.example.vn", "port": 25, "sender": "a@example.vn", "security": "none"}
        mail: dict[str, Any] = {"name": "mail", "kind": "smtp", "config": smtp, "secret": "khoa", "active": True}
        save_channel(session, box=box("channel"), **mail, **given)
    run = buuta("doctor", "--json")
    assert run.stdout, run.stderr
    found = json.loads(run.stdout)["secrets"]
    assert found["ok"] is (lost is None)
    assert found["detail"] == "3" if lost is None else "T5006" in found["detail"]


def test_the_doctor_tells_of_dossiers_that_differ(buuta: Buuta, database: Database) -> None:
    scene = build_scene(database)
    listed = {f"H29.16-261101-{n:04d}": Listed(held=Held.WITH_POST, row=result_row(n)) for n in (1, 2)}

    def told() -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(buuta("doctor", "--json").stdout)["dossiers"]
        return answer

    assert told() == {"ok": True, "detail": "0"}
    given: dict[str, Any] = {"scope": SYSTEM, "now": NOW}
    with database.transaction() as session:
        run = take_list(session, agency_id=scene.agency.id, entries=listed, listed_at=NOW, complete=False, **given).run
    assert (told()["ok"], told()["detail"][:2]) == (False, "2 ")
    with database.transaction() as session:
        code = next(iter(listed))
        one: dict[str, Any] = {"run_id": run.id, "dossier_code": code, "kind": Kind.MISSING_HERE}
        repair(session, load_resolver=lambda: RESOLVER, **one, **given)
    assert told()["detail"].startswith("1 "), "what is repaired is no alarm"


def test_the_server_refuses_a_port_that_is_taken(environment: Mapping[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = str(stranger.getsockname()[1])
        command = [sys.executable, "-m", "api.cli", "serve", "--port", port]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 4
    assert f"A9008 Cổng {port} trên 127.0.0.1" in run.stderr


def test_the_server_starts_on_an_empty_database_and_stops_with_its_worker(
    database: Database, environment: Mapping[str, str], tmp_path: Path
) -> None:
    _empty(database)
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--with-worker"],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_healthy(f"http://127.0.0.1:{port}/healthz", server, tmp_path / "log")
        children = psutil.Process(server.pid).children(recursive=True)
        assert any("worker" in child.cmdline() for child in children)
        assert httpx.get(f"http://127.0.0.1:{port}/v1/me", trust_env=False).json()["code"] == "A1001"
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    finally:
        server.kill()
        server.wait()


def test_migrate_says_the_revision(buuta: Buuta, database: Database) -> None:
    _empty(database)
    done = buuta("migrate", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"revision": newest_revision(), "communes": 3321}


def _empty(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")


def _wait_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            continue
    raise AssertionError(log.read_text()[-2000:])


def test_roots_are_made_signed_and_checked(buuta: Buuta, database: Database) -> None:
    """A week-old item, its roots, a new key, and a look at everything."""
    build_scene(database).ready(1)
    made = json.loads(buuta("custody", "root", "--json").stdout)["roots"]
    assert made[0]["count"] == 1
    fresh = json.loads(buuta("custody", "rotate-key", "--json").stdout)
    assert fresh["key_id"] != made[0]["key_id"]
    verified = buuta("custody", "verify", "--json")
    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout)["roots"] == len(made)


def test_evidence_is_written_to_files(buuta: Buuta, database: Database, tmp_path: Path) -> None:
    scene = build_scene(database)
    [item_id] = scene.ready(1)
    code = scene.item(item_id).item_code
    paper, bundle = tmp_path / "item.pdf", tmp_path / "day.zip"
    done = buuta("custody", "evidence", "--item", str(item_id), "--out", str(paper), "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert paper.read_bytes().startswith(b"%PDF")
    day = NOW.date().isoformat()
    done = buuta("custody", "evidence", "--agency", scene.agency.code, "--day", day, "--out", str(bundle), "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"items": 1, "file": str(bundle)})
    names = zipfile.ZipFile(bundle).namelist()
    assert names == [f"{code}/evidence.pdf", f"{code}/chain.json", "manifest.json"]
    with database.engine.connect() as connection:
        looks = connection.exec_driver_sql("SELECT actor, what, subjects FROM views").all()
    assert [tuple(look) for look in looks] == [("command", "evidence", [item_id])] * 2
    assert buuta("custody", "evidence", "--agency", scene.agency.code, "--out", str(bundle)).returncode == 2
    assert buuta("custody", "evidence", "--agency", "NONE", "--day", day, "--out", str(bundle)).returncode == 3
