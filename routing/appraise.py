"""What an edit comes to: the plan before and after, the difference by term and by route, and the rules it breaks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from core.errors import Problem as Mistake
from core.errors import problem as mistake
from routing import errors_edits as errors
from routing.checker import check
from routing.edit import Ground
from routing.model import Cost, Plan, Problem, Route, Shift, Violation
from routing.objective import cost_difference
from routing.ride import ride_plan
from routing.standing import Standing, decided

# The rules a dispatcher may set aside, having asked the citizen or the courier: the appointment, and up to two hours
# after the shift. (The third, the stop a courier rides to, is freed before the edit is applied.)
WINDOW, OVERTIME, NEXT = "window", "overtime", "next"
OVERTIME_AT_MOST_S = 7_200
_RULE_OF = {WINDOW: "window", OVERTIME: "shift"}
# Sums that follow from the times: where a rule is broken they say it again.
_FOLLOWS = frozenset({"cost", "totals"})
_ROUNDS_OF_GRANTING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A broken rule: the sentence, where it is, and by which permission it may be set aside (None: by none)."""

    mistake: Mistake
    courier_id: UUID
    visit_id: str | None
    override: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """An edit reckoned. `broken`: rules this edit would break; `remaining`: those broken before already.

    `violations`: both as the checker says them.
    """

    standing: Standing
    problem: Problem
    before: Plan
    after: Plan
    broken: tuple[Broken, ...]
    remaining: tuple[Broken, ...]
    violations: tuple[str, ...]

    @property
    def difference(self) -> dict[str, int]:
        """Cost seconds by term, after less before."""
        return cost_difference(self.before.cost, self.after.cost)

    @property
    def routes(self) -> dict[UUID, tuple[Route | None, Route | None]]:
        """Before and after of each courier whose day is not the same."""
        old = {route.courier_id: route for route in self.before.routes}
        new = {route.courier_id: route for route in self.after.routes}
        both = {courier: (old.get(courier), new.get(courier)) for courier in {*old, *new}}
        return {courier: pair for courier, pair in both.items() if pair[0] != pair[1]}


def route_difference(before: Route | None, after: Route | None) -> dict[str, int]:
    """Cost seconds of one route by term, after less before."""
    return cost_difference(before.cost if before else Cost(), after.cost if after else Cost())


def appraise(base: Problem, ground: Ground, after: Standing, *, allow: frozenset[str] = frozenset()) -> Appraisal:
    """Reckon an edit. `base`: the problem without the dispatcher's word; what `allow` names is granted where needed."""
    before = ride_plan(ground.problem, ground.standing.orders)
    had = {(one.rule, one.where) for one in check(ground.problem, before)}
    standing, problem = after, decided(base, after)
    for _ in range(_ROUNDS_OF_GRANTING):
        plan = ride_plan(problem, standing.orders, _same_routes(ground, standing, before))
        found = [one for one in check(problem, plan) if one.rule not in _FOLLOWS or (one.rule, one.where) not in had]
        granted = _grant(base, plan, standing, [v for v in found if (v.rule, v.where) not in had], allow)
        if granted == standing:
            break
        standing, problem = granted, decided(base, granted)
    broken = [one for one in found if (one.rule, one.where) not in had]
    if any(one.rule not in _FOLLOWS for one in found):
        broken = [one for one in broken if one.rule not in _FOLLOWS]
    kept = [one for one in found if (one.rule, one.where) in had and one.rule not in _FOLLOWS]
    return Appraisal(
        standing=standing,
        problem=problem,
        before=before,
        after=plan,
        broken=tuple(_explained(problem, plan, broken)),
        remaining=tuple(_explained(problem, plan, kept)),
        violations=tuple(f"{one.rule} {one.where}: {one.detail}" for one in [*broken, *kept]),
    )


def violations_of(problem: Problem, plan: Plan) -> list[Broken]:
    """Every broken rule of a plan, as people read it."""
    return list(_explained(problem, plan, [one for one in check(problem, plan) if one.rule not in _FOLLOWS]))


