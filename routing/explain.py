"""Why a visit is not planned, found by trying it; which visits of a route cost most; why they stand in this order."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.text import grouped
from routing import errors
from routing.errors import reason
from routing.model import Plan, Problem, Reason, Route, Shift, Unplanned, Vehicle, Visit
from routing.objective import cost_difference
from routing.ride import ride_route
from routing.rules import able, fits_load, may_serve
from routing.schedule import build_route, orders_of, time_round
from routing.standing import RoundKey
from routing.way import lookup, together

_DEAREST = 3
Rounds = Sequence[tuple[Vehicle, int, list[Visit]]]
_DAY = Shift(start_s=0, end_s=2 * 86_400)


def explain(problem: Problem, plan: Plan) -> Plan:
    """The plan with the first true reason for each visit left out, tried alone first, then in each route."""
    visits = {visit.id: visit for visit in problem.visits}
    orders = orders_of(problem, plan)
    rounds = [
        (vehicle, s, [problem.visits[i] for i in orders.get((v, s), [])])
        for v, vehicle in enumerate(problem.vehicles)
        for s in range(len(vehicle.shifts))
    ]
    # Tried alone, a visit meets an empty round.
    empty = replace(problem, frozen=())
    told = [
        Unplanned(visit_id=left.visit_id, reasons=(_why(problem, empty, visits[left.visit_id], rounds),))
        for left in plan.unplanned
    ]
    return replace(plan, unplanned=tuple(told))


def why_not(
    problem: Problem, orders: Mapping[RoundKey, Sequence[str]], visit_id: str, among: Collection[RoundKey]
) -> Reason:
    """The first true reason why none of these rounds takes a visit that stands in no order; no other round is asked."""
    visits = {visit.id: visit for visit in problem.visits}
    rounds = [
        (vehicle, n, [visits[v] for v in orders.get((vehicle.courier_id, n), ())])
        for vehicle in problem.vehicles
        for n in range(len(vehicle.shifts))
        if (vehicle.courier_id, n) in among
    ]
    return _why(problem, replace(problem, frozen=()), visits[visit_id], rounds)


def _why(problem: Problem, empty: Problem, visit: Visit, rounds: Rounds) -> Reason:
    """In order: nobody there, not today, not qualified, too heavy, not even alone, barred, no room, not reached by the
    search, too dear today.
    """
    if not rounds:
        return reason(errors.NO_COURIER)
    if visit.earliest_on is not None and problem.day < visit.earliest_on:
        return reason(errors.NOT_YET, day=f"{visit.earliest_on:%d/%m/%Y}")
    if visit.latest_on is not None and problem.day > visit.latest_on:
        return reason(errors.TOO_LATE, day=f"{visit.latest_on:%d/%m/%Y}")
    skilled = [r for r in rounds if able(problem.day, r[0], visit)]
    if not skilled:
        return _unqualified(visit, [r[0] for r in rounds])
    both = together(problem, visit)
    strong = [r for r in skilled if fits_load(empty, r[0], both)]
    if not strong:
        return _too_much(empty, visit, skilled)
    alone = [r for r in strong if time_round(empty, r[0], r[1], both) is not None]
    return _in_the_routes(problem, visit, alone) if alone else _not_even_alone(empty, visit, strong)


def _unqualified(visit: Visit, crew: Sequence[Vehicle]) -> Reason:
    """Nobody has the skills, or whoever has them may not identify the addressee."""
    if visit.in_person and any(visit.skills <= vehicle.skills for vehicle in crew):
        return reason(errors.IDENTIFIER_MISSING)
    return reason(errors.SKILL_MISSING, skills=", ".join(sorted(visit.skills)))


def _too_much(empty: Problem, visit: Visit, skilled: Rounds) -> Reason:
    """No courier may carry the visit's papers, or hold the money that is collected there."""
    unpaid = [replace(one, collect_vnd=0) for one in together(empty, visit)]
    if any(fits_load(empty, r[0], unpaid) for r in skilled):
        return reason(errors.CASH_ABOVE, vnd=grouped(visit.collect_vnd))
    return reason(errors.TOO_HEAVY, items=visit.load_items, grams=visit.weight_g)


