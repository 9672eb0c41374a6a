"""Every curl and Python block of the other pages runs against a real server; the integrators' page has its own test."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from api.runtime import WebOptions
from core.db import Database
from geodata.resolver import AddressResolver
from tests.api.house import House, build_house
from tests.api.serving import listening

REPO = Path(__file__).parents[3]
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((REPO / "docs").rglob("*.md"))}
SHELL = ("feedback", "notifications", "opencps", "reconciliation", "vroom")
# Those of the feedback page are run by `tests/tracking/test_feedback_docs.py`.
PYTHON = ("addresses", "feedback")
EXAMPLE = REPO / "tests" / "data" / "vroom" / "example_2.json"
# The agency's and the provider's servers as the pages call them; here both are one of our own.
_THEIRS = re.compile(r"https://(?:hoso|sms)\.example\.vn")
_MARK = "== block done =="
_DOSSIER = "H29.16-261120-0001"


def blocks(page: str, language: str) -> list[str]:
    found = re.findall(r"^```(\w+)[^\n]*\n(.*?)^```$", PAGES[page], re.MULTILINE | re.DOTALL)
    return [text for kind, text in found if kind == language]


def test_every_page_with_a_command_or_a_program_is_run_by_a_test() -> None:
    """Whoever writes a new block gives it to a test."""
    with_curl = {page for page in PAGES if any("curl " in text for text in blocks(page, "sh"))}
    with_python = {page for page in PAGES if blocks(page, "python")}
    assert with_curl == {*SHELL, "integrators"}
    assert with_python == {*PYTHON, "integrators"}
    other = {kind for text in PAGES.values() for kind in re.findall(r"^```(\w+)", text, re.MULTILINE)}
    assert other <= {"sh", "python", "json", "mermaid"}


@contextmanager
def receiver() -> Iterator[tuple[str, list[str]]]:
    """A dossier system that takes everything, and what it was asked."""
    asked: list[str] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the library names it
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    return build_house(database, tmp_path, lambda: options)


def prepare(house: House) -> None:
    """What the pages presuppose: their dossier, with more than one event behind it, and a channel named zalo."""
    house.scene.accept(replace(house.scene.row(), dossier_code=_DOSSIER), now=house.clock())
    house.clock.advance(timedelta(hours=12))
    config = {"url": "https://zalo.example.vn/send", "body": {"phone": "{address}", "text": "{text}"}}
    channel = {"kind": "http", "secret": "s", "config": config | {"success": {"field": "error", "values": ["0"]}}}
    answer = house.person("admin").put("/v1/notifications/channels/zalo", json=channel)
    assert answer.status_code == 200, answer.text


def run(house: House, page: str, folder: Path, server: str, theirs: str) -> list[str]:
    """What each block of a page printed."""
    system, admin = house.system(), house.person("admin")
    made = system.post("/v1/endpoints", json={"url": f"{theirs}/before"}).json()["endpoint"]
    system.post(f"/v1/endpoints/{made['id']}/replay", json={})
    body = "".join(_THEIRS.sub(theirs, f"{text}\necho; echo '{_MARK}'\n") for text in blocks(page, "sh"))
    environment = {
        **os.environ,
        "BUUTA": server,
        "BUUTA_KEY": system.headers["Authorization"].removeprefix("Bearer "),
        "ENDPOINT": made["id"],
        "NEXT": str(system.get("/v1/events", params={"limit": 1}).json()["next"]),
        "OFFICE": str(house.scene.office.id),
        "TOKEN": admin.cookies["buuta_csrf"],
        "COOKIES": "; ".join(f"{name}={value}" for name, value in admin.cookies.items()),
    }
    script = f"set -euo pipefail\ncurl() {{ command curl --fail-with-body --noproxy '*' \"$@\"; }}\n{body}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return [said.strip() for said in done.stdout.split(_MARK)][:-1]


@pytest.mark.parametrize("page", SHELL)
def test_each_command_does_what_its_page_says(house: House, tmp_path: Path, page: str) -> None:
    prepare(house)
    shutil.copy(EXAMPLE, tmp_path)
    with listening(house.app) as server, receiver() as (theirs, asked):
        said = run(house, page, tmp_path, server, theirs)
    assert len(said) == len(blocks(page, "sh"))
    _CHECKS[page](said, asked)


def _of_feedback(said: list[str], asked: list[str]) -> None:
    made, keys, again, dead, stream = said
    assert json.loads(made)["secret"].startswith("whsec_")
    assert json.loads(keys)["keys"][0]["kty"] == "OKP"
    assert json.loads(again)["messages"] >= 1
    assert asked == ["/before"]
    assert '"accepted":true' in dead
    assert _DOSSIER in stream


def _of_notifications(said: list[str], asked: list[str]) -> None:
    set_up, office = said
    channel, policy = (json.loads(text) for text in set_up.replace("}{", "}\n{").splitlines())
    assert (channel["name"], channel["has_secret"], "secret" in channel) == ("sms", True, False)
    assert channel["config"]["headers"] == {"Authorization": "Bearer {secret}"}
    assert "…" not in set_up, "the secret itself comes back nowhere"
    assert (policy["active"], policy["channels"], policy["accents"], policy["offices"]) == (True, ["sms"], False, [])
    assert [one["channels"] for one in json.loads(office)["offices"]] == [["zalo", "sms"]]
    assert asked == []


def _of_opencps(said: list[str], asked: list[str]) -> None:
    assert json.loads(said[0])["id"]
    assert "password" not in said[0]
    assert asked == []


def _of_reconciliation(said: list[str], asked: list[str]) -> None:
    [answer] = map(json.loads, said)
    [found] = answer["found"]
    assert answer["run"]["list_at"] == "2026-11-20T11:00:00Z"
    assert (answer["run"]["dossiers"], answer["run"]["kinds"]) == (1, {"acknowledged_behind": 1})
    assert (found["dossier_code"], found["here"], found["there"]) == (_DOSSIER, "ready", "with_post")
    assert (found["told"], found["acknowledged"], found["repair"]) == (2, 0, "send_again")
    assert asked == []


def _of_vroom(said: list[str], asked: list[str]) -> None:
    assert json.loads(said[0])["code"] == 0
    assert asked == []


_CHECKS: dict[str, Any] = {
    "feedback": _of_feedback,
    "notifications": _of_notifications,
    "opencps": _of_opencps,
    "reconciliation": _of_reconciliation,
    "vroom": _of_vroom,
}


def test_the_address_of_the_page_is_read_as_it_says() -> None:
    [text] = blocks("addresses", "python")
    names: dict[str, Any] = {"AddressResolver": AddressResolver}
    for line in text.splitlines():
        code, _, promised = (part.strip() for part in line.partition("  #"))
        if not promised:
            exec(code, names)  # noqa: S102  our own page
            continue
        value = eval(code, names)  # noqa: S307  our own page
        assert repr(value) == promised.split(";")[0] or value == promised.split(";")[0].strip("'")
