"""A worker killed (SIGKILL) between any two steps of reading a source: no row is lost, none comes twice."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import text

from core.clock import utc_now
from core.db import Database
from core.jobs import defer
from tests.api.published_list import SECRET, Say, published_row, publishing
from tests.own_time import OwnTime
from tests.tracking.office_scene import SYSTEM, Scene, build_scene
from tracking.feedback.secrets import SecretBox
from tracking.sources.jobs import SWEEP_TASK
from tracking.sources.registry import POLL_QUEUE, find_source, save_source

ROOT = Path(__file__).resolve().parents[2]
ROWS, PER_PAGE = 60, 10
_PATIENCE_S = 60.0


class Worker:
    """The program, started again and again."""

    def __init__(self, database: Database, key: str, folder: Path) -> None:
        self._command = [sys.executable, "-m", "tests.api.source_worker", database.url, key, str(folder)]
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Run until the queue is empty or it is killed; returns the exit code."""
        self.process = subprocess.Popen(self._command, cwd=ROOT)
        return self.process.wait(timeout=120)

    def kill(self) -> None:
        """SIGKILL, by its own id."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)


@contextmanager
def stopped_at(database: Database, table: str, then: Callable[[], None]) -> Iterator[None]:
    """Whoever writes to the table stands still there; then `then` is called and the table is free again."""
    with database.transaction() as session:
        session.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))

        def watch() -> None:
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:table AS regclass)")
            time, pause = OwnTime(), threading.Event()
            with database.reading() as looking:
                while not looking.execute(waits, {"table": table}).scalar_one() and time() < _PATIENCE_S:
                    pause.wait(0.05)
            then()

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            watcher.join()


def ask(database: Database) -> None:
    """The minute's tick: what is due, or was left by a killed worker, is asked for again."""
    with database.transaction() as session:
        defer(session, SWEEP_TASK, {"timestamp": 0}, queue=POLL_QUEUE)


def test_killed_between_any_two_steps_no_row_is_lost_and_none_comes_twice(database: Database, tmp_path: Path) -> None:
    scene, key = build_scene(database), Fernet.generate_key().decode()
    worker = Worker(database, key, tmp_path)
    # After the three stops below: asked and not answered, answered, in the middle of the list and at its end.
    deaths = {4: Say(before=worker.kill, cut=True), 6: Say(then=worker.kill), 9: Say(before=worker.kill, cut=True)}
    with publishing() as published:
        published.rows = [published_row(n) for n in range(ROWS)]
        published.rows[7] = published_row(7, address="")
        published.rows[33] = published_row(33, address="")
        published.per_page = PER_PAGE
        published.plan = lambda nth: deaths.get(nth, Say())
        with database.transaction() as session:
            source = save_source(
                session,
                scope=SYSTEM,
                agency_id=scene.agency.id,
                url=published.url,
                secret=SECRET,
                box=SecretBox([key]),
                allow_private=True,
                now=utc_now(),
            )
        exits = []
        # Rows not yet written; rows written, refused ones not; all written, the cursor not; then wherever it comes.
        for table in ("items", "refused_rows", "result_sources"):
            with stopped_at(database, table, worker.kill):
                exits.append(worker.run())
            ask(database)
        while not _is_read(database, source.id):
            exits.append(worker.run())
            ask(database)
            assert len(exits) < 30
        assert exits.count(-signal.SIGKILL) >= 5
        assert len(published.asked) > ROWS // PER_PAGE + 2, "no page was asked for twice, so no kill was in between"
    _check(scene, database)
    with database.reading() as session:
        found = find_source(session, scope=SYSTEM, source_id=source.id)
    assert (found.cursor, found.rows_taken, found.rows_refused) == (f"n-{ROWS}", ROWS - 2, 2)


def _is_read(database: Database, source_id: object) -> bool:
    query = text("SELECT cursor = :end AND next_at > now() FROM result_sources WHERE id = :id")
    with database.reading() as session:
        return bool(session.execute(query, {"id": source_id, "end": f"n-{ROWS}"}).scalar_one())


def _check(scene: Scene, database: Database) -> None:
    """Each good row once: one dossier, one item, one chain that begins once."""
    good = [f"H29.16-261101-{n:04d}" for n in range(ROWS) if n not in (7, 33)]
    with database.reading() as session:
        dossiers = session.execute(text("SELECT dossier_code FROM dossiers ORDER BY 1")).scalars().all()
        carried = session.execute(text("SELECT count(*), count(DISTINCT item_id) FROM item_dossiers")).one()
        begun = session.execute(text("SELECT count(*) FROM events WHERE kind = 'result_accepted'")).scalar_one()
        told = session.execute(text("SELECT count(*) FROM feedback_messages WHERE sequence = 1")).scalar_one()
        refused = session.execute(text("SELECT dossier_code FROM refused_rows ORDER BY 1")).scalars().all()
    assert dossiers == good
    assert tuple(carried) == (len(good), len(good))
    assert begun == told == len(good)
    assert refused == ["H29.16-261101-0007", "H29.16-261101-0033"]
    assert scene.agency.code == "H29.16"
