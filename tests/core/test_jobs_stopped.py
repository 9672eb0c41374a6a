"""A worker told to stop: jobs that can be broken off hear of it at once, the others have their time."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from core.db import Database
from core.jobs import defer

ROOT = Path(__file__).resolve().parents[2]
# Of the worker: far beyond the test's patience.
GRACE_S = 300.0
PATIENCE_S = 60.0


@contextmanager
def worker(database: Database, grace_s: float) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.core.stopped_worker", database.url, str(grace_s)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(database: Database, *tasks: str) -> None:
    with database.transaction() as session:
        for task in tasks:
            defer(session, task, {}, queue="test")


def left(database: Database) -> dict[str, str]:
    with database.reading() as session:
        rows = session.execute(text("SELECT task_name, status::text FROM procrastinate_jobs"))
        return {row.task_name: row.status for row in rows}


def heard(process: subprocess.Popen[str], *lines: str) -> None:
    """Read on until the process has said each of these."""
    assert process.stdout is not None
    missing = set(lines)
    while missing:
        line = process.stdout.readline()
        assert line, f"ended without: {missing}"
        missing.discard(line.strip())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_kinds_of_jobs_end_well_long_before_the_grace_is_over(database: Database, number: int) -> None:
    ask(database, "test.endless", "test.whole")
    with worker(database, GRACE_S) as process:
        heard(process, "endless began", "whole began")
        ask(database, "test.whole")
        process.send_signal(number)
        heard(process, "endless heard", "whole done", "ended")
        assert process.wait(PATIENCE_S) == 0
    # What was asked for meanwhile is left to the next worker.
    assert left(database) == {"test.whole": "todo"}


def test_a_second_signal_ends_the_process(database: Database) -> None:
    ask(database, "test.whole", "test.endless")
    with worker(database, GRACE_S) as process:
        heard(process, "whole began", "endless began")
        process.send_signal(signal.SIGTERM)
        heard(process, "endless heard")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == -signal.SIGTERM
