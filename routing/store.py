"""Plans in the database: their state, who runs them, what they cost. Rows stay here; `stored.PlanHead` goes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Update, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.ids import new_id
from core.scope import Scope
from routing.model import DAY_VALUE_S, PlanParams, ServicePolicy
from routing.stored import ACTIVE, Phase, PlanHead, PlanProgress, PlanState
from routing.tables import PlanRow
from tracking.tables_offices import OfficeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanKey:
    """A plan across provinces."""

    province_code: str
    plan_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The right to work on a plan: whoever's token stands in the row."""

    key: PlanKey
    token: UUID


def add(
    session: Session,
    scope: Scope,
    *,
    office_id: UUID,
    day: date,
    params: PlanParams,
    origin: str,
    now: datetime,
    base_plan_id: UUID | None = None,
) -> UUID | None:
    """A queued plan; None when one is active on that office and day, or was made automatically before."""
    values = {
        "province_code": scope.province_code,
        "id": new_id(now),
        "office_id": office_id,
        "day": day,
        "state": PlanState.QUEUED.value,
        "origin": origin,
        "base_plan_id": base_plan_id,
        "params": params_to_json(params),
        "phase": Phase.WAITING.value,
        "requested_at": now,
        "requested_by": scope.actor,
        "heartbeat_at": func.clock_timestamp(),
    }
    query = insert(PlanRow).values(values).on_conflict_do_nothing().returning(PlanRow.id)
    return session.scalars(query).one_or_none()


def active(session: Session, scope: Scope, *, office_id: UUID, day: date) -> tuple[UUID, PlanState] | None:
    """The plan under way for an office and day."""
    query = select(PlanRow.id, PlanRow.state).where(
        *_in_scope(scope), PlanRow.office_id == office_id, PlanRow.day == day, PlanRow.state.in_(_values(ACTIVE))
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row.id, PlanState(row.state))


def head(session: Session, scope: Scope, plan_id: UUID, *, lock: bool = False) -> PlanHead | None:
    """One plan without its routes; with `lock` its row is held until the transaction ends."""
    query = select(PlanRow).where(*_in_scope(scope), PlanRow.id == plan_id).execution_options(populate_existing=True)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _head(row)


def heads(
    session: Session,
    scope: Scope,
    *,
    office_id: UUID | None = None,
    day: date | None = None,
    states: Iterable[PlanState] | None = None,
    limit: int = 200,
) -> list[PlanHead]:
    """Plans within reach, newest first."""
    query = select(PlanRow).where(*_in_scope(scope))
    if office_id is not None:
        query = query.where(PlanRow.office_id == office_id)
    if day is not None:
        query = query.where(PlanRow.day == day)
    if states is not None:
        query = query.where(PlanRow.state.in_(_values(states)))
    query = query.order_by(PlanRow.id.desc()).limit(limit).execution_options(populate_existing=True)
    return [_head(row) for row in session.scalars(query)]


class Word(Enum):
    """What a run hears when it says how far it is: LOST when the plan is no longer its own (cancelled, taken over)."""

    GO_ON = "go on"
    ENOUGH = "enough"
    LOST = "lost"


def planned_offices(
    session: Session, scope: Scope, day: date, *, most_failed: int, failed_since: datetime
) -> set[UUID]:
    """The offices that have a plan of a day which did not fail; or `most_failed` that did, or one since that moment."""
    failed = PlanRow.state == PlanState.FAILED.value
    last = func.max(PlanRow.finished_at)
    query = (
        select(PlanRow.office_id)
        .where(*_in_scope(scope), PlanRow.day == day)
        .group_by(PlanRow.office_id)
        .having(or_(~func.bool_and(failed), func.count() >= most_failed, last > failed_since))
    )
    return set(session.scalars(query))


def lock_day(session: Session, scope: Scope, *, office_id: UUID, day: date) -> None:
    """Hold every plan of an office and day: publishing one and replacing another happen one after the other."""
    query = select(PlanRow.id).where(
        PlanRow.province_code == scope.province_code, PlanRow.office_id == office_id, PlanRow.day == day
    )
    session.execute(query.order_by(PlanRow.id).with_for_update())


def claim(session: Session, run: Run, *, silent_for: timedelta) -> bool:
    """Start a queued plan, or take over one whose worker has been silent that long (by the database's own clock)."""
    stale = PlanRow.heartbeat_at < func.clock_timestamp() - silent_for
    may = or_(
        PlanRow.state == PlanState.QUEUED.value,
        (PlanRow.state == PlanState.RUNNING.value) & stale,
    )
    query = (
        update(PlanRow)
        .where(*_is(run.key), may)
        .values(
            state=PlanState.RUNNING.value,
            run_token=run.token,
            heartbeat_at=func.clock_timestamp(),
            phase=Phase.BATCH.value,
            percent=0,
            best_cost=None,
            best_terms={},
        )
    )
    return _changed(session, query)


def beat(session: Session, run: Run, progress: PlanProgress) -> Word:
    """Say how far the run is, and hear what is wanted of it."""
    values = {
        "heartbeat_at": func.clock_timestamp(),
        "phase": progress.phase.value,
        "percent": progress.percent,
        "best_cost": progress.best_cost,
        "best_terms": dict(progress.terms),
    }
    query = update(PlanRow).where(*_held_by(run)).values(values).returning(PlanRow.enough)
    enough = session.scalars(query).one_or_none()
    return Word.LOST if enough is None else Word.ENOUGH if enough else Word.GO_ON


