"""What one courier more, or one fewer, would change: the day solved again with the same limit."""

from dataclasses import dataclass, replace
from uuid import UUID

from routing.model import Plan, Problem, Vehicle
from routing.solver import Limit, solve

_ONE_MORE = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A day with another crew beside the plan as it is: differences, positive where the other is dearer or has more."""

    cost: dict[str, int]
    visits: int
    required_left: int
    travel_s: int

    @property
    def total(self) -> int:
        """Cost seconds in all."""
        return sum(self.cost.values())


def one_more(problem: Problem, plan: Plan, limit: Limit, *, like: Vehicle | None = None) -> Effect:
    """The effect of one courier more, like the given one or the first; he has no beat and knows no door."""
    twin = like or problem.vehicles[0]
    helper = replace(twin, courier_id=_ONE_MORE, home_communes=frozenset())
    # Whoever is locked stays locked, what is frozen stays frozen: the new courier takes what is free.
    return _compared(problem, replace(problem, vehicles=(*problem.vehicles, helper)), plan, limit)


def one_fewer(problem: Problem, plan: Plan, courier_id: UUID, limit: Limit) -> Effect:
    """The effect of the day without this courier; his locks and what is ruled out for him fall away."""
    others = tuple(vehicle for vehicle in problem.vehicles if vehicle.courier_id != courier_id)
    smaller = replace(
        problem,
        vehicles=others,
        locks=tuple(lock for lock in problem.locks if lock.courier_id != courier_id),
        forbidden=tuple(ban for ban in problem.forbidden if ban.courier_id != courier_id),
        frozen=tuple(one for one in problem.frozen if one.courier_id != courier_id),
    )
    return _compared(problem, smaller, plan, limit)


def least_busy(plan: Plan) -> UUID | None:
    """The courier with the least riding and service: whom the day would miss least."""
    busy = {route.courier_id: route.travel_s + route.service_s for route in plan.routes}
    return min(busy, key=lambda courier: (busy[courier], courier), default=None)


def _compared(problem: Problem, other: Problem, plan: Plan, limit: Limit) -> Effect:
    found = solve(other, stop=limit, seed=problem.params.seed)
    before, after = plan.cost.terms(), found.cost.terms()
    return Effect(
        cost={name: after[name] - before[name] for name in before},
        visits=len(plan.unplanned) - len(found.unplanned),
        required_left=_required_left(problem, found) - _required_left(problem, plan),
        travel_s=_travel(found) - _travel(plan),
    )


def _required_left(problem: Problem, plan: Plan) -> int:
    must = {visit.id for visit in problem.visits if visit.required}
    return sum(left.visit_id in must for left in plan.unplanned)


def _travel(plan: Plan) -> int:
    return sum(route.travel_s for route in plan.routes)
