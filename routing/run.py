"""One run of a plan, from the office's items to a stored draft: what the worker does with a queued plan."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import structlog

from core.clock import Clock
from core.db import Database
from core.errors import CodedError, problem
from core.errors import Problem as Mistake
from core.failures import failure_name, failure_place
from core.scope import Scope, system_scope
from geodata.travel_values import TravelTimes
from routing import store, store_routes, store_versions
from routing.batch import batch
from routing.checker import check
from routing.drawing import draw_routes, left_out
from routing.errors import RUN_FAILED
from routing.explain import explain
from routing.gather import gather
from routing.horizon_step import DayChoice, tell_kept
from routing.horizon_values import Decision
from routing.live import announce
from routing.model import Cost, Plan, Problem
from routing.packing import pack
from routing.repin import catch_up, renew_pins
from routing.replan import SECONDS as REST_S
from routing.replan import Rest, better_of, on_todays_roads, read_rest, standing_after, task_of, write_rest
from routing.solver import Limit, Progress, seconds_for, solve
from routing.standing import Standing, decided, from_parts, kept_word, wishes_of
from routing.store import PlanKey, Run
from routing.stored import LIVING, Phase, PlanHead, PlanProgress, PlanState, StoredRoute, StoredUnplanned
from routing.validate import validate

_LOG = structlog.get_logger("routing")
# A run says something every second; a matrix from a cold road server may take some.
SILENT_FOR = timedelta(seconds=45)
_BEAT_S = 1.0
# Edits made while a new rest is searched make it begin again; after that the job waits its turn.
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What a run needs from the process it happens in. A run silent for `silent_for` may be taken over."""

    database: Database
    travel: TravelTimes
    clock: Clock
    silent_for: timedelta = SILENT_FOR


class PlanBusyError(Exception):
    """Another worker is alive on the plan, or was until a moment ago: look again later."""


class _LostError(Exception):
    """The plan was cancelled or taken over: whatever was found is of no use."""


def run_plan(workshop: Workshop, key: PlanKey) -> PlanState | None:
    """Bring a queued plan, or one whose worker died, to its draft. Safe to call any number of times.

    Returns the state reached, or None when there was nothing to do (ended, cancelled or taken over meanwhile).

    Raises:
        PlanBusyError: when another run is alive, or edits overtook this one again and again; the plan waits.
    """
    run = Run(key=key, token=uuid4())
    with workshop.database.transaction() as session:
        claimed = store.claim(session, run, silent_for=workshop.silent_for)
        head = store.head(session, system_scope(key.province_code), key.plan_id)
    if head is None or (not claimed and head.state is not PlanState.RUNNING):
        return None
    if not claimed:
        raise PlanBusyError
    try:
        work = _Work(workshop, run, head)
        return work.draft() if head.base_plan_id is None else work.rest()
    except _LostError:
        return None
    except PlanBusyError:
        with workshop.database.transaction() as session:
            store.hand_back(session, run)
        raise
    except CodedError as refused:
        return _fail(workshop, run, head, refused.problems)
    except Exception as broken:
        # Only type and place: the text of an unforeseen error may quote an item's row.
        _LOG.error("plan broke down", plan=str(key.plan_id), error=failure_name(broken), at=failure_place(broken))
        _fail(workshop, run, head, [problem(RUN_FAILED, kind=type(broken).__name__)])
        raise


def _fail(workshop: Workshop, run: Run, head: PlanHead, mistakes: list[Mistake]) -> PlanState | None:
    values = {"problems": [mistake.as_dict() for mistake in mistakes]}
    now = workshop.clock()
    with workshop.database.transaction() as session:
        if not store.end_run(session, run, PlanState.FAILED, values, now=now):
            return None
        announce(session, head, PlanState.FAILED, now=now)
    return PlanState.FAILED


