"""Work of many requests in one transaction: what comes in while one batch commits is the next batch.

Each caller is answered only after the commit that holds its own outcome, so nothing is less durable; the price of a
transaction is shared by all who wait (group commit, as databases do it for their log).
"""

import asyncio
import time
from asyncio import AbstractEventLoop, Future
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from core.db import Database
from core.errors import CodedError

Job = TypeVar("Job")
Answer = TypeVar("Answer")

_MOST = 64
# Who comes while others wait waits this much for still more: a batch costs hardly more than one job.
_GATHER_S = 0.012


@dataclass(frozen=True, slots=True, eq=False)
class _Entry(Generic[Job, Answer]):
    job: Job
    answer: "Future[Answer]"
    loop: AbstractEventLoop


class Desk(Generic[Job, Answer]):
    """One place where jobs of one kind are done. `work` gives for each job its answer or why it is refused."""

    def __init__(self, database: Database, work: Callable[[Session, Sequence[Job]], list[Answer | CodedError]]) -> None:
        self._database = database
        self._work = work
        self._waiting: list[_Entry[Job, Answer]] = []
        self._called = False
        self._lock = Lock()
        # A thread of its own: it never waits for one that a request holds while it waits for a connection.
        self._clerk: ThreadPoolExecutor | None = None

    async def hand_in(self, job: Job) -> Answer:
        """The job's answer, after its commit. Raises what refused it."""
        loop = asyncio.get_running_loop()
        entry: _Entry[Job, Answer] = _Entry(job, loop.create_future(), loop)
        with self._lock:
            self._waiting.append(entry)
            if not self._called:
                if self._clerk is None:
                    self._clerk = ThreadPoolExecutor(1, thread_name_prefix="desk")
                self._clerk.submit(self._serve)
                self._called = True
        return await entry.answer

    def close(self) -> None:
        """Finish what was handed in and stop; what comes after that is done as well, by a new thread."""
        with self._lock:
            clerk, self._clerk = self._clerk, None
        if clerk is not None:
            clerk.shutdown()

    def _serve(self) -> None:
        while batch := self._next_batch():
            _tell(batch, self._answers([entry.job for entry in batch]))
            if self._waiting:
                time.sleep(_GATHER_S)

    def _next_batch(self) -> list[_Entry[Job, Answer]]:
        with self._lock:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            self._called = bool(batch)
        return batch

    def _answers(self, jobs: Sequence[Job]) -> Sequence[Answer | BaseException]:
        try:
            return self._together(jobs)
        except Exception as broken:  # noqa: BLE001  whichever job it was, the others must not fall with it
            return [broken] if len(jobs) == 1 else [self._answers([job])[0] for job in jobs]

    def _together(self, jobs: Sequence[Job]) -> list[Answer | CodedError]:
        with self._database.transaction() as session:
            return self._work(session, jobs)


def _tell(batch: Sequence[_Entry[Job, Answer]], answers: Sequence[Answer | BaseException]) -> None:
    """Wake everybody of a loop at once."""
    loops: dict[AbstractEventLoop, list[tuple[Future[Answer], Answer | BaseException]]] = defaultdict(list)
    for entry, answer in zip(batch, answers, strict=True):
        loops[entry.loop].append((entry.answer, answer))
    for loop, told in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, told)
        except RuntimeError:
            # The loop has closed: nobody is there to hear it. What was committed stands.
            continue


def _settle(told: "Sequence[tuple[Future[Answer], Answer | BaseException]]") -> None:
    for future, answer in told:
        if future.done():
            # Who asked has gone meanwhile.
            continue
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