def _same_routes(ground: Ground, after: Standing, before: Plan) -> Mapping[UUID, Route]:
    """The routes that an edit leaves as they were."""
    changed = {
        key[0]
        for key in {*ground.standing.orders, *after.orders}
        if ground.standing.orders.get(key) != after.orders.get(key)
    }
    if after.overtime != ground.standing.overtime or after.late != ground.standing.late:
        return {}
    return {route.courier_id: route for route in before.routes if route.courier_id not in changed}


def _grant(
    base: Problem, plan: Plan, standing: Standing, found: Iterable[Violation], allow: frozenset[str]
) -> Standing:
    late, overtime = set(standing.late), dict(standing.overtime)
    routes = {str(route.courier_id): route for route in plan.routes}
    for one in found:
        courier, _, rest = one.where.partition("/")
        if one.rule == _RULE_OF[WINDOW] and WINDOW in allow:
            late.add(rest.partition("/")[2])
        if one.rule == _RULE_OF[OVERTIME] and OVERTIME in allow:
            back = next(r.return_s for r in routes[courier].rounds if r.round == int(rest))
            if back <= _shift_end(base, courier, int(rest)) + OVERTIME_AT_MOST_S:
                overtime[UUID(courier), int(rest)] = back
    return replace(standing, late=frozenset(late), overtime=overtime)


def _shift_end(problem: Problem, courier: str, number: int) -> int:
    vehicle = next(one for one in problem.vehicles if str(one.courier_id) == courier)
    return vehicle.shifts[number].last_s


def _explained(problem: Problem, plan: Plan, found: Iterable[Violation]) -> Iterator[Broken]:
    visits = {visit.id: visit for visit in problem.visits}
    routes = {str(route.courier_id): route for route in plan.routes}
    for one in found:
        courier, _, rest = one.where.partition("/")
        number, _, visit_id = rest.partition("/")
        route = routes.get(courier)
        if route is None:
            yield _plain(problem, one)
            continue
        label, pointer = _label(route, visit_id), f"/visits/{visit_id}" if visit_id else f"/routes/{courier}"
        match one.rule:
            case "window":
                stop = next(stop for stop in route.stops if stop.visit_id == visit_id)
                agreed = ", ".join(f"{_clock(a)}-{_clock(b)}" for a, b in visits[visit_id].windows)
                said = mistake(
                    errors.WINDOW_MISSED, pointer=pointer, visit=label, start=_clock(stop.start_s), windows=agreed
                )
            case "shift":
                back = next(r.return_s for r in route.rounds if r.round == int(number))
                end = _clock(_shift_end(problem, courier, int(number)))
                said = mistake(errors.SHIFT_EXCEEDED, pointer=pointer, back=_clock(back), end=end)
            case "capacity":
                said = mistake(errors.OVERLOADED, pointer=pointer, detail=one.detail)
            case "break":
                shift = next(v for v in problem.vehicles if v.courier_id == route.courier_id).shifts[int(number)]
                said = mistake(errors.BREAK_MISSED, pointer=pointer, windows=_breaks(shift))
            case "skill":
                wanted = ", ".join(sorted(visits[visit_id].skills))
                said = mistake(errors.NOT_QUALIFIED, pointer=pointer, visit=label, skills=wanted)
            case "in_person":
                said = mistake(errors.MAY_NOT_IDENTIFY, pointer=pointer, visit=label)
            case "lock":
                said = mistake(errors.LOCK_BROKEN, pointer=pointer, visit=label)
            case _:
                said = mistake(errors.RULE_BROKEN, pointer=pointer, rule=one.rule, detail=one.detail)
        override = next((name for name, rule in _RULE_OF.items() if rule == one.rule), None)
        yield Broken(mistake=said, courier_id=route.courier_id, visit_id=visit_id or None, override=override)


def _plain(problem: Problem, one: Violation) -> Broken:
    said = mistake(errors.RULE_BROKEN, pointer="/", rule=one.rule, detail=one.detail)
    return Broken(mistake=said, courier_id=problem.vehicles[0].courier_id, visit_id=None, override=None)


def _label(route: Route, visit_id: str) -> str:
    return next((f"#{n}" for n, stop in enumerate(route.stops, 1) if stop.visit_id == visit_id), "–")


def _breaks(shift: Shift) -> str:
    return ", ".join(f"{_clock(a)}-{_clock(b)}" for rest in shift.breaks for a, b in rest.windows)


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"
