"""Housekeeping of the server: jobs of killed workers, next month's partitions, what is past its time."""

import procrastinate
import structlog

from api import store_calls
from api.keyring import Keyring
from api.migrate import keep_partitions
from api.signing import sign_roots
from core.blobs import BlobStore
from core.clock import Clock, utc_now
from core.db import Database
from core.failures import failure_name, failure_place
from core.jobs import JOBS
from core.scope import system_scope
from routing.learning import READ_DAYS
from tracking import service
from tracking.coarse import coarsen_days
from tracking.reconcile.runs import agencies_to_reconcile, reconcile
from tracking.reconcile.runs import erase_old as erase_old_runs
from tracking.reform import keep_units
from tracking.service import erase_files, erase_old_evidence, erase_old_words
from tracking.sources.jobs import forget_refused

QUEUE = "housekeeping"
_LOG = structlog.get_logger("jobs")
_configured: list[tuple[Database, Clock]] = []
_precise_days = [1]
_keyrings: list[Keyring] = []
_blobs: list[BlobStore] = []


def configure(
    database: Database, clock: Clock, keyring: Keyring, *, blobs: BlobStore | None = None, precise_days: int = 1
) -> None:
    """Give the jobs what they need; a worker calls this once before it starts."""
    _configured[:] = [(database, clock)]
    _precise_days[:] = [precise_days]
    _keyrings[:] = [keyring]
    _blobs[:] = [blobs] if blobs is not None else []


@JOBS.periodic(cron="* * * * *")
@JOBS.task(  # one after another: the job that two put back is refused to the second
    name="api.retry_stalled",
    queue=QUEUE,
    lock="api.retry_stalled",
    queueing_lock="api.retry_stalled",
    pass_context=True,
)
async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> int:  # noqa: ARG001  given by procrastinate
    """Put jobs whose worker died back into the queue; returns how many."""
    manager = context.app.job_manager
    stalled = list(await manager.get_stalled_jobs())
    for job in stalled:
        _LOG.warning("job of a dead worker", task=job.task_name, job=job.id)
        await manager.retry_job(job, retry_at=utc_now())
    return len(stalled)


@JOBS.periodic(cron="10 18 * * *")
@JOBS.task(name="api.keep_partitions", queue=QUEUE, queueing_lock="api.keep_partitions")
def make_partitions(timestamp: int) -> list[str]:  # noqa: ARG001  given by procrastinate
    """Make the partitions of the coming months."""
    database, clock = _configured[0]
    return keep_partitions(database, now=clock())


@JOBS.periodic(cron="2 * * * *")
@JOBS.task(name="api.apply_reforms", queue=QUEUE, queueing_lock="api.apply_reforms")
def apply_reforms(timestamp: int) -> int:  # noqa: ARG001  given by procrastinate
    """Put reforms of the communes into force whose day has come, and carry what came in meanwhile."""
    database, clock = _configured[0]
    with database.transaction() as session:
        return keep_units(session, now=clock())


@JOBS.periodic(cron="20 * * * *")
@JOBS.task(name="api.make_roots", queue=QUEUE, queueing_lock="api.make_roots")
def make_roots(timestamp: int) -> int:  # noqa: ARG001  given by procrastinate
    """Put what happened on past days under signed roots; asked every hour, so a night without a worker is made up."""
    database, clock = _configured[0]
    made = 0
    with database.reading() as session:
        provinces = service.root_provinces(session)
    for province_code in provinces:
        made += len(sign_roots(database, _keyrings[0], province_code, now=clock()))
    return made


@JOBS.periodic(cron="5 * * * *")
@JOBS.task(name="api.sweep", queue=QUEUE, queueing_lock="api.sweep")
def sweep(timestamp: int) -> int:  # noqa: ARG001  given by procrastinate
    """Delete expired sessions, old repeats, old attempts, old words, names and files, refused rows."""
    database, clock = _configured[0]
    with database.transaction() as session:
        now = clock()
        erasers = (store_calls.sweep, erase_old_words, erase_old_evidence, erase_old_runs, forget_refused)
        count = sum(erase(session, now=now) for erase in erasers)
    # Files only after what says that they go has been committed: else they would be missed.
    for blobs in _blobs:
        with database.transaction() as session:
            count += erase_files(session, blobs=blobs, now=now)
    return count


@JOBS.periodic(cron="30 19 * * *")  # 02:30 in Vietnam
@JOBS.task(name="api.reconcile", queue=QUEUE, queueing_lock="api.reconcile")
def reconcile_all(timestamp: int) -> int:  # noqa: ARG001  given by procrastinate
    """Reconcile every agency's dossiers, each in its own transaction; returns how many differences there are.

    An agency that cannot be reconciled is named in the log and ends the night for no other.
    """
    database, clock = _configured[0]
    differing = 0
    with database.reading() as session:
        agencies = agencies_to_reconcile(session)
    for province_code, agency_id in agencies:
        try:
            with database.transaction() as session:
                found = reconcile(session, scope=system_scope(province_code), agency_id=agency_id, now=clock()).run
        except Exception as broken:  # noqa: BLE001  whichever agency it was, the others must not fall with it
            # Only type, code and place: the text of an unforeseen error may quote a row.
            why = {"error": failure_name(broken), "at": failure_place(broken)}
            _LOG.error("reconciliation broke down", province=province_code, agency=str(agency_id), **why)
            continue
        count = sum(found.kinds.values())
        if count:
            _LOG.warning("dossiers differ", agency=str(agency_id), differences=count, **found.kinds)
        differing += count
    return differing


@JOBS.periodic(cron="0 20 * * *")  # 03:00 in Vietnam, after the lesson
@JOBS.task(name="api.coarsen_tracks", queue=QUEUE, queueing_lock="api.coarsen_tracks")
def coarsen_tracks(timestamp: int) -> int:  # noqa: ARG001  given by procrastinate
    """Make tracks coarse whose time is over; returns how many couriers' days."""
    database, clock = _configured[0]
    return coarsen_days(database, now=clock(), precise_days=_precise_days[0], read_days=READ_DAYS)
