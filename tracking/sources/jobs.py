"""The worker's jobs: one asking of one source, and a sweep that asks for those that are due."""

from datetime import datetime, timedelta
from uuid import UUID

import procrastinate
from sqlalchemy.orm import Session

from core.jobs import JOBS, must_stop
from tracking import store_sources
from tracking.sources.polling import Poller, poll
from tracking.sources.registry import POLL_QUEUE, POLL_TASK, ask_poll
from tracking.store_sources import SourceKey

SWEEP_TASK = "sources.sweep"
_KEPT = timedelta(days=90)

_configured: list[Poller] = []


def configure(poller: Poller) -> None:
    """Give the jobs what they need; a worker calls this once before it starts."""
    _configured[:] = [poller]


@JOBS.task(name=POLL_TASK, queue=POLL_QUEUE, pass_context=True)
def poll_source(context: procrastinate.JobContext, *, province_code: str, source_id: str) -> dict[str, int]:
    """Ask a source that is due."""
    polled = poll(_poller(), SourceKey(province_code, UUID(source_id)), should_stop=must_stop(context))
    return {"taken": polled.taken, "refused": polled.refused}


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name=SWEEP_TASK, queue=POLL_QUEUE, queueing_lock=SWEEP_TASK)
def sweep(timestamp: int) -> int:  # noqa: ARG001  procrastinate gives every periodic job its time
    """Ask for every source that is due: the schedule, and what a killed worker left. Returns how many."""
    poller = _poller()
    with poller.database.transaction() as session:
        due = store_sources.sources_due(session, now=poller.clock())
        for key in due:
            ask_poll(session, key)
    return len(due)


def forget_refused(session: Session, *, now: datetime) -> int:
    """Erase refused rows that were not sent again for 90 days; returns how many."""
    return store_sources.forget_refused(session, before=now - _KEPT)


def _poller() -> Poller:
    if not _configured:
        raise RuntimeError("tracking.sources.jobs.configure was not called in this worker")
    return _configured[0]
