"""The integrators' page is a program: its blocks run in their order against a real server and do what it says."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.runtime import WebOptions
from core.clock import utc_now
from core.db import Database
from core.ports import free_port
from tests.api.house import House, build_house
from tests.api.serving import listening
from tests.api.test_openapi_examples import problems_of
from tests.tracking.office_scene import PROVINCE, SYSTEM
from tracking.feedback.drain import Deliverer, drain
from tracking.feedback.endpoints import list_endpoints
from tracking.store_endpoints import EndpointKey

PAGE = (Path(__file__).parents[3] / "docs" / "integrators.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SHELL = [text for language, _, text in BLOCKS if language == "sh"]
PROGRAMS = {text.split("\n")[0].removeprefix("# "): text for language, _, text in BLOCKS if language == "python"}
ANSWERS = [(schema, text) for language, schema, text in BLOCKS if language == "json"]
_MARK = "== block {number} done =="
_LIMIT_S = 240.0
# An error status fails, or the page's failures would look like answers.
_BEFORE = """set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
curl() { command curl --fail-with-body --noproxy '*' "$@"; }
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What the page's program said, and its folder."""

    folder: Path
    said: str
    code: int


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    return build_house(database, tmp_path, lambda: options)


@contextmanager
def delivering(house: House) -> Iterator[None]:
    """A worker beside the server."""
    stop = threading.Event()
    worker = Deliverer(database=house.runtime.database, box=house.runtime.secrets, clock=utc_now, allow_private=True)

    def work() -> None:
        while not stop.wait(0.2):
            with house.runtime.database.reading() as session:
                found = list_endpoints(session, scope=SYSTEM)
            for endpoint in found:
                drain(worker, EndpointKey(PROVINCE, endpoint.id), should_stop=stop.is_set)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def run(house: House, tmp_path: Path) -> Run:
    """The whole page, from its top to its end."""
    folder = tmp_path / "integrator"
    folder.mkdir()
    for name, text in PROGRAMS.items():
        (folder / name).write_text(text, encoding="utf-8")
    script = _BEFORE + "\n".join(
        f"{_may_fail(text)}echo; echo '{_MARK.format(number=number)}'" for number, text in enumerate(SHELL)
    )
    programs = Path(sys.executable).parent
    with listening(house.app) as server, delivering(house):
        environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "BUUTA": server,
            "BUUTA_KEY": house.system().headers["Authorization"].removeprefix("Bearer "),
            "HOOKS": f"http://127.0.0.1:{free_port()}/hooks",
            "HOOKS_V1A": f"http://127.0.0.1:{free_port()}/hooks",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False,
            timeout=_LIMIT_S,
        )  # fmt: skip
    return Run(folder, done.stdout + done.stderr, done.returncode)


def _may_fail(text: str) -> str:
    """The one block that shows an error has an error status."""
    return text if '{"rows": []}' not in text else f"! {text}"


def _shown(run: Run, number: int) -> str:
    """What a block printed."""
    before = _MARK.format(number=number - 1)
    start = run.said.index(before) + len(before) if number else 0
    return run.said[start : run.said.index(_MARK.format(number=number))].strip()


def _block(words: str) -> int:
    return next(number for number, text in enumerate(SHELL) if words in text)


def test_every_block_runs_and_does_what_the_page_says(run: Run) -> None:
    assert run.code == 0, run.said[-4000:]
    batch = json.loads(_shown(run, 0))
    assert [row["outcome"] for row in batch["rows"]] == ["created", "rejected"]
    twice = _shown(run, _block("python3 send.py")).splitlines()
    assert [line.split()[1] for line in twice] == ["created"] * 3 + ["unchanged"] * 3
    assert "● Đạt" in _shown(run, _block("conformance"))
    assert "● Đạt" in _shown(run, _block("sandbox keys"))
    told = json.loads(_shown(run, _block("second.json")))
    assert (told["accepted"], told["status"]) == (True, 204)
    assert (run.folder / "public_keys").read_text().startswith("whpk_")
    with sqlite3.connect(run.folder / "dossiers.sqlite") as held:
        states = dict(held.execute("SELECT code, status FROM dossiers WHERE code LIKE 'H29%'"))
    assert states["H29.16-261120-0001"] in {"accepted", "ready"}
    pulled = _shown(run, _block("pull.py"))
    assert "H29.16-261120-0001 0000000001 accepted" in pulled
    assert len((run.folder / "secrets").read_text().split()) == 2
    assert '"outcome":"withdrawn"' in _shown(run, _block("results:withdraw"))
    problem = json.loads(_shown(run, _block('{"rows": []}')).split("\ncurl:")[0])
    assert problem["code"] in PAGE
    assert problems_of({"$ref": "#/components/schemas/ProblemDocument"}, problem) == []
    assert '"updated":1' in _shown(run, _block("results:due-dates"))
    orders = _shown(run, _block("opencps/token"))
    assert orders.count('"Status":"100"') == 2
    assert '"StatusCode":1' in orders


def test_every_program_on_the_page_is_run_by_it() -> None:
    assert PROGRAMS.keys() == {"send.py", "receive.py", "receive_v1a.py", "pull.py"}
    for name in PROGRAMS:
        assert any(f"python3 {name}" in text for text in SHELL)
    assert {language for language, _, _ in BLOCKS} == {"sh", "python", "json"}


@pytest.mark.parametrize(("schema", "text"), ANSWERS)
def test_the_answers_shown_have_the_form_of_the_answers(schema: str, text: str) -> None:
    answer: Any = json.loads(text)
    assert problems_of({"$ref": f"#/components/schemas/{schema}"}, answer) == []
