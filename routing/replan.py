"""A new plan of the rest of the day: what is done and ridden to stays, what and who came in since is taken up.

The dispatcher's word survives: locks, what he dropped, what he allowed. Papers a courier carries stay with him; one who
is absent keeps what he has delivered and loses the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import CodedError, problem
from core.scope import Scope
from geodata.travel_values import TravelTimes
from routing import store_versions
from routing.appraise import appraise
from routing.batch import batch
from routing.day_progress import DayProgress
from routing.desk import Desk, ground_of, open_desk
from routing.edit import Ground, keeps_facts
from routing.edit_store import Written, write_edit
from routing.errors_edits import NOT_ON_DUTY
from routing.gather import gather
from routing.model import Forbidden, Lock, Plan, PlanParams, Problem, Visit
from routing.objective import REQUIRED_PRIZE
from routing.packing import pack
from routing.schedule import build_plan, orders_of
from routing.solver.insertion import insert_all
from routing.standing import RoundKey, Standing, change_between
from routing.stored import PlanHead
from routing.urgent import with_couriers, with_visits
from tracking.model import Courier

# Of the five seconds a dispatcher waits for a new rest.
SECONDS = 3.0
# A paper on the motorbike is delivered before one that lies at the office.
_CARRIED_PRIZE = 4 * REQUIRED_PRIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What a new plan of the rest starts from: the plan's desk with new items and today's roads, who is gone."""

    desk: Desk
    absent: frozenset[UUID]


def read_rest(session: Session, scope: Scope, head: PlanHead, *, now: datetime) -> Rest:
    """Open the plan whose rest is made anew; `head` is the request's own.

    Raises:
        CodedError: as opening a plan for an edit.
    """
    if head.base_plan_id is None:
        raise ValueError("not a request for a new rest")
    desk = open_desk(session, scope, head.base_plan_id, allow=frozenset(), now=now, lock=False)
    found = gather(session, desk.head)
    known = {item for visit in desk.base.visits for item in visit.item_ids}
    came = _came(desk, found.couriers, head.params)
    fresh = batch(
        [item for item in found.items if item.id not in known],
        office=found.office,
        day=head.day,
        standard=found.standard,
        policy=desk.head.params.policy,
        service=found.service,
        procedures=found.procedures,
        crew=[*(vehicle for vehicle in desk.base.vehicles if vehicle.courier_id not in head.params.absent), *came],
    )
    base, _ = with_visits(with_couriers(desk.base, came, found.known), fresh, found.known)
    return Rest(desk=replace(desk, base=base, grown=True), absent=head.params.absent)


def _came(desk: Desk, couriers: Sequence[Courier], asked: PlanParams) -> list[Courier]:
    """Couriers on duty whom the plan does not know yet; whoever it was told is absent comes only when he is named."""
    planned = {vehicle.courier_id for vehicle in desk.base.vehicles}
    at_home = (desk.head.params.absent - asked.present) | asked.absent
    missing = asked.present - {courier.id for courier in couriers}
    if missing:
        raise CodedError(
            [problem(NOT_ON_DUTY, pointer="/present", courier=str(courier)) for courier in sorted(missing)]
        )
    return [courier for courier in couriers if courier.id not in planned | at_home]


def on_todays_roads(rest: Rest, travel: TravelTimes) -> Rest:
    """The same with a matrix of the roads as they are now: closures count."""
    base = replace(rest.desk.base, travel=travel.matrix(rest.desk.base.points))
    desk = replace(rest.desk, base=base, estimated=False)
    return replace(rest, desk=replace(desk, ground=_ground(desk, rest.absent)))


def _ground(desk: Desk, absent: frozenset[UUID]) -> Ground:
    progress = without_absent(desk.progress, absent)
    return ground_of(desk.base, desk.stored, progress)


def without_absent(progress: DayProgress, absent: frozenset[UUID]) -> DayProgress:
    """Absent couriers ride to no one and deliver nothing they carry."""
    frozen = tuple(replace(one, next_ids=()) if one.courier_id in absent else one for one in progress.frozen)
    kept = frozenset(visit for one in frozen for visit in one.next_ids)
    carried = {visit: courier for visit, courier in progress.facts.carried.items() if courier not in absent}
    return replace(progress, frozen=frozen, facts=replace(progress.facts, next=kept, carried=carried))


