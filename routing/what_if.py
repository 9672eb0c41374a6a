"""What one courier more, or one fewer, would change: the rest of the day solved again with another crew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from routing.model import Cost, Forbidden, Frozen, Plan, Problem, Vehicle
from routing.objective import cost_difference
from routing.solver import Limit, solve

_ONE_MORE = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A day with another crew beside the best plan of the crew as it is: positive where the other is dearer or more.

    The fair share of work stays that of the crew as it is. `anew`: what planning again with the same crew alone would
    change of the plan that stands, in cost seconds by term.
    """

    cost: Mapping[str, int]
    visits: int
    required_left: int
    travel_s: int
    anew: Mapping[str, int]

    @property
    def total(self) -> int:
        """Cost seconds in all."""
        return sum(self.cost.values())


def one_more(problem: Problem, plan: Plan, limit: Limit, *, like: Vehicle | None = None, stands: bool = True) -> Effect:
    """The effect of one courier more, like the given one or the first; he has no beat and knows no door.

    `plan` is what stands; `stands` False: it breaks rules, so no other plan need be as good. Each of the two searches
    has the whole limit.
    """
    twin = like or problem.vehicles[0]
    helper = replace(twin, courier_id=_ONE_MORE, home_communes=frozenset())
    # Whoever is locked stays locked, what is frozen stays frozen: the new courier takes what is free.
    other = replace(problem, vehicles=(*problem.vehicles, helper))
    same = _same_crew(problem, plan, limit, stands=stands)
    # He may also stay at home.
    return _compared(problem, plan, same, _cheaper(same, _found(other, limit)))


def one_fewer(problem: Problem, plan: Plan, courier_id: UUID, limit: Limit, *, stands: bool = True) -> Effect:
    """The effect of the rest of the day without this courier, see `one_more`.

    What he has delivered stays delivered, what he has on the road with him stays undelivered; his locks and what is
    ruled out for him fall away.
    """
    same = _same_crew(problem, plan, limit, stands=stands)
    return _compared(problem, plan, same, _found(without(problem, courier_id), limit))


def without(problem: Problem, courier_id: UUID) -> Problem:
    """The rest of the day without a courier."""
    own = [one for one in problem.frozen if one.courier_id == courier_id]
    made = frozenset(stop.visit_id for one in own for stop in one.done)
    lost = frozenset(visit for one in own for visit in one.on_board or ()) - made
    left = replace(
        problem,
        visits=tuple(visit for visit in problem.visits if visit.id not in lost),
        locks=tuple(lock for lock in problem.locks if lock.courier_id != courier_id and lock.visit_id not in lost),
        forbidden=tuple(ban for ban in problem.forbidden if ban.courier_id != courier_id and ban.visit_id not in lost),
        frozen=tuple(one for one in problem.frozen if one.courier_id != courier_id),
    )
    if not made:
        return replace(left, vehicles=tuple(one for one in problem.vehicles if one.courier_id != courier_id))
    bans = tuple(Forbidden(visit_id=one.id, courier_id=courier_id) for one in left.visits if one.id not in made)
    return replace(left, forbidden=(*left.forbidden, *bans), frozen=tuple(map(_gone_home(courier_id), problem.frozen)))


def _gone_home(courier_id: UUID) -> Callable[[Frozen], Frozen]:
    return lambda one: replace(one, next_ids=(), on_board=None) if one.courier_id == courier_id else one


def least_busy(plan: Plan) -> UUID | None:
    """The courier with the least riding and service: whom the day would miss least."""
    busy = {route.courier_id: route.travel_s + route.service_s for route in plan.routes}
    return min(busy, key=lambda courier: (busy[courier], courier), default=None)


def _same_crew(problem: Problem, plan: Plan, limit: Limit, *, stands: bool) -> Plan:
    """Else what an edited plan has lost would be put down to the courier."""
    anew = _found(problem, limit)
    return _cheaper(plan, anew) if stands else anew


def _found(problem: Problem, limit: Limit) -> Plan:
    return solve(problem, stop=limit, seed=problem.params.seed)


def _cheaper(one: Plan, other: Plan) -> Plan:
    return one if one.cost.total <= other.cost.total else other


def _compared(problem: Problem, plan: Plan, same: Plan, other: Plan) -> Effect:
    served = _served(other)
    known = {left.visit_id for left in other.unplanned} | served
    # What the other day does not even know lies there all the same.
    lost = sum(visit.prize for visit in problem.visits if visit.id not in known)
    return Effect(
        cost=cost_difference(same.cost, other.cost + Cost(unserved=lost)),
        visits=len(served) - len(_served(same)),
        required_left=_required_left(problem, other) - _required_left(problem, same),
        travel_s=_travel(other) - _travel(same),
        anew=cost_difference(plan.cost, same.cost),
    )


def _served(plan: Plan) -> set[str]:
    return {stop.visit_id for route in plan.routes for stop in route.stops}


def _required_left(problem: Problem, plan: Plan) -> int:
    served = _served(plan)
    return sum(visit.required and visit.id not in served for visit in problem.visits)


def _travel(plan: Plan) -> int:
    return sum(route.travel_s for route in plan.routes)
