"""The worker's jobs: each minute what is due is told, in every province; each night old texts are dropped."""

import procrastinate

from core.jobs import JOBS, defer, must_stop
from tracking import store_notification_desk as desk
from tracking import store_notifications as store
from tracking.notifications.claiming import Port
from tracking.notifications.dispatch import dispatch

QUEUE = "notifications"
TASK = "notifications.dispatch"

_configured: list[Port] = []


def configure(port: Port) -> None:
    """Give the jobs what they need; a worker calls this once before it starts."""
    _configured[:] = [port]


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="notifications.tick", queue=QUEUE, queueing_lock="notifications.tick")
def tick(timestamp: int) -> int:  # noqa: ARG001  procrastinate gives every periodic job its time
    """Ask for a run in each province that has something to tell; returns how many asked for."""
    port = _port()
    with port.database.transaction() as session:
        provinces = store.provinces_waiting(session, port.clock())
        for province in provinces:
            defer(session, TASK, {"province_code": province}, queue=QUEUE, queueing_lock=f"{TASK}:{province}")
    return len(provinces)


@JOBS.task(name=TASK, queue=QUEUE, pass_context=True)
def tell(context: procrastinate.JobContext, *, province_code: str) -> dict[str, int]:
    """Tell what is due in a province."""
    done = dispatch(_port(), province_code, should_stop=must_stop(context))
    return {"sent": done.sent, "failed": done.failed}


@JOBS.periodic(cron="40 19 * * *")
@JOBS.task(name="notifications.forget", queue=QUEUE, queueing_lock="notifications.forget")
def forget(timestamp: int) -> int:  # noqa: ARG001  given by procrastinate
    """Drop texts and addresses whose time is over; returns of how many messages and items."""
    port = _port()
    with port.database.transaction() as session:
        return desk.forget(session, now=port.clock())


def _port() -> Port:
    if not _configured:
        raise RuntimeError("tracking.notifications.jobs.configure was not called in this worker")
    return _configured[0]