def _in_the_routes(problem: Problem, visit: Visit, alone: Rounds) -> Reason:
    """Each of these rounds could serve the visit if it had no other."""
    both = together(problem, visit)
    allowed = [r for r in alone if all(may_serve(problem, r[0], r[1], one) for one in both)]
    costs = [_cheapest_place(problem, visit, r) for r in allowed]
    extra = min((cost for cost in costs if cost is not None), default=None)
    if extra is not None and _is_worth(both, extra):
        return reason(errors.NOT_REACHED, minutes=-(-extra // 60))
    if extra is not None:
        due = "—" if visit.due_on is None else f"{visit.due_on:%d/%m/%Y}"
        return reason(errors.KEPT, minutes=-(-extra // 60), due=due)
    if visit.id in lookup(problem).locks:
        return reason(errors.LOCKED_OUT)
    return reason(errors.DISPLACED, rounds=len(allowed)) if allowed else reason(errors.NOT_ALLOWED)


def _is_worth(both: Sequence[Visit], extra: int) -> bool:
    """Whether serving costs less than leaving out: then only the search has not come to it."""
    return extra < sum(one.prize for one in both)


def _not_even_alone(empty: Problem, visit: Visit, able: Rounds) -> Reason:
    whole_day = [replace(vehicle, shifts=(_DAY,)) for vehicle, _, _ in able]
    anytime = [replace(v, windows=()) for v in together(empty, visit)]
    tried = [time_round(empty, vehicle, 0, anytime) for vehicle in whole_day]
    free = [timed.return_s - timed.departure_s for timed in tried if timed is not None]
    longest = max(vehicle.shifts[s].last_s - vehicle.shifts[s].start_s for vehicle, s, _ in able)
    if not visit.windows or min(free, default=longest + 1) > longest:
        return reason(errors.BEYOND_SHIFT, minutes=-(-min(free) // 60), shift=longest // 60)
    return reason(errors.NO_WINDOW_FITS, windows=", ".join(f"{_clock(a)}-{_clock(b)}" for a, b in visit.windows))


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"


def _cheapest_place(problem: Problem, visit: Visit, trip: tuple[Vehicle, int, list[Visit]]) -> int | None:
    """Cost added by the best place (or places of a pair) in a round, None when no place is feasible."""
    vehicle, index, order = trip
    before = build_route(problem, vehicle, {index: order})
    if before is None:
        return None
    tried = [build_route(problem, vehicle, {index: longer}) for longer in _with(order, together(problem, visit))]
    return min((route.cost.total - before.cost.total for route in tried if route is not None), default=None)


def _with(order: list[Visit], added: list[Visit]) -> Iterator[list[Visit]]:
    """Every way to put the visits into the order, their own order kept."""
    if not added:
        yield order
        return
    for n in range(len(order) + 1):
        for rest in _with(order[n:], added[1:]):
            yield [*order[:n], added[0], *rest]


def dearest(problem: Problem, route: Route) -> tuple[str, ...]:
    """The up to three visits whose removal would save the route most, dearest first."""
    vehicle = next(v for v in problem.vehicles if v.courier_id == route.courier_id)
    visits = {visit.id: visit for visit in problem.visits}
    frozen = lookup(problem).frozen_at
    saved: dict[str, int] = {}
    for stop in route.stops:
        gone = {v.id for v in together(problem, visits[stop.visit_id])}
        if gone & frozen.keys():
            continue
        without: dict[int, list[Visit]] = {}
        for other in route.stops:
            if other.visit_id not in gone:
                without.setdefault(other.round, []).append(visits[other.visit_id])
        cheaper = build_route(problem, vehicle, without)
        # Without the triangle inequality the shorter order may come too late for a window: then nothing is saved.
        saved[stop.visit_id] = 0 if cheaper is None else route.cost.total - cheaper.cost.total
    return tuple(sorted(saved, key=lambda v: (-saved[v], v))[:_DEAREST])


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Why a stop comes before the next one: what changing the two would cost by term; None when a rule forbids it.

    `route`: the whole day with these two changed, as it would be ridden if nothing were forbidden.
    """

    visit_id: str
    next_id: str
    difference: Mapping[str, int] | None
    route: Route

    @property
    def swapped(self) -> int | None:
        """Cost seconds of the other way round, in all."""
        return None if self.difference is None else sum(self.difference.values())


def why_this_order(problem: Problem, route: Route) -> tuple[Turn, ...]:
    """For each stop and the one after it in the same round, the cost seconds of visiting them the other way round."""
    vehicle = next(v for v in problem.vehicles if v.courier_id == route.courier_id)
    visits = {visit.id: visit for visit in problem.visits}
    orders: dict[int, list[Visit]] = {}
    for stop in route.stops:
        orders.setdefault(stop.round, []).append(visits[stop.visit_id])
    turns = []
    for index, order in orders.items():
        for n, (first, second) in enumerate(pairwise(order)):
            changed = {**orders, index: [*order[:n], second, first, *order[n + 2 :]]}
            sound = build_route(problem, vehicle, changed)
            turns.append(
                Turn(
                    visit_id=first.id,
                    next_id=second.id,
                    difference=None if sound is None else cost_difference(route.cost, sound.cost),
                    route=sound or ride_route(problem, vehicle, changed),
                )
            )
    return tuple(turns)
