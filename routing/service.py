"""What other packages call: ask for plans, read them, publish them. Checked, within scope, the commit left to them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import NOT_FOUND, CodedError, fail
from core.jobs import defer
from core.scope import Scope
from geodata import store_zones
from routing import errors, errors_edits, store, store_familiarity, store_horizon, store_routes
from routing.familiarity import REMEMBERED
from routing.gather import find_office
from routing.hands import Hands, Homes, in_hands
from routing.live import announce
from routing.model import PlanParams
from routing.office_rule import OfficeRule
from routing.store import PlanKey
from routing.stored import LIVING, CourierRoute, PlanHead, PlanJob, PlanState, StoredPlan, assignments
from routing.validate import check_params
from tracking import service as tracking
from tracking.model import Status
from tracking.reports import check_period

PLAN_TASK = "routing.plan_office"
PLAN_QUEUE = "plans"


def request_plan(
    session: Session,
    *,
    scope: Scope,
    office_id: UUID,
    day: date,
    params: PlanParams | None = None,
    now: datetime,
    origin: str = "dispatcher",
) -> PlanJob:
    """Ask for a plan of an office and day; the worker makes it. One under way already is given back instead.

    Without `params` the office's own rule holds.

    Raises:
        CodedError: C1000 for an office out of reach, R1001 for a past day, R1007 for each limit out of range.
    """
    find_office(session, scope, office_id)
    wanted = params or _rule(session, scope, office_id).params()
    mistakes = check_params(wanted)
    if mistakes:
        raise CodedError(mistakes)
    if day < local_date(now):
        raise fail(errors.DAY_PAST, pointer="/day", day=f"{day:%d/%m/%Y}")
    plan_id = store.add(session, scope, office_id=office_id, day=day, params=wanted, origin=origin, now=aware(now))
    if plan_id is not None:
        defer_plan(session, PlanKey(province_code=scope.province_code, plan_id=plan_id))
        return PlanJob(plan_id=plan_id, state=PlanState.QUEUED, created=True)
    return _already_there(session, scope, office_id, day)


def request_replan(
    session: Session, *, scope: Scope, plan_id: UUID, params: PlanParams | None = None, now: datetime
) -> PlanJob:
    """Ask for a new plan of the rest of a plan's day; it becomes the plan's next version. One job of an office and day
    at a time: what is under way already is given back instead.

    Raises:
        CodedError: C1000 out of reach, R4001 when the plan cannot be changed, R1001 for a past day, R1007 limits.
    """
    wanted = params or PlanParams()
    head = _find(session, scope, plan_id)
    mistakes = check_params(wanted)
    if mistakes:
        raise CodedError(mistakes)
    if head.state not in LIVING:
        raise fail(errors_edits.NOT_EDITABLE, state=head.state.value)
    if head.day < local_date(now):
        raise fail(errors.DAY_PAST, pointer="/day", day=f"{head.day:%d/%m/%Y}")
    job_id = store.add(
        session,
        scope,
        office_id=head.office_id,
        day=head.day,
        params=wanted,
        origin="replan",
        now=aware(now),
        base_plan_id=plan_id,
    )
    if job_id is None:
        return _already_there(session, scope, head.office_id, head.day)
    defer_plan(session, PlanKey(province_code=scope.province_code, plan_id=job_id))
    return PlanJob(plan_id=job_id, state=PlanState.QUEUED, created=True)


def defer_plan(session: Session, key: PlanKey) -> None:
    """Hand a plan to the workers, once while it waits."""
    args = {"province_code": key.province_code, "plan_id": str(key.plan_id)}
    defer(session, PLAN_TASK, args, queue=PLAN_QUEUE, queueing_lock=f"plan:{key.plan_id}")


def get_plan(session: Session, *, scope: Scope, plan_id: UUID) -> StoredPlan:
    """A whole plan.

    Raises:
        CodedError: C1000 when it is out of reach.
    """
    head = _find(session, scope, plan_id)
    key = PlanKey(province_code=head.province_code, plan_id=head.id)
    return StoredPlan(
        head=head, routes=store_routes.routes(session, key), unplanned=store_routes.unplanned(session, key)
    )


def list_plans(
    session: Session, *, scope: Scope, office_id: UUID | None = None, day: date | None = None
) -> list[PlanHead]:
    """Plans within reach, newest first, the newest 200."""
    return store.heads(session, scope, office_id=office_id, day=day)


def office_rule(session: Session, *, scope: Scope, office_id: UUID) -> OfficeRule:
    """How an office wants its days planned.

    Raises:
        CodedError: C1000 for an office out of reach.
    """
    find_office(session, scope, office_id)
    return _rule(session, scope, office_id)


def familiar_hands(
    session: Session, *, scope: Scope, office_id: UUID, first_on: date, last_on: date
) -> dict[tuple[date, UUID], Hands]:
    """(day, courier) → how many stops of a period's published plans lay in hands that knew the place, or in the
    courier's home beat as it is now.

    Raises:
        CodedError: C1000 for an office out of reach, T6001 for a period backwards or over 400 days.
    """
    find_office(session, scope, office_id)
    check_period(first_on, last_on)
    stops = store_familiarity.past_stops(session, scope, office_id, first_on=first_on - REMEMBERED, last_on=last_on)
    couriers = tracking.known_couriers(session, scope=scope, office_id=office_id)
    homes = Homes(
        beats=store_zones.beats(session, scope.province_code, [courier.id for courier in couriers]),
        communes={courier.id: frozenset(courier.home_commune_codes) for courier in couriers},
    )
    return in_hands(stops, first_on=first_on, last_on=last_on, homes=homes)


def set_office_rule(session: Session, *, scope: Scope, office_id: UUID, rule: OfficeRule) -> OfficeRule:
    """Set how an office wants its days planned, from the next plan on.

    Raises:
        CodedError: C1000 for an office out of reach, R1007 for a number out of range.
    """
    find_office(session, scope, office_id)
    mistakes = check_params(rule.params())
    if mistakes:
        raise CodedError(mistakes)
    store_horizon.save_rule(session, scope, office_id, rule)
    return rule


def finish_plan(session: Session, *, scope: Scope, plan_id: UUID) -> PlanHead:
    """End the search of a plan that waits or is being made: the best found becomes its draft, within a second or two.

    Raises:
        CodedError: C1000 out of reach, R1006 when it has ended.
    """
    head = _find(session, scope, plan_id)
    if not store.finish(session, scope, plan_id):
        raise fail(errors.PLAN_ENDED, state=head.state.value)
    return head


def cancel_plan(session: Session, *, scope: Scope, plan_id: UUID, now: datetime) -> PlanHead:
    """Stop a plan that waits or is being made; its worker notices within a second.

    Raises:
        CodedError: C1000 out of reach, R1006 when it has ended.
    """
    head = _find(session, scope, plan_id)
    if not store.cancel(session, scope, plan_id, now=aware(now)):
        raise fail(errors.PLAN_ENDED, state=_find(session, scope, plan_id).state.value)
    announce(session, head, PlanState.CANCELLED, now=now)
    return _find(session, scope, plan_id)


def publish_plan(session: Session, *, scope: Scope, plan_id: UUID, version: int, now: datetime) -> PlanHead:
    """Make a draft the plan of its day. Its items become planned; what an older plan had, and nobody took, is freed.

    Raises:
        CodedError: C1000 out of reach, R1002 not a draft, R1003 another version, R1004 a broken rule, R1005 items that
            are no longer waiting.
    """
    seen = _find(session, scope, plan_id)
    store.lock_day(session, scope, office_id=seen.office_id, day=seen.day)
    head = _find(session, scope, plan_id)
    _may_publish(head, version)
    assigned = assignments(store_routes.routes(session, PlanKey(province_code=head.province_code, plan_id=head.id)))
    _refuse_moved(session, scope, list(assigned))
    replaced = store.supersede(
        session,
        scope,
        office_id=head.office_id,
        day=head.day,
        states=LIVING,
        keep=head.id,
    )
    _free(session, scope, replaced, keep=set(assigned), now=now)
    tracking.mark_planned(session, scope=scope, assignments=assigned, plan_id=head.id, on=head.day, now=now)
    store.set_published(session, scope, head.id, now=aware(now))
    announce(session, head, PlanState.PUBLISHED, now=now)
    return _find(session, scope, plan_id)


def routes_of_courier(session: Session, *, scope: Scope, courier_id: UUID, day: date) -> CourierRoute | None:
    """A courier's route in the published plan of a day; None when he has none or is out of reach."""
    if scope.courier_id not in (None, courier_id):
        return None
    plan_id = store_routes.published_of_courier(session, scope, courier_id=courier_id, day=day)
    if plan_id is None:
        return None
    head = _find(session, scope, plan_id)
    key = PlanKey(province_code=head.province_code, plan_id=head.id)
    route = store_routes.routes(session, key, courier_id=courier_id)[0]
    return CourierRoute(plan_id=head.id, plan_version=head.version, office_id=head.office_id, day=head.day, route=route)


