"""The worker: plans, feedback and housekeeping jobs, until told to stop."""

from collections.abc import Sequence

from procrastinate import PsycopgConnector

from api import jobs as housekeeping
from api.pulling import poller_of
from api.runtime import Runtime
from api.settings import Settings
from api.wiring import keyring_of, travel_of
from core.clock import utc_now
from core.jobs import JOBS, work
from core.memory import settle
from routing import jobs as planning
from routing import learning
from routing.expected import window_of
from routing.learning import Lesson
from tracking.feedback import delivery
from tracking.notifications import jobs as telling
from tracking.notifications.claiming import Port
from tracking.sources import jobs as pulling

# For jobs that must be done whole, and a search, which obeys its own limit; one that has not ended by then is left to
# the next worker.
_GRACE_S = 8.0


def run_worker(runtime: Runtime, settings: Settings, *, queues: Sequence[str] | None = None, wait: bool = True) -> None:
    """Work until SIGINT or SIGTERM; with `wait` False until no job is left."""
    with travel_of(settings, runtime.database) as travel:
        housekeeping.configure(
            runtime.database,
            runtime.clock,
            keyring_of(settings),
            blobs=runtime.blobs,
            precise_days=settings.precise_positions_days,
        )
        delivery.configure(
            runtime.database,
            box=runtime.secrets,
            # Also in a demo's fast day: receivers check the time of a signature against their own clocks.
            clock=utc_now,
            allow_private=settings.allow_private_webhooks,
        )
        pulling.configure(poller_of(runtime))
        telling.configure(
            Port(
                database=runtime.database,
                box=runtime.secrets,
                clock=runtime.clock,
                windows=window_of,
                base_url=settings.base_url,
                contact_key=runtime.identity_key,
                allow_private=settings.allow_private_webhooks,
            )
        )
        planning.configure(runtime.database, travel=travel, clock=runtime.clock)
        learning.configure(
            Lesson(database=runtime.database, travel=travel, data_dir=settings.data_dir, clock=runtime.clock)
        )
        connector = PsycopgConnector(conninfo=runtime.database.url, min_size=1, max_size=settings.worker_jobs + 3)
        settle()
        with JOBS.replace_connector(connector) as app:
            work(
                app,
                queues=list(queues) if queues else None,
                wait=wait,
                concurrency=settings.worker_jobs,
                shutdown_graceful_timeout=_GRACE_S,
                delete_jobs="successful",
            )