def hand_back(session: Session, run: Run) -> None:
    """Let the plan wait for its next run; nothing happens when it is no longer this run's."""
    values = {"state": PlanState.QUEUED.value, "run_token": None, "heartbeat_at": func.clock_timestamp()}
    session.execute(update(PlanRow).where(*_held_by(run)).values(values))


def end_run(session: Session, run: Run, state: PlanState, values: Mapping[str, Any], *, now: datetime) -> bool:
    """Bring a run to its end; False when the plan is no longer this run's."""
    done = {**values, "state": state.value, "finished_at": now, "run_token": None, "percent": 100}
    done["phase"] = Phase.DONE.value
    return _changed(session, update(PlanRow).where(*_held_by(run)).values(done))


def finish(session: Session, scope: Scope, plan_id: UUID) -> bool:
    """Ask an active plan to end with the best it has."""
    query = update(PlanRow).where(*_in_scope(scope), PlanRow.id == plan_id, PlanRow.state.in_(_values(ACTIVE)))
    return _changed(session, query.values(enough=True))


def cancel(session: Session, scope: Scope, plan_id: UUID, *, now: datetime) -> bool:
    """End an active plan."""
    query = (
        update(PlanRow)
        .where(*_in_scope(scope), PlanRow.id == plan_id, PlanRow.state.in_(_values(ACTIVE)))
        .values(state=PlanState.CANCELLED.value, finished_at=now, run_token=None)
    )
    return _changed(session, query)


def supersede(
    session: Session, scope: Scope, *, office_id: UUID, day: date, states: Iterable[PlanState], keep: UUID
) -> list[UUID]:
    """Set the other plans of an office and day in these states aside; returns which."""
    query = (
        update(PlanRow)
        .where(
            PlanRow.province_code == scope.province_code,
            PlanRow.office_id == office_id,
            PlanRow.day == day,
            PlanRow.id != keep,
            PlanRow.state.in_(_values(states)),
        )
        .values(state=PlanState.SUPERSEDED.value)
        .returning(PlanRow.id)
    )
    return list(session.scalars(query))


def set_published(session: Session, scope: Scope, plan_id: UUID, *, now: datetime) -> None:
    """A draft becomes the day's plan, one version on."""
    query = (
        update(PlanRow)
        .where(PlanRow.province_code == scope.province_code, PlanRow.id == plan_id)
        .values(
            state=PlanState.PUBLISHED.value,
            published_at=now,
            published_by=scope.actor,
            version=PlanRow.version + 1,
        )
    )
    session.execute(query)


def abandoned(session: Session, *, silent_for: timedelta) -> list[PlanKey]:
    """Active plans nobody has said anything about for that long: their job was lost."""
    query = select(PlanRow.province_code, PlanRow.id).where(
        PlanRow.state.in_(_values(ACTIVE)), PlanRow.heartbeat_at < func.clock_timestamp() - silent_for
    )
    return [PlanKey(province_code=row.province_code, plan_id=row.id) for row in session.execute(query)]


def provinces(session: Session) -> list[str]:
    """The provinces that have offices."""
    return list(session.scalars(select(OfficeRow.province_code).distinct().order_by(OfficeRow.province_code)))


def params_to_json(params: PlanParams) -> dict[str, Any]:
    """Params as kept."""
    return {
        "policy": params.policy.value,
        "day_value_s": params.day_value_s,
        "familiarity_s": params.familiarity_s,
        "seconds": params.seconds,
        "iterations": params.iterations,
        "seed": params.seed,
        "absent": sorted(str(courier) for courier in params.absent),
        "present": sorted(str(courier) for courier in params.present),
    }


def _params(kept: Mapping[str, Any]) -> PlanParams:
    return PlanParams(
        policy=ServicePolicy(kept["policy"]),
        day_value_s=kept.get("day_value_s", DAY_VALUE_S),
        familiarity_s=kept.get("familiarity_s", 0),
        seconds=kept["seconds"],
        iterations=kept["iterations"],
        seed=kept["seed"],
        absent=frozenset(UUID(courier) for courier in kept["absent"]),
        present=frozenset(UUID(courier) for courier in kept.get("present", ())),
    )


def _values(states: Iterable[PlanState]) -> list[str]:
    return [state.value for state in states]


def _in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [PlanRow.province_code == scope.province_code]
    if scope.office_ids is not None:
        conditions.append(PlanRow.office_id.in_(scope.office_ids))
    return conditions


def _is(key: PlanKey) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return PlanRow.province_code == key.province_code, PlanRow.id == key.plan_id


def _held_by(run: Run) -> tuple[ColumnElement[bool], ...]:
    return *_is(run.key), PlanRow.state == PlanState.RUNNING.value, PlanRow.run_token == run.token


def _changed(session: Session, query: Update) -> bool:
    result = session.execute(query)
    return isinstance(result, CursorResult) and result.rowcount == 1


def _head(row: PlanRow) -> PlanHead:
    return PlanHead(
        province_code=row.province_code,
        id=row.id,
        office_id=row.office_id,
        day=row.day,
        state=PlanState(row.state),
        version=row.version,
        origin=row.origin,
        params=_params(row.params),
        progress=PlanProgress(
            phase=Phase(row.phase), percent=row.percent, best_cost=row.best_cost, terms=row.best_terms
        ),
        cost=row.cost,
        travel_source=row.travel_source,
        violations=tuple(row.violations),
        problems=tuple(row.problems),
        visits=row.visits,
        planned_items=row.planned_items,
        unplanned_items=row.unplanned_items,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        finished_at=row.finished_at,
        published_at=row.published_at,
        wishes=row.wishes,
        base_plan_id=row.base_plan_id,
    )