def task_of(rest: Rest) -> Problem:
    """What the engines are asked: the rest of the day with facts frozen and every word and hand kept."""
    ground = rest.desk.ground
    facts, standing, problem = ground.facts, ground.standing, ground.problem
    lost = {visit for visit, courier in rest.desk.progress.facts.carried.items() if courier in rest.absent}
    gone = (standing.dropped | lost) - facts.visited
    visits = tuple(
        _as_carried(visit, facts.carried, problem, ground) for visit in problem.visits if visit.id not in gone
    )
    ids = {visit.id for visit in visits}
    free = ids - facts.fixed
    locks = {
        lock.visit_id: lock for lock in problem.locks if lock.visit_id in free and lock.courier_id not in rest.absent
    }
    locks |= {v: Lock(visit_id=v, courier_id=courier) for v, courier in facts.carried.items() if v in free}
    banned = tuple(Forbidden(visit_id=visit, courier_id=courier) for courier in rest.absent for visit in sorted(free))
    return replace(
        problem,
        visits=visits,
        locks=tuple(locks.values()),
        forbidden=(*problem.forbidden, *banned),
        params=replace(PlanParams(), policy=problem.params.policy),
    )


def _as_carried(visit: Visit, carried: Iterable[str], problem: Problem, ground: Ground) -> Visit:
    if visit.id not in carried:
        return visit
    begun = {one.courier_id: one for one in problem.frozen if one.place is not None}
    one = begun.get(ground.facts.carried[visit.id])
    leg_s = 0 if one is None or one.place is None else int(problem.travel.seconds[one.place, visit.location])
    since = 0 if one is None else one.free_s
    in_time = any(end >= since + leg_s for _, end in visit.windows)
    return replace(visit, prize=_CARRIED_PRIZE, windows=visit.windows if in_time else ())


def better_of(task: Problem, rest: Rest, found: Plan) -> Plan:
    """The engines' plan, unless the orders that stand, with gaps filled, are cheaper."""
    index = {visit.id: n for n, visit in enumerate(task.visits)}
    couriers = {vehicle.courier_id: n for n, vehicle in enumerate(task.vehicles)}
    allowed = {lock.visit_id: lock.courier_id for lock in task.locks}
    fixed = rest.desk.ground.facts.fixed
    orders = {}
    for (courier, number), order in rest.desk.ground.standing.orders.items():
        kept = [
            v
            for v in order
            if v in index and (v in fixed or (courier not in rest.absent and allowed.get(v, courier) == courier))
        ]
        orders[couriers[courier], number] = [index[v] for v in kept]
    if build_plan(task, orders) is None:
        return found
    filled = build_plan(task, insert_all(task, orders), engine="insertion")
    return found if filled is None or found.cost.total <= filled.cost.total else filled


def standing_after(rest: Rest, task: Problem, plan: Plan) -> Standing:
    """The plan found, as a standing; whose appointment could not be kept is noted as late."""
    standing = rest.desk.ground.standing
    orders: dict[RoundKey, tuple[str, ...]] = {}
    for (vehicle, number), order in orders_of(task, plan).items():
        orders[task.vehicles[vehicle].courier_id, number] = tuple(task.visits[n].id for n in order)
    windows = {visit.id: visit.windows for visit in rest.desk.ground.problem.visits}
    late = {visit.id for visit in task.visits if windows[visit.id] and not visit.windows}
    served = {visit for order in orders.values() for visit in order}
    locks = {v: lock for v, lock in standing.locks.items() if v in served and lock[0] not in rest.absent}
    return replace(standing, orders=orders, late=standing.late | (late & served), locks=locks)


def write_rest(session: Session, scope: Scope, rest: Rest, after: Standing, head: PlanHead, *, now: datetime) -> bool:
    """Make the new rest the plan's next version; False when the plan or the day has moved on meanwhile."""
    fresh = open_desk(session, scope, rest.desk.head.id, allow=frozenset(), now=now, lock=True)
    if fresh.stored != rest.desk.stored:
        return False
    desk = replace(fresh, base=rest.desk.base, grown=True, estimated=False)
    progress = without_absent(desk.progress, rest.absent)
    ground = ground_of(desk.base, desk.stored, progress)
    after = progress.reordered(after)
    try:
        keeps_facts(ground, after)
    except CodedError:
        return False
    change = change_between(ground.standing, after)
    if not change:
        # Who has joined may be given stops by hand.
        store_versions.save_problem(session, desk.key, pack(desk.base))
        return True
    appraisal = appraise(progress.told(desk.base), ground, after)
    details = {"absent": sorted(str(one) for one in rest.absent), "plan": str(head.id)}
    made = Written(kind="replan", command="replan", details=details, change=change)
    write_edit(session, scope, desk=desk, appraisal=appraisal, made=made, now=now)
    return True
