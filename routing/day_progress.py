"""How far a published plan's day is: visits made with their real times, what couriers carry, the stop each rides to.

Told by proofs (when), custody (who holds which paper) and positions (where). Everything is measured in seconds of the
day; what is known becomes `Frozen` beginnings of rounds, which no plan may change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import local_date, second_of
from core.scope import Scope
from geodata.model import LonLat
from geodata.straight_line import haversine_m, radians
from routing.edit import Facts
from routing.model import Frozen, Problem, Shift, Stop, Vehicle, Visit
from routing.standing import Standing
from routing.stored import PlanHead
from tracking import service as tracking
from tracking.model import LastPosition

# An older position says nothing of where the courier is by now.
_FRESH = timedelta(minutes=10)
# Nearer than this to the office he has not left yet.
_AWAY_M = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProgress:
    """What has happened of a plan by `now_s`."""

    now_s: int = 0
    facts: Facts = field(default_factory=Facts)
    frozen: tuple[Frozen, ...] = ()

    def reordered(self, standing: Standing) -> Standing:
        """The standing with what was done at the beginning of each round, as it was done."""
        for one in self.frozen:
            key = (one.courier_id, one.round)
            rest = [visit for visit in standing.orders.get(key, ()) if visit not in one.visit_ids]
            standing = standing.with_round(key, (*one.visit_ids, *rest))
        return standing

    def told(self, problem: Problem) -> Problem:
        """The problem from now on: beginnings frozen, and no round that has not left leaves in the past."""
        return replace(
            problem, frozen=self.frozen, vehicles=tuple(self._from_now(vehicle) for vehicle in problem.vehicles)
        )

    def _from_now(self, vehicle: Vehicle) -> Vehicle:
        begun = {one.round for one in self.frozen if one.courier_id == vehicle.courier_id}
        shifts = tuple(self._shift_from_now(shift, n in begun) for n, shift in enumerate(vehicle.shifts))
        return replace(vehicle, shifts=shifts)

    def _shift_from_now(self, shift: Shift, is_begun: bool) -> Shift:
        """Who has not left yet has had at the office the breaks that may no longer begin."""
        start_s = min(max(shift.start_s, self.now_s), shift.last_s)
        breaks = shift.breaks if is_begun else shift.breaks[_breaks_had(shift, start_s) :]
        return replace(shift, start_s=start_s, breaks=breaks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is read of a day. `done`: visit → second of its last proof."""

    problem: Problem
    now_s: int
    done: Mapping[str, int]
    carried: Mapping[str, UUID]
    left: Mapping[str, int]
    at: Mapping[UUID, tuple[int, LonLat]]


def progress_of(
    session: Session, scope: Scope, head: PlanHead, standing: Standing, problem: Problem, *, now: datetime
) -> DayProgress:
    """The progress of a published plan; nothing has happened before its day."""
    if local_date(now) != head.day:
        return DayProgress()
    seen = _see(session, scope, head, standing, problem, now)
    frozen: list[Frozen] = []
    for vehicle in problem.vehicles:
        frozen += _frozen_rounds(seen, vehicle, standing)
    ahead = frozenset(visit for one in frozen for visit in one.next_ids)
    facts = Facts(visited=frozenset(seen.done), next=ahead, carried=seen.carried)
    return DayProgress(now_s=seen.now_s, facts=facts, frozen=tuple(frozen))


def without_next(progress: DayProgress) -> DayProgress:
    """The same with every courier free to turn round."""
    return replace(
        progress,
        facts=replace(progress.facts, next=frozenset()),
        frozen=tuple(replace(one, next_ids=()) for one in progress.frozen if one.done or one.left_s is not None),
    )


def _see(session: Session, scope: Scope, head: PlanHead, standing: Standing, problem: Problem, now: datetime) -> _Seen:
    planned = standing.places()
    behind = {visit.id: visit.item_ids for visit in problem.visits if visit.id in planned}
    items = tracking.find_items(session, scope=scope, item_ids=[one for ids in behind.values() for one in ids])
    made = tracking.last_proofs(session, items.values())
    proofs = {item: at for item, at in made.items() if local_date(at) == head.day}
    done, carried, left = dict[str, int](), dict[str, UUID](), dict[str, int]()
    for visit_id, item_ids in behind.items():
        known = [items[one] for one in item_ids if one in items]
        tried = [second_of(head.day, proofs[one]) for one in item_ids if one in proofs]
        loaded = [second_of(head.day, item.out_at) for item in known if item.out_at is not None]
        if loaded:
            left[visit_id] = min(loaded)
        if tried:
            done[visit_id] = max(tried)
            continue
        holders = [item.holder_courier_id for item in known if item.holder_courier_id is not None]
        if holders:
            carried[visit_id] = holders[0]
    positions = tracking.last_positions(session, scope=scope, office_id=head.office_id)
    at = {one.courier_id: _fix(head, one) for one in positions if now - one.fix.occurred_at <= _FRESH}
    return _Seen(problem=problem, now_s=second_of(head.day, now), done=done, carried=carried, left=left, at=at)


