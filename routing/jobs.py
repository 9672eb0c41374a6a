"""Planning jobs of the worker: one plan, lost plans, and the automatic plan at each office's cut-off."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from procrastinate import RetryStrategy

from core.clock import Clock, at_local, local_date
from core.db import Database
from core.jobs import JOBS
from core.scope import system_scope
from geodata.travel_values import TravelTimes
from routing import service, store, store_versions
from routing.recost import recost_plan
from routing.repin import RECOST_QUEUE, RECOST_TASK
from routing.run import SILENT_FOR, PlanBusyError, Workshop, run_plan
from routing.store import PlanKey
from tracking import service as tracking
from tracking.standard import load_calendar

_LOG = structlog.get_logger("routing")
# A plan whose job vanished (its worker was killed and its row cleaned away) is handed out again after this silence.
ABANDONED_AFTER = timedelta(seconds=120)
# A worker that was down at the cut-off plans when it is back: a draft binds nobody. When the morning is over a person
# decides.
CUT_OFF_GRACE = timedelta(hours=6)
# An automatic plan that failed, perhaps on roads or a database that were away, is asked for again after a while.
AGAIN_AFTER = timedelta(minutes=10)
MOST_FAILED = 6
# Nobody edits a plan of a fortnight ago; its frozen problem is half a megabyte.
PROBLEMS_KEPT = timedelta(days=14)

_configured: list[Workshop] = []


def configure(
    database: Database,
    *,
    travel: TravelTimes,
    clock: Clock,
    silent_for: timedelta = SILENT_FOR,
) -> None:
    """Give the jobs what they need; a worker calls this once before it starts."""
    _configured[:] = [Workshop(database=database, travel=travel, clock=clock, silent_for=silent_for)]


@JOBS.task(
    name=service.PLAN_TASK,
    queue=service.PLAN_QUEUE,
    # The run of a killed worker is taken over once its silence is long enough.
    retry=RetryStrategy(max_attempts=30, wait=5, retry_exceptions={PlanBusyError}),
)
def plan_office(province_code: str, plan_id: str) -> str | None:
    """Make a queued plan; again and again gives one plan."""
    state = run_plan(_workshop(), PlanKey(province_code=province_code, plan_id=UUID(plan_id)))
    return None if state is None else state.value


@JOBS.task(
    name=RECOST_TASK,
    queue=RECOST_QUEUE,
    retry=RetryStrategy(max_attempts=30, wait=1, retry_exceptions={PlanBusyError}),
)
def recost_plan_of(province_code: str, plan_id: str) -> int:
    """Reckon the routes of a plan whose doors moved; again and again gives the same."""
    return recost_plan(_workshop(), PlanKey(province_code=province_code, plan_id=UUID(plan_id)))


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="routing.recover_plans", queue=service.PLAN_QUEUE, queueing_lock="routing.recover_plans")
def recover_plans(timestamp: int) -> int:  # noqa: ARG001  procrastinate gives every periodic job its time
    """Hand out plans again whose job was lost; returns how many."""
    with _workshop().database.transaction() as session:
        lost = store.abandoned(session, silent_for=ABANDONED_AFTER)
        for key in lost:
            _LOG.warning("plan without a worker", plan=str(key.plan_id))
            service.defer_plan(session, key)
    return len(lost)


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="routing.plan_at_cut_off", queue=service.PLAN_QUEUE, queueing_lock="routing.plan_at_cut_off")
def plan_at_cut_off(timestamp: int) -> int:  # noqa: ARG001  procrastinate gives every periodic job its time
    """Ask for the automatic plan of every office whose cut-off has just passed; returns how many were asked for."""
    shop = _workshop()
    return request_due_plans(shop.database, now=shop.clock())


def request_due_plans(database: Database, *, now: datetime) -> int:
    """Automatic plans of a working day, one per office that does not fail, only where items wait and nobody has planned
    yet.
    """
    today = local_date(now)
    asked = 0
    with database.transaction() as session:
        for province in store.provinces(session):
            if not load_calendar(session, province).is_working(today):
                continue
            scope = system_scope(province)
            planned = store.planned_offices(
                session, scope, today, most_failed=MOST_FAILED, failed_since=now - AGAIN_AFTER
            )
            for office in tracking.list_offices(session, scope=scope):
                late = now - at_local(today, office.cut_off)
                due = timedelta() <= late < CUT_OFF_GRACE and office.id not in planned
                if due and tracking.ready_items(session, scope=scope, office_id=office.id, on=today):
                    job = service.request_plan(
                        session, scope=scope, office_id=office.id, day=today, now=now, origin="automatic"
                    )
                    asked += job.created
    return asked


@JOBS.periodic(cron="40 18 * * *")
@JOBS.task(name="routing.forget_problems", queue=service.PLAN_QUEUE, queueing_lock="routing.forget_problems")
def forget_problems(timestamp: int) -> int:  # noqa: ARG001  procrastinate gives every periodic job its time
    """Delete the frozen problems of days long past; returns how many."""
    shop = _workshop()
    with shop.database.transaction() as session:
        return store_versions.forget_problems(session, local_date(shop.clock()) - PROBLEMS_KEPT)


def _workshop() -> Workshop:
    if not _configured:
        raise RuntimeError("routing.jobs.configure was not called in this worker")
    return _configured[0]
