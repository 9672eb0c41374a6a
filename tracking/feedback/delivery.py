"""The delivery worker's jobs: one drain of one endpoint, and a sweep for what nobody asked to be sent."""

from uuid import UUID

import procrastinate

from core.clock import Clock
from core.db import Database
from core.jobs import JOBS, must_stop
from tracking import store_feedback
from tracking.feedback.drain import Deliverer, drain
from tracking.feedback.outbox import DRAIN_QUEUE, DRAIN_TASK, ask_drain
from tracking.feedback.secrets import SecretBox
from tracking.store_endpoints import EndpointKey

SWEEP_TASK = "feedback.sweep"

_configured: list[Deliverer] = []


def configure(database: Database, *, box: SecretBox, clock: Clock, allow_private: bool = False) -> None:
    """Give the jobs what they need; a worker calls this once before it starts.

    `clock` is the real one: signatures carry its time, and receivers refuse those of another day. `allow_private` lets
    webhooks go to private addresses and over plain http: for a demo or a closed network.
    """
    _configured[:] = [Deliverer(database=database, box=box, clock=clock, allow_private=allow_private)]


@JOBS.task(name=DRAIN_TASK, queue=DRAIN_QUEUE, pass_context=True)
def drain_endpoint(context: procrastinate.JobContext, *, province_code: str, endpoint_id: str) -> dict[str, int]:
    """Send what is due to an endpoint."""
    key = EndpointKey(province_code, UUID(endpoint_id))
    drained = drain(_deliverer(), key, should_stop=must_stop(context))
    return {"accepted": drained.accepted, "failed": drained.failed}


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name=SWEEP_TASK, queue=DRAIN_QUEUE, queueing_lock=SWEEP_TASK)
def sweep(timestamp: int) -> int:  # noqa: ARG001  procrastinate gives every periodic job its time
    """Ask for a drain wherever something is due: a job that was lost loses no message. Returns how many asked for."""
    deliverer = _deliverer()
    with deliverer.database.transaction() as session:
        waiting = store_feedback.endpoints_waiting(session, now=deliverer.clock())
        for key in waiting:
            ask_drain(session, key)
    return len(waiting)


def _deliverer() -> Deliverer:
    if not _configured:
        raise RuntimeError("tracking.feedback.delivery.configure was not called in this worker")
    return _configured[0]