class _Work:
    """The phases of one run. Each database access is a short transaction; none is open while the engines search."""

    def __init__(self, workshop: Workshop, run: Run, head: PlanHead) -> None:
        self._shop, self._run, self._head = workshop, run, head
        self._seconds = 0.0
        self._solving_from = 5
        self._beat_at = 0.0
        self._lost = self._enough = False
        self._word = Standing()

    def draft(self) -> PlanState:
        """All phases in order."""
        with self._shop.database.transaction() as session:
            renew_pins(session, self._head, now=self._shop.clock())
        with self._shop.database.reading() as session:
            found = gather(session, self._head)
        gathered = batch(
            found.items,
            office=found.office,
            day=self._head.day,
            standard=found.standard,
            policy=self._head.params.policy,
            service=found.service,
            procedures=found.procedures,
            crew=found.on_duty(self._head.params.absent),
        )
        self._say(Phase.MATRIX, 2)
        choice = DayChoice(found, gathered, self._head.day, self._head.params)
        travel = self._shop.travel.matrix(choice.points)
        base, decision = choice.problem(travel), Decision()
        self._word = kept_word(self._former_word(), base)
        mistakes = validate(decided(base, self._word))
        if mistakes:
            raise CodedError(mistakes)
        if choice.wanted:
            self._say(Phase.DAYS, 5)
            base, decision = choice.choose(base, travel, self._choosing)
        task = decided(base, self._word)
        plan = self._solve(task, self._head.params.seconds or seconds_for(len(task.visits)))
        self._say(Phase.CHECK, 92, plan.cost)
        violations = [f"{v.rule} {v.where}: {v.detail}" for v in check(task, plan)]
        plan = tell_kept(explain(task, plan), decision, self._head.day, found.standard.calendar)
        self._say(Phase.GEOMETRY, 95, plan.cost)
        routes = draw_routes(task, plan, self._shop.travel)
        self._store(task, plan, violations, routes, left_out(task, plan, gathered.left_out, found.unresolved), base)
        return PlanState.DRAFT

    def rest(self) -> PlanState:
        """A new plan of the rest of another plan's day, which becomes that plan's next version."""
        for _ in range(_TRIES):
            with self._shop.database.reading() as session:
                read = read_rest(session, self._scope, self._head, now=self._shop.clock())
            self._say(Phase.MATRIX, 2)
            found = on_todays_roads(read, self._shop.travel)
            task = task_of(found)
            mistakes = validate(task)
            if mistakes:
                raise CodedError(mistakes)
            plan = better_of(task, found, self._solve(task, self._head.params.seconds or REST_S))
            self._say(Phase.CHECK, 92, plan.cost)
            if self._apply(found, standing_after(found, task, plan), plan):
                return PlanState.APPLIED
        raise PlanBusyError

    def _former_word(self) -> Standing:
        """What the dispatcher locked and allowed in the plan of the day that this one is to replace."""
        with self._shop.database.reading() as session:
            former = store.heads(
                session,
                system_scope(self._head.province_code),
                office_id=self._head.office_id,
                day=self._head.day,
                states=LIVING,
                limit=1,
            )
        return from_parts(former[0].wishes) if former else Standing()

    def _apply(self, read: Rest, after: Standing, plan: Plan) -> bool:
        """Next version and end of the run in one transaction, only while the run is ours and the day as it was read."""
        now = self._shop.clock()
        with self._shop.database.transaction() as session:
            if not write_rest(session, self._scope, read, after, self._head, now=now):
                return False
            values = {"best_cost": plan.cost.total}
            if not store.end_run(session, self._run, PlanState.APPLIED, values, now=now):
                raise _LostError
            announce(session, self._head, PlanState.APPLIED, now=now)
        return True

    @property
    def _scope(self) -> Scope:
        """The program's reach in the name of who asked."""
        return Scope(province_code=self._head.province_code, actor=self._head.requested_by)

    def _choosing(self, share: float) -> None:
        if time.monotonic() - self._beat_at >= _BEAT_S:
            self._solving_from = 5 + int(40 * share)
            self._say(Phase.DAYS, self._solving_from)

    def _solve(self, task: Problem, seconds: float | None) -> Plan:
        params = self._head.params
        seconds = None if params.iterations and not params.seconds else seconds
        self._seconds = seconds or seconds_for(len(task.visits))
        self._say(Phase.SOLVE, self._solving_from)
        limit = Limit(seconds=seconds, iterations=params.iterations, cancelled=lambda: self._lost or self._enough)
        plan = solve(task, stop=limit, seed=params.seed, on_progress=self._searching)
        if self._lost:
            raise _LostError
        return plan

    def _searching(self, progress: Progress) -> None:
        if time.monotonic() - self._beat_at >= _BEAT_S and not self._lost:
            share = min(1.0, progress.elapsed_s / self._seconds)
            self._beat(Phase.SOLVE, self._solving_from + int((90 - self._solving_from) * share), progress.cost)

    def _say(self, phase: Phase, percent: int, best: Cost | None = None) -> None:
        self._beat(phase, percent, best)
        if self._lost:
            raise _LostError

    def _beat(self, phase: Phase, percent: int, best: Cost | None) -> None:
        self._beat_at = time.monotonic()
        total, terms = (None, {}) if best is None else (best.total, best.terms())
        progress = PlanProgress(phase=phase, percent=percent, best_cost=total, terms=terms)
        with self._shop.database.transaction() as session:
            word = store.beat(session, self._run, progress)
        self._lost, self._enough = word is store.Word.LOST, word is store.Word.ENOUGH

    def _store(
        self,
        task: Problem,
        plan: Plan,
        violations: list[str],
        routes: list[StoredRoute],
        left: list[StoredUnplanned],
        base: Problem,
    ) -> None:
        """The draft and its content in one transaction, only if the plan is still ours; older drafts step back."""
        values = {
            "cost": plan.cost.terms(),
            "best_cost": plan.cost.total,
            "travel_source": task.travel.source.value,
            "violations": violations,
            "visits": len(task.visits),
            "planned_items": sum(len(stop.item_ids) for route in routes for stop in route.stops),
            "unplanned_items": sum(len(one.item_ids) for one in left),
            "wishes": wishes_of(self._word),
        }
        scope, now = system_scope(self._head.province_code), self._shop.clock()
        with self._shop.database.transaction() as session:
            store.lock_day(session, scope, office_id=self._head.office_id, day=self._head.day)
            if not store.end_run(session, self._run, PlanState.DRAFT, values, now=now):
                raise _LostError
            store_routes.save(session, self._run.key, routes, left)
            store_versions.save_problem(session, self._run.key, pack(base))
            # A door may have been set right while the plan was being made.
            catch_up(session, self._run.key, now=now)
            store.supersede(
                session,
                scope,
                office_id=self._head.office_id,
                day=self._head.day,
                states=(PlanState.DRAFT,),
                keep=self._head.id,
            )
            announce(session, self._head, PlanState.DRAFT, now=now)
