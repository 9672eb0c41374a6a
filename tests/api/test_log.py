"""What citizens are called stands in no line of the log, whoever writes it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.db import Database
from core.failures import failure_name
from tests.architecture.sources import ROOT

pytestmark = pytest.mark.db

NAME = "Nguyễn Thị Bông"
# A program of its own: logging is set up once for a process.
WRITER = """
import logging, sys
import structlog
from procrastinate import PsycopgConnector
from sqlalchemy import text
from api.log import configure_logging
from api.settings import Settings
from core.db import Database
from core.jobs import JOBS, defer

url, name, form = sys.argv[1:]
configure_logging(Settings(log_format=form))
database = Database(url)
INSERT = text("INSERT INTO people VALUES (:name, :papers)")


def insert(papers):
    with database.transaction() as session:
        session.execute(INSERT, {"name": name, "papers": papers})


@JOBS.task(name="test.insert", queue="test")
def job(papers):
    insert(papers)


insert(1)
for papers in (1, 0):
    with database.transaction() as session:
        defer(session, "test.insert", {"papers": papers}, queue="test")
with JOBS.replace_connector(PsycopgConnector(conninfo=url)) as app:
    app.run_worker(queues=["test"], wait=False)

foreign, own = logging.getLogger("a.library"), structlog.get_logger("own")
for papers in (1, 0):
    try:
        insert(papers)
    except Exception as error:
        foreign.exception("insert")
        foreign.error("insert: %s", error)
        foreign.error(error)
        foreign.error(f"task error: {error!r}, {error}, {error.orig}", exc_info=error)
        own.exception("insert")
        own.warning("insert", error=error)
"""


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_refused_row_is_in_no_log_line(database: Database, form: str, tmp_path: Path) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE people (name text PRIMARY KEY, papers int CHECK (papers > 0))")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BUUTA_")}
    done = subprocess.run(
        [sys.executable, "-c", WRITER, database.url, NAME, form],
        env=environment | {"BUUTA_DATA_DIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    written = done.stdout + done.stderr
    # Escaped too: the console repeats values by their repr, JSON may escape letters.
    assert [word for word in ("Bông", "B\\u00f4ng", "DETAIL", "Traceback") if word in written] == []
    assert written.count("UniqueViolation 23505") >= 6
    assert written.count("CheckViolation 23514") >= 6
    assert "test.insert" in written
    if form == "json":
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        told = [line for line in lines if "at" in line]
        assert len(told) >= 8
        assert all(line["at"] for line in told)


def test_an_error_is_named_by_its_types_and_known_codes() -> None:
    class OddError(Exception):
        code = "Nguyễn Văn A"

    error = OddError("Lê Văn Tám")
    error.__cause__ = KeyError("Lê Văn Tám")
    assert failure_name(error) == "OddError < KeyError"
