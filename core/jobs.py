"""Durable jobs in the same database (procrastinate): enqueued inside the caller's transaction.

Packages register tasks on `JOBS`; the worker (api) opens it with its connector. A job exists exactly when the
transaction that asked for it committed.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import orjson
import procrastinate
from procrastinate.testing import InMemoryConnector
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

# The connector is replaced when a worker opens the app (`JOBS.replace_connector`): tasks register at import time,
# before any address of a database is known.
JOBS = procrastinate.App(connector=InMemoryConnector())

# procrastinate lets its jobs know of a stop only when the time it grants them is over.
_told_to_stop = threading.Event()
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def work(app: procrastinate.App, **options: Any) -> None:
    """Run a worker until SIGINT or SIGTERM, or until no job is left with `wait=False`; `options` are procrastinate's.

    Told to stop, it starts no other job; one that asks `must_stop` hears of it at once, the others have
    `shutdown_graceful_timeout` seconds. A second signal ends the process. For the main thread: signals reach no other.
    """

    async def until_told() -> None:
        working, loop = asyncio.current_task(), asyncio.get_running_loop()

        def stop() -> None:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
            _told_to_stop.set()
            if working is not None:
                working.cancel()

        for number in _SIGNALS:
            loop.add_signal_handler(number, stop)
        # Cancelled, it ends as it does when its own handlers hear the signal.
        with suppress(asyncio.CancelledError):
            async with app.open_async():
                await app.run_worker_async(install_signal_handlers=False, **options)

    _told_to_stop.clear()
    asyncio.run(until_told())


def must_stop(context: procrastinate.JobContext) -> Callable[[], bool]:
    """Whether a job that can be broken off anywhere should end now, to be asked again and again."""
    return lambda: _told_to_stop.is_set() or context.should_abort()


_DEFER = text(
    "SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, :priority, :lock, :queueing_lock, "
    "CAST(:args AS jsonb), CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1]))[1] "
    # Asked beforehand, since the index that refuses writes an error into the database's log each time.
    "WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = :queueing_lock)"
)


def defer(
    session: Session,
    task: str,
    args: dict[str, Any],
    *,
    queue: str = "default",
    lock: str | None = None,
    queueing_lock: str | None = None,
    priority: int = 0,
    at: datetime | None = None,
) -> int | None:
    """Enqueue a task by name in this transaction.

    `lock`: jobs of one lock run one after another. `queueing_lock`: while one such job waits, a second is not added
    and None is returned. Otherwise the job's id.
    """
    values = {
        "queue": queue,
        "task": task,
        "priority": priority,
        "lock": lock,
        "queueing_lock": queueing_lock,
        "args": orjson.dumps(args).decode(),
        "at": at,
    }
    try:
        # A savepoint: of two at once the unique index on waiting queueing locks refuses one, whose work must stand.
        with session.begin_nested():
            job_id: int | None = session.execute(_DEFER, values).scalar_one_or_none()
            return job_id
    except IntegrityError as refused:
        if queueing_lock is None or "queueing_lock" not in str(refused.orig):
            raise
        return None


_WITHDRAW = text("""
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT id FROM procrastinate_jobs
        WHERE status = 'todo' AND task_name = :task AND args = CAST(:args AS jsonb)
          AND (scheduled_at IS NULL OR scheduled_at <= now())
        FOR UPDATE SKIP LOCKED
    )
""")


def withdraw(session: Session, task: str, args: dict[str, Any]) -> None:
    """Forget waiting jobs equal to one that is at work on the same thing; those planned for later stay."""
    session.execute(_WITHDRAW, {"task": task, "args": orjson.dumps(args).decode()})