def _rule(session: Session, scope: Scope, office_id: UUID) -> OfficeRule:
    return store_horizon.rule_of(session, scope, office_id) or OfficeRule()


def _already_there(session: Session, scope: Scope, office_id: UUID, day: date) -> PlanJob:
    """Why no plan was added: one is under way, or (asked for automatically) one was made before."""
    under_way = store.active(session, scope, office_id=office_id, day=day)
    if under_way is not None:
        return PlanJob(plan_id=under_way[0], state=under_way[1], created=False)
    newest = store.heads(session, scope, office_id=office_id, day=day)[0]
    return PlanJob(plan_id=newest.id, state=newest.state, created=False)


def _find(session: Session, scope: Scope, plan_id: UUID) -> PlanHead:
    head = store.head(session, scope, plan_id)
    if head is None:
        raise fail(NOT_FOUND, what="plan")
    return head


def _may_publish(head: PlanHead, version: int) -> None:
    if head.state is not PlanState.DRAFT:
        raise fail(errors.PLAN_NOT_DRAFT, state=head.state.value)
    if head.version != version:
        raise fail(errors.PLAN_CHANGED, current=head.version, given=version)
    if head.violations:
        raise fail(errors.PLAN_BROKEN, count=len(head.violations), first=head.violations[0])


def _refuse_moved(session: Session, scope: Scope, item_ids: list[UUID]) -> None:
    """Items that were delivered, forwarded or taken out since the plan was made."""
    items = tracking.find_items(session, scope=scope, item_ids=item_ids)
    waiting = [
        item
        for item in items.values()
        if item.status in (Status.READY, Status.PLANNED) and item.holder_courier_id is None
    ]
    if len(waiting) < len(item_ids):
        raise fail(errors.ITEMS_CHANGED, count=len(item_ids) - len(waiting))


def _free(session: Session, scope: Scope, plan_ids: list[UUID], *, keep: set[UUID], now: datetime) -> None:
    """Take what only the replaced plans had off the plan."""
    had = set(store_routes.item_ids(session, scope.province_code, plan_ids)) - keep
    items = tracking.find_items(session, scope=scope, item_ids=list(had))
    still = [item.id for item in items.values() if item.plan_id in plan_ids]
    tracking.release(session, scope=scope, item_ids=still, now=now)
