"""A process that hands results in and delivers what agencies are told of them, to be killed at a step of its life.

`python -m tests.tracking.feedback_worker <url> <key> <agency id>` reads lines `<life> <n>` and answers each with
`<exit code> <step>`: the life ran in a fresh process, that killed itself (SIGKILL) when its nth step (from 0) came, or
it ended before. Steps count from the first event it writes, or from its commit. Each process is a fork of one that has
imported everything and opened nothing.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from procrastinate import PsycopgConnector
from sqlalchemy import event

from core.clock import utc_now
from core.db import Database
from core.jobs import JOBS
from tests.tracking.office_scene import RESOLVER, SYSTEM, result_row
from tracking import service
from tracking.feedback import drain
from tracking.feedback.delivery import configure
from tracking.feedback.secrets import SecretBox
from tracking.feedback.sender import Answer, Sender
from tracking.model import ResultRow

# What a statement does, by words in it: the steps of the outbox.
STEPS = {
    "INSERT INTO events": "write the event",
    "INSERT INTO feedback_dossiers": "count the dossier up",
    "pg_advisory_xact_lock_shared": "enter the stream",
    "INSERT INTO feedback_messages": "write the message",
    "procrastinate_defer_jobs": "ask for a drain",
    "pg_try_advisory_xact_lock": "lock the endpoint",
    "DELETE FROM procrastinate_jobs": "withdraw the job",
    "SELECT m.id, d.event_id": "load a batch",
    "UPDATE feedback_deliveries": "settle a batch",
    "UPDATE feedback_endpoints": "note the answers",
    "SELECT min(next_at)": "look for the next retry",
    "fetch_job": "take the job",
    "finish_job": "finish the job",
}
SENDING, SENT, COMMITTING, COMMITTED, OTHER = "send", "sent", "commit", "committed", "another statement"


class Fate:
    """Counts the steps of a life and ends it at the nth."""

    def __init__(self, die_at: int, told: int) -> None:
        self._die_at, self._told, self._lock, self._steps = die_at, told, threading.Lock(), 0

    def step(self, name: str) -> None:
        """A step comes; it may be the last."""
        with self._lock:
            if not self._steps and name == OTHER:
                return
            if self._steps == self._die_at:
                os.write(self._told, name.encode())
                os.kill(os.getpid(), signal.SIGKILL)
            self._steps += 1

    def statement(self, text: str) -> None:
        """A statement comes."""
        self.step(next((name for words, name in STEPS.items() if words in text), OTHER))


class Jobs(PsycopgConnector):
    """The queue's own connection, its statements counted."""

    fate: Fate

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        """As the queue does it."""
        self.fate.statement(query)
        await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        """As the queue does it."""
        self.fate.statement(query)
        row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
        return row


def rows_of(life: int) -> list[ResultRow]:
    """What a life hands in."""
    return [result_row(life * 2 + part) for part in (1, 2)]


def main() -> None:
    url, key, agency = sys.argv[1:]
    for line in sys.stdin:
        life, die_at = line.split()
        told, tells = os.pipe()
        child = os.fork()
        if not child:
            _live(url, key, UUID(agency), life, Fate(int(die_at), tells))
            os.write(tells, b"the end")
            os._exit(0)
        os.close(tells)
        _, status = os.waitpid(child, 0)
        with os.fdopen(told) as last:
            sys.stdout.write(f"{os.waitstatus_to_exitcode(status)} {last.read()}\n")
            sys.stdout.flush()


def _live(url: str, key: str, agency_id: UUID, life: str, fate: Fate) -> None:
    """Two results are handed in, which is four messages; then the worker works until nothing waits."""
    database = Database(url)
    _watch(database, fate)
    rows = rows_of(int(life))
    with database.transaction() as session:
        service.accept_results(session, scope=SYSTEM, agency_id=agency_id, rows=rows, resolver=RESOLVER, now=utc_now())
    fate.step(COMMITTED)
    configure(database, box=SecretBox([key]), clock=utc_now, allow_private=True)
    drain.BATCH = 3  # so that four messages are two batches
    connector = Jobs(conninfo=url, min_size=1)
    connector.fate = fate
    with JOBS.replace_connector(connector) as app:
        app.run_worker(queues=["feedback"], wait=False, listen_notify=False)


def _watch(database: Database, fate: Fate) -> None:
    @event.listens_for(database.engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        fate.statement(text)

    @event.listens_for(database.engine, "commit")
    def _(_connection: Any) -> None:
        fate.step(COMMITTING)

    Sender.send = _counted(Sender.send, fate)  # type: ignore[method-assign]


def _counted(send: Callable[..., Answer], fate: Fate) -> Callable[..., Answer]:
    def counted(*arguments: Any) -> Answer:
        fate.step(SENDING)
        answer = send(*arguments)
        fate.step(SENT)
        return answer

    return counted


if __name__ == "__main__":
    main()
