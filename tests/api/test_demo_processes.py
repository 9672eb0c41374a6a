"""The demo's own processes: what does not start says why."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.demo.processes import only_one, wait_healthy
from core.errors import CodedError


def test_a_server_that_ends_at_once_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    log.write_text("no such database")
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    with pytest.raises(CodedError, match=r"A9010.*no such database"):
        wait_healthy("http://127.0.0.1:9/healthz", process, log)


def test_one_demo_a_folder(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(CodedError, match="A9009"), only_one(tmp_path):
        pytest.fail("two at once")
    with only_one(tmp_path):
        pass