def _fix(head: PlanHead, position: LastPosition) -> tuple[int, LonLat]:
    return second_of(head.day, position.fix.occurred_at), position.fix.point


def _frozen_rounds(seen: _Seen, vehicle: Vehicle, standing: Standing) -> list[Frozen]:
    found = []
    for number in range(len(vehicle.shifts)):
        order = standing.orders.get((vehicle.courier_id, number), ())
        made = sorted((v for v in order if v in seen.done), key=lambda v: (seen.done[v], order.index(v)))
        if made:
            found.append((number, made, [v for v in order if v not in seen.done]))
        elif _has_left(seen, vehicle, order):
            found.append((number, [], list(order)))
    last = found[-1][0] if found else None
    return [_begun(seen, vehicle, number, made, rest if number == last else []) for number, made, rest in found]


def _has_left(seen: _Seen, vehicle: Vehicle, order: Sequence[str]) -> bool:
    """Loaded, and seen away from the office."""
    if not any(seen.carried.get(visit) == vehicle.courier_id for visit in order) or vehicle.courier_id not in seen.at:
        return False
    office = seen.problem.points[vehicle.depot]
    return float(haversine_m(radians([seen.at[vehicle.courier_id][1]]), radians([office]))[0]) > _AWAY_M


def _begun(seen: _Seen, vehicle: Vehicle, number: int, made: Sequence[str], rest: Sequence[str]) -> Frozen:
    visits = {visit.id: visit for visit in seen.problem.visits}
    mine = frozenset(visit for visit in rest if seen.carried.get(visit) == vehicle.courier_id)
    done = _as_made(seen, [visits[one] for one in made], number)
    left_s = min(
        [seen.left[v] for v in (*made, *mine) if v in seen.left] or [done[0].arrival_s if done else seen.now_s]
    )
    left_s = min(left_s, done[0].arrival_s) if done else left_s
    ahead = [visit for visit in rest if visit in mine][:1]
    place, free_s = _where(seen, vehicle, visits, done, ahead)
    shift = vehicle.shifts[number]
    had = shift.breaks[: _breaks_had(shift, free_s)]
    return Frozen(
        courier_id=vehicle.courier_id,
        round=number,
        done=done,
        next_ids=tuple(ahead),
        left_s=left_s,
        place=place,
        free_s=free_s,
        on_board=frozenset((*made, *mine)),
        # Before he rode on, whenever that was.
        breaks_taken=tuple(max(0, min(rest.windows[0][0], free_s - rest.duration_s)) for rest in had),
    )


def _breaks_had(shift: Shift, by_s: int) -> int:
    """How many of a shift's breaks are over: nobody tells when, but they may not begin any more."""
    return sum(all(end < by_s for _, end in rest.windows) for rest in shift.breaks if rest.windows)


def _as_made(seen: _Seen, made: Sequence[Visit], number: int) -> tuple[Stop, ...]:
    """Stops at the times their proofs tell: the door is left at the proof, and was reached a service before it."""
    stops, free_from = [], 0
    for visit in made:
        departure = max(seen.done[visit.id], free_from)
        start = max(free_from, departure - visit.setup_s - visit.service_s)
        stops.append(
            Stop(visit_id=visit.id, round=number, arrival_s=start, wait_s=0, start_s=start, departure_s=departure)
        )
        free_from = departure
    return tuple(stops)


def _where(
    seen: _Seen, vehicle: Vehicle, visits: Mapping[str, Visit], done: Sequence[Stop], ahead: Sequence[str]
) -> tuple[int, int]:
    """The known place he rides on from, and since when; not so early that he would be there already."""
    place, free_s = (visits[done[-1].visit_id].location, done[-1].departure_s) if done else (vehicle.depot, 0)
    seen_s, point = seen.at.get(vehicle.courier_id, (-1, None))
    if point is not None and seen_s > free_s:
        place, free_s = _nearest(seen.problem.points, point), seen_s
    leg_s = int(seen.problem.travel.seconds[place, visits[ahead[0]].location]) if ahead else 0
    return place, max(free_s, seen.now_s - leg_s)


def _nearest(points: Sequence[LonLat], point: LonLat) -> int:
    return int(haversine_m(radians([point]), radians(points)).argmin())
