"""A stored plan opened for an edit: its problem, what people decided, and what has happened of its day."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import local_date
from core.errors import NOT_FOUND, fail
from core.scope import Scope
from routing import errors, store, store_routes, store_versions
from routing import errors_edits as refusals
from routing.appraise import NEXT
from routing.day_progress import DayProgress, progress_of, without_next
from routing.edit import Ground
from routing.model import Problem
from routing.packing import unpack
from routing.standing import Standing, decided, standing_of
from routing.store import PlanKey
from routing.store_versions import PlanVersion
from routing.stored import LIVING, PlanHead, PlanState, StoredRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A plan opened for an edit.

    `base`: its problem without the dispatcher's word; `estimated`: some of its legs are not from roads; `grown`: it is
    no longer the one that is kept. `stored`: the orders and the word as they stand; `ground`: with what has happened.
    """

    head: PlanHead
    key: PlanKey
    routes: tuple[StoredRoute, ...]
    base: Problem
    estimated: bool
    stored: Standing
    progress: DayProgress
    ground: Ground
    history: tuple[PlanVersion, ...]
    grown: bool = False


def open_desk(
    session: Session, scope: Scope, plan_id: UUID, *, allow: frozenset[str], now: datetime, lock: bool
) -> Desk:
    """Open a plan; with `lock` its row is held until the transaction ends.

    Raises:
        CodedError: C1000 out of reach, R4001 not editable, R1001 a past day, R4002 made before plans could be edited.
    """
    head = _head(session, scope, plan_id, lock=lock)
    if head.state not in LIVING:
        raise fail(refusals.NOT_EDITABLE, state=head.state.value)
    if head.day < local_date(now):
        raise fail(errors.DAY_PAST, pointer="/day", day=f"{head.day:%d/%m/%Y}")
    return _opened(session, scope, head, allow=allow, now=now)


def read_desk(session: Session, scope: Scope, plan_id: UUID, *, now: datetime) -> Desk:
    """Open any plan that has its routes, also one of a past day, to look at it.

    Raises:
        CodedError: C1000 out of reach, R4002 when its problem is not kept (any more, or not yet).
    """
    return _opened(session, scope, _head(session, scope, plan_id, lock=False), allow=frozenset(), now=now)


def _head(session: Session, scope: Scope, plan_id: UUID, *, lock: bool) -> PlanHead:
    head = store.head(session, scope, plan_id, lock=lock)
    if head is None:
        raise fail(NOT_FOUND, what="plan")
    return head


def _opened(session: Session, scope: Scope, head: PlanHead, *, allow: frozenset[str], now: datetime) -> Desk:
    key = key_of(head)
    kept = store_versions.load_problem(session, key)
    if kept is None:
        raise fail(refusals.NOT_KEPT)
    routes = store_routes.routes(session, key)
    base = unpack(kept[0])
    stored = standing_of(head.wishes, routes)
    progress = DayProgress()
    if head.state is PlanState.PUBLISHED:
        progress = progress_of(session, scope, head, stored, base, now=now)
    if NEXT in allow:
        progress = without_next(progress)
    return Desk(
        head=head,
        key=key,
        routes=routes,
        base=base,
        estimated=kept[1],
        stored=stored,
        progress=progress,
        ground=ground_of(base, stored, progress),
        history=tuple(store_versions.versions(session, key)),
    )


def ground_of(base: Problem, stored: Standing, progress: DayProgress) -> Ground:
    """What an edit starts from: the dispatcher's word and what has happened, over the plan's own problem."""
    standing = progress.reordered(stored)
    return Ground(problem=decided(progress.told(base), standing), standing=standing, facts=progress.facts)


def key_of(head: PlanHead) -> PlanKey:
    """The plan across provinces."""
    return PlanKey(province_code=head.province_code, plan_id=head.id)
